"""The overview: a table per comparison pool, its columns, order and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.services.results.cells import FlagShown, Shown
from survey_app.services.results.loaded import Loaded, Person, person

#: So many rows of the overview stand on one page.
PAGE_ROWS = 300


@dataclass(frozen=True)
class OverviewRow:
    """One subject in the overview: a cell per column and tier, and its flags."""

    person: Person
    cells: tuple[Shown, ...]
    tiers: tuple[Shown, ...]
    flags: tuple[FlagShown, ...]


@dataclass(frozen=True)
class PoolTable:
    """One comparison pool: its facts in words, how many subjects it has in all, and the rows the caller may see."""

    title: str
    size: int
    rows: tuple[OverviewRow, ...]

    def columns_used(self) -> list[int]:
        """Places of the columns that apply to at least one row: a quantity of teams says nothing about persons.

        A value that is missing for a reason stays: "not rated" is a result.
        """
        return _used([row.cells for row in self.rows])

    def tiers_used(self) -> list[int]:
        """The same for tiers."""
        return _used([row.tiers for row in self.rows])


def _used(lines: list[tuple[Shown, ...]]) -> list[int]:
    return [place for place in range(len(lines[0])) if any(line[place].applies for line in lines)] if lines else []


def columns(loaded: Loaded) -> list[tuple[str, str]]:
    """The overview's columns: quantity and title; none where the scores were not published."""
    return [(key, loaded.view.title(key)) for key in loaded.scheme.layout.columns if loaded.lets("scores")]


def overview(loaded: Loaded, *, sort: str = "", down: bool = True, unit: str = "", page: int | None = None) -> list[PoolTable]:
    """A table per comparison pool, in roster order or by a column; equal values keep the roster's order, missing stand last.

    `unit`: only its subjects. `page`: so many rows as a page holds, counted over all pools; None: every row.
    """
    facts = {subject.id: subject.facts for subject in loaded.report.subjects}
    pools: dict[tuple[str, ...], list[str]] = {}
    for code in loaded.people:
        pools.setdefault(tuple(facts.get(code, {}).get(fact, "") for fact in loaded.scheme.layout.pools), []).append(code)
    tables, left = [], PAGE_ROWS if page else len(loaded.people)
    before = (page - 1) * PAGE_ROWS if page else 0
    for labels, members in pools.items():
        shown = _sorted(loaded, [code for code in members if _shown(loaded, code, unit)], sort, down=down)
        here = shown[before : before + left]
        before, left = max(0, before - len(shown)), left - len(here)
        if here:
            rows = tuple(_row(loaded, code) for code in here)
            tables.append(PoolTable(pool_title(loaded, labels), len(members), rows))
    return tables


def pages(loaded: Loaded, unit: str = "") -> int:
    """How many pages the overview has."""
    return max(1, -(-sum(_shown(loaded, code, unit) for code in loaded.people) // PAGE_ROWS))


def _shown(loaded: Loaded, code: str, unit: str) -> bool:
    return loaded.may_see(code) and (not unit or loaded.people[code].unit == unit)


def units(loaded: Loaded) -> list[tuple[str, str]]:
    """The units of the subjects shown, code and name, in roster order."""
    return list(dict.fromkeys((person.unit, person.unit_name) for person in loaded.visible()))


def pool_title(loaded: Loaded, labels: Sequence[str]) -> str:
    """A pool's facts in the scheme's words."""
    facts = {fact.key: fact for fact in loaded.scheme.facts}
    words = []
    for key, value in zip(loaded.scheme.layout.pools, labels, strict=True):
        fact = facts.get(key)
        words.append(fact.values[value].in_(loaded.view.language) if fact and value in fact.values else value)
    return " · ".join(word for word in words if word)


def _row(loaded: Loaded, code: str) -> OverviewRow:
    return loaded.view.lately(("row", code), lambda: _made(loaded, code))


def _made(loaded: Loaded, code: str) -> OverviewRow:
    layout, view = loaded.scheme.layout, loaded.view
    at, scores = {"subject": code}, loaded.lets("scores")
    return OverviewRow(
        loaded.people[code],
        tuple(view.cell(key, at) for key in layout.columns if scores),
        tuple(view.cell(key, at) for key in layout.tiers if scores),
        tuple(flag for key in layout.flags for flag in view.flags(key, code)),
    )


def _sorted(loaded: Loaded, codes: list[str], sort: str, *, down: bool) -> list[str]:
    if sort not in (*loaded.scheme.layout.columns, *loaded.scheme.layout.tiers) or not loaded.lets("scores"):
        return codes
    ranks = loaded.view.once(("ranks", sort), lambda: _ranks(loaded, sort))
    there = [code for code in codes if code in ranks]
    return sorted(there, key=ranks.__getitem__, reverse=down) + [code for code in codes if code not in ranks]


def _ranks(loaded: Loaded, sort: str) -> dict[str, int]:
    """How the subjects stand in one column, equal values alike; without those who have no value."""
    cells = {code: loaded.view.cell(sort, {"subject": code}) for code in loaded.people}
    orders = {code: cell.order for code, cell in cells.items() if not cell.missing}
    places = {order: place for place, order in enumerate(sorted(set(orders.values())))}
    return {code: places[order] for code, order in orders.items()}


def row(loaded: Loaded, code: str) -> OverviewRow:
    """One subject's outcomes."""
    return _row(loaded, person(loaded, code).code)
