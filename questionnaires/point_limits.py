"""Limits on the points of one rater's sheet, their sum or their mean, as tables of whole numbers and in words.

A mean of the marks given is at most 85 exactly when the marks, each less 85, add up to nought at most. So a mean needs no table
of its own kind: phone, casting service and count judge it as they judge a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from analysis.limits import LimitTable
from analysis.numerals import decimal
from analysis.saying import N_, Say
from questionnaires.model import BallotRule, BallotTest, Choice


@dataclass(frozen=True)
class PointSums:
    """What each code adds, in `unit`ths of a point, and between which sums a ballot must lie."""

    unit: int
    weights: tuple[int, ...]
    least: int
    most: int


def point_sums(test: BallotTest, choices: Sequence[Choice], many: int) -> list[PointSums]:
    """The sums a rule looks at: one; of a mean one for each end.

    Parameters
    ----------
    test
        The rule's test, a "sum" or a "mean".
    choices
        The choices of the one scale concerned.
    many
        How many marks there can be.
    """
    if test.kind == "mean":
        ends = [(test.most_points, True), (test.least_points, False)]
        return [_about(end, choices, many, above=above) for end, above in ends if end is not None]
    exact = test.least.count if test.least is not None else None
    least = Fraction(exact) if exact is not None else test.least_points
    most = Fraction(exact) if exact is not None else test.most_points
    unit = _unit([choice.value for choice in choices] + [least, most])
    weights = _weights(choices, unit, Fraction(0))
    low = min(weights) * many if least is None else int(least * unit)
    return [PointSums(unit, weights, low, max(weights) * many if most is None else int(most * unit))]


def _about(end: Fraction, choices: Sequence[Choice], many: int, *, above: bool) -> PointSums:
    """A bound of a mean: what lies beyond it must not outweigh what lies within."""
    unit = _unit([*(choice.value for choice in choices), end])
    weights = _weights(choices, unit, end)
    return PointSums(unit, weights, min(weights) * many if above else 0, 0 if above else max(weights) * many)


def _unit(numbers: Sequence[Fraction | None]) -> int:
    return lcm(*(number.denominator for number in numbers if number is not None))


def _weights(choices: Sequence[Choice], unit: int, less: Fraction) -> tuple[int, ...]:
    """By code, from nought for a line left open; a choice without points counts as left open."""
    values = {choice.code: choice.value for choice in choices}
    known = [values.get(code) for code in range(max(values, default=0) + 1)]
    return tuple(0 if value is None else int((value - less) * unit) for value in known)


SUM_MOST, SUM_LEAST, SUM_BETWEEN = N_("合计不超过 {most}"), N_("合计不低于 {least}"), N_("合计在 {least} 到 {most} 之间")
MEAN_MOST, MEAN_LEAST, MEAN_BETWEEN = N_("平均不超过 {most}"), N_("平均不低于 {least}"), N_("平均在 {least} 到 {most} 之间")


def is_range(test: BallotTest) -> bool:
    """Whether a rule bounds a sum or a mean, instead of asking for an exact sum or counting grades."""
    return test.least_points is not None or test.most_points is not None


def told_range(rule: BallotRule, say: Say) -> str:
    """What the points of a sheet must keep to, in words."""
    test = rule.test
    least, most = ("" if end is None else decimal(end) for end in (test.least_points, test.most_points))
    sentences = (MEAN_MOST, MEAN_LEAST, MEAN_BETWEEN) if test.kind == "mean" else (SUM_MOST, SUM_LEAST, SUM_BETWEEN)
    sentence = sentences[2] if least and most else sentences[0] if most else sentences[1]
    return say(sentence, least=least, most=most)


def found_points(table: LimitTable, unit: int, found: int) -> int | str:
    """The sum found, in points; of a rule of another kind the number as it is."""
    return found if table.kind != "sum" or unit == 1 else decimal(Fraction(found, unit))
