"""A sheet read against its columns: headings are matched once, then cells are fetched by column key with their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import TABLE, read
from questionnaires.folder.messages import ProblemDesk
from questionnaires.folder.sheets import FolderSheet, tidy
from questionnaires.model import Scheme, Text
from questionnaires.tables.typed import iso_date
from questionnaires.telling import Listed, both_spellings, briefly, said

_COUNT = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class NumberedRow:
    """One row: `number` as an editor shows it, `cells` by place."""

    grid: HeadedSheet
    number: int
    cells: list[str]

    def at(self, place: int) -> str:
        """The text of the cell at a place, as it is compared; "" beyond the row's end."""
        return tidy(self.cells[place]) if place < len(self.cells) else ""

    def get(self, key: str) -> str:
        """The text in a column; "" when the table has no such column."""
        place = self.grid.places.get(key)
        return "" if place is None else self.at(place)

    def written(self, key: str) -> str:
        """The text in a column as it was written: for names and reasons, which are read by people and compared with nothing."""
        place = self.grid.places.get(key)
        return "" if place is None or place >= len(self.cells) else self.cells[place]

    def bad(self, key: str, code: str, /, **parts: object) -> None:
        """Note a problem with the cell in a column."""
        place = self.grid.places.get(key)
        self.bad_at(-1 if place is None else place, code, **parts)

    def bad_at(self, place: int, code: str, /, **parts: object) -> None:
        """Note a problem with the cell at a place."""
        self.grid.desk.bad(self.grid.sheet.origin, self.number, place + 1, code, **parts)

    def need(self, key: str) -> str:
        """The text in a column; a problem when it is empty."""
        text = self.get(key)
        if not text:
            self.bad(key, "empty-cell", name=self.grid.sheet.spec.column(key).keyword)
        return text

    def number_at(self, place: int) -> Fraction | None:
        """The exact number at a place; None with a problem for anything else, None when empty."""
        text = self.at(place)
        if not text:
            return None
        found = exact(self.cells[place])
        if found is None:
            self.bad_at(place, "not-number", text=text)
        return found

    def count(self, key: str) -> int | None:
        """The whole number in a column; None with a problem for anything else, None when empty."""
        text = self.get(key)
        if not text:
            return None
        if not _COUNT.fullmatch(text) or exact(self.written(key)) is None:
            self.bad(key, "not-count", text=text)
            return None
        return int(text)

    def date(self, key: str) -> str:
        """The ISO day in a column; "" with a problem for anything else."""
        text = self.need(key)
        found = iso_date(text)
        if text and found is None:
            self.bad(key, "not-date", text=text)
        return found or ""

    def word(self, key: str, known: Mapping[str, str], thing: str) -> str:
        """The key that a column's text names, by key or title; "" with a problem when empty or unknown. `thing`: of `things`."""
        text = self.need(key)
        if not text:
            return ""
        found = known.get(text.casefold())
        if found is None:
            self.bad(key, "unknown-word", named=said(thing, name=text), allowed=list_keys(known))
        return found or ""


class HeadedSheet:
    """A sheet with its headings matched: `places` by column key, `extra` the scheme's own columns by heading."""

    def __init__(self, sheet: FolderSheet, desk: ProblemDesk) -> None:
        self.sheet = sheet
        self.desk = desk
        self.places: dict[str, int] = {}
        self.extra: dict[str, int] = {}
        spellings = {word: column.key for column in sheet.spec.columns for word in (column.key, column.chinese)}
        for place, heading in enumerate(sheet.heading):
            key = spellings.get(heading.casefold())
            known: dict[str, int] = self.places if key else self.extra
            if not heading:
                if any(place < len(cells) and cells[place] for _, cells in sheet.rows):
                    self.bad_heading(place, "no-heading", place=place + 1)
            elif (key or heading) in known:
                self.bad_heading(place, "column-twice", name=heading)
            else:
                known[key or heading] = place
        for column in sheet.spec.columns:
            if column.needed and column.key not in self.places:
                self.lacks(column.key)

    def lacks(self, key: str) -> None:
        """Note that a column is missing."""
        column = both_spellings(self.sheet.spec.column(key).keyword)
        self.desk.bad(self.sheet.origin, self.sheet.heading_row, 0, "no-column", column=column)

    def bad_heading(self, place: int, code: str, /, **parts: object) -> None:
        """Note a problem with a heading."""
        self.desk.bad(self.sheet.origin, self.sheet.heading_row, place + 1, code, **parts)

    def no_extra(self, *allowed: object) -> None:
        """Every column the scheme does not know is a problem. `allowed` names those it does, beside the table's own."""
        own = [f"{column.key}（{column.chinese}）" for column in self.sheet.spec.columns]
        for heading, place in self.extra.items():
            self.bad_heading(place, "strange-column", name=heading, allowed=Listed((*own, *allowed)))

    def rows(self) -> Iterator[NumberedRow]:
        """The rows; one that is longer than the headings is a problem."""
        width = len(self.sheet.heading)
        for number, cells in self.sheet.rows:
            row = NumberedRow(self, number, cells)
            if any(cells[width:]):
                row.bad_at(width, "long-row")
            yield row


def exact(text: str) -> Fraction | None:
    """An exact number from its text, or None."""
    return read(text, TABLE)


def spellings(entries: Mapping[str, Text]) -> dict[str, str]:
    """Folded key or title in any language -> key. A key wins over another entry's title; a title two entries share names none."""
    titles: dict[str, set[str]] = {}
    for key, title in entries.items():
        for word in title.words.values():
            titles.setdefault(tidy(word).casefold(), set()).add(key)
    found = {word: next(iter(keys)) for word, keys in titles.items() if len(keys) == 1}
    return found | {tidy(key).casefold(): key for key in entries}


def list_keys(known: Mapping[str, str]) -> Listed:
    """The keys a word may name, for remedies."""
    return briefly(known.values())


def groups_of(scheme: Scheme) -> dict[str, str]:
    """Spellings of the rater groups."""
    return spellings({key: group.title for key, group in scheme.groups.items()})
