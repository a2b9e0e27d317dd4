"""What whole numbers betray: ranges by hand, by a slow twin and by an outside solver; insiders; more print never widens a range.

Points are 100, 80, 60 and 0 where nothing else is said. The floor is 5.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

import pytest

from analysis.disclosure.inference import Effort, Inference, Protection, Reader, infer
from analysis.disclosure.leaks import Atom, Cell, LinearFigure, check
from analysis.disclosure.printed import Interval, PrintedFigure

GRADES = ("100", "80", "60", "0")
#: Never wide enough for a sum: the search has to find the ends themselves.
ENDS = Protection(share=Fraction(2))


def cell(group: str, raters: int, choices: tuple[str, ...] = GRADES, *, item: str = "总评") -> Cell:
    """One group's answers to one item about one person."""
    return Cell(("赵", group, item), group, raters, choices)


def answers(one: Cell, *marks: str) -> dict[Atom, int]:
    """The counts of these marks."""
    assert len(marks) == one.raters
    return {(one.name, choice): often for choice, often in Counter(marks).items()}


def score(*parts: tuple[Cell, str], name: str = "得分", step: str | None = None, value: str | None = None) -> PrintedFigure:
    """A weighted sum of means."""
    terms = {(one.name, grade): Fraction(weight) * int(grade) / one.raters for one, weight in parts for grade in one.choices}
    figure = LinearFigure(name, terms, None if value is None else Fraction(value))
    return PrintedFigure(figure=figure, step=None if step is None else Fraction(step))


def everybody(*figures: PrintedFigure, body: str = "", knows: Sequence[Cell] = ()) -> Reader:
    """Somebody who sees all of these."""
    sees = frozenset(one.figure.name for one in figures)
    return Reader(name=body or "公众", sees=sees, knows=frozenset(one.name for one in knows), body=body)


def failing(found: Sequence[Inference]) -> list[Inference]:
    """What is not safe."""
    return [one for one in found if one.verdict != "safe"]


LEADERS, PEERS, RESIDENTS = cell("领导", 3), cell("同事", 17), cell("居民", 46)


def draw(seed: int) -> dict[Atom, int]:
    """Marks of leaders, peers and residents, mostly good ones."""
    dice = random.Random(seed)
    found: dict[Atom, int] = {}
    for one in (LEADERS, PEERS, RESIDENTS):
        found |= answers(one, *dice.choices(GRADES, [5, 4, 2, 0.3], k=one.raters))
    return found


def summed(one: Cell, counts: Mapping[Atom, int]) -> int:
    """The sum of a cell's points."""
    return sum(int(grade) * counts.get((one.name, grade), 0) for grade in GRADES)


@pytest.mark.parametrize("step", [None, "1/100"])
def test_the_score_less_the_residents_tells_what_three_leaders_said(step: str | None) -> None:
    """Leaders 35 %, peers 25 %, residents 40 %; the first two are hidden, and no combination of the numbers stands on three.

    With L and P the sums of points in twenties (at most 15 and 85), 35 L/15 + 25 P/85 is what is left, or (119 L + 15 P)/51:
    another solution would need L to move by 15 and P by 119, more than there is. Rounded to two decimals the left side may move
    by less than 0.01, or 119 L + 15 P by 0.51, which is none at all.
    """
    figure = score((LEADERS, "35/100"), (PEERS, "25/100"), (RESIDENTS, "40/100"), step=step)
    cells = [LEADERS, PEERS, Cell(RESIDENTS.name, RESIDENTS.body, RESIDENTS.raters, GRADES, protected=False)]
    assert check(cells, [figure.figure], floor=5) == []
    for seed in range(40):
        counts = draw(seed)
        (told,) = [one for one in infer(cells, counts, [figure], [everybody(figure)]) if one.kind == "sum"]
        assert (told.verdict, told.exact, told.people, told.bodies) == ("known", True, 3, ("领导",))
        assert told.least == told.most == Fraction(35, 300) * summed(LEADERS, counts)


def test_one_decimal_leaves_the_leaders_sum_open() -> None:
    """119 L + 15 P may move by up to 5, in whole numbers: one step of L against eight of P is 119 - 120 = -1, and so on. L is
    twelve twenties; thirty points of 300 have to be open, which two steps are."""
    figure = score((LEADERS, "35/100"), (PEERS, "25/100"), (RESIDENTS, "40/100"), step="1/10")
    counts = (
        answers(LEADERS, "100", "80", "60")
        | answers(PEERS, *["100"] * 6, *["80"] * 6, *["60"] * 5)
        | answers(RESIDENTS, *["80"] * 46)
    )
    found = infer([LEADERS, PEERS, RESIDENTS], counts, [figure], [everybody(figure, knows=[RESIDENTS])])
    assert failing(found) == []
    assert {one.kind for one in found} == {"count", "sum"}


