"""What follows a result: objections and claims, talks, rectification. Each has a number and a day it is due."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base

MATTER_KINDS = ("objection", "receipt", "talk", "rectification")


class Matter(Base):
    """One matter of a campaign. `number` counts from 1 within it; `subject`: whom it is about, "" for nobody in particular;
    `raised_by`: who came with it, in words. Never changed: what happens to it is added beside it.
    """

    __tablename__ = "matter"
    __table_args__ = (
        CheckConstraint("kind IN ('objection', 'receipt', 'talk', 'rectification')", name="kind"),
        UniqueConstraint("campaign_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(14))
    subject: Mapped[str] = mapped_column(Text, default="")
    raised_by: Mapped[str] = mapped_column(String(120), default="")
    said: Mapped[str] = mapped_column(Text)
    due: Mapped[dt.date] = mapped_column(Date)
    opened: Mapped[dt.datetime]
    opened_by: Mapped[str] = mapped_column(String(80))


class MatterEntry(Base):
    """A report on a matter, or what closed it. `decision`: "" for a report; the first other one closes the matter."""

    __tablename__ = "matter_entry"
    __table_args__ = (CheckConstraint("decision IN ('', 'upheld', 'partly', 'rejected', 'done')", name="decision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id", ondelete="CASCADE"), index=True)
    decision: Mapped[str] = mapped_column(String(8), default="")
    text: Mapped[str] = mapped_column(Text)
    written: Mapped[dt.datetime]
    written_by: Mapped[str] = mapped_column(String(80))
