"""Writing xlsx with XlsxWriter. Every text goes through `write_string`: a name beginning with "=" is a name, not a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.late import late
from questionnaires.tables.sheet import Cell, Number, Sheet

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet
else:
    xlsxwriter = late("xlsxwriter")

_NAME_LENGTH = 31  # Excel's limit for the name of a sheet
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters XML cannot hold
_WIDEST = 48
_NARROWEST = 8


def write(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with these sheets, headings frozen. Numbers are numbers formatted as the page shows them."""
    target = io.BytesIO()
    # in_memory: nothing of the results is left in a temporary folder; strings_to_*: no guessing what a text means
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(target, options)
    formats = _Formats(workbook)
    taken: set[str] = set()
    for sheet in sheets:
        _write_sheet(workbook.add_worksheet(_sheet_name(sheet.name, taken)), sheet, formats)
    workbook.close()
    return target.getvalue()


class _Formats:
    """Cell formats made once per workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self.head: Format = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.about: Format = workbook.add_format({"italic": True})
        self._numbers: dict[tuple[int, bool], Format] = {}

    def number(self, digits: int, *, percent: bool) -> Format:
        key = (digits, percent)
        if key not in self._numbers:
            shape = "0" + ("." + "0" * digits if digits else "") + ("%" if percent else "")
            self._numbers[key] = self._workbook.add_format({"num_format": shape})
        return self._numbers[key]


def _write_sheet(target: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    row = 0
    for line in sheet.about:
        target.write_string(row, 0, clean(line), formats.about)
        row += 1
    row += 1 if sheet.about else 0
    for column, head in enumerate(sheet.heads):
        target.write_string(row, column, clean(head), formats.head)
    target.freeze_panes(row + 1, min(1, len(sheet.heads)))
    for number, cells in enumerate(sheet.rows, start=row + 1):
        for column, cell in enumerate(cells):
            _write_cell(target, number, column, cell, formats)
    for column in range(len(sheet.heads)):
        # each text once: of tens of thousands of rows most say what another says
        texts = {sheet.heads[column], *(_text(cells[column]) for cells in sheet.rows if column < len(cells))}
        target.set_column(column, column, min(_WIDEST, max(_NARROWEST, max(map(_width, texts)) + 2)))


def _write_cell(target: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    if cell is None or cell == "":  # an empty text looks like no cell, and of a large table half the cells are such
        return
    if isinstance(cell, Number) and cell.around:
        target.write_string(row, column, clean(cell.text))  # as a number it would say that it is exact
    elif isinstance(cell, Number):
        value = Decimal(cell.shown)
        shape = formats.number(cell.digits, percent=cell.percent)
        target.write_number(row, column, float(value / 100 if cell.percent else value), shape)
    elif isinstance(cell, int):
        target.write_number(row, column, cell)
    else:
        target.write_string(row, column, clean(cell))


def clean(text: str) -> str:
    """The text without the control characters a workbook cannot hold."""
    return _CONTROL.sub("", text)


def _text(cell: Cell) -> str:
    return "" if cell is None else cell.text if isinstance(cell, Number) else str(cell)


def _width(text: str) -> int:
    """Width in columns of a terminal: a Chinese character takes two."""
    return len(text) if text.isascii() else sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _sheet_name(name: str, taken: set[str]) -> str:
    plain = _FORBIDDEN.sub(" ", clean(name)).strip()[:_NAME_LENGTH] or "1"
    chosen, number = plain, 2
    while chosen.lower() in taken:
        suffix = f" {number}"
        chosen = plain[: _NAME_LENGTH - len(suffix)] + suffix
        number += 1
    taken.add(chosen.lower())
    return chosen
