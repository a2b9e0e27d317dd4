"""Old xls and OpenDocument sheets, read by a process of its own with little memory and little time.

The gate walks xlsx before anything opens it (`gate`); these two formats have no gate of ours, so a file that would take the
machine down takes down only this child. It is given bytes, gives back text, and touches no file.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questionnaires.tables.cell_text import UnfitCellError
from questionnaires.tables.reading import UnreadableFileError, cell_text

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
Merged = tuple[int, int, int, int]  # first row and column, last row and column, counted from 0


@dataclass(frozen=True)
class OldPage:
    """One sheet: rows from the first one on, blank cells "", merged areas, cells that could not be used (row, column)."""

    name: str
    rows: list[list[str]]
    merged: list[Merged]
    bad: list[tuple[int, int]]


def read_old(data: bytes, *, rows: int, columns: int, area: int) -> list[OldPage]:
    """The sheets of an xls or ods file of at most so many rows, columns and cells. Raises UnreadableFileError: old or far."""
    limits = json.dumps({"rows": rows, "columns": columns, "area": area})
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter with our own module
            [sys.executable, "-m", "questionnaires.tables.old_formats", limits],
            input=data,
            capture_output=True,
            timeout=SECONDS + 10,
            check=False,
        )
        told: Mapping[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError) as broken:
        raise UnreadableFileError("old") from broken
    if "far" in told:
        raise UnreadableFileError("far", sheet=str(told["far"]), cell="")
    if "pages" not in told:
        raise UnreadableFileError("old")
    return [
        OldPage(str(name), lines, [(a, b, c, d) for a, b, c, d in merged], [(row, column) for row, column in bad])
        for name, lines, merged, bad in told["pages"]
    ]


def merged_areas(data: bytes) -> dict[str, list[Merged]]:
    """The merged areas of an xlsx workbook that the gate has let through, by sheet."""
    import python_calamine  # noqa: PLC0415 - heavy, and asked for by one page

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: _merged(book.get_sheet_by_name(name)) for name in book.sheet_names}


def _merged(sheet: Any) -> list[Merged]:
    try:
        found = sheet.merged_cell_ranges or []
    except Exception:  # a format that keeps none of them says so in its own way
        found = []
    return [(first[0], first[1], last[0], last[1]) for first, last in found]


def _main(limits: Mapping[str, int]) -> dict[str, object]:
    """In the child: what to say of the file on standard input."""
    import python_calamine  # noqa: PLC0415 - as above

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    pages: list[object] = []
    for one in book.sheets_metadata:
        if one.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(one.name)
        height, width = sheet.total_height, sheet.total_width
        if height > limits["rows"] or width > limits["columns"] or height * width > limits["area"]:
            return {"far": one.name}
        bad: list[tuple[int, int]] = []
        rows = [_row(cells, number, bad) for number, cells in enumerate(sheet.to_python(skip_empty_area=False))]
        pages.append([one.name, rows, _merged(sheet), bad])
    return {"pages": pages}


def _row(cells: Sequence[object], number: int, bad: list[tuple[int, int]]) -> list[str]:
    found = []
    for column, cell in enumerate(cells):
        try:
            found.append(cell_text(cell))
        except UnfitCellError:
            bad.append((number, column))
            found.append("")
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.write(json.dumps(_main(json.loads(sys.argv[1])), ensure_ascii=True))
