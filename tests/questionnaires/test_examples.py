"""The hand-worked cases beside the shipped schemes: each comes out as worked, and fails when its rule is taken out.

What is expected stands typed in `examples.yml`, with the calculation in words; nothing there was produced by the code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from questionnaires.cases import EXAMPLES_FILE, Case, differences, holds_cases, read_cases, take_out, uncovered
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from questionnaires.shipped import HOME
from survey_app.cli.scheme import check
from tests.support.tongues import chinese, english

#: The five published systems, by the first word of their folders' names; one system may be several folders.
SYSTEMS = ("yinzhou", "qixingguan", "zhangcunping", "bortala", "changchun")
FOLDERS = {f"{path.parent.parent.name}/{path.parent.name}": path.parent for path in sorted(HOME.glob("*/[0-9]*/scheme.yml"))}
WITH_CASES = {key: folder for key, folder in FOLDERS.items() if (folder / EXAMPLES_FILE).is_file()}


@cache
def scheme_of(key: str) -> Scheme:
    path = FOLDERS[key] / "scheme.yml"
    return load_scheme(path.read_text(encoding="utf-8"), f"{key}/scheme.yml")


@cache
def cases_of(key: str) -> tuple[Case, ...]:
    path = FOLDERS[key] / EXAMPLES_FILE
    return read_cases(path.read_text(encoding="utf-8"), scheme_of(key), f"{key}/{EXAMPLES_FILE}")


def readable(key: str) -> tuple[Case, ...]:
    """The cases, or none where the file has problems: then the first test below says which."""
    try:
        return cases_of(key)
    except SchemeProblems:
        return ()


ALL = [(key, at) for key in WITH_CASES for at in range(len(readable(key)))]
RULES = [(key, at, rule) for key, at in ALL for rule in cases_of(key)[at].rules]


def named(key: str, at: int) -> str:
    return f"{key}: {cases_of(key)[at].name}"


@pytest.mark.parametrize("key", WITH_CASES)
def test_scheme_and_cases_read_without_a_problem(key: str) -> None:
    assert cases_of(key)


@pytest.mark.parametrize(("key", "at"), ALL, ids=[named(*one) for one in ALL])
def test_the_case_comes_out_as_worked_by_hand(key: str, at: int) -> None:
    assert [(one.where, one.expected, one.actual) for one in differences(cases_of(key)[at], scheme_of(key))] == []


@pytest.mark.parametrize(("key", "at", "rule"), RULES, ids=[f"{named(key, at)}: {rule}" for key, at, rule in RULES])
def test_the_case_fails_when_the_rule_is_taken_out(key: str, at: int, rule: str) -> None:
    case = cases_of(key)[at]
    assert differences(case, take_out(scheme_of(key), case, rule, key)), f"{rule} decides nothing in “{case.name}”"


@pytest.mark.parametrize("key", [key for key in FOLDERS if key.split("/")[0].split("-")[0] in SYSTEMS])
def test_every_tier_and_flag_of_a_published_system_stands_in_a_case(key: str) -> None:
    assert key in WITH_CASES, f"{key} has no {EXAMPLES_FILE}"
    assert uncovered(scheme_of(key), cases_of(key)) == ()


def test_each_of_the_five_systems_is_there() -> None:
    assert {key.split("/")[0].split("-")[0] for key in WITH_CASES} >= set(SYSTEMS)


def test_no_case_stands_on_nothing() -> None:
    idle = [(key, case.name) for key in WITH_CASES for case in readable(key) if not case.rules or not case.working]
    assert idle == []


# --- the runner itself, on a scheme of ten lines

TEN = """
方案: 小例
版本: 2026-01-01
约定: 常用约定
选项: {总体: {好: 100, 中: 60, 差: 0}}
评议主体: {领导: , 同事: {只评本单位: 是}}
测评内容: {总体评价: 总体}
测评表: [{主体: [领导, 同事], 填: 总体评价}]
填写要求: {限好: {主体: 领导, 内容: 总体评价, 等次: 好, 至多: 1, 超出时: 不收}}
计算:
  均分: {平均分: 总体评价}
  得分: {按主体加权: 均分, 权重: {领导: 60, 同事: 40}}
  差票率: {占比: 差, 项目: 总体评价}
  整改: {判断: 差票率 >= 1/3}
  等次: {分段: 得分, 各段: {80 以上: 优, 其余: 可}}
  定等: {不高于: 等次, 限度: 可, 当: 整改}
