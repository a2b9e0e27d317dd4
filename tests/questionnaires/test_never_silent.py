"""What once changed a result without a word, of tables, cases, bases, periods and events: worked by hand, or told.

The small town's figures stand in `small_town`: 总评得分 is A 274/3, B 200/3, C 38.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import evaluate
from analysis.evidence import Event, Evidence, Heads, Past, RatedSubject
from analysis.reasons import Reason
from analysis.values import Missing
from questionnaires.folder.reader import read_folder
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from survey_app.cli.scheme import check
from tests.towns.small_answers import PEOPLE, STAFF, codes, counted, folder, refused
from tests.towns.small_town import EVIDENCE


# --- L2: tables that are missing or empty, L3: head-counts that contradict
def test_no_ballots_are_no_nought_of_forty_six(tmp_path: Path) -> None:
    heads = "group,unit,entitled\nstaff,u,46\n"
    assert folder(tmp_path, STAFF, subjects=PEOPLE, heads=heads) == ["no-table"]
    assert folder(tmp_path, STAFF, subjects=PEOPLE, heads=heads, ballots="group,unit,mark\n") == ["table-empty"]
    assert folder(tmp_path, STAFF, subjects=PEOPLE, heads=heads, ballots="group,unit,count,mark\nstaff,u,46,competent\n") == []


def test_ten_ballots_of_five_entitled_with_three_slips_are_told(tmp_path: Path) -> None:
    ten = "group,unit,count,mark\nstaff,u,10,incompetent\n"
    heads = "group,unit,entitled,issued\nstaff,u,5,3\n"
    assert folder(tmp_path, STAFF, subjects=PEOPLE, ballots=ten, heads=heads) == ["heads-contradict", "heads-contradict"]
    sound = "group,unit,entitled,issued,returned\nstaff,u,12,11,10\n"
    assert folder(tmp_path, STAFF, subjects=PEOPLE, ballots=ten, heads=sound) == []


def test_a_share_above_one_is_a_finding_where_no_folder_was_read() -> None:
    # Three colleagues and two leaders answered; the office typed one entitled in each group: C has 2 不称职 of 2, A 0 of 2.
    heads = tuple(Heads(group=group, unit="", entitled=1) for group in ("领导", "同事"))
    report = counted("{占比: [优秀, 称职], 项目: 总体评价, 基数: 应到人数}", replace(EVIDENCE, heads=heads))
    assert report.tables["例"].cells["A",] == Fraction(5, 2)
    assert ("share_above_one", "A · B") in codes(report)


# --- L1: cases
def test_two_cases_over_different_quantities_that_both_hold_are_told() -> None:
    # A: 总评得分 274/3 >= 60, and 目标得分 95 >= 90. B: 200/3 >= 60, 80 is under 90. C: 38 is under 60, no 目标得分.
    cases = "{分情况: [{当: 总评得分 >= 60, 取: 1}, {当: 目标得分 >= 90, 取: 2}, {其余: 3}], 规则先后: 互不重叠}"
    report = counted(cases)
    assert report.tables["例"].cells["A",] == 1
    assert ("cases_overlap", "A") in codes(report)
    assert "cases_overlap" not in dict(codes(counted(cases.replace("互不重叠", "先中先定"))))


def test_a_gap_between_cases_is_told_when_the_file_is_read() -> None:
    gap = "{分情况: [{当: 总评得分 >= 90, 取: 1}, {当: 总评得分 < 60, 取: 2}]}"
    assert refused(gap) == ["cases-gap"]
    assert refused(gap.replace("取: 2}]", "取: 2}, {其余: 3}]")) == []
    assert refused("{分情况: [{当: 总评得分 >= 60, 取: 1}, {当: 总评得分 <= 60, 取: 2}], 规则先后: 互不重叠}") == [
        "cases-overlap"
    ]


def test_a_subject_whom_no_case_claims_is_named() -> None:
    report = counted("{分情况: [{当: 总评得分 >= 60, 取: 1}, {当: 目标得分 >= 100, 取: 2}], 规则先后: 先中先定}", WITH_TARGETS)
    assert isinstance(report.tables["例"].cells["C",], Missing)
    assert ("no_case", "C") in codes(report)


WITH_TARGETS = replace(
    EVIDENCE, components=(*EVIDENCE.components, replace(EVIDENCE.components[0], subject="C", value=Fraction(50)))
)


# --- L4: bases
def test_a_share_over_items_of_different_groups_is_of_the_ballots_that_ask_each(tmp_path: Path) -> None:
    # Ten staff are asked conduct, thirty residents service. All ten say good: 10 of 10, and 15 of 30.
    scheme = """
