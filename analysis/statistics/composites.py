"""The error of a composite whose parts are means of sampled groups, from counts alone: nobody's ballot is looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class SampledMean:
    """The answers to one item by one sampled group, each in points of the composite: what the composite would be moved by if
    everybody of the group had given it. `population`: how many people the group has, None where it is very large."""

    points: Mapping[Fraction, int]
    population: int | None


def mean_error(sample: SampledMean) -> float | None:
    """The standard error of a mean of a sample without replacement.

    Parameters
    ----------
    sample
        Points to people.

    Returns
    -------
    float or None
        In points; 0 for a complete count; None for a single answer of several people, whose spread nobody can know, and for none.

    References
    ----------
    .. [1] W. G. Cochran, Sampling Techniques, 3rd ed. (1977), §2.6.
    """
    size = sum(sample.points.values())
    if not size:
        return None
    left = Fraction(1) if sample.population is None else max(Fraction(0), 1 - Fraction(size, sample.population))
    if not left:
        return 0.0
    if size == 1:
        return None
    mean = sum((value * many for value, many in sample.points.items()), Fraction(0)) / size
    spread = sum(((value - mean) ** 2 * many for value, many in sample.points.items()), Fraction(0)) / (size - 1)
    return math.sqrt(left * spread / size)


def composite_error(groups: Sequence[Sequence[SampledMean]]) -> float | None:
    """The standard error of a sum of means of independent groups, at the most.

    Parameters
    ----------
    groups : (groups,) of (items,) samples
        For each sampled group its items. Groups counted in full have none.

    Returns
    -------
    float or None
        In points; None where one of the means has no error. 0 where there is no sampled group.

    Notes
    -----
    Groups are drawn apart from each other, so their variances add. The items of one group were answered by the same people; how
    their answers go together counts do not say, so the errors are added, which is the most they can come to: the margin may be
    too wide, never too narrow.

    References
    ----------
    .. [1] W. G. Cochran, Sampling Techniques, 3rd ed. (1977), §5.3.
    """
    whole = 0.0
    for items in groups:
        errors = [mean_error(one) for one in items]
        known = [one for one in errors if one is not None]
        if len(known) < len(errors):
            return None
        whole = math.hypot(whole, math.fsum(known))
    return whole
