"""How well one rater's mark, and the mean of several, tells subjects apart: intraclass correlations, exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from analysis.late import late
from analysis.statistics.shares import LEVEL

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = late("scipy.stats")


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Intraclass correlations, exact; all None where nothing varies ("no_variation") or there is too little ("too_few").

    `nested`: every subject has raters of its own, ICC(1) · `agreeing`: the same raters, how far they give the same mark, ICC(2) ·
    `consistent`: the same raters, strict ones and mild ones allowed, ICC(3). The first of each pair is one rater's, the second
    the mean's of all. Where subjects have different raters only `nested` means anything: severity and merit cannot be told apart.
    """

    nested: tuple[Fraction, Fraction] | None = None
    agreeing: tuple[Fraction, Fraction] | None = None
    consistent: tuple[Fraction, Fraction] | None = None
    reason: str = ""


def reliability(marks: Sequence[Sequence[int]]) -> Reliability:
    """Intraclass correlations of a complete table of marks.

    Parameters
    ----------
    marks : (subjects, raters) points
        At least two of each.

    Returns
    -------
    Reliability
        An estimate may be below 0 where raters of one subject differ more than subjects do.

    Raises
    ------
    ValueError
        When subjects have different numbers of marks.

    References
    ----------
    .. [1] P. E. Shrout, J. L. Fleiss, "Intraclass correlations", Psychological Bulletin 86 (1979), 420-428.
    """
    many = len(marks)
    raters = len(marks[0]) if marks else 0
    if any(len(row) != raters for row in marks):
        raise ValueError("subjects with different numbers of marks")
    if many < 2 or raters < 2:
        return Reliability(reason="too_few")
    mean = Fraction(sum(map(sum, marks)), many * raters)
    whole = sum(((mark - mean) ** 2 for row in marks for mark in row), Fraction(0))
    subjects = raters * sum(((Fraction(sum(row), raters) - mean) ** 2 for row in marks), Fraction(0))
    severity = many * sum(((Fraction(sum(column), many) - mean) ** 2 for column in zip(*marks, strict=True)), Fraction(0))
    if not whole:
        return Reliability(reason="no_variation")
    between = subjects / (many - 1)
    within = (whole - subjects) / (many * (raters - 1))
    rest = (whole - subjects - severity) / ((many - 1) * (raters - 1))
    judges = severity / (raters - 1)
    spread = Fraction(raters, many) * (judges - rest)
    return Reliability(
        nested=_pair(between - within, between + (raters - 1) * within, between),
        agreeing=_pair(between - rest, between + (raters - 1) * rest + spread, between + (judges - rest) / many),
        consistent=_pair(between - rest, between + (raters - 1) * rest, between),
    )


def _pair(above: Fraction, one: Fraction, mean: Fraction) -> tuple[Fraction, Fraction] | None:
    """One rater's and the mean's; none where a denominator is nothing."""
    return (above / one, above / mean) if one and mean else None


def of_mean(single: Fraction, raters: Fraction | int) -> Fraction:
    """The reliability of the mean of so many raters.

    Parameters
    ----------
    single
        One rater's, above 0 and at most 1.
    raters : people
        How many, at least 1; an average number need not be whole.

    References
    ----------
    .. [1] W. Brown, British Journal of Psychology 3 (1910), 296-322; C. Spearman, the same volume, 271-295.
    """
    return raters * single / (1 + (raters - 1) * single)


def raters_needed(single: Fraction, wanted: Fraction) -> int:
    """How many raters make a mean as reliable as wanted.

    Parameters
    ----------
    single
        One rater's reliability, above 0 and at most 1.
    wanted
        Of the mean, at least 0 and below 1.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError
        When one rater tells nothing, or certainty is wanted.
    """
    if not 0 < single <= 1 or not 0 <= wanted < 1:
        raise ValueError(f"{single} cannot be raised to {wanted}")
    return max(1, ceil(wanted * (1 - single) / (single * (1 - wanted)))) if single < 1 else 1


