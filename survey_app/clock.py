"""The clock: the one place that reads what time it is. Everybody else is handed a moment.

A check of the sources (tests/test_architecture.py) holds every other room to it. `stop_at` is how a test fixes its day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_told: ContextVar[Callable[[], dt.datetime] | None] = ContextVar("clock", default=None)


def now() -> dt.datetime:
    """The time, in UTC."""
    clock = _told.get()
    return clock() if clock else dt.datetime.now(dt.UTC)


@contextmanager
def stop_at(moment: dt.datetime) -> Iterator[None]:
    """Inside the block it is this moment."""
    token = _told.set(lambda: moment)
    try:
        yield
    finally:
        _told.reset(token)
