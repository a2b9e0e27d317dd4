"""The ballot row: what is stored about an answer, and nothing else (design §5)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class Ballot(Base):
    """One sealed ballot.

    `key`: for a slip the slip's tag (hence at most one ballot a slip, by primary key); for a signed ballot a digest of
    rater and version. `sealed`: answers and their randomness in a sealed box to the campaign's public key.
    `submission`: a digest of slip or link and submission id, by which a repeat is known; nothing of the answers is in it, and
    the close erases it. `leaf`: the receipt's leaf (design §5), a commitment that proves inclusion and never content.

    There is no time, address, user agent, cookie, session, serial or duration on the row: metadata is evidence. The
    CHECK ties "signed" to a rater and forbids one on anonymous rows.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'anonymous' AND rater_id IS NULL AND version IS NULL AND superseded = false)"
            " OR (kind = 'signed' AND rater_id IS NOT NULL AND version IS NOT NULL)",
            name="signed_has_rater",
        ),
        CheckConstraint(
            "length(key) = 32 AND (submission IS NULL OR length(submission) = 32) AND length(leaf) = 32", name="digests"
        ),
        Index("uq_ballot_rater_version", "rater_id", "version", unique=True),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    style_id: Mapped[str] = mapped_column(ForeignKey("ballot_style.id"), index=True)
    kind: Mapped[str] = mapped_column(String(9))
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("rater.id"))
    version: Mapped[int | None]
    superseded: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    submission: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
