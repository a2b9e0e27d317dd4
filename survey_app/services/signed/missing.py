"""Who of the signed raters has sent nothing yet. Of groups without names nobody knows, and nobody is told more than steps.

Lives here: reading. May not live here: reminders (`views.office.missing`), turnout of anonymous groups (`books.turnout`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from survey_app.models import Ballot, Campaign, Rater


@dataclass(frozen=True, kw_only=True)
class MissingRater:
    """A signed rater without a form in. `printed`: has been given a letter; without one nobody can answer."""

    code: str
    name: str
    group_key: str
    unit: str
    printed: bool


def missing_raters(session: Session, campaign: Campaign) -> list[MissingRater]:
    """Everybody invited by name who has sent nothing, by group and the roster's order."""
    sent = exists().where(Ballot.rater_id == Rater.id)
    rows = session.scalars(
        select(Rater)
        .where(Rater.campaign_id == campaign.id, ~sent)
        .options(joinedload(Rater.unit))
        .order_by(Rater.group_key, Rater.id)
    )
    return [
        MissingRater(
            code=one.code,
            name=one.name,
            group_key=one.group_key,
            unit=one.unit.name if one.unit else "",
            printed=one.tag is not None,
        )
        for one in rows
    ]


def signed_in_all(session: Session, campaign: Campaign) -> int:
    """How many are invited by name."""
    return session.scalar(select(func.count()).select_from(Rater).where(Rater.campaign_id == campaign.id)) or 0
