"""Ballots that arrive together are stored together: one transaction, one sync of the disk, and then every one of them is told.

A synced commit costs as much for fifty ballots as for one, and nobody is told "recorded" before it is over. So whoever is ready
to be stored stands in line; the one whose turn it is takes all who stand there. Workers of one server queue in the kernel, not in
SQLite, whose own waiting sleeps in steps.

Lives here: the line, its transaction, and what happens when that fails: each ballot is then tried by itself, so that one which
cannot be stored keeps no other out. May not live here: what is asked and inserted for a ballot (`cast`, `settled`).
"""

from __future__ import annotations

import contextlib
import fcntl
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine, Pool
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from survey_app.errors import UserError
from survey_app.plain_sql import PlainTransaction, plain
from survey_app.services.casting.settled import Looked, Receipt, Recorded

#: So many ballots of a worker one transaction takes at most: beyond that the first would wait for the last.
MOST = 64
#: Whoever waits longer for those before is told that nothing is confirmed, rather than nothing at all. SQLite's own patience is
#: shorter; PostgreSQL's commit has none.
PATIENCE_SECONDS = 20.0
#: Made before the workers, so that all have one; held by whoever writes, and let go by the kernel when they die.
_turn_of_all = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process


class Storable(Protocol):
    """A ballot ready to be stored, as the line needs it."""

    @property
    def order(self) -> bytes:
        """What decides who is stored first, so that no two transactions wait for each other's slips."""

    def look(self, transaction: PlainTransaction) -> Looked:
        """Ask what there is for its slip, with locks."""

    def store(self, transaction: PlainTransaction, found: Recorded) -> Receipt:
        """Insert it. Raises UserError, having written nothing, for what the slip has settled."""


@dataclass(eq=False)
class _Waiting:
    ballot: Storable
    receipt: Receipt | None = None
    trouble: BaseException | None = None
    told: bool = field(default=False)


class StoringLine:
    """The line of one process for one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._line: deque[_Waiting] = deque()
        self._turn = threading.Lock()

    def store(self, ballot: Storable) -> Receipt:
        """The receipt, after the synced commit that holds the ballot.

        Raises UserError for what the slip has settled, DBAPIError when the database could not take it, SQLAlchemy's TimeoutError
        when those before it have got no answer for long: it may be stored with the next ones, and nobody knows.
        """
        mine = _Waiting(ballot)
        self._line.append(mine)
        # Whoever is as far as we are comes along: among greenlets all whose requests are here already. A clock that is moved
        # (libfaketime) may refuse to sleep no time at all, and then nobody is waited for.
        with contextlib.suppress(OSError):
            time.sleep(0)
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):  # a commit waits for a standby, and is not to be cancelled
            raise PoolTimeoutError("the ballots before this one have waited too long for their commit")
        try:
            while not mine.told:
                self._store_all([self._line.popleft() for _ in range(min(MOST, len(self._line)))])
        finally:
            self._turn.release()
        if mine.trouble is not None:
            raise mine.trouble
        assert mine.receipt is not None  # noqa: S101 - told, and no trouble
        return mine.receipt

    def _store_all(self, batch: Sequence[_Waiting]) -> None:
        try:
            self._try(batch)
        except IntegrityError as trouble:
            if len(batch) > 1:
                for one in batch:
                    self._store_all([one])
            else:
                batch[0].receipt, batch[0].trouble = None, trouble
        except Exception as trouble:
            for one in batch:
                one.receipt, one.trouble = None, trouble
        except (
            BaseException
        ):  # the one whose turn it is has to end: the others' turn comes, and a ballot that is in is found there
            self._line.extendleft(reversed(batch))
            raise
        for one in batch:
            one.told = True

    def _try(self, batch: Sequence[_Waiting]) -> None:
        """All of them in one transaction. What it raises has stored none."""
        with _one_at_a_time(self._engine), plain(self._engine, writing=True) as transaction:
            with transaction.pipelined():
                asked = [(one, one.ballot.look(transaction)) for one in sorted(batch, key=lambda one: one.ballot.order)]
                for one, looked in asked:
                    try:
                        one.receipt, one.trouble = one.ballot.store(transaction, looked.answers()), None
                    except UserError as settled:
                        one.receipt, one.trouble = None, settled
            transaction.commit()


@contextlib.contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """Of all workers, on SQLite: it has one writer, and this line wakes the next one at once."""
    if engine.dialect.name != "sqlite":
        yield
        return
    fcntl.lockf(_turn_of_all, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.lockf(_turn_of_all, fcntl.LOCK_UN)


_lines: weakref.WeakKeyDictionary[Pool, StoringLine] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def line_of(engine: Engine) -> StoringLine:
    """The line of this process for the engine's database."""
    with _making:
        line = _lines.get(engine.pool)
        if line is None:
            line = _lines[engine.pool] = StoringLine(engine)
    return line
