"""Families of constructs met in published methods, each said with the language's own parts and counted by hand.

The small town's figures stand in `small_town`; here only what the rule table's examples do not already show.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import evaluate
from analysis.limits import judge
from questionnaires.expressions import FormulaError, parse
from questionnaires.loader import load_scheme
from questionnaires.model import RosterSubject
from questionnaires.problems import SchemeProblems
from questionnaires.styles import build_styles, describe_broken
from tests.questionnaires.small_town import EVIDENCE, HOST, host

# what the method says, how it is written, {cell: value}
SAID: list[tuple[str, str, dict[tuple[str, ...], str | bool]]] = [
    (
        "drop the lowest of more than two answers",
        "{平均分: 总体评价, 去低: 1, 多于: 2}",
        {("A", "同事"): "100", ("A", "领导"): "90"},
    ),
    (
        "drop the lowest third, cut down",
        "{平均分: 总体评价, 去低: 34%, 去分舍入: 舍去}",
        {("A", "同事"): "100", ("A", "领导"): "90"},
    ),
    ("mean over all ballots in one heap", "{平均分: 总体评价, 合并主体: 是}", {("A",): "92", ("B",): "60"}),  # 460/5, 300/5
    ("the blank colleague counts as zero", "{平均分: 总体评价, 基数: 有效票}", {("C", "同事"): "100/3"}),
    ("share over those who answered", "{占比: 不称职, 项目: 总体评价, 基数: 有效作答}", {("C",): "1/2"}),
    ("sum of two neighbouring grades", "{占比: [基本称职, 不称职], 项目: 总体评价}", {("B",): "2/5", ("C",): "3/5"}),
    ("abstentions", "{票数: 空白, 项目: 总体评价}", {("C",): "1", ("A",): "0"}),
    ("one group's votes only", "{占比: 优秀, 项目: 总体评价, 主体: 领导}", {("A",): "1/2"}),
    ("exactly two fifths, inclusive", "{判断: 不称职率 >= 2/5}", {("C",): True, ("B",): False}),
    ("exactly two fifths, strict", "{判断: 不称职率 > 2/5}", {("C",): False}),
    ("bonus after weighting may pass 100", "总评得分 + 10", {("A",): "304/3"}),
    ("affine, capped", "较小(100, 50 + 0.5 × 总评得分)", {("A",): "287/3", ("C",): "69"}),
    (
        "weights by class",
        "{按主体加权: 主体均分, 权重: [{类别: 大, 领导: 50, 同事: 50}, {类别: 小, 领导: 100}]}",
        {("C",): "30", ("A",): "275/3"},
    ),
    ("a total of one thousand", "{按主体加权: 主体均分, 权重: {领导: 600, 同事: 400}, 总和: 1000}", {("C",): "38"}),
    ("merits and demerits cancel first", "较大(0, 通报批评 − 立功)", {("A",): "2", ("C",): "0"}),
    (
        "an event decides outright",
        "{分情况: [{当: 立功 >= 1, 取: 好}, {其余: 总评等次}], 规则先后: 先中先定}",
        {("C",): "好", ("B",): "中"},
    ),
    ("in any of the last periods", "{任一: 往年得分 >= 90, 沿: 时期}", {("A",): True}),
    ("rescored by band", "{分段: 不称职率, 各段: {超过 1/3: 0, 不超过 1/3: 100}}", {("C",): "0", ("A",): "100"}),
    ("every minimum must be met", "{判断: 总评得分 >= 60 且 主体均分 @ 同事 >= 50}", {("A",): True, ("B",): False}),
    ("a band with an excluded bottom", "{分段: 总评得分, 各段: {超过 38: 上, 不超过 38: 下}}", {("C",): "下", ("B",): "上"}),
    ("rank to points by a fixed step", "12 − 2 × 总评名次", {("A",): "10", ("C",): "6"}),
    (
        "top one and bottom one",
        "{分等次: 总评得分, 名额: {先进: 至多 1, 中间: 其余, 末位: 至少 1}}",
        {("A",): "先进", ("B",): "中间", ("C",): "末位"},
    ),
]


@pytest.mark.parametrize(("said", "written", "expected"), SAID, ids=[row[0] for row in SAID])
def test_what_a_method_says_is_written_and_counted(said: str, written: str, expected: dict[tuple[str, ...], str | bool]) -> None:
    table = evaluate(load_scheme(host(written), "x.yml").plan, EVIDENCE).tables["例"]
    for key, value in expected.items():
        found = table.cells[key]
        assert found == (Fraction(value) if isinstance(found, Fraction) and not isinstance(value, bool) else value), (
            said,
            key,
            found,
        )


def ballot_rule(rule: str) -> str:
    return host("总评得分").replace("计算:", f"填写要求:\n  规则: {rule}\n计算:")


# rule, marks on 总体评价 of A B C D E (1 优秀 2 称职 3 基本称职 4 不称职 0 none), whether it is broken
BALLOTS = [
    ("{主体: 同事, 内容: 总体评价, 不得全选: 优秀, 起算: 3, 超出时: 作废}", [1, 1, 1, 1, 1], True),
    ("{主体: 同事, 内容: 总体评价, 不得全选: 优秀, 起算: 3, 超出时: 作废}", [2, 2, 2, 2, 2], False),
    ("{主体: 同事, 内容: 总体评价, 不得全选: 是, 起算: 3, 超出时: 作废}", [2, 2, 2, 0, 0], True),
    ("{主体: 同事, 内容: 总体评价, 不得全选: 是, 起算: 3, 超出时: 作废}", [2, 2, 0, 0, 0], False),
    ("{主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 40%, 基数: 已填项, 超出时: 不收}", [1, 1, 2, 0, 0], True),  # 40 % of 3 → 1
    ("{主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 40%, 基数: 应填项, 超出时: 不收}", [1, 1, 2, 0, 0], False),  # 40 % of 5 → 2
    ("{主体: 同事, 内容: 总体评价, 等次: [基本称职, 不称职], 至少: 1, 超出时: 提醒}", [1, 1, 2, 2, 2], True),
    ("{主体: 同事, 内容: 总体评价, 合计: 400, 超出时: 记为不全}", [1, 1, 1, 1, 4], False),
    ("{主体: 同事, 内容: 总体评价, 合计: 400, 超出时: 记为不全}", [1, 1, 1, 1, 2], True),
    ("{主体: 同事, 内容: 总体评价, 不得重复: 是, 超出时: 作废}", [1, 2, 3, 4, 1], True),
    ("{主体: 同事, 内容: 总体评价, 不得重复: 是, 超出时: 作废}", [1, 2, 3, 4, 0], False),
]


@pytest.mark.parametrize(("rule", "marks", "broken"), BALLOTS)
def test_a_whole_ballot_rule_judges_a_ballot(rule: str, marks: list[int], broken: bool) -> None:
    scheme = load_scheme(ballot_rule(f"{rule[:-1]}, 舍入: 不越限}}"), "x.yml")
    roster = [RosterSubject(one, one, "甲", {"类别": "大"}) for one in "ABCDE"]
    style = next(style for style in build_styles(scheme, roster, []) if style.group == "同事")
    (verdict,) = judge(style.limits, marks)
    assert verdict.broken is broken
    if broken:
        assert all(describe_broken(scheme.ballot_rules[0], verdict, language) for language in ("zh", "en"))


def test_several_values_within_a_grade_count_as_that_grade() -> None:
    text = HOST.replace("{优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}", "{优秀: [100, 95, 90], 称职: [85, 80], 不称职: 55}")
    scheme = load_scheme(host("总评得分").replace(HOST, text), "x.yml")
    assert [choice.key for choice in scheme.scales["总体"].choices] == [
        "优秀 100",
        "优秀 95",
        "优秀 90",
        "称职 85",
        "称职 80",
        "不称职",
    ]
    assert scheme.grades["总体"]["优秀"] == ("优秀 100", "优秀 95", "优秀 90")


def test_numbers_stand_best_first_and_a_unknown_has_no_value() -> None:
    text = HOST.replace("  总体: {", "  百分: {形式: 打分, 从: 0, 到: 10, 间隔: 0.5}\n  总体: {不了解: 不计, ")
    scheme = load_scheme(host("总评得分").replace(HOST, text).replace("能: 总体", "能: 百分"), "x.yml")
    numbers = scheme.scales["百分"].choices
    assert (len(numbers), numbers[0].value, numbers[1].key, numbers[-1].value) == (21, 10, "9.5", 0)
    assert scheme.scales["总体"].choices[0].kind == "unknown"
    assert scheme.scales["总体"].choices[0].value is None


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_stated_problem(text: str) -> None:
    said: list[object] = []
    try:
        parse(text)
    except FormulaError as error:
        said = [error.zh, error.en, error.at >= 1]
    assert all(said)


LINES = (Path(__file__).parents[2] / "questionnaires/yinzhou/2026-01-01/scheme.yml").read_text(encoding="utf-8").splitlines()
SCRAPS = [
    "",
    "[]",
    "{}",
    "是",
    "0",
    "-1",
    "1/0",
    "a: b",
    "[1, 2]",
    "{值: }",
    "至多 20%",
    "职务",
    "德",
    "总体评价",
    "综合得分",
    "{平均分: 德}",
    "@ 德",
    "80 以上",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_spoiled_file_is_read_or_refused_with_places_never_broken(data: st.DataObject) -> None:
    lines = LINES[:230]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        head, colon, tail = lines[at].partition(": ")
        change = data.draw(st.sampled_from(["drop", "value", "key", "cut"]))
        if change == "drop":
            del lines[at]
        elif change == "value":
            lines[at] = head + colon + data.draw(st.sampled_from(SCRAPS))
        elif change == "key":
            lines[at] = (
                head[: len(head) - len(head.lstrip())]
                + data.draw(st.sampled_from(["名额", "权重", "值", "名次", "甲"]))
                + colon
                + tail
            )
        else:
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    found: tuple[object, ...] = ()
    try:
        load_scheme("\n".join(lines), "x.yml")
    except SchemeProblems as error:
        found = tuple(one.line >= 1 and one.sentence("zh") and one.sentence("en") for one in error.problems)
    assert all(found)


@given(st.integers(0, 999), st.integers(1, 999), st.integers(1, 99))
def test_numbers_in_formulas_are_exact(a: int, b: int, c: int) -> None:
    found = parse(f"{a} / {b} + {c}%")
    assert found.op == "+"
    assert found.args[0].op == "/"
    assert found.args[1].number == Fraction(c, 100)


@pytest.mark.parametrize(
    ("text", "op"), [("a or b and c", "or"), ("非 甲 且 乙", "and"), ("1 + 2 × 3", "+"), ("甲 >= 1/3", ">="), ("−2 × 甲", "*")]
)
def test_operators_bind_as_on_paper(text: str, op: str) -> None:
    assert parse(text).op == op
