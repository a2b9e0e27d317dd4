"""That this place came out of a backup: said once in the log of acts, and to whoever runs it, as long as people vote.

What was cast after the backup was made is not in it: its slips are unused here, its receipts unknown. Nobody can tell from here
how many there were; the books do, from slips and people counted by hand.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.config import Config
from survey_app.models import AuditEvent
from survey_app.services.office import audit

#: The word left for the next start, when the tables are this program's again. Hidden, so that no backup holds it.
NAME = ".restored"
ACTION = "backup-restored"


def leave_word(config: Config, source: Path, made: str) -> None:
    """A backup was brought back here; `made`: when it had been made, in ISO form. Raises OSError."""
    word = config.data / NAME
    word.touch(mode=0o600)
    word.write_text(f"{source.name} {made}", encoding="utf-8")


def enter(session: Session, config: Config, *, now: dt.datetime) -> bool:
    """Say it in the log of acts; the caller commits and then calls `forget_word`. Whether there was a word."""
    try:
        told = (config.data / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    audit.record(session, account=audit.SERVER, action=ACTION, detail=told, now=now)
    return True


def forget_word(config: Config) -> None:
    """The log of acts tells it."""
    (config.data / NAME).unlink(missing_ok=True)


def last(session: Session) -> tuple[dt.datetime, dt.datetime] | None:
    """When the last restore was entered, and when its backup had been made; None where there was none."""
    found = session.scalars(
        select(AuditEvent).where(AuditEvent.action == ACTION).order_by(AuditEvent.id.desc()).limit(1)
    ).one_or_none()
    if found is None:
        return None
    return found.at, dt.datetime.fromisoformat(found.detail.rpartition(" ")[2])
