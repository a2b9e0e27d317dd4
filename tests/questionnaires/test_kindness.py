"""A clerk's slips, one at a time and several at once: each is told once, where it stands, and nothing that only follows."""

from __future__ import annotations

import re

import pytest

from questionnaires import SchemeProblems, load_scheme
from questionnaires.reference import PAGE
from tests.support.tongues import chinese, english

TEN, _, CLASSES, PARTS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[:4]

# what slipped, what stood there, what stands there now, "line code" of every problem
TEN_LINES: list[tuple[str, list[tuple[str, str]], list[str]]] = [
    ("a weight was forgotten", [(", 同事: 40}", "}")], ["10 weight-missing"]),
    ("a group is misspelled on the form", [("主体: [领导, 同事], 填", "主体: [领导, 同亊], 填")], ["7 unknown-name"]),
    ("a group is misspelled among the weights", [("权重: {领导", "权重: {领到")], ["10 unknown-name"]),
    ("a line stands one space too deep", [("  主体均分:", "   主体均分:")], ["10 indentation"]),
    ("a line stands two spaces too far out", [("  得分: {按", "得分: {按")], ["11 indentation"]),
    ("a Chinese comma", [("领导: 60, 同事", "领导: 60， 同事")], ["10 full-width"]),
    ("a Chinese colon", [("版本: 2026", "版本：2026")], ["2 full-width"]),
    ("no space after a colon", [("版本: 2026", "版本:2026")], ["2 colon-space"]),
    ("no space after two colons", [("领导: 60, 同事: 40", "领导:60, 同事:40")], ["10 colon-space", "10 colon-space"]),
    ("a quantity is misspelled among the results", [("列: [得分", "列: [得份")], ["13 unknown-name"]),
    ("a whole section is misspelled", [("评议主体:", "评议主休:")], ["5 unknown-key"]),
    ("a rule is misspelled", [("{平均分:", "{平圴分:")], ["9 no-rule"]),
    ("a parameter is misspelled", [("权重: {", "权重值: {")], ["10 unknown-key"]),
    ("a grade is misspelled", [("{占比: 不称职,", "{占比: 不称识,")], ["11 grade-unknown"]),
    ("a brace is lost", [("同事: 40}}", "同事: 40}")], ["11 open-bracket"]),
    ("a date with slashes", [("2026-01-01", "2026/1/1")], ["2 want-date"]),
    ("an English yes", [("署名: 是", "署名: yes")], ["5 yes-word"]),
    ("a weight in words", [("领导: 60", "领导: 六十")], ["10 want-number"]),
    ("the policy was left out", [("约定: 常用约定\n", "")], ["1 missing-key"]),
    ("a tab", [("  得分", "\t得分")], ["10 tab"]),
    (
        "five slips at once",
        [
            ("基本称职: 60", "基本称职: 90"),
            ("署名: 是", "署名: 对"),
            ("同事: 40", "同事: 30"),
            ("不称职率 >=", "不称职律 >="),
            ("列: [得分", "列: [得份"),
        ],
        ["4 scale-order", "5 want-yes", "10 weights-sum", "12 unknown-name", "13 unknown-name"],
    ),
]
WHOLE: list[tuple[str, list[tuple[str, str]], list[str]]] = [
    ("a value of a fact is misspelled", [("{类别: 小镇, 值: 0.9}", "{类别: 小真, 值: 0.9}")], ["unknown-name"]),
    ("a fact is misspelled in a row of weights", [("{职务: 班子, 实绩", "{职物: 班子, 实绩")], ["unknown-name"]),
    ("one case was forgotten", [("      - {当: 职务 = 正职, 取: 本班子目标}\n", "")], ["rows-gap"]),
    ("an event is misspelled in a condition", [("通报批评 >= 1", "通报批平 >= 1")], ["unknown-name"]),
    ("a column was renamed where it is declared", [("  分管得分: {范围", "  分管成绩: {范围")], ["unknown-name"]),
    ("a quantity was renamed where it is defined", [("  民主得分: {按", "  民主评分: {按")], ["unknown-name"]),
    ("a sign too many", [("综合 + 附加分", "综合 ++ 附加分")], ["formula"]),
    ("quotas that hold not everybody", [("良好: 约 50%, 一般: 其余", "良好: 至多 50%, 一般: 至多 20%")], ["tiers-short"]),
    ("a limit that is no grade", [("限度: 良好", "限度: 良")], ["grade-unknown"]),
    (
        "five slips at once",
        [
            ("{类别: 小镇, 值: 0.9}", "{类别: 小真, 值: 0.9}"),
            ("目标得分 × 系数", "目标的分 × 系数"),
            ("实绩: 60, 民主得分: 40", "实绩: 60, 民主得分: 30"),
            ("主体: [领导, 干部], 填", "主体: [领导, 干布], 填"),
            ("比较范围: [职务]", "比较范围: [职位]"),
        ],
        ["unknown-name", "unknown-name", "unknown-name", "unknown-name", "weights-sum"],
    ),
]


