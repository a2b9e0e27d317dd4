"""Each statistic beside an independent slow twin: other formulas, other libraries, every case tried; on worlds drawn."""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics.agreement import LENIENT, against_lenient, agreement, average_deviation, variance
from analysis.statistics.change import change, share_change
from analysis.statistics.classes import between_classes, summarise
from analysis.statistics.coefficients import fleiss, krippendorff, raw_agreement
from analysis.statistics.composites import SampledMean, composite_error, mean_error
from analysis.statistics.importance import correlation, quadrants
from analysis.statistics.means import Stratum, stratified_mean
from analysis.statistics.ranks import Estimate, joint_limits, layers, rank_ranges, told_apart
from analysis.statistics.reliability import nested_reliability, raters_needed, reliability
from analysis.statistics.shares import reaches_line, wilson

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy on columns that do not vary

MARKS = st.lists(st.integers(0, 4), min_size=2, max_size=7)
ESTIMATES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4)), min_size=1, max_size=9)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """SciPy is loaded before Hypothesis looks at its clock."""
    joint_limits([Estimate(0, 1)])


def z(level: Fraction) -> float:
    return NormalDist().inv_cdf((1 + float(level)) / 2)


# --- ranks
@given(ESTIMATES)
def test_rank_ranges_count_one_by_one_who_stands_wholly_above_and_below(rows: list[tuple[int, int]]) -> None:
    estimates = [Estimate(score, error) for score, error in rows]
    limits = joint_limits(estimates)
    for one, (low, high), found in zip(estimates, limits, rank_ranges(estimates), strict=True):
        above = sum(other_low > high for other_low, _high in limits)
        below = sum(other_high < low for _low, other_high in limits)
        assert (found.least, found.most) == (1 + above, len(rows) - below)
        assert found.rank == 1 + sum(other.score > one.score for other in estimates)


@given(ESTIMATES)
def test_joint_limits_reach_as_far_as_the_normal_distribution_says(rows: list[tuple[int, int]]) -> None:
    reach = z(1 - Fraction(1, 20) / len(rows))
    for (score, error), (low, high) in zip(rows, joint_limits([Estimate(*row) for row in rows]), strict=True):
        assert low == pytest.approx(score - reach * error)
        assert high == pytest.approx(score + reach * error)


@given(ESTIMATES)
def test_nobody_of_a_layer_is_apart_from_its_first_and_the_next_layers_first_is(rows: list[tuple[int, int]]) -> None:
    estimates = [Estimate(score, error) for score, error in rows]
    limits, found = joint_limits(estimates), layers(estimates)
    order = sorted(range(len(rows)), key=lambda at: -rows[at][0])
    firsts = [next(at for at in order if found[at] == layer) for layer in range(max(found) + 1)]
    for at in order:
        assert limits[at][1] >= limits[firsts[found[at]]][0]
    for one, other in itertools.pairwise(firsts):
        assert limits[other][1] < limits[one][0]
    assert [found[at] for at in order] == sorted(found)


@given(st.tuples(st.integers(0, 40), st.integers(0, 5)), st.tuples(st.integers(0, 40), st.integers(0, 5)))
def test_a_change_is_clear_where_the_two_are_told_apart(one: tuple[int, int], other: tuple[int, int]) -> None:
    before, after = Estimate(*one), Estimate(*other)
    found, noise = change(before, after), z(Fraction(19, 20)) * math.sqrt(one[1] ** 2 + other[1] ** 2)
    assert found.difference == other[0] - one[0]
    assert (found.noise or 0) == pytest.approx(noise)
    if found.verdict != "counted":
        assert (found.verdict == "clear") == told_apart(before, after) == (abs(found.difference) > noise)


# --- shares
def slow_wilson(found: int, answered: int) -> tuple[float, float]:
    """The two shares at which the observed one is just z errors away, by halving."""

    def away(share: float) -> float:
        return abs(found / answered - share) - z(Fraction(19, 20)) * math.sqrt(share * (1 - share) / answered)

    ends = []
    for inner, outer in ((found / answered, 0.0), (found / answered, 1.0)):
        inside, outside = inner, outer
        for _ in range(80):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if away(middle) <= 0 else (inside, middle)
        ends.append(inside)
    return ends[0], ends[1]


