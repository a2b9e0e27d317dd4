"""Families of constructs met in published methods, each said with the language's own parts and counted by hand.

The small town's figures stand in `small_town`; here only what the rule table's examples do not already show.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import evaluate
from analysis.evidence import BallotBatch, Evidence, RatedSubject, Slot
from analysis.limits import judge
from analysis.values import Missing
from questionnaires.compiling.expressions import FormulaError, parse
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.model import RosterSubject
from questionnaires.styles import build_styles
from tests.support.tongues import chinese, english
from tests.towns.small_town import EVIDENCE, HOST, host

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


PAIRS = """对手分: {对手之值: 单票总评}; 胜: {合计: '若(单票总评 > 对手分, 1, 0)', 沿: 评议人}; \
负: {合计: '若(单票总评 < 对手分, 1, 0)', 沿: 评议人}; 胜票: {合计: 胜, 沿: 主体}; 负票: {合计: 负, 沿: 主体}"""

# what the method says, the steps before it, the step, {cell: value}
SAID_IN_STEPS: list[tuple[str, str, str, dict[tuple[str, ...], str | bool]]] = [
    (
        "a weight on each single rater: 3 a leader, 1 a colleague",
        "每人权重: {数表: {领导: 3, 同事: 1}}; 作答: {作答数: 总体评价, 分主体: 是}",
        "{按主体加权: 主体均分, 权重: 每人权重 × 作答}",
        {("A",): "820/9", ("C",): "35"},  # (3·2·90 + 1·3·280/3) ÷ 9;  (3·2·30 + 1·2·50) ÷ 8, one colleague left C empty
    ),
    (
        "the latest period that the subject has",
        "次序: {先后: 往年得分}",
        "{平均: 往年得分, 沿: 时期, 只取: 次序 <= 1, 缺者: 按其余折算}",
        {("A",): "90", ("B",): "70"},
    ),
    (
        "50, 30, 20 by the age of the period, over those that are there",
        "次序: {先后: 往年得分}; 年权: {对照表: 次序, 表: {1: 50, 2: 30, 其余: 20}}",
        "{按时期加权: 往年得分, 权重: 年权, 缺者: 按其余折算}",
        {("A",): "86.25", ("B",): "70"},  # (50·90 + 30·80) ÷ 80
    ),
    (
        "weights by the year written as a table",
        "年权: {数表: {'2024': 40, '2025': 60}, 沿: 时期}",
        "{按时期加权: 往年得分, 权重: 年权, 缺者: 按其余折算}",
        {("A",): "86", ("B",): "70"},  # 0.4·80 + 0.6·90
    ),
    (
        "as many years back as there were reprimands",
        "",
        "{第几: 往年得分, 沿: 时期, 第: 通报批评}",
        {("A",): "80"},  # two reprimands: the second of 90, 80
    ),
    ("the sum without the lowest ballot", "", "{合计: 单票总评, 沿: 评议人, 去低: 1}", {("A", "同事"): "200"}),  # 100 + 100
    ("places of one's own items", "", "{名次: 各项均分, 沿: 内容}", {("A", "领导", "德"): "1", ("A", "领导", "能"): "2"}),
    (
        "how many of the ballots prefer him to the other",  # leaders 1:0 and 0:0, colleagues 3:0 for A against B
        "对手分: {对手之值: 单票总评}; 各主体胜票: {合计: '若(单票总评 > 对手分, 1, 0)', 沿: 评议人}",
        "{合计: 各主体胜票, 沿: 主体}",
        {("A", "B"): "4", ("A", "C"): "3", ("B", "C"): "3", ("C", "B"): "1", ("C", "A"): "0"},
    ),
    (
        "a group's result counts only from three answers",
        "作答: {作答数: 总体评价, 分主体: 是}",
        "{仅对: 主体均分, 当: 作答 >= 3}",
        {("A", "同事"): "280/3"},
    ),
    (
        "strict and lenient units brought to a common level",  # 274/3 · (196/3) ÷ 79; the mean of all is (274/3 + 200/3 + 38) ÷ 3
        "总平均: {同类平均: 总评得分}; 组平均: {同类平均: 总评得分, 范围: [类别]}",
        "总评得分 × 总平均 ÷ 组平均",
        {("A",): "53704/711", ("C",): "196/3"},
    ),
    (
        "a limit for each class and one for the whole",  # the best of each class is A and C; of these only A stays
        "组内: {分等次: 总评得分, 范围: [类别], 名额: {优: 至多 1, 良: 其余}}",
        "{分等次: 总评得分, 名额: {优: 至多 1, 良: 其余}, 可评最高等次: 组内 = 优}",
        {("A",): "优", ("B",): "良", ("C",): "良"},
    ),
    (
        "points carried over the years that start anew at a threshold",  # A 90 + 2 reprimands, B 70, C nothing yet
        "上年: {补缺: {最近: 往年得分}, 以: 0}; 累计: 上年 + 通报批评",
        "若(累计 >= 90, 0, 累计)",
        {("A",): "0", ("B",): "70", ("C",): "0"},
    ),
    ("events of a span of days only", "", "{发生: 通报批评, 自: 2026-04-01, 至: 2026-12-31}", {("A",): "1", ("B",): "0"}),
    (
        "a value far above its pool is flagged",  # 274/3 ÷ 79 = 1.156; 200/3 ÷ 79 = 0.84
        "对平均: {与平均之比: 总评得分, 范围: [类别]}",
        "{判断: 对平均 > 110%}",
        {("A",): True, ("B",): False},
    ),
    (
        "he beats every other one by one",
        PAIRS,
        "{全部: 胜票 > 负票, 沿: 对手}",
        {("A",): True, ("B",): False, ("C",): False},  # A 4:0 and 3:0; B loses to A; C loses to both
    ),
]


@pytest.mark.parametrize(("said", "before", "written", "expected"), SAID_IN_STEPS, ids=[row[0] for row in SAID_IN_STEPS])
def test_what_a_method_says_in_several_steps(
    said: str, before: str, written: str, expected: dict[tuple[str, ...], str | bool]
) -> None:
    steps = "".join(f"  {step}\n" for step in before.split("; ") if step)
    table = evaluate(load_scheme(host(written).replace("  例:", f"{steps}  例:"), "x.yml").plan, EVIDENCE).tables["例"]
    for key, value in expected.items():
        found = table.cells[key]
        assert found == (Fraction(value) if isinstance(found, Fraction) and isinstance(value, str) else value), (said, key)


RUN_OFF = """
方案: 逐轮淘汰
版本: 2026-01-01
约定: 常用约定
选项: {位: {形式: 排序, 从: 1, 到: 3}}
评议主体: {代表: }
测评内容: {排位: 位}
测评表: [{主体: 代表, 填: 排位}]
填写要求: {各占一位: {主体: 代表, 内容: 排位, 不得重复: 是, 超出时: 作废}}
计算:
  位次: {单票: 排位}
  首选: {最小: 位次, 沿: 对象}
  首轮: {合计: {合计: '若(位次 = 首选, 1, 0)', 沿: 评议人}, 沿: 主体}
  最少: {最小: 首轮, 沿: 对象}
  留下: 首轮 > 最少
  再选: {最小: 位次, 沿: 对象, 只取: 留下}
  次轮: {合计: {合计: '若(位次 = 再选 且 留下, 1, 0)', 沿: 评议人}, 沿: 主体}
  当选: 次轮 > 总票 / 2
  总票: {人数: 有效}
