"""What the language could not say before and says now, each construct with its key and a case worked by hand in the small town.

Every case has beside it the writing that a careless hand would put in its place, and must tell the two apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from analysis import evaluate
from analysis.limits import judge
from analysis.reasons import Reason
from analysis.values import Missing, Value
from questionnaires.folder.reader import read_folder
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.model import RosterSubject, Style
from questionnaires.styles import build_styles
from tests.towns.small_town import EVIDENCE, HOST, host

NONE = Missing(Reason.NO_VALID_RESULT)

# what is said, the steps before, how it is written, what stands in its place, {subject: value}. Figures: tests/towns/small_town.
SAID: list[tuple[str, str, str, str, dict[str, Value]]] = [
    (
        "a grade at least as good as another",  # A 好 (274/3), B 中 (200/3), C 差 (38)
        "",
        "{判断: 总评等次 >= 中}",
        "{判断: 总评等次 = 中}",
        {"A": True, "B": True, "C": False},
    ),
    ("a grade better than another", "", "{判断: 总评等次 > 中}", "{判断: 总评等次 >= 中}", {"A": True, "B": False, "C": False}),
    ("a grade worse than good", "", "{判断: 好 > 总评等次}", "{判断: 好 >= 总评等次}", {"A": False, "B": True, "C": True}),
    (
        "two graded quantities compared",  # the team of A and B is C, whose grade is 差
        "班子等次: {补缺: {取自: 总评等次, 经由: 班子编号}, 以: 中}",
        "{判断: 总评等次 < 班子等次}",
        "{判断: 总评等次 > 班子等次}",
        {"A": False, "B": False, "C": True},
    ),
    (
        "the share of all marks from 60 to 90",  # A 100 80 · 100 100 80: 2 of 5; B 80 80 · 80 60 0: 4 of 5
        "",
        "{占比: 60 至 90, 项目: 总体评价}",
        "{占比: 60 至不足 80, 项目: 总体评价}",
        {"A": Fraction(2, 5), "B": Fraction(4, 5), "C": Fraction(1, 5)},
    ),
    (
        "no result at all where a quorum fails",  # four of five marked C, all marked A and B
        "作答: {作答数: 总体评价}",
        "{不出结果: 总评得分, 当: 作答 < 5}",
        "{仅对: 总评得分, 当: 作答 >= 5}",
        {"A": Fraction(274, 3), "C": NONE},
    ),
    (
        "the grade with the largest membership, a tie going down",  # C: 优秀 1/5, 称职 0, 基本称职 1/5, 不称职 2/5
        "称职率: {占比: 称职, 项目: 总体评价}; 基本称职率: {占比: 基本称职, 项目: 总体评价}",
        "{最大者: {好: 优秀率, 中: 称职率, 低: 基本称职率}, 等次并列: 就低}",
        "{最大者: {好: 优秀率, 中: 称职率, 低: 基本称职率}, 等次并列: 就高}",
        {"A": "好", "B": "中", "C": "低"},
    ),
    (
        "a geometric mean of the items",  # A √(100 · 80) of the leaders
        "几何: {几何平均: 各项均分, 沿: 内容, 方式: 四舍五入, 精度: 0.01}",
        "几何 @ 领导",
        "{平均: 各项均分 @ 领导, 沿: 内容}",
        {"A": Fraction(8944, 100), "C": Fraction(0)},
    ),
    (
        "a standard score",  # A and B lie 37/3 from their mean 79, and their deviation is 12.33
        "标差: {标准差: 总评得分, 范围: [类别], 方式: 四舍五入, 精度: 0.01}; 均: {同类平均: 总评得分, 范围: [类别]}",
        "(总评得分 − 均) ÷ 标差",
        "(总评得分 − 均) ÷ 均",
        {"A": Fraction(3700, 3699), "B": Fraction(-3700, 3699)},
    ),
    (
        "the best two of three years, this one among them",  # A 80, 90 and 274/3 now: (90 + 274/3) ÷ 2
        "各年: {连同本期: 往年得分, 本期: 总评得分}",
        "{平均: 各年, 沿: 时期, 缺者: 按其余折算, 去低: 1, 多于: 2}",
        "{平均: 往年得分, 沿: 时期, 缺者: 按其余折算, 去低: 1, 多于: 2}",
        {"A": Fraction(272, 3)},
    ),
    (
        "events of the nine months that end with the year",  # from April 2026: one of A's two reprimands
        "",
        "{发生: 通报批评, 近月: 9}",
        "{发生: 通报批评, 近月: 10}",
        {"A": Fraction(1), "B": Fraction(0)},
    ),
    (
        "low is good in min-max",
        "",
        "{极差标准化: 总评得分, 次序: 低者在前}",
        "{极差标准化: 总评得分}",
        {"A": Fraction(0), "C": Fraction(1)},
    ),
]


def counted(before: str, written: str) -> Mapping[tuple[str, ...], Value]:
    steps = "".join(f"  {step}\n" for step in before.split("; ") if step)
    return evaluate(load_scheme(host(written).replace("  例:", f"{steps}  例:"), "x.yml").plan, EVIDENCE).tables["例"].cells


@pytest.mark.parametrize("case", SAID, ids=[row[0] for row in SAID])
def test_a_construct_is_written_and_counted(case: tuple[str, str, str, str, dict[str, Value]]) -> None:
    _, before, written, _, expected = case
    cells = counted(before, written)
    assert {subject: cells[subject,] for subject in expected} == expected


@pytest.mark.parametrize("case", SAID, ids=[row[0] for row in SAID])
def test_the_case_tells_it_from_what_a_careless_hand_writes(case: tuple[str, str, str, str, dict[str, Value]]) -> None:
    _, before, _, instead, expected = case
    try:
        cells = counted(before, instead)
    except SchemeProblems:
        return
    assert {subject: cells.get((subject,)) for subject in expected} != expected


# rule, marks on 总体评价 of A B C D E (1 优秀 100 · 2 称职 80 · 3 基本称职 60 · 4 不称职 0 · 0 none), how many tables are broken
SHEETS = [
    ("{等次: 90 以上, 至多: 3}", [1, 1, 1, 2, 2], 0),
    ("{等次: 90 以上, 至多: 3}", [1, 1, 1, 1, 2], 1),  # four at 90 or more
    ("{等次: [不足 80], 至少: 1}", [1, 1, 1, 2, 2], 1),  # none under 80
    ("{合计至多: 400}", [1, 1, 1, 1, 4], 0),  # exactly 400
    ("{合计至多: 400}", [1, 1, 1, 1, 3], 1),  # 460
    ("{合计至少: 200, 合计至多: 400}", [4, 4, 1, 2, 0], 1),  # 180
    ("{平均至多: 85}", [1, 2, 2, 2, 0], 0),  # 340 ÷ 4 = 85 exactly
    ("{平均至多: 85}", [1, 2, 2, 2, 1], 1),  # 440 ÷ 5 = 88
    ("{平均至少: 60.5}", [3, 3, 0, 0, 0], 1),  # 60
    ("{平均至少: 60, 平均至多: 85}", [3, 3, 0, 0, 0], 0),
    ("{平均至多: 85}", [0, 0, 0, 0, 0], 0),  # nothing marked has no mean
    ("{合计至多: 90, 分别按: [对象]}", [1, 2, 1, 3, 4], 2),  # A and C are given 100 each
]


def sheet(rule: str) -> Style:
    written = f"{{主体: 同事, 内容: 总体评价, {rule[1:-1]}, 超出时: 不收}}"
    scheme = load_scheme(host("总评得分").replace("计算:", f"填写要求:\n  规则: {written}\n计算:"), "x.yml")
    roster = [RosterSubject(one, one, "甲", {"类别": "大"}) for one in "ABCDE"]
    return next(style for style in build_styles(scheme, roster, []) if style.group == "同事")


@pytest.mark.parametrize(("rule", "marks", "broken"), SHEETS)
def test_a_limit_over_a_whole_sheet(rule: str, marks: list[int], broken: int) -> None:
    assert sum(verdict.broken for verdict in judge(sheet(rule).limits, marks)) == broken


def test_halves_add_up_exactly() -> None:
    # 4.5 + 4.5 + 1 = 10 of ten to share out; whole numbers alone would have made it 9.
    text = HOST.replace("  总体: {", "  份额: {形式: 分配, 从: 0, 到: 10, 间隔: 0.5}\n  总体: {")
    text = host("总评得分").replace(HOST, text).replace("能: 总体", "能: 份额")
    scheme = load_scheme(
        text.replace("计算:", "填写要求:\n  分完: {主体: 领导, 内容: 能, 合计: 10, 超出时: 不收}\n计算:"), "x.yml"
    )
    codes = {choice.value: choice.code for choice in scheme.scales["份额"].choices}
    roster = [RosterSubject(one, one, "甲", {"类别": "大"}) for one in "ABC"]
    style = next(style for style in build_styles(scheme, roster, []) if style.group == "领导")
    shares = iter((Fraction(9, 2), Fraction(9, 2), Fraction(1)))
    marks = [codes[next(shares)] if slot.item == "能" else 1 for slot in style.slots]
    assert [verdict.broken for verdict in judge(style.limits, marks)] == [False]


def test_a_window_goes_back_from_the_counted_period_whoever_has_results() -> None:
    # 2026 is counted: the two years before are 2025 and 2024. B has no result of 2024, and none of 2023 slides in.
    text = host("{平均: 往年得分, 沿: 时期, 缺者: 不评}").replace("{往年得分: ,", "{往年得分: {往前: 2},")
    cells = evaluate(load_scheme(text, "x.yml").plan, EVIDENCE).tables["例"].cells
    assert (cells["A",], cells["B",]) == (Fraction(85), Missing(Reason.NO_RESULT))


DECIDED = """
方案: 由人定
版本: 2026-01-01
约定: 常用约定
名册栏目: {职务: [正职, 副职]}
事项: {加分: {计: 数额, 从: 1, 到: 5}}
集体研究: {酌情扣分: {从: 0, 到: 3, 间隔: 0.5, 范围: {职务: 正职}}}
计算:
  扣: {补缺: 酌情扣分, 以: 0}
  得分: 80 + 加分 − 扣
