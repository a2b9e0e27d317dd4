"""What people wrote in their own words: sealed boxes that belong to no ballot, what was let out of them, and what was hidden."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class CommentBox(Base):
    """One sealed box, as long as every other of its campaign, with words in it or none.

    `key`: the digest of the box, hence random. There is nothing else on the row: group, unit and words are inside, so that
    neither a column nor an order leads from a box to a ballot, and nobody sees who wrote.
    """

    __tablename__ = "comment_box"
    __table_args__ = (CheckConstraint("length(key) = 32", name="digest"), {"sqlite_with_rowid": False})

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReleasedComments(Base):
    """What the opening let out, canonical JSON, shuffled; written once and never edited. Below the floor nothing is in it."""

    __tablename__ = "released_comments"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class CommentRuling(Base):
    """Somebody hid a released comment or showed it again, and why. Only ever added to; the newest holds."""

    __tablename__ = "comment_ruling"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    hidden: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    ruled_by: Mapped[str] = mapped_column(String(80))
    ruled: Mapped[dt.datetime]
