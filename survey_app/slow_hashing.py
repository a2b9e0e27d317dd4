"""Slow hashes wait in a queue of their own and run on threads of low rank: guessers wait for guessers, nobody else does.

Lives here: how many hash at once, how many may wait and for how long. May not live here: what is hashed, and what failures mean
(`services.casting.alias_gate`, `services.office`). A caller gives its database connection back before it waits: ten waiting
guessers would otherwise hold all that a process has.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from survey_app.errors import UserError
from survey_app.native_threads import native_pool

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
#: How much lower than a request's own thread a hash stands when both want the processor (19 is the lowest).
LOWER = 10


class CrowdedError(UserError):
    """So many wait already that this one would wait too long. Nothing was looked at."""

    status = 503


class HashQueue:
    """Places for slow work: `wide` at once, at most `waiting` in line, nobody longer than `patience` seconds."""

    def __init__(self, sentence: str, *, wide: int, waiting: int, patience: float) -> None:
        self._sentence, self._waiting, self._patience = sentence, waiting, patience
        self._places = threading.BoundedSemaphore(wide)
        self._lock = threading.Lock()
        self._in_line = 0

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Hold a place. Raises CrowdedError: at once when the line is full, or when no place came free in time."""
        with self._lock:
            if self._in_line >= self._waiting:
                raise CrowdedError(self._sentence)
            self._in_line += 1
        try:
            got = self._places.acquire(timeout=self._patience)
        finally:
            with self._lock:
                self._in_line -= 1
        if not got:
            raise CrowdedError(self._sentence)
        try:
            yield
        finally:
            self._places.release()


def hashed(work: Callable[Parameters, Result], *parts: Parameters.args, **more: Parameters.kwargs) -> Result:
    """The result of slow work, done on a real thread that gives way to whoever answers requests; greenlets go on meanwhile."""
    with native_pool() as pool:
        return pool.submit(lambda: _giving_way(work, *parts, **more)).result()


def _giving_way(work: Callable[Parameters, Result], *parts: Parameters.args, **more: Parameters.kwargs) -> Result:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, LOWER)  # of this thread alone, and the thread ends with the work
    return work(*parts, **more)
