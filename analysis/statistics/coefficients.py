"""Coefficients of agreement over many subjects, for the annex: all exact, with a reason where nothing varies.

They are for readers who ask for them; pages say agreement in a word (`agreement`). Between rater groups only orders are compared
(`kendall`): roles see different things, and a low coefficient between roles is no fault of anybody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

#: How far apart two ratings count: as names, by the order of all ratings given, or by their distance.
Metric = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class Coefficient:
    """A coefficient, exact; None where it is undefined, and `reason` says why: "no_pairs", "no_variation", "too_few"."""

    value: Fraction | None
    reason: str = ""


def krippendorff(units: Sequence[Sequence[int]], metric: Metric = "ordinal") -> Coefficient:
    """Krippendorff's alpha: how far ratings of the same unit agree beyond what all ratings thrown together would.

    Parameters
    ----------
    units : (units,) of (ratings,) codes
        The ratings each unit got, from whomever and in any order; a unit may have any number.
    metric
        Whether codes are names, ordered, or distances.

    Returns
    -------
    Coefficient
        1 for full agreement, 0 for none beyond chance, below 0 for less. Undefined where no unit has two ratings ("no_pairs") and
        where all ratings that can be paired are the same ("no_variation").

    References
    ----------
    .. [1] K. Krippendorff, "Computing Krippendorff's alpha-reliability", University of Pennsylvania (2011).
    """
    paired = [unit for unit in units if len(unit) > 1]
    if not paired:
        return Coefficient(None, "no_pairs")
    given = Counter(code for unit in paired for code in unit)
    apart = _distance(given, metric)
    found = sum(
        (Fraction(sum(apart(one, other) for one in unit for other in unit), len(unit) - 1) for unit in paired), Fraction(0)
    )
    expected = sum(
        (times * others * apart(one, other) for one, times in given.items() for other, others in given.items()), Fraction(0)
    )
    if not expected:
        return Coefficient(None, "no_variation")
    return Coefficient(1 - (given.total() - 1) * found / expected)


def _distance(given: Counter[int], metric: Metric) -> Callable[[int, int], Fraction]:
    """Squared distances between codes; those of ordered codes rest on how many ratings lie between."""
    if metric == "nominal":
        return lambda one, other: Fraction(one != other)
    if metric == "interval":
        return lambda one, other: Fraction(one - other) ** 2

    def between(one: int, other: int) -> Fraction:
        low, high = min(one, other), max(one, other)
        inside = sum(times for code, times in given.items() if low <= code <= high)
        return Fraction(2 * inside - given[one] - given[other], 2) ** 2 if one != other else Fraction(0)

    known = {(one, other): between(one, other) for one in given for other in given}
    return lambda one, other: known[one, other]


def kendall(ratings: Sequence[Sequence[Fraction | int]]) -> Coefficient:
    """Kendall's W, corrected for ties: how far raters put the same subjects into the same order.

    Parameters
    ----------
    ratings : (raters, subjects) codes or points
        A complete table, at least two raters and two subjects. Raters may be whole groups, each with its mean.

    Returns
    -------
    Coefficient
        Between 0 and 1; "too_few" raters or subjects; "no_variation" where every rater gave everybody the same.

    Raises
    ------
    ValueError
        When raters rated different numbers of subjects.

    References
    ----------
    .. [1] M. G. Kendall, Rank Correlation Methods (1948), chapter 6.
    """
    if len(ratings) < 2 or len(ratings[0]) < 2:
        return Coefficient(None, "too_few")
    raters, subjects = len(ratings), len(ratings[0])
    ranks = [_middle_ranks(row) for row in ratings]
    sums = [sum(column, Fraction(0)) for column in zip(*ranks, strict=True)]
    middle = Fraction(raters * (subjects + 1), 2)
    ties = sum(times**3 - times for row in ratings for times in Counter(row).values())
    most = raters**2 * (subjects**3 - subjects) - raters * ties
    if not most:
        return Coefficient(None, "no_variation")
    return Coefficient(12 * sum(((one - middle) ** 2 for one in sums), Fraction(0)) / most)


def _middle_ranks(row: Sequence[Fraction | int]) -> list[Fraction]:
    """Ranks from the least; those who tie share the middle of their places."""
    times = Counter(row)
    below = {code: sum(many for other, many in times.items() if other < code) for code in times}
    return [below[code] + Fraction(times[code] + 1, 2) for code in row]


def fleiss(counts: Sequence[Sequence[int]]) -> Coefficient:
    """Fleiss' kappa: agreement on names beyond chance, where every subject got the same number of ratings.

    Parameters
    ----------
    counts : (subjects, choices) ratings
        How many chose each choice about each subject.

    Returns
    -------
    Coefficient
        Misleading where nearly all get one grade: `raw_agreement` belongs beside it. "too_few" ratings a subject, "no_variation".

    Raises
    ------
    ValueError
        When subjects got different numbers of ratings.

    References
    ----------
    .. [1] J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971), 378-382.
    """
    raters = {sum(row) for row in counts}
    if len(raters) > 1:
        raise ValueError("subjects with different numbers of ratings")
    observed = raw_agreement(counts)
    if observed.value is None:
        return observed
    total = sum(map(sum, counts))
    chance = sum((Fraction(sum(column), total) ** 2 for column in zip(*counts, strict=True)), Fraction(0))
    return Coefficient((observed.value - chance) / (1 - chance)) if chance != 1 else Coefficient(None, "no_variation")


def raw_agreement(counts: Sequence[Sequence[int]]) -> Coefficient:
    """How many of the pairs of raters of a subject chose the same, in the mean of all subjects.

    Parameters
    ----------
    counts : (subjects, choices) ratings
        How many chose each choice about each subject.

    Returns
    -------
    Coefficient
        Between 0 and 1; "too_few" where no subject has two ratings. Subjects with one rating are left out.
    """
    shares = [
        Fraction(sum(many * (many - 1) for many in row), raters * (raters - 1)) for row in counts if (raters := sum(row)) > 1
    ]
    return Coefficient(sum(shares, Fraction(0)) / len(shares)) if shares else Coefficient(None, "too_few")