def test_the_only_leader_is_not_anonymous_beside_nine_peers() -> None:
    """Score = half the leader + half the mean of nine peers, exactly 80. With the leader at 100, 80, 60, 0 the peers' sum is 540,
    720, 900 or 1,440: the last is more than nine can give. The peers can give the other three, so three marks are possible;
    once the peers' mean is printed there is one."""
    leader, nine = cell("领导", 1), cell("同事", 9)
    whole, part = score((leader, "1/2"), (nine, "1/2")), score((nine, "1"), name="同事均分")
    counts = answers(leader, "80") | answers(nine, *["100"] * 3, *["80"] * 3, *["60"] * 3)
    readers = [everybody(whole), everybody(whole, part, body="同事"), everybody(whole, body="领导")]
    found = infer([leader, nine], counts, [whole, part], readers)
    first, told = ([one for one in found if one.reader == who and one.kind == "count"] for who in ("公众", "同事"))
    assert [one.verdict for one in first] == ["safe"]
    assert [(one.verdict, one.choice, int(one.least), int(one.most)) for one in told] == [("known", "80", 1, 1)]
    assert [one for one in found if one.reader == "领导"] == []  # nobody else is in that group


def test_an_insider_sees_what_an_outsider_does_not() -> None:
    """Two leaders said 80 and 60 and their sum is printed: 140 is also 100 + 40, which nobody can give, so the two marks are
    known. 160 is 80 + 80 or 100 + 60: an outsider cannot say; whoever gave 80 knows the other's."""
    two = cell("领导", 2)
    total = score((two, "2"), name="合计")
    loose = Protection(answers=1, share=Fraction(0))
    by_marks = {
        marks: {
            one.reader: one.verdict
            for one in infer(
                [two], answers(two, *marks), [total], [everybody(total), everybody(total, body="领导")], protection=loose
            )
            if one.kind == "count"
        }
        for marks in (("80", "60"), ("80", "80"))
    }
    assert by_marks == {("80", "60"): {"公众": "known", "领导": "known"}, ("80", "80"): {"公众": "safe", "领导": "known"}}


def test_that_nobody_said_poor_may_be_told_and_that_one_did_may_not() -> None:
    """Of four leaders and four peers nobody gave 0: the share is none, and three choices are left to each. One in four leaders
    who did would be known."""
    four = cell("领导", 4)
    poor = PrintedFigure(figure=LinearFigure("差评", {(four.name, "0"): Fraction(1)}))
    assert failing(infer([four], answers(four, "100", "80", "80", "60"), [poor], [everybody(poor)])) == []
    told = failing(infer([four], answers(four, "100", "80", "80", "0"), [poor], [everybody(poor)]))
    assert {(one.kind, one.verdict) for one in told} == {("count", "known"), ("sum", "known")}
    assert {one.least for one in told} == {one.most for one in told} == {Fraction(1)}


def test_a_published_table_with_four_cells_held_back() -> None:
    """Investment by activity and region, the example of Fischetti and Salazar-González, "Solving the cell suppression problem on
    tabular data with linear constraints", Management Science 47 (2001), 1008-1026, doi 10.1287/mnsc.47.7.1008.9805: rows 20 50
    10, 8 19 22, 17 32 12, sums 80, 49, 61 and 45, 101, 44; 8, 22, 17 and 12 are held back. Figures and pattern stand alike in the
    description of the suppression program of the Australian Bureau of Statistics, which is built on that paper.

    With x for the 22, the 8 is 49 - 19 - x = 30 - x, the 17 is 45 - 20 - (30 - x) = x - 5, the 12 is 44 - 10 - x = 34 - x: none
    is below zero for x from 5 to 30. The ends are those of all whole tables besides, tried one by one; none of the four is more
    than what is left of its row and of its column: 25, 30, 25 and 29."""
    names = {(row, column): cell(f"{row}{column}", 190, ("在", "不在")) for row in (2, 3) for column in (1, 3)}
    values = {(2, 1): 8, (2, 3): 22, (3, 1): 17, (3, 3): 12}
    counts = {(names[at].name, "在"): much for at, much in values.items()}
    counts |= {(names[at].name, "不在"): 190 - much for at, much in values.items()}
    sums = [[(2, 1), (2, 3)], [(3, 1), (3, 3)], [(2, 1), (3, 1)], [(2, 3), (3, 3)]]
    figures = [
        PrintedFigure(figure=LinearFigure(str(at), {(names[one].name, "在"): Fraction(1) for one in part}))
        for at, part in enumerate(sums)
    ]
    every = Protection(floor=190, answers=190, share=Fraction(2))
    found = infer(list(names.values()), counts, figures, [everybody(*figures)], protection=every, effort=Effort(states=10**6))
    assert {one.exact for one in found} == {True}
    ends = {one.cells[0][1]: (int(one.least), int(one.most)) for one in found if one.kind == "count"}
    assert ends == {"21": (0, 25), "23": (5, 30), "31": (0, 25), "33": (4, 29)}
    tables = [
        (a, b, c, d)
        for a, b, c, d in product(range(26), range(31), range(26), range(30))
        if (20 + a + c, 19 + a + b, 10 + b + d, 32 + c + d) == (45, 49, 44, 61)
    ]
    assert len(tables) == 26
    assert list(ends.values()) == [(min(column), max(column)) for column in zip(*tables, strict=True)]


