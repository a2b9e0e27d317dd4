"""The roster of 20 towns and one agency that the walks and the demo share, as files an office would upload."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import xlsxwriter

import questionnaires
from survey_app.services.roster.columns import HEADS, RATERS, SUBJECTS, UNITS
from survey_app.services.uploads import Upload

DEMO = Path(questionnaires.__file__).parent / "schemes" / "yinzhou" / "2026-01-01" / "demo"
FILES = {UNITS: "units.csv", SUBJECTS: "subjects.csv", RATERS: "raters.csv", HEADS: "heads.csv"}

#: The demo has 30 agencies; the walks keep to one, so that every figure stays one a person can work out.
WALKED = {*(f"T{number:02}" for number in range(1, 21)), "A01", ""}


def yinzhou_rows(sheet: str) -> list[list[str]]:
    """The rows of one sheet, heading first: those of the units walked here, and of raters who belong to no unit."""
    head, *rows = csv.reader(io.StringIO((DEMO / FILES[sheet]).read_text(encoding="utf-8")))
    unit = head.index("单位编号")
    return [head, *(row for row in rows if row[unit] in WALKED)]


def yinzhou_roster_xlsx() -> bytes:
    """8 large, 7 medium and 5 small towns and one agency, with rare characters in names, as one workbook."""
    return workbook({sheet: yinzhou_rows(sheet) for sheet in FILES})


def yinzhou_roster() -> list[Upload]:
    """The same as an upload."""
    return [Upload("名册.xlsx", yinzhou_roster_xlsx())]


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """Sheets of text as xlsx."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                page.write_string(row, column, cell)
    book.close()
    return target.getvalue()
