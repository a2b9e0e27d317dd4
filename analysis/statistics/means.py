"""Means of samples and their margins: by strata, and of a composite of rater groups whose weights a rule sets."""

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
class Stratum:
    """One group of a stratified sample.

    `weight`: its part in the mean, a number of people or a share; not negative, and only the proportions count. `values`: the
    answers, all strata in one unit. `population`: how many people the group has, None where it is very large.
    """

    weight: float
    values: Sequence[float]
    population: int | None


@dataclass(frozen=True, kw_only=True)
class MeanMargin:
    """A weighted mean with its standard error and limits, all in the unit of the values.

    `freedom` counts effective degrees of freedom. What is undefined is None, and `reason` says why.
    """

    mean: float | None
    error: float | None
    least: float | None
    most: float | None
    freedom: float | None
    reason: str = ""


def stratified_mean(strata: Sequence[Stratum], level: Fraction = LEVEL) -> MeanMargin:
    """The weighted mean of stratum means, and its margin with finite population correction.

    Parameters
    ----------
    strata
        The groups; their weights are scaled to add up to 1.
    level
        The probability with which the limits cover the true mean, between 0 and 1.

    Returns
    -------
    MeanMargin
        In the unit of the values. Its reason is "no_values" where a stratum has no answers, "one_value" where a sampled stratum
        has a single answer, whose spread nobody can know; "complete_count" and "no_spread" where the error is 0.

    Raises
    ------
    ValueError
        When a weight is below zero, or none is above it.

    Notes
    -----
    SE² = Σ W²(1−n/N)s²/n; the limits use Student's t with Satterthwaite's effective degrees of freedom. A stratum counted in full
    adds nothing to the error.

    References
    ----------
    .. [1] W. G. Cochran, Sampling Techniques, 3rd ed. (1977), §5.3-5.4.
    """
    total = math.fsum(stratum.weight for stratum in strata)
    if total <= 0 or any(stratum.weight < 0 for stratum in strata):
        raise ValueError("weights must not be negative and must not all be zero")
    mean, parts = 0.0, []
    for stratum in strata:
        size = len(stratum.values)
        if size == 0:
            return MeanMargin(mean=None, error=None, least=None, most=None, freedom=None, reason="no_values")
        share = stratum.weight / total
        middle = math.fsum(stratum.values) / size
        mean += share * middle
        sampled = 1.0 if stratum.population is None else max(0.0, 1 - size / stratum.population)
        if sampled and size == 1:
            parts.append((math.nan, 1))
        elif sampled:
            spread = math.fsum((value - middle) ** 2 for value in stratum.values) / (size - 1)
            parts.append((share**2 * sampled * spread / size, size))
    if any(math.isnan(part) for part, _ in parts):
        return MeanMargin(mean=mean, error=None, least=None, most=None, freedom=None, reason="one_value")
    variance = math.fsum(part for part, _ in parts)
    if variance == 0:
        return MeanMargin(
            mean=mean, error=0.0, least=mean, most=mean, freedom=None, reason="complete_count" if not parts else "no_spread"
        )
    freedom = variance**2 / math.fsum(part**2 / (size - 1) for part, size in parts)
    error = math.sqrt(variance)
    reach = float(stats.t.ppf((1 + float(level)) / 2, freedom)) * error
    return MeanMargin(mean=mean, error=error, least=mean - reach, most=mean + reach, freedom=freedom)
