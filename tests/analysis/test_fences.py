"""Which changes are unusual among the others, by hand, after Tukey's hinges."""

from __future__ import annotations

from fractions import Fraction

from analysis.statistics.change import fences


def numbers(*values: int) -> list[Fraction]:
    return [Fraction(one) for one in values]


def test_fences_lie_one_and_a_half_spreads_beyond_the_hinges() -> None:
    # halves −1 0 0 1 and 2 2 3 25: hinges 0 and 5/2, spread 5/2, reach 15/4
    assert fences(numbers(25, 0, 2, -1, 3, 0, 1, 2)) == (Fraction(-15, 4), Fraction(25, 4))
    # halves 1 2 3 and 3 4 5, the median in both: hinges 2 and 4, reach 3
    assert fences(numbers(1, 2, 3, 4, 5)) == (Fraction(-1), Fraction(7))


def test_where_all_changed_alike_any_other_change_is_unusual() -> None:
    assert fences(numbers(2, 2, 2, 2, 2, 9)) == (Fraction(2), Fraction(2))


def test_of_few_nobody_can_say_which_is_unusual() -> None:
    assert fences(numbers(1, 2, 3, 100)) is None
