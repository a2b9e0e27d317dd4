"""The proof log as stored: one signing key a campaign, one row a checkpoint, and when the openings end."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class LogKey(Base):
    """The Ed25519 key that signs a campaign's checkpoints; `sealed` opens with the server's own secret only."""

    __tablename__ = "log_key"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class LogEpoch(Base):
    """One epoch of the log, never changed once written.

    `entries`: what the office did and fixed, a canonical JSON list. `leaves`: digests of the ballots that came in, sorted and
    laid end to end, 32 bytes each: which ballot came in which epoch stands here and not on the ballot's row, so that the row
    stays without any order, and a ballot that vanishes from its table is missed here. `marks`: digests of mark leaves, laid out
    alike. `text` is the signed checkpoint.
    """

    __tablename__ = "log_epoch"
    __table_args__ = (CheckConstraint("kind IN ('setup', 'meeting', 'void', 'close')", name="kind"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    entries: Mapped[str] = mapped_column(Text)
    leaves: Mapped[bytes] = mapped_column(LargeBinary)
    marks: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    text: Mapped[str] = mapped_column(Text)
    made: Mapped[dt.datetime]


class MarkLeaf(Base):
    """A mark leaf on its way into the log: what one ballot says of one subject, as a digest, with nothing that names the ballot.

    Kept until the last epoch takes all of a campaign at once, and gone then.
    """

    __tablename__ = "mark_leaf"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"), {"sqlite_with_rowid": False})

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)


class Appeal(Base):
    """Until when the openings are kept, and the certificate of their destruction once they are not ("" until then)."""

    __tablename__ = "appeal"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[dt.datetime]
    certificate: Mapped[str] = mapped_column(Text, default="")
