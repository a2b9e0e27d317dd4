"""Judging an xlsx file before anything opens it: by its index, then by one streaming walk through its parts.

Threats answered to: an archive that unpacks to gigabytes, whether its index says so or lies; a document type declaration
anywhere in a part; a lone cell at the far corner of a sheet, for which a reader would lay out seventeen thousand million
cells and take the whole process down; a long text referred to a million times; a file of another kind dressed as a
workbook. Memory here is bounded by one chunk and the lengths of the shared strings. What comes through is well-formed, small,
and holds every part it needs under a name this walk has seen. On the way the walk notes cells that hold no value though they
look filled: a formula that came to an error, one that nobody ever calculated. A reader gives both as empty, and an empty cell
means "not asked". Lives here: refusing. May not live here: reading values.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import normpath
from xml.parsers import expat

from questionnaires.tables.cell_text import column_number, letters

_CHUNK = 64 * 1024
_LONGEST = 40_000  # characters of one text; a cell holds 32,767 at most
_SHOWN = 20  # characters of an error's name that are passed on
_PLACE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,9})")
_BOOK, _LINKS, _STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedstrings.xml"
_ORDER = (_LINKS, _BOOK, _STRINGS)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large a workbook may be. `ratio`: bytes unpacked per byte sent; `area`: rows × columns of one sheet, filled or not;
    `characters`: of all cells together, a shared string counted wherever it is used."""

    members: int
    unpacked: int
    ratio: int
    rows: int
    columns: int
    area: int
    characters: int


@dataclass(frozen=True)
class Flaw:
    """A cell without the value it seems to hold. `reason`: error (with the `text` it shows) or uncalculated."""

    sheet: str
    cell: str
    reason: str
    text: str = ""


class SuspectWorkbookError(Exception):
    """The workbook may not be opened. `reason`: broken, kind, huge, declaration, macros, text, or far with sheet and cell."""

    def __init__(self, reason: str, sheet: str = "", cell: str = "") -> None:
        super().__init__(reason, sheet, cell)
        self.reason, self.sheet, self.cell = reason, sheet, cell


def judge(data: bytes, limits: Limits) -> tuple[Flaw, ...]:
    """Return when the workbook may be opened, with the cells that hold no value. Raises SuspectWorkbookError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _judge_index(members, len(data), limits)
            walk = _Walk(limits)
            for member in sorted(members, key=_first_links_then_strings):
                if member.filename.lower().endswith((".xml", ".rels")):
                    walk.part(archive, member)
            return tuple(walk.flaws)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, RuntimeError, ValueError, LookupError) as broken:
        raise SuspectWorkbookError("broken") from broken


def _judge_index(members: Sequence[zipfile.ZipInfo], sent: int, limits: Limits) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > limits.members or unpacked > limits.unpacked or unpacked > limits.ratio * sent:
        raise SuspectWorkbookError("huge")
    names = [member.filename.lower() for member in members]
    if _BOOK not in names or "content.xml" in names or "xl/workbook.bin" in names:
        raise SuspectWorkbookError("kind")  # a reader that guesses the kind must have nothing to guess
    # Two parts under one name, or a name that reads differently elsewhere: what is judged must be what is opened.
    if len(set(names)) < len(names) or any(one.orig_filename != one.filename or not one.filename.isascii() for one in members):
        raise SuspectWorkbookError("broken")


def _first_links_then_strings(member: zipfile.ZipInfo) -> tuple[int, str]:
    name = member.filename.lower()
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), name


class _Walk:
    """Walks the parts with expat, which reads as a stream and knows nothing of the world outside the part."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = self._characters = 0
        self._targets: dict[str, str] = {}  # relationship id -> part
        self._titles: dict[str, str] = {}  # part -> sheet title
        self._lengths: list[int] = []  # characters of each shared string
        self.flaws: list[Flaw] = []

    def part(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        """Walk one part to its end, so that its checksum is proved too. Raises SuspectWorkbookError."""
        self._name = member.filename.lower()
        self._row = self._column = self._last_row = self._last_column = 0
        self._cell = self._kind = ""
        self._in_cell = False
        self._listen()
        self._heard = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._declaration
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._heard_text
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                self._unpacked += len(chunk)
                if self._unpacked > self._limits.unpacked:
                    raise SuspectWorkbookError("huge")
                parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - expat names no parameter; this was all

    def _declaration(self, *_: object) -> None:
        raise SuspectWorkbookError("declaration")

    def _start(self, name: str, about: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._enter_cell(about)
        elif tag == "row":
            self._row = int(about["r"]) if "r" in about else self._row + 1
            self._column = 0
        elif tag in {"v", "is"} and self._in_cell:
            self._filled()
            self._listen()
        elif tag == "f" and self._in_cell:
            self._formula = True
        elif tag == "si" and self._name == _STRINGS:
            self._listen()
        elif tag == "Relationship" and self._name == _LINKS:
            self._link(about)
        elif tag == "sheet" and self._name == _BOOK:
            link = next((value for key, value in about.items() if key.rpartition(":")[2] == "id"), "")
            self._titles[self._targets.get(link, "")] = about.get("name", "")

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c" and self._in_cell:
            self._in_cell = False
            self._leave_cell()
        elif tag in {"v", "is", "si"} and self._heard:
            self._heard = False
            self._value = "".join(self._text)
            self._count(self._value, shared=tag == "si")

    def _listen(self) -> None:
        self._heard, self._length = True, 0
        self._text: list[str] = []

    def _heard_text(self, text: str) -> None:
        if self._heard:
            self._text.append(text)
            self._length += len(text)
            if self._length > _LONGEST:
                raise SuspectWorkbookError("text", self._titles.get(self._name, ""), self._cell)

    def _enter_cell(self, about: dict[str, str]) -> None:
        place = _PLACE.fullmatch(about["r"]) if "r" in about else None
        if "r" in about and place is None:
            raise SuspectWorkbookError("broken")
        if place is None:
            self._column += 1
        else:
            self._column, self._row = column_number(place[1]), int(place[2])
        self._cell, self._kind, self._in_cell = about.get("r", ""), about.get("t", ""), True
        self._formula, self._value = False, ""

    def _leave_cell(self) -> None:
        """Note the cell if it holds no value. A formula whose value is an empty text says so by its kind and holds one."""
        reason = "error" if self._kind == "e" else "uncalculated"
        if self._kind == "e" or (self._formula and self._kind != "str" and not self._value.strip()):
            cell = self._cell or f"{letters(self._column)}{self._row}"
            self.flaws.append(Flaw(self._titles.get(self._name, ""), cell, reason, self._value.strip()[:_SHOWN]))

    def _filled(self) -> None:
        """A cell that holds something stretches the sheet up to itself; an empty, merely formatted one does not."""
        self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, self._column)
        limits = self._limits
        too_far = self._row > limits.rows or self._column > limits.columns
        if too_far or self._last_row * self._last_column > limits.area:
            raise SuspectWorkbookError("far", self._titles.get(self._name, ""), self._cell)

    def _count(self, text: str, *, shared: bool) -> None:
        if shared:
            self._lengths.append(len(text))
        elif self._kind == "s" and text.strip():
            self._characters += self._lengths[int(text)]  # a string that is not there: IndexError, a broken file
        else:
            self._characters += len(text)
        if self._characters > self._limits.characters:
            raise SuspectWorkbookError("text")

    def _link(self, about: dict[str, str]) -> None:
        target = about.get("Target", "").lower()
        if not target.endswith(".xml"):
            raise SuspectWorkbookError("macros")  # a part this walk would not have read
        self._targets[about.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else normpath(f"xl/{target}")