@given(st.integers(1, 60), st.data())
def test_the_score_interval_ends_where_a_share_is_just_far_enough(answered: int, data: st.DataObject) -> None:
    found = data.draw(st.integers(0, answered))
    assert wilson(found, answered) == pytest.approx(slow_wilson(found, answered), abs=1e-6)


@given(st.integers(1, 25), st.integers(1, 25), st.data())
def test_the_limits_of_a_change_come_from_the_two_intervals(first: int, second: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, first)), data.draw(st.integers(0, second))
    (low_a, high_a), (low_b, high_b) = slow_wilson(a, first), slow_wilson(b, second)
    change_, low, high = b / second - a / first, *share_change((a, first), (b, second))
    assert low == pytest.approx(change_ - math.sqrt((b / second - low_b) ** 2 + (high_a - a / first) ** 2), abs=1e-5)
    assert high == pytest.approx(change_ + math.sqrt((high_b - b / second) ** 2 + (a / first - low_a) ** 2), abs=1e-5)


@given(st.data())
def test_chance_reaches_a_line_in_so_many_of_all_possible_samples(data: st.DataObject) -> None:
    population = data.draw(st.integers(2, 12))
    answered = data.draw(st.integers(1, population - 1))
    found = data.draw(st.integers(0, answered))
    line, strict = Fraction(data.draw(st.integers(1, 5)), 6), data.draw(st.booleans())
    short = max(many for many in range(-1, population + 1) if many < 0 or not _reaches(Fraction(many, population), line, strict))
    chance = reaches_line(found, answered, line, population=population, strict=strict).chance
    if short < 0:
        assert chance == 1
        return
    samples = list(itertools.combinations([1] * short + [0] * (population - short), answered))
    assert chance == pytest.approx(sum(sum(one) >= found for one in samples) / len(samples))
    binomial = sum(comb(answered, k) * line**k * (1 - line) ** (answered - k) for k in range(found, answered + 1))
    unknown = reaches_line(found, answered, line, population=None, strict=strict).chance
    assert unknown == pytest.approx(float(binomial))


def _reaches(share: Fraction, line: Fraction, strict: bool) -> bool:
    return share > line if strict else share >= line


# --- means of samples
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=7), st.data())
def test_the_squared_error_is_on_the_average_that_of_all_samples_there_are(everyone: list[int], data: st.DataObject) -> None:
    size = data.draw(st.integers(2, len(everyone) - 1))
    samples = list(itertools.combinations(everyone, size))
    means = [Fraction(sum(one), size) for one in samples]
    true = sum(((mean - Fraction(sum(everyone), len(everyone))) ** 2 for mean in means), Fraction(0)) / len(means)
    errors = [mean_error(SampledMean(Counter(map(Fraction, one)), len(everyone))) or 0.0 for one in samples]
    assert math.fsum(error**2 for error in errors) / len(errors) == pytest.approx(float(true), abs=1e-9)


@given(st.lists(st.tuples(st.integers(1, 5), MARKS, st.integers(0, 9)), min_size=1, max_size=4))
def test_a_composite_of_groups_with_one_item_has_the_error_of_the_stratified_mean(rows: list[tuple[int, list[int], int]]) -> None:
    whole = sum(weight for weight, _values, _more in rows)
    strata = [Stratum(weight, values, len(values) + more) for weight, values, more in rows]
    groups = [
        [SampledMean(Counter(Fraction(value * weight, whole) for value in values), len(values) + more)]
        for weight, values, more in rows
    ]
    assert composite_error(groups) == pytest.approx(stratified_mean(strata).error, abs=1e-9)
    slow = sum(
        (weight / whole) ** 2 * (1 - len(values) / (len(values) + more)) * statistics.variance(values) / len(values)
        for weight, values, more in rows
    )
    assert composite_error(groups) == pytest.approx(math.sqrt(slow), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=9))
def test_items_answered_by_the_same_people_are_never_given_too_little_error(pairs: list[tuple[int, int]]) -> None:
    items = [SampledMean(Counter(Fraction(pair[at]) for pair in pairs), None) for at in (0, 1)]
    true = statistics.stdev(one + other for one, other in pairs) / math.sqrt(len(pairs))
    found = composite_error([items])
    assert found is not None
    assert found >= true - 1e-9


