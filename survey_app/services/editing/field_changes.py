"""Who last changed which field of a form of the office: written with the change, read when two people changed the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import Campaign, FieldChange


@dataclass(frozen=True)
class Changed:
    """Who, and when."""

    by: str
    at: dt.datetime


def note(session: Session, campaign: Campaign, form: str, fields: Collection[str], *, account: str, now: dt.datetime) -> None:
    """Keep that these fields were changed. The caller holds the campaign, changes them, and commits both together."""
    for field in fields:
        session.merge(FieldChange(campaign_id=campaign.id, form=form, field=field, changed_by=account, changed=now))


def of(session: Session, campaign: Campaign, form: str) -> Mapping[str, Changed]:
    """The last change of each field that was ever changed on a page."""
    rows = session.scalars(select(FieldChange).where(FieldChange.campaign_id == campaign.id, FieldChange.form == form))
    return {row.field: Changed(row.changed_by, row.changed) for row in rows}
