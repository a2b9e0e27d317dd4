"""Dots: shares one under the other, best first, each with the stretch in which a sample leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey_app.presenting.charts.scales import of_shares
from survey_app.presenting.charts.shapes import LINE, NARROW, Box, Disc, Drawing, Lettering, Shape, Stroke, fitted, room_of

_ROW = 16


@dataclass(frozen=True, kw_only=True)
class DotRow:
    """A share (0 to 1) and its ends where it is of a sample; `note` says it in words and numbers."""

    label: str
    share: Fraction
    note: str
    low: Fraction | None = None
    high: Fraction | None = None


def dots(title: str, rows: Sequence[DotRow]) -> Drawing:
    """Shares on one scale from nothing to everybody, in the order given.

    Parameters
    ----------
    title
        What the chart shows.
    rows
        The shares.
    """
    shapes: list[Shape] = []
    y = 0
    for row in rows:
        room = NARROW - int(room_of(row.note)) - 8
        shapes.append(Lettering(x=Fraction(0), y=y + 15, text=fitted(row.label, max(room, 80)), kind="text"))
        shapes.append(Lettering(x=Fraction(100), y=y + 15, text=row.note, kind="soft", anchor="end"))
        y += LINE
        shapes.append(Stroke(x1=Fraction(0), x2=Fraction(100), y1=y + _ROW // 2, y2=y + _ROW // 2, kind="grid"))
        if row.low is not None and row.high is not None:
            low, high = row.low * 100, row.high * 100
            shapes.append(Box(x=low, width=high - low, y=y + 3, height=_ROW - 6, kind="margin", hint=row.note))
        shapes.append(Disc(x=row.share * 100, y=y + _ROW // 2, radius=Fraction(6), kind="own", hint=row.note))
        y += _ROW + 8
    foot = of_shares(shapes, 0, y)
    return Drawing(title, "; ".join(f"{row.label} {row.note}" for row in rows), foot, tuple(shapes))
