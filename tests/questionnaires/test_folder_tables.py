"""The other tables of a folder, and the files they come in: csv in two encodings, workbooks, wrong ones."""

from __future__ import annotations

import datetime as dt
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter

from analysis.evidence import Component, Decision, Event, Past
from questionnaires.folder.reader import read_evidence, read_folder
from questionnaires.folder.sheets import UNPACKED_MOST
from questionnaires.language.problems import SchemeProblems
from tests.towns.folder_town import SUBJECTS, TOWN, folder_of, problems_of


def test_subjects_have_their_facts_by_key_whatever_spelling_was_used(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, subjects="id,name,unit,position,team\nT,班子,村,正职,\nA,甲,村,deputy,T\n", units="unit,population\n村,1200\n"
    )
    assert [dict(subject.facts) for subject in folder.evidence.subjects] == [
        {"unit": "村", "人口": "1200", "职务": "正职"},
        {"unit": "村", "人口": "1200", "职务": "副职", "班子": "T"},
    ]
    assert folder.names == {"T": "班子", "A": "甲"}


def test_components_come_one_a_row_or_one_a_column(tmp_path: Path) -> None:
    long = folder_of(tmp_path, components="subject,component,value,origin\nA,目标分,87.5,考核办\nB,portfolio,1/3,\n")
    assert long.evidence.components == (
        Component(subject="A", name="目标分", value=Fraction(175, 2), origin="考核办"),
        Component(subject="B", name="分管分", value=Fraction(1, 3)),
    )
    wide = folder_of(tmp_path, components="对象,targets,分管分\nA,87.5,\nB,,1/3\n")
    assert [(one.subject, one.name, one.value) for one in wide.evidence.components] == [
        ("A", "目标分", Fraction(175, 2)),
        ("B", "分管分", Fraction(1, 3)),
    ]


def test_events_history_and_decisions_are_read(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        events="subject,event,date,amount,reason\nA,award,2026/3/5,,省级\nA,表彰,2026年3月5日,2,\n",
        history="period,subject,quantity,value\n2025,A,年度等次,优秀\n2024,A,年度等次,88.5\n",
        decisions="subject,decision,choice,decider,reason,date\nB,核实,属实,领导小组,查证,2026-12-01\n",
    )
    assert folder.evidence.events == (
        Event(subject="A", kind="表彰", on="2026-03-05", amount=Fraction(1), reason="省级"),
        Event(subject="A", kind="表彰", on="2026-03-05", amount=Fraction(2)),
    )
    assert folder.evidence.past == (
        Past(period="2025", subject="A", quantity="年度等次", value="优秀"),
        Past(period="2024", subject="A", quantity="年度等次", value=Fraction(177, 2)),
    )
    assert folder.evidence.decisions == (
        Decision(subject="B", name="核实", choice="属实", decider="领导小组", reason="查证", on="2026-12-01"),
    )


def test_every_wrong_cell_of_every_table_is_named_at_once(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        subjects="编号,单位,职务,班子\nA,一村,正职,\nA,一村,副职,\nB,一村,,\nC,一村,科员,\nD,一村,正职,Z\n",
        components="subject,目标分,分管分\nA,101,5\nA,八十,\nX,1,\n",
        events="subject,event,date,amount\nA,处分,2026-02-30,多\n",
        history="period,subject,quantity,value\n,A,旧分,1\n2025,A,年度等次,\n",
        decisions="subject,decision,choice,decider,reason,date\nA,核实,大概,张三,,2026-01-01\n",
        heads="group,unit,entitled\n代表,,多\n代表,,3\n",
    )
    assert found == [
        ("components.csv", 2, 2, "out-of-range"),
        ("components.csv", 2, 3, "not-asked"),
        ("components.csv", 3, 2, "not-number"),
        ("components.csv", 4, 1, "unknown-subject"),
        ("decisions.csv", 2, 3, "unknown-word"),
        ("decisions.csv", 2, 5, "empty-cell"),
        ("events.csv", 2, 2, "unknown-word"),
        ("events.csv", 2, 3, "not-date"),
        ("events.csv", 2, 4, "not-number"),
        ("heads.csv", 2, 3, "not-count"),
        ("heads.csv", 3, 1, "twice"),
        ("history.csv", 2, 1, "empty-cell"),
        ("history.csv", 2, 3, "unknown-word"),
        ("history.csv", 3, 4, "empty-cell"),
        ("subjects.csv", 3, 1, "twice"),
        ("subjects.csv", 4, 3, "empty-cell"),
        ("subjects.csv", 5, 3, "unknown-word"),
        ("subjects.csv", 6, 4, "unknown-subject"),
    ]


def test_a_sign_that_is_no_digit_makes_no_number(tmp_path: Path) -> None:
    # Compatible with 52 and with 12, as Unicode has it, and neither.
    assert problems_of(tmp_path, components="subject,目标分\nA,5²\n", heads="group,unit,entitled\n代表,,⑫\n") == [
        ("components.csv", 2, 2, "not-number"),
        ("heads.csv", 2, 3, "not-count"),
    ]


