"""Times for people: local, and saying so. What is stored and digested stays in UTC and never passes through here.

Lives here: the zone in use and every way a moment is written for a reader. May not live here: what people typed about a time
(`i18n.iso`, `i18n.when`), which is theirs. Templates have these as filters and write no time otherwise; a test holds them to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from flask import Flask

from survey_app import i18n

#: Name of the zone; "" is the host's, which the system's own rules tell (also one that TZ spells out).
_zone: ContextVar[str] = ContextVar("zone", default="")


def moment(at: dt.datetime) -> str:
    """Day, minute and zone, short enough for a list: 2026-11-29 23:30 UTC+08:00."""
    return f"{_local(at):%Y-%m-%d %H:%M} {zone(at)}"


def second(at: dt.datetime) -> str:
    """The same to the second."""
    return f"{_local(at):%Y-%m-%d %H:%M:%S} {zone(at)}"


def when(at: dt.datetime) -> str:
    """Day, minute and zone as the reader's language writes them."""
    return f"{i18n.written(_local(at))} {zone(at)}"


def here() -> str:
    """Names the zone in use, for what is kept of sentences that tell times."""
    return _zone.get()


def zone(at: dt.datetime) -> str:
    """How far from UTC it was here at that moment: UTC+08:00."""
    minutes = round((_local(at).utcoffset() or dt.timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "UTC"


def day(at: dt.datetime) -> dt.date:
    """The day it was here: what a clerk would write on the sheet."""
    return _local(at).date()


def end_of(a_day: dt.date) -> dt.datetime:
    """The last second of a day here, in UTC. Raises OverflowError at the end of the calendar."""
    last = dt.datetime.combine(a_day, dt.time(23, 59, 59), ZoneInfo(_zone.get()) if _zone.get() else None)
    return last.astimezone(dt.UTC)  # without a zone of its own it is the host's


def hour_of(a_day: dt.date, hour: int) -> dt.datetime:
    """The moment at which this hour of a day begins here, in UTC. Raises ValueError for an hour that is none, OverflowError."""
    begins = dt.datetime.combine(a_day, dt.time(hour), ZoneInfo(_zone.get()) if _zone.get() else None)
    return begins.astimezone(dt.UTC)  # without a zone of its own it is the host's


def typed(text: str) -> dt.datetime | None:
    """The moment that a clock here shows as `text` ("2026-12-20T17:00", a space for the T too), in UTC; None for none.

    Raises ValueError for what is no moment.
    """
    if not text.strip():
        return None
    local = dt.datetime.strptime(text.strip().replace("T", " ")[:16], "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone follows
    return local.replace(tzinfo=ZoneInfo(_zone.get()) if _zone.get() else None).astimezone(dt.UTC)


def iso(at: dt.datetime) -> str:
    """For what is stored: UTC, to the minute."""
    return at.astimezone(dt.UTC).isoformat(timespec="minutes")


def field(at: dt.datetime | None) -> str:
    """A moment as a form's field for date and time takes it; "" for none."""
    return f"{_local(at):%Y-%m-%dT%H:%M}" if at else ""


@contextmanager
def told_in(name: str) -> Iterator[None]:
    """Tell times in this zone inside the block; "" is the host's."""
    token = _zone.set(name)
    try:
        yield
    finally:
        _zone.reset(token)


def init_times(app: Flask, name: str) -> None:
    """Tell every request's times in this zone, and give templates the ways of writing them."""
    app.before_request(lambda: _use(name))
    app.teardown_request(lambda _error: _use(""))
    app.jinja_env.filters.update(moment=moment, second=second, at=when, zone=zone)


def _use(name: str) -> None:
    _zone.set(name)


def _local(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a zone cannot be told")
    return at.astimezone(ZoneInfo(_zone.get()) if _zone.get() else None)
