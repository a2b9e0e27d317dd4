"""Uploaded tables: what is read from them, and what is refused before it can do harm. Pure: no application, no database."""

from __future__ import annotations

import datetime as dt
import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.tables.cell_text import UnfitCellError, clean, letters, number_text
from survey_app.services.uploads import SpreadsheetError, Upload, read_file, read_files
from tests.support.rosters import workbook

ROOT = Path(__file__).resolve().parents[3]
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
MIB = 1024 * 1024


def changed(parts: Mapping[str, Callable[[bytes], bytes]], extra: Mapping[str, bytes] | None = None) -> bytes:
    """A small good workbook with some of its parts rewritten and others added."""
    good = zipfile.ZipFile(io.BytesIO(workbook({"单位": [["单位编号", "单位名称"], ["T01", "东溪镇"]]})))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in good.infolist():
            archive.writestr(member.filename, parts.get(member.filename, bytes)(good.read(member)))
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return target.getvalue()


def with_row(row: bytes) -> bytes:
    return changed({SHEET: lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>")})


def far_corner() -> bytes:
    """One text in the very last cell a sheet can have."""
    return with_row(b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>')


def bomb() -> bytes:
    return with_row(b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"0" * (100 * MIB) + b"</t></is></c></row>")


def lying(data: bytes, size: int) -> bytes:
    """The same archive, whose index says that the sheet unpacks to `size` bytes."""
    changed_bytes = bytearray(data)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + length] == SHEET.encode():
            struct.pack_into("<I", changed_bytes, at + 24, size)
            struct.pack_into("<I", changed_bytes, struct.unpack_from("<I", data, at + 42)[0] + 22, size)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(changed_bytes)


def amplified() -> bytes:
    """A text of 32,000 characters, written once and referred to by 20,000 cells."""
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(3, 20_000))
    return changed(
        {
            SHEET: lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>"),
            "xl/sharedStrings.xml": lambda xml: xml.replace(b"<si>", b"<si><t>" + b"a" * 32_000 + b"</t></si><si>", 1),
        }
    )


def open_document() -> bytes:
    table = b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", table)
    return target.getvalue()


def doctype(after: int) -> bytes:
    declared = b"<!--" + b" " * after + b"--><!DOCTYPE x [<!ENTITY a 'b'>]>"
    return changed({BOOK: lambda xml: xml.replace(b"?>", b"?>" + declared, 1)})


HARMFUL = {
    "a lone cell in the far corner": (far_corner, "XFD1048576"),
    "one column too many": (lambda: with_row(b'<row r="3"><c r="GS3"><v>1</v></c></row>'), "GS3"),
    "one row too many": (lambda: with_row(b'<row r="20001"><c r="A20001"><v>1</v></c></row>'), "A20001"),
    "a place beyond every number": (lambda: with_row(b'<row r="3"><c r="A99999999999"><v>1</v></c></row>'), "不是完好的"),
    "a sheet that unpacks to 100 MiB": (bomb, "不合常理"),
    "the same with an index that lies": (lambda: lying(bomb(), 5000), "不是完好的"),
    "a text referred to 20,000 times": (amplified, "文字多得不合常理"),
    "a text of 50,000 characters": (
        lambda: with_row(b'<row r="3"><c r="A3" t="str"><v>%s</v></c></row>' % (b"a" * 50_000)),
        "文字多",
    ),
    "a document type at the start": (lambda: doctype(0), "外部声明"),
    "a document type after 100 KB": (lambda: doctype(100_000), "外部声明"),
    "a sheet under a name nobody walked": (
        lambda: changed({"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"sheet1.xml", b"sheet1.png")}),
        "宏或别的部件",
    ),
    "an OpenDocument table": (open_document, "不是 xlsx"),
    "a part that is no XML": (lambda: changed({SHEET: lambda xml: xml[:-20]}), "不是完好的"),
    "401 parts": (lambda: changed({}, {f"xl/media/{n}.png": b"" for n in range(401)}), "不合常理"),
}


@pytest.mark.parametrize(("make", "said"), HARMFUL.values(), ids=HARMFUL)
def test_a_harmful_workbook_is_refused_in_one_sentence(make: Callable[[], bytes], said: str) -> None:
    with pytest.raises(SpreadsheetError) as refused:
        read_file(Upload("名册.xlsx", make()))
    assert said in str(refused.value)
    assert "“名册.xlsx”" in str(refused.value)


GUARD = """
import resource, sys, time
from pathlib import Path
from survey_app.services.uploads import SpreadsheetError, Upload, read_file
said = Path("/proc/self/status").read_text().splitlines()
used = int(next(line.split()[1] for line in said if line.startswith("VmSize"))) * 1024
resource.setrlimit(resource.RLIMIT_AS, (used + 100 * 1024 * 1024,) * 2)
for path in sys.argv[1:]:
    start = time.process_time()
    try:
        read_file(Upload("x.xlsx", Path(path).read_bytes()))
    except SpreadsheetError:
        assert time.process_time() - start < 1, path
        print("refused")
"""


@pytest.mark.slow
def test_refusing_takes_less_than_a_second_and_100_mib(tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells a process how much it uses")
    makers: tuple[Callable[[], bytes], ...] = (far_corner, bomb, lambda: lying(bomb(), 5000), amplified, open_document)
    files = [tmp_path / f"{number}.xlsx" for number in range(len(makers))]
    for file, make in zip(files, makers, strict=True):
        file.write_bytes(make())
    command = [sys.executable, "-c", GUARD, *map(str, files)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert (told.returncode, told.stdout.split()) == (0, ["refused"] * len(files)), told.stderr


def test_an_empty_formatted_cell_far_away_does_no_harm() -> None:
    data = with_row(b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    assert read_file(Upload("名册.xlsx", data)) == {"单位": [["单位编号", "单位名称"], ["T01", "东溪镇"]]}


def test_a_full_sheet_of_20_000_rows_is_read_in_seconds() -> None:
    rows = [["编号", "姓名", "单位"], *([f"S{n}", f"人{n}", "T01"] for n in range(19_999))]
    start = time.process_time()
    assert read_file(Upload("名册.xlsx", workbook({"评价对象": rows})))["评价对象"] == rows
    assert time.process_time() - start < 10  # some 0.5 s on an idle core


def test_cells_are_read_as_people_see_them() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "单位"
    day = dt.datetime(2026, 1, 2)  # noqa: DTZ001 - a day in a cell has no zone
    page.append(["007", 7, 3.0, 87.35, 0.1 + 0.2, 1e-7, -0.0, 123456789012345, True, day, '=SUM(A1)&"x"'])
    page.cell(1, 11).data_type = "s"  # text that looks like a formula, as a csv import leaves it
    book.create_chartsheet("图")
    target = io.BytesIO()
    book.save(target)
    read = read_file(Upload("名册.xlsx", target.getvalue()))
    row = ["007", "7", "3", "87.35", "0.3", "0.0000001", "0", "123456789012345", "TRUE", "2026-01-02", '=SUM(A1)&"x"']
    assert read == {"单位": [row]}


def test_every_unfit_cell_is_told_with_its_place() -> None:
    rows = [["编号", "姓名"], ["T\u202e01", "张三"], ["T02", "李\x07四"], ["T03", "王\u200f五"], ["T04", "长" * 2001]]
    data = "".join(",".join(row) + "\n" for row in rows).encode()
    with pytest.raises(
        SpreadsheetError, match=r"“名册.csv”有 4 格不能用，第一处是“名册”第 2 行 A 列：有看不见的字符（U\+202E）"
    ) as told:
        read_file(Upload("名册.csv", data))
    assert [(one.sheet, one.row, one.column) for one in told.value.problems] == [
        ("名册", 2, "A"),
        ("名册", 3, "B"),
        ("名册", 4, "B"),
        ("名册", 5, "B"),
    ]


def test_a_number_the_spreadsheet_has_cut_short_is_refused() -> None:
    with pytest.raises(UnfitCellError, match=r"digits.*15"):
        number_text(330203199001011234.0)  # an identity number typed as a number
    assert number_text(999_999_999_999_999) == "999999999999999"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False))
def test_a_decimal_typed_into_a_sheet_comes_back_as_typed(number: Decimal) -> None:
    text = format(number, "f").rstrip("0").rstrip(".")
    assert number_text(float(str(number))) == (text if text not in {"-0", ""} else "0")


@given(st.text(max_size=30))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    try:
        once = clean(text)
    except UnfitCellError:
        return
    assert clean(once) == once
    assert not set("\n\r\t\u202a\u202b\u202d\u202e\u2066\u2067\u200e\u200f\x00") & set(once)


@pytest.mark.parametrize(
    "name", ["陈㛃", "李䶮", "周𬭎", "吴𬱖", "\ufa19野", "علی\u200cرضا", "ක්\u200dෂණ", 'O\'Neil "Bob"', "=1+1"]
)
def test_names_stay_as_their_bearers_write_them(name: str) -> None:
    assert clean(f" {name}\u3000") == name


def test_a_joiner_that_only_hides_is_refused() -> None:
    with pytest.raises(UnfitCellError, match=r"U\+200B|U\+200D"):
        clean("张\u200d三")


@pytest.mark.parametrize(("between", "encoding"), [("\t", "utf-16"), (";", "utf-8-sig"), (",", "gb18030")])
def test_separators_and_encodings_of_saved_tables_are_recognised(between: str, encoding: str) -> None:
    data = "".join(between.join(row) + "\r\n" for row in (["编号", "姓名"], ["001", "陈㛃"])).encode(encoding)
    assert read_file(Upload(r"C:\表\评价对象.csv", data)) == {"评价对象": [["编号", "姓名"], ["001", "陈㛃"]]}


def test_blank_lines_keep_row_numbers_and_blank_ends_are_cut() -> None:
    assert read_file(Upload("a.csv", b"x,y\n\n,\n1,2\n" + b",,\n" * 50_000)) == {"a": [["x", "y"], [], [], ["1", "2"]]}


def test_a_csv_of_five_million_blank_lines_and_a_row_is_refused() -> None:
    with pytest.raises(SpreadsheetError, match="20000 行"):
        read_file(Upload("a.csv", b"x\n" + b"\n" * (5 * MIB - 4) + b"y"))


def test_sheets_of_one_name_are_refused_within_a_file_and_across_files() -> None:
    with pytest.raises(SpreadsheetError, match="两张工作表都叫“单位”"):
        read_file(Upload("名册.xlsx", workbook({"单位": [["a"]], "单位 ": [["b"]]})))
    with pytest.raises(SpreadsheetError, match="送来了两次"):
        read_files([Upload("单位.csv", b"a"), Upload("b/单位.csv", b"b")])


def test_every_unusable_file_is_told() -> None:
    with pytest.raises(SpreadsheetError, match="有 2 个文件不能用") as told:
        read_files([Upload("a.csv", b""), Upload("b.csv", b"good"), Upload("c.xlsx", b"PK nothing")])
    assert [one.what.partition("”")[0] for one in told.value.problems] == ["“a.csv", "“c.xlsx"]


def test_columns_are_lettered_as_spreadsheets_do() -> None:
    assert [letters(number) for number in (1, 26, 27, 52, 53, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
        "XFD",
    ]
