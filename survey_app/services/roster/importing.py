"""Importing a roster: all of it or none, as often as one likes, every problem named by sheet, row and column.

Lives here: what the rows mean and what they change. May not live here: opening files (`spreadsheets`), column names
(`roster.columns`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Scheme
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_, spellings
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState, Headcount, Rater, Subject, Unit
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.roster.checks import (
    Problems,
    RosterProblem,
    RosterRow,
    check_heads,
    check_raters,
    check_relations,
    check_subjects,
    check_units,
    did_you_mean,
    fact_key,
    group_words,
)
from survey_app.services.roster.columns import (
    HEADS,
    INSTRUCTIONS,
    RATERS,
    SHEETS,
    SUBJECTS,
    UNITS,
    RosterColumn,
    columns_of,
    facts_of,
    sheet_name,
    template_xlsx,
)
from survey_app.services.uploads import Sheets, Upload, read_files

__all__ = ["RosterProblem", "RosterProblemsError", "RosterReport", "import_roster", "template_xlsx"]


class RosterProblemsError(UserError):
    """The roster was refused whole; `problems` names everything that is wrong with it."""

    status = 422

    def __init__(self, problems: Sequence[RosterProblem]) -> None:
        super().__init__(N_("名册有 %(count)s 处问题，什么都没有导入；改好后请重新上传。"), count=len(problems))
        self.problems = tuple(problems)


@dataclass
class RosterReport:
    """What an import did, per sheet: rows added, changed and left as they were."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    absent: int = 0

    def note(self, sheet: str, what: str) -> None:
        """Count one row."""
        counts: dict[str, int] = getattr(self, what)
        counts[sheet] = counts.get(sheet, 0) + 1


@dataclass
class _Known:
    """What the campaign already has, by code, so that a second import continues the first."""

    units: dict[str, Unit]
    subjects: dict[str, Subject]
    raters: dict[str, Rater]
    heads: dict[tuple[int | None, str], Headcount]


def import_roster(session: Session, campaign: Campaign, files: Sequence[Upload]) -> RosterReport:
    """Import the roster's sheets. Rows with a known code are updated, new ones added. Rows that a sheet of the
    file lacks stay, marked `absent`, until the office keeps or removes them (`removal`).

    Raises SpreadsheetError for unreadable files, RosterProblemsError with everything wrong, RefusedError after approval.
    Nothing is changed then; the caller commits.
    """
    refuse_unless_draft(campaign)
    return import_sheets(session, campaign, read_files(files))


def refuse_unless_draft(campaign: Campaign) -> None:
    """Raise RefusedError after approval."""
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("这次评议已经批准，名册和表格都已冻结，不能再导入；要改名册，请另建一次评议。"))


def import_sheets(session: Session, campaign: Campaign, sheets: Sheets, *, whole: frozenset[str] | None = None) -> RosterReport:
    """As `import_roster`, of sheets that were read already. `whole`: those that lack whoever is gone; None for every one."""
    refuse_unless_draft(campaign)
    scheme, problems = scheme_of(campaign), Problems()
    rows, met = _read(sheets, scheme, problems)
    known = _known(session, campaign)
    check_units(rows[UNITS], scheme, problems)
    unit_codes = {row.cells["code"] for row in rows[UNITS]} | set(known.units)
    check_subjects(rows[SUBJECTS], scheme, unit_codes, problems)
    subject_codes = {row.cells["code"] for row in rows[SUBJECTS]} | set(known.subjects)
    check_relations(rows[SUBJECTS], scheme, subject_codes, problems)
    check_raters(rows[RATERS], scheme, unit_codes, subject_codes, problems)
    check_heads(rows[HEADS], scheme, unit_codes, problems)
    if problems.found:
        raise RosterProblemsError(problems.found)
    return _Writer(session, campaign, scheme, known).write(rows, met if whole is None else met & whole)


# --- reading the sheets


def _read(sheets: Sheets, scheme: Scheme, problems: Problems) -> tuple[dict[str, list[RosterRow]], frozenset[str]]:
    """The rows of every sheet, and which sheets the file has."""
    rows: dict[str, list[RosterRow]] = {name: [] for name in (UNITS, SUBJECTS, RATERS, HEADS)}
    met: set[str] = set()
    for title, content in sheets.items():
        sheet = SHEETS.get(title) or SHEETS.get(title.lower())
        if sheet is None:
            if title not in spellings(INSTRUCTIONS) and any(any(row) for row in content):
                names = [sheet_name(one) for one in (UNITS, SUBJECTS, RATERS, HEADS)]
                problems.sheet(title, _("不认识这张工作表。"), did_you_mean(title, names))
            continue
        met.add(sheet)
        rows[sheet] = _sheet_rows(sheet, content, columns_of(scheme, sheet), problems)
    if not met:
        problems.sheet("", _("文件里没有名册的工作表。"), _("请下载模板，填好后上传；csv 的文件名就是工作表名。"))
    return rows, frozenset(met)


def _sheet_rows(
    sheet: str, content: Sequence[Sequence[str]], columns: Sequence[RosterColumn], problems: Problems
) -> list[RosterRow]:
    heads = list(content[0]) if content else []
    known = {head: column for column in reversed(columns) for head in column.heads}  # ours before a fact of the same name
    found = [known[head].key for head in heads if head in known]
    for column in columns:
        if column.key not in found and column.required:
            problems.sheet(sheet, _("缺“%(title)s”这一列。", title=column.title), _("请按模板补上表头。"))
    for head in heads:
        if head and head not in known:
            problems.sheet(sheet, _("不认识“%(title)s”这一列。", title=head), did_you_mean(head, [one.title for one in columns]))
        elif head and found.count(known[head].key) > 1:
            problems.sheet(sheet, _("“%(title)s”这一列出现了两次。", title=head), _("请只留一列。"))
    titles = {column.key: column.title for column in columns}
    rows = []
    for number, line in enumerate(content[1:], start=2):
        if not any(line):
            continue
        given = {known[head].key: cell for head, cell in zip(heads, line, strict=False) if head in known}
        cells = {column.key: given.get(column.key, "") for column in columns}
        row = RosterRow(sheet, number, cells, titles)
        for column in columns:
            if column.required and not cells[column.key] and column.key in found:
                problems.add(row, column.key, _("这一格是空的。"), _("请填写。"))
        rows.append(row)
    return rows


