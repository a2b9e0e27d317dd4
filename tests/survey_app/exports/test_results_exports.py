"""Files that leave the house: text stays text, numbers look as on the page and say what they exactly are."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.numerals import fixed
from questionnaires.tables import csv, xlsx
from questionnaires.tables.sheet import Number, Sheet
from survey_app.presenting import figures

pytestmark = pytest.mark.postgresql_later


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        ("87.345", 2, "87.35"),  # half goes up
        ("87.3449999", 2, "87.34"),
        ("-0.5", 0, "-1"),  # away from zero
        ("-0.004", 2, "0.00"),  # no minus zero
        ("2/3", 4, "0.6667"),
        ("5", 0, "5"),
        ("0.05", 1, "0.1"),
        ("999.995", 2, "1000.00"),
    ],
)
def test_a_figure_is_cut_half_up_by_whole_numbers(value: str, digits: int, shown: str) -> None:
    assert fixed(Fraction(value), digits) == shown


def test_without_stated_digits_a_short_decimal_stands_in_full_and_a_third_gets_two() -> None:
    assert figures.number(Fraction("87.3456"), None).shown == "87.3456"
    assert figures.number(Fraction(1, 3), None).shown == "0.33"
    assert figures.number(Fraction(90), None).shown == "90"


def test_a_share_is_shown_in_percent_and_knows_whether_it_was_cut() -> None:
    third = figures.share(Fraction(1, 3))
    assert (third.text, figures.is_exact(third)) == ("33.3%", False)
    quarter = figures.share(Fraction(1, 4))
    assert (quarter.text, figures.is_exact(quarter)) == ("25.0%", True)


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 5))
def test_a_shown_figure_is_never_further_than_half_a_unit_from_the_value(value: Fraction, digits: int) -> None:
    assert abs(Fraction(fixed(value, digits)) - value) <= Fraction(1, 2 * 10**digits)


@pytest.mark.parametrize("text", ["=1+1", "+86 571", "-cmd", "@SUM(A1)", "\t=1", "  =HYPERLINK(1)", "＝1+1"])
def test_csv_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert csv.neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["-1.5", "+3", "-1/3", "王一=二", "a-b", ""])
def test_csv_leaves_plain_numbers_and_ordinary_text_alone(text: str) -> None:
    assert csv.neutral(text) == text


def test_csv_begins_with_a_mark_excel_understands_and_quotes_as_the_standard_says() -> None:
    data = csv.write(Sheet("s", ("姓名", "分数"), (('王"小"明', Number("87.50", Fraction("87.5"))), ("a,b", None))))
    assert data == '\ufeff姓名,分数\r\n"王""小""明",87.50\r\n"a,b",\r\n'.encode()


def test_a_workbook_holds_formula_looking_names_as_text_and_numbers_as_numbers() -> None:
    data = xlsx.write(
        [
            Sheet(
                "结果[1]",
                ("姓名", "得分", "占比", "票数"),
                (("=cmd|' /C calc'!A0", Number("87.50", Fraction("87.5")), Number("33.3", Fraction(1, 3), percent=True), 8),),
                ("一行说明",),
            )
        ]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.title == "结果 1"
    assert sheet["A1"].value == "一行说明"
    assert (sheet["A4"].value, sheet["A4"].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert (sheet["B4"].value, sheet["B4"].number_format) == (87.5, "0.00")
    assert (sheet["C4"].value, sheet["C4"].number_format) == (pytest.approx(1 / 3), "0.0%")
    assert sheet["D4"].value == 8
    raw = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in raw


def test_sheets_with_the_same_or_overlong_names_are_told_apart_and_control_characters_do_not_break_the_file() -> None:
    data = xlsx.write([Sheet("名" * 40, ("a",), (("x\x00y",),)), Sheet("名" * 35, ("a",), ())])
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["名" * 31, "名" * 29 + " 2"]
    assert book.worksheets[0]["A2"].value == "xy"
