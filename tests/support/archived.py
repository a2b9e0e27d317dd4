"""A round of which somebody made the archive, for tests of what comes after it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey_app.models import Campaign, RoundArchive
from survey_app.services.counting import counting
from tests.support.clock import NOON


def archived(session: Session, campaign: Campaign) -> None:
    """Its row alone: the file is nobody's business here. The caller commits."""
    report = counting.newest_report(session, campaign).digest
    session.add(RoundArchive(campaign_id=campaign.id, digest="a" * 64, size=1, report_digest=report, made=NOON, made_by="评议办"))
