"""Which signed rater was reminded by mail on which day, and what became of it. No address is kept here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class MailedReminder(Base):
    """One reminder. `standing`: "sent" (a mail server took it), "refused" (it said no for good), "later" (try again); `told`: the
    server's answer, without the address."""

    __tablename__ = "mailed_reminder"
    __table_args__ = (
        CheckConstraint("standing IN ('sent', 'refused', 'later')", name="standing"),
        UniqueConstraint("rater_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("rater.id", ondelete="CASCADE"))
    day: Mapped[dt.date] = mapped_column(Date)
    standing: Mapped[str] = mapped_column(String(8))
    told: Mapped[str] = mapped_column(String(200), default="")
