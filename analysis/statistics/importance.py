"""Importance against performance: what goes with overall satisfaction beside how well it is done, in four fields.

Importance is derived here, never asked; where a scheme asks for it, the answers take its place. It says what goes together, not
what brings about what.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

#: Fewer places than this say nothing about what goes together.
PLACES = 5
#: Cross-hairs fewer than two points across divide nothing.
POINTS = 3

Field = Literal["improve", "keep", "later", "enough"]


@dataclass(frozen=True)
class Correlation:
    """How closely two figures go together, from -1 to 1; None where it is undefined: "too_few" places, "no_variation"."""

    value: float | None
    reason: str = ""


def correlation(one: Sequence[Fraction], other: Sequence[Fraction], *, least: int = PLACES) -> Correlation:
    """How closely two figures of the same places go together.

    Parameters
    ----------
    one, other : (places,)
        In any unit each.
    least
        Fewer places than this, at least 2, give no value.

    Returns
    -------
    Correlation
        Pearson's product-moment coefficient.

    Raises
    ------
    ValueError
        When the two are not of the same places.

    References
    ----------
    .. [1] K. Pearson, Proceedings of the Royal Society of London 58 (1895), 240-242.
    """
    if len(one) != len(other):
        raise ValueError("figures of different places")
    if len(one) < least:
        return Correlation(None, "too_few")
    first, second = (sum(values, Fraction(0)) / len(values) for values in (one, other))
    across = sum(((a - first) * (b - second) for a, b in zip(one, other, strict=True)), Fraction(0))
    spread = [sum(((value - mean) ** 2 for value in values), Fraction(0)) for values, mean in ((one, first), (other, second))]
    if not all(spread):
        return Correlation(None, "no_variation")
    return Correlation(float(across) / math.sqrt(spread[0] * spread[1]))


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One point: in which field, and in which other one cross-hairs at the medians would put it (None: in the same)."""

    key: str
    importance: float
    performance: float
    field: Field
    other: Field | None


def quadrants(points: Mapping[str, tuple[float, float]]) -> list[Placed]:
    """Four fields about the means of importance and performance.

    Parameters
    ----------
    points : key to (importance, performance)
        At least 3.

    Returns
    -------
    list of Placed
        In the order given; none where there are fewer points. "improve": important and done worse than the others; "keep":
        important and done better; "later": neither; "enough": done better and less important. A point on a line is above it.

    References
    ----------
    .. [1] J. A. Martilla, J. C. James, "Importance-performance analysis", Journal of Marketing 41 (1977), 77-79.
    """
    if len(points) < POINTS:
        return []
    columns = list(zip(*points.values(), strict=True))
    means = [math.fsum(column) / len(column) for column in columns]
    medians = [_median(column) for column in columns]
    found = []
    for key, (importance, performance) in points.items():
        at_means, at_medians = _field(importance, performance, means), _field(importance, performance, medians)
        other = at_medians if at_medians != at_means else None
        found.append(Placed(key=key, importance=importance, performance=performance, field=at_means, other=other))
    return found


def _field(importance: float, performance: float, cross: Sequence[float]) -> Field:
    if importance >= cross[0]:
        return "keep" if performance >= cross[1] else "improve"
    return "enough" if performance >= cross[1] else "later"


def _median(values: Sequence[float]) -> float:
    order, at = sorted(values), len(values) // 2
    return order[at] if len(order) % 2 else (order[at - 1] + order[at]) / 2
