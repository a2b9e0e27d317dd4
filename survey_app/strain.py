"""How much of something came lately: a count that drains with time. In memory, per process; who it was is not known to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Strain:
    """`burst` are free, `drain` of them are forgotten a second."""

    def __init__(self, *, burst: int, drain: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._drain, self._clock = burst, drain, clock
        self._lock = threading.Lock()
        self._level, self._seen = 0.0, clock()

    def add(self) -> None:
        """One more."""
        with self._lock:
            self._settle()
            self._level += 1

    def high(self) -> bool:
        """Whether more came lately than are free."""
        with self._lock:
            self._settle()
            return self._level > self._burst

    def _settle(self) -> None:
        now = self._clock()
        self._level = max(0.0, self._level - (now - self._seen) * self._drain)
        self._seen = now
