"""How long a round is kept, what forbids its destruction, which archives were made of it, and what is left of a purged one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class KeepingTerm(Base):
    """Until when something of a round has to be kept: "forms" what is in the ballots, "records" all the rest.

    A row a statement, the newest of a kind holds; `basis`: the rule that asks for it.
    """

    __tablename__ = "keeping_term"
    __table_args__ = (CheckConstraint("kind IN ('forms', 'records')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(7))
    until: Mapped[dt.datetime]
    basis: Mapped[str] = mapped_column(Text)
    said: Mapped[dt.datetime]
    said_by: Mapped[str] = mapped_column(String(80))


class LegalHold(Base):
    """A reason for which nothing of a round may be destroyed or removed, until it is lifted with a reason. Changed once."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint(
            "(lifted IS NULL AND lifted_by = '' AND lifted_why = '')"
            " OR (lifted IS NOT NULL AND length(lifted_by) > 0 AND length(lifted_why) > 0)",
            name="lifted",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    placed: Mapped[dt.datetime]
    placed_by: Mapped[str] = mapped_column(String(80))
    lifted: Mapped[dt.datetime | None]
    lifted_by: Mapped[str] = mapped_column(String(80), default="")
    lifted_why: Mapped[str] = mapped_column(Text, default="")


class RoundArchive(Base):
    """An archive that was made: which file (`digest`: SHA-256 of it), of which result. The file itself lies elsewhere."""

    __tablename__ = "round_archive"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    report_digest: Mapped[str] = mapped_column(String(64))
    made: Mapped[dt.datetime]
    made_by: Mapped[str] = mapped_column(String(80))


class PurgeCertificate(Base):
    """What is left of a round that was purged: the signed certificate. Bound to no campaign's row, which is gone.

    `text`: canonical JSON, an empty line, the signature; `public`: the key of the log that signed it and went with the round.
    """

    __tablename__ = "purge_certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_key: Mapped[str] = mapped_column(String(16), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    made: Mapped[dt.datetime]
    made_by: Mapped[str] = mapped_column(String(80))
