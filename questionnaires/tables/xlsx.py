"""Writing xlsx with XlsxWriter. Every text goes through `write_string`: a name beginning with "=" is a name, not a formula.

A formula is only ever one of `Sheet.live`, made by us of numbers, functions and cells; what it comes to is written beside it, for
phones and previews compute nothing. Each sheet is set up to be printed: A4, its heading on every page, as wide as the page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.late import late
from questionnaires.tables.sheet import Cell, Formula, Number, Sheet, SheetSpot

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
_A4 = 9  # the number Excel has for the paper
_UPRIGHT = 96  # as many columns of characters are still read on A4 held upright


def write(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with these sheets, headings frozen and with a filter. Numbers are numbers, formatted as the page shows them."""
    target = io.BytesIO()
    # in_memory: nothing of the results is left in a temporary folder; strings_to_*: no guessing what a text means
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(target, options)
    formats = _Formats(workbook)
    taken: set[str] = set()
    names = [_sheet_name(sheet.name, taken) for sheet in sheets]
    starts = {sheet.name: (name, _first_row(sheet)) for sheet, name in reversed(list(zip(sheets, names, strict=True)))}
    for sheet, name in zip(sheets, names, strict=True):
        _write_sheet(workbook.add_worksheet(name), sheet, formats, starts)
    workbook.close()
    return target.getvalue()


def _first_row(sheet: Sheet) -> int:
    """Where the rows begin, below the lines above the table and the heading."""
    return (len(sheet.about) + 1 if sheet.about else 0) + 1


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


_Starts = dict[str, tuple[str, int]]  # by the table's name: the sheet's name, and its first row


def _write_sheet(target: Worksheet, sheet: Sheet, formats: _Formats, starts: _Starts) -> None:
    for row, line in enumerate(sheet.about):
        target.write_string(row, 0, clean(line), formats.about)
    first = _first_row(sheet)
    for column, head in enumerate(sheet.heads):
        target.write_string(first - 1, column, clean(head), formats.head)
    target.freeze_panes(first, min(1, len(sheet.heads)))
    for number, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            formula = sheet.live.get((number, column)) if sheet.live else None
            if formula is None:
                _write_cell(target, first + number, column, cell, formats)
            else:
                _write_formula(target, (first + number, column), cell, _told(formula, sheet.name, starts), formats)
    widths = [_column_width(sheet, column) for column in range(len(sheet.heads))]
    for column, width in enumerate(widths):
        target.set_column(column, column, width)
    if sheet.rows:
        target.autofilter(first - 1, 0, first + len(sheet.rows) - 1, len(sheet.heads) - 1)
    _set_up_paper(target, sheet, sum(widths))


def _set_up_paper(target: Worksheet, sheet: Sheet, width: int) -> None:
    """A4, the heading repeated, every column on the page; lying down where the table is wide."""
    target.set_paper(_A4)
    if width > _UPRIGHT:
        target.set_landscape()
    target.repeat_rows(_first_row(sheet) - 1)
    target.fit_to_pages(1, 0)
    target.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    target.set_footer("&L&A&R&P / &N")


def _column_width(sheet: Sheet, column: int) -> int:
    # each text once: of tens of thousands of rows most say what another says
    texts = {sheet.heads[column], *(_text(cells[column]) for cells in sheet.rows if column < len(cells))}
    return min(_WIDEST, max(_NARROWEST, max(map(_width, texts)) + 2))


def _write_cell(target: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    if cell is None or cell == "":  # an empty text looks like no cell, and of a large table half the cells are such
        return
    if isinstance(cell, Number) and cell.around:
        target.write_string(row, column, clean(cell.text))  # as a number it would say that it is exact
    elif isinstance(cell, Number):
        target.write_number(row, column, float(cell.exact), formats.number(cell.digits, percent=cell.percent))
    elif isinstance(cell, bool):
        target.write_boolean(row, column, cell)
    elif isinstance(cell, int):
        target.write_number(row, column, cell)
    else:
        target.write_string(row, column, clean(cell))


def _write_formula(target: Worksheet, at: tuple[int, int], cell: Cell, formula: str, formats: _Formats) -> None:
    """The formula with what it comes to."""
    if isinstance(cell, Number):
        shape = formats.number(cell.digits, percent=cell.percent)
        target.write_formula(*at, formula, shape, float(cell.exact))
    else:
        target.write_formula(*at, formula, None, "" if cell is None else cell)


def _told(formula: Formula, own: str, starts: _Starts) -> str:
    """The formula in a spreadsheet's spelling."""
    return "=" + "".join(part if isinstance(part, str) else _address(part, own, starts) for part in formula)


def _address(spot: SheetSpot, own: str, starts: _Starts) -> str:
    name, first = starts[spot.sheet]
    cell = xlsxwriter.utility.xl_rowcol_to_cell(first + spot.row, spot.column)
    return cell if spot.sheet == own else f"'{name}'!{cell}"


def in_formula(value: object) -> str:
    """A text as it stands inside a formula: in quotes, its own quotes doubled; it cannot end early and be run."""
    return '"' + clean(str(value)).replace('"', '""') + '"'


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
