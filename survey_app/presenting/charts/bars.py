"""Bars: how a group answered, from nothing to everybody, and a share beside the line a rule draws.

Bars of one chart begin and end at the same places, so that they can be compared; the numbers stand inside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey_app.presenting.charts.legends import legend
from survey_app.presenting.charts.scales import of_shares
from survey_app.presenting.charts.shapes import LINE, NARROW, Box, Drawing, Lettering, Shape, Stroke, fitted, room_of

#: Steps of the ordered palette; a scale with more choices shares steps between neighbours.
PALETTE = 7
_BAR, _GAP = 24, 10
#: What a number inside a bar needs on either side, in pixels.
_AIR = 4
_WHOLE = Fraction(100)


@dataclass(frozen=True)
class BarRow:
    """One bar: counts in the order of the scale, best first; `note` stands at its end (how many answered).

    `line`: where a rule about these very answers turns, as a part of them from the best end; `line_note` says which.
    """

    label: str
    counts: tuple[int, ...]
    note: str = ""
    line: Fraction | None = None
    line_note: str = ""


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """A share beside a line: `part` of `base`, the line at a part of it (0 to 1; None: there is none)."""

    label: str
    part: Fraction
    base: Fraction
    line: Fraction | None
    note: str
    line_note: str
    part_text: str


def step_of(place: int, choices: int) -> int:
    """The colour step (1 best … PALETTE worst) of the `place`-th (from 0) of so many ordered choices; ends use the ends."""
    if choices <= 1:
        return 1
    return 1 + round(Fraction(place * (PALETTE - 1), choices - 1))


def stacked(title: str, rows: Sequence[BarRow], choices: Sequence[str], *, steps: Sequence[int] = ()) -> Drawing:
    """Bars of counts, one under the other. ValueError where a row has not one count for each choice.

    Parameters
    ----------
    title
        What the chart shows.
    rows
        The bars; one without any count is drawn empty.
    choices
        What the counts are of, best first.
    steps
        The colour step of each, where they are no grades from best to worst.
    """
    shapes: list[Shape] = []
    kinds = [f"step-{step}" for step in steps or [step_of(place, len(choices)) for place in range(len(choices))]]
    y = legend(shapes, list(zip(kinds, choices, strict=True)))
    top = y
    for row in rows:
        if len(row.counts) != len(choices):
            raise ValueError(f"{len(row.counts)} counts for {len(choices)} choices")
        y = _heading(shapes, row.label, row.note, y)
        shapes.append(Box(x=Fraction(0), width=_WHOLE, y=y, height=_BAR, kind="rest"))
        shapes += _pieces(row, choices, kinds, y)
        y += _BAR
        if row.line is not None:
            shapes.append(Stroke(x1=row.line * 100, x2=row.line * 100, y1=y - _BAR - 3, y2=y + 3, kind="rule"))
            y += LINE
            shapes.append(_noted(row.line_note, row.line * 100, y - 3))
        y += _GAP
    return Drawing(title, _told(rows, choices), of_shares(shapes, top, y), tuple(shapes))


def beside_line(title: str, rows: Sequence[LineRow]) -> Drawing:
    """Shares, each with the line of its rule drawn through it.

    Parameters
    ----------
    title
        What the chart shows.
    rows
        The shares; one of nothing is drawn empty.
    """
    shapes: list[Shape] = []
    y = 0
    for row in rows:
        y = _heading(shapes, row.label, row.note, y)
        width = min(_WHOLE, row.part / row.base * 100) if row.base else Fraction(0)
        shapes += [
            Box(x=Fraction(0), width=_WHOLE, y=y, height=_BAR, kind="rest"),
            Box(x=Fraction(0), width=width, y=y, height=_BAR, kind="part", hint=row.note),
            Lettering(x=Fraction(0), y=y + 17, text=row.part_text, kind="strong", aside=6),
        ]
        y += _BAR
        if row.line is not None:
            line = max(Fraction(0), min(_WHOLE, row.line * 100))
            shapes.append(Stroke(x1=line, x2=line, y1=y - _BAR - 3, y2=y + 3, kind="rule"))
            y += LINE
            shapes.append(_noted(row.line_note, line, y - 3))
        y += _GAP
    told = "; ".join(", ".join(part for part in (f"{row.label} {row.note}", row.line_note) if part) for row in rows)
    return Drawing(title, told, of_shares(shapes, 0, y), tuple(shapes))


def _noted(note: str, line: Fraction, y: int) -> Lettering:
    """What is said of a line: right of it, left of it, or from the edge, wherever a phone has room."""
    room, at = room_of(note) + 4, line * NARROW / 100
    if at + room <= NARROW:
        return Lettering(x=line, y=y, text=note, kind="soft", aside=-2)
    if room <= at:
        return Lettering(x=line, y=y, text=note, kind="soft", anchor="end", aside=2)
    return Lettering(x=Fraction(0), y=y, text=fitted(note, NARROW), kind="soft")


def _heading(shapes: list[Shape], label: str, note: str, y: int) -> int:
    room = NARROW - int(room_of(note)) - 8
    shapes.append(Lettering(x=Fraction(0), y=y + 15, text=fitted(label, max(room, 80)), kind="text"))
    shapes.append(Lettering(x=_WHOLE, y=y + 15, text=note, kind="soft", anchor="end"))
    return y + LINE


def _pieces(row: BarRow, choices: Sequence[str], kinds: Sequence[str], y: int) -> Iterator[Shape]:
    total, at = sum(row.counts), Fraction(0)
    for count, title, kind in zip(row.counts, choices, kinds, strict=True):
        if not count:
            continue
        width = Fraction(100 * count, total)
        yield Box(x=at, width=width, y=y, height=_BAR, kind=kind, hint=f"{title} {count}")
        if width * NARROW / 100 >= room_of(str(count)) + 2 * _AIR:
            yield Lettering(x=at + width / 2, y=y + 17, text=str(count), kind=f"on-{kind}", anchor="middle")
        at += width


def _told(rows: Sequence[BarRow], choices: Sequence[str]) -> str:
    lines = []
    for row in rows:
        counts = " ".join(f"{title} {count}" for title, count in zip(choices, row.counts, strict=True) if count)
        told = f"{row.label}: {counts}" if counts else row.label
        lines.append(f"{told}, {row.line_note}" if row.line_note else told)
    return "; ".join(lines)
