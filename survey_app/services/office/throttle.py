"""Slowing guesses down, by counting attempts per key and time window in the database, so that every worker counts alike.

Keys are digests of what is guessed at (an account, a known browser, everybody together). No network address is ever a
key: we do not know addresses, and three hundred people in one hall share one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import Attempts


class ThrottledError(UserError):
    """Too many attempts; later."""

    status = 429


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts in each window of `minutes` minutes."""

    purpose: str
    most: int
    minutes: int = 15


def spend(session: Session, limit: Limit, key: str, *, now: dt.datetime) -> None:
    """Count one attempt, before it is judged. The caller commits at once, so that a failing request still counts.

    Raises:
        ThrottledError: the window's attempts are used up; says in how many minutes the next one opens.
    """
    seconds = limit.minutes * 60
    window = int(now.timestamp()) // seconds
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(
        insert(Attempts)
        .values(key=_key(limit, key), window=window, count=1)
        .on_conflict_do_update(
            index_elements=[Attempts.key],
            set_={"count": case((Attempts.window == window, Attempts.count + 1), else_=1), "window": window},
        )
    )
    count = session.scalar(select(Attempts.count).where(Attempts.key == _key(limit, key))) or 0
    if count > limit.most:
        left = (window + 1) * seconds - int(now.timestamp())
        raise ThrottledError(N_("尝试次数太多；请 %(minutes)s 分钟后再试。"), minutes=-(-left // 60))


def forgive(session: Session, limit: Limit, key: str) -> None:
    """Forget the attempts under a key: the last one was right."""
    session.execute(delete(Attempts).where(Attempts.key == _key(limit, key)))


def _key(limit: Limit, key: str) -> bytes:
    return hashlib.sha256(f"pingyi/attempts/v1\0{limit.purpose}\0{key}".encode()).digest()
