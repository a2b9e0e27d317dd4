"""Statistics that inform and never decide: margins, one-sided line tests, agreement. The only room of the count with floats.

Rule before any formula: a complete count has no sampling error, so it gets no margin; only a sampled group does, and
always with the finite population when its size is known. What decides (shares, lines, tiers) is exact and lives elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from analysis.late import late

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = late("scipy.stats")

LEVEL = 0.95

#: Why there is, or is not, a margin. "everyone" and "nobody" are results, not failures.
Basis = Literal["complete_count", "more_than_entitled", "wilson", "hypergeometric", "nobody_answered", "not_a_sample"]


@dataclass(frozen=True, kw_only=True)
class Margin:
    """A share with the range a sample leaves open. `least` and `most` are shares (0..1), None where there is no margin.

    `basis` says which rule applied: "complete_count" (everyone entitled answered), "not_a_sample" (everyone was asked, some
    kept silent: that is non-response and no margin describes it), "more_than_entitled" (the head-count cannot be right, so no
    interval is built on it), "nobody_answered", or the method of the interval.
    `people` holds the same limits as whole people when the population is known.
    """

    basis: Basis
    found: int
    answered: int
    population: int | None
    least: float | None = None
    most: float | None = None
    people: tuple[int, int] | None = None


def wilson(found: int, answered: int, level: float = LEVEL) -> tuple[float, float]:
    """The score interval of a share, where the population is unknown or very large.

    Parameters
    ----------
    found : people
        How many of those who answered are of the kind.
    answered : people
        How many answered, at least 1.
    level
        The probability with which the interval covers the true share, between 0 and 1.

    Returns
    -------
    tuple of (float, float)
        The least and the most share, between 0 and 1.

    Raises
    ------
    ValueError
        On impossible counts.

    Notes
    -----
    Without correction for continuity. Newcombe [2]_ recommends it over the textbook interval, which fails near 0 and 1.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.
    .. [2] R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods", Statistics in
       Medicine 17 (1998), 857-872.
    """
    _check(found, answered, None)
    interval = stats.binomtest(found, answered).proportion_ci(confidence_level=level, method="wilson")
    # the bounds at nothing found and everything found are 0 and 1 exactly; floating point leaves crumbs
    return (0.0 if found == 0 else float(interval.low), 1.0 if found == answered else float(interval.high))


def finite_population(found: int, answered: int, population: int, level: float = LEVEL) -> tuple[int, int]:
    """How many of a whole population may be of the kind found: exact limits in whole people.

    Parameters
    ----------
    found : people
        How many of those who answered are of the kind.
    answered : people
        How many answered, drawn at random without putting back.
    population : people
        How many there are.
    level
        The least probability with which the limits hold the true number, between 0 and 1.

    Returns
    -------
    tuple of (int, int)
        The least and the most people, both included.

    Raises
    ------
    ValueError
        On impossible counts.

    Notes
    -----
    Inverts the two hypergeometric tails with alpha = 1 − level: the least is the smallest K for which finding so many or more is
    not rarer than alpha/2, the most the largest K for which finding so few or fewer is not. Both tails are monotone in K, so each
    end is found by bisection. R's `samplingbook::Sprop` prints the first values outside, one unit wider.

    References
    ----------
    .. [1] J. P. Buonaccorsi, "A note on confidence intervals for proportions in finite populations", The American Statistician 41
       (1987), 215-218.
    .. [2] T. Wright, Exact Confidence Bounds when Sampling from Small Finite Universes, Lecture Notes in Statistics 66 (1991).
    """
    _check(found, answered, population)
    tail = (1 - level) / 2
    possible_least, possible_most = found, population - (answered - found)
    # P(X >= found | K) grows with K: the first K above the tail
    low, high = possible_least, possible_most
    while low < high:
        middle = (low + high) // 2
        if float(stats.hypergeom.sf(found - 1, population, middle, answered)) > tail:
            high = middle
        else:
            low = middle + 1
    least = low
    # P(X <= found | K) falls with K: the last K above the tail
    low, high = possible_least, possible_most
    while low < high:
        middle = (low + high + 1) // 2
        if float(stats.hypergeom.cdf(found, population, middle, answered)) > tail:
            low = middle
        else:
            high = middle - 1
    return least, low


def margin(found: int, answered: int, *, population: int | None, sampled: bool, level: float = LEVEL) -> Margin:
    """The margin of a share under rule 1: none for a complete count, none for a group that was asked in full.

    Parameters
    ----------
    found : people
        How many of those who answered are of the kind.
    answered : people
        How many answered.
    population : people
        How many are entitled, None when nobody counted them.
    sampled
        The scheme's word that the group is a sample of a larger public.
    level
        The probability with which the range covers the true share, between 0 and 1.

    Returns
    -------
    Margin
        Its `basis` says why there is a range or why there is none.

    Raises
    ------
    ValueError
        On impossible counts.
    """
    if answered == 0:
        return Margin(basis="nobody_answered", found=found, answered=answered, population=population)
    if population is not None and answered >= population:
        return Margin(
            basis="complete_count" if answered == population else "more_than_entitled",
            found=found,
            answered=answered,
            population=population,
        )
    if not sampled:
        return Margin(basis="not_a_sample", found=found, answered=answered, population=population)
    if population is None:
        low, high = wilson(found, answered, level)
        return Margin(basis="wilson", found=found, answered=answered, population=None, least=low, most=high)
    least, most = finite_population(found, answered, population, level)
    return Margin(
        basis="hypergeometric",
        found=found,
        answered=answered,
        population=population,
        least=least / population,
        most=most / population,
        people=(least, most),
    )


@dataclass(frozen=True)
class LineTest:
    """How a share stands against a line. `reached` is the exact verdict on the answers counted.

    `chance`: were the true share of the whole group on the other side of the line, how often would a sample show at least
    so many; None for a complete count, where the verdict needs no chance.
    """

    reached: bool
    chance: float | None


def reaches_line(
    found: int, answered: int, line: Fraction, *, population: int | None, sampled: bool = True, strict: bool = False
) -> LineTest:
    """Whether a share reaches a line, and whether a sample could show this by chance.

    Parameters
    ----------
    found : people
        How many of those who answered are of the kind.
    answered : people
        How many answered, at least 1.
    line
        The share to be reached, between 0 and 1.
    population : people
        How many are entitled, None when nobody counted them.
    sampled
        Whether those who answered are a sample; otherwise chance has no part.
    strict
        Whether the line has to be passed (>) and not only reached (>=).

    Raises
    ------
    ValueError
        On impossible counts, also when nobody answered.

    Notes
    -----
    The chance is the exact one-sided tail P(X >= found) at the largest number of people still not reaching the line
    (hypergeometric), or at the line itself when the population is unknown (binomial).
    """
    _check(found, answered, population)
    share = Fraction(found, answered)
    reached = share > line if strict else share >= line
    if not sampled or (population is not None and answered >= population):
        return LineTest(reached, None)
    if population is None:
        return LineTest(reached, float(stats.binom.sf(found - 1, answered, float(line))))
    edge = line * population
    short = math.floor(edge) if strict else math.ceil(edge) - 1  # the largest count that does not reach the line
    if short < 0:
        return LineTest(reached, 1.0)
    return LineTest(reached, float(stats.hypergeom.sf(found - 1, population, short, answered)))


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


def stratified_mean(strata: Sequence[Stratum], level: float = LEVEL) -> MeanMargin:
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
    reach = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return MeanMargin(mean=mean, error=error, least=mean - reach, most=mean + reach, freedom=freedom)


Agreement = Literal["strong", "fair", "weak", "cannot_be_judged"]
#: Lowest r_wg for "strong" and for "fair": the bounds of LeBreton & Senter (2008), table 3, printed beside the word.
STRONG, FAIR = 0.71, 0.51
#: Fewer raters than this say nothing about agreement.
FEWEST = 3


@dataclass(frozen=True)
class AgreementFound:
    """Agreement inside one rater group in a word, with the index behind it (None where it cannot be judged) and why."""

    word: Agreement
    index: float | None
    reason: str = ""


def agreement(counts: Sequence[int]) -> AgreementFound:
    """How far one group agrees on one item.

    Parameters
    ----------
    counts : (choices,) people
        How many raters chose each of the ordered choices, worst to best or best to worst; blank lines left out.

    Returns
    -------
    AgreementFound
        A word, with the index r_wg between 0 and 1 behind it.

    Notes
    -----
    r_wg = 1 − s²/σ² with σ² = (A²−1)/12 for A equally likely choices [1]_, held at 0 from below; the words after [2]_. Never
    compare across groups: roles see different things.

    References
    ----------
    .. [1] L. R. James, R. G. Demaree, G. Wolf, Journal of Applied Psychology 69 (1984), 85-98.
    .. [2] J. M. LeBreton, J. L. Senter, Organizational Research Methods 11 (2008), 815-852.
    """
    raters = sum(counts)
    if len(counts) < 2:
        return AgreementFound("cannot_be_judged", None, "one_choice")
    if raters < FEWEST:
        return AgreementFound("cannot_be_judged", None, "too_few")
    mean = Fraction(sum(order * count for order, count in enumerate(counts)), raters)
    spread = sum(((order - mean) ** 2 * count for order, count in enumerate(counts)), Fraction(0)) / (raters - 1)
    spare = 1 - spread / Fraction(len(counts) ** 2 - 1, 12)
    index = spare if spare > 0 else Fraction(0)
    word: Agreement = "strong" if index >= Fraction(71, 100) else "fair" if index >= Fraction(51, 100) else "weak"
    return AgreementFound(word, float(index))


def _check(found: int, answered: int, population: int | None) -> None:
    """Refuse counts that cannot be: a statistic on them would look like a result."""
    if answered < 1 or not 0 <= found <= answered:
        raise ValueError(f"{found} of {answered} is not a share")
    if population is not None and answered > population:
        raise ValueError(f"{answered} answers from {population} people")
