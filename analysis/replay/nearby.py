"""All weights near the official ones, exactly: their corners, and where one weight alone would turn a result.

A score that is a mean of groups by weights that add up to one is a straight line in each weight and flat in all of them together,
so what holds at every corner of the weights allowed holds for all of them in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

#: With more weights than this there are too many corners to look at one by one.
MOST = 8


def corners(weights: Mapping[str, Fraction], reach: Fraction) -> list[dict[str, Fraction]]:
    """The corners of all weights that differ by at most `reach` from the official ones.

    Parameters
    ----------
    weights : group to part
        Not negative, adding up to 1, at most `MOST` of them.
    reach
        How far each may move, for instance 5/100; none falls below 0 or rises above 1, and they go on adding up to 1.

    Returns
    -------
    list of dict of group to part
        Each corner once; all weights allowed are mixtures of them. The official weights alone where nothing may move.

    Raises
    ------
    ValueError
        When weights are no weights, are too many, or the reach is below 0.

    Notes
    -----
    At a corner all weights but at most one stand at an end of what they may be.
    """
    if sum(weights.values()) != 1 or any(one < 0 for one in weights.values()) or len(weights) > MOST or reach < 0:
        raise ValueError("weights must not be negative, must add up to 1 and be few")
    ends = {group: (max(Fraction(0), one - reach), min(Fraction(1), one + reach)) for group, one in weights.items()}
    found: dict[tuple[Fraction, ...], dict[str, Fraction]] = {}
    for free in weights:
        others = [group for group in weights if group != free]
        for chosen in product(*(ends[group] for group in others)):
            corner = dict(zip(others, chosen, strict=True))
            corner[free] = 1 - sum(chosen, Fraction(0))
            if ends[free][0] <= corner[free] <= ends[free][1]:
                found.setdefault(tuple(corner[group] for group in weights), {group: corner[group] for group in weights})
    return list(found.values())


def alone(weights: Mapping[str, Fraction], group: str, part: Fraction) -> dict[str, Fraction]:
    """One weight set to `part`, the others keeping their proportions.

    Parameters
    ----------
    weights : group to part
        Not negative, adding up to 1.
    group
        The one that is set.
    part
        From 0 to 1.

    Raises
    ------
    ValueError
        When the others have no weight to share out by.
    """
    rest = 1 - weights[group]
    if not rest:
        raise ValueError("the others have no weight")
    return {one: part if one == group else own * (1 - part) / rest for one, own in weights.items()}


def turns_at(nothing: Fraction, everything: Fraction, now: tuple[Fraction, Fraction], border: Fraction) -> Fraction | None:
    """The weight at which a score that is a straight line in it meets a border.

    Parameters
    ----------
    nothing, everything : points
        The score with the weight at 0 and at 1.
    now : (part, points)
        The official weight and the score with it, which has to lie on the line.
    border : points
        The border.

    Returns
    -------
    Fraction or None
        From 0 to 1; None where it never meets it, and where the score is no straight line in this weight.
    """
    part, score = now
    if nothing + (everything - nothing) * part != score or everything == nothing:
        return None
    found = (border - nothing) / (everything - nothing)
    return found if 0 <= found <= 1 else None
