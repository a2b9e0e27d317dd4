"""The door: a folder in, its scheme and evidence out, or every problem of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.evidence import Evidence, Heads, RatedSubject
from questionnaires.folder.agreement import heads_agree, heads_complete, periods_agree, tables_there
from questionnaires.folder.ballots import FolderBox, batches_of, read_ballots
from questionnaires.folder.columns import TABLES
from questionnaires.folder.grid import HeadedSheet
from questionnaires.folder.messages import ProblemDesk
from questionnaires.folder.needs import needs_of
from questionnaires.folder.others import HeadRows, Place, read_components, read_decisions, read_events, read_heads, read_history
from questionnaires.folder.roster import Roster, read_roster
from questionnaires.folder.sheets import read_tables, table_home
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme

SCHEME_FILE = "scheme.yml"


@dataclass(frozen=True, kw_only=True)
class StyleAccount:
    """What became of the ballots of one style: `broken` says how many were invalid by which rule (one may break several)."""

    style: str
    group: str
    unit: str
    excluded: str
    cast: int
    valid: int
    blank: int
    invalid: int
    broken: Mapping[str, int]


@dataclass(frozen=True)
class Folder:
    """A folder that can be counted. `names` and `units` are for people: subject code -> name, subject code -> unit."""

    scheme: Scheme
    evidence: Evidence
    names: Mapping[str, str]
    units: Mapping[str, str]
    accounts: tuple[StyleAccount, ...]


def read_folder(folder: Path, period: str = "") -> Folder:
    """The folder's scheme and evidence. Raises SchemeProblems with every problem, the scheme's before the tables'."""
    desk = ProblemDesk()
    if not folder.is_dir():
        desk.bad(folder.name or str(folder), 0, 0, "no-folder")
    elif not (folder / SCHEME_FILE).is_file():
        desk.bad(folder.name, 0, 0, "no-scheme")
    desk.stop_if_bad()
    scheme = load_scheme(_scheme_text(folder / SCHEME_FILE, desk), SCHEME_FILE)
    return read_evidence(scheme, folder, period)


def has_tables(folder: Path) -> bool:
    """Whether any table stands in the folder, so that a folder of a scheme and its cases need not have one."""
    return any(path.suffix.lower() in {".csv", ".xlsx"} for path in table_home(folder).iterdir())


def read_evidence(scheme: Scheme, folder: Path, period: str = "") -> Folder:
    """The tables of a folder against a scheme loaded already. Raises SchemeProblems with every problem."""
    desk = ProblemDesk()
    if not period and any(line.periods for line in scheme.forms):
        desk.bad(folder.name, 0, 0, "no-period")
        desk.stop_if_bad()
    sheets = read_tables(folder, desk)
    if "subjects" not in sheets:
        desk.bad(folder.name, 0, 0, "no-table", key=TABLES[0].key, table=TABLES[0].keyword)
        desk.stop_if_bad()
    grids = {key: HeadedSheet(sheet, desk) for key, sheet in sheets.items()}
    units = {key: _usable(grid) for key, grid in grids.items()}
    if not units["subjects"]:
        desk.stop_if_bad()
    roster = read_roster(scheme, grids["subjects"], grids.get("units"))
    if not roster.subjects:
        desk.bad(sheets["subjects"].origin, 0, 0, "no-table", key=TABLES[0].key, table=TABLES[0].keyword)
        desk.stop_if_bad()
    head_rows = read_heads(scheme, roster, grids["heads"]) if "heads" in grids else HeadRows()
    boxes = read_ballots(scheme, roster, grids.get("ballots"), head_rows.aside, period)
    components = read_components(scheme, roster, grids["components"]) if "components" in grids else ()
    needs = needs_of(scheme)
    events = read_events(scheme, roster, grids["events"], needs.counted) if "events" in grids else ()
    history = read_history(scheme, roster, grids["history"]) if "history" in grids else ()
    decisions = read_decisions(scheme, roster, grids["decisions"]) if "decisions" in grids else ()
    desk.stop_if_bad()
    tables_there(desk, folder, sheets, needs)
    if "heads" in grids and "ballots" in grids:
        heads_agree(grids["heads"], head_rows.heads, head_rows.rows, boxes)
        heads_complete(grids["heads"], head_rows.rows, boxes, needs)
    desk.stop_if_bad()
    batches, tally = batches_of(boxes)
    accounts = tuple(
        _account(box, books.cast, books.valid, books.blank, books.invalid) for box, books in zip(boxes, tally.books, strict=True)
    )
    evidence = Evidence(
        subjects=tuple(RatedSubject(subject.id, subject.facts) for subject in roster.subjects),
        batches=batches,
        tally=tally,
        heads=_returned(head_rows.heads, accounts),
        components=components,
        events=events,
        past=history,
        decisions=decisions,
        period=period,
    )
    if "history" in grids and scheme.plan:
        periods_agree(grids["history"], scheme.plan, evidence)
        desk.stop_if_bad()
    names = {one.id: one.name for one in roster.subjects}
    return Folder(scheme, evidence, names, {one.id: one.unit for one in roster.subjects}, accounts)


def _scheme_text(path: Path, desk: ProblemDesk) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        desk.bad(path.name, 0, 0, "not-utf8")
        desk.stop_if_bad()
        raise


def _usable(grid: HeadedSheet) -> bool:
    """Whether the columns a table must have are there."""
    return all(column.key in grid.places for column in grid.sheet.spec.columns if column.needed)


def _account(box: FolderBox, cast: int, valid: int, blank: int, invalid: int) -> StyleAccount:
    style = box.style
    return StyleAccount(
        style=box.name,
        group=style.group,
        unit=style.unit,
        excluded=style.excluded,
        cast=cast,
        valid=valid,
        blank=blank,
        invalid=invalid,
        broken=dict(box.broken),
    )


def _returned(heads: Mapping[Place, Heads], accounts: tuple[StyleAccount, ...]) -> tuple[Heads, ...]:
    """Head-counts with `returned` counted from the ballots where nobody typed it: they are the ballots that came back."""
    counted: dict[Place, int] = {}
    for account in accounts:
        place = account.group, account.unit
        counted[place] = counted.get(place, 0) + account.cast
    found = []
    for place in sorted({*heads, *counted}):
        typed = heads.get(place, Heads(group=place[0], unit=place[1]))
        returned = counted.get(place) if typed.returned is None else typed.returned
        found.append(replace(typed, returned=returned))
    return tuple(found)


__all__ = ["Folder", "Roster", "StyleAccount", "read_evidence", "read_folder"]
