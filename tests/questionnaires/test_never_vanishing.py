"""What once vanished or was read otherwise, of names, fillings, ties and nobody at all: worked by hand, or told.

The small town's figures stand in `small_town`: 总评得分 is A 274/3, B 200/3, C 38.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.evidence import Decision
from analysis.reasons import Reason
from analysis.values import Missing
from questionnaires.folder.reader import read_folder
from survey_app.cli.scheme import explain, score
from tests.towns.small_answers import PEOPLE, STAFF, codes, counted, folder, problems, refused, value
from tests.towns.small_town import EVIDENCE, host


# --- L6: names with the words and signs of formulas
def test_a_name_with_not_in_it_is_that_name() -> None:
    # 不信任票率 of C is 3/5 of five ballots: two 不称职 and one 基本称职.
    steps = ("not trusted: {占比: [不称职, 基本称职], 项目: 总体评价}",)
    assert value("{判断: not trusted > 1/2}", "C", steps=steps) is True
    both = (*steps, "trusted: {判断: 总评得分 > 50}")
    assert refused("{判断: not trusted > 1/2}", *both, "用: {判断: trusted}")[:1] == ["name-ambiguous"]


def test_grades_may_bear_not_and_plus_and_minus() -> None:
    bands = "{分段: 总评得分, 各段: {90 以上: A, 60 以上: B+, 30 以上: B-, 其余: not competent}}"
    assert [value(bands, one) for one in "ABC"] == ["A", "B+", "B-"]
    cases = "{分情况: [{当: 等 = B+, 取: 1}, {当: 等 = not competent, 取: 2}, {其余: 3}], 规则先后: 先中先定}"
    assert [value(cases, one, steps=(f"等: {bands}",)) for one in "ABC"] == [3, 1, 3]
    assert [value("{分情况: [{当: 总评得分 >= 60, 取: B-}, {其余: not competent}]}", one) for one in "AC"] == [
        "B-",
        "not competent",
    ]


# --- L7
def test_a_fact_named_like_its_value_is_not_compared_with_itself() -> None:
    fact = ("  类别: [大, 小]", "  类别: [大, 小]\n  并入: {取值: [并入, 保留], 必填: 否}")
    text = host("{判断: 并入 = 并入}").replace(*fact)
    assert problems(text) == ["two-meanings"]
    assert problems(text.replace("{判断: 并入 = 并入}", "{判断: '并入 = \"并入\"'}")) == []
    assert refused("{判断: 总评得分 >= 总评得分}") == ["with-itself"]


# --- L11
def test_the_mean_of_the_pool_fills_those_who_have_no_number() -> None:
    # 目标得分: A 95, B 80, C none. The mean of those who have one is 175/2; in the class 小 nobody has one.
    assert [value("{补缺: 目标得分, 以: {同类平均: 目标得分}}", one) for one in "ABC"] == [95, 80, Fraction(175, 2)]
    named = ("同类: {同类平均: 目标得分}",)
    assert value("{补缺: 目标得分, 以: 同类}", "C", steps=named) == Fraction(175, 2)
    assert isinstance(value("{补缺: 目标得分, 以: {同类平均: 目标得分, 范围: [类别]}}", "C"), Missing)
    assert refused("{补缺: 目标得分, 以: {同类最好: 目标得分}}") == ["fill-never"]


def test_a_line_that_a_share_can_never_reach_is_told() -> None:
    assert refused("{判断: 不称职率 < 50}") == ["share-bound"]
    assert refused("{判断: 不称职率 < 2}") == ["bound-beyond"]
    assert refused("{判断: 不称职率 < 50%}") == []
    assert refused("{判断: 总评得分 < 60%}") == ["percent-of-points"]
    assert refused("{判断: 总评得分 >= 600}") == ["bound-beyond"]


def test_a_decision_about_somebody_without_a_result_is_told() -> None:
    decided = replace(
        EVIDENCE,
        decisions=(Decision(subject="C", name="研究", choice="降", decider="会", reason="议定", on="2026-12-01"),),
    )
    body = "{分情况: [{当: 研究 = 降, 取: 目标得分 − 10}, {其余: 目标得分}]}"  # C has no 目标得分
    report = counted(body, decided, change=("计算:", "集体研究: {研究: [维持, 降]}\n计算:"))
    assert ("decision_idle", "C") in codes(report)


def test_ties_at_a_border_and_equal_remainders_are_told() -> None:
    # The best of 德 are A with 100; 能 of all: 80, 60, 0. A constant ties all three for one place.
    tied = counted("{分等次: 0 × 总评得分, 名额: {好: 至多 1, 中: 其余}}")
    found = [(one.code, one.parts["placed"], one.parts["wanted"]) for one in tied.findings if one.code == "tie_at_edge"]
    assert found == [("tie_at_edge", "3", "1")]
    # Half of three is 1.5 for either tier: the better one gets the odd place.
    halves = counted("{分等次: 总评得分, 名额: {好: 约 1/2, 中: 约 1/2}, 名额舍入: 最大余数}")
    assert [one.parts["grade"] for one in halves.findings if one.code == "remainders_equal"] == ["中"]


# --- L12
def test_the_default_base_of_a_mean_may_be_written_out() -> None:
    # C: one colleague left the line blank. Among those who answered 100 and 0: 50.
    assert value("{平均分: 总体评价}", "C", "同事") == value("{平均分: 总体评价, 基数: 有效作答}", "C", "同事") == 50
    assert value("{平均分: 总体评价, 基数: 有效票}", "C", "同事") == Fraction(100, 3)


# --- L13, L14, L16: nobody at all
def test_gathering_from_nobody_with_missing_as_nought_is_nought() -> None:
    # A and B belong to C; nobody belongs to A.
    assert value("{汇自: 总评得分, 经由: 班子编号, 怎样合: 平均, 缺者: 计零}", "A") == 0
    assert value("{汇自: 总评得分, 经由: 班子编号, 怎样合: 平均, 缺者: 计零}", "C") == 79  # (274/3 + 200/3) ÷ 2
    assert isinstance(value("{汇自: 总评得分, 经由: 班子编号, 怎样合: 平均, 缺者: 不评}", "A"), Missing)


SILENT = replace(
    EVIDENCE, batches=(replace(EVIDENCE.batches[0]), replace(EVIDENCE.batches[1], marks=EVIDENCE.batches[1].marks[:0]))
)


def test_a_single_rating_of_a_group_without_a_ballot_is_missing_and_can_be_filled() -> None:
    steps = ("均: {平均: 单票总评, 沿: 评议人}",)
    assert value("均 @ 同事", "A", evidence=SILENT, steps=steps) == Missing(Reason.NO_VALUES)
    assert value("{补缺: 均 @ 同事, 以: 60}", "A", evidence=SILENT, steps=steps) == 60
    assert value("若(缺(均 @ 同事), 1, 2)", "A", evidence=SILENT, steps=steps) == 1
    assert value("{补缺: {平均: 单票总评 @ 同事, 沿: 评议人}, 以: 60}", "A", evidence=SILENT) == 60
    assert value("{平均分: 总体评价, 去低: 1}", "A", "同事", evidence=SILENT) == Missing(Reason.NO_VALUES)
    assert ("no_ballots", "") in codes(counted("总评得分 + 1", SILENT))


def test_in_a_pool_of_one_nobody_is_beaten() -> None:
    # 大: A 274/3 and B 200/3; 小: C alone.
    beaten = "{个数: 总评得分 > 对, 沿: 对手, 只取: 总评得分 > 对}"
    steps = ("对: {对手之值: 总评得分, 范围: [类别]}",)
    assert [value(beaten, one, steps=steps) for one in "ABC"] == [1, 0, 0]
    assert value("{补缺: {合计: 对, 沿: 对手}, 以: 7}", "C", steps=steps) == 7
    assert value("{合计: 对, 沿: 对手, 缺者: 计零}", "C", steps=steps) == 0


# --- L15
def test_where_low_is_first_the_file_says_how_ties_are_broken() -> None:
    # 能 of the leaders: A 80, B 60, C 0. All are level on 0 × 总评得分.
    level = "{名次: 0 × 总评得分, 次序: 低者在前, 并列看: [能分]"
    steps = ("能分: {平均分: 能, 合并主体: 是}",)
    assert refused(level + "}", *steps) == ["open-order"]
    assert [value(level + ", 并列看次序: 高者在前}", one, steps=steps) for one in "ABC"] == [1, 2, 3]
    assert [value(level + ", 并列看次序: 低者在前}", one, steps=steps) for one in "ABC"] == [3, 2, 1]


# --- L10, L18, L8
def test_an_unknown_word_of_a_number_scale_is_told() -> None:
    scale = "选项:\n  十分: {形式: 打分, 从: 0, 到: 10, 间格: 0.5}"
    assert problems(host("总评得分 + 1").replace("选项:", scale, 1)) == ["unknown-key"]


@pytest.mark.parametrize(
    "section",
    [
        "events: [award]\nquantities: {m: award + 0}",
        "decisions: {ruling: [keep, lower]}\nquantities: {m: {filled: ruling, with: keep}}",
    ],
)
def test_a_method_of_events_or_decisions_alone_needs_no_form(section: str) -> None:
    assert problems(f"scheme: s\nversion: 2026-01-01\npolicy: common policy\n{section}\nresults: {{columns: m}}\n") == []


def test_a_mark_may_be_given_by_the_points_of_its_grade(tmp_path: Path) -> None:
    assert (
        folder(
            tmp_path, STAFF.replace(", base: entitled", ""), subjects=PEOPLE, ballots="group,unit,mark\nstaff,u,100\nstaff,u,0\n"
        )
        == []
    )
    assert read_folder(tmp_path).evidence.batches[0].marks.tolist() == [[1], [2]]


def test_explain_takes_a_quantity_beside_others_and_a_left_over_axis_is_told(tmp_path: Path) -> None:
    scheme = STAFF.replace("base: entitled}", "base: valid}, beside: {others' values: share}").replace(
        "columns: share", "columns: share, tiers: beside"
    )
    ballots = "group,unit,A,B\nstaff,u,competent,incompetent\n"
    assert folder(tmp_path, scheme, subjects="id,unit\nA,u\nB,u\n", ballots=ballots) == []
    assert CliRunner().invoke(score, [str(tmp_path)]).exit_code == 0
    told = CliRunner().invoke(explain, [str(tmp_path / "results"), "A", "beside", "--language", "en"])
    assert told.exit_code == 0, told.output
    rival = "对: {对手之值: 主体均分}"
    text = host("总评得分 + 1").replace("  例:", f"  {rival}\n  例:").replace("分主体: [主体均分,", "分主体: [对, 主体均分,")
    assert problems(text) == ["left-over-axis"]