结果: {列: [首轮, 次轮], 提示: [当选]}
"""


def test_elimination_is_written_out_round_by_round() -> None:
    # Four ballots A B C, three B C A, two C B A. First choices 4, 3, 2: C is out, its two ballots go to B: 4 against 5 of 9.
    slots = tuple(Slot(one, "排位") for one in "ABC")
    rows = [[1, 2, 3]] * 4 + [[3, 1, 2]] * 3 + [[3, 2, 1]] * 2
    scheme = load_scheme(RUN_OFF, "x.yml")
    codes = {choice.value: choice.code for choice in scheme.scales["位"].choices}
    marks = np.array([[codes[Fraction(place)] for place in row] for row in rows], dtype=np.uint8)
    evidence = Evidence(
        subjects=tuple(RatedSubject(one, {}) for one in "ABC"), batches=(BallotBatch("代表", "代表", "", slots, marks),)
    )
    report = evaluate(scheme.plan, evidence)
    assert [report.value("首轮", subject=one) for one in "ABC"] == [4, 3, 2]
    assert [report.value("次轮", subject=one) for one in "ABC"] == [4, 5, 0]
    assert [report.value("当选", subject=one) for one in "ABC"] == [False, True, False]


EARLIER = "往期结果: {往年得分: , 往年等次: [好, 较差]}"


@pytest.mark.parametrize(
    ("declared", "a", "b"),
    [
        ("{往年得分: , 往年等次: [好, 较差]}", "85", "70"),  # every period: (80 + 90) ÷ 2
        ("{往年得分: {最近: 1}, 往年等次: [好, 较差]}", "90", "70"),  # the latest period that occurs
        ("{往年得分: {时期: ['2024']}, 往年等次: [好, 较差]}", "80", "missing"),
        ("{旧分: {取: 往年得分, 最近: 1, 出处: 第三条}, 往年得分: {时期: ['2024']}, 往年等次: [好, 较差]}", "80", "missing"),
    ],
)
def test_earlier_results_are_read_of_the_periods_that_are_declared(declared: str, a: str, b: str) -> None:
    text = host("{平均: 往年得分, 沿: 时期, 缺者: 按其余折算}").replace(EARLIER, f"往期结果: {declared}")
    scheme = load_scheme(text, "x.yml")
    assert scheme.earlier == ("往年得分", "往年等次")
    cells = evaluate(scheme.plan, EVIDENCE).tables["例"].cells
    assert cells["A",] == Fraction(a)
    assert isinstance(cells["B",], Missing) if b == "missing" else cells["B",] == Fraction(b)


def test_a_scheme_may_read_its_own_result_of_the_period_before() -> None:
    # 例 = this year's 总评得分 less last year's, stored under the same name: A 274/3 − 90 = 4/3.
    declared = "往期结果: {上年得分: {取: 往年得分, 最近: 1}, 往年得分: , 往年等次: [好, 较差]}"
    text = host("总评得分 − 上年").replace(EARLIER, declared)
    text = text.replace("  例:", "  上年: {最近: 上年得分}\n  例:")
    assert evaluate(load_scheme(text, "x.yml").plan, EVIDENCE).tables["例"].cells["A",] == Fraction(4, 3)


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
    assert (len(numbers), numbers[0].value, numbers[1].key, numbers[-1].value) == (21, Fraction(10), "9.5", Fraction(0))
    assert scheme.scales["总体"].choices[0].kind == "unknown"
    assert scheme.scales["总体"].choices[0].value is None


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_stated_problem(text: str) -> None:
    said: list[object] = []
    try:
        parse(text)
    except FormulaError as error:
        said = [error.what.tell(chinese), error.what.tell(english), error.at >= 1]
    assert all(said)


LINES = (
    (Path(__file__).parents[2] / "questionnaires/schemes/yinzhou/2026-01-01/scheme.yml").read_text(encoding="utf-8").splitlines()
)
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
        found = tuple(one.line >= 1 and one.sentence(chinese) and one.sentence(english) for one in error.problems)
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
