"""One file, two roads: what `pingyi score` reads from a folder and what an upload reads are the same cells, or no cells at all.

Files and cells stand in tests/vectors/tables.json.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from questionnaires.folder.messages import ProblemDesk
from questionnaires.folder.sheets import read_tables
from survey_app.services.uploads import SpreadsheetError, Upload, read_file

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "tables.json").read_text(encoding="utf-8"))
#: Why a file is refused -> the folder's problem and the words of the upload's sentence.
SAID = {
    "digits": ("number-cut", "这个数超过 15 位"),
    "error": ("formula-error", "公式算不出来（#DIV/0!）"),
    "uncalculated": ("not-calculated", "公式还没有算过"),
    "unseen": ("unseen-character", "有看不见的字符（U+20"),
    "long": ("cell-too-long", "文字太长（2001 个字）"),
    "far": ("file-too-big", "XFD1048576 还有内容"),
    "huge": ("file-too-big", "大得不合常理"),
    "declaration": ("bad-workbook", "外部声明"),
    "broken": ("bad-workbook", "不是完好的 xlsx"),
    "old": ("bad-workbook", "旧式 xls"),
    "csv": ("bad-csv", "不是规范的 csv"),
    "encoding": ("not-utf8", "文字编码认不出来"),
}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(case: dict[str, Any]) -> bytes:
    """A workbook written by hand, with the case's rows on its one sheet."""
    shapes = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in (0, 14, 22, 21, 46))
    merged = f'<mergeCells count="1"><mergeCell ref="{case["merged"]}"/></mergeCells>' if "merged" in case else ""
    declared = "<!DOCTYPE x [<!ENTITY a 'b'>]>" if "doctype" in case else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{declared}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="heads" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="5">{shapes}</cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{case["rows"]}</sheetData>{merged}</worksheet>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
        if "zeros" in case:
            archive.writestr("xl/media/image1.png", bytes(case["zeros"]))
    return target.getvalue()


def file_of(case: dict[str, Any]) -> tuple[str, bytes]:
    """The case's file: its name and its bytes."""
    if "rows" in case:
        return "heads.xlsx", workbook(case)
    if "hex" in case:
        return case.get("file", "heads.csv"), bytes.fromhex(case["hex"])
    return "heads.csv", case["text"].replace("LONG", "长" * case.get("long", 0)).encode(case["encoding"])


def by_folder(folder: Path, name: str, data: bytes) -> tuple[dict[str, list[str]], list[tuple[str, int, int]]]:
    """The cells by row number, and the problems: code, row, column."""
    (folder / name).write_bytes(data)
    desk = ProblemDesk()
    sheets = read_tables(folder, desk)
    problems = [(one.code, one.line, one.column) for one in desk.problems]
    if "heads" not in sheets:
        return {}, problems
    sheet = sheets["heads"]
    rows = [(sheet.heading_row, list(sheet.heading)), *sheet.rows]
    return {str(number): cells for number, cells in rows}, problems


def by_upload(name: str, data: bytes) -> dict[str, list[str]]:
    (rows,) = read_file(Upload(name, data)).values()
    return {str(number): list(cells) for number, cells in enumerate(rows, start=1) if any(cells)}


@pytest.mark.parametrize("case", VECTORS["read"], ids=lambda case: case["name"])
def test_both_roads_read_the_same_cells(tmp_path: Path, case: dict[str, Any]) -> None:
    name, data = file_of(case)
    assert by_folder(tmp_path, name, data) == (case["cells"], [])
    assert by_upload(name, data) == case["cells"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_both_roads_refuse_the_same_files(tmp_path: Path, case: dict[str, Any]) -> None:
    code, words = SAID[case["refused"]]
    name, data = file_of(case)
    found, problems = by_folder(tmp_path, name, data)
    assert [problem[0] for problem in problems] == [code]
    with pytest.raises(SpreadsheetError) as refused:
        by_upload(name, data)
    assert words in str(refused.value)
    if "at" in case:
        row, column = case["at"]
        assert problems[0][1:] == (row, column)
        assert [(one.row, one.column) for one in refused.value.problems] == [(row, "ABC"[column - 1])]
    else:
        assert found == {}
