"""How far a vote is from the line: the sentence a meeting wants to hear is "two ballots short"."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor


def votes_to_turn(cmp: str, numerator: Fraction, line: Fraction, verdict: bool) -> int | None:
    """By how many whole votes the numerator must change for the other verdict; for "=" that holds, one vote."""
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
