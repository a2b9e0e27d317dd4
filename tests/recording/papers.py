"""Files as text that diffs well: PDF, workbooks, archives, JSON. By their content, whatever their name."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl
import pypdfium2

from tests.recording.plain import Plain

ONE_LINE = 120  # JSON no longer than this is not broken


def told(data: bytes, plain: Plain) -> str:
    """The file as text without what a draw decides."""
    if data.startswith(b"%PDF"):
        return plain.lines(pdf_text(data))
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                return plain.lines(_workbook(data))
            return "".join(f"=== {name}\n{told(archive.read(name), plain)}" for name in names)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return f"{len(data)} bytes that are no text\n"
    if text[:1] in "{[":
        try:
            return as_json(json.loads(text), plain)
        except ValueError:
            pass  # a text that only begins like JSON is told as text
    return plain.lines(text)


def as_json(value: Any, plain: Plain) -> str:
    """JSON in its own order, but for lists of records that were ordered by what is taken out; what is short on one line."""
    return "\n".join(_laid_out(_still(value, plain), "")) + "\n"


def rows_as_json(rows: Sequence[Any], plain: Plain) -> str:
    """Rows of a table, in the order given."""
    return "\n".join(line for row in rows for line in _laid_out(_still(row, plain), "")) + "\n"


def _laid_out(value: Any, indent: str, name: str = "") -> Iterator[str]:
    short = json.dumps(value, ensure_ascii=False)
    if len(short) <= ONE_LINE or not isinstance(value, (dict, list)):
        yield f"{indent}{name}{short}"
        return
    members = (
        [("", member) for member in value]
        if isinstance(value, list)
        else [(f"{json.dumps(key, ensure_ascii=False)}: ", member) for key, member in value.items()]
    )
    yield f"{indent}{name}{'[' if isinstance(value, list) else '{'}"
    for key, member in members:
        yield from _laid_out(member, indent + " ", key)
    yield f"{indent}{']' if isinstance(value, list) else '}'}"


def _still(value: Any, plain: Plain) -> Any:
    if isinstance(value, str):
        return as_json_text(value, plain)
    if isinstance(value, dict):
        return {plain.text(key): _still(member, plain) for key, member in value.items()}
    if isinstance(value, list):
        still = [_still(member, plain) for member in value]
        records = all(isinstance(member, dict) for member in still) or all(isinstance(member, list) for member in still)
        texts = [json.dumps(member, ensure_ascii=False) for member in still] if records else []
        if any("‹" in text for text in texts):
            return [member for _, member in sorted(zip(texts, still, strict=True), key=lambda pair: pair[0])]
        return still
    return value


def as_json_text(value: str, plain: Plain) -> Any:
    """A text inside JSON; one that is JSON itself is opened."""
    if value[:1] in ("{", "[") and len(value) > 1:
        try:
            return _still(json.loads(value), plain)
        except ValueError:
            pass  # words in brackets
    return plain.text(value)


def pdf_text(data: bytes) -> str:
    """The text of a PDF, page by page, as a reader's copy command gives it."""
    document = pypdfium2.PdfDocument(data)
    try:
        return "\n".join(
            f"--- page {number}, {page.get_width():.0f} x {page.get_height():.0f} pt\n{page.get_textpage().get_text_range()}"
            for number, page in enumerate(document, start=1)
        )
    finally:
        document.close()


def _workbook(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data))
    lines = []
    for sheet in book.worksheets:
        lines.append(f"--- sheet {sheet.title} {sheet.dimensions} frozen {sheet.freeze_panes} {sheet.sheet_state}")
        lines += [f"merged {area}" for area in sorted(map(str, sheet.merged_cells.ranges))]
        checks = getattr(sheet.data_validations, "dataValidation", [])
        lines += [f"check {check.sqref} {check.type} {check.formula1}" for check in checks]
        lines += [
            f"{cell.coordinate} | {str(cell.value)!r} | {type(cell.value).__name__} | {cell.number_format}"
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
    return "\n".join(lines)
