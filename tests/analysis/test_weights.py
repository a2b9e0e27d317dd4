"""How far a result rests on its weights: by hand, and against a linear programme."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.statistics.weights import WeightFlip, composite_range, single_flips, smallest_shift

HALF, FIFTH = Fraction(1, 2), Fraction(1, 5)


def exact(**parts: str) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in parts.items()}


def test_one_weight_that_turns_the_order() -> None:
    # A leads by 4 with superiors (2/5), trails by 3 with peers and by 1 with the public (3/10 each). The others in their
    # proportions: -2. Level at w·4 = (1 - w)·2: w = 1/3. Peers: others (4·4 - 1·3)/7 = 13/7; level at w·3 = (1 - w)·13/7: 13/34.
    # The public: others (4·4 - 3·3)/7 = 1; level at w = 1 - w: 1/2. Nearest: superiors by 1/15, peers by 7/85, the public by 1/5.
    flips = single_flips(
        exact(superiors="94", peers="80", public="84"),
        exact(superiors="90", peers="83", public="85"),
        exact(superiors="2/5", peers="3/10", public="3/10"),
    )
    assert flips == [
        WeightFlip("superiors", Fraction(2, 5), Fraction(1, 3)),
        WeightFlip("peers", Fraction(3, 10), Fraction(13, 34)),
        WeightFlip("public", Fraction(3, 10), HALF),
    ]


def test_who_leads_everywhere_is_turned_by_no_weight() -> None:
    weights = exact(superiors="1/2", peers="1/2")
    assert single_flips(exact(superiors="9", peers="9"), exact(superiors="8", peers="7"), weights) == []
    assert smallest_shift(exact(superiors="9", peers="9"), exact(superiors="8", peers="7"), weights) is None


def test_the_nearest_weights_take_from_where_the_lead_is_greatest() -> None:
    # Lead 4·2/5 - 3·3/10 - 3/10 = 2/5; a part from superiors to peers gains 7 times itself: 2/35.
    moved = smallest_shift(
        exact(superiors="94", peers="80", public="84"),
        exact(superiors="90", peers="83", public="85"),
        exact(superiors="2/5", peers="3/10", public="3/10"),
    )
    assert moved == {
        "superiors": Fraction(2, 5) - Fraction(2, 35),
        "peers": Fraction(3, 10) + Fraction(2, 35),
        "public": Fraction(3, 10),
    }


def test_all_weights_nearby_give_a_range() -> None:
    # Scores 90, 80, 70 with 2/5, 2/5, 1/5: 82. Five points moved from the third to the first: + 0.05 · 20 = 83; back: 81.
    scores, weights = exact(a="90", b="80", c="70"), exact(a="2/5", b="2/5", c="1/5")
    assert list(composite_range(scores, weights, Fraction(1, 20))) == [81, 83]
    assert list(composite_range(scores, weights, Fraction(0))) == [82, 82]
    assert list(composite_range(scores, weights, Fraction(1))) == [70, 90]


GROUPS = "abcd"
marks = st.lists(st.integers(0, 20), min_size=4, max_size=4)
parts = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any)


def named(values: list[int], whole: int = 1) -> dict[str, Fraction]:
    return {group: Fraction(value, whole) for group, value in zip(GROUPS, values, strict=True)}


@settings(max_examples=150, deadline=None)
@given(marks, marks, parts)
def test_the_smallest_shift_is_that_of_a_linear_programme(first: list[int], second: list[int], weight: list[int]) -> None:
    weights = named(weight, sum(weight))
    lead = sum((one - other) * part for one, other, part in zip(first, second, weight, strict=True))
    if lead < 0:
        with pytest.raises(ValueError, match="not ahead"):
            smallest_shift(named(first), named(second), weights)
        return
    moved = smallest_shift(named(first), named(second), weights)
    # The twin: weights w = now + up - down, as little up and down as can be, adding up to 1, the lead gone.
    now = np.array(weight) / sum(weight)
    apart = np.array(first) - np.array(second)
    both = np.concatenate
    found = linprog(
        np.ones(8),
        A_eq=[both([apart, -apart]), both([np.ones(4), -np.ones(4)])],
        b_eq=[-(now @ apart), 0],
        A_ub=np.hstack([-np.eye(4), np.eye(4)]),
        b_ub=now,
    )
    assert (moved is not None) == (found.status == 0)
    if moved is not None:
        assert sum(moved.values()) == 1
        assert float(sum(abs(moved[group] - weights[group]) for group in GROUPS)) == pytest.approx(found.fun, abs=1e-7)
        assert sum(moved[group] * (first[at] - second[at]) for at, group in enumerate(GROUPS)) == 0


@settings(max_examples=150, deadline=None)
@given(marks, parts, st.integers(0, 30))
def test_the_range_is_that_of_a_linear_programme(scores: list[int], weight: list[int], points: int) -> None:
    reach = Fraction(points, 100)
    now = [part / sum(weight) for part in weight]
    bounds = [(max(0.0, part - float(reach)), min(1.0, part + float(reach))) for part in now]
    ends = [linprog([sign * one for one in scores], A_eq=[[1] * 4], b_eq=[1], bounds=bounds) for sign in (1, -1)]
    found = composite_range(named(scores), named(weight, sum(weight)), reach)
    assert [float(one) for one in found] == pytest.approx([ends[0].fun or 0.0, -(ends[1].fun or 0.0)], abs=1e-7)


def test_weights_that_are_none_are_refused() -> None:
    for weights in (exact(a="1/2", b="1/4"), exact(a="3/2", b="-1/2")):
        with pytest.raises(ValueError, match="add up to 1"):
            composite_range(exact(a="1", b="2"), weights, FIFTH)
