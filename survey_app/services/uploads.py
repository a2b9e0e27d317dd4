"""Files people upload, as named sheets of text: how much is taken, and in which sentence a file is refused.

What is read and what is unfit is for `questionnaires.tables.reading` to say, which reads folders too. Lives here: this road's
limits and its words. A refusal names file, sheet, row and column, and all cells at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from questionnaires.tables.cell_text import letters
from questionnaires.tables.gate import Limits
from questionnaires.tables.reading import Bounds, Page, UnreadableFileError, read
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _

Sheets = Mapping[str, Sequence[Sequence[str]]]

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
MOST_CHARACTERS = 20_000_000
LIMITS = Limits(
    members=400,
    unpacked=40 * 1024 * 1024,
    ratio=200,
    rows=MOST_ROWS,
    columns=MOST_COLUMNS,
    area=MOST_CELLS,
    characters=MOST_CHARACTERS,
)
BOUNDS = Bounds(
    workbook_bytes=MOST_BYTES,
    csv_bytes=MOST_BYTES,
    workbook=LIMITS,
    csv_rows=MOST_ROWS,
    csv_columns=MOST_COLUMNS,
    csv_area=MOST_CELLS,
)
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
    "big": N_("“%(file)s”有 %(size)s MB，最多 5 MB；请拆开再传。"),
    "old": N_("“%(file)s”是旧式 xls 或加了密码；请在表格软件里另存为 xlsx，再传一次。"),
    "encoding": N_("“%(file)s”的文字编码认不出来；请另存为 xlsx 或“CSV UTF-8”，再传。"),
    "csv": N_("“%(file)s”不是规范的 csv（引号没有配对）；请用表格软件另存一次，再传。"),
}

#: Why a cell is refused -> what is wrong with it, and what to do.
_UNFIT = {
    "unseen": (N_("有看不见的字符（%(code)s）。"), N_("请删去这一格，重新键入。")),
    "long": (N_("文字太长（%(length)s 个字）。"), N_("一格最多 2000 个字。")),
    "digits": (N_("这个数超过 %(digits)s 位，表格软件已经丢掉后面的数字。"), N_("请把这一列设为“文本”，再重新键入。")),
    "error": (N_("公式算不出来（%(text)s）。"), N_("请改好公式，或直接填数。")),
    "uncalculated": (N_("公式还没有算过，文件里没有它的值。"), N_("请用表格软件打开，保存一次，再传。")),
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
    try:
        pages = read(name, upload.data, BOUNDS)
    except UnreadableFileError as problem:
        parts = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "cells": MOST_CELLS, **problem.parts}
        parts["size"] = len(upload.data) // 1024 // 1024
        raise SpreadsheetError(SUSPICIONS[problem.reason], problems=(), file=name, **parts) from problem
    sheets: dict[str, list[list[str]]] = {}
    for page in pages:
        if page.name in sheets:
            sentence = N_("“%(file)s”有两张工作表都叫“%(sheet)s”；请改名或删去一张，再传。")
            raise SpreadsheetError(sentence, file=name, sheet=page.name)
        sheets[page.name] = _rows(page)
    _refuse_bad_cells(name, pages)
    return sheets


def _rows(page: Page) -> list[list[str]]:
    """The page's rows in their places, blank ones between them kept, so that row numbers stay those of the spreadsheet."""
    rows: list[list[str]] = []
    for line in page.lines:
        rows += [[] for _blank in range(line.row - 1 - len(rows))]
        rows.append(line.cells)
    return rows


def _refuse_bad_cells(name: str, pages: Sequence[Page]) -> None:
    """Raise SpreadsheetError with the cells that cannot be used, if there are any."""
    bad = [(page.name, cell) for page in pages for cell in page.bad]
    if not bad:
        return
    problems = []
    for sheet, cell in bad[:MOST_LISTED]:
        what, remedy = _UNFIT[cell.reason]
        problems.append(CellProblem(sheet, cell.row, letters(cell.column), _(what, **cell.parts), _(remedy)))
    first = problems[0]
    where = {"file": name, "sheet": first.sheet, "row": first.row, "column": first.column}
    sentence = N_("“%(file)s”有 %(count)s 格不能用，第一处是“%(sheet)s”第 %(row)s 行 %(column)s 列：%(what)s请改好后重新上传。")
    raise SpreadsheetError(sentence, problems=problems, count=len(bad), what=first.what, **where)