结果: {列: [得分], 分主体: [均分], 等次: [定等], 提示: [整改]}
"""
#: Leaders 好 好 → 100; colleagues 好 差 → 50; 0.6·100 + 0.4·50 = 80; 1 of 4 is 差.
#: With one more 差: colleagues 100/3; 60 + 40/3 = 220/3; 2 of 5 are 差.
CASE = """
案例:
  - 名称: 甲
    规则: [RULES]
    对象: {P: {}}
    票:
      - {主体: 领导, 份数: 2, P: {总体评价: 好}}
      - {主体: 同事, P: {总体评价: 好}}
      - {主体: 同事, 份数: TIMES, P: {总体评价: 差}}
    算: 见上
    结果: {得分: {P: SCORE}, 均分 @ 领导: {P: 100}, 定等: {P: GRADE}, 整改: {P: FLAG}}
"""
SMALL = load_scheme(TEN, "ten.yml")


def case(rules: str, times: str, score: str, grade: str, flag: str) -> Case:
    text = CASE.replace("RULES", rules).replace("TIMES", times).replace("SCORE", score)
    return read_cases(text.replace("GRADE", grade).replace("FLAG", flag), SMALL, "cases.yml")[0]


def test_right_figures_pass_and_each_wrong_one_is_told_with_what_came_out() -> None:
    assert differences(case("得分", "1", "80", "优", "否"), SMALL) == ()
    assert differences(case("得分", "2", "220/3", "可", "是"), SMALL) == ()
    told = differences(case("得分", "1", "80.01", "可", "缺"), SMALL)
    assert [(one.where, one.expected, one.actual) for one in told] == [
        ("得分（P）", "80.01", "80"),
        ("定等（P）", "可", "优"),
        ("整改（P）", "缺", "否"),
    ]


@pytest.mark.parametrize("rule", ["整改", "定等", "得分", "差票率"])
def test_a_rule_on_which_the_case_stands_is_missed_when_it_is_gone(rule: str) -> None:
    # With 60:40 a third of 差 leaves the score below 80 by itself; 90:10 keeps it up, so that the cap alone makes it 可.
    text = TEN.replace("领导: 60, 同事: 40", "领导: 90, 同事: 10")
    scheme = load_scheme(text, "ten.yml")
    found = case(rule, "2", "280/3", "可", "是")  # 0.9·100 + 0.1·100/3 = 90 + 10/3 = 280/3, capped by 2/5 ≥ 1/3
    assert differences(found, scheme) == ()
    assert differences(found, take_out(scheme, found, rule, "ten.yml")) != ()


def test_a_rule_on_which_nothing_stands_is_found_out() -> None:
    found = case("整改", "1", "80", "优", "否")  # 1/4 < 1/3: never true changes nothing
    assert differences(found, take_out(SMALL, found, "整改", "ten.yml")) == ()


def test_a_weight_is_taken_out_by_its_place_and_the_lines_not_written_are_blank() -> None:
    text = """
案例:
  - 名称: 权重
    规则: [计算.得分.权重]
    取出: {计算.得分.权重: {领导: 50, 同事: 50}}
    对象: {P: {}, Q: {单位: 乙}}
    票:
      - {主体: 领导, P: {总体评价: 好}, Q: {总体评价: 差}}
      - {主体: 领导, Q: {总体评价: 好}}
      - {主体: 同事, P: {总体评价: 差}}
    算: 领导 100、同事 0：60；领导的第二张没有填 P，有效票 3 张里 1 张差。
    结果: {得分: {P: 60}, 差票率: {P: 1/3}}
"""
    found = read_cases(text, SMALL, "cases.yml")[0]
    assert differences(found, SMALL) == ()
    taken = take_out(SMALL, found, "计算.得分.权重", "ten.yml")
    assert [(one.where, one.actual) for one in differences(found, taken)] == [("得分（P）", "50")]


def test_invalid_ballots_and_heads_are_in_the_books_and_in_no_share() -> None:
    rows = """  废票: {人数: 无效, 主体: 领导}
  领导发出: {人数: 发出, 主体: 领导}
  发出率: {算式: 领导发出 ÷ 10}
