"""What a rank, a tier or a flag lets somebody infer who reads it beside the score: weighed as the inequalities that it stands on.

Heads (P, Q, …), one question worth 100, 80, 0. Superiors sign, clerks do not; score = half superiors, half clerks. Three
superiors said 优秀, 称职 and 称职 of everybody, so their half is 130/3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import pytest

from analysis.disclosure.printed import Interval
from analysis.evaluate import evaluate
from analysis.evidence import Evidence, RatedSubject, Slot, StyleBooks, Tally
from analysis.report import Report
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from survey_app.services.release import auditing, before, kept, reckoning
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.readers import VERDICT
from survey_app.services.release.union import Stated
from survey_app.services.release.withholding import Held

RULES = """
方案: 几个科
版本: 2026-01-01
约定: 常用约定
选项: {{总体: {{优秀: 100, 称职: 80, 不称职: 0}}}}
评议主体: {{领导: {{署名: 是}}, 科员: {{只评本单位: 是}}}}
测评内容: {{总体评价: 总体}}
测评表: [{{主体: [领导, 科员], 填: 总体评价}}]
计算:
  主体均分: {{平均分: 总体评价}}
  得分: {{按主体加权: 主体均分, 权重: {{领导: 50, 科员: 50}}}}
{more}
结果: {{列: [得分{columns}]{rest}}}
"""
Marks = tuple[int, int, int]


def scheme(more: str, columns: str = "", rest: str = "") -> Scheme:
    """The rules with more figures under `计算`."""
    return load_scheme(RULES.format(more=more, columns=columns, rest=rest), "scheme.yml")


def counted(rules: Scheme, given: Mapping[str, Marks]) -> Report:
    """The report on these clerks' answers."""
    counts: dict[tuple[str, str, str], tuple[int, ...]] = {}
    books: list[StyleBooks] = []
    for subject, own in given.items():
        for group, marks in (("领导", (1, 2, 0)), ("科员", own)):
            counts[subject, group, "总体评价"] = (0, *marks)
            books.append(
                StyleBooks(
                    style=subject + group, group=group, unit=subject, slots=(Slot(subject, "总体评价"),),
                    cast=sum(marks), valid=sum(marks), blank=0, invalid=0, superseded=0,
                )
            )  # fmt: skip
    subjects = tuple(RatedSubject(one, {}) for one in given)
    return evaluate(rules.plan, Evidence(subjects=subjects, tally=Tally(counts, tuple(books))))


def held(rules: Scheme, **given: Marks) -> Held:
    """The decision about that report."""
    return Held(report=counted(rules, given), scheme=rules, plan=ReleasePlan())


def stated(one: Held, subject: str, quantity: str, kind: str = "score") -> Stated:
    """The figure as it stands at a subject."""
    (found,) = [made for made in one.union.of(subject) if made.figure.quantity == quantity and made.figure.kind == kind]
    return found


# --- the inequalities -------------------------------------------------------------------------------------------------