def test_a_day_may_come_with_a_time_of_day(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, events="subject,event,date\nA,award,2026-03-05 12:00:00\n")
    assert folder.evidence.events == (Event(subject="A", kind="表彰", on="2026-03-05", amount=Fraction(1)),)


def test_names_and_reasons_stay_as_they_are_written_and_codes_are_compared_folded(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        subjects="编号,名称,单位,职务\nＡ,甲（代）,一村,正职\n",
        events="subject,event,date,reason\nA,表彰,2026-03-05,省级（２）\n",
    )
    assert folder.names == {"A": "甲（代）"}
    assert folder.evidence.events == (Event(subject="A", kind="表彰", on="2026-03-05", amount=Fraction(1), reason="省级（２）"),)


def test_headings_are_checked(tmp_path: Path) -> None:
    assert problems_of(tmp_path, components="subject,目标,目标分\nA,1,2\n") == [("components.csv", 1, 2, "strange-column")]
    assert problems_of(tmp_path, components="subject,目标分,目标分\nA,1,2\n") == [("components.csv", 1, 3, "column-twice")]
    assert problems_of(tmp_path, components="subject,,目标分\nA,1,2\n") == [("components.csv", 1, 2, "no-heading")]
    assert problems_of(tmp_path, components="subject,目标分\nA,1,2\n") == [("components.csv", 2, 3, "long-row")]
    assert ("events.csv", 1, 0, "no-column") in problems_of(tmp_path, components="subject\n", events="subject,event\nA,表彰\n")


def test_a_spreadsheet_saved_in_china_and_one_with_semicolons_are_read(tmp_path: Path) -> None:
    (tmp_path / "对象.csv").write_bytes(SUBJECTS.encode("gb18030"))
    (tmp_path / "components.csv").write_bytes("subject;目标分\r\nA;８７．５\r\n".encode("utf-8-sig"))
    folder = read_evidence(TOWN, tmp_path)
    assert folder.names["A"] == "甲"
    assert folder.evidence.components[0].value == Fraction(175, 2)


def test_rows_are_numbered_by_the_lines_of_the_file(tmp_path: Path) -> None:
    table = '\nsubject,目标分,origin\n\nA,1,"two\nlines"\nB,x,\n'
    assert problems_of(tmp_path, components=table) == [("components.csv", 6, 2, "not-number")]


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()


def test_one_workbook_may_hold_every_table(tmp_path: Path) -> None:
    workbook(
        tmp_path / "材料.xlsx",
        {
            "说明": [["anything"]],
            "对象": [["编号", "名称", "单位", "职务"], ["A", "甲", "一村", "正职"]],
            "其他材料": [["对象", "目标分"], ["A", 87.35]],
            "事项": [["对象", "事项", "日期", "数量"], ["A", "表彰", dt.date(2026, 3, 5), 2]],
        },
    )
    folder = read_evidence(TOWN, tmp_path)
    # A double cannot hold 87.35; the cell means 87.35, and 1747/20 is exactly that.
    assert folder.evidence.components == (Component(subject="A", name="目标分", value=Fraction(1747, 20)),)
    assert folder.evidence.events == (Event(subject="A", kind="表彰", on="2026-03-05", amount=Fraction(2)),)


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, subjects="编号,名称,单位,职务\nA,=1+1,一村,正职\n")
    assert folder.names["A"] == "=1+1"


def test_files_that_are_no_table_are_named(tmp_path: Path) -> None:
    (tmp_path / "balots.csv").write_text("group\n")
    (tmp_path / "票.csv").write_text("group,A\n代表,优秀\n", encoding="utf-8")
    (tmp_path / "heads.xlsx").write_text("not a workbook")
    workbook(tmp_path / "more.xlsx", {"votes": [["group"], ["代表"]]})
    assert problems_of(tmp_path, ballots="group,A\n代表,优秀\n") == [
        ("balots.csv", 0, 0, "strange-file"),
        ("heads.xlsx", 0, 0, "bad-workbook"),
        ("more.xlsx", 0, 0, "strange-sheet"),
        ("票.csv", 0, 0, "table-twice"),
    ]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    workbook(tmp_path / "heads.xlsx", {"heads": [["group"], ["代表"]]})
    with zipfile.ZipFile(tmp_path / "heads.xlsx", "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(UNPACKED_MOST // (1 << 24) + 1):
            part.write(bytes(1 << 24))
    assert problems_of(tmp_path) == [("heads.xlsx", 0, 0, "file-too-big")]


def test_broken_text_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "heads.csv").write_bytes(b"group\n\xff\xff\xff\n")
    assert problems_of(tmp_path, events='subject,event,date\nA,"表彰\n') == [
        ("events.csv", 2, 0, "bad-csv"),
        ("heads.csv", 0, 0, "not-utf8"),
    ]


def test_a_folder_without_scheme_or_subjects_says_so(tmp_path: Path) -> None:
    with pytest.raises(SchemeProblems, match="no-scheme"):
        read_folder(tmp_path)
    with pytest.raises(SchemeProblems, match="no-folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(SchemeProblems, match="no-table"):
        read_evidence(TOWN, tmp_path)