def test_errors_that_nobody_can_know_are_none_and_complete_counts_have_none() -> None:
    one, all_of_them = SampledMean(Counter({Fraction(3): 1}), 9), SampledMean(Counter({Fraction(3): 2, Fraction(5): 1}), 3)
    assert (mean_error(one), mean_error(SampledMean({}, 9)), mean_error(all_of_them)) == (None, None, 0.0)
    assert composite_error([[one], [all_of_them]]) is None
    assert composite_error([]) == 0.0


# --- agreement
@given(st.lists(st.integers(0, 6), min_size=5, max_size=5).filter(lambda counts: sum(counts) > 2))
def test_agreement_from_the_marks_written_out(counts: list[int]) -> None:
    marks = [mark for mark, many in enumerate(counts) for _ in range(many)]
    assert float(variance(counts)) == pytest.approx(statistics.variance(marks))
    assert agreement(counts).index == pytest.approx(max(0.0, 1 - statistics.variance(marks) / 2))
    assert float(average_deviation(counts) or 0) == pytest.approx(
        math.fsum(abs(mark - statistics.mean(marks)) for mark in marks) / len(marks)
    )
    for leaning, parts in LENIENT.items():
        chance = float(
            np.average(
                (np.arange(5) - np.average(np.arange(5), weights=list(map(float, parts)))) ** 2, weights=list(map(float, parts))
            )
        )
        assert against_lenient(counts, leaning).index == pytest.approx(max(0.0, 1 - statistics.variance(marks) / chance))


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(1, 4), max_size=5), min_size=1, max_size=6))
def test_alpha_from_a_table_of_coincidences(units: list[list[int]]) -> None:
    table = np.zeros((5, 5))
    for unit in units:
        for one, other in itertools.permutations(range(len(unit)), 2):
            table[unit[one], unit[other]] += 1 / (len(unit) - 1)
    sums, whole = table.sum(axis=0), table.sum()
    for metric in ("nominal", "interval"):
        apart = np.array([[(a != b) if metric == "nominal" else (a - b) ** 2 for b in range(5)] for a in range(5)], dtype=float)
        expected = (np.outer(sums, sums) * apart).sum()
        found = krippendorff(units, metric).value
        if whole == 0 or expected == 0:
            assert found is None
        else:
            assert float(found or 0) == pytest.approx(1 - (whole - 1) * (table * apart).sum() / expected)


@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=6))
def test_raw_agreement_and_kappa_from_every_pair_of_raters(ratings: list[list[int]]) -> None:
    counts = [[row.count(choice) for choice in range(3)] for row in ratings]
    pairs = [statistics.mean(one == other for one, other in itertools.combinations(row, 2)) for row in ratings]
    assert float(raw_agreement(counts).value or 0) == pytest.approx(statistics.mean(pairs))
    every = [mark for row in ratings for mark in row]
    chance = sum((every.count(choice) / len(every)) ** 2 for choice in range(3))
    found = fleiss(counts).value
    assert (found is None) == (chance == 1)
    if found is not None:
        assert float(found) == pytest.approx((statistics.mean(pairs) - chance) / (1 - chance))


@given(st.integers(2, 5).flatmap(lambda k: st.lists(st.lists(st.integers(0, 5), min_size=k, max_size=k), min_size=2, max_size=6)))
def test_reliability_from_counts_is_that_of_the_table_where_all_have_as_many_raters(marks: list[list[int]]) -> None:
    found, table = nested_reliability([Counter(map(Fraction, row)) for row in marks]), reliability(marks)
    if table.nested is None:
        assert not found.single  # nothing varies, or no more than raters do
    elif table.nested[0] <= 0:
        assert found.single == 0
        assert found.reason == "no_difference"
    else:
        assert (found.single, found.mean) == table.nested


@given(st.lists(MARKS, min_size=2, max_size=5))
def test_reliability_from_counts_by_sums_of_squares_written_out(marks: list[list[int]]) -> None:
    found = nested_reliability([Counter(map(Fraction, row)) for row in marks])
    sizes, every = [len(row) for row in marks], [mark for row in marks for mark in row]
    between = sum(len(row) * (statistics.fmean(row) - statistics.fmean(every)) ** 2 for row in marks) / (len(marks) - 1)
    within = sum((mark - statistics.fmean(row)) ** 2 for row in marks for mark in row) / (len(every) - len(marks))
    raters = (len(every) - sum(size**2 for size in sizes) / len(every)) / (len(marks) - 1)
    if found.single:
        spread = (between - within) / raters
        assert float(found.single) == pytest.approx(spread / (spread + within), abs=1e-9)
    else:
        assert between <= within + 1e-9


