"""What a person said to an outcome or a finding of the count: confirmed, set aside, or explained. Only ever added to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base

VERDICTS = ("confirmed", "set_aside", "explained")


class Ruling(Base):
    """One statement about one place of a report; a changed mind is a new row, and no row changes a computed number.

    `about` is the quantity (of a finding: its code, step and grade), `subject` the subject's code or the pool's name, `place`
    the other labels of the cell. `found` is what stood there when the person looked, and `report_digest` where: an outcome
    that came out otherwise later needs to be looked at anew.
    """

    __tablename__ = "ruling"
    __table_args__ = (CheckConstraint("verdict IN ('confirmed', 'set_aside', 'explained')", name="verdict"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    about: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text, default="")
    found: Mapped[str] = mapped_column(Text)
    report_digest: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    ruled_by: Mapped[str] = mapped_column(String(80))
    ruled: Mapped[dt.datetime]
