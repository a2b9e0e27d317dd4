"""Rows of an evidence sheet under their headings: columns by any of their names, every problem by sheet, row and column."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from questionnaires.model import RosterSubject
from questionnaires.tables.typed import iso_date
from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.services.evidence.columns import ID, NAME, REASON, REASON_MOST, Entry, SheetProblem, heading


@dataclass
class EntryDesk:
    """What is being read off all sheets: entries, problems, and how many asked cells were empty."""

    roster: Mapping[str, RosterSubject]
    entries: list[Entry] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    empty: int = 0


@dataclass(frozen=True)
class EntrySheet:
    """One sheet: its rows and where each heading stands (`columns`: heading in lower case -> place)."""

    desk: EntryDesk
    sheet: str
    rows: Sequence[Sequence[str]]
    columns: Mapping[str, int]

    def place(self, words: Sequence[str]) -> int | None:
        """Where the column stands that has one of these headings."""
        return next((self.columns[word] for word in words if word in self.columns), None)

    def filled(self) -> Iterator[EntryRow]:
        """The rows below the heading that are not empty, with their number in the spreadsheet."""
        for number, cells in enumerate(self.rows[1:], start=2):
            if any(cell.strip() for cell in cells):
                yield EntryRow(self, number, cells)


@dataclass(frozen=True)
class EntryRow:
    """One row of a sheet."""

    grid: EntrySheet
    number: int
    cells: Sequence[str]

    def problem(self, column: str, what: str, remedy: str, **parts: object) -> None:
        """Note a problem in this row."""
        self.grid.desk.problems.append(SheetProblem(self.grid.sheet, self.number, column, _(what, **parts), _(remedy, **parts)))

    def at(self, place: int | None) -> str:
        """The cell at a place, without spaces at its ends; "" where the row ends before."""
        return self.cells[place].strip() if place is not None and place < len(self.cells) else ""

    def get(self, words: Sequence[str]) -> str:
        """The cell under one of these headings."""
        return self.at(self.grid.place(words))

    def need(self, words: Sequence[str], most: int) -> str:
        """The same; a problem when it is empty or too long."""
        text = self.get(words)
        if not text:
            self.problem(heading(words), N_("这一格是空的"), N_("请填写"))
        elif len(text) > most:
            self.problem(heading(words), N_("这一格太长"), N_("最多 %(most)s 个字"), most=most)
            return ""
        return text

    def word(self, words: Sequence[str], known: Mapping[str, str], what: str, titles: Sequence[str]) -> str:
        """The key of a listed word given by key or title; "" with a problem naming what may be written."""
        text = self.get(words)
        found = known.get(text.lower(), "")
        if not found:
            remedy = N_("请填其中之一：%(known)s") if titles else N_("请从表里删去这一行")
            self.problem(heading(words), what, remedy, found=text, known=listed(titles[:20]))
        return found

    def reason(self) -> str:
        """The reason in this row; a problem when it is longer than is kept."""
        text = self.get(REASON)
        if len(text) > REASON_MOST:
            self.problem(heading(REASON), N_("这一格太长"), N_("最多 %(most)s 个字"), most=REASON_MOST)
        return text[:REASON_MOST]

    def day(self, words: Sequence[str], *, needed: bool = True) -> str:
        """A day as YYYY-MM-DD; "" with a problem when it is none (an empty cell is none only where one is needed)."""
        text = self.get(words)
        if not text and not needed:
            return ""
        on = iso_date(text)
        if on is None:
            self.problem(heading(words), N_("“%(found)s”不是日期"), N_("请写成 2026-03-05 的样子"), found=text)
        return on or ""

    def subject(self) -> RosterSubject | None:
        """The subject of this row; None with a problem when it is not on the roster or the name is another's."""
        code, name = self.get(ID), self.get(NAME)
        subject = self.grid.desk.roster.get(code)
        if subject is None:
            self.problem(heading(ID), N_("名册里没有编号“%(id)s”"), N_("请核对编号；名册和这张表要用同一套编号"), id=code)
        elif name and _bare(name) != _bare(subject.name):
            # a shifted column of numbers under the right names is the commonest accident with sorted sheets
            what = N_("编号“%(id)s”在名册里是“%(known)s”，这里写的是“%(found)s”")
            self.problem(heading(NAME), what, N_("请核对这一行是不是错了位"), id=code, known=subject.name, found=name)
            return None
        return subject


def grid_of(
    desk: EntryDesk, sheet: str, rows: Sequence[Sequence[str]], *, needed: Sequence[Sequence[str]], known: Sequence[Sequence[str]]
) -> EntrySheet | None:
    """The sheet under its headings; None (with problems) when one is doubled or unknown or a needed one is missing.

    `needed` and `known` are columns, each by all its names.
    """
    heads = [cell.strip() for cell in rows[0]] if rows else []
    columns: dict[str, int] = {}
    words = {word for column in (*needed, *known) for word in column}
    before = len(desk.problems)

    def bad(head: str, what: str, remedy: str) -> None:
        desk.problems.append(SheetProblem(sheet, 1, head, _(what, head=head), _(remedy)))

    for place, head in enumerate(heads):
        key = head.lower()
        if not key:
            continue
        if key in columns:
            bad(head, N_("有两列都叫“%(head)s”"), N_("请只留一列"))
        elif key not in words:
            bad(head, N_("办法里没有“%(head)s”这一项"), N_("请用下载的模板，不要改列名"))
        columns[key] = place
    for column in needed:
        if not any(word in columns for word in column):
            bad(heading(column), N_("缺少“%(head)s”一列"), N_("请用下载的模板"))
    return EntrySheet(desk, sheet, rows, columns) if len(desk.problems) == before else None


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())