scheme: two groups
version: 2026-01-01
policy: common policy
scales: {grade: {good: 100, bad: 0}}
groups: {staff: {}, residents: {}}
items: {conduct: grade, service: grade}
forms: [{group: staff, ask: conduct}, {group: residents, ask: service}]
quantities:
  good: {share of: good, item: [conduct, service], base: BASE}
results: {by item: good}
"""
    tables = {
        "subjects": "id\nA\n",
        "ballots": "group,count,mark\nstaff,10,good\nresidents,15,good\nresidents,15,bad\n",
        "heads": "group,entitled,issued\nstaff,20,10\nresidents,60,30\n",
    }
    for base, conduct, service in (
        ("valid", "1", "1/2"),
        ("returned", "1", "1/2"),
        ("issued", "1", "1/2"),
        ("entitled", "1/2", "1/4"),
    ):
        assert folder(tmp_path, scheme.replace("BASE", base), **tables) == []
        read = read_folder(tmp_path)
        cells = evaluate(read.scheme.plan, read.evidence).tables["good"].cells
        assert cells == {("A", "conduct"): Fraction(conduct), ("A", "service"): Fraction(service)}, base


def test_a_head_count_that_holds_the_rater_themselves_is_told(tmp_path: Path) -> None:
    # Ann, Bob and Cy rate each other: nine of three entitled would be wrong, two of three is what can be reached.
    scheme = STAFF.replace("own unit: true", "own unit: true, rated: true")
    subjects = "id,name,unit\nA,Ann,u\nB,Bob,u\nC,Cy,u\n"
    no = "incompetent"
    ballots = f"group,unit,rater,A,B,C\nstaff,u,A,,{no},{no}\nstaff,u,B,{no},,{no}\nstaff,u,C,{no},{no},\n"
    heads = "group,unit,entitled\nstaff,u,3\n"
    assert folder(tmp_path, scheme, subjects=subjects, ballots=ballots, heads=heads) == []
    read = read_folder(tmp_path)
    report = evaluate(read.scheme.plan, read.evidence)
    assert report.tables["share"].cells["A",] == Fraction(2, 3)
    assert ("own_ballot_in_base", "A · B · C") in codes(report)


# --- L9, L17: earlier results
PAST = """
scheme: years
version: 2026-01-01
policy: common policy
earlier results: {score of a year: {take: score, latest: 3}}
quantities: {mean of three: {mean of: score of a year, along: period}}
results: {columns: mean of three}
"""


def history(**years: str) -> str:
    return "period,subject,quantity,value\n" + "".join(
        f"{year[1:].replace('_', '-')},A,score,{score}\n" for year, score in years.items()
    )


def test_an_older_year_does_not_slide_in_for_one_that_is_missing(tmp_path: Path) -> None:
    def found(text: str) -> list[str]:
        return folder(tmp_path, PAST, subjects="id\nA\n", history=text)

    assert found(history(_2023="80", _2024="82", _2025="90")) == []
    assert found(history(_2022="80", _2023="82", _2025="90")) == ["period-gap"]
    assert found(history(_2023="80", _2024="82", _last="90")) == ["periods-unlike"]
    assert found("period,subject,quantity,value\n") == ["table-without-rows"]
    assert found("period,subject,quantity,value\n无,,,\n") == []


def test_the_year_counted_and_later_ones_are_no_earlier_results(tmp_path: Path) -> None:
    assert (
        folder(tmp_path, PAST, subjects="id\nA\n", history=history(_2015="80", _2016="82", _2017="90", _2018="70", _2019="60"))
        == []
    )
    with pytest.raises(SchemeProblems) as bad:
        read_folder(tmp_path, "2017")
    assert [one.code for one in bad.value.problems] == ["period-not-earlier"]
    read = read_folder(tmp_path, "2020")
    assert [one.code for one in evaluate(read.scheme.plan, read.evidence).findings] == ["period_outside"]  # 2015 and 2016


def past_of(*rows: tuple[str, str, int]) -> Evidence:
    past = tuple(Past(period=period, subject=one, quantity="score", value=Fraction(score)) for period, one, score in rows)
    return Evidence(subjects=(RatedSubject("A"), RatedSubject("B")), past=past)


def test_latest_three_of_two_years_is_not_rated() -> None:
    plan = load_scheme(PAST, "x.yml").plan
    assert evaluate(plan, past_of(("2024", "A", 80), ("2025", "A", 90))).tables["mean of three"].cells["A",] == Missing(
        Reason.NO_RESULT
    )
    three = past_of(("2023", "A", 70), ("2024", "A", 80), ("2025", "A", 90), ("2025", "B", 90))
    assert evaluate(plan, three).tables["mean of three"].cells == {("A",): Fraction(80), ("B",): Missing(Reason.NO_RESULT)}
    nought = load_scheme(PAST.replace("along: period", "along: period, if missing: zero"), "x.yml").plan
    # 80 and 90 of three years, the third as nought: 170 ÷ 3.
    assert evaluate(nought, past_of(("2024", "A", 80), ("2025", "A", 90))).tables["mean of three"].cells["A",] == Fraction(170, 3)


# --- L5: events
def test_an_amount_is_added_up_where_the_file_says_so_and_told_where_it_is_only_counted() -> None:
    two = replace(EVIDENCE, events=(Event(subject="A", kind="通报批评", on="2026-03-01", amount=Fraction(3)),))
    report = counted("通报批评 × 2", two)
    assert report.tables["例"].cells["A",] == 2
    assert ("amount_ignored", "A") in codes(report)
    summed = counted("通报批评 × 2", two, change=("事项: [通报批评, 立功]", "事项: {通报批评: {计: 数额}, 立功: }"))
    assert summed.tables["例"].cells["A",] == 6
    assert "amount_ignored" not in dict(codes(summed))


def test_days_outside_the_window_or_the_period_are_told() -> None:
    def on(*days: str) -> Evidence:
        return replace(EVIDENCE, events=tuple(Event(subject="A", kind="通报批评", on=day) for day in days))

    assert ("event_outside_period", "A") in codes(counted("通报批评 × 2", on("2025-12-31")))
    assert ("event_outside", "A") in codes(counted("{发生: 通报批评, 自: 2026-01-01}", on("2025-12-31")))
    assert not {code for code, _ in codes(counted("通报批评 × 2", on("2026-01-01", "2026-12-31"))) if code.startswith("event")}
    undated = replace(on("2025-12-31", "2026-01-01"), period="")
    assert ("events_of_several_years", "A") in codes(counted("通报批评 × 2", undated))
    assert refused("{发生: 通报批评, 自: 2026-12-31, 至: 2026-01-01}") == ["rule-value"]


def test_rows_that_nothing_reads_are_told() -> None:
    spare = replace(EVIDENCE, components=EVIDENCE.components[:1])  # 目标得分 of A, which only the second reads
    assert ("row_unread", "A") in codes(counted("总评得分 + 1", spare))
    assert ("row_unread", "A") not in codes(counted("目标得分 + 1", replace(spare, events=(), past=())))


def test_check_counts_the_tables_and_prints_what_is_to_be_looked_at(tmp_path: Path) -> None:
    tables = {"subjects": "id\nA\n", "history": history(_2021="60", _2023="80", _2024="82", _2025="90")}
    assert folder(tmp_path, PAST, **tables) == []
    told = CliRunner().invoke(check, [str(tmp_path), "--language", "en"])
    assert told.exit_code == 0
    assert "only the latest 3 periods are looked at; not used: 2021" in told.output
