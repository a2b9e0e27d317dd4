"""Geometry of the charts, without any markup: positions in percent, so that one drawing fits a phone and a wall.

Templates draw what stands here as SVG; colours and patterns come from the style sheet by class, and every number drawn also
stands in a table behind the chart, because a picture is never the only way to a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import fixed
from survey_app.presenting import figures

#: Below this width (in percent of the bar) a number does not fit inside its segment and stands in the table only.
LABEL_LEAST = Fraction(7)
#: Steps of the ordered palette in the style sheet; a scale with more choices shares steps between neighbours.
PALETTE = 7


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A piece of a stacked bar: from `x`, `width` wide (percent as text), `step` its colour, `label` shown when it fits."""

    x: str
    width: str
    middle: str
    step: int
    label: str
    title: str
    count: int


@dataclass(frozen=True)
class StackedBar:
    """One bar of counts that add up to `total`; no segments when the total is nothing."""

    segments: tuple[Segment, ...]
    total: int


def step_of(place: int, choices: int) -> int:
    """The colour step (1 best … PALETTE worst) of the `place`-th (from 0) of so many ordered choices; ends use the ends."""
    if choices <= 1:
        return 1
    return 1 + round(Fraction(place * (PALETTE - 1), choices - 1))


def stacked(counts: Sequence[int], titles: Sequence[str]) -> StackedBar:
    """A bar of `counts` in the order of the scale, best first. ValueError when a title is missing for a count."""
    total = sum(counts)
    at = Fraction(0)
    segments = []
    for place, (count, title) in enumerate(zip(counts, titles, strict=True)):
        if not count:
            continue
        width = Fraction(100 * count, total)
        label = str(count) if width >= LABEL_LEAST else ""
        segments.append(
            Segment(
                x=percent(at),
                width=percent(width),
                middle=percent(at + width / 2),
                step=step_of(place, len(counts)),
                label=label,
                title=title,
                count=count,
            )
        )
        at += width
    return StackedBar(tuple(segments), total)


@dataclass(frozen=True)
class Dot:
    """A share on a scale from nothing to everything; `low` and `width` draw the margin where there is one."""

    x: str
    text: str
    low: str | None = None
    width: str | None = None
    right: bool = False  # the label stands left of the dot, because right of it there is no room


def dot(share: Fraction | None, margin: tuple[float, float] | None = None) -> Dot | None:
    """A share (0..1) with its margin; None when there is no share to draw."""
    if share is None:
        return None
    low, width = None, None
    if margin is not None:
        low, width = percent(Fraction(margin[0]) * 100), percent(Fraction(margin[1] - margin[0]) * 100)
    return Dot(percent(share * 100), figures.share(share).text, low, width, right=share > Fraction(4, 5))


def percent(value: Fraction) -> str:
    """A position as CSS and SVG understand it; three digits are finer than any screen."""
    return f"{fixed(value, 3)}%"
