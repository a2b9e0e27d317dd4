"""How far a vote is from the line: the sentence a meeting wants to hear is "two ballots short"."""

from __future__ import annotations

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
