"""Names of periods that a calendar knows: 2025, 2025-Q3, 2025-H1, 2025-07. Which days they hold, and which comes before which."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORMS = {
    1: re.compile(r"(\d{4})", re.ASCII),
    2: re.compile(r"(\d{4})-?H([12])", re.ASCII),
    4: re.compile(r"(\d{4})-?Q([1-4])", re.ASCII),
    12: re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII),
}


@dataclass(frozen=True, order=True)
class CalendarPeriod:
    """A stretch of the calendar: `many` of them make a year, this is the one with number `number` (months since year 0, in
    stretches of this length)."""

    many: int
    number: int

    @property
    def first(self) -> str:
        """Its first day (ISO)."""
        year, part = divmod(self.number, self.many)
        return f"{year:04d}-{part * (12 // self.many) + 1:02d}-01"

    @property
    def after(self) -> str:
        """The first day that is no longer in it (ISO)."""
        return CalendarPeriod(self.many, self.number + 1).first

    @property
    def name(self) -> str:
        """As people write it."""
        year, part = divmod(self.number, self.many)
        return {1: f"{year}", 2: f"{year}-H{part + 1}", 4: f"{year}-Q{part + 1}", 12: f"{year}-{part + 1:02d}"}[self.many]


def calendar_period(name: str) -> CalendarPeriod | None:
    """The stretch of the calendar that a period's name means.

    Parameters
    ----------
    name
        The name as evidence or a scheme has it.

    Returns
    -------
    CalendarPeriod or None
        None for a name that the calendar does not know ("first round").
    """
    for many, form in _FORMS.items():
        if hit := form.fullmatch(name.strip()):
            part = int(hit.group(2)) - 1 if many > 1 else 0
            return CalendarPeriod(many, int(hit.group(1)) * many + part)
    return None


def before(name: str, many: int) -> tuple[str, ...]:
    """The names of the periods of the calendar right before one, the earliest first; () where it is none of the calendar's.

    Parameters
    ----------
    name
        The period.
    many
        How many before it.
    """
    here = calendar_period(name)
    if here is None:
        return ()
    return tuple(CalendarPeriod(here.many, here.number - back).name for back in range(many, 0, -1))


def months_up_to(name: str, months: int) -> tuple[str, str] | None:
    """The first and the last day (as texts, both included) of so many months that end with a period of the calendar.

    None where it is none. The last day bears the number 31 in every month: no later day of the month is written.

    Parameters
    ----------
    name
        The period with whose end they end.
    months
        How many.
    """
    here = calendar_period(name)
    if here is None:
        return None
    after = int(here.after[:4]) * 12 + int(here.after[5:7]) - 1
    last = CalendarPeriod(12, after - 1)
    return CalendarPeriod(12, after - months).first, f"{last.name}-31"


def holes(names: list[str]) -> list[str]:
    """The periods that lie between the first and the last of these and are not among them.

    Parameters
    ----------
    names
        Names of periods, in any order.

    Returns
    -------
    list of str
        In order; nothing where one of the names is none of the calendar's, or they are of different lengths.
    """
    found = [calendar_period(name) for name in names]
    known = sorted(one for one in found if one is not None)
    if len(known) != len(names) or len({one.many for one in known}) != 1:
        return []
    there = {one.number for one in known}
    return [CalendarPeriod(known[0].many, at).name for at in range(known[0].number, known[-1].number) if at not in there]


def alike(names: list[str]) -> bool:
    """Whether names of periods are written alike, so that their order as texts is their order in time.

    Parameters
    ----------
    names
        Names of periods.
    """
    return len({re.sub(r"[0-9]", "9", name) for name in names}) <= 1