@dataclass(frozen=True, kw_only=True)
class NestedReliability:
    """Reliability where every subject has raters of its own. `single`: of one rater's mark; `mean`: of the mean of `raters`.

    `raters` is the average number a subject, as it enters the estimate. All None where nothing varies ("no_variation"), there is
    too little ("too_few"), or subjects differ no more than their raters do ("no_difference", then `single` is 0).
    """

    single: Fraction | None = None
    mean: Fraction | None = None
    raters: Fraction | None = None
    reason: str = ""


def nested_reliability(marks: Sequence[Mapping[Fraction, int]]) -> NestedReliability:
    """How well the marks of one group tell subjects apart, from counts alone.

    Parameters
    ----------
    marks : (subjects,) of points to people
        How often each mark was given to each subject; subjects without a mark are left out.

    Returns
    -------
    NestedReliability
        ICC(1) by analysis of variance, for any number of raters a subject.

    References
    ----------
    .. [1] S. R. Searle, G. Casella, C. E. McCulloch, Variance Components (1992), §3.6; G. W. Snedecor, W. G. Cochran, Statistical
       Methods, 7th ed. (1980), §13.7.
    """
    rows = [row for row in marks if sum(row.values())]
    sizes = [sum(row.values()) for row in rows]
    whole = sum(sizes)
    if len(rows) < 2 or whole <= len(rows):
        return NestedReliability(reason="too_few")
    sums = [sum((mark * many for mark, many in row.items()), Fraction(0)) for row in rows]
    squares = sum((mark**2 * many for row in rows for mark, many in row.items()), Fraction(0))
    by_subject = sum((total**2 / size for total, size in zip(sums, sizes, strict=True)), Fraction(0))
    between = (by_subject - sum(sums) ** 2 / whole) / (len(rows) - 1)
    within = (squares - by_subject) / (whole - len(rows))
    raters = (whole - Fraction(sum(size**2 for size in sizes), whole)) / (len(rows) - 1)
    if not between and not within:
        return NestedReliability(reason="no_variation")
    spread = (between - within) / raters
    if spread <= 0:
        return NestedReliability(single=Fraction(0), mean=Fraction(0), raters=raters, reason="no_difference")
    single = spread / (spread + within)
    return NestedReliability(single=single, mean=of_mean(single, raters), raters=raters)


def single_limits(marks: Sequence[Sequence[int]], level: Fraction = LEVEL) -> tuple[float, float] | None:
    """Limits of ICC(1) of one rater's mark, where every subject has the same number of raters of its own.

    Parameters
    ----------
    marks : (subjects, raters) points
        At least two of each.
    level
        The probability with which the limits hold the true value.

    Returns
    -------
    tuple of (float, float) or None
        None where nothing varies inside subjects, or there is too little.

    Raises
    ------
    ValueError
        When subjects have different numbers of marks.

    References
    ----------
    .. [1] P. E. Shrout, J. L. Fleiss, Psychological Bulletin 86 (1979), 424; K. O. McGraw, S. P. Wong, Psychological Methods 1
       (1996), 30-46, table 7.
    """
    many, raters = len(marks), len(marks[0]) if marks else 0
    if any(len(row) != raters for row in marks):
        raise ValueError("subjects with different numbers of marks")
    found = nested_reliability([Counter(map(Fraction, row)) for row in marks]) if many > 1 and raters > 1 else None
    if found is None or found.reason in ("too_few", "no_variation"):
        return None
    means = [Fraction(sum(row), raters) for row in marks]
    middle = sum(means, Fraction(0)) / many
    between = raters * sum(((one - middle) ** 2 for one in means), Fraction(0)) / (many - 1)
    inside = sum(((mark - mean) ** 2 for row, mean in zip(marks, means, strict=True) for mark in row), Fraction(0))
    if not inside:
        return None
    ratio = float(between / (inside / (many * (raters - 1))))
    tail, above, below = float((1 - level) / 2), many - 1, many * (raters - 1)
    low, high = ratio / float(stats.f.isf(tail, above, below)), ratio * float(stats.f.isf(tail, below, above))
    return (low - 1) / (low + raters - 1), (high - 1) / (high + raters - 1)
