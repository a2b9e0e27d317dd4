"""Printed one-time slips: digests only. Nobody can print a slip again from this table, nor tell who drew one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class SlipBatch(Base):
    """One printing of slips for one ballot style and meeting. Voided as a whole and reissued when a print is lost.

    `printed`, `printed_by`: when and by whom, so that whoever is asked whether it may die knows what it is; None and "" for
    batches of before this was kept. `elsewhere`: made on another machine, only its digests came here.
    """

    __tablename__ = "slip_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    style_id: Mapped[str] = mapped_column(ForeignKey("ballot_style.id", ondelete="CASCADE"))
    meeting: Mapped[str] = mapped_column(String(120))
    issued: Mapped[int]
    void: Mapped[bool] = mapped_column(default=False)
    printed: Mapped[dt.datetime | None]
    printed_by: Mapped[str] = mapped_column(String(80), default="")
    elsewhere: Mapped[bool] = mapped_column(default=False)


class Slip(Base):
    """One slip. `tag` = domain-separated SHA-256 of its 128-bit secret; `alias_digest` = argon2id of the printed alias.

    No serial, no time, no "spent" column: a slip is spent exactly when a ballot with its tag exists, so spending and
    storing are one insert and cannot come apart. WITHOUT ROWID keeps SQLite from numbering the rows.
    """

    __tablename__ = "slip"
    __table_args__ = ({"sqlite_with_rowid": False},)

    tag: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("slip_batch.id", ondelete="CASCADE"), index=True)
    style_id: Mapped[str] = mapped_column(ForeignKey("ballot_style.id", ondelete="CASCADE"))
    alias_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
