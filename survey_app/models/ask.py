"""Acts that wait for a second person, and what the office has said of its size."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base, Word


class AskStanding(StrEnum):
    """How an act that was asked for stands. `alone`: done at once by one person, in an office that has only one."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"  # the asker may now do it, once
    DONE = "done"
    ALONE = "alone"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


class Ask(Base):
    """One act that needs two people: what exactly, who asked, who said yes.

    `given`: canonical JSON of what was typed; `digest` binds kind, campaign, `given` and the state it
    was asked in. `seen`: the last line of the log the asker knew. Names stand beside numbers, because accounts may go.
    """

    __tablename__ = "ask"
    __table_args__ = (
        CheckConstraint("standing IN ('waiting', 'confirmed', 'done', 'alone', 'withdrawn', 'declined')", name="standing"),
        CheckConstraint("second_by <> asked_by OR standing = 'withdrawn'", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    about: Mapped[str] = mapped_column(String(80))  # with what the log's lines begin: a campaign's key, an account's name
    given: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    seen: Mapped[int]
    asked: Mapped[dt.datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    expires: Mapped[dt.datetime]
    standing: Mapped[AskStanding] = mapped_column(Word(AskStanding, 10), default=AskStanding.WAITING)
    second: Mapped[dt.datetime | None]  # when it was confirmed, withdrawn or declined, and by whom
    second_by: Mapped[str] = mapped_column(String(80), default="")


class OfficeSize(Base):
    """What the office says of itself: that one person may do alone what otherwise takes two. The last row holds."""

    __tablename__ = "office_size"

    id: Mapped[int] = mapped_column(primary_key=True)
    alone: Mapped[bool]
    said: Mapped[dt.datetime]
    said_by: Mapped[str] = mapped_column(String(80))
