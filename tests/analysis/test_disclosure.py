"""What published numbers give away: sixteen planted leaks, each found and named; safe plans pass. Every figure worked by hand.

The floor is 5 throughout: nothing may follow about fewer than five, also when one rater takes their own form away. So a group of
five is too small for a number of its own (four are left), and six is not.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from analysis.disclosure.leaks import Cell, Leak, LinearFigure, check

FLOOR = 5
GRADES = ("good", "fair", "poor")
POINTS = {"good": Fraction(100), "fair": Fraction(60), "poor": Fraction(0)}


def cell(group: str, raters: int, *, subject: str = "赵", item: str = "总评", body: str = "", protected: bool = True) -> Cell:
    """A cell of one group; its raters are the group itself unless another body is named."""
    return Cell((subject, group, item), body or group, raters, GRADES, protected)


def points(name: str, *parts: tuple[Cell, str | int], value: str | None = None) -> LinearFigure:
    """A sum of points over cells, each times a factor."""
    terms = {(one.name, grade): Fraction(factor) * POINTS[grade] for one, factor in parts for grade in GRADES}
    return LinearFigure(name, terms, None if value is None else Fraction(value))


def votes(name: str, grade: str, *cells: Cell, value: int | None = None) -> LinearFigure:
    """How many of these cells' raters gave this grade."""
    return LinearFigure(name, {(one.name, grade): Fraction(1) for one in cells}, None if value is None else Fraction(value))


def only(leaks: list[Leak]) -> Leak:
    """The one leak there is."""
    assert len(leaks) == 1, leaks
    return leaks[0]


def found(cells: list[Cell], forms: list[LinearFigure]) -> Leak:
    """The one leak of these numbers."""
    return only(check(cells, forms, floor=FLOOR))


A20, B12, C3 = cell("甲", 20), cell("乙", 12), cell("丙", 3)


def test_leak_1_a_number_of_a_small_group_itself() -> None:
    """Three superiors, and their mean is printed."""
    leak = found([C3], [points("丙均分", (C3, "1/3"))])
    assert (leak.kind, leak.raters, leak.cells, leak.combo) == ("isolated", 3, (C3,), (("丙均分", 3),))


def test_leak_2_total_minus_parts() -> None:
    """All 35 together, and the groups of 20 and 12: 35 − 20 − 12 leaves three."""
    whole = points("合计", (A20, 1), (B12, 1), (C3, 1))
    leak = found([A20, B12, C3], [whole, points("甲", (A20, 1)), points("乙", (B12, 1))])
    assert (leak.kind, leak.cells) == ("isolated", (C3,))
    assert leak.combo == (("合计", 1), ("甲", -1), ("乙", -1))


def test_leak_3_composite_minus_published_components() -> None:
    """Score = 0.6 × mean of 20 + 0.4 × mean of 3, and the mean of the 20 stands beside it: 5 × score − 3 × mean is the rest."""
    score = points("综合得分", (A20, "3/100"), (C3, "2/15"))
    leak = found([A20, C3], [score, points("甲均分", (A20, "1/20"))])
    assert (leak.kind, leak.cells) == ("isolated", (C3,))
    assert dict(leak.combo).keys() == {"综合得分", "甲均分"}
    factors = dict(leak.combo)
    assert Fraction(factors["甲均分"], factors["综合得分"]) == Fraction(-3, 5)  # 0.03 × 20 = 0.6 is what has to go


def test_leak_4_merged_and_unmerged() -> None:
    """First 乙 alone is published, then, because 丙 is small, the two merged: the difference is 丙."""
    leak = found([B12, C3], [points("乙", (B12, 1)), points("乙丙合并", (B12, 1), (C3, 1))])
    assert (leak.kind, leak.cells, leak.combo) == ("isolated", (C3,), (("乙", 1), ("乙丙合并", -1)))


def test_leak_5_an_insider_of_a_group_of_exactly_the_floor() -> None:
    """Five answered. Whoever is one of them takes their own form away and sees four."""
    five = cell("丁", 5)
    leak = found([five], [points("丁均分", (five, "1/5"))])
    assert (leak.kind, leak.raters, leak.cells) == ("insider", 5, (five,))


def test_leak_6_an_insider_who_is_a_group_of_his_own() -> None:
    """A total over a group of four and one secretary: five people, and the secretary knows their own form."""
    four, one = cell("戊", 4), cell("秘书", 1)
    leak = found([four, one], [points("合计", (four, 1), (one, 1))])
    assert (leak.kind, leak.raters) == ("insider", 5)
    assert leak.cells == (four, one)