结果: {列: [得分, 废票, 发出率]"""
    scheme = load_scheme(TEN.replace("结果: {列: [得分]", rows), "ten.yml")
    text = """
案例:
  - 名称: 废票
    规则: [废票]
    对象: {P: {}}
    票:
      - {主体: 领导, P: {总体评价: 好}}
      - {主体: 领导, 份数: 3, 无效: 是, P: {总体评价: 差}}
    人数: [{主体: 领导, 发出: 5}]
    算: 4 张收回，3 张无效；发出 5 ÷ 10。
    结果: {废票: {P: 3}, 差票率: {P: 0}, 发出率: {P: 0.5}}
"""
    found = read_cases(text, scheme, "cases.yml")[0]
    assert differences(found, scheme) == ()
    assert differences(found, take_out(scheme, found, "废票", "ten.yml")) != ()


def test_a_ballot_rule_judges_one_ballot_and_lets_it_through_when_it_is_gone() -> None:
    text = """
案例:
  - 名称: 限额
    规则: [填写要求.限好]
    对象: {P: {}, Q: {}}
    一张票: {主体: 领导, P: {总体评价: 好}, Q: {总体评价: 好}}
    填写要求: {限好: 不收}
    算: 2 个好，至多 1 个。
"""
    found = read_cases(text, SMALL, "cases.yml")[0]
    assert differences(found, SMALL) == ()
    assert differences(found, take_out(SMALL, found, "填写要求.限好", "ten.yml")) != ()


def test_every_slip_of_the_pen_is_named_at_once() -> None:
    text = """
案例:
  - 名称: 错
    规则: [得分]
    对象: {P: {}}
    票:
      - {主体: 领岛, P: {总体评价: 好}}
      - {主体: 领导, P: {总体评价: 很好, 德: 好}, R: {总体评价: 好}}
      - {主体: 领导, P: {总体评价: 很好, 德: 好}}
    算: 无
    结果: {得分: 80, 均分: {P: 1}, 均分 @ 领道: {P: 1}, 定等: {P: 良}, 得份: {P: 1}, 差票率: {P: 一半}}
"""
    with pytest.raises(SchemeProblems) as caught:
        read_cases(text, SMALL, "cases.yml")
    codes = [one.code for one in caught.value.problems]
    assert sorted(codes) == sorted(
        [
            "unknown-name",
            "unknown-name",
            "case-mark",
            "case-not-on-form",  # 领岛, R, 很好, 德
            "case-labels",
            "case-labels",
            "unknown-name",
            "case-value",
            "unknown-name",
            "case-value",
        ]
    )
    assert all(one.what(chinese) and one.what(english) and one.line for one in caught.value.problems)


def test_the_clerk_sees_each_case_that_comes_out_differently_with_both_values(tmp_path: Path) -> None:
    right = CASE.replace("RULES", "得分").replace("TIMES", "1").replace("GRADE", "优").replace("FLAG", "否")
    (tmp_path / "scheme.yml").write_text(TEN, encoding="utf-8")
    (tmp_path / EXAMPLES_FILE).write_text(right.replace("SCORE", "80"), encoding="utf-8")
    for path in (tmp_path, tmp_path / EXAMPLES_FILE):  # a folder of a scheme and its cases needs no tables
        done = CliRunner().invoke(check, [str(path)], catch_exceptions=False)
        assert (done.exit_code, "1 个案例与手算一致" in done.output) == (0, True)
    (tmp_path / EXAMPLES_FILE).write_text(right.replace("SCORE", "81"), encoding="utf-8")
    done = CliRunner().invoke(check, [str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 1
    assert f"{tmp_path / EXAMPLES_FILE}:11:1: case-differs" in done.output
    assert "手算为 81，计算为 80" in done.output


def test_other_lists_of_examples_are_left_alone() -> None:
    assert holds_cases("# x\n案例:\n  - 名称: 甲\n")
    assert not holds_cases((HOME / "published/us-ses/examples.yml").read_text(encoding="utf-8"))
