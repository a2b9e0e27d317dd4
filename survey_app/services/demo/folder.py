"""A demo's folder: which tables it brings for which round. docs/evidence.md says what stands in the evidence tables.

The roster's four tables have the headings of the downloaded template. `rounds.csv` may list several rounds; a round may keep
tables of its own in a part of the folder, and takes the others from the folder itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from questionnaires.folder.ballots import read_ballots
from questionnaires.folder.grid import HeadedSheet, NumberedRow
from questionnaires.folder.messages import ProblemDesk
from questionnaires.folder.roster import Roster
from questionnaires.folder.sheets import read_tables
from questionnaires.model import RosterSubject, Scheme
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import CampaignState
from survey_app.services.evidence.columns import TABLES
from survey_app.services.roster.columns import SHEETS
from survey_app.services.uploads import Upload, read_file

BALLOTS = ("ballots", "票")
ROUNDS = ("rounds", "轮次")
COMMENTS = ("comments", "意见")
#: Columns of the table of rounds, by either name.
_COLUMNS = {
    "period": "period",
    "周期": "period",
    "title": "title",
    "名称": "title",
    "scheme": "scheme",
    "方案": "scheme",
    "folder": "folder",
    "目录": "folder",
    "state": "state",
    "状态": "state",
    "take": "take",
    "接用": "take",
}
_STATES = {
    "counted": CampaignState.COUNTED,
    "计票": CampaignState.COUNTED,
    "open": CampaignState.OPEN,
    "进行": CampaignState.OPEN,
}
_YES = ("yes", "是")


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of a demo. `scheme` names a shipped scheme ("" the demo's own); `take`: read earlier rounds' results first."""

    period: str
    title: str
    state: CampaignState
    scheme: str = ""
    folder: str = ""
    take: bool = False


#: Where these marks are to be cast: rater group, unit ("" none), the subject this rater is ("" none).
Place = tuple[str, str, str]
Planned = dict[Place, list[tuple[int, ...]]]


@dataclass(frozen=True)
class DemoFolder:
    """The tables of one round: those of `own`, and from `home` what is not there."""

    home: Path
    own: Path

    def tables(self, names: Sequence[str]) -> list[Upload]:
        """The table of one of these names, in the round's own part before the folder itself; empty when there is none."""
        for folder in dict.fromkeys((self.own, self.home)):
            for name in names:
                path = folder / f"{name}.csv"
                if path.is_file():
                    return [Upload(path.name, path.read_bytes())]
        return []

    def roster(self) -> list[Upload]:
        """The tables of the roster that are there."""
        return [upload for key in dict.fromkeys(SHEETS.values()) for upload in self.tables(_spellings(key))]

    def evidence(self) -> list[Upload]:
        """The tables of other evidence that are there."""
        return [upload for names in TABLES for upload in self.tables(names)]


def planned_comments(folder: DemoFolder) -> dict[tuple[str, str], list[str]]:
    """Words to write, by rater group and unit's code, from the table of comments: group, unit, words. Empty without one.

    Raises UserError for a line that cannot be meant.
    """
    found: dict[tuple[str, str], list[str]] = {}
    uploads = folder.tables(COMMENTS)
    for number, row in enumerate(next(iter(read_file(uploads[0]).values()))[1:] if uploads else (), start=2):
        if len(row) != 3 or not row[0].strip() or not row[2].strip():
            raise UserError(N_("演示的意见表第 %(row)s 行不对：要有评议主体、单位编号（没有就空着）和意见三列。"), row=number)
        found.setdefault((row[0].strip(), row[1].strip()), []).append(row[2])
    return found


def _spellings(key: str) -> list[str]:
    return [name for name, meant in SHEETS.items() if meant == key]


def rounds_of(home: Path) -> list[Round] | None:
    """The rounds the folder lists; None when it lists none. Raises UserError for a line that cannot be meant."""
    found = DemoFolder(home, home).tables(ROUNDS)
    if not found:
        return None
    (rows,) = read_file(found[0]).values()
    heads = [_COLUMNS.get(cell.strip().lower(), "") for cell in rows[0]]
    rounds = []
    for number, row in enumerate(rows[1:], start=2):
        given = dict(zip(heads, (cell.strip() for cell in row), strict=False))
        state = _STATES.get(given.get("state", "").lower() or "counted")
        folder = given.get("folder", "")
        if state is None or not given.get("period") or not given.get("title") or not (home / folder).is_dir():
            raise UserError(N_("演示的轮次表第 %(row)s 行不对：要有周期、名称，状态是 counted 或 open，目录要在。"), row=number)
        take = given.get("take", "").lower() in _YES
        rounds.append(
            Round(
                period=given["period"],
                title=given["title"],
                state=state,
                scheme=given.get("scheme", ""),
                folder=folder,
                take=take,
            )
        )
    return rounds


def planned_ballots(folder: DemoFolder, scheme: Scheme, roster: Sequence[RosterSubject]) -> Planned:
    """The marks of the ballots table by where they are cast, in its order; empty without such a table.

    Raises SchemeProblems with everything wrong in the table, UserError when a ballot breaks a rule of its form.
    """
    uploads = folder.tables(BALLOTS)
    if not uploads:
        return {}
    desk = ProblemDesk()
    with tempfile.TemporaryDirectory() as spare:
        (Path(spare) / f"{BALLOTS[0]}.csv").write_bytes(uploads[0].data)
        sheets = read_tables(Path(spare), desk)
    desk.stop_if_bad()
    grid = HeadedSheet(sheets[BALLOTS[0]], desk)
    known = {subject.id: cast("NumberedRow", None) for subject in roster}  # only who is on the roster is asked of it here
    boxes = read_ballots(scheme, Roster(tuple(roster), known), grid, {})
    desk.stop_if_bad()
    broken = [rule for box in boxes for rule in box.broken]
    if broken:
        raise UserError(N_("演示的票违反填写要求“%(rule)s”，投不进去；请改正 ballots.csv。"), rule=broken[0])
    return {
        (box.style.group, box.style.unit, box.style.excluded): [tuple(marks) for marks, times in box.marks for _ in range(times)]
        for box in boxes
        if box.marks
    }