结果: {列: [得分]}
"""
SUBJECTS = "id,职务\nA,正职\nB,副职\n"
NAMED = "subject,decision,choice,decider,reason,date\n"
EVENTS = "subject,event,date,amount\n"


def folder(path: Path, decisions: str, events: str) -> dict[str, Value]:
    tables = {"scheme.yml": DECIDED, "subjects.csv": SUBJECTS, "decisions.csv": NAMED + decisions, "events.csv": EVENTS + events}
    for name, text in tables.items():
        (path / name).write_text(text, encoding="utf-8")
    read = read_folder(path, period="2026")
    table = evaluate(read.scheme.plan, read.evidence).tables["得分"]
    return {key[0]: value for key, value in table.cells.items()}


def test_people_decide_a_number_within_its_range_about_those_it_is_about(tmp_path: Path) -> None:
    # 80 + 5 − 2.5 = 82.5; nobody decides about the deputy: 80 + 1 − 0.
    decided = "A,酌情扣分,2.5,committee,seen,2026-05-01\n"
    assert folder(tmp_path, decided, "A,加分,2026-03-01,5\nB,加分,2026-03-01,1\n") == {"A": Fraction(165, 2), "B": Fraction(81)}


@pytest.mark.parametrize(
    ("decisions", "events", "code"),
    [
        ("A,酌情扣分,3.5,committee,seen,2026-05-01\n", "A,加分,2026-03-01,5\n", "unknown-word"),  # three at most
        ("B,酌情扣分,1,committee,seen,2026-05-01\n", "A,加分,2026-03-01,5\n", "not-asked"),  # only about principals
        ("A,酌情扣分,1,committee,seen,2026-05-01\n", "A,加分,2026-03-01,6\n", "out-of-range"),  # five at most for one event
    ],
)
def test_what_lies_beyond_is_refused(decisions: str, events: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(SchemeProblems) as told:
        folder(tmp_path, decisions, events)
    assert [one.code for one in told.value.problems] == [code]


REFUSED = [
    ("{判断: 类别 > 大}", "grades-unordered"),  # a fact has no order
    ("{判断: 总评等次 > 好}", "grade-none-beyond"),  # nothing is better
    ("{乘方: 目标得分, 次: 1/2000, 方式: 舍去, 精度: 1}", "rule-value"),
    ("{最大者: {好: 优秀率}, 等次并列: 就低}", "rule-value"),
]


@pytest.mark.parametrize(("written", "code"), REFUSED)
def test_what_cannot_be_meant_is_told(written: str, code: str) -> None:
    with pytest.raises(SchemeProblems) as told:
        load_scheme(host(written), "x.yml")
    assert [one.code for one in told.value.problems] == [code]


def test_a_sheet_s_sum_and_mean_are_two_rules() -> None:
    with pytest.raises(SchemeProblems) as told:
        sheet("{合计至多: 90, 平均至多: 80}")
    assert [one.code for one in told.value.problems] == ["limit-two"]
