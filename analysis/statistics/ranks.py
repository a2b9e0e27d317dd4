"""Ranks with what a sample leaves open: the range of places each may have, and who cannot be told apart."""

from __future__ import annotations

import math
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
        Independent scores with their errors.
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
    if any(math.isnan(one.score) or not one.error >= 0 for one in estimates):
        raise ValueError("a score without an error")
    many = len(estimates)
    reach = _quantile(1 - (1 - level) / many) if many else 0.0
    limits = [(one.score - reach * one.error, one.score + reach * one.error) for one in estimates]
    return [
        RankRange(
            rank=1 + sum(other.score > one.score for other in estimates),
            least=1 + sum(low > most for low, _ in limits),
            most=many - sum(high < least for _, high in limits),
        )
        for one, (least, most) in zip(estimates, limits, strict=True)
    ]


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