# --- writing


def _known(session: Session, campaign: Campaign) -> _Known:
    units = session.scalars(select(Unit).where(Unit.campaign_id == campaign.id))
    subjects = session.scalars(select(Subject).where(Subject.campaign_id == campaign.id))
    raters = session.scalars(select(Rater).where(Rater.campaign_id == campaign.id))
    heads = session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id))
    return _Known(
        {unit.code: unit for unit in units},
        {subject.code: subject for subject in subjects},
        {rater.code: rater for rater in raters},
        {(head.unit_id, head.group_key): head for head in heads},
    )


class _Writer:
    """Writes checked rows. Everything happens in the caller's transaction."""

    def __init__(self, session: Session, campaign: Campaign, scheme: Scheme, known: _Known) -> None:
        self._session, self._campaign, self._scheme, self._known = session, campaign, scheme, known
        self._report = RosterReport()
        self._written: set[object] = set()
        self._whole: frozenset[str] = frozenset()

    def write(self, rows: Mapping[str, Sequence[RosterRow]], sheets: frozenset[str]) -> RosterReport:
        steps: Sequence[tuple[str, Callable[[RosterRow, int], None]]] = (
            (UNITS, self._unit),
            (SUBJECTS, self._subject),
            (RATERS, self._rater),
            (HEADS, self._head),
        )
        known, self._whole = self._known, sheets
        for sheet, write_row in steps:
            for place, row in enumerate(rows[sheet], start=1 if sheet in sheets or not rows[sheet] else 1 + len(known.units)):
                write_row(row, place)
            self._session.flush()
        before: Mapping[str, Iterable[Unit | Subject | Rater | Headcount]] = {
            UNITS: known.units.values(),
            SUBJECTS: known.subjects.values(),
            RATERS: known.raters.values(),
            HEADS: known.heads.values(),
        }
        for known_row in (one for sheet in sheets for one in before[sheet]):
            known_row.absent = known_row not in self._written
            self._report.absent += known_row.absent
        return self._report

    def _put(self, sheet: str, row: object | None, make: Callable[[], object], values: Mapping[str, object]) -> object:
        if row is None:
            row = make()
            for name, value in values.items():
                setattr(row, name, value)
            self._session.add(row)
            self._written.add(row)
            self._report.note(sheet, "added")
            return row
        self._written.add(row)
        keeps = set() if sheet in self._whole else {"place"}  # a part of a sheet says nothing of the order
        different = {name: value for name, value in values.items() if name not in keeps and getattr(row, name) != value}
        for name, value in different.items():
            setattr(row, name, value)
        self._report.note(sheet, "changed" if different else "unchanged")
        return row

    def _facts(self, row: RosterRow, what: str) -> dict[str, str]:
        found = {}
        for fact in facts_of(self._scheme, what):
            value = row.cells[f"fact:{fact.key}"]
            if value:
                found[fact.key] = (fact_key(fact, value) or value) if fact.values else value
        return found

    def _unit(self, row: RosterRow, place: int) -> None:
        code = row.cells["code"]
        values = {"name": row.cells["name"], "place": place, "facts": self._facts(row, "unit")}
        unit = self._put(UNITS, self._known.units.get(code), lambda: Unit(campaign_id=self._campaign.id, code=code), values)
        self._known.units[code] = unit  # type: ignore[assignment]  # what `make` makes

    def _subject(self, row: RosterRow, place: int) -> None:
        code, unit = row.cells["code"], self._known.units[row.cells["unit"]]
        values = {
            "name": row.cells["name"],
            "duty": row.cells["duty"],
            "unit_id": unit.id,
            "place": place,
            "facts": self._facts(row, "subject"),
        }
        subject = self._put(
            SUBJECTS, self._known.subjects.get(code), lambda: Subject(campaign_id=self._campaign.id, code=code), values
        )
        self._known.subjects[code] = subject  # type: ignore[assignment]  # what `make` makes

    def _group(self, word: str) -> str:
        return next(key for key, group in self._scheme.groups.items() if word in group_words(group))

    def _rater(self, row: RosterRow, _place: int) -> None:
        code = row.cells["code"]
        unit, subject = row.cells["unit"], row.cells["subject"]
        values = {
            "name": row.cells["name"],
            "group_key": self._group(row.cells["group"]),
            "unit_id": self._known.units[unit].id if unit else None,
            "subject_id": self._known.subjects[subject].id if subject else None,
            "mail": row.cells["mail"] or None,
        }
        self._put(RATERS, self._known.raters.get(code), lambda: Rater(campaign_id=self._campaign.id, code=code), values)

    def _head(self, row: RosterRow, _place: int) -> None:
        unit = self._known.units[row.cells["unit"]].id if row.cells["unit"] else None
        group = self._group(row.cells["group"])
        self._put(
            HEADS,
            self._known.heads.get((unit, group)),
            lambda: Headcount(campaign_id=self._campaign.id, unit_id=unit, group_key=group),
            {"entitled": int(row.cells["entitled"])},
        )
