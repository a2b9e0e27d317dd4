"""What was changed of a roster after its approval, each change with its reason and the two people who stand behind it."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base, Word


class LateKind(StrEnum):
    """A signed rater came, went, or belongs elsewhere; a name is spelt otherwise; a subject left, or did not; a head-count."""

    ADDED = "added"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    RESPELT = "respelt"
    LEFT = "left"
    BACK = "back"
    ENTITLED = "entitled"


class LateChange(Base):
    """One change. `number` counts from 1 within the campaign; `style_id`: the form of a signed rater who came, went or moved;
    `code`, `name`: of whom it is about; `before`, `after`: what the roster said, as text. Never changed and never removed alone.
    """

    __tablename__ = "late_change"
    __table_args__ = (
        CheckConstraint("kind IN ('added', 'withdrawn', 'moved', 'respelt', 'left', 'back', 'entitled')", name="kind"),
        UniqueConstraint("campaign_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[LateKind] = mapped_column(Word(LateKind, 10))
    style_id: Mapped[str | None] = mapped_column(ForeignKey("ballot_style.id", ondelete="SET NULL"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300))
    made: Mapped[dt.datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    made_by: Mapped[str] = mapped_column(String(80))
