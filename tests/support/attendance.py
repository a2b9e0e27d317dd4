"""Attendance for towns that are about something else: as many people came as slips and links were handed out."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.models import Campaign
from survey_app.services.books import headcounts
from survey_app.services.books.headcounts import Counts
from tests.support.clock import NOON
from tests.towns.small_scheme import Town


def attend(session: Session, campaign: Campaign) -> None:
    """Type in who was present at every place of a closed campaign where nobody did; the caller commits."""
    lines = [line for line in headcounts.reconcile(session, campaign) if line.present is None]
    given = {
        (line.unit_code, line.group.key): Counts(present=line.issued, spoiled=line.spoiled, unused=line.unused) for line in lines
    }
    headcounts.save_counts(session, campaign, given)


def end(session: Session, *towns: Town) -> None:
    """Close every campaign as it stands, with attendance in these towns, and commit."""
    session.execute(update(Campaign).values(state="closed", closed=NOON))
    session.expire_all()
    for town in towns:
        attend(session, session.get_one(Campaign, town.campaign_id))
    session.commit()
