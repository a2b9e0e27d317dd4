"""Small worlds: each line of a method met exactly and just missed, worked out by hand beside two small schemes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analysis import evaluate, parse_plan
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from questionnaires.worlds.building import Builder
from questionnaires.worlds.lines import lines_of
from questionnaires.worlds.solving import Met, meet
from questionnaires.worlds.table import WorldTable
from questionnaires.worlds.world import SmallWorld

#: One group, one question, three choices; a third of 差 calls for a talk, 80 points are 优.
VOTE = """
方案: 小评
版本: 2026-01-01
约定: 常用约定
选项: {总体: {好: 100, 中: 60, 差: 0}}
评议主体: {同事: }
测评内容: {总体评价: 总体}
测评表: [{主体: 同事, 填: 总体评价}]
计算:
  均分: {平均分: 总体评价, 合并主体: 是}
  差票率: {占比: 差, 项目: 总体评价}
  谈话: {判断: 差票率 >= 1/3}
  等次: {分段: 均分, 各段: {80 以上: 优, 其余: 可}}
结果: {列: [均分], 等次: [等次], 提示: [谈话]}
"""
#: No ballots at all: half of each of two figures; two events and the result may be no higher than 可.
POINTS = """
方案: 小考
版本: 2026-01-01
约定: 常用约定
其他材料: {目标: {从: 0, 到: 100}, 群众: {从: 0, 到: 100}}
事项: {通报: }
计算:
  得分: {加权合成: {目标: 50, 群众: 50}}
  分等: {分段: 得分, 各段: {超过 90: 优, 其余: 可}}
  通报多: {判断: 通报 > 1}
  等次: {不高于: 分等, 限度: 可, 当: 通报多}
结果: {列: [得分], 等次: [等次], 提示: [通报多]}
"""


def met(text: str) -> tuple[Scheme, dict[str, Met]]:
    scheme = load_scheme(text, "small.yml")
    plan, builder = parse_plan(scheme.plan), Builder(scheme)
    return scheme, {line.quantity: found for line in lines_of(plan) for found in meet(scheme, plan, builder, line)}


def said(scheme: Scheme, world: SmallWorld | None, quantity: str) -> object:
    assert world is not None
    return evaluate(scheme.plan, world.evidence(scheme)).value(quantity, subject=world.subject)


def test_a_third_of_the_votes_is_met_by_four_of_twelve_and_missed_by_three() -> None:
    # 1/3 needs a number of ballots that three divides; from ten up that is twelve: 4 of 12 is a third, 3 of 12 a quarter.
    scheme, found = met(VOTE)
    exact, missed = found["谈话"].exact, found["谈话"].missed
    assert (said(scheme, exact, "差票率"), said(scheme, missed, "差票率")) == (Fraction(1, 3), Fraction(1, 4))
    assert (said(scheme, exact, "谈话"), said(scheme, missed, "谈话")) == (True, False)
    assert exact is not None
    assert (exact.parts["picked"], exact.parts["many"]) == ("4", "12")


def test_eighty_points_are_met_by_eight_of_ten_and_missed_by_seven() -> None:
    # 好 100 against 差 0: 80 points are four fifths, so 8 of 10 ballots; with 7 the mean is 70.
    scheme, found = met(VOTE)
    assert (said(scheme, found["等次"].exact, "均分"), said(scheme, found["等次"].missed, "均分")) == (80, 70)
    assert (said(scheme, found["等次"].exact, "等次"), said(scheme, found["等次"].missed, "等次")) == ("优", "可")


def test_a_line_that_does_not_belong_is_missed_upwards_by_a_hundredth() -> None:
    # Everybody at 80: (目标 + 80) ÷ 2 = 90 needs 目标 100, which is 可, since only over 90 is 优. More than 100 there is not, so
    # that from this side nothing misses it; the world says so by having no other.
    scheme, found = met(POINTS)
    exact = found["分等"].exact
    assert exact is not None
    assert exact.components[exact.subject, "目标"] == 100
    assert (said(scheme, exact, "得分"), said(scheme, exact, "分等")) == (90, "可")
    assert found["分等"].missed is None


def test_events_are_counted_up_to_the_line_and_one_beyond() -> None:
    # > 1: one event is not more than one, two are.
    scheme, found = met(POINTS)
    assert [said(scheme, world, "通报") for world in (found["通报多"].exact, found["通报多"].missed)] == [1, 2]
    assert [said(scheme, world, "通报多") for world in (found["通报多"].exact, found["通报多"].missed)] == [False, True]


def test_a_line_that_no_world_meets_says_so() -> None:
    # Marks of 100, 60 and 0 never give more than 100 points.
    _, found = met(VOTE.replace("{80 以上: 优, 其余: 可}", "{80 以上: 优, 其余: 可}").replace("差票率 >= 1/3", "差票率 > 0.9999"))
    assert found["谈话"].exact is None


def test_two_numbers_are_turned_where_one_alone_does_not_reach() -> None:
    # With 目标 at most 60 and both begun at four fifths, 90 is (80 + 100) ÷ 2: 目标 goes up to its most first, then 群众.
    scheme, found = met(POINTS.replace("目标: {从: 0, 到: 100}", "目标: {从: 0, 到: 85}"))
    exact = found["分等"].exact
    assert said(scheme, exact, "得分") == 90
    assert exact is not None
    assert [one["name"] for one in (*exact.turned, exact.parts)] == ["目标", "群众"]
    assert [exact.components[exact.subject, name] for name in ("目标", "群众")] == [85, 95]


@pytest.mark.parametrize(
    ("what", "says"),
    [("all-best", ("优", False)), ("all-worst", ("可", True)), ("all-level", ("可", False))],  # 中 中 中 中 is 60 points
)
def test_the_worlds_every_method_has(what: str, says: tuple[str, bool]) -> None:
    scheme = load_scheme(VOTE, "small.yml")
    world = next(one for one in WorldTable(scheme).usual() if one.what == what)
    assert (said(scheme, world, "等次"), said(scheme, world, "谈话")) == says


def test_nobody_came_is_no_result_and_no_zero() -> None:
    table = WorldTable(load_scheme(VOTE, "small.yml"))
    row = table.row(next(one for one in table.usual() if one.what == "nobody"))
    assert {one.quantity for one in row.says} == {"等次", "谈话", "均分"}
    assert not any(isinstance(one.value, (Fraction, bool)) for one in row.says)


def test_the_same_scheme_always_has_the_same_worlds() -> None:
    def worlds() -> list[SmallWorld]:
        table = WorldTable(load_scheme(POINTS, "small.yml"))
        return [*table.usual(), *(world for one in table.lines(2) for world in (one.exact, one.missed) if world)]

    assert worlds() == worlds()
