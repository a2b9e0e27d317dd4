"""How classes lie beside each other: the middle and the quarters of each, and how much of all difference is between. Exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class ClassSummary:
    """A class in six figures, all in points: half of it stands between `low` and `high`, half above the `middle`."""

    size: int
    mean: Fraction
    least: Fraction
    low: Fraction
    middle: Fraction
    high: Fraction
    most: Fraction


def summarise(values: Sequence[Fraction]) -> ClassSummary | None:
    """The middle and the quarters of a class.

    Parameters
    ----------
    values : points
        One for every subject, in any order.

    Returns
    -------
    ClassSummary or None
        None of nobody. The quarters are hinges: the middles of the lower and the upper half, to both of which the middle one
        belongs where there is one.

    References
    ----------
    .. [1] J. W. Tukey, Exploratory Data Analysis (1977), chapter 2.
    """
    if not values:
        return None
    order = sorted(values)
    half = (len(order) + 1) // 2
    return ClassSummary(
        size=len(order),
        mean=sum(order, Fraction(0)) / len(order),
        least=order[0],
        low=_middle(order[:half]),
        middle=_middle(order),
        high=_middle(order[-half:]),
        most=order[-1],
    )


def _middle(order: Sequence[Fraction]) -> Fraction:
    at = len(order) // 2
    return order[at] if len(order) % 2 else (order[at - 1] + order[at]) / 2


@dataclass(frozen=True, kw_only=True)
class BetweenClasses:
    """Squared differences from the mean, in points squared: of class means, and inside classes; `part` of all lies between.

    None where there are fewer than two classes ("too_few") or all values are the same ("no_variation").
    """

    between: Fraction | None = None
    within: Fraction | None = None
    part: Fraction | None = None
    reason: str = ""


def between_classes(classes: Mapping[str, Sequence[Fraction]]) -> BetweenClasses:
    """How much of all differences between subjects is one between their classes.

    Parameters
    ----------
    classes : class to points
        The values of each class; empty ones are left out.

    Returns
    -------
    BetweenClasses
        The part is that which books call eta squared.

    References
    ----------
    .. [1] R. A. Fisher, Statistical Methods for Research Workers (1925), chapter 7.
    """
    there = [values for values in classes.values() if values]
    if len(there) < 2:
        return BetweenClasses(reason="too_few")
    every = [value for values in there for value in values]
    middle = sum(every, Fraction(0)) / len(every)
    means = [sum(values, Fraction(0)) / len(values) for values in there]
    between = sum((len(values) * (mean - middle) ** 2 for values, mean in zip(there, means, strict=True)), Fraction(0))
    within = sum(
        ((value - mean) ** 2 for values, mean in zip(there, means, strict=True) for value in values),
        Fraction(0),
    )
    if not between + within:
        return BetweenClasses(reason="no_variation")
    return BetweenClasses(between=between, within=within, part=between / (between + within))
