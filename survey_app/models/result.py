"""What stays after the opening: the integer tally with its books, and the computed report; and the plan of what may leave."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class StoredTally(Base):
    """The tally of one campaign, canonical JSON, written once at the opening."""

    __tablename__ = "stored_tally"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(Text, deferred=True)  # megabytes: read where it is not in memory by its digest
    digest: Mapped[str] = mapped_column(String(64))
    opened: Mapped[dt.datetime]
    opened_by: Mapped[str] = mapped_column(String(80))


class StoredReport(Base):
    """A report computed from the tally and the evidence of that moment; a new computation is a new row.

    `evidence_version`: the version the evidence had (None: counted before there were versions). `content` and `held` are read
    when they are asked for: a large round's take megabytes.
    """

    __tablename__ = "stored_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    content: Mapped[str] = mapped_column(Text, deferred=True)  # megabytes, as above
    digest: Mapped[str] = mapped_column(String(64))
    plan_digest: Mapped[str] = mapped_column(String(64))
    evidence_digest: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(40))
    computed: Mapped[dt.datetime]
    computed_by: Mapped[str] = mapped_column(String(80))
    held: Mapped[str | None] = mapped_column(Text, deferred=True)
    evidence_version: Mapped[str | None] = mapped_column(String(36))


class ReleaseRow(Base):
    """What leaves a campaign and to whom, canonical JSON; written while it is a draft, and never again."""

    __tablename__ = "release_plan"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
