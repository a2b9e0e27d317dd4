"""Shares: the margin of a sampled group's, and how easily chance alone would reach a line.

Rule before any formula: a complete count has no sampling error, so it gets no margin; only a sampled group does, and always with
the finite population when its size is known. What decides (shares, lines, tiers) is exact and lives elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING, Literal

from analysis.late import late

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = late("scipy.stats")

#: The probability with which limits cover the truth, unless said otherwise.
LEVEL = Fraction(19, 20)
#: So near to a tail, relative to it, floating point does not decide.
_NEAR = 1e-6

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


def wilson(found: int, answered: int, level: Fraction = LEVEL) -> tuple[float, float]:
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
    interval = stats.binomtest(found, answered).proportion_ci(confidence_level=float(level), method="wilson")
    # the bounds at nothing found and everything found are 0 and 1 exactly; floating point leaves crumbs
    return (0.0 if found == 0 else float(interval.low), 1.0 if found == answered else float(interval.high))


@lru_cache(maxsize=1 << 12)  # a page asks for the same few counts at place after place, and again when it is read again
def finite_population(found: int, answered: int, population: int, level: Fraction = LEVEL) -> tuple[int, int]:
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
    end is found by bisection. R's `samplingbook::Sprop` prints the first values outside, one unit wider. A tail that floating
    point cannot tell from alpha/2 is added up exactly: one that equals it is not above it.

    References
    ----------
    .. [1] J. P. Buonaccorsi, "A note on confidence intervals for proportions in finite populations", The American Statistician 41
       (1987), 215-218.
    .. [2] T. Wright, Exact Confidence Bounds when Sampling from Small Finite Universes, Lecture Notes in Statistics 66 (1991).
    """
    _check(found, answered, population)
    tail = (1 - level) / 2
    draw = _Draw(population, answered)
    possible_least, possible_most = found, population - (answered - found)
    # P(X >= found | K) grows with K: the first K above the tail
    low, high = possible_least, possible_most
    while low < high:
        middle = (low + high) // 2
        if draw.exceeds(middle, found, answered, tail):
            high = middle
        else:
            low = middle + 1
    least = low
    # P(X <= found | K) falls with K: the last K above the tail
    low, high = possible_least, possible_most
    while low < high:
        middle = (low + high + 1) // 2
        if draw.exceeds(middle, 0, found, tail):
            low = middle
        else:
            high = middle - 1
    return least, low


def margin(found: int, answered: int, *, population: int | None, sampled: bool, level: Fraction = LEVEL) -> Margin:
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
class _Draw:
    """A draw without putting back: so many of a population."""

    population: int
    answered: int

    def exceeds(self, kind: int, least: int, most: int, tail: Fraction) -> bool:
        """Whether drawing `least` to `most` of a kind that has `kind` people is likelier than `tail`."""
        near = float(stats.hypergeom.cdf(most, self.population, kind, self.answered))
        if least:
            near = float(stats.hypergeom.sf(least - 1, self.population, kind, self.answered))
        if abs(near - float(tail)) > _NEAR * float(tail):
            return near > tail
        rest = self.population - kind
        ways = sum(comb(kind, seen) * comb(rest, self.answered - seen) for seen in range(least, most + 1))
        return Fraction(ways, comb(self.population, self.answered)) > tail


def _check(found: int, answered: int, population: int | None) -> None:
    """Refuse counts that cannot be: a statistic on them would look like a result."""
    if answered < 1 or not 0 <= found <= answered:
        raise ValueError(f"{found} of {answered} is not a share")
    if population is not None and answered > population:
        raise ValueError(f"{answered} answers from {population} people")