def test_reliability_that_cannot_be_said_has_a_reason() -> None:
    assert nested_reliability([Counter({Fraction(3): 4})]).reason == "too_few"
    assert nested_reliability([Counter({Fraction(3): 4}), Counter({Fraction(3): 2})]).reason == "no_variation"
    assert nested_reliability([Counter(), Counter()]).reason == "too_few"


@given(st.integers(1, 19), st.integers(0, 19))
def test_so_many_raters_are_needed_and_no_fewer(single: int, wanted: int) -> None:
    one, goal = Fraction(single, 20), Fraction(wanted, 20)
    needed = next(many for many in itertools.count(1) if many * one / (1 + (many - 1) * one) >= goal)
    assert raters_needed(one, goal) == needed


# --- classes and importance
VALUES = st.lists(st.fractions(min_value=0, max_value=100, max_denominator=4), min_size=1, max_size=9)


def slow_hinges(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Half of those left of the middle (with it) and right of it: by taking off from both ends."""
    order = sorted(values)
    halves = (order[: math.ceil(len(order) / 2)], order[len(order) // 2 :])
    found = []
    for half in halves:
        rest = list(half)
        while len(rest) > 2:
            rest = rest[1:-1]
        found.append(sum(rest, Fraction(0)) / len(rest))
    return found[0], found[1]


@given(VALUES)
def test_the_quarters_are_found_by_taking_off_from_both_ends(values: list[Fraction]) -> None:
    found = summarise(values)
    assert found is not None
    assert (found.low, found.high) == slow_hinges(values)
    assert (found.middle, found.mean) == (statistics.median(values), statistics.mean(values))
    assert (found.least, found.most, found.size) == (min(values), max(values), len(values))


@given(st.lists(VALUES, min_size=2, max_size=4))
def test_between_and_within_make_up_all_there_is(rows: list[list[Fraction]]) -> None:
    found = between_classes({str(at): row for at, row in enumerate(rows)})
    every = [value for row in rows for value in row]
    whole = statistics.pvariance(every) * len(every)
    if found.reason:
        assert found.reason == "no_variation"
        assert whole == 0
        return
    assert found.between is not None
    assert found.within is not None
    assert found.between + found.within == whole
    assert found.within == sum(statistics.pvariance(row) * len(row) for row in rows)


def test_one_class_or_nobody_has_nothing_between() -> None:
    assert between_classes({"a": [Fraction(1)], "b": []}).reason == "too_few"
    assert summarise([]) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=9))
def test_a_correlation_is_numpys(pairs: list[tuple[int, int]]) -> None:
    one, other = ([Fraction(pair[at]) for pair in pairs] for at in (0, 1))
    found = correlation(one, other)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert found.reason == "no_variation"
    else:
        assert found.value == pytest.approx(float(np.corrcoef(list(map(float, one)), list(map(float, other)))[0, 1]), abs=1e-9)


def test_too_few_places_say_nothing_and_different_ones_are_refused() -> None:
    assert correlation([Fraction(1)] * 4, [Fraction(2)] * 4).reason == "too_few"
    with pytest.raises(ValueError, match="different places"):
        correlation([Fraction(1)], [])


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=7))
def test_fields_are_where_numpys_mean_and_median_put_them(points: dict[str, tuple[int, int]]) -> None:
    found = quadrants({key: (float(a), float(b)) for key, (a, b) in points.items()})
    if len(points) < 3:
        assert found == []
        return
    crosses = [np.mean(list(points.values()), axis=0), np.median(list(points.values()), axis=0)]
    names = {(True, True): "keep", (True, False): "improve", (False, True): "enough", (False, False): "later"}
    for one in found:
        at = [names[bool(one.importance >= x - 1e-12), bool(one.performance >= y - 1e-12)] for x, y in crosses]
        if all(abs(one.importance - x) > 1e-9 and abs(one.performance - y) > 1e-9 for x, y in crosses):
            assert (one.field, one.other) == (at[0], at[1] if at[1] != at[0] else None)
