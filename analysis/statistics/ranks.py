"""Ranks with what a sample leaves open: the range of places each may have, and who cannot be told apart."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.late import late
from analysis.statistics.shares import LEVEL

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = late("scipy.stats")


@dataclass(frozen=True)
class Estimate:
    """A score and its standard error, both in points; the error of a complete count is 0."""

    score: float
    error: float


@dataclass(frozen=True)
class RankRange:
    """The places a subject may have, first place 1; `rank` is the place of its score, the best of those that tie."""

    rank: int
    least: int
    most: int


def rank_ranges(estimates: Sequence[Estimate], level: Fraction = LEVEL) -> list[RankRange]:
    """The places of all subjects at once, the highest score first.

    Parameters
    ----------
    estimates
        Scores with their errors, which may depend on each other.
    level
        The probability with which all ranges together hold the true places.

    Returns
    -------
    list of RankRange
        In the order given. With every error 0 each range holds the places of those who tie, and nothing else.

    Raises
    ------
    ValueError
        When an error is below 0 or not a number.

    Notes
    -----
    Every score gets an interval at level 1 − (1 − level)/K; a subject stands behind all those whose interval lies wholly above
    its own and before all those whose interval lies wholly below [1]_. Ranges from resampled ranks are too short near ties [2]_.

    References
    ----------
    .. [1] M. Klein, T. Wright, J. Wieczorek, "A joint confidence region for an overall ranking of populations", Journal of the
       Royal Statistical Society C 69 (2020), 589-606.
    .. [2] P. Hall, H. Miller, "Using the bootstrap to quantify the authority of an empirical ranking", Annals of Statistics 37
       (2009), 3929-3959.
    """
    limits = joint_limits(estimates, level)
    scores = sorted(one.score for one in estimates)
    lows, highs = (sorted(ends) for ends in (zip(*limits, strict=True) if limits else ((), ())))
    many = len(limits)
    return [
        RankRange(
            rank=1 + many - bisect_right(scores, one.score),
            least=1 + many - bisect_right(lows, most),
            most=many - bisect_left(highs, least),
        )
        for one, (least, most) in zip(estimates, limits, strict=True)
    ]


def joint_limits(estimates: Sequence[Estimate], level: Fraction = LEVEL) -> list[tuple[float, float]]:
    """Intervals that hold all true scores at once, whether or not the scores depend on each other.

    Parameters
    ----------
    estimates
        Scores with their errors.
    level
        The probability with which all intervals together hold the true scores.

    Returns
    -------
    list of (float, float)
        In points, in the order given.

    Raises
    ------
    ValueError
        When an error is below 0 or not a number.

    References
    ----------
    .. [1] O. J. Dunn, "Multiple comparisons among means", Journal of the American Statistical Association 56 (1961), 52-64.
    """
    if any(math.isnan(one.score) or not one.error >= 0 for one in estimates):
        raise ValueError("a score without an error")
    reach = _quantile(1 - (1 - level) / len(estimates)) if any(one.error for one in estimates) else 0.0
    return [(one.score - reach * one.error, one.score + reach * one.error) for one in estimates]


def layers(estimates: Sequence[Estimate], level: Fraction = LEVEL) -> list[int]:
    """Who cannot be told apart: from the highest score down, a layer ends where somebody is apart from its first.

    Parameters
    ----------
    estimates
        Scores with their errors.
    level
        The probability with which all comparisons together are right.

    Returns
    -------
    list of int
        The layer of each, the highest 0, in the order given. Whoever stands in one layer cannot be told apart from its first; two
        in different layers need not be apart from each other.

    Raises
    ------
    ValueError
        When an error is below 0 or not a number.

    References
    ----------
    .. [1] H. Goldstein, D. J. Spiegelhalter, "League tables and their limitations: statistical issues in comparisons of
       institutional performance", Journal of the Royal Statistical Society A 159 (1996), 385-443.
    """
    limits = joint_limits(estimates, level)
    order = sorted(range(len(estimates)), key=lambda at: -estimates[at].score)
    found, layer, first = [0] * len(estimates), -1, math.inf
    for at in order:
        low, high = limits[at]
        if high < first:
            layer, first = layer + 1, low
        found[at] = layer
    return found


def told_apart(one: Estimate, other: Estimate, level: Fraction = LEVEL) -> bool:
    """Whether two scores differ by more than chance between samples produces.

    Parameters
    ----------
    one, other
        Independent scores.
    level
        The probability with which two equal subjects are not told apart.

    Notes
    -----
    |a − b| > z √(s_a² + s_b²); two intervals that overlap a little may well be told apart [1]_.

    References
    ----------
    .. [1] H. Goldstein, M. J. R. Healy, "The graphical presentation of a collection of means", Journal of the Royal Statistical
       Society A 158 (1995), 175-177.
    """
    return abs(one.score - other.score) > _quantile(level) * math.hypot(one.error, other.error)


def _quantile(level: Fraction) -> float:
    """How many standard errors to each side hold so much of a normal distribution."""
    return float(stats.norm.isf(float((1 - level) / 2)))
