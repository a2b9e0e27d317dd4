"""Does one order say anything about another? Two exact tests, whose false alarms can be reckoned on paper.

`places[i]` is where the i-th ballot cast stands (a row's number, a byte's offset, a leaf's index). If the places are in an order
that has nothing to do with the casting, every permutation is equally likely.

1. Drift: the number of pairs that stand the wrong way round, of n(n-1)/2. Its distribution over all permutations is known
   exactly: the generating function is the product of (1 + x + ... + x^(i-1)) for i = 1 ... n.
2. Neighbours: how many consecutive casts stand directly beside each other. For k given pairs at most 2^k (n-k)! of the n!
   permutations put each of them side by side, and there are C(n-1, k) choices of k pairs; so at least k neighbours have a
   chance of at most C(n-1, k) 2^k (n-k)! / n!, which is less than 2^k / k!.

An alarm is raised when a test finds something whose chance is below one in a thousand million: about as rare as that none of
thirty coins falls on heads.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial

import numpy as np

ALARM = Fraction(1, 10**9)


def inversions(places: Sequence[int]) -> int:
    """Pairs cast in one order and standing in the other."""
    row = np.asarray(places)
    return int(sum((row[:later] > row[later]).sum() for later in range(1, len(row))))


def drift_chance(places: Sequence[int]) -> float:
    """How likely chance alone is to give so many or so few inversions, or an even rarer number at either end."""
    ways = np.ones(1)  # the share of permutations with 0, 1, 2 … inversions
    for size in range(1, len(places) + 1):  # one factor of the product: each new share is the mean of `size` old ones
        sums = np.cumsum(np.concatenate([ways, np.zeros(size - 1)]))
        sums[size:] = sums[size:] - sums[:-size]
        ways = sums / size
    found = inversions(places)
    return float(2 * min(ways[: found + 1].sum(), ways[found:].sum()))


def neighbours(places: Sequence[int]) -> int:
    """Consecutive casts that stand directly beside each other."""
    rank = np.argsort(np.argsort(np.asarray(places)))
    return int((np.abs(np.diff(rank)) == 1).sum())


def tells(places: Sequence[int]) -> bool:
    """Whether these places betray the order of casting."""
    beside = neighbours(places)
    return drift_chance(places) < ALARM or Fraction(2**beside, factorial(beside)) < ALARM
