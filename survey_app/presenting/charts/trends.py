"""Trends: one figure over several periods, each a dot with its number, on a scale that holds them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey_app.presenting.charts.shapes import LINE, Disc, Drawing, Lettering, Shape, Stroke

_HEIGHT, _EDGE = 90, 8


@dataclass(frozen=True)
class TrendPoint:
    """A period, what was found in it (None: nothing), and how that is written."""

    period: str
    value: Fraction | None
    text: str


def trend(title: str, points: Sequence[TrendPoint]) -> Drawing:
    """A line through the periods in the order given; where one has no value the line is broken.

    Parameters
    ----------
    title
        What the chart shows.
    points
        The periods, the earliest first.
    """
    values = [one.value for one in points if one.value is not None]
    low, high = min(values, default=Fraction(0)), max(values, default=Fraction(1))
    foot = LINE + _HEIGHT
    shapes: list[Shape] = [Stroke(x1=Fraction(0), x2=Fraction(100), y1=foot + 8, y2=foot + 8, kind="axis")]
    before: tuple[Fraction, int] | None = None
    for place, one in enumerate(points):
        x = Fraction(50) if len(points) == 1 else _EDGE + Fraction((100 - 2 * _EDGE) * place, len(points) - 1)
        shapes.append(Lettering(x=x, y=foot + 24, text=one.period, kind="soft", anchor="middle"))
        if one.value is None:
            before = None
            shapes.append(Lettering(x=x, y=foot, text=one.text, kind="soft", anchor="middle"))
            continue
        y = LINE + 8 + int((high - one.value) / (high - low) * (_HEIGHT - 16)) if high > low else LINE + _HEIGHT // 2
        if before is not None:
            shapes.append(Stroke(x1=before[0], x2=x, y1=before[1], y2=y, kind="path"))
        shapes.append(Disc(x=x, y=y, radius=Fraction(5), kind="own"))
        shapes.append(Lettering(x=x, y=y - 10, text=one.text, kind="strong", anchor="middle"))
        before = (x, y)
    told = "; ".join(f"{one.period} {one.text}" for one in points)
    return Drawing(title, told, foot + 30, tuple(shapes))
