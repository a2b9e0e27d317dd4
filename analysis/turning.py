"""How far a vote is from the line: the sentence a meeting wants to hear is "two ballots short"."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor


def votes_to_turn(cmp: str, numerator: Fraction, line: Fraction, verdict: bool) -> int | None:
    """By how many whole votes the numerator must change for the other verdict.

    Parameters
    ----------
    cmp
        The comparison of the test: "<", "<=", "=", ">=" or ">".
    numerator : votes
        What stands above the stroke.
    line : votes
        Where it turns: the right-hand side times the denominator, perhaps not whole.
    verdict
        What the test says now.

    Returns
    -------
    int or None
        Above zero: so many more; below: so many fewer. For "=" that holds it is 1, though one fewer would do as well; None for
        "=" that no whole number of votes can make hold.
    """
    if cmp == "=":
        if verdict:
            return 1
        return int(line - numerator) if (line - numerator).denominator == 1 else None
    below_is_true = cmp in ("<", "<=")
    line_counts_as_high = cmp in (">=", "<")
    if verdict != below_is_true:  # the numerator stands on the high side: go down to the greatest low one
        gap = line - numerator
        target = floor(gap)
        return target - 1 if line_counts_as_high and target == gap else target
    gap = line - numerator
    target = ceil(gap)
    return target if line_counts_as_high or target != gap else target + 1


def marks_to_gain(swings: Iterable[tuple[Fraction, int]], gap: Fraction, *, beyond: bool) -> int | None:
    """With how many marks given otherwise, at the least, a score rises by so much.

    Parameters
    ----------
    swings : (points, marks)
        How much the score rises with each mark of a kind that is given as well as it can be, and how many of the kind there are.
    gap : points
        How much is wanting; below zero nothing is.
    beyond
        Whether the gap has to be passed, not only closed.

    Returns
    -------
    int or None
        Marks; None where all of them together do not do it.

    Notes
    -----
    A score that is a sum over marks rises most with those that count most; each mark can be given otherwise once, and none stands
    in the way of another, so taking the largest first is the least there is.
    """
    taken, risen = 0, Fraction(0)
    for points, marks in sorted(swings, reverse=True):
        if risen > gap or (risen == gap and not beyond):
            break
        if points <= 0:
            continue
        wanting = (gap - risen) / points
        needed = floor(wanting) + 1 if beyond else ceil(wanting)
        more = min(max(needed, 0), marks)
        taken, risen = taken + more, risen + more * points
    return taken if risen > gap or (risen == gap and not beyond) else None