def test_leak_7_two_small_groups_in_two_mixtures() -> None:
    """丙 (3) and 己 (4) are safe in one sum of seven; a second sum with other weights solves for both."""
    f4 = cell("己", 4)
    assert check([C3, f4], [points("一", (C3, 1), (f4, 1))], floor=FLOOR) == []
    leaks = check([C3, f4], [points("一", (C3, 1), (f4, 1)), points("二", (C3, 1), (f4, 2))], floor=FLOOR)
    assert [leak.cells for leak in leaks] == [(C3,), (f4,)]
    assert dict(leaks[0].combo) == {"一": 2, "二": -1}
    assert dict(leaks[1].combo) == {"一": 1, "二": -1}


def test_leak_8_one_grade_of_a_small_group_by_subtraction() -> None:
    """Only how many said "poor" is published, for all and for the 20: the small group's number of "poor" follows."""
    leak = found([A20, C3], [votes("差的票数", "poor", A20, C3), votes("甲差的票数", "poor", A20)])
    assert (leak.kind, leak.cells, leak.combo) == ("isolated", (C3,), (("差的票数", 1), ("甲差的票数", -1)))


def test_leak_9_a_download_beside_a_page() -> None:
    """The page holds back 丙's mean; the file has the sum over units in which 丙 stands, and the page the other unit."""
    here, there = cell("丙", 3, body="丙@一村"), cell("丙", 30, subject="钱", body="丙@二村")
    leak = found([here, there], [points("下载：合计", (here, 1), (there, 1)), points("页面：二村", (there, 1))])
    assert (leak.cells, leak.combo) == ((here,), (("下载：合计", 1), ("页面：二村", -1)))


def test_leak_10_a_total_over_items_and_all_items_but_one() -> None:
    """Four of thirty answered the last item: total of two items less the first is theirs."""
    first, last = cell("甲", 30, item="一"), cell("甲", 4, item="二")
    leak = found([first, last], [points("两项合计", (first, 1), (last, 1)), points("第一项", (first, 1))])
    assert (leak.kind, leak.raters, leak.cells) == ("isolated", 4, (last,))


def test_leak_11_the_same_few_on_several_items_are_not_more_people() -> None:
    """Two items, four answers each: eight answers, but they may be the same four people."""
    one, two = cell("己", 4, item="一"), cell("己", 4, item="二")
    leak = found([one, two], [points("两项合计", (one, 1), (two, 1))])
    assert (leak.kind, leak.raters, leak.cells) == ("isolated", 4, (one, two))


def test_leak_12_a_signed_group_does_not_hide_a_small_one() -> None:
    """The seven superiors sign, so their part is known; what is left of the score is three people's."""
    signed = cell("领导", 7, protected=False)
    leak = found([signed, C3], [points("综合得分", (signed, "1/14"), (C3, "1/6"))])
    assert (leak.kind, leak.cells) == ("isolated", (C3,))


def test_leak_13_last_year_and_this_year_together() -> None:
    """The same forms in two releases: the first with a late-comer group of two, the second without."""
    late = cell("补投", 2)
    leak = found([A20, late], [points("初次公布", (A20, "1/22"), (late, "1/22")), points("更正公布", (A20, "1/20"))])
    assert (leak.kind, leak.raters, leak.cells) == ("isolated", 2, (late,))
    factors = dict(leak.combo)
    assert Fraction(factors["更正公布"], factors["初次公布"]) == Fraction(-20, 22)


def test_leak_14_four_margins_of_a_two_by_two_table() -> None:
    """Rows and columns are published, each of ten or more, and one corner of twelve: the corner of three is the rest of
    its column."""
    nw, ne, sw, se = (cell(f"{where}组", n) for where, n in (("西北", 9), ("东北", 12), ("西南", 14), ("东南", 3)))
    forms = [
        points("北", (nw, 1), (ne, 1)),
        points("南", (sw, 1), (se, 1)),
        points("西", (nw, 1), (sw, 1)),
        points("东", (ne, 1), (se, 1)),
    ]
    assert check([nw, ne, sw, se], forms, floor=FLOOR) == []  # four sums of which three are independent: no corner follows
    leaks = check([nw, ne, sw, se], [*forms, points("东北角", (ne, 1))], floor=FLOOR)
    assert [(leak.kind, leak.cells) for leak in leaks] == [("isolated", (se,))]
    assert dict(leaks[0].combo) == {"东": 1, "东北角": -1}


def test_leak_15_a_unanimous_cell_however_large() -> None:
    """Twenty of twenty said "good": nobody's mark is hidden, though twenty is no small group."""
    leak = found([A20], [votes("甲好的票数", "good", A20, value=20)])
    assert (leak.kind, leak.cells, leak.raters, leak.choice) == ("unanimous", (A20,), 20, "good")
    assert leak.combo == (("甲好的票数", 1),)


