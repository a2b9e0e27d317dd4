"""The log of what the office did: written in one chain, checked as one chain."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import closing

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from analysis.canonical import canonical_bytes
from survey_app.models import AuditEvent

GENESIS = hashlib.sha256(b"pingyi/audit/v1").digest()
#: One writer at a time; on SQLite the write lock already sees to it. The number is arbitrary and ours alone.
_POSTGRESQL_LOCK = 0x70796175


def record(session: Session, *, account: str, action: str, detail: str, now: dt.datetime) -> None:
    """Append one act. Never called for a cast. Detail is free text; canonical JSON keeps line breaks harmless."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
    previous = session.scalar(select(AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)) or GENESIS
    event = AuditEvent(at=now, account=account, action=action, detail=detail, previous=previous)
    event.digest = digest(event)
    session.add(event)
    session.flush()


def digest(event: AuditEvent) -> bytes:
    """The digest the event must carry."""
    content = [event.previous.hex(), event.at.astimezone(dt.UTC).isoformat(), event.account, event.action, event.detail]
    return hashlib.sha256(canonical_bytes(content)).digest()


def broken_at(session: Session) -> int | None:
    """The id of the first event that does not follow from the one before; None when the chain holds.

    A changed, inserted or removed event breaks it. Cutting off the newest events does not: for that, note the last digest.
    """
    expected = GENESIS
    query = select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=500)
    with closing(session.scalars(query)) as events:
        for event in events:
            if event.previous != expected or digest(event) != event.digest:
                return event.id
            expected = event.digest
    return None


def latest(session: Session, *, limit: int = 200, before: int | None = None) -> list[AuditEvent]:
    """The newest events first, at most `limit`, older than the event `before` when given."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(AuditEvent.id < before)))