def told(text: str, slips: list[tuple[str, str]]) -> SchemeProblems:
    for right, wrong in slips:
        assert right in text
        text = text.replace(right, wrong, 1)
    with pytest.raises(SchemeProblems) as caught:
        load_scheme(text, "x.yml")
    return caught.value


@pytest.mark.parametrize(("said", "slips", "expected"), TEN_LINES, ids=[row[0] for row in TEN_LINES])
def test_a_slip_in_ten_lines_is_told_once_and_where_it_is(said: str, slips: list[tuple[str, str]], expected: list[str]) -> None:
    problems = told(TEN, slips).problems
    assert [f"{one.line} {one.code}" for one in problems] == expected, [one.sentence() for one in problems]


@pytest.mark.parametrize(("said", "slips", "expected"), WHOLE, ids=[row[0] for row in WHOLE])
def test_a_slip_in_a_whole_method_is_told_once(said: str, slips: list[tuple[str, str]], expected: list[str]) -> None:
    problems = told(PARTS, slips).problems
    assert sorted(one.code for one in problems) == expected, [one.sentence() for one in problems]


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        (("领导, 同事], 填", "领到, 同事], 填"), "领导"),
        (("列: [得分", "列: [得份"), "得分"),
        (("评议主体:", "评议主休:"), "评议主体"),
    ],
)
def test_a_misspelling_names_what_was_probably_meant(slip: tuple[str, str], meant: str) -> None:
    (one,) = told(TEN, [slip]).problems
    assert f"是否想写“{meant}”？" in one.remedy(chinese)
    assert f"Did you mean “{meant}”?" in one.remedy(english)


def test_a_name_missed_at_several_places_is_one_problem_that_names_the_lines() -> None:
    text = PARTS.replace("  附加分: {从", "  加分: {从")
    text = text.replace("  末位: {判断", "  加后: 附加分 + 1\n  末位: {判断").replace("列: [总分,", "列: [总分, 加后,")
    (one,) = told(text, []).problems
    assert one.code == "unknown-name"
    line = next(at for at, row in enumerate(text.splitlines(), 1) if "加后:" in row)
    assert f"（第 {line} 行也有。）" in one.what(chinese)


# two cases under 互不重叠, and whether both can claim one situation
CASES = [
    ("职务 = 正职 且 综合 >= 90", "职务 = 正职 且 综合 >= 80", True),
    ("职务 = 正职 且 综合 >= 90", "职务 = 副职 且 综合 >= 80", False),
    ("职务 = 正职 且 综合 >= 90", "职务 = 正职 且 综合 < 90", False),
    ("职务 = 正职 且 综合 >= 90", "综合 > 95", True),
    ("职务 = 正职 且 综合 > 1/2", "职务 = 正职 且 综合 <= 1/2", False),
    ("职务 = 正职 且 综合 >= 1/2", "职务 = 正职 且 综合 <= 1/2", True),
    ("职务 = 正职 且 综合 >= 90 且 通报批评 >= 1", "职务 = 正职 且 综合 >= 95", True),
    ("综合 >= 90", "通报批评 >= 1", False),  # may both hold or not: nothing is proved, and the order decides
]


@pytest.mark.parametrize(("one", "other", "both"), CASES)
def test_two_cases_over_several_facts_that_claim_one_situation_are_found(one: str, other: str, both: bool) -> None:
    case = f"  补: {{分情况: [{{当: {one}, 取: 1}}, {{当: {other}, 取: 2}}, {{其余: 0}}]}}\n"
    text = PARTS.replace("  末位: {判断", f"{case}  末位: {{判断").replace("列: [总分,", "列: [总分, 补,")
    if both:
        assert [problem.code for problem in told(text, []).problems] == ["cases-overlap"]
    else:
        assert load_scheme(text, "x.yml").quantities["补"]
