"""What is given up so that nothing can be inferred: the cheapest that helps, named with what it helps against."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from analysis.disclosure.inference import infer
from analysis.disclosure.protecting import Measure, after, protect
from tests.analysis.test_inference import LEADERS, PEERS, RESIDENTS, answers, everybody, failing, score

CELLS = [LEADERS, PEERS, RESIDENTS]
COUNTS = (
    answers(LEADERS, "100", "80", "60")
    | answers(PEERS, *["100"] * 6, *["80"] * 6, *["60"] * 5)
    | answers(RESIDENTS, *["80"] * 46)
)
SCORE = score((LEADERS, "35/100"), (PEERS, "25/100"), (RESIDENTS, "40/100"))
#: Everybody is given the residents' distribution and the exact score.
READERS = [everybody(SCORE, knows=[RESIDENTS]), everybody(SCORE, body="同事", knows=[RESIDENTS])]
TWO = Measure(name="两位小数", cost=1, rounds={"得分": Fraction(1, 100)})
ONE = Measure(name="一位小数", cost=2, rounds={"得分": Fraction(1, 10)})
WITHOUT = Measure(name="不公布居民的票数", cost=5, hides=frozenset({RESIDENTS.name}))
NONE = Measure(name="不公布得分", cost=100, withholds=frozenset({"得分"}))


def test_the_cheapest_that_helps_is_taken() -> None:
    """Two decimals cost less and do not help (test_inference); one decimal does."""
    remedy = protect(CELLS, COUNTS, [SCORE], READERS, [NONE, WITHOUT, ONE, TWO])
    assert (remedy.chosen, remedy.cost, remedy.cheapest, remedy.left) == (("一位小数",), 2, True, ())
    assert {(one.bodies, one.verdict) for one in remedy.because if one.kind == "sum"} == {(("领导",), "known")}


def test_nothing_is_given_up_where_nothing_can_be_inferred() -> None:
    rounded = score((LEADERS, "35/100"), (PEERS, "25/100"), (RESIDENTS, "40/100"), step="1/10")
    remedy = protect(CELLS, COUNTS, [rounded], READERS, [NONE, ONE])
    assert (remedy.chosen, remedy.cost, remedy.because) == ((), 0, ())


def test_order_changes_nothing() -> None:
    every = [NONE, WITHOUT, ONE, TWO]
    first = protect(CELLS, COUNTS, [SCORE], READERS, every)
    dice = random.Random(1)
    assert protect(dice.sample(CELLS, 3), COUNTS, [SCORE], READERS, dice.sample(every, 4)) == first


def test_what_cannot_be_helped_is_said() -> None:
    remedy = protect(CELLS, COUNTS, [SCORE], READERS, [TWO])
    assert remedy.left
    assert (remedy.chosen, remedy.cheapest) == (("两位小数",), False)


def test_without_trials_what_is_not_needed_comes_back() -> None:
    """The dearest first: without the score's withholding, then without the residents', one decimal is still enough; two is not
    needed beside it."""
    remedy = protect(CELLS, COUNTS, [SCORE], READERS, [NONE, WITHOUT, ONE, TWO], trials=0)
    figures, readers = after([SCORE], READERS, [one for one in (NONE, WITHOUT, ONE, TWO) if one.name in remedy.chosen])
    assert failing(infer(CELLS, COUNTS, figures, readers)) == []
    assert (remedy.chosen, remedy.cheapest) == (("一位小数",), False)


@pytest.mark.parametrize(
    "wrong",
    [
        [ONE, ONE],
        [Measure(name="白送", cost=0, rounds={"得分": Fraction(1)})],
        [Measure(name="别的", cost=1, withholds=frozenset({"没有的数"}))],
    ],
)
def test_measures_that_cannot_be_are_refused(wrong: list[Measure]) -> None:
    with pytest.raises(ValueError, match=r"twice|costs|not given"):
        protect(CELLS, COUNTS, [SCORE], READERS, wrong)
