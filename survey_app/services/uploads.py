"""Files people upload, read as named sheets of text. Nothing in here knows what the columns mean.

Threats answered to: workbooks that harm whoever opens them (`tables.gate` judges them first), names that turn into
formulas or reverse the reading direction (control and direction characters are refused with their place; text stays text),
numbers a spreadsheet has already cut short. A refusal names file, sheet, row and column, and all cells at once.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from analysis.late import late
from questionnaires.tables.cell_text import UnfitCellError, clean, letters, number_text
from questionnaires.tables.gate import Limits, SuspectWorkbookError, judge
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _

if TYPE_CHECKING:
    import python_calamine
else:
    python_calamine = late("python_calamine")

Sheets = Mapping[str, Sequence[Sequence[str]]]

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
MOST_CHARACTERS = 20_000_000
LIMITS = Limits(400, 40 * 1024 * 1024, 200, MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_CHARACTERS)
#: More places than this are not listed one by one; the sentence says how many there are.
MOST_LISTED = 200

SUSPICIONS = {
    "broken": N_("“%(file)s”不是完好的 xlsx 文件；请用表格软件打开后另存一次，再传。"),
    "kind": N_("“%(file)s”不是 xlsx 工作簿；请用表格软件另存为 xlsx，再传。"),
    "huge": N_("“%(file)s”展开后大得不合常理，没有打开；请用表格软件另存一次，再传。"),
    "declaration": N_("“%(file)s”里有外部声明，没有打开；请用表格软件另存一次，再传。"),
    "macros": N_("“%(file)s”里有宏或别的部件，没有打开；请另存为不带宏的 xlsx，再传。"),
    "far": N_(
        "“%(file)s”的“%(sheet)s”在 %(cell)s 还有内容，超过 %(rows)s 行、%(columns)s 列或 %(cells)s 格；"
        "请删去表格以外的内容，再传。"
    ),
    "text": N_("“%(file)s”里的文字多得不合常理，没有打开；请删去表格以外的内容，再传。"),
}


#: Why a cell is refused -> what is wrong with it, and what to do.
_UNFIT = {
    "unseen": (N_("有看不见的字符（%(code)s）。"), N_("请删去这一格，重新键入。")),
    "long": (N_("文字太长（%(length)s 个字）。"), N_("一格最多 2000 个字。")),
    "digits": (N_("这个数超过 %(digits)s 位，表格软件已经丢掉后面的数字。"), N_("请把这一列设为“文本”，再重新键入。")),
}


@dataclass(frozen=True)
class CellProblem:
    """One cell (or with `row` 0 one file) that cannot be used; `column` in letters, as spreadsheets name it."""

    sheet: str
    row: int
    column: str
    what: str
    remedy: str


class SpreadsheetError(UserError):
    """A file that cannot be read, in one sentence; `problems` lists the places when there are several."""

    status = 422

    def __init__(self, sentence: str, *, problems: Sequence[CellProblem] = (), **parts: object) -> None:
        super().__init__(sentence, **parts)
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: the sender's name for it (never used as a path) and its bytes."""

    name: str
    data: bytes


def read_files(uploads: Sequence[Upload]) -> Sheets:
    """All sheets of all files; a csv is one sheet named like its file. Raises SpreadsheetError with every unusable file."""
    sheets: dict[str, Sequence[Sequence[str]]] = {}
    refused: list[SpreadsheetError] = []
    for upload in uploads:
        try:
            found = read_file(upload)
        except SpreadsheetError as problem:
            refused.append(problem)
            continue
        twice = [name for name in found if name in sheets]
        sentence = N_("“%(sheet)s”这张工作表送来了两次（%(file)s）；请只留一份。")
        refused += [SpreadsheetError(sentence, sheet=name, file=upload.name) for name in twice]
        sheets |= found
    if len(refused) == 1:
        raise refused[0]
    if refused:
        listed = [CellProblem(_("文件"), 0, "", _(one.sentence, **one.parts), "") for one in refused]
        raise SpreadsheetError(N_("有 %(count)s 个文件不能用；请改好后重新上传。"), count=len(refused), problems=listed)
    return sheets


def read_file(upload: Upload) -> Sheets:
    """The sheets of one xlsx or csv file, as text. Raises SpreadsheetError."""
    name = PurePath(upload.name.replace("\\", "/")).name or "?"
    if not upload.data:
        raise SpreadsheetError(N_("“%(file)s”是空文件；请重新选择文件。"), file=name)
    if len(upload.data) > MOST_BYTES:
        raise SpreadsheetError(
            N_("“%(file)s”有 %(size)s MB，最多 5 MB；请拆开再传。"), file=name, size=len(upload.data) // 1024 // 1024
        )
    if upload.data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetError(N_("“%(file)s”是旧式 xls 或加了密码；请在表格软件里另存为 xlsx，再传一次。"), file=name)
    sheets = _xlsx(name, upload.data) if upload.data.startswith(b"PK") else {PurePath(name).stem.strip(): _csv(name, upload.data)}
    return _Cells(name).read(sheets)


