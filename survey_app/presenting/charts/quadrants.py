"""Quadrants: points on two scales, with a cross through them that makes four fields; points bear numbers, names stand below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey_app.presenting.charts.shapes import LINE, Box, Disc, Drawing, Lettering, Shape, Stroke

_HEIGHT, _EDGE = 260, 8


@dataclass(frozen=True, kw_only=True)
class QuadrantPoint:
    """A point: `across` and `up` on their scales, its name, and what is said of it."""

    label: str
    across: Fraction
    up: Fraction
    note: str


@dataclass(frozen=True, kw_only=True)
class Axes:
    """What the scales are of, where the cross stands, and the fields' names: above left, above right, below left, right."""

    across: str
    up: str
    cross: tuple[Fraction, Fraction]
    fields: tuple[str, str, str, str]


def quadrants(title: str, points: Sequence[QuadrantPoint], axes: Axes) -> Drawing:
    """Points in four fields.

    Parameters
    ----------
    title
        What the chart shows.
    points
        At least one; on a scale that holds them all.
    axes
        The scales, their cross and the names of the fields.
    """
    wide, tall = ([getattr(one, way) for one in points] + [axes.cross[at]] for at, way in enumerate(("across", "up")))
    top = LINE
    shapes: list[Shape] = [Lettering(x=Fraction(0), y=15, text=f"↑ {axes.up}", kind="soft")]
    cross_x, cross_y = _across(axes.cross[0], wide), top + _down(axes.cross[1], tall)
    shapes += [
        Box(x=Fraction(0), width=cross_x, y=top, height=cross_y - top, kind="band"),
        Box(x=cross_x, width=100 - cross_x, y=cross_y, height=top + _HEIGHT - cross_y, kind="band"),
        Stroke(x1=cross_x, x2=cross_x, y1=top, y2=top + _HEIGHT, kind="rule"),
        Stroke(x1=Fraction(0), x2=Fraction(100), y1=cross_y, y2=cross_y, kind="rule"),
        Stroke(x1=Fraction(0), x2=Fraction(100), y1=top + _HEIGHT, y2=top + _HEIGHT, kind="axis"),
        Stroke(x1=Fraction(0), x2=Fraction(0), y1=top, y2=top + _HEIGHT, kind="axis"),
        Lettering(x=Fraction(0), y=top + 18, text=axes.fields[0], kind="soft", aside=6),
        Lettering(x=Fraction(100), y=top + 18, text=axes.fields[1], kind="soft", anchor="end", aside=-6),
        Lettering(x=Fraction(0), y=top + _HEIGHT - 8, text=axes.fields[2], kind="soft", aside=6),
        Lettering(x=Fraction(100), y=top + _HEIGHT - 8, text=axes.fields[3], kind="soft", anchor="end", aside=-6),
    ]
    for number, one in enumerate(points, start=1):
        x, y = _across(one.across, wide), top + _down(one.up, tall)
        shapes += [
            Disc(x=x, y=y, radius=Fraction(6), kind="own", hint=f"{one.label} {one.note}"),
            Lettering(x=x, y=y - 9, text=str(number), kind="strong", anchor="middle"),
        ]
    y = top + _HEIGHT + LINE
    shapes.append(Lettering(x=Fraction(100), y=y - 4, text=f"{axes.across} →", kind="soft", anchor="end"))
    for number, one in enumerate(points, start=1):
        shapes.append(Lettering(x=Fraction(0), y=y + 16, text=f"{number}  {one.label}", kind="text"))
        y += LINE
    return Drawing(title, "; ".join(f"{one.label} {one.note}" for one in points), y + 6, tuple(shapes))


def _across(value: Fraction, all_of: Sequence[Fraction]) -> Fraction:
    low, high = min(all_of), max(all_of)
    return _EDGE + (value - low) / (high - low) * (100 - 2 * _EDGE) if high > low else Fraction(50)


def _down(value: Fraction, all_of: Sequence[Fraction]) -> int:
    low, high = min(all_of), max(all_of)
    edge = 34  # the fields' names stand there
    return edge + int((high - value) / (high - low) * (_HEIGHT - 2 * edge)) if high > low else _HEIGHT // 2
