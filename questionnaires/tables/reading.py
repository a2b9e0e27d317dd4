"""Files to cells: the one reader under both roads, the folder that is counted without a server and the upload.

What a cell is: text as it was written (`cell_text.clean`), a number by the fifteen digits its spreadsheet shows
(`cell_text.number_text`), a day as YYYY-MM-DD, a moment with its time of day, a truth as TRUE or FALSE. The text of merged
cells stands in the first of them. A cell without a value that looks filled (a formula's error, a formula nobody calculated) is
unfit, not empty. The content of a file decides what it is, and a workbook passes the gate before anything opens it.

The roads differ in `Bounds` alone. Lives here: opening files, csv and its encodings. May not live here: what a column or a
sheet's name means, how much one road takes, words for people.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from analysis.late import late
from questionnaires.tables.cell_text import UnfitCellError, clean, column_number, letters, number_text
from questionnaires.tables.gate import Flaw, Limits, SuspectWorkbookError, judge

if TYPE_CHECKING:
    import python_calamine
else:
    python_calamine = late("python_calamine")

_ZIP, _OLD = b"PK", b"\xd0\xcf\x11\xe0"  # how a workbook begins; how an old one, or one with a password, does
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_QUOTED = re.compile(r'"[^"]*"')
_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)")
_SHORT = 64  # characters of a text worth remembering: marks, codes and names come again and again


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much one road takes: bytes of either kind of file, the gate's limits, and the size of a csv's table."""

    workbook_bytes: int
    csv_bytes: int
    workbook: Limits
    csv_rows: int
    csv_columns: int
    csv_area: int


class TableLine(NamedTuple):
    """A row that is not blank: its number in a spreadsheet, the line of the file it begins on, its cells, no blank ones last."""

    row: int
    line: int
    cells: list[str]


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be used, counted from 1. `reason` and `parts` as in UnfitCellError, or uncalculated."""

    row: int
    line: int
    column: int
    reason: str
    parts: Mapping[str, object]


@dataclass(frozen=True)
class Page:
    """One table of a file. `bad` lists every cell that cannot be used; in `lines` such a cell is empty."""

    name: str
    lines: list[TableLine] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)


class UnreadableFileError(Exception):
    """A file that is no table. `reason`: big (`size`, `most`), old, encoding, csv (`line`, `what`), far (`sheet`, `cell`), or
    one of the gate's."""

    def __init__(self, reason: str, **parts: object) -> None:
        super().__init__(reason, parts)
        self.reason, self.parts = reason, parts


def read(name: str, data: bytes, bounds: Bounds) -> list[Page]:
    """The tables of one xlsx or csv file; a csv is one, named like the file. Raises UnreadableFileError."""
    workbook = data.startswith(_ZIP)
    most = bounds.workbook_bytes if workbook else bounds.csv_bytes
    if len(data) > most:
        raise UnreadableFileError("big", size=len(data), most=most)
    if data.startswith(_OLD):
        raise UnreadableFileError("old")
    if workbook:
        return _workbook(data, bounds.workbook)
    if PurePath(name).suffix.lower() == ".xlsx" and data:
        raise UnreadableFileError("broken")  # a page of an error saved under the name of the file that was wanted
    return [_csv(PurePath(name).stem.strip(), data, bounds)]


def _workbook(data: bytes, limits: Limits) -> list[Page]:
    try:
        flaws = judge(data, limits)
    except SuspectWorkbookError as suspect:
        raise UnreadableFileError(suspect.reason, sheet=suspect.sheet, cell=suspect.cell) from suspect
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        # A chart on a sheet of its own holds no cells.
        names = [one.name for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
        of_sheet: dict[str, list[Flaw]] = {}
        for flaw in flaws:
            of_sheet.setdefault(flaw.sheet, []).append(flaw)
        return [
            _sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), of_sheet.get(name, ())) for name in names
        ]
    except (python_calamine.CalamineError, ValueError, OSError) as problem:
        raise UnreadableFileError("broken") from problem


def _sheet(name: str, rows: Sequence[Sequence[object]], flaws: Sequence[Flaw]) -> Page:
    page = Page(name.strip())
    page.lines.extend(_lines(page, ((number, number, row) for number, row in enumerate(rows, start=1))))
    for flaw in flaws:
        place = _PLACE.fullmatch(flaw.cell)
        if place:
            row, parts = int(place[2]), {"text": flaw.text} if flaw.reason == "error" else {}
            page.bad.append(BadCell(row, row, column_number(place[1]), flaw.reason, parts))
    page.bad.sort(key=lambda cell: (cell.row, cell.column))
    return page


def _csv(name: str, data: bytes, bounds: Bounds) -> Page:
    page = Page(name)
    width = 0
    for one in _lines(page, csv_rows(decoded(data))):
        width = max(width, len(one.cells))
        if one.row > bounds.csv_rows or width > bounds.csv_columns or one.row * width > bounds.csv_area:
            raise UnreadableFileError("far", sheet=name, cell=f"{letters(len(one.cells))}{one.row}")
        page.lines.append(one)
    return page


def csv_rows(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """The rows of a csv, each with its number and the line it begins on. Raises UnreadableFileError."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_separator(text))
    begins = 1
    try:
        for number, row in enumerate(reader, start=1):
            yield number, begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFileError("csv", line=begins, what=str(error)) from error


def _separator(text: str) -> str:
    """What stands most often between the headings: a comma, a semicolon where commas are decimal, a tab in "Unicode text"."""
    first = _QUOTED.sub("", text.lstrip("\r\n").partition("\n")[0])
    return max(",;\t", key=first.count)


def decoded(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else GB18030: what spreadsheets save. Raises UnreadableFileError."""
    for encoding in ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("encoding")


def _lines(page: Page, rows: Iterable[tuple[int, int, Sequence[object]]]) -> Iterator[TableLine]:
    """The rows that are not blank, as text; cells that cannot be used are noted on the page."""
    for number, line, row in rows:
        try:
            cells = [cell_text(cell) for cell in row]
        except UnfitCellError:
            cells = [_cell_or_note(page, number, line, column, cell) for column, cell in enumerate(row, start=1)]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield TableLine(number, line, cells)


def _cell_or_note(page: Page, row: int, line: int, column: int, cell: object) -> str:
    try:
        return cell_text(cell)
    except UnfitCellError as unfit:
        page.bad.append(BadCell(row, line, column, unfit.reason, unfit.parts))
        return ""


def cell_text(cell: object) -> str:
    """A cell as people read it on the sheet. Raises UnfitCellError."""
    if isinstance(cell, str):
        return _remembered(cell) if len(cell) <= _SHORT else clean(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)


_remembered = lru_cache(maxsize=1 << 16)(clean)
