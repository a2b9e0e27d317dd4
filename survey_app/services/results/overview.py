"""The overview: a table per comparison pool, its columns, order and pages."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.services.results import attention
from survey_app.services.results.cells import FlagShown, Shown
from survey_app.services.results.loaded import Loaded, Person, person
from survey_app.services.results.pools import pool_title, pools

#: So many rows of the overview stand on one page: more than anybody reads, few enough to be there at once.
PAGE_ROWS = 100


@dataclass(frozen=True, kw_only=True)
class Search:
    """Whom to show: all of what is given has to hold. `words` stand in name, code, unit or duty; `near`: a vote or two from a
    line."""

    unit: str = ""
    pool: str = ""
    tier: str = ""
    flag: str = ""
    near: bool = False
    words: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return self != EVERYBODY


EVERYBODY = Search()


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


def overview(
    loaded: Loaded, *, sort: str = "", down: bool = True, search: Search = EVERYBODY, page: int | None = None
) -> list[PoolTable]:
    """A table per comparison pool, in roster order or by a column; equal values keep the roster's order, missing stand last.

    `search`: only those it finds. `page`: so many rows as a page holds, counted over all pools; None: every row.
    """
    tables, left = [], PAGE_ROWS if page else len(loaded.people)
    before = (page - 1) * PAGE_ROWS if page else 0
    found = _found(loaded, search)
    for labels, members in pools(loaded)[0].items():
        shown = _sorted(loaded, [code for code in members if code in found], sort, down=down)
        here = shown[before : before + left]
        before, left = max(0, before - len(shown)), left - len(here)
        if here:
            rows = tuple(_row(loaded, code) for code in here)
            tables.append(PoolTable(pool_title(loaded, labels), len(members), rows))
    return tables


def pages(loaded: Loaded, search: Search = EVERYBODY) -> int:
    """How many pages the overview has."""
    return max(1, -(-found(loaded, search) // PAGE_ROWS))


def found(loaded: Loaded, search: Search) -> int:
    """How many subjects a search finds."""
    return len(_found(loaded, search))


def _found(loaded: Loaded, search: Search) -> frozenset[str]:
    """The codes a search finds among those shown; the last searches are kept."""
    return loaded.view.lately(("found", loaded.allowed, search), lambda: _searched(loaded, search))


def _searched(loaded: Loaded, search: Search) -> frozenset[str]:
    close = {one.person.code for one in attention.near(loaded)} if search.near else set[str]()
    flagged = attention.raised(loaded).get(search.flag, frozenset[str]()) if search.flag else frozenset[str]()
    words = search.words.casefold().split()
    whole = pools(loaded)
    return frozenset(
        person.code
        for person in loaded.visible()
        if (not search.unit or person.unit == search.unit)
        and (not search.pool or pool_title(loaded, whole[1][person.code]) == search.pool)
        and (not search.flag or person.code in flagged)
        and (not search.near or person.code in close)
        and (not search.tier or _tier(loaded, person.code) == search.tier)
        and all(word in f"{person.code} {person.name} {person.unit_name} {person.duty}".casefold() for word in words)
    )


def _tier(loaded: Loaded, code: str) -> str:
    """The first grade that is given to this subject, in words; "" where there is none."""
    cell = _tier_of(loaded, code) if loaded.lets("scores") else None
    return cell.text if cell is not None else ""


def _tier_of(loaded: Loaded, code: str) -> Shown | None:
    cells = (loaded.view.cell(key, {"subject": code}) for key in loaded.scheme.layout.tiers)
    first = next((cell for cell in cells if cell.applies), None)
    return first if first is not None and not first.missing else None


def units(loaded: Loaded) -> list[tuple[str, str]]:
    """The units of the subjects shown, code and name, in roster order."""
    return list(dict.fromkeys((person.unit, person.unit_name) for person in loaded.visible()))


def pool_titles(loaded: Loaded) -> list[str]:
    """What the pools are called."""
    return [pool_title(loaded, pool) for pool in pools(loaded)[0]]


def tier_titles(loaded: Loaded) -> list[str]:
    """The grades that were given to those shown, the best first."""

    def made() -> list[str]:
        cells = (_tier_of(loaded, person.code) for person in loaded.visible()) if loaded.lets("scores") else ()
        orders = {cell.text: cell.order for cell in cells if cell is not None}
        return sorted(orders, key=orders.__getitem__, reverse=True)

    return loaded.view.once(("tier titles", loaded.allowed), made)


def flag_titles(loaded: Loaded) -> list[tuple[str, str]]:
    """The flags raised about those shown: quantity and title."""
    return [(key, loaded.view.title(key)) for key, who in attention.raised(loaded).items() if who]


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
