"""Whether a change since the last round is more than samples produce by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from analysis.late import late
from analysis.statistics.ranks import Estimate
from analysis.statistics.shares import LEVEL, wilson

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = late("scipy.stats")

#: "counted": everybody was asked and answered both times, so every change is one; "clear" and "noise": for samples.
Verdict = Literal["counted", "clear", "noise"]


@dataclass(frozen=True)
class Change:
    """A difference, later minus earlier, with the noise that chance alone produces (None for complete counts); in points."""

    difference: float
    noise: float | None
    verdict: Verdict


def change(before: Estimate, after: Estimate, level: Fraction = LEVEL) -> Change:
    """A change between two rounds whose raters cannot be linked.

    Parameters
    ----------
    before, after
        Independent scores; the error of a complete count is 0.
    level
        The probability with which chance alone stays inside the noise.
    """
    difference = after.score - before.score
    error = math.hypot(before.error, after.error)
    if error == 0:
        return Change(difference, None, "counted")
    noise = reach(error, level)
    return Change(difference, noise, "clear" if abs(difference) > noise else "noise")


def reach(error: float, level: Fraction = LEVEL) -> float:
    """How far to either side chance alone takes a figure.

    Parameters
    ----------
    error
        Its standard error.
    level
        The probability with which it stays inside.
    """
    return float(stats.norm.isf(float((1 - level) / 2))) * error


def share_change(before: tuple[int, int], after: tuple[int, int], level: Fraction = LEVEL) -> tuple[float, float]:
    """Limits of the change of a share between two independent large populations.

    Parameters
    ----------
    before, after : (found, answered) people
        Each answered at least 1.
    level
        The probability with which the limits hold the true change.

    Returns
    -------
    tuple of (float, float)
        The least and the most of after − before, between −1 and 1.

    Raises
    ------
    ValueError
        On impossible counts.

    References
    ----------
    .. [1] R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
       Statistics in Medicine 17 (1998), 873-890; method 10.
    """
    (low_before, high_before), (low_after, high_after) = (wilson(*one, level) for one in (before, after))
    first, second = before[0] / before[1], after[0] / after[1]
    down = math.hypot(second - low_after, high_before - first)
    up = math.hypot(high_after - second, first - low_before)
    return second - first - down, second - first + up


#: Of fewer changes than this nobody can say which is unusual.
FENCED = 5


def fences(values: Sequence[Fraction]) -> tuple[Fraction, Fraction] | None:
    """Between which values the ordinary ones of a set lie: one and a half times the middle half's spread beyond its ends.

    Parameters
    ----------
    values : (n,) changes
        In any order, exact.

    Returns
    -------
    tuple of (Fraction, Fraction) or None
        The lower and the upper fence, exact; a value on a fence is an ordinary one. None of fewer than `FENCED` values.

    References
    ----------
    .. [1] J. W. Tukey, Exploratory Data Analysis (1977), ch. 2: hinges are the medians of the halves, the median in both where
       the number is odd.
    """
    many = len(values)
    if many < FENCED:
        return None
    listed = sorted(values)
    half = (many + 1) // 2
    low, high = _median(listed[:half]), _median(listed[many - half :])
    reach = (high - low) * 3 / 2
    return low - reach, high + reach


def _median(listed: Sequence[Fraction]) -> Fraction:
    middle = len(listed) // 2
    return listed[middle] if len(listed) % 2 else (listed[middle - 1] + listed[middle]) / 2
