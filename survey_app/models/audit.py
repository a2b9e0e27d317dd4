"""What the office did, in order, each event holding the digest of the one before. Casts are never recorded here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class AuditEvent(Base):
    """One act. `digest` = SHA-256 over the canonical event with `previous`; both unique, so the chain cannot fork.

    `signer`: which server wrote the line; `following`: the public key that signs this server's next line; `signature`: over the
    digest, by the key that this server's line before named (64 bytes), or the server's word for its first one (32 bytes). Lines
    of before there were keys have none of the three.
    """

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    account: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    signer: Mapped[bytes | None] = mapped_column(LargeBinary(8), index=True)
    following: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes | None] = mapped_column(LargeBinary(64))


class RefusalCount(Base):
    """Refusals of one kind about one account that have no line of their own: `more` since the line of `since`.

    One row a kind and existing account, "" for nobody who exists: however many come, the table and the log stay small.
    """

    __tablename__ = "refusal_count"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    account: Mapped[str] = mapped_column(String(80), primary_key=True)
    since: Mapped[dt.datetime]
    more: Mapped[int]
