"""How far a result rests on the weights: the nearest change that turns an order, and what all weights nearby would give. Exact.

A composite is Σ w·score over rater groups whose weights add up to 1. Nothing here decides; it says how firm a decision is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class WeightFlip:
    """One weight whose change alone lets the other subject draw level. `now` and `then`: its part of the whole, 0 to 1."""

    group: str
    now: Fraction
    then: Fraction


def single_flips(
    ahead: Mapping[str, Fraction], behind: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> list[WeightFlip]:
    """For each weight, the value at which the two draw level when the others keep their proportions; nearest first.

    Parameters
    ----------
    ahead, behind : group to points
        The scores of both subjects in every group that has a weight.
    weights : group to part
        Not negative, adding up to 1.

    Returns
    -------
    list of WeightFlip
        Only weights that can do it with a value from 0 to 1; the nearest first, then in the order of `weights`.

    Raises
    ------
    ValueError
        When weights are no weights.

    Notes
    -----
    With D the difference in the group and R that of the others in their proportions, the two are level at w·D + (1 − w)·R = 0.
    Triantaphyllou and Sánchez [1]_ change one weight and then scale all to 1 again, which is the same.

    References
    ----------
    .. [1] E. Triantaphyllou, A. Sánchez, "A sensitivity analysis approach for some deterministic multi-criteria decision making
       methods", Decision Sciences 28 (1997), 151-194.
    """
    _check(weights)
    apart = {group: ahead[group] - behind[group] for group in weights}
    found = []
    for group, now in weights.items():
        if now == 1:
            continue
        others = sum((weights[one] * apart[one] for one in weights if one != group), Fraction(0)) / (1 - now)
        if apart[group] == others:
            continue
        then = others / (others - apart[group])
        if 0 <= then <= 1:
            found.append(WeightFlip(group, now, then))
    return sorted(found, key=lambda one: abs(one.then - one.now))


def smallest_shift(
    ahead: Mapping[str, Fraction], behind: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> dict[str, Fraction] | None:
    """The weights nearest to the official ones at which the two draw level.

    Parameters
    ----------
    ahead, behind : group to points
        The scores of both subjects in every group that has a weight.
    weights : group to part
        Not negative, adding up to 1.

    Returns
    -------
    dict of group to part, or None
        Weights that add up to 1, moved as little as can be (the sum of all changes); None where no weights let them draw level.

    Raises
    ------
    ValueError
        When weights are no weights, or the first subject is not ahead.

    Notes
    -----
    Every part moved from one group to another changes the lead by the difference of the two leads; so the nearest weights take
    from the groups where the lead is greatest and give to the one where it is least.
    """
    _check(weights)
    apart = {group: ahead[group] - behind[group] for group in weights}
    lead = sum((weights[group] * apart[group] for group in weights), Fraction(0))
    if lead < 0:
        raise ValueError("the first is not ahead")
    taker = min(weights, key=lambda group: apart[group])
    moved = dict(weights)
    for giver in sorted(weights, key=lambda group: -apart[group]):
        gain = apart[giver] - apart[taker]
        if lead == 0 or gain <= 0:
            break
        part = min(moved[giver], lead / gain)
        moved[giver] -= part
        moved[taker] += part
        lead -= part * gain
    return moved if lead == 0 else None


def composite_range(
    scores: Mapping[str, Fraction], weights: Mapping[str, Fraction], reach: Fraction
) -> tuple[Fraction, Fraction]:
    """The least and the most a composite is over all weights that differ by at most `reach` from the official ones.

    Parameters
    ----------
    scores : group to points
        In every group that has a weight.
    weights : group to part
        Not negative, adding up to 1.
    reach
        How far each weight may move, for instance 5/100; none falls below 0, and they go on adding up to 1.

    Returns
    -------
    tuple of (Fraction, Fraction)
        In points, both ends reached.

    Raises
    ------
    ValueError
        When weights are no weights or the reach is below 0.
    """
    _check(weights)
    if reach < 0:
        raise ValueError("a reach below 0")
    rising = sorted(weights, key=lambda group: scores[group])
    return _pushed(rising, scores, weights, reach), _pushed(rising[::-1], scores, weights, reach)


def _pushed(first: Sequence[str], scores: Mapping[str, Fraction], weights: Mapping[str, Fraction], reach: Fraction) -> Fraction:
    """The composite with as much weight as can be on those named first."""
    least = {group: max(Fraction(0), weights[group] - reach) for group in first}
    spare = 1 - sum(least.values())
    whole = Fraction(0)
    for group in first:
        more = min(spare, min(Fraction(1), weights[group] + reach) - least[group])
        whole += (least[group] + more) * scores[group]
        spare -= more
    return whole


def _check(weights: Mapping[str, Fraction]) -> None:
    if sum(weights.values()) != 1 or any(one < 0 for one in weights.values()):
        raise ValueError("weights must not be negative and must add up to 1")
