"""What the office let unit staff see of a counted campaign: one row per act, stopped by a second fact on the same row."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class Publication(Base):
    """One act of publishing. It speaks of one report: a report computed later is another result, and nobody published it.

    `sections` and `units`: what, and to the staff of which units, canonical JSON lists. `rulings`: the last ruling there was, so
    that an outcome confirmed later needs an act of its own. `starts`: from when. A row is changed once, when it is stopped.
    """

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint(
            "(stopped IS NULL AND stopped_by = '' AND stopped_why = '')"
            " OR (stopped IS NOT NULL AND length(stopped_by) > 0 AND length(stopped_why) > 0)",
            name="stopped",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("stored_report.id", ondelete="CASCADE"))
    report_digest: Mapped[str] = mapped_column(String(64))
    sections: Mapped[str] = mapped_column(Text)
    units: Mapped[str] = mapped_column(Text)
    rulings: Mapped[int]
    starts: Mapped[dt.datetime]
    made: Mapped[dt.datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    stopped: Mapped[dt.datetime | None]
    stopped_by: Mapped[str] = mapped_column(String(80), default="")
    stopped_why: Mapped[str] = mapped_column(Text, default="")
