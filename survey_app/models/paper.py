"""Filled forms of paper on their way into the box: stacks of numbered sheets, and what was typed of a sheet so far, sealed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class PaperStack(Base):
    """A stack of filled sheets of one form, numbered 1 to `sheets` after they were mixed. `number` counts from 1 in the campaign.

    `progress`: one character a sheet, in their order: "." still to be done, "+" cast, or the letter of the reason for which it
    was set aside. Of a cast sheet nothing else is kept: not who typed it, not when, not which ballot it became.
    """

    __tablename__ = "paper_stack"
    __table_args__ = (
        CheckConstraint("sheets > 0 AND length(progress) = sheets", name="sheets"),
        UniqueConstraint("campaign_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    style_id: Mapped[str] = mapped_column(ForeignKey("ballot_style.id", ondelete="CASCADE"))
    number: Mapped[int]
    sheets: Mapped[int]
    progress: Mapped[str] = mapped_column(Text)


class PaperTyping(Base):
    """What one account typed of one sheet; all rows of a sheet go in the transaction after its cast.

    `turn`: 1 and 2 are blind, 3 settles. `sealed`: the answers, under a key that only the code on the sheet's slip gives; NULL
    where the sheet was set aside, for the reason whose letter stands in `aside`. `whole`: typed to its end. No time stands here,
    and nothing that names the slip. WITHOUT ROWID keeps SQLite from numbering the rows.
    """

    __tablename__ = "paper_typing"
    __table_args__ = (
        CheckConstraint("turn IN (1, 2, 3) AND (sealed IS NULL) = (aside <> '')", name="turn"),
        {"sqlite_with_rowid": False},
    )

    stack_id: Mapped[int] = mapped_column(ForeignKey("paper_stack.id", ondelete="CASCADE"), primary_key=True)
    sheet: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    aside: Mapped[str] = mapped_column(String(1), default="")
    whole: Mapped[bool]
