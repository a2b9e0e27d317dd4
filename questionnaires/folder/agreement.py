"""Whether the tables of a folder agree: with what the scheme reads, and with each other. Nothing that contradicts is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis import parse_plan
from analysis.evidence import Evidence, Heads
from analysis.saying import N_
from analysis.watching import earlier_contradictions
from questionnaires.folder.ballots import FolderBox
from questionnaires.folder.columns import table_of
from questionnaires.folder.grid import HeadedSheet, NumberedRow
from questionnaires.folder.messages import ProblemDesk
from questionnaires.folder.needs import Needs
from questionnaires.folder.others import Place
from questionnaires.folder.sheets import FolderSheet
from questionnaires.telling import said

#: Head-counts and what may not be more than them: people who may rate, came, were handed a ballot, gave it back.
FALLING = ("entitled", "present", "issued", "returned")
CAST = said(N_("票表里的票（连同另放的空白票、无效票）"))


def tables_there(desk: ProblemDesk, folder: Path, sheets: Mapping[str, FolderSheet], needs: Needs) -> None:
    """Every table the results read stands there with rows, or says in a row of its own that there are none."""
    for key in sorted(needs.tables):
        table, sheet = table_of(key), sheets.get(key)
        must = key in {"ballots", "heads"}  # without them nothing could be said of anybody: a row of "none" would mean nothing
        if sheet is None:
            desk.bad(folder.name, 0, 0, "no-table" if must else "table-needed", table=table.keyword, key=key)
        elif not sheet.rows and not sheet.none and key != "decisions":  # nothing decided yet is no nought: the figure waits
            desk.bad(sheet.origin, sheet.heading_row, 0, "table-empty" if must else "table-without-rows", table=table.keyword)


def heads_agree(
    grid: HeadedSheet, heads: Mapping[Place, Heads], rows: Mapping[Place, NumberedRow], boxes: list[FolderBox]
) -> None:
    """No count of people above the one it is a part of, none that contradicts the ballots, none of a group without a form."""
    cast = _cast(boxes)
    for place, typed in heads.items():
        row = rows[place]
        if place not in cast:
            row.bad("group", "heads-no-form", group=place[0], unit=place[1])
            continue
        counts = [(key, number) for key in FALLING if (number := getattr(typed, key)) is not None]
        if typed.returned is not None and typed.returned != cast[place]:
            row.bad("returned", "returned-differs", typed=typed.returned, cast=cast[place])
        elif counts and typed.returned is None:
            counts.append(("", cast[place]))
        for at, (key, number) in enumerate(counts):
            for other, more in counts[at + 1 :]:
                if more > number:
                    column = grid.sheet.spec.column(key).keyword
                    smaller = grid.sheet.spec.column(other).keyword if other else CAST
                    row.bad(key, "heads-contradict", large=column, number=number, small=smaller, more=more)
                    break


def heads_complete(grid: HeadedSheet, rows: Mapping[Place, NumberedRow], boxes: list[FolderBox], needs: Needs) -> None:
    """A row for every group and unit of which the results read a head-count; an empty cell then says that nobody counted."""
    for place in _cast(boxes):
        wanted = [what for what, groups in needs.heads.items() if place[0] in groups and what != "returned"]
        if wanted and place not in rows:
            what = grid.sheet.spec.column(wanted[0]).keyword
            grid.desk.bad(grid.sheet.origin, grid.sheet.heading_row, 0, "heads-missing", group=place[0], unit=place[1], what=what)


#: What the count would tell of earlier results that a folder is refused for: the file or the table can say it rightly.
REFUSED = {"period_gap", "period_not_earlier", "periods_unlike", "period_unlisted"}


def periods_agree(grid: HeadedSheet, plan: str, evidence: Evidence) -> None:
    """Earlier results are of earlier periods, written alike, and of every period that the scheme looks at."""
    first: dict[str, NumberedRow] = {}
    for row in grid.rows():
        first.setdefault(row.get("period"), row)
    for one in earlier_contradictions(parse_plan(plan), evidence):
        if one.code in REFUSED:
            at = first.get(one.parts["periods"].split(" · ")[0])
            code = one.code.replace("_", "-")
            grid.desk.bad(grid.sheet.origin, at.number if at else grid.sheet.heading_row, 0, code, **one.parts)


def _cast(boxes: Iterable[FolderBox]) -> dict[Place, int]:
    """Ballots by group and unit, those laid aside with them; for every group and unit that has a form."""
    found: dict[Place, int] = {}
    for box in boxes:
        place = box.style.group, box.style.unit
        found[place] = found.get(place, 0) + box.invalid + sum(times for _, times in box.marks)
    return found
