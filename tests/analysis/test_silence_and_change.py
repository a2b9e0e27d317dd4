"""What silence leaves open, ranges of ranks, and changes, against printed figures and sums by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.change import Change, change, share_change
from analysis.statistics.ranks import Estimate, RankRange, rank_ranges, told_apart
from analysis.statistics.silence import mean_bounds, share_bounds


# C. F. Manski, Identification Problems in the Social Sciences (1995), chapter 2, after Piliavin and Sosin: of 106 homeless men 64
# were found again and 21 had a home; of 31 women 14 were found and 3 had one. Printed: [0.20, 0.59] and [0.10, 0.65].
@pytest.mark.parametrize(
    ("found", "answered", "asked", "limits"), [(21, 64, 106, ("0.20", "0.59")), (3, 14, 31, ("0.10", "0.65"))]
)
def test_the_silent_leave_open_what_manski_prints(found: int, answered: int, asked: int, limits: tuple[str, str]) -> None:
    bounds = share_bounds(found, answered, asked)
    assert (f"{float(bounds.least):.2f}", f"{float(bounds.most):.2f}") == limits


def test_six_silent_subordinates_leave_a_share_anywhere_from_a_sixth_to_two_thirds() -> None:
    # 6 of 12 answered, 2 of them "incompetent": 2/12 if none of the silent says so, (2 + 6)/12 if all do.
    bounds = share_bounds(2, 6, 12)
    assert (bounds.least, bounds.most, bounds.silent, bounds.response) == (Fraction(1, 6), Fraction(2, 3), 6, Fraction(1, 2))


@given(st.integers(1, 30), st.data())
def test_bounds_hold_whatever_the_silent_say_and_no_wider(asked: int, data: st.DataObject) -> None:
    everyone = data.draw(st.lists(st.integers(0, 4), min_size=asked, max_size=asked))
    answered = data.draw(st.integers(0, asked))
    bounds = mean_bounds(Fraction(sum(everyone[:answered])), answered, asked, Fraction(0), Fraction(4))
    assert bounds.least <= Fraction(sum(everyone), asked) <= bounds.most
    assert bounds.most - bounds.least == Fraction(4 * (asked - answered), asked)


@pytest.mark.parametrize(("total", "answered", "asked"), [(9, 2, 3), (1, 4, 3), (0, 0, 0)])
def test_impossible_answers_are_refused(total: int, answered: int, asked: int) -> None:
    with pytest.raises(ValueError, match="answers"):
        mean_bounds(Fraction(total), answered, asked, Fraction(0), Fraction(4))


# R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10: first share minus second.
@pytest.mark.parametrize(
    ("first", "second", "limits"),
    [
        ((56, 70), (48, 80), ("0.0524", "0.3339")),
        ((9, 10), (3, 10), ("0.1705", "0.8090")),
        ((5, 56), (0, 29), ("-0.0381", "0.1926")),
        ((0, 10), (0, 20), ("-0.1611", "0.2775")),
        ((10, 10), (0, 10), ("0.6075", "1.0000")),
    ],
)
def test_the_change_of_a_share_has_newcombes_limits(
    first: tuple[int, int], second: tuple[int, int], limits: tuple[str, str]
) -> None:
    least, most = share_change(before=second, after=first)
    assert (f"{least:.4f}", f"{most:.4f}") == limits


def test_a_change_smaller_than_what_chance_produces_is_noise() -> None:
    # Errors 0.6 and 0.8 make 1.0; 1.95996 of it at 19 in 20.
    assert change(Estimate(86.8, 0.6), Estimate(88.2, 0.8)).verdict == "noise"
    found = change(Estimate(86.0, 0.6), Estimate(88.2, 0.8))
    assert found.verdict == "clear"
    assert found.noise == pytest.approx(1.95996, abs=1e-5)


def test_between_complete_counts_every_change_is_one() -> None:
    assert change(Estimate(80.0, 0), Estimate(80.5, 0)) == Change(0.5, None, "counted")


def test_ranks_of_complete_counts_are_the_places_those_who_tie_being_one_place() -> None:
    exact = [Estimate(90, 0), Estimate(80, 0), Estimate(80, 0), Estimate(70, 0)]
    assert rank_ranges(exact) == [RankRange(1, 1, 1), RankRange(2, 2, 3), RankRange(2, 2, 3), RankRange(4, 4, 4)]


def test_ranges_of_ranks_rest_on_intervals_that_hold_all_at_once() -> None:
    # Three scores with error 1: each interval at 1 - 0.05/3, that is 2.394 to each side. 90 and 85 lie 5 > 4.788 apart, 85 and 82
    # only 3: the first is first, the others may change places. 90 and 85.5 lie 4.5 apart: enough at 1.96 to each side, not here.
    assert rank_ranges([Estimate(90, 1), Estimate(85, 1), Estimate(82, 1)]) == [
        RankRange(1, 1, 1),
        RankRange(2, 2, 3),
        RankRange(3, 2, 3),
    ]
    assert rank_ranges([Estimate(90, 1), Estimate(85.5, 1), Estimate(70, 1)])[0] == RankRange(1, 1, 2)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 5)), min_size=1, max_size=8))
def test_every_range_holds_the_rank_of_the_score(rows: list[tuple[int, int]]) -> None:
    for found in rank_ranges([Estimate(score, error) for score, error in rows]):
        assert 1 <= found.least <= found.rank <= found.most <= len(rows)


def test_two_scores_are_told_apart_though_their_intervals_overlap() -> None:
    # 3 apart with errors 1 and 1: 3 > 1.96 · 1.414 = 2.77, while the intervals ±1.96 overlap by 0.92.
    assert told_apart(Estimate(3, 1), Estimate(0, 1))
    assert not told_apart(Estimate(2.7, 1), Estimate(0, 1))


def test_a_score_without_an_error_has_no_rank() -> None:
    with pytest.raises(ValueError, match="without an error"):
        rank_ranges([Estimate(1, float("nan"))])
