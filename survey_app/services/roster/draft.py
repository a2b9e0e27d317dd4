"""A roster on its way: the sheets as they are, what their columns are, what was applied; and the rows that follow from it.

Lives here: keeping it, and reading it as rows. May not live here: what is wrong with a row (`causes`), and the import itself.

Nothing of a file is ever changed: a remedy that was applied is a list of cells with what they are read as instead, and can be
taken back. So whoever takes over sees file, plan and remedies, and what they see is what will be imported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.canonical import canonical
from analysis.records import Record, plain, read
from questionnaires.model import Scheme
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Campaign, CampaignState, Rater, RosterDraft, Subject, Unit
from survey_app.services.roster.as_it_is import SheetAsIs
from survey_app.services.roster.columns import HEADS, RATERS, SUBJECTS, UNITS
from survey_app.services.roster.mapping import LEFT_OUT, SheetPlan, fit

Place = tuple[int, int]  # sheet, row; both from 0


class AppliedRemedy(Record, frozen=True):
    """One remedy as it was applied. `cells`: sheet, row, field, what it is read as; `dropped`: sheet, row.

    `units`: names that become units of their own; `unit_facts`: unit as written, fact, value.
    """

    cause: str
    cells: tuple[tuple[int, int, str, str], ...] = ()
    dropped: tuple[tuple[int, int], ...] = ()
    units: tuple[str, ...] = ()
    unit_facts: tuple[tuple[str, str, str], ...] = ()


class DraftRoster(Record, frozen=True):
    """All of it. `confirmed`: somebody has looked at the plans and said that they are right."""

    sheets: tuple[SheetAsIs, ...]
    plans: tuple[SheetPlan, ...]
    confirmed: bool = False
    applied: tuple[AppliedRemedy, ...] = ()


@dataclass
class DraftRow:
    """A row of one sheet, by field. `written`: the same as the file has it."""

    sheet: int
    row: int
    kind: str
    cells: dict[str, str]
    written: Mapping[str, str]


@dataclass
class Known:
    """What the campaign's roster has already, by code."""

    units: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # name, unit's code, duty
    raters: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # name, unit's code, group


def keep(session: Session, campaign: Campaign, draft: DraftRoster, *, by: str, now: dt.datetime) -> None:
    """Keep it in place of an earlier one. Raises RefusedError after approval; the caller commits."""
    session.refresh(campaign, with_for_update=True)
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("这次评议已经批准，名册和表格都已冻结，不能再导入；要改名册，请另建一次评议。"))
    session.merge(RosterDraft(campaign_id=campaign.id, content=canonical(plain(draft)), at=now, by=by))


def find(session: Session, campaign: Campaign, scheme: Scheme) -> tuple[DraftRoster, RosterDraft] | None:
    """What is kept, and by whom; None for nothing. Plans are fitted to the scheme as it is now."""
    row = session.get(RosterDraft, campaign.id)
    if row is None:
        return None
    kept = read(row.content, DraftRoster)
    plans = tuple(fit(plan, scheme, sheet) for plan, sheet in zip(kept.plans, kept.sheets, strict=True))
    return DraftRoster(kept.sheets, plans, kept.confirmed, kept.applied), row


def drop(session: Session, campaign: Campaign) -> None:
    """Keep it no longer; the caller commits."""
    row = session.get(RosterDraft, campaign.id)
    if row is not None:
        session.delete(row)


def rows_of(draft: DraftRoster) -> dict[str, list[DraftRow]]:
    """The rows under each sheet's headings, blank ones left out, with every remedy applied, by kind of sheet."""
    changed: dict[Place, dict[str, str]] = {}
    for sheet_no, row_no, name, text in (cell for one in draft.applied for cell in one.cells):
        changed.setdefault((sheet_no, row_no), {})[name] = text
    gone = {place for one in draft.applied for place in one.dropped}
    found: dict[str, list[DraftRow]] = {UNITS: [], SUBJECTS: [], RATERS: [], HEADS: []}
    for number, (sheet, plan) in enumerate(zip(draft.sheets, draft.plans, strict=True)):
        if plan.kind == LEFT_OUT:
            continue
        places = {name: place for place, name in enumerate(plan.columns) if name}
        for row in range(plan.head + 1, len(sheet.rows)):
            cells = sheet.rows[row]
            if (number, row) in gone or not any(cells):
                continue
            written = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
            fixed = changed.get((number, row), {})
            if any(written.values()) or fixed:
                found[plan.kind].append(DraftRow(number, row, plan.kind, {**written, **fixed}, written))
    return found


def known_of(session: Session, campaign: Campaign) -> Known:
    """The roster as it stands."""
    mine = campaign.id
    units = session.execute(select(Unit.id, Unit.code, Unit.name).where(Unit.campaign_id == mine).order_by(Unit.place)).all()
    codes = {unit_id: code for unit_id, code, _name in units}
    subjects = session.execute(
        select(Subject.code, Subject.name, Subject.unit_id, Subject.duty)
        .where(Subject.campaign_id == mine)
        .order_by(Subject.place)
    )
    raters = session.execute(
        select(Rater.code, Rater.name, Rater.unit_id, Rater.group_key).where(Rater.campaign_id == mine).order_by(Rater.id)
    )
    return Known(
        {code: name for _id, code, name in units},
        {code: (name, codes[unit_id], duty) for code, name, unit_id, duty in subjects},
        {code: (name, codes[unit_id] if unit_id else "", group) for code, name, unit_id, group in raters},
    )


def where(draft: DraftRoster, row: DraftRow) -> tuple[str, int]:
    """The sheet's name and the row's number as the spreadsheet shows them."""
    return draft.sheets[row.sheet].name, row.row + 1


def applied(draft: DraftRoster, remedy: AppliedRemedy) -> DraftRoster:
    """The draft with one more remedy."""
    return DraftRoster(draft.sheets, draft.plans, draft.confirmed, (*draft.applied, remedy))


def planned(draft: DraftRoster, plans: Sequence[SheetPlan]) -> DraftRoster:
    """The draft with plans that somebody confirmed. Remedies stay only where nothing about the columns changed."""
    same = tuple(plans) == draft.plans
    return DraftRoster(draft.sheets, tuple(plans), True, draft.applied if same else ())  # noqa: FBT003 - it is the field's value


def taken_back(draft: DraftRoster) -> DraftRoster:
    """The draft without the last remedy."""
    return DraftRoster(draft.sheets, draft.plans, draft.confirmed, draft.applied[:-1])
