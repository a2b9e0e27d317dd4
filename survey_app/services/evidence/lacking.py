"""Entries in force that the last evidence sheet did not have: marked by the import, until somebody keeps or withdraws them.

Threat answered to: a row deleted from the sheet, or an event whose reason was reworded, goes on counting and nobody knows. A
table says something of an entry only where it was filled in: components by their column, the dated tables as a whole. What was
taken over from an earlier count came from no sheet and is not asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, EvidenceEntry
from survey_app.services.evidence.columns import Entry

#: Kinds of which a subject has one live value a name; events and earlier periods may repeat.
_SINGLE = ("component", "decision")
#: So many are shown at once; when they are decided on, the next come.
SHOWN = 200


def place_of(subject: int, entry: Entry | EvidenceEntry) -> tuple[object, ...]:
    """What an entry takes the place of: the one value of its name, the result of the same period, or the same event.

    Two things that happened on one day are told apart by their reasons; otherwise the second would silently undo the first.
    """
    if entry.kind in _SINGLE:
        return (subject, entry.kind, entry.name)
    return (subject, entry.kind, entry.name, entry.on, entry.reason if entry.kind == "event" else "")


def mark_lacking(live: Iterable[EvidenceEntry], subjects: Mapping[str, int], entries: Collection[Entry]) -> int:
    """Mark what these entries of one file lack of the live ones, and unmark what they have; how many it lacks."""
    filled = {_table(entry) for entry in entries}
    had = {place_of(subjects[entry.subject], entry) for entry in entries}
    lacking = 0
    for row in live:
        if _table(row) in filled:
            row.absent = not row.origin and place_of(row.subject_id, row) not in had
            lacking += row.absent
    return lacking


def count_undecided(session: Session, campaign: Campaign) -> int:
    """How many entries nobody has decided on."""
    return session.scalar(select(func.count()).select_from(EvidenceEntry).where(*_undecided(campaign))) or 0


def first_undecided(session: Session, campaign: Campaign) -> Sequence[EvidenceEntry]:
    """The first of them, in the order in which they came."""
    found = select(EvidenceEntry).where(*_undecided(campaign)).order_by(EvidenceEntry.id).limit(SHOWN)
    return session.scalars(found).all()


def chosen(session: Session, campaign: Campaign, numbers: Collection[int]) -> list[EvidenceEntry]:
    """These entries, to be decided on by nobody else until the commit.

    Raises UserError when none was chosen, NotFoundError for one of another campaign, RefusedError for one decided on meanwhile.
    """
    if not numbers:
        raise UserError(N_("请先勾选要留下或撤回的材料；什么都没有改。"))
    rows = []
    for number in sorted(set(numbers)):
        row = session.get(EvidenceEntry, number, with_for_update=True, populate_existing=True)
        if row is None or row.campaign_id != campaign.id:
            raise NotFoundError(N_("这次评议没有这条材料；请从页面重新选择。"))
        if row.replaced or not row.absent:
            raise RefusedError(
                N_("“%(subject)s”的一条材料刚才已经有人决定过了；什么都没有改，页面上现在是最新的样子，请再选一次。"),
                subject=row.subject.name,
            )
        rows.append(row)
    return rows


def keep(rows: Iterable[EvidenceEntry]) -> None:
    """They stay in force although the sheet lacks them."""
    for row in rows:
        row.absent = False


def _table(entry: Entry | EvidenceEntry) -> tuple[str, str]:
    return (entry.kind, entry.name if entry.kind == "component" else "")


def _undecided(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return (EvidenceEntry.campaign_id == campaign.id, EvidenceEntry.absent.is_(True), EvidenceEntry.replaced.is_(False))
