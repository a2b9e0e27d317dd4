"""What the rows of a draft stand on: which units there will be, under which numbers, and how a unit is named in a row.

Lives here: units and the numbers nobody has given yet. May not live here: what is wrong (`causes`), the import (`settling`).

Threat answered to: a person who lands in another unit. A row's word is a unit only if it is exactly its number or exactly its
name; nothing is taken for the nearest one. Units are made of a list's own words only where there are no units to name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.model import Group, Scheme
from survey_app.services.roster.checks import group_words
from survey_app.services.roster.columns import RATERS, SUBJECTS, UNITS
from survey_app.services.roster.draft import DraftRoster, DraftRow, Known, rows_of


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A draft with its rows and the units they may name: number -> name, those of the file first. `made`: of the list's words."""

    draft: DraftRoster
    rows: Mapping[str, Sequence[DraftRow]]
    known: Known
    scheme: Scheme
    units: Mapping[str, str]
    made: Mapping[str, str]

    def unit_of(self, word: str) -> str | None:
        """The number of the unit that this word names exactly; None for none, and for a name that two of them have."""
        if word in self.units:
            return word
        named = [code for code, name in self.units.items() if name == word]
        return named[0] if len(named) == 1 else None

    def group_of(self, word: str) -> Group | None:
        """The rater group that this word names exactly."""
        return next((group for group in self.scheme.groups.values() if word in group_words(group)), None)

    def subjects(self) -> Mapping[str, tuple[str, str]]:
        """Number -> name and unit's word of every subject that has a number: of the file, then of the roster."""
        of_file = {row.cells["code"]: (row.cells["name"], row.cells.get("unit", ""))
                   for row in self.rows[SUBJECTS] if row.cells.get("code")}  # fmt: skip
        return {**{code: (name, unit) for code, (name, unit, _duty) in self.known.subjects.items()}, **of_file}

    def subject_of(self, word: str) -> str | None:
        """The number of the subject that this word names exactly, by number or by a name that one of them has."""
        there = self.subjects()
        if word in there:
            return word
        named = [code for code, (name, _unit) in there.items() if name == word]
        return named[0] if len(named) == 1 else None


def ground_of(draft: DraftRoster, known: Known, scheme: Scheme) -> Ground:
    """The ground of this draft."""
    rows = rows_of(draft)
    coded = {row.cells["code"]: row.cells.get("name", "") for row in reversed(rows[UNITS]) if row.cells.get("code")}
    bare = [row.cells["name"] for row in rows[UNITS] if not row.cells.get("code") and row.cells.get("name")]
    same = {name: _known_code(known.units, name) for name in bare}
    new = [name for name in dict.fromkeys(bare) if not same[name]]
    numbered = dict(zip(numbers(len(new), {*coded, *known.units}), new, strict=True))
    sheet = {**coded, **{code: name for name, code in same.items() if code}, **numbered}
    units = {**sheet, **{code: name for code, name in known.units.items() if code not in sheet}}
    words = [name for one in draft.applied for name in one.units]
    if not units:  # a flat list, and the first one: its own words are all the units there are
        words += [row.cells.get("unit", "") for row in rows[SUBJECTS]]
    fresh = [word for word in dict.fromkeys(words) if word and word not in units and word not in units.values()]
    made = dict(zip(numbers(len(fresh), units), fresh, strict=True))
    return Ground(draft=draft, rows=rows, known=known, scheme=scheme, units={**units, **made}, made=made)


def numbers(count: int, taken: Iterable[str], *, before: str = "") -> list[str]:
    """So many numbers nobody has yet, all of one length: 01, 02 …"""
    gone = set(taken)
    wide = max(2, len(str(count + len(gone))))
    found: list[str] = []
    at = 0
    while len(found) < count:
        at += 1
        if (number := f"{before}{at:0{wide}}") not in gone:
            found.append(number)
    return found


def codes_given(ground: Ground, kind: str) -> list[str]:
    """The number of each row of people, in their order: as written; else the one the roster has for the same person; else new."""
    there: Mapping[str, tuple[str, ...]] = ground.known.subjects if kind == SUBJECTS else ground.known.raters
    rows = ground.rows[kind]
    taken = {row.cells["code"] for row in rows if row.cells.get("code")}
    free = {code: facts for code, facts in there.items() if code not in taken}
    found: list[str] = []
    for row in rows:
        code = row.cells.get("code", "")
        if not code and (code := _same_person(free, _person(ground, row, kind))):
            del free[code]
        found.append(code)
    missing = [at for at, code in enumerate(found) if not code]
    before = "R" if kind == RATERS else "P"
    fresh = numbers(len(missing), {*taken, *there, *found}, before=before)
    for at, code in zip(missing, fresh, strict=True):
        found[at] = code
    return found


def _same_person(there: Mapping[str, tuple[str, ...]], person: tuple[str, ...]) -> str:
    """The number of the same person: all alike, else the one of this name in this unit; "" for none, and for two."""
    for alike in (len(person), 2):
        same = [code for code, facts in there.items() if facts[:alike] == person[:alike]]
        if same:
            return same[0] if len(same) == 1 or alike == len(person) else ""
    return ""


def _person(ground: Ground, row: DraftRow, kind: str) -> tuple[str, ...]:
    """What tells one person from another where nobody has a number."""
    unit = ground.unit_of(row.cells.get("unit", "")) or ""
    if kind == SUBJECTS:
        return row.cells.get("name", ""), unit, row.cells.get("duty", "")
    group = ground.group_of(row.cells.get("group", ""))
    return row.cells.get("name", ""), unit, group.key if group else ""


def _known_code(units: Mapping[str, str], name: str) -> str:
    return next((code for code, known in units.items() if known == name), "")
