"""Whiskers: figures one under the other on one scale, each with the stretch in which it may really lie; those who cannot be told
apart stand on one ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import decimal
from survey_app.presenting.charts.shapes import (
    LINE,
    NARROW,
    Anchor,
    Box,
    Disc,
    Drawing,
    Lettering,
    Shape,
    Stroke,
    fitted,
    room_of,
)

_ROW, _EDGE = 16, 3


@dataclass(frozen=True, kw_only=True)
class WhiskerRow:
    """A figure and its ends (None: it has none); `note` says it in words. `ground`: rows of one number share a ground."""

    label: str
    value: Fraction | None
    note: str
    low: Fraction | None = None
    high: Fraction | None = None
    ground: int = 0


def whiskers(title: str, rows: Sequence[WhiskerRow], *, line: Fraction | None = None, percent: bool = False) -> Drawing:
    """Figures with their ends, in the order given.

    Parameters
    ----------
    title
        What the chart shows.
    rows
        The figures; one without a value is drawn as its stretch alone.
    line
        Where a rule draws its line.
    percent
        Whether figures are parts of one, on a scale from nothing to everybody; otherwise the scale holds what is drawn.
    """
    low, high = _scale(rows, line, percent=percent)
    shapes: list[Shape] = []
    y = 0
    for row in rows:
        top = y
        room = NARROW - int(room_of(row.note)) - 8
        shapes.append(Lettering(x=Fraction(0), y=y + 15, text=fitted(row.label, max(room, 80)), kind="text"))
        shapes.append(Lettering(x=Fraction(100), y=y + 15, text=row.note, kind="soft", anchor="end"))
        y += LINE
        middle = y + _ROW // 2
        shapes.append(Stroke(x1=Fraction(0), x2=Fraction(100), y1=middle, y2=middle, kind="grid"))
        if row.low is not None and row.high is not None:
            left, right = _at(row.low, low, high), _at(row.high, low, high)
            shapes.append(Box(x=left, width=right - left, y=y + 3, height=_ROW - 6, kind="margin", hint=row.note))
        if row.value is not None:
            shapes.append(Disc(x=_at(row.value, low, high), y=middle, radius=Fraction(6), kind="own", hint=row.note))
        y += _ROW + 8
        ground = "band" if row.ground % 2 == 0 else "band-other"
        shapes.insert(0, Box(x=Fraction(0), width=Fraction(100), y=top, height=y - top, kind=ground))
    if line is not None:
        shapes.append(Stroke(x1=_at(line, low, high), x2=_at(line, low, high), y1=0, y2=y, kind="rule"))
    foot = _scale_line(shapes, low, high, line, y, percent=percent)
    return Drawing(title, "; ".join(f"{row.label} {row.note}" for row in rows), foot, tuple(shapes))


def _scale(rows: Sequence[WhiskerRow], line: Fraction | None, *, percent: bool) -> tuple[Fraction, Fraction]:
    if percent:
        return Fraction(0), Fraction(1)
    ends = [one for row in rows for one in (row.value, row.low, row.high) if one is not None]
    ends += [line] if line is not None else []
    low, high = min(ends, default=Fraction(0)), max(ends, default=Fraction(1))
    return (low, high) if high > low else (low - 1, high + 1)


def _at(value: Fraction, low: Fraction, high: Fraction) -> Fraction:
    return _EDGE + (value - low) / (high - low) * (100 - 2 * _EDGE)


def _scale_line(shapes: list[Shape], low: Fraction, high: Fraction, line: Fraction | None, foot: int, *, percent: bool) -> int:
    shapes.append(Stroke(x1=Fraction(0), x2=Fraction(100), y1=foot, y2=foot, kind="axis"))
    marked: list[Fraction] = []
    for value in [*([line] if line is not None else []), low, high, (low + high) / 2]:
        x = _at(value, low, high)
        if all(abs(x - other) >= 16 for other in marked):
            marked.append(x)
            anchor: Anchor = "start" if x < 8 else "end" if x > 92 else "middle"
            text = f"{decimal(round(value * 100, 0))}%" if percent else decimal(round(value, 1))
            shapes.append(Lettering(x=x, y=foot + 16, text=text, kind="scale", anchor=anchor))
    return foot + LINE
