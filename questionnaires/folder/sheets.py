"""The tables of a folder: which file or sheet is which table, and its rows as the one reader gives them.

The sizes are large, because a folder is one's own and is counted on one's own machine: a million ballots fit into a csv.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from questionnaires.folder.columns import NOTE_SHEETS, TABLES, TableSpec, table_named
from questionnaires.folder.messages import ProblemDesk
from questionnaires.tables.gate import Limits
from questionnaires.tables.reading import Bounds, Page, UnreadableFileError, read
from questionnaires.telling import Listed

MIB = 1024 * 1024
UNPACKED_MOST = 1024 * MIB  # bytes of an xlsx file's parts together
BOUNDS = Bounds(
    workbook_bytes=64 * MIB,
    csv_bytes=1024 * MIB,
    # As many rows and columns as Excel has; as many cells as are laid out in some 1.5 GB.
    workbook=Limits(
        members=4096, unpacked=UNPACKED_MOST, ratio=200, rows=1_048_576, columns=16_384, area=20_000_000, characters=200_000_000
    ),
    csv_rows=100_000_000,
    csv_columns=16_384,
    csv_area=1_000_000_000,
)
NONE = ("无", "none")
EVIDENCE = "evidence"  # tables may stand in a part of the folder, apart from the scheme and its sources

#: Why a cell cannot be used -> the problem's code.
_UNFIT = {
    "unseen": "unseen-character",
    "long": "cell-too-long",
    "digits": "number-cut",
    "error": "formula-error",
    "uncalculated": "not-calculated",
}
_TOO_BIG = {"big", "huge", "text", "far"}


@dataclass(frozen=True, kw_only=True)
class FolderSheet:
    """One table as it stands in a file: `rows` are (line of the file or row of the sheet, cells); blank rows are left out.

    `none`: the one row says that there are none, so that an empty table is never taken for "nothing happened".
    """

    spec: TableSpec
    origin: str
    heading: tuple[str, ...]
    heading_row: int
    rows: list[tuple[int, list[str]]]
    none: bool = False


def read_tables(folder: Path, desk: ProblemDesk) -> dict[str, FolderSheet]:
    """Every table of the folder, or of its part `evidence` when it has one, by its key. Problems with files go to the desk."""
    found: dict[str, FolderSheet] = {}
    for path in sorted(table_home(folder).iterdir()):
        if path.suffix.lower() not in {".csv", ".xlsx"} or path.name.startswith((".", "~$")) or not path.is_file():
            continue
        for sheet in _sheets_of(path, path.relative_to(folder).as_posix(), desk):
            if sheet.spec.key in found:
                other = found[sheet.spec.key].origin
                desk.bad(sheet.origin, 0, 0, "table-twice", table=sheet.spec.keyword, other=other)
            else:
                found[sheet.spec.key] = sheet
    return found


def table_home(folder: Path) -> Path:
    """Where the tables of a folder stand: in its part for evidence when it has one."""
    return folder / EVIDENCE if (folder / EVIDENCE).is_dir() else folder


def names_allowed() -> Listed:
    """The names of all tables, for remedies."""
    return Listed(tuple(f"{table.key}（{table.chinese}）" for table in TABLES))


def _sheets_of(path: Path, origin: str, desk: ProblemDesk) -> Iterator[FolderSheet]:
    spec = table_named(path.stem)
    if path.suffix.lower() == ".csv" and spec is None:
        desk.bad(origin, 0, 0, "strange-file", allowed=names_allowed())
        return
    for page in _pages(path, origin, desk):
        if page.name.casefold() in NOTE_SHEETS:
            continue
        named = spec or table_named(page.name)
        if named is None and page.lines:
            desk.bad(origin, 0, 0, "strange-sheet", sheet=page.name, allowed=names_allowed())
        elif named is not None:
            yield from _sheet(named, origin if path.suffix.lower() == ".csv" else f"{origin}!{page.name}", page, desk)


def _pages(path: Path, origin: str, desk: ProblemDesk) -> list[Page]:
    """What stands in the file; nothing, and a problem, when it cannot be read."""
    size = path.stat().st_size
    most = BOUNDS.csv_bytes if path.suffix.lower() == ".csv" else BOUNDS.workbook_bytes
    if size > most:  # before its bytes are fetched
        desk.bad(origin, 0, 0, "file-too-big", what=f"{size} > {most}")
        return []
    try:
        return read(path.name, path.read_bytes(), BOUNDS)
    except UnreadableFileError as problem:
        parts = problem.parts
        if problem.reason == "csv":
            desk.bad(origin, int(str(parts["line"])), 0, "bad-csv", what=parts["what"])
        elif problem.reason == "encoding":
            desk.bad(origin, 0, 0, "not-utf8")
        else:
            where = "!".join(str(parts[name]) for name in ("sheet", "cell") if parts.get(name))
            code = "file-too-big" if problem.reason in _TOO_BIG else "bad-workbook"
            desk.bad(origin, 0, 0, code, what=f"{problem.reason} {where}".rstrip())
        return []


def _sheet(spec: TableSpec, origin: str, page: Page, desk: ProblemDesk) -> Iterator[FolderSheet]:
    """The sheet made of a page; nothing when it is empty. Cells that cannot be used are problems."""
    for cell in page.bad:
        desk.bad(origin, cell.line, cell.column, _UNFIT[cell.reason], **cell.parts)
    if page.lines:
        first = page.lines[0]
        heading = tuple(tidy(cell) for cell in first.cells)
        rows = [(one.line, one.cells) for one in page.lines[1:]]
        none = spec.key not in {"subjects", "ballots", "heads"} and len(rows) == 1 and _says_none(rows[0][1])
        yield FolderSheet(spec=spec, origin=origin, heading=heading, heading_row=first.line, rows=[] if none else rows, none=none)


def _says_none(cells: list[str]) -> bool:
    """Whether a row says that the table has none: the word in its first cell, and nothing else."""
    return tidy(cells[0]).casefold() in NONE and not any(tidy(cell) for cell in cells[1:])


@lru_cache(maxsize=1 << 16)
def tidy(text: str) -> str:
    """A cell's text as it is compared: full-width letters and digits made plain, spaces at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip()
