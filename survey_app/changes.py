"""A mark that changes whenever this server writes anything but a ballot: what is kept of the database is read anew after it.

Lives here: the mark, shared by every process of one server, and how long something kept may be believed without it (another host,
or a command typed beside the server, leaves no mark here). May not live here: what is kept. Nothing that decides is ever kept: a
campaign's state, a slip and its batch are asked of the database at every ballot.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, event

Key = TypeVar("Key")
Kept = TypeVar("Kept")
#: Execution option of connections that write nothing but ballots.
CASTING = "pingyi_casting"
#: So long something kept is believed, whatever was written elsewhere.
BELIEVED_SECONDS = 2.0
_WROTE = "pingyi_wrote"
_NUMBER = struct.Struct("<Q")
#: Mapped before the workers are made, so that it is one memory for all of them.
_shared = mmap.mmap(-1, _NUMBER.size)
_written = count(1)


def mark() -> int:
    """What stands now: another number after every writing by any process of this server."""
    return int(_NUMBER.unpack_from(_shared)[0])


def note_writing() -> None:
    """Something was written. No two processes ever write the same number, so none can undo another's."""
    _NUMBER.pack_into(_shared, 0, (os.getpid() & 0xFFFFFF) << 40 | next(_written) & 0xFFFFFFFFFF)


def watch(engine: Engine) -> None:
    """Leave a mark behind every commit of the engine, those of ballots apart: a connection comes back when its commit is over."""
    event.listen(engine, "commit", _committing)
    event.listen(engine, "checkin", _came_back)


def _committing(connection: Connection) -> None:
    if not connection.get_execution_options().get(CASTING):
        connection.info[_WROTE] = True


def _came_back(_connection: object, record: Any) -> None:
    if record.info.pop(_WROTE, False):
        note_writing()


class Shelf(Generic[Key, Kept]):
    """What is the same for everybody: read once and kept until something may have changed; the last `most` asked for."""

    def __init__(self, make: Callable[[Key], Kept], *, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._make, self._most, self._clock = make, most, clock
        self._kept: dict[Key, tuple[int, float, Kept]] = {}
        self._making: dict[Key, threading.Lock] = {}

    def at_hand(self, key: Key) -> Kept | None:
        """What is kept under the key and may be believed."""
        found = self._kept.get(key)
        if found is None or found[0] != mark() or self._clock() - found[1] > BELIEVED_SECONDS:
            return None
        return found[2]

    def of(self, key: Key) -> Kept:
        """What is kept under the key, made now where nothing may be believed. What making it raises is not kept.

        A hall asks for one form in the same second: one of them makes it, the others wait for that.
        """
        kept = self.at_hand(key)
        if kept is not None:
            return kept
        with self._making.setdefault(key, threading.Lock()):
            try:
                return self.at_hand(key) or self._made(key)
            finally:
                self._making.pop(key, None)

    def _made(self, key: Key) -> Kept:
        stands, moment = mark(), self._clock()  # before it is read: what is written meanwhile makes it old
        kept = self._make(key)
        self._kept.pop(key, None)
        self._kept[key] = (stands, moment, kept)
        while len(self._kept) > self._most:
            self._kept.pop(next(iter(self._kept)), None)
        return kept
