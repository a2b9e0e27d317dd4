"""A file as the office has it: every sheet with its rows, merged areas and unusable cells. Nothing in it is judged yet.

Lives here: opening files of four kinds. May not live here: what a column means (`mapping`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from analysis.records import Record
from questionnaires.tables.old_formats import merged_areas, read_old
from questionnaires.tables.reading import Page, UnreadableFileError, read
from survey_app.i18n import N_
from survey_app.services.uploads import BOUNDS, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, SUSPICIONS, SpreadsheetError, Upload

_OLD, _ODS = b"\xd0\xcf\x11\xe0", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
#: A sheet of more is none that a person looks through; the roster has its own limits.
MOST_SHEETS = 40


class SheetAsIs(Record, frozen=True):
    """One sheet. `rows` of text from the first row on; `merged`: first row and column, last row and column, from 0; `bad`: cells
    that hold something that is no text (an error, a formula nobody calculated)."""

    file: str
    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    bad: tuple[tuple[int, int], ...] = ()


def read_as_is(uploads: Sequence[Upload]) -> tuple[SheetAsIs, ...]:
    """Every sheet that holds something, of all files: xlsx, xls, ods, csv in any encoding. Raises SpreadsheetError."""
    found = tuple(sheet for upload in uploads for sheet in _sheets(upload) if any(any(row) for row in sheet.rows))
    name = PurePath(uploads[0].name.replace("\\", "/")).name or "?"
    if not found:
        raise SpreadsheetError(N_("“%(file)s”是空的；请重新选择文件。"), file=name)
    if len(found) > MOST_SHEETS:
        raise SpreadsheetError(N_("“%(file)s”的工作表太多；请只留下名册，再传。"), file=name)
    return found


def _sheets(upload: Upload) -> list[SheetAsIs]:
    name = PurePath(upload.name.replace("\\", "/")).name or "?"
    try:
        if upload.data.startswith(_OLD) or _ODS in upload.data[:200]:
            pages = read_old(upload.data, rows=MOST_ROWS, columns=MOST_COLUMNS, area=MOST_CELLS)
            return [
                SheetAsIs(name, one.name.strip(), tuple(map(tuple, one.rows)), tuple(one.merged), tuple(one.bad)) for one in pages
            ]
        read_pages = read(name, upload.data, BOUNDS)
        merged = merged_areas(upload.data) if upload.data.startswith(b"PK") else {}
        areas = {key.strip(): value for key, value in merged.items()}
        return [SheetAsIs(name, one.name, _rows(one), tuple(areas.get(one.name, ())), _bad(one)) for one in read_pages]
    except UnreadableFileError as problem:
        parts = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "cells": MOST_CELLS, **problem.parts}
        parts["size"] = len(upload.data) // 1024 // 1024
        raise SpreadsheetError(SUSPICIONS[problem.reason], problems=(), file=name, **parts) from problem


def _rows(page: Page) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for line in page.lines:
        rows += [()] * (line.row - 1 - len(rows))
        rows.append(tuple(line.cells))
    return tuple(rows)


def _bad(page: Page) -> tuple[tuple[int, int], ...]:
    return tuple((cell.row - 1, cell.column - 1) for cell in page.bad)
