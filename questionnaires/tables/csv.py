"""Writing csv that opens in Excel with the right characters and without running anything."""

from __future__ import annotations

import csv
import io
import re

from questionnaires.tables.sheet import Cell, Number, Sheet

_BOM = "\ufeff"  # without it Excel reads the file in the machine's own code page
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(/[0-9]+)?%?", re.ASCII)


def write(sheet: Sheet) -> bytes:
    """One table as UTF-8 with a byte order mark, lines ended by CRLF as RFC 4180 asks."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([neutral(head) for head in sheet.heads])
    for cells in sheet.rows:
        writer.writerow([_text(cell) for cell in cells])
    return (_BOM + target.getvalue()).encode("utf-8")


def neutral(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula. A plain number stays itself."""
    if text.lstrip(" ").startswith(_STARTS_FORMULA) and not _PLAIN_NUMBER.fullmatch(text.strip()):
        return "'" + text
    return text


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Number):
        return neutral(cell.text) if cell.around else cell.text
    return neutral(cell) if isinstance(cell, str) else str(cell)