def _xlsx(name: str, data: bytes) -> dict[str, Sequence[Sequence[object]]]:
    try:
        judge(data, LIMITS)
    except SuspectWorkbookError as suspect:
        raise _suspect(suspect.reason, name, suspect.sheet, suspect.cell) from suspect
    sheets: dict[str, Sequence[Sequence[object]]] = {}
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for page in book.sheets_metadata:
            if page.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue  # a chart on a sheet of its own holds no cells
            title = page.name.strip()
            if title in sheets:
                sentence = N_("“%(file)s”有两张工作表都叫“%(sheet)s”；请改名或删去一张，再传。")
                raise SpreadsheetError(sentence, file=name, sheet=title)
            sheets[title] = book.get_sheet_by_name(page.name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, ValueError, OSError) as problem:
        raise _suspect("broken", name) from problem
    return sheets


def _suspect(reason: str, name: str, sheet: str = "", cell: str = "") -> SpreadsheetError:
    sizes: dict[str, object] = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "cells": MOST_CELLS}
    return SpreadsheetError(SUSPICIONS[reason], problems=(), file=name, sheet=sheet, cell=cell, **sizes)


def _csv(name: str, data: bytes) -> list[list[str]]:
    text = _decoded(name, data)
    start = text.partition("\n")[0]
    # Spreadsheets save "Unicode text" with tabs, and some languages' csv with semicolons.
    between = next((mark for mark in ("\t", ";") if mark in start and "," not in start), ",")
    rows: list[list[str]] = []
    blank = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=between):
            if not any(row):
                blank += 1
                continue
            if len(rows) + blank >= MOST_ROWS:
                raise _suspect("far", name, PurePath(name).stem, f"A{len(rows) + blank + 1}")
            rows += [[]] * blank  # so that row numbers stay those of the file
            rows.append(row)
            blank = 0
    except csv.Error as problem:
        raise SpreadsheetError(
            N_("“%(file)s”不是规范的 csv（引号没有配对）；请用表格软件另存一次，再传。"), file=name
        ) from problem
    return rows


def _decoded(name: str, data: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, else GB18030, the encodings offices use."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SpreadsheetError(N_("“%(file)s”的文字编码认不出来；请另存为 xlsx 或“CSV UTF-8”，再传。"), file=name)


class _Cells:
    """Turns the cells of one file into text and remembers every one that cannot be."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._problems: list[CellProblem] = []
        self._count = 0

    def read(self, sheets: Mapping[str, Sequence[Sequence[object]]]) -> dict[str, list[list[str]]]:
        """All sheets as text, blank rows and columns at their ends cut off. Raises SpreadsheetError."""
        read = {sheet: self._sheet(sheet, rows) for sheet, rows in sheets.items()}
        if not self._problems:
            return read
        first = self._problems[0]
        where = {"file": self._name, "sheet": first.sheet, "row": first.row, "column": first.column}
        sentence = N_(
            "“%(file)s”有 %(count)s 格不能用，第一处是“%(sheet)s”第 %(row)s 行 %(column)s 列：%(what)s请改好后重新上传。"
        )
        raise SpreadsheetError(sentence, problems=self._problems, count=self._count, what=first.what, **where)

    def _sheet(self, sheet: str, rows: Sequence[Sequence[object]]) -> list[list[str]]:
        height = next((number for number in range(len(rows), 0, -1) if any(cell != "" for cell in rows[number - 1])), 0)
        width = max((len(row) for row in rows[:height]), default=0)
        if height > MOST_ROWS or width > MOST_COLUMNS or height * width > MOST_CELLS:
            raise _suspect("far", self._name, sheet, f"{letters(width)}{height}")
        return [
            [self._cell(cell, sheet, number, column) for column, cell in enumerate(row, start=1)]
            for number, row in enumerate(rows[:height], start=1)
        ]

    def _cell(self, cell: object, sheet: str, row: int, column: int) -> str:
        if cell == "":
            return ""
        try:
            return clean(cell if isinstance(cell, str) else _said(cell))
        except UnfitCellError as unfit:
            self._count += 1
            if len(self._problems) < MOST_LISTED:
                sentence, advice = _UNFIT[unfit.reason]
                what, remedy = _(sentence, **unfit.parts), _(advice)
                self._problems.append(CellProblem(sheet, row, letters(column), what, remedy))
            return ""


def _said(cell: object) -> str:
    """A cell that is no text, as people read it on the sheet."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, dt.datetime) and not cell.time():
        return cell.date().isoformat()
    return str(cell)
