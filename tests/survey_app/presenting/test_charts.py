"""Where the pieces of a chart stand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from survey_app.presenting import charts

pytestmark = pytest.mark.postgresql_later


def test_a_bar_of_three_to_one_splits_at_three_quarters_and_leaves_out_what_nobody_chose() -> None:
    bar = charts.stacked([3, 0, 1], ["好", "中", "差"])
    assert [(s.x, s.width, s.middle, s.step, s.label, s.title) for s in bar.segments] == [
        ("0.000%", "75.000%", "37.500%", 1, "3", "好"),
        ("75.000%", "25.000%", "87.500%", 7, "1", "差"),
    ]
    assert bar.total == 4


def test_a_sliver_carries_no_number() -> None:
    # 1 of 20 is 5 % of the width, less than the 7 % a digit needs
    assert [s.label for s in charts.stacked([19, 1], ["a", "b"]).segments] == ["19", ""]


def test_an_empty_bar_has_no_segments() -> None:
    assert charts.stacked([0, 0], ["a", "b"]) == charts.StackedBar((), 0)


@pytest.mark.parametrize(("choices", "steps"), [(1, [1]), (2, [1, 7]), (4, [1, 3, 5, 7]), (7, [1, 2, 3, 4, 5, 6, 7])])
def test_the_ends_of_a_scale_take_the_ends_of_the_palette(choices: int, steps: list[int]) -> None:
    assert [charts.step_of(place, choices) for place in range(choices)] == steps


def test_a_dot_stands_at_its_share_with_its_margin_around_it() -> None:
    assert charts.dot(Fraction(1, 2), (0.25, 0.75)) == charts.Dot("50.000%", "50.0%", "25.000%", "50.000%", right=False)
    assert charts.dot(Fraction(9, 10)) == charts.Dot("90.000%", "90.0%", right=True)
    assert charts.dot(None) is None
