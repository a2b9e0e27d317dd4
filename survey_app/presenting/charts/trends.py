"""Trends: one figure over several periods, each a dot with its number, on a scale that holds them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from survey_app.presenting.charts.shapes import LINE, NARROW, Anchor, Disc, Drawing, Lettering, Shape, Stroke, fitted, room_of

_HEIGHT, _EDGE = 90, 8


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """A period, what was found in it (None: nothing), and how that is written.

    `who`: whose figure it is where it is not the same one's throughout; the line joins only those of one. `margin`: how far to
    either side the true figure may lie, where it is of a sample.
    """

    period: str
    value: Fraction | None
    text: str
    who: str = ""
    margin: Fraction | None = None


def trend(title: str, points: Sequence[TrendPoint]) -> Drawing:
    """A line through the periods in the order given; where one has no value or is another's the line is broken.

    Parameters
    ----------
    title
        What the chart shows.
    points
        The periods, the earliest first.
    """
    ends = [end for one in points if one.value is not None for end in (one.value - _margin(one), one.value + _margin(one))]
    low, high = min(ends, default=Fraction(0)), max(ends, default=Fraction(1))
    foot = LINE + _HEIGHT
    below = foot + 8 + LINE * (2 if any(one.who for one in points) else 1)
    shapes: list[Shape] = [Stroke(x1=Fraction(0), x2=Fraction(100), y1=foot + 8, y2=foot + 8, kind="axis")]
    last = points[-1].who if points else ""
    before: tuple[Fraction, int, str] | None = None
    for place, one in enumerate(points):
        x = Fraction(50) if len(points) == 1 else _EDGE + Fraction((100 - 2 * _EDGE) * place, len(points) - 1)
        shapes.append(_named(one.period, place, len(points), x, foot + 24))
        if one.who:
            shapes.append(_named(one.who, place, len(points), x, foot + 24 + LINE))
        if one.value is None:
            before = None
            shapes.append(_named(one.text, place, len(points), x, foot))
            continue
        y = _down(one.value, low, high)
        if before is not None and before[2] == one.who:
            shapes.append(Stroke(x1=before[0], x2=x, y1=before[1], y2=y, kind="path"))
        if one.margin:
            top, bottom = _down(one.value + one.margin, low, high), _down(one.value - one.margin, low, high)
            shapes.append(Stroke(x1=x, x2=x, y1=top, y2=bottom, kind="rule"))
        over = y if not one.margin else _down(one.value + one.margin, low, high)
        shapes.append(Disc(x=x, y=y, radius=Fraction(5), kind="own" if one.who == last else "mark"))
        shapes.append(replace(_named(one.text, place, len(points), x, max(over - 10, 12)), kind="strong"))
        before = (x, y, one.who)
    told = "; ".join(" ".join(part for part in (one.period, one.who, one.text) if part) for one in points)
    return Drawing(title, told, below + 6, tuple(shapes))


def _margin(one: TrendPoint) -> Fraction:
    return one.margin or Fraction(0)


def _down(value: Fraction, low: Fraction, high: Fraction) -> int:
    return LINE + 8 + int((high - value) / (high - low) * (_HEIGHT - 16)) if high > low else LINE + _HEIGHT // 2


def _named(text: str, place: int, many: int, x: Fraction, y: int) -> Lettering:
    """Words under a period; at the edges, where they do not fit, set inwards, so that nothing is cut off."""
    told = fitted(text, NARROW // many)
    anchor: Anchor = "middle"
    if many > 1 and room_of(told) / 2 > _EDGE * NARROW / 100 + 6:
        anchor = "start" if place == 0 else "end" if place == many - 1 else "middle"
    at = {"start": Fraction(0), "middle": x, "end": Fraction(100)}[anchor]
    return Lettering(x=at, y=y, text=told, kind="soft", anchor=anchor)
