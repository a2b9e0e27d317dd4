"""Reading csv and xlsx files as text cells, safely: sizes are checked before anything is unpacked, nothing is executed.

A cell that looks like a formula stays the text it is. Numbers of a workbook become the shortest decimal that names them,
so 87.35 typed in a cell is exactly 87.35 here.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.late import late
from questionnaires.folder.columns import NOTE_SHEETS, TABLES, TableSpec, table_named
from questionnaires.folder.messages import Desk
from questionnaires.telling import Listed

if TYPE_CHECKING:
    import python_calamine
else:
    python_calamine = late("python_calamine")

FILE_MOST = 64 * 1024 * 1024  # bytes of an xlsx file
CSV_MOST = 1024 * 1024 * 1024  # bytes of a csv file: a million ballots of sixty marks fit
UNPACKED_MOST = 1024 * 1024 * 1024  # bytes of an xlsx file's parts together, against zip bombs
PARTS_MOST = 4096
CELL_MOST = 10_000
EVIDENCE = "evidence"  # tables may stand in a part of the folder, apart from the scheme and its sources


@dataclass(frozen=True)
class Sheet:
    """One table as it stands in a file: `rows` are (row number, cells); blank rows are left out, cells are stripped texts."""

    spec: TableSpec
    origin: str
    heading: tuple[str, ...]
    heading_row: int
    rows: list[tuple[int, list[str]]]


def read_tables(folder: Path, desk: Desk) -> dict[str, Sheet]:
    """Every table of the folder, or of its part `evidence` when it has one, by its key. Problems with files go to the desk."""
    found: dict[str, Sheet] = {}
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


def _sheets_of(path: Path, origin: str, desk: Desk) -> Iterator[Sheet]:
    spec = table_named(path.stem)
    if path.suffix.lower() == ".csv":
        if spec is None:
            desk.bad(origin, 0, 0, "strange-file", allowed=names_allowed())
            return
        yield from _sheet(spec, origin, _csv_rows(path, origin, desk))
        return
    for name, rows in _workbook(path, origin, desk):
        if name.strip().casefold() in NOTE_SHEETS:
            continue
        named = spec or table_named(name)
        content = list(_sheet(named or TABLES[0], f"{origin}!{name}", rows))
        if named is None and content:
            desk.bad(origin, 0, 0, "strange-sheet", sheet=name, allowed=names_allowed())
        elif named is not None:
            yield from content


def _sheet(spec: TableSpec, origin: str, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Sheet]:
    """The sheet made of these numbered rows; nothing when it is empty."""
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if filled:
        number, heading = filled[0]
        while not heading[-1]:
            heading.pop()
        yield Sheet(spec, origin, tuple(heading), number, filled[1:])


@lru_cache(maxsize=1 << 16)
def tidy(text: str) -> str:
    """A cell's text as it is compared: full-width letters and digits made plain, spaces at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip()


def _csv_rows(path: Path, origin: str, desk: Desk) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line of the file each begins on, which is what an editor shows."""
    if path.stat().st_size > CSV_MOST:
        desk.bad(origin, 0, 0, "file-too-big", what=f"{path.stat().st_size} > {CSV_MOST}")
        return
    text = _decoded(path.read_bytes())
    if text is None:
        desk.bad(origin, 0, 0, "not-utf8")
        return
    first = text.split("\n", maxsplit=1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    begins = 1
    try:
        for row in reader:
            yield begins, [tidy(cell)[:CELL_MOST] for cell in row]
            begins = reader.line_num + 1
    except csv.Error as error:
        desk.bad(origin, begins, 0, "bad-csv", what=str(error))


def _decoded(data: bytes) -> str | None:
    """UTF-8 with or without a mark, else GB18030 (what spreadsheet programs in China save), else None."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _workbook(path: Path, origin: str, desk: Desk) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """Each worksheet's name and numbered rows. Sizes are checked on the zip directory before a byte is unpacked."""
    try:
        if path.stat().st_size > FILE_MOST:
            desk.bad(origin, 0, 0, "file-too-big", what=f"{path.stat().st_size} > {FILE_MOST}")
            return
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > UNPACKED_MOST or len(parts) > PARTS_MOST:
            desk.bad(origin, 0, 0, "file-too-big", what=f"{unpacked} > {UNPACKED_MOST}")
            return
        with python_calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                rows = sheet.to_python(skip_empty_area=False)
                yield name, [(number, [_cell_text(cell) for cell in row]) for number, row in enumerate(rows, start=1)]
    except (zipfile.BadZipFile, python_calamine.CalamineError, OSError) as error:
        desk.bad(origin, 0, 0, "bad-workbook", what=type(error).__name__)


def _cell_text(cell: object) -> str:
    """A workbook cell as text: 3.0 is "3", 87.35 is "87.35", a day is ISO."""
    if isinstance(cell, str):
        return tidy(cell)[:CELL_MOST]
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # The shortest decimal that reads back to this float, never in exponent form.
        text = format(Decimal(repr(cell)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return str(cell)
