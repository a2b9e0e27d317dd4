"""Subjects and units of a folder: who is rated, with the facts the scheme asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.folder.grid import HeadedSheet, NumberedRow, exact, spellings
from questionnaires.language import things
from questionnaires.model import Fact, RosterSubject, Scheme
from questionnaires.styles import matches
from questionnaires.telling import briefly, said

UNIT = "unit"  # the unit of a subject as a fact, for schemes that pool or look up by unit


@dataclass(frozen=True)
class Roster:
    """The subjects in the table's order, and the row each stands in."""

    subjects: tuple[RosterSubject, ...]
    rows: Mapping[str, NumberedRow]

    @property
    def units(self) -> tuple[str, ...]:
        """The units in the order met."""
        return tuple(dict.fromkeys(subject.unit for subject in self.subjects))

    @property
    def by_id(self) -> dict[str, RosterSubject]:
        """Subjects by code."""
        return {subject.id: subject for subject in self.subjects}


def read_roster(scheme: Scheme, subjects: HeadedSheet, units: HeadedSheet | None) -> Roster:
    """The roster. A unit's facts may stand in the units table or beside each subject; the subject's own cell wins."""
    of_units = _read_units(scheme, units) if units else {}
    columns = _fact_columns(scheme, subjects, ("subject", "unit"))
    found: list[RosterSubject] = []
    rows: dict[str, NumberedRow] = {}
    for row in subjects.rows():
        code = row.need("id")
        if code in rows:
            row.bad("id", "twice", what=code, row=rows[code].number)
            continue
        unit = row.get(UNIT)
        facts = {UNIT: unit, **of_units.get(unit, {}), **_facts(row, columns)}
        if code:
            rows[code] = row
            found.append(RosterSubject(code, row.written("name") or code, unit, facts))
    roster = Roster(tuple(found), rows)
    _check_facts(scheme, roster, columns)
    if units is not None:
        _check_units(roster, units)
    return roster


def _read_units(scheme: Scheme, grid: HeadedSheet) -> dict[str, dict[str, str]]:
    columns = _fact_columns(scheme, grid, ("unit",))
    found: dict[str, dict[str, str]] = {}
    seen: dict[str, int] = {}
    for row in grid.rows():
        unit = row.need(UNIT)
        if unit in seen:
            row.bad(UNIT, "twice", what=unit, row=seen[unit])
            continue
        seen[unit] = row.number
        found[unit] = _facts(row, columns)
    return found


def _check_units(roster: Roster, grid: HeadedSheet) -> None:
    for row in grid.rows():
        if row.get(UNIT) and row.get(UNIT) not in roster.units:
            row.bad(UNIT, "unknown-unit", text=row.get(UNIT))


def _fact_columns(scheme: Scheme, grid: HeadedSheet, kinds: tuple[str, ...]) -> dict[int, Fact]:
    """Which place holds which fact; columns that hold none are problems."""
    facts = {fact.key: fact for fact in scheme.facts if fact.of in kinds}
    known = spellings({key: fact.title for key, fact in facts.items()})
    columns = {place: facts[known[name.casefold()]] for name, place in grid.extra.items() if name.casefold() in known}
    for place in columns:
        grid.extra.pop(grid.sheet.heading[place])
    if UNIT in facts and UNIT in grid.places:
        columns[grid.places[UNIT]] = facts[UNIT]
    grid.no_extra(*facts)
    return columns


def _facts(row: NumberedRow, columns: Mapping[int, Fact]) -> dict[str, str]:
    """The facts in a row, choices by their keys; empty cells are left out."""
    found: dict[str, str] = {}
    for place, fact in columns.items():
        text = row.at(place)
        if not text:
            continue
        if fact.values:
            known = spellings(fact.values)
            key = known.get(text.casefold())
            if key is None:
                named = said(things.VALUE, name=text, fact=fact.key)
                row.bad_at(place, "unknown-word", named=named, allowed=briefly(fact.values))
                continue
            text = key
        elif fact.number and exact(row.cells[place]) is None:
            row.bad_at(place, "not-number", text=text)
            continue
        found[fact.key] = text
    return found


def _check_facts(scheme: Scheme, roster: Roster, columns: Mapping[int, Fact]) -> None:
    """Required facts are there, and relations name subjects."""
    places = {fact.key: place for place, fact in columns.items()}
    for subject in roster.subjects:
        row = roster.rows[subject.id]
        for fact in scheme.facts:
            place = places.get(fact.key, -1)
            value = subject.facts.get(fact.key, "")
            given = place >= 0 and row.at(place)
            if not value and not given and fact.required and matches(fact.where, subject.facts):
                row.bad_at(place, "empty-cell", name=fact.key)
            elif value and fact.relation and value not in roster.rows:
                row.bad_at(place, "unknown-subject", text=value)
