"""Connections whose senders are silent or slow: how long they may be, and that there are never so many that nobody else gets in.

Lives here: the line of those we wait for, and the pace of a body. May not live here: gunicorn (`patient_worker`, `body_reading`).

Threat answered to: thousands of half-sent requests from one machine. Each costs a place of the worker for as long as it hangs, so
each hangs a short time only; and when more wait than `MOST`, the one that has waited longest is hung up on. A phone in the hall
waits for a second or two and is never the oldest of hundreds, unless thousands come in each second.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: So many connections of a worker may stand waiting for the other side: silent between two requests, in headers or in a body.
MOST = 600
#: A body may take this long whatever its size, and beyond that its size at this pace: 5 MiB in 21 minutes at the slowest.
GRACE_SECONDS = 15.0
SLOWEST_BYTES_A_SECOND = 4096


class SlowSenderError(TimeoutError):
    """A body came too slowly, or not at all any more."""


class WaitingLine:
    """Who is being waited for, in the order in which the waiting began. One a worker, all on one thread."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._line: dict[int, socket.socket] = {}

    def __len__(self) -> int:
        return len(self._line)

    def join(self, line: socket.socket) -> None:
        """From now on we wait for this one; whoever has waited longest gives way when there are too many."""
        self.leave(line)
        while len(self._line) >= self._most:
            oldest = self._line.pop(next(iter(self._line)))
            # Its reader gets an end of what was sent, as when the sender hangs up; nothing else is interrupted.
            with contextlib.suppress(OSError):  # it hung up by itself
                oldest.shutdown(socket.SHUT_RDWR)
        self._line[id(line)] = line

    def leave(self, line: socket.socket) -> None:
        """It said what it had to say, or is gone."""
        self._line.pop(id(line), None)

    @contextmanager
    def waiting(self, line: socket.socket) -> Iterator[None]:
        """Stand in line until the block ends."""
        self.join(line)
        try:
            yield
        finally:
            self.leave(line)


class Pace:
    """How long a body may still take, from how much of it has come."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._begun, self._came = clock, clock(), 0

    def came(self, size: int) -> None:
        """So many more bytes are here."""
        self._came += size

    def left(self) -> float:
        """Seconds until the sender counts as gone. Raises SlowSenderError when none are left."""
        left = GRACE_SECONDS + self._came / SLOWEST_BYTES_A_SECOND - (self._clock() - self._begun)
        if left <= 0:
            raise SlowSenderError("a body that does not come")
        return left