@pytest.mark.parametrize(
    ("mode", "shown", "least", "most", "ends"),
    [
        ("half_up", "2", "3/2", "5/2", "[)"),
        ("half_up", "-2", "-5/2", "-3/2", "(]"),
        ("half_up", "0", "-1/2", "1/2", "()"),
        ("half_even", "2", "3/2", "5/2", "[]"),
        ("half_even", "3", "5/2", "7/2", "()"),
        ("down", "2", "2", "3", "[)"),
        ("down", "-2", "-3", "-2", "(]"),
        ("down", "0", "-1", "1", "()"),
        ("up", "2", "1", "2", "(]"),
        ("up", "-2", "-2", "-1", "[)"),
        ("up", "0", "0", "0", "[]"),
    ],
)
def test_each_way_of_rounding_closes_its_interval_as_it_rounds(mode: str, shown: str, least: str, most: str, ends: str) -> None:
    value = Fraction(shown)
    figure = PrintedFigure(figure=LinearFigure("数", {}, value), step=Fraction(1), rounding=mode)
    assert figure.says({}) == Interval(
        least=Fraction(least), most=Fraction(most), least_open=ends[0] == "(", most_open=ends[1] == ")"
    )


def test_what_is_known_besides_and_a_grade_in_place_of_a_number() -> None:
    """The score holds 10 of other points. A band from 90 is a mean of 80 or more for the three leaders: a sum of 240 makes
    it, and it may be as much as 300."""
    figure = score((LEADERS, "1"), value="90")
    counts = answers(LEADERS, "80", "80", "80")
    band = PrintedFigure(figure=figure.figure, between=Interval(least=Fraction(90)))
    (told,) = [one for one in infer([LEADERS], counts, [band], [everybody(band)], protection=ENDS) if one.kind == "sum"]
    assert told.exact
    assert [told.least, told.most] == [80, 100]
    (told,) = [one for one in infer([LEADERS], counts, [figure], [everybody(figure)], protection=ENDS) if one.kind == "sum"]
    assert told.verdict == "known"
    assert [told.least, told.most] == [80, 80]


def test_work_that_was_not_done_proves_nothing() -> None:
    """With no work allowed a sum is called neither safe nor known, nor where rounding further in may have moved the score by more
    than is open. (That 100 + 60 is as much as 80 + 80 needs no work.)"""
    figure = score((LEADERS, "35/100"), (PEERS, "25/100"), step="1/10")
    counts = {atom: often for atom, often in draw(1).items() if atom[0] != RESIDENTS.name}
    cells = [LEADERS, PEERS]
    idle = Effort(states=0, solves=0, nodes=0, forms=0)
    by_kind = {one.kind: one.verdict for one in infer(cells, counts, [figure], [everybody(figure)], effort=idle)}
    assert by_kind["sum"] == "unproven"
    assert by_kind["count"] in {"safe", "unproven"}
    inner = PrintedFigure(figure=figure.figure, step=Fraction(1, 10), slack=Fraction(1, 10))
    assert {one.verdict for one in infer(cells, counts, [inner], [everybody(inner)])} == {"unproven"}


def test_where_trying_is_too_much_a_solver_proposes_and_its_counts_are_checked() -> None:
    """The same as with one decimal above, and no way may be tried."""
    figure = score((LEADERS, "35/100"), (PEERS, "25/100"), step="1")
    counts = answers(LEADERS, "100", "80", "60") | answers(PEERS, *["100"] * 6, *["80"] * 6, *["60"] * 5)
    found = infer([LEADERS, PEERS], counts, [figure], [everybody(figure)], effort=Effort(states=0, solves=8))
    assert {(one.verdict, one.exact) for one in found} == {("safe", False)}


def test_a_large_groups_own_figures_are_not_watched() -> None:
    """Forty-six residents and their mean: nothing about few people."""
    figure = score((RESIDENTS, "1"))
    assert infer([RESIDENTS], draw(1), [figure], [everybody(figure)]) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"counts": {}}, "add up"),
        ({"figures": []}, "not given"),
        ({"cells": [LEADERS, LEADERS]}, "twice"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], words: str) -> None:
    figure = score((LEADERS, "1"))
    given: dict[str, object] = {
        "cells": [LEADERS],
        "counts": answers(LEADERS, "80", "80", "0"),
        "figures": [figure],
        "readers": [everybody(figure)],
    }
    with pytest.raises(ValueError, match=words):
        infer(**(given | change))  # type: ignore[arg-type]  # one of them is wrong on purpose