FLAGGED = scheme(
    "  不称职率: {占比: 不称职, 项目: 总体评价, 主体: [科员]}\n  超过三分之一: {判断: 不称职率 > 1/3}",
    rest=", 提示: [超过三分之一]",
)
BANDED = scheme("  等次: {分段: 得分, 各段: {90 以上: 好, 80 以上: 中, 其余: 差}}", rest=", 等次: [等次]")
RANKED = scheme("  名次: {名次: 得分}", ", 名次")
LAST = scheme("  倒数: {名次: 得分, 次序: 低者在前}\n  末位: {判断: 倒数 <= 2}", rest=", 提示: [末位]")
FOUND = {
    # flag up: 1 of 4 · (number of 不称职) - 1/3 > 0, and 2 of 4 said so; flag down: 1/4 - 1/3 is not above 0
    "up": (FLAGGED, {"P": (1, 1, 2)}, "超过三分之一", Interval(least=Fraction(0), least_open=True)),
    "down": (FLAGGED, {"P": (2, 1, 1)}, "超过三分之一", Interval(most=Fraction(0))),
    # 130/3 + 1/2 · 380/4 = 90 5/6 and 130/3 + 1/2 · 360/4 = 88 1/3
    "best band": (BANDED, {"P": (3, 1, 0)}, "等次", Interval(least=Fraction(90))),
    "middle band": (BANDED, {"P": (2, 2, 0)}, "等次", Interval(least=Fraction(80), most=Fraction(90), most_open=True)),
    # Q has 130/3 + 50 = 280/3, R 130/3 + 40 = 250/3
    "rank": (
        RANKED,
        {"P": (2, 2, 0), "Q": (9, 0, 0), "R": (0, 9, 0)},
        "名次",
        Interval(least=Fraction(250, 3), most=Fraction(280, 3), least_open=True, most_open=True),
    ),
    "tie": (RANKED, {"P": (2, 2, 0), "Q": (2, 2, 0)}, "名次", Interval(least=Fraction(265, 3), most=Fraction(265, 3))),
    # P is no more than above the second worst; that it is below Q is not said
    "not among the last": (
        LAST,
        {"P": (2, 2, 0), "Q": (9, 0, 0), "R": (0, 9, 0), "S": (0, 8, 1)},
        "末位",
        Interval(least=Fraction(250, 3), least_open=True),
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_a_flag_a_band_and_a_place_say_on_which_side_of_a_line_a_sum_of_counts_lies(case: str) -> None:
    rules, given, quantity, between = FOUND[case]
    one = held(rules, **given)
    found = stated(one, "P", quantity, VERDICT if quantity in rules.layout.flags else "score")
    assert [side.between for side in found.sides] == [between]
    assert found.blind == frozenset()


def test_a_place_is_told_by_the_places_of_all_others_so_they_stand_together() -> None:
    one = held(RANKED, P=(2, 2, 0), Q=(9, 0, 0), R=(0, 9, 0))
    assert {figure.place for figure in stated(one, "P", "名次").figures} == {("名次", "P"), ("名次", "Q"), ("名次", "R")}


TIERED = scheme("  等次: {分等次: 得分, 名额: {好: 至多 1 个, 中: 至多 2 个, 差: 至少 0%}}", rest=", 等次: [等次]")


def test_a_tier_with_places_says_below_the_worst_above_and_above_the_best_below() -> None:
    """Best first: Q 280/3, then P 265/3 and R 250/3 in the middle, S (8 × 80)/9 / 2 + 130/3 last."""
    one = held(TIERED, P=(2, 2, 0), Q=(9, 0, 0), R=(0, 9, 0), S=(0, 8, 1))
    assert one.report.tables["等次"].cells == {("P",): "中", ("Q",): "好", ("R",): "中", ("S",): "差"}
    (side,) = stated(one, "P", "等次").sides
    low, high = Fraction(130, 3) + Fraction(640, 18), Fraction(280, 3)
    assert side.between == Interval(least=low, most=high, least_open=True, most_open=True)


# --- the decision, and a finder that knows only the rules -------------------------------------------------------------


def ways(people: int) -> Iterator[Marks]:
    """Every way in which so many answer."""
    for first in range(people + 1):
        for second in range(people + 1 - first):
            yield first, second, people - first - second


def paper(one: Held, report: Report) -> list[object]:
    """What a reader of everything has, were the report this one under this very decision: cell by cell what is not held back."""
    found: list[object] = []
    for subject in [who.id for who in one.report.subjects]:
        labels = {"subject": subject}
        for key in (*one.scheme.layout.columns, *one.scheme.layout.tiers):
            if not one.value(key, labels):
                value = report.tables[key].cells[(subject,)]
                digits = one.announced(key, labels)
                number = digits is not None and isinstance(value, Fraction)
                found.append(rounded(value, digits or 0) if number else value)  # type: ignore[arg-type]  # a number, looked at
        for key in one.scheme.layout.flags:
            if not one.verdict(key, labels):
                found.append(report.tables[key].cells[(subject,)])
    return found


#: By digits: 0 is whole points, then come steps of 2, 5 and 10.
STEPS = {2: Fraction(1, 100), 1: Fraction(1, 10), 0: Fraction(1), -1: Fraction(2), -2: Fraction(5), -3: Fraction(10)}


def rounded(value: Fraction, digits: int) -> int:
    """Half away from zero, in steps; all scores are above zero."""
    return int(value / STEPS[digits] + Fraction(1, 2))


TOWNS: Mapping[str, tuple[Scheme, Mapping[str, Marks]]] = {
    "a flag at its line": (FLAGGED, {"P": (1, 1, 2), "Q": (5, 5, 2)}),
    "a band's end": (BANDED, {"P": (3, 1, 0), "Q": (5, 5, 2)}),
    "a place between two neighbours": (RANKED, {"P": (2, 2, 0), "Q": (8, 9, 0), "R": (9, 8, 0)}),
    "two small groups side by side": (RANKED, {"P": (2, 2, 0), "Q": (2, 3, 0), "R": (9, 8, 0)}),
    "tiers with places": (TIERED, {"P": (2, 2, 0), "Q": (9, 0, 0), "R": (2, 3, 0), "S": (0, 8, 1)}),
    "not among the last": (LAST, {"P": (2, 2, 0), "Q": (9, 0, 0), "R": (0, 9, 0), "S": (0, 8, 1)}),
}


@pytest.mark.parametrize("town", TOWNS)
def test_whoever_tries_every_way_to_answer_finds_what_was_promised_still_open(town: str) -> None:
    """Every way in which the held clerks may have answered is counted anew by the scheme itself, and kept where each number,
    rank, tier and flag that leaves comes out alike. Of some choice, two answers and more have to stay open, and none known but
    zero; also for a clerk who takes their own answer away."""
    rules, given = TOWNS[town]
    one = held(rules, **given)
    hidden = sorted({cell[0] for cell in one.hidden})
    assert hidden
    true = paper(one, one.report)
    options = [list(ways(sum(given[who]))) for who in hidden]
    fitting = [
        world
        for world in product(*options)
        if paper(one, counted(rules, {**given, **dict(zip(hidden, world, strict=True))})) == true
    ]
    for at, who in enumerate(hidden):
        if sum(given[who]) > 5:
            continue
        for own in [None, *(choice for choice, number in enumerate(given[who]) if number)]:
            open_to = [world[at] for world in fitting if own is None or world[at][own]]
            ends = [(min(one), max(one)) for one in zip(*open_to, strict=True)]
            others = sum(given[who]) - (own is not None)
            assert max(high - low for low, high in ends) >= min(2, others), (who, own, ends)
            assert all(low < high or high - (choice == own) == 0 for choice, (low, high) in enumerate(ends)), (who, own, ends)


def test_a_rank_that_says_more_than_the_score_goes_and_the_score_stays() -> None:
    """Neighbours 1/5 of a point apart would tell P's clerks' points to within a fifth of four."""
    one = held(RANKED, P=(2, 2, 0), Q=(8, 9, 0), R=(9, 8, 0))
    assert {place for who in "PQR" for place in one.of(who).values if place[0] == "名次"} == {("名次", who) for who in "PQR"}
    assert not one.value("得分", {"subject": "P"})
    assert {said.verdict for line in auditing.audit(one) for said in line.ranges} == {"safe"}


def test_where_a_rank_leaves_all_open_it_stays() -> None:
    one = held(RANKED, P=(2, 2, 0), Q=(9, 0, 0), R=(0, 0, 9))
    assert not any(one.value("名次", {"subject": who}) for who in "PQR")


def test_what_is_decided_at_one_is_weighed_again_with_what_is_decided_at_another() -> None:
    """Both bodies hold a rank back or round; asked once more about the whole, nothing follows and nothing more is given up."""
    one = held(RANKED, P=(2, 2, 0), Q=(2, 3, 0), R=(3, 2, 0), S=(9, 8, 0))
    again = kept.load_held(kept.decide(one.report, one.scheme, one.plan), one.report, one.scheme, one.plan)
    assert again.decided == one.decided
    assert {said.verdict for line in auditing.audit(again) for said in line.ranges} == {"safe"}


def test_what_a_rank_said_in_an_earlier_report_is_known_in_the_next() -> None:
    one = held(RANKED, P=(2, 2, 0), Q=(9, 0, 0), R=(0, 0, 9))
    left = before.what_left([one])
    mine = [known.between for known in left.ranged if known.figure.quantity == "名次" and known.figure.place == ("名次", "P")]
    assert mine == [Interval(least=Fraction(130, 3), most=Fraction(280, 3), least_open=True, most_open=True)]


# --- what is not weighed is said --------------------------------------------------------------------------------------

CURVED = scheme("  高: {判断: 得分 * 得分 >= 6400}", rest=", 提示: [高]")


def test_a_flag_on_a_product_of_two_scores_is_named_as_not_weighed() -> None:
    one = held(CURVED, P=(2, 2, 0))
    assert reckoning.unweighed(one) == {"高": 1}
    assert reckoning.unweighed(held(FLAGGED, P=(2, 2, 0))) == {}
