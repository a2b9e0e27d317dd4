"""Margins and tests against published figures, a slow twin, and sums done by hand."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics.means import Stratum, stratified_mean
from analysis.statistics.shares import LineTest, finite_population, margin, reaches_line, wilson


# R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3 (score without continuity correction).
@pytest.mark.parametrize(
    ("found", "answered", "least", "most"),
    [(81, 263, "0.2553", "0.3662"), (15, 148, "0.0624", "0.1605"), (0, 20, "0.0000", "0.1611"), (1, 29, "0.0061", "0.1718")],
)
def test_the_score_interval_gives_newcombes_published_limits(found: int, answered: int, least: str, most: str) -> None:
    low, high = wilson(found, answered)
    assert (f"{low:.4f}", f"{high:.4f}") == (least, most)


# samplingbook README and vignette "Some Remarks on Sprop" (CRAN): Sprop(m=45, n=100, N=300) prints 110 to 161 and
# Sprop(m=3, n=10, N=50) prints 4 to 32. Sprop prints the first totals that are rejected, so the limits are one inside.
@pytest.mark.parametrize(("found", "answered", "population", "printed"), [(45, 100, 300, (110, 161)), (3, 10, 50, (4, 32))])
def test_the_finite_limits_are_one_inside_those_r_prints(
    found: int, answered: int, population: int, printed: tuple[int, int]
) -> None:
    assert finite_population(found, answered, population) == (printed[0] + 1, printed[1] - 1)


def test_two_of_a_random_six_of_nine_means_two_to_five_people() -> None:
    # By hand: the 3 silent ones may all or none be of the kind, so K is 2..5. C(9,6) = 84.
    # K=5: P(X<=2) = C(5,2)·C(4,4)/84 = 10/84 > 0.025, kept. K=2: P(X>=2) = C(2,2)·C(7,4)/84 = 35/84 > 0.025, kept.
    assert finite_population(2, 6, 9) == (2, 5)


def slow_limits(found: int, answered: int, population: int, tail: Fraction = Fraction(1, 40)) -> tuple[int, int]:
    """The twin: every K tried, tails added up as exact fractions with binomial coefficients, no SciPy, no bisection."""

    def chance(seen: int, kind: int) -> Fraction:
        return Fraction(comb(kind, seen) * comb(population - kind, answered - seen), comb(population, answered))

    kept = [
        kind
        for kind in range(population + 1)
        if sum(chance(seen, kind) for seen in range(found, answered + 1)) > tail
        and sum(chance(seen, kind) for seen in range(found + 1)) > tail
    ]
    return kept[0], kept[-1]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_finite_limits_agree_with_the_slow_twin(data: st.DataObject) -> None:
    population = data.draw(st.integers(1, 60))
    answered = data.draw(st.integers(1, population))
    found = data.draw(st.integers(0, answered))
    assert finite_population(found, answered, population) == slow_limits(found, answered, population)


def test_a_tail_that_equals_the_bound_is_not_above_it() -> None:
    # 1 of 1 asked of 20, level 9/10, so each tail 1/20. Drawing one of the kind when it has K people: K/20. K = 1 gives exactly
    # 1/20, which is not above the bound: the least is 2. Floating point says (1 - 0.9) / 2 = 0.04999999999999999 and takes 1.
    assert finite_population(1, 1, 20, Fraction(9, 10)) == (2, 20)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_finite_limits_agree_with_the_slow_twin_where_tails_equal_the_bound(data: st.DataObject) -> None:
    population = data.draw(st.integers(1, 40))
    answered = data.draw(st.integers(1, min(population, 3)))
    found = data.draw(st.integers(0, answered))
    level = data.draw(st.sampled_from([Fraction(9, 10), Fraction(4, 5), Fraction(1, 2), Fraction(99, 100)]))
    expected = slow_limits(found, answered, population, (1 - level) / 2)
    assert finite_population(found, answered, population, level) == expected


@pytest.mark.parametrize(("found", "answered", "population"), [(5, 4, 9), (-1, 4, 9), (0, 0, 9), (2, 10, 9)])
def test_impossible_counts_are_refused(found: int, answered: int, population: int) -> None:
    with pytest.raises(ValueError, match=r"not a share|answers from"):
        finite_population(found, answered, population)


def test_a_complete_count_has_no_margin_even_when_the_group_was_meant_as_a_sample() -> None:
    assert margin(8, 24, population=24, sampled=True).basis == "complete_count"
    assert margin(8, 24, population=24, sampled=True).least is None


def test_silence_in_a_group_asked_in_full_is_not_sampling() -> None:
    result = margin(6, 12, population=18, sampled=False)
    assert (result.basis, result.least, result.most) == ("not_a_sample", None, None)


def test_a_sample_of_unknown_size_gets_wilson_and_of_known_size_the_exact_limits() -> None:
    assert margin(81, 263, population=None, sampled=True).basis == "wilson"
    known = margin(2, 6, population=9, sampled=True)
    assert (known.basis, known.people, known.least, known.most) == ("hypergeometric", (2, 5), 2 / 9, 5 / 9)


def test_more_answers_than_people_gets_no_interval_built_on_a_wrong_head_count() -> None:
    assert margin(5, 10, population=9, sampled=True).basis == "more_than_entitled"


def test_nobody_answered_is_a_result_of_its_own() -> None:
    assert margin(0, 0, population=9, sampled=True).basis == "nobody_answered"


def test_exactly_one_third_reaches_the_line_and_does_not_exceed_it() -> None:
    third = Fraction(1, 3)
    assert reaches_line(8, 24, third, population=24, sampled=False) == LineTest(reached=True, chance=None)
    assert reaches_line(8, 24, third, population=24, sampled=False, strict=True) == LineTest(reached=False, chance=None)
    assert reaches_line(7, 24, third, population=24, sampled=False) == LineTest(reached=False, chance=None)


def test_a_sample_reaching_the_line_states_how_easily_chance_would_do_it() -> None:
    # 2 of a random 4 of 6, line one half. The most people still below the line: 3K.. K < 3, so K = 2.
    # P(X >= 2 | K = 2) = C(2,2)·C(4,2)/C(6,4) = 6/15.
    result = reaches_line(2, 4, Fraction(1, 2), population=6)
    assert result.reached
    assert result.chance == pytest.approx(6 / 15)
    # strictly more than one half: K = 3 is the most not above it. P(X >= 2 | K = 3) = (C(3,2)·C(3,2) + C(3,3)·C(3,1))/15 = 12/15.
    assert reaches_line(2, 4, Fraction(1, 2), population=6, strict=True).chance == pytest.approx(12 / 15)
    # unknown population: P(X >= 2 | 4, 1/2) = (6 + 4 + 1)/16.
    assert reaches_line(2, 4, Fraction(1, 2), population=None).chance == pytest.approx(11 / 16)


def test_the_stratified_mean_follows_cochrans_formula() -> None:
    # Stratum 1: 1, 3, 5 of 6 people, weight 3/4: mean 3, s² = 4, W²(1-f)s²/n = 9/16 · 1/2 · 4/3 = 3/8.
    # Stratum 2: 10, 14 of 4 people, weight 1/4: mean 12, s² = 8, W²(1-f)s²/n = 1/16 · 1/2 · 8/2 = 1/8.
    # Mean 3·3/4 + 12/4 = 5.25; SE² = 1/2; Satterthwaite: (1/2)² / ((3/8)²/2 + (1/8)²/1) = 0.25 / 0.0859375 = 32/11.
    result = stratified_mean([Stratum(3, [1, 3, 5], 6), Stratum(1, [10, 14], 4)])
    assert result.mean == pytest.approx(5.25)
    assert result.error == pytest.approx(0.5**0.5)
    assert result.freedom == pytest.approx(32 / 11)
    assert result.error is not None
    assert result.least is not None
    assert result.least < 5.25 - result.error


def test_one_large_stratum_gives_students_interval() -> None:
    # Student's sleep data, extra sleep with drug 2 (Biometrika 6, 1908): mean 2.33, s = 2.0022, 95 % interval 0.8977 to 3.7623.
    values = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    result = stratified_mean([Stratum(1, values, None)])
    assert result.mean == pytest.approx(2.33)
    assert result.least == pytest.approx(0.8977, abs=1e-4)
    assert result.most == pytest.approx(3.7623, abs=1e-4)


def test_undefined_margins_come_with_a_reason_and_never_as_a_number() -> None:
    assert stratified_mean([Stratum(1, [], 4)]).reason == "no_values"
    single = stratified_mean([Stratum(1, [3], 4)])
    assert (single.mean, single.error, single.reason) == (3, None, "one_value")
    assert stratified_mean([Stratum(1, [3, 4], 2)]).reason == "complete_count"
    with pytest.raises(ValueError, match="weights"):
        stratified_mean([Stratum(0, [1, 2], None)])
