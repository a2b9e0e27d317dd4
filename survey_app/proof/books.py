"""The figure of the books: how many forms somebody could have slipped in without the counted numbers showing it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StuffingRoom:
    """`unnoticed`: so many more forms would still have fitted the counted numbers. `surplus`: at least so many are too many."""

    unnoticed: int
    surplus: int


def measure_slack(*, issued: int, cast: int, present: int | None, spoiled: int | None, unused: int | None) -> StuffingRoom:
    """The room for stuffing in one place's books.

    A form needs a slip. Slips out of the box: issued − spoiled − unused, what nobody counted taken as nothing there. Forms
    cannot exceed these, nor the people present where somebody counted them; what lies between that line and the forms cast is
    the room. The figure is an upper bound on what could have been *added beside* the forms cast. It says nothing about a slip
    that its drawer left unused and somebody else cast: such a form is among those cast, and shows only when its drawer looks.
    """
    line = issued - (spoiled or 0) - (unused or 0)
    if present is not None:
        line = min(line, present)
    return StuffingRoom(max(0, line - cast), max(0, cast - line))
