"""When the code on the wall is good, and how fast forms are handed out for it.

Lives here: a hall's opening and closing, and the two throttles of its door. May not live here: the code itself (`room_code`).

Threats answered to: a code that works day and night can be guessed day and night, and one guess that hits would take every seat
at once. So a hall is open when the office opens it, for minutes and not days; wrong short codes are judged a few at a time; and
forms are handed out at the pace of a queue of people. Both throttles stand in memory, per process, and know nobody.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import BallotStyle, HallOpening
from survey_app.strain import Strain

USUAL_MINUTES = 30
LONGEST_MINUTES = 240


class HallClosedError(RefusedError):
    """The office does not hold the hall open, or no longer."""


class HallMinutesError(UserError):
    """A time for which no hall is opened."""

    status = 422


class HallBusyError(UserError):
    """Too many at the door at this moment. Nothing was handed out."""

    status = 503


class SeatPace:
    """Hands out turns: `burst` at once after a quiet time, then one every `seconds`; nobody waits longer than `patience`."""

    def __init__(
        self,
        *,
        burst: int = 20,
        seconds: float = 1.0,
        patience: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._burst, self._seconds, self._patience = burst, seconds, patience
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}

    def turn(self, style_id: str) -> None:
        """Wait for one's turn at this form's door, without a database connection. Raises HallBusyError."""
        with self._lock:
            now = self._clock()
            mine = max(self._last.get(style_id, 0.0), now - self._burst * self._seconds) + self._seconds
            if mine - now > self._patience:
                raise HallBusyError(N_("正在领取的人很多，这一次还没有领到；请过几秒再按一次。"))
            self._last[style_id] = mine
        if mine > now:
            self._sleep(mine - now)


#: One pace and one count of wrong codes a process.
PACE = SeatPace()
WRONG_CODES = Strain(burst=40, drain=0.5)


def open_until(session: Session, style_id: str, *, now: dt.datetime) -> dt.datetime | None:
    """Until when the code of this form is good; None while the hall is closed."""
    found = session.get(HallOpening, style_id, populate_existing=True)
    return found.until if found is not None and found.until > now else None


def hold_open(session: Session, style: BallotStyle, *, minutes: int | None, now: dt.datetime) -> dt.datetime:
    """Open the hall from now on for so many minutes, whatever was said before.

    Parameters
    ----------
    session, style
        The form whose code hangs on the wall; the caller commits.
    minutes
        How long; None where nothing readable was typed.
    now
        The moment.

    Returns
    -------
    datetime
        Until when it is open.

    Raises
    ------
    HallMinutesError
        For a number that is none, or longer than a hall may be open.
    """
    if minutes is None or not 1 <= minutes <= LONGEST_MINUTES:
        raise HallMinutesError(N_("请填写开放多少分钟，1 到 %(most)s。"), most=LONGEST_MINUTES)
    until = now + dt.timedelta(minutes=minutes)
    session.merge(HallOpening(style_id=style.id, until=until))
    return until


def close(session: Session, style: BallotStyle) -> None:
    """From now on no code is good. The caller commits."""
    found = session.get(HallOpening, style.id)
    if found is not None:
        session.delete(found)
