"""Agreement and reliability against the tables their authors printed, and what cannot be said."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.agreement import agreement
from analysis.statistics.coefficients import Coefficient, Metric, fleiss, kendall, krippendorff, raw_agreement
from analysis.statistics.reliability import Reliability, of_mean, raters_needed, reliability

# K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011): four observers, twelve units, with gaps.
OBSERVERS = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
GAPS = [[int(mark) for mark in unit if mark != "."] for unit in zip(*OBSERVERS, strict=True)]
# irr (CRAN), data set "anxiety": three raters, twenty subjects.
ANXIETY = ["33345523522615221243", "36462424332333221334", "21443216111233113322"]
ANXIOUS = [[int(mark) for mark in row] for row in ANXIETY]


@pytest.mark.parametrize(("metric", "printed"), [("nominal", "0.743"), ("ordinal", "0.815"), ("interval", "0.849")])
def test_alpha_with_gaps_is_what_krippendorff_prints(metric: Metric, printed: str) -> None:
    assert f"{float(krippendorff(GAPS, metric).value or 0):.3f}" == printed


@pytest.mark.parametrize(
    ("one", "other", "printed"), [("0100000010", "1110010000", "0.095"), ("aabbdcccedda", "babbbccceddd", "0.692")]
)
def test_alpha_of_two_observers_is_what_krippendorff_prints(one: str, other: str, printed: str) -> None:
    units = [[ord(first), ord(second)] for first, second in zip(one, other, strict=True)]
    assert f"{float(krippendorff(units, 'nominal').value or 0):.3f}" == printed


def test_alpha_of_ratings_that_are_all_the_same_is_undefined_and_not_one() -> None:
    assert krippendorff([[4, 4], [4, 4, 4]]) == Coefficient(None, "no_variation")
    assert krippendorff([[1], [2]]) == Coefficient(None, "no_pairs")


def test_kendalls_w_of_tied_ratings_is_what_irr_prints() -> None:
    # irr: kendall(anxiety, TRUE) prints Wt = 0.54, Chisq(19) = 30.8.
    found = kendall(ANXIOUS).value
    assert found is not None
    assert (f"{float(found):.2f}", f"{float(3 * 19 * found):.1f}") == ("0.54", "30.8")


@given(st.lists(st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=3, max_size=6))
def test_kendalls_w_is_friedmans_statistic_over_its_greatest_value(ratings: list[list[int]]) -> None:
    found = kendall(ratings).value
    if found is None:
        assert all(len(set(row)) == 1 for row in ratings)
        return
    chi = stats.friedmanchisquare(*zip(*ratings, strict=True)).statistic
    assert float(found) == pytest.approx(chi / (len(ratings) * 3), abs=1e-9)


# J. L. Fleiss's kappa in the example that encyclopaedias print: ten subjects, fourteen raters, five choices; 0.210.
TEN = [
    "0,0,0,0,14",
    "0,2,6,4,2",
    "0,0,3,5,6",
    "0,3,9,2,0",
    "2,2,8,1,1",
    "7,7,0,0,0",
    "3,2,6,3,0",
    "2,5,3,2,2",
    "6,5,2,1,0",
    "0,2,2,3,7",
]


def test_kappa_is_the_printed_one() -> None:
    counts = [[int(many) for many in row.split(",")] for row in TEN]
    assert f"{float(fleiss(counts).value or 0):.3f}" == "0.210"


def test_raw_agreement_counts_pairs() -> None:
    # First subject: 3 raters, 2 alike: 1 pair of 3. Second: 2 raters, alike: 1. Third: one rater, left out. Mean 2/3.
    assert raw_agreement([[2, 1], [0, 2], [1, 0]]) == Coefficient(Fraction(2, 3))
    assert raw_agreement([[1, 0]]).reason == "too_few"


def test_subjects_with_different_numbers_of_ratings_have_no_kappa() -> None:
    with pytest.raises(ValueError, match="different numbers"):
        fleiss([[2, 1], [1, 1]])


def printed(found: tuple[Fraction, Fraction] | None, digits: int) -> list[str]:
    return [f"{float(one):.{digits}f}" for one in found or ()]


def test_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    # Psychological Bulletin 86 (1979), tables 2 and 4: six targets, four judges.
    found = reliability([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    assert printed(found.nested, 2) == ["0.17", "0.44"]
    assert printed(found.agreeing, 2) == ["0.29", "0.62"]
    assert printed(found.consistent, 2) == ["0.71", "0.91"]


def test_intraclass_correlations_are_those_irr_prints() -> None:
    # irr: icc(anxiety, model="twoway", type="agreement") prints ICC(A,1) = 0.198.
    assert printed(reliability(list(zip(*ANXIOUS, strict=True))).agreeing, 3)[0] == "0.198"


def test_what_varies_not_at_all_has_no_reliability() -> None:
    assert reliability([[3, 3], [3, 3]]) == Reliability(reason="no_variation")
    assert reliability([[3, 4]]).reason == "too_few"
    with pytest.raises(ValueError, match="different numbers"):
        reliability([[3, 4], [3]])


def test_four_raters_with_one_raters_half_make_four_fifths() -> None:
    # Spearman and Brown: 4 · 1/2 / (1 + 3 · 1/2) = 4/5; back: 4/5 · 1/2 / (1/2 · 1/5) = 4.
    assert of_mean(Fraction(1, 2), 4) == Fraction(4, 5)
    assert raters_needed(Fraction(1, 2), Fraction(4, 5)) == 4
    assert raters_needed(Fraction(1, 2), Fraction(81, 100)) == 5
    with pytest.raises(ValueError, match="cannot be raised"):
        raters_needed(Fraction(0), Fraction(1, 2))


@pytest.mark.parametrize(
    ("counts", "word", "index"),
    [
        # four choices: σ² = 15/12 = 1.25
        ([5, 0, 0, 0], "strong", 1.0),
        ([2, 2, 0, 0], "strong", 1 - (1 / 3) / 1.25),  # s² = 4·0.25/3 = 1/3
        ([2, 1, 2, 0], "weak", 1 - 1 / 1.25),  # mean 1, s² = 4/4 = 1
        ([1, 3, 1, 0], "fair", 1 - 0.5 / 1.25),  # mean 1, s² = 2/4
        ([3, 0, 0, 3], "weak", 0.0),  # two camps: s² = 2.7 > σ², held at 0
    ],
)
def test_agreement_in_a_word(counts: list[int], word: str, index: float) -> None:
    result = agreement(counts)
    assert result.word == word
    assert result.index == pytest.approx(index)


def test_two_raters_or_a_single_choice_cannot_be_judged() -> None:
    assert agreement([1, 1]).reason == "too_few"
    assert agreement([9]).reason == "one_choice"
