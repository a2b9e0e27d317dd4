"""Strips: everybody of a class as a mark along the scale, bands for the grades, and one of them told apart.

Marks that stand close pile up, so that a crowd is seen as one; with very many, a mark is for several and the note says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import decimal
from survey_app.presenting.charts.shapes import LINE, NARROW, Anchor, Box, Disc, Drawing, Lettering, Shape, Stroke, fitted

#: Marks stand in so many columns, and so many in a column at the most.
_COLUMNS, _MOST = 60, 16
_RADIUS = 4
#: The scale keeps this much free at either end, in percent, so that marks and their numbers are drawn whole.
_EDGE = 3


@dataclass(frozen=True)
class ScaleBand:
    """A grade on the scale: from `low` to `high` (None: no end there)."""

    title: str
    low: Fraction | None
    high: Fraction | None


def strip(
    title: str,
    told: str,
    values: Sequence[Fraction],
    *,
    own: Fraction | None = None,
    own_text: str = "",
    bands: Sequence[ScaleBand] = (),
    holds: Sequence[Fraction] = (),
    many: Callable[[int], str] | None = None,
) -> Drawing:
    """Marks along a scale that holds all of them.

    Parameters
    ----------
    title, told
        What the chart shows, and what is to be seen in it.
    values
        One for every subject of the class.
    own, own_text
        The one told apart, and what is written at it.
    bands
        Grades, where lines on this scale divide them.
    holds
        Lines that the scale holds however far they are.
    many
        What is said where one mark stands for so many.
    """
    ends = [*values, *(one for one in (own,) if one is not None)]
    lines = sorted({end for band in bands for end in (band.low, band.high) if end is not None})
    low, high = _scale(ends, [line for line in lines if line in holds or _near(line, ends)])
    low, high = (low, high) if values else _widened(low, high)
    columns = Counter(_column(value, low, high) for value in values)
    most = max(columns.values(), default=1)
    each = -(-most // _MOST)
    height = -(-most // each) * 2 * _RADIUS
    top = (LINE if bands else 0) + (LINE if own is not None else 0)
    foot = top + height + _RADIUS + 4
    shapes: list[Shape] = [*_bands(bands, low, high, foot)]
    for column, count in sorted(columns.items()):
        x = _EDGE + Fraction((100 - 2 * _EDGE) * (2 * column + 1), 2 * _COLUMNS)
        shapes += [
            Disc(x=x, y=foot - _RADIUS - at * 2 * _RADIUS, radius=Fraction(_RADIUS - 1), kind="mark")
            for at in range(-(-count // each))
        ]
    if own is not None:
        shapes += _own(_at(own, low, high), own_text, top, foot)
    y = _scale_line(shapes, low, high, lines, foot)
    if each > 1 and many is not None:
        shapes.append(Lettering(x=Fraction(0), y=y + 15, text=many(each), kind="scale"))
        y += LINE
    return Drawing(title, told, y, tuple(shapes))


def _near(line: Fraction, ends: Sequence[Fraction]) -> bool:
    """Whether a line is worth widening the scale for: not where it would push everybody into a corner."""
    if not ends:
        return True
    span = max(max(ends) - min(ends), Fraction(1))
    return min(ends) - span <= line <= max(ends) + span


def _scale(ends: Sequence[Fraction], lines: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    every = [*ends, *lines]
    low, high = min(every, default=Fraction(0)), max(every, default=Fraction(1))
    return (low, high) if high > low else (low - 1, high + 1)


def _widened(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """With room at either end, where nobody else stands there: the grades beyond the outermost lines are grades too."""
    return low - (high - low) / 5, high + (high - low) / 5


def _column(value: Fraction, low: Fraction, high: Fraction) -> int:
    return min(_COLUMNS - 1, int((value - low) / (high - low) * _COLUMNS))


def _at(value: Fraction, low: Fraction, high: Fraction) -> Fraction:
    return _EDGE + (value - low) / (high - low) * (100 - 2 * _EDGE)


def _bands(bands: Sequence[ScaleBand], low: Fraction, high: Fraction, foot: int) -> list[Shape]:
    shapes: list[Shape] = []
    for place, band in enumerate(bands):
        left = Fraction(0) if band.low is None or band.low <= low else _at(band.low, low, high)
        right = Fraction(100) if band.high is None or band.high >= high else _at(band.high, low, high)
        if (band.low is not None and band.low > high) or (band.high is not None and band.high < low) or right <= left:
            continue
        kind = "band" if place % 2 == 0 else "band-other"
        shapes.append(Box(x=left, width=right - left, y=0, height=foot, kind=kind, hint=band.title))
        if right - left >= 8:
            title = fitted(band.title, int((right - left) * NARROW / 100))
            shapes.append(Lettering(x=(left + right) / 2, y=15, text=title, kind="soft", anchor="middle"))
    return shapes


def _own(x: Fraction, text: str, top: int, foot: int) -> list[Shape]:
    anchor: Anchor = "start" if x < 20 else "end" if x > 80 else "middle"
    return [
        Stroke(x1=x, x2=x, y1=top, y2=foot, kind="path"),
        Disc(x=x, y=foot - _RADIUS, radius=Fraction(7), kind="own", hint=text),
        Lettering(x=x, y=top - 5, text=text, kind="strong", anchor=anchor),
    ]


def _scale_line(shapes: list[Shape], low: Fraction, high: Fraction, lines: Sequence[Fraction], foot: int) -> int:
    shapes.append(Stroke(x1=Fraction(0), x2=Fraction(100), y1=foot, y2=foot, kind="axis"))
    shown: list[Fraction] = []
    inside = [line for line in lines if low <= line <= high]
    for value in [*inside, low, high]:  # the lines of the rules first: the ends give way to them
        x = _at(value, low, high)
        if all(abs(x - other) >= 14 for other in shown):
            shown.append(x)
            anchor: Anchor = "start" if x < 8 else "end" if x > 92 else "middle"
            at = Fraction(0) if anchor == "start" else Fraction(100) if anchor == "end" else x
            shapes.append(Lettering(x=at, y=foot + 16, text=_short(value), kind="scale", anchor=anchor))
    shapes += [Stroke(x1=_at(line, low, high), x2=_at(line, low, high), y1=0, y2=foot + 4, kind="rule") for line in inside]
    return foot + LINE + 2


def _short(value: Fraction) -> str:
    """A place on the scale, for finding one's way; nothing is read off it."""
    return decimal(round(value, 1))