def test_leak_16_unanimous_by_a_mean_at_its_end_and_by_subtraction() -> None:
    """A mean of 100 is twenty times "good". And 32 × 100 less 乙's 1,200 is 2,000, the most twenty people can give."""
    assert found([A20], [points("甲均分", (A20, "1/20"), value="100")]).choice == "good"
    whole, part = points("合计", (A20, 1), (B12, 1), value="2900"), points("乙", (B12, 1), value="900")
    leak = found([A20, B12], [whole, part])
    assert (leak.kind, leak.cells, leak.combo) == ("unanimous", (A20,), (("合计", 1), ("乙", -1)))


def test_two_numbers_that_leave_one_choice_each_tell_every_mark() -> None:
    """Nobody said "poor", nobody said "fair": then all said "good"."""
    leak = found([A20], [votes("差", "poor", A20, value=0), votes("中", "fair", A20, value=0)])
    assert (leak.kind, leak.choice) == ("unanimous", "good")


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        ([A20], [points("均分", (A20, "1/20")), *(votes(f"票{grade}", grade, A20) for grade in GRADES)]),
        ([A20, B12, C3], [points("合计", (A20, 1), (B12, 1), (C3, 1))]),  # one sum of 35
        ([A20, B12, C3], [points("合计", (A20, 1), (B12, 1), (C3, 1)), points("甲", (A20, 1))]),  # 15 are left
        ([cell("庚", 6)], [points("庚均分", (cell("庚", 6), "1/6"))]),  # five are left when one takes their own away
        ([C3], [LinearFigure("人数", {(C3.name, grade): Fraction(1) for grade in GRADES})]),  # how many answered says no mark
        ([cell("领导", 3, protected=False)], [points("领导均分", (cell("领导", 3, protected=False), "1/3"))]),  # signed
        ([cell("空", 0), A20], [points("合计", (cell("空", 0), 1), (A20, 1))]),  # nobody answered: nobody to hide
        ([A20], [votes("差", "poor", A20, value=0)]),  # two choices are left: a bound, not a mark
    ],
)
def test_safe_plans_pass(cells: list[Cell], forms: list[LinearFigure]) -> None:
    """Numbers from which nothing follows about fewer than five others."""
    assert check(cells, forms, floor=FLOOR) == []


def test_taking_one_number_out_of_a_leaking_plan_makes_it_safe() -> None:
    """The remedy for leak 2: without 乙's own number, 乙 and 丙 hide each other (15 people)."""
    whole = points("合计", (A20, 1), (B12, 1), (C3, 1))
    assert check([A20, B12, C3], [whole, points("甲", (A20, 1))], floor=FLOOR) == []


def test_a_hundred_subjects_are_a_hundred_small_questions() -> None:
    """Blocks that share no number are tested apart: 100 × 4 groups × 5 items, every count printed, and one slip among them.

    20 answered, so "good" is 20 − fair − poor: two of the three counts are enough to take the first cell away.
    """
    cells, forms = [], []
    for person in range(100):
        for group, raters in (("甲", 20), ("乙", 12), ("丁", 9), ("戊", 3)):
            for item in "一二三四五":
                one = cell(group, raters, subject=str(person), item=item)
                cells.append(one)
                if raters > FLOOR:
                    forms += [votes(f"{'·'.join(one.name)} {grade}", grade, one) for grade in GRADES]
    slip = next(one for one in cells if one.raters == 3 and one.name[0] == "47")
    forms.append(points("漏的", (slip, 1), (cells[0], 1)))
    leaks = check(cells, forms, floor=FLOOR)
    assert [leak.cells for leak in leaks] == [(slip,)]
    assert {name for name, _ in leaks[0].combo} == {"漏的", "0·甲·一 fair", "0·甲·一 poor"}


def test_a_body_that_was_promised_a_higher_floor_takes_it_into_every_sum_it_stands_in() -> None:
    """乙 was promised ten. 6 of 甲 alone may be shown; 6 of 乙 may not, nor 4 of 甲 with 6 of 乙: ten, less one's own."""
    six, own, four = cell("甲", 6), cell("乙", 6), cell("甲", 4, item="德")
    ten = {"乙": 10}

    def leaks(*forms: LinearFigure) -> list[Leak]:
        return check([six, own, four], forms, floor=FLOOR, floors=ten)

    assert leaks(points("甲均分", (six, "1/6"))) == []
    assert [leak.kind for leak in leaks(points("乙均分", (own, "1/6")))] == ["isolated"]
    assert [(leak.kind, leak.raters) for leak in leaks(points("合计", (four, 1), (own, 1)))] == [("insider", 10)]
    assert check([four, own], [points("合计", (four, 1), (own, 1))], floor=FLOOR) == []
    eleven = cell("丙", 5, item="德")
    assert check([own, eleven], [points("合计", (own, 1), (eleven, 1))], floor=FLOOR, floors=ten) == []
