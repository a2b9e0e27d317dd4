"""Slowing guesses down without locking anybody out.

Three things stand before a password, and none of them is a network address: we do not know addresses, and three hundred people
in one hall share one.

- *A lane* for each account, counted in the database so that every worker counts alike: some failures are free, then each doubles
  the wait before the next attempt is judged, up to a minute. An attempt that comes too early is neither judged nor counted.
- *A lane of its own* for each browser that signed the account in before: strangers' guesses never make its owner wait.
- *A door* for each process: strangers who come in hundreds wait some seconds in front of it and hash one at a time, known
  browsers hash beside them. It never refuses but by "too many at this moment".

What is left: whoever keeps guessing at one exact name all the time can keep its owner out of *new* browsers. The browser that was
used before, and a one-time link from another office account, stay open.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import Attempts
from survey_app.slow_hashing import HashQueue
from survey_app.strain import Strain

#: A failure is forgotten after so many seconds, the next one after as many more.
FORGET_SECONDS = 600
_FULL = N_("现在登录的人太多，这一次没有核对口令；请过几秒再试。")


class ThrottledError(UserError):
    """Too early after too many failures; later."""

    status = 429


@dataclass(frozen=True)
class Lane:
    """Attempts under one purpose: `free` failures cost nothing, then the wait doubles from one second to `longest`."""

    purpose: str
    free: int
    longest: int = 60

    def wait(self, failures: int) -> int:
        """Seconds between the last of so many failures and the next attempt."""
        return 0 if failures < self.free else min(self.longest, 2 ** (failures - self.free))

    @property
    def most(self) -> int:
        """Failures beyond which the wait grows no more; more are not remembered."""
        return self.free + self.longest.bit_length()


class Door:
    """Where sign-ins wait before anything is looked at: strangers and known browsers apart."""

    def __init__(
        self,
        *,
        surge: Strain | None = None,
        pause: float = 3.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`surge`: so many attempts of strangers come before each of them waits `pause` seconds."""
        self._surge = surge or Strain(burst=200, drain=0.25)
        self._pause, self.sleep = pause, sleep
        self._strangers = HashQueue(_FULL, wide=1, waiting=60, patience=20)
        self._known = HashQueue(_FULL, wide=1, waiting=60, patience=20)

    @contextmanager
    def admitted(self, *, known: bool) -> Iterator[None]:
        """Hold a place while a password is checked; the caller holds no database connection. Raises CrowdedError."""
        if known:
            with self._known.admitted():
                yield
            return
        self._surge.add()
        if self._surge.high():
            self.sleep(self._pause)
        with self._strangers.admitted():
            yield


#: One door a process: what it protects is the processor.
DOOR = Door()


def plain_name(name: str) -> str:
    """A name as it is counted: all spellings that look alike are one."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def spend(session: Session, lane: Lane, key: str, *, now: dt.datetime) -> None:
    """Count one attempt, before it is judged. The caller commits at once, so that a failing request still counts.

    Raises:
        ThrottledError: it is too early for another one; says in how many seconds. Nothing was counted.
    """
    moment, digest = int(now.timestamp()), _digest(lane, key)
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    # The row first, then its lock: two attempts at the same moment are judged one after the other.
    session.execute(insert(Attempts).values(key=digest, last=moment, failures=0).on_conflict_do_nothing())
    row = session.scalars(select(Attempts).where(Attempts.key == digest).with_for_update()).one()
    failures = max(0, row.failures - (moment - row.last) // FORGET_SECONDS)
    early = row.last + lane.wait(failures) - moment
    if early > 0:
        raise ThrottledError(
            N_("这个账户刚才输错的次数太多，这一次没有核对；请过 %(seconds)s 秒再试。以前登录过的浏览器不受影响。"), seconds=early
        )
    row.failures, row.last = min(failures + 1, lane.most), moment


def forgive(session: Session, lane: Lane, key: str, *, now: dt.datetime) -> None:
    """Forget the attempts under a key: the last one was right. What everybody has forgotten goes with them."""
    long_ago = int(now.timestamp()) - 100 * FORGET_SECONDS
    session.execute(delete(Attempts).where((Attempts.key == _digest(lane, key)) | (Attempts.last < long_ago)))


def _digest(lane: Lane, key: str) -> bytes:
    return hashlib.sha256(f"pingyi/attempts/v2\0{lane.purpose}\0{key}".encode()).digest()
