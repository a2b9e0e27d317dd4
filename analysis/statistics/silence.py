"""What those who did not answer leave open: exact bounds, whatever they would have said. No margin describes silence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How many were asked and answered, and between which values a figure lies depending on the others.

    `response`: the part who answered, 0 to 1. `least` and `most`: the figure if all others stood at the worst, or at the best.
    """

    asked: int
    answered: int
    response: Fraction
    least: Fraction
    most: Fraction

    @property
    def silent(self) -> int:
        """How many did not answer."""
        return self.asked - self.answered


def share_bounds(found: int, answered: int, asked: int) -> Coverage:
    """Between which values the share of all who were asked lies.

    Parameters
    ----------
    found : people
        How many of those who answered are of the kind.
    answered : people
        How many answered.
    asked : people
        How many were asked, at least 1 and no fewer than answered.

    Returns
    -------
    Coverage
        Its least takes every silent one as not of the kind, its most as of the kind.

    Raises
    ------
    ValueError
        On impossible counts.

    References
    ----------
    .. [1] C. F. Manski, Identification Problems in the Social Sciences (1995), chapter 2.
    """
    if not 0 <= found <= answered:
        raise ValueError(f"{found} of {answered} is not a share")
    return mean_bounds(Fraction(found), answered, asked, Fraction(0), Fraction(1))


def mean_bounds(total: Fraction, answered: int, asked: int, worst: Fraction, best: Fraction) -> Coverage:
    """Between which values the mean of all who were asked lies.

    Parameters
    ----------
    total : points
        The sum of the answers given.
    answered, asked : people
        How many answered of how many asked, at least 1 asked.
    worst, best : points
        The least and the greatest a single answer can be.

    Returns
    -------
    Coverage
        In points.

    Raises
    ------
    ValueError
        On impossible counts, or a total outside what so many answers can give.
    """
    if asked < 1 or not 0 <= answered <= asked:
        raise ValueError(f"{answered} answers from {asked} people")
    if not answered * worst <= total <= answered * best:
        raise ValueError(f"{answered} answers cannot add up to {total}")
    silent = asked - answered
    return Coverage(
        asked=asked,
        answered=answered,
        response=Fraction(answered, asked),
        least=(total + silent * worst) / asked,
        most=(total + silent * best) / asked,
    )
