"""The ballots of a folder, put together from the rows of their table and laid side by side as blocks of small integers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.evidence import BallotBatch, Marks, Tally
from analysis.limits import judge
from analysis.tally import count
from questionnaires.folder.grid import HeadedSheet, NumberedRow, groups_of
from questionnaires.folder.marks import Marker
from questionnaires.folder.others import Place, place_of
from questionnaires.folder.roster import Roster
from questionnaires.model import Scheme, Style
from questionnaires.styles import build_styles, form_of

BALLOTS_MOST = 5_000_000


@dataclass
class BallotRow:
    """One ballot as rows of the table: who cast it and how many were marked alike."""

    place: Place
    rater: str
    count: int
    label: str
    rows: list[NumberedRow]


@dataclass
class FolderBox:
    """All ballots of one style: rows of codes with how many ballots they stand for, and what was invalid by which rule."""

    style: Style
    marks: list[tuple[list[int], int]] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    invalid: int = 0

    def take(self, marks: list[int], times: int) -> None:
        """So many ballots with these marks. One that breaks a rule which voids or refuses it is invalid, unless it is blank."""
        verdicts = judge(self.style.limits, marks)
        broken = dict.fromkeys(verdict.rule for verdict in verdicts if verdict.broken and verdict.effect in ("void", "refuse"))
        if broken and any(marks):
            self.invalid += times
            self.broken.update(dict.fromkeys(broken, times))
        else:
            self.marks.append((marks, times))

    @property
    def name(self) -> str:
        """The style's name in results: group, unit and the subject left out, as far as there are any."""
        parts = (self.style.group, self.style.unit, self.style.excluded)
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts).rstrip("/")


def read_ballots(
    scheme: Scheme, roster: Roster, grid: HeadedSheet | None, aside: Mapping[Place, tuple[int, int]], period: str = ""
) -> list[FolderBox]:
    """One box per ballot style, also for styles nobody has filled. `aside`: blank and invalid ballots laid aside by hand."""
    ballots = list(_ballots(scheme, roster, grid)) if grid else []
    raters = list(dict.fromkeys((*ballot.place, ballot.rater) for ballot in ballots))
    raters += [(*place, "") for place, laid in aside.items() if any(laid)]
    boxes = {_key(style): FolderBox(style) for style in build_styles(scheme, roster.subjects, raters, period)}
    if grid:
        marker = Marker(scheme, roster, grid)
        for ballot in ballots:
            box = boxes.get((*ballot.place, form_of(scheme.groups[ballot.place[0]], ballot.rater)))
            if box is None:
                ballot.rows[0].bad("group", "no-form", group=ballot.place[0], unit=ballot.place[1])
            else:
                box.take(marker.marks(box.style, ballot.label, ballot.rows), ballot.count)
    for place, (blank, invalid) in aside.items():
        own = [box for box in boxes.values() if (box.style.group, box.style.unit) == place]
        if own and (blank or invalid):
            own[0].marks.append(([0] * len(own[0].style.slots), blank))
            own[0].invalid += invalid
    return list(boxes.values())


def _key(style: Style) -> tuple[str, str, str]:
    return style.group, style.unit, style.excluded


def batches_of(boxes: Sequence[FolderBox]) -> tuple[tuple[BallotBatch, ...], Tally]:
    """The marks as blocks, and the tally with the books: cast = valid + blank + invalid, nothing by subtraction."""
    batches = []
    for box in boxes:
        widest = max((max(row, default=0) for row, _ in box.marks), default=0)
        block = np.array([row for row, _ in box.marks], dtype=np.uint8 if widest < 256 else np.uint16)
        marks: Marks = np.repeat(block.reshape(len(box.marks), len(box.style.slots)), [times for _, times in box.marks], axis=0)
        batches.append(BallotBatch(box.name, box.style.group, box.style.unit, box.style.slots, marks))
    return tuple(batches), count(batches, invalid={box.name: box.invalid for box in boxes})


def _ballots(scheme: Scheme, roster: Roster, grid: HeadedSheet) -> Iterator[BallotRow]:
    """The rows put together to ballots by their label; a row without a label is a ballot of its own."""
    groups = groups_of(scheme)
    open_ballots: dict[tuple[Place, str], BallotRow] = {}
    total = 0
    for row in grid.rows():
        place = place_of(row, scheme, roster, groups)
        rater, times, label = row.get("rater"), row.count("count"), row.get("ballot")
        if rater and rater not in roster.rows:
            row.bad("rater", "unknown-subject", text=rater)
            continue
        if place is None:
            continue
        before = open_ballots.get((place, label)) if label else None
        if before is None:
            ballot = BallotRow(place, rater, 1 if times is None else times, label, [row])
            total += ballot.count
            if label:
                open_ballots[place, label] = ballot
            else:
                yield ballot
            continue
        for key, mine, theirs in (("rater", rater, before.rater), ("count", 1 if times is None else times, before.count)):
            if mine != theirs:
                what = grid.sheet.spec.column(key).keyword
                row.bad(key, "ballot-differs", ballot=label, what=what, row=before.rows[0].number)
        before.rows.append(row)
    if total > BALLOTS_MOST:
        grid.desk.bad(grid.sheet.origin, 0, 0, "too-many", most=BALLOTS_MOST)
        return
    yield from open_ballots.values()
