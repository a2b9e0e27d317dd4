"""Files people upload, read as named sheets of text. Nothing in here knows what the columns mean.

Threats answered to: a zip bomb (the archive's own index is judged before anything is unpacked), document type declarations
and entities (refused), names that turn into formulas or reverse the reading direction (control and direction characters
are refused with their place; text stays text). Every refusal names file, sheet, row and column.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath

import python_calamine

from survey_app.errors import UserError
from survey_app.i18n import N_

Sheets = Mapping[str, Sequence[Sequence[str]]]

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_MEMBERS = 400
MOST_RATIO = 200
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 2_000
_HEAD = 4096


class SpreadsheetError(UserError):
    """A file that cannot be read, in one sentence."""

    status = 422


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: the sender's name for it (never used as a path) and its bytes."""

    name: str
    data: bytes


def read_files(uploads: Sequence[Upload]) -> Sheets:
    """All sheets of all files; a csv is one sheet named like its file. Raises SpreadsheetError."""
    sheets: dict[str, Sequence[Sequence[str]]] = {}
    for upload in uploads:
        for name, rows in read_file(upload).items():
            if name in sheets:
                raise SpreadsheetError(
                    N_("“%(sheet)s”这张工作表送来了两次（%(file)s）；请只留一份。"), sheet=name, file=upload.name
                )
            sheets[name] = rows
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
    if upload.data.startswith(b"PK"):
        sheets = _xlsx(name, upload.data)
    elif upload.data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetError(N_("“%(file)s”是旧式 xls 或加了密码；请在表格软件里另存为 xlsx，再传一次。"), file=name)
    else:
        sheets = {PurePath(name).stem: _csv(name, upload.data)}
    return {sheet: _checked(name, sheet, rows) for sheet, rows in sheets.items()}


def _xlsx(name: str, data: bytes) -> dict[str, list[list[str]]]:
    _check_archive(name, data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {}
        for title in book.sheet_names:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            sheets[title.strip()] = [[_text(cell) for cell in row] for row in rows]
    except (python_calamine.CalamineError, ValueError, OSError) as problem:
        raise SpreadsheetError(N_("“%(file)s”不是完好的 xlsx 文件；请用表格软件打开后另存一次，再传。"), file=name) from problem
    return sheets


def _check_archive(name: str, data: bytes) -> None:
    """Judge the archive by its index and by the first bytes of its parts, before anything is unpacked whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * len(data):
                raise SpreadsheetError(N_("“%(file)s”展开后大得不合常理，没有打开；请重新导出名册再传。"), file=name)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if b"<!DOCTYPE" in part.read(_HEAD):
                            raise SpreadsheetError(
                                N_("“%(file)s”里有外部声明，没有打开；请另存一次再传。"), file=name
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as problem:
        raise SpreadsheetError(N_("“%(file)s”不是完好的 xlsx 文件；请用表格软件打开后另存一次，再传。"), file=name) from problem


def _csv(name: str, data: bytes) -> list[list[str]]:
    text = _decoded(name, data)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as problem:
        raise SpreadsheetError(
            N_("“%(file)s”不是规范的 csv（引号没有配对）；请用表格软件另存一次，再传。"), file=name
        ) from problem


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


def _text(cell: object) -> str:
    """A cell as people typed it: 3.0 is 3, 87.35 is 87.35, a date is ISO. Calamine hands numbers over as floats."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        exact = Decimal(repr(cell))
        return str(exact.to_integral_value()) if exact == exact.to_integral_value() else format(exact, "f")
    return str(cell)


def _checked(name: str, sheet: str, rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        raise SpreadsheetError(
            N_("“%(file)s”的“%(sheet)s”超过 %(rows)s 行或 %(columns)s 列；请删去空行空列或拆开。"),
            file=name,
            sheet=sheet,
            rows=MOST_ROWS,
            columns=MOST_COLUMNS,
        )
    return [
        [_clean(cell, name, sheet, number, column) for column, cell in enumerate(row, start=1)]
        for number, row in enumerate(rows, start=1)
    ]


def _clean(cell: str, name: str, sheet: str, row: int, column: int) -> str:
    text = unicodedata.normalize("NFC", cell.replace("\u00a0", " ").replace("\r\n", "\n")).strip()
    hidden = next((character for character in text if unicodedata.category(character) in {"Cc", "Cf"} and character != "\n"), "")
    if hidden or len(text) > MOST_CHARACTERS:
        raise SpreadsheetError(
            N_(
                "“%(file)s”的“%(sheet)s”第 %(row)s 行第 %(column)s 列有看不见的字符（%(code)s）或文字过长；请重新键入。"
            ),
            file=name,
            sheet=sheet,
            row=row,
            column=column,
            code=f"U+{ord(hidden):04X}" if hidden else len(text),
        )
    return text.replace("\n", " ")
