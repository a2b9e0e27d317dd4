"""Other evidence: brought by spreadsheet or typed in, each entry with who, when and why; whatever is ended stays on record.

Lives here: what becomes of checked entries in the database. May not live here: reading sheets (`evidence.sheet`), listing
what is there (`evidence.listing`), taking over earlier results (`results.earlier`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.model import RosterSubject, Scheme
from questionnaires.styles import matches
from questionnaires.tables.typed import exact_value, iso_date
from survey_app import times
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, EvidenceEntry, Subject
from survey_app.services.campaign.campaigns import scheme_of, units_of
from survey_app.services.campaign.styles import roster_of
from survey_app.services.evidence import lacking as evidence_lacking
from survey_app.services.evidence import sheet, template
from survey_app.services.evidence.columns import NAME_MOST, REASON_MOST, VALUE_MOST, Entry, SheetProblem, components_of
from survey_app.services.evidence.lacking import place_of
from survey_app.services.evidence.ledgers import PERIOD_MOST, past_value
from survey_app.services.evidence.typed import bounds_words, out_of_bounds
from survey_app.services.uploads import Sheets, Upload, read_file


class EvidenceProblemsError(UserError):
    """The sheet was refused whole; `problems` names everything wrong with it."""

    status = 422

    def __init__(self, problems: Sequence[SheetProblem]) -> None:
        super().__init__(N_("材料表有 %(count)s 处问题，什么都没有导入；改好后请重新上传。"), count=len(problems))
        self.problems = tuple(problems)


class NewerEntryError(RefusedError):
    """Somebody entered something else meanwhile where this would go: told with both values, and nothing is written."""

    NAMED = 5

    def __init__(self, found: Sequence[tuple[EvidenceEntry, Entry]]) -> None:
        told = [
            _(
                "%(subject)s：%(who)s（%(time)s）记的是“%(theirs)s”，您填的是“%(mine)s”",
                subject=old.subject.name,
                who=old.entered_by,
                time=times.when(old.entered),
                theirs=old.value,
                mine=entry.value,
            )
            for old, entry in found[: self.NAMED]
        ]
        if len(found) > self.NAMED:
            told.append(_("另有 %(n)s 处改动", n=len(found) - self.NAMED))
        super().__init__(
            N_("您打开这一页之后，同样的地方有人记了别的：%(told)s。什么都没有记下；要用您的，请再提交一次。"),
            told=_("；").join(told),
        )


@dataclass(frozen=True)
class EvidenceReport:
    """What an import did: entries new, replaced and as they were; asked cells left empty; entries in force that it lacks."""

    added: int
    replaced: int
    unchanged: int
    empty: int
    absent: int = 0


def template_xlsx(session: Session, campaign: Campaign, language: str) -> bytes:
    """The workbook to fill in: every subject with what the scheme asks of it."""
    units = {unit.code: unit.name for unit in units_of(session, campaign)}
    return template.template(scheme_of(campaign), roster_of(session, campaign), units, language)


def import_evidence(
    session: Session,
    campaign: Campaign,
    filename: str,
    data: bytes,
    *,
    account: str,
    now: dt.datetime,
    seen: int | None = None,
) -> EvidenceReport:
    """Import a filled sheet, all of it or nothing; again and again as one likes. The caller commits.

    An empty cell changes nothing: what was entered before stays, and so does an entry that the sheet lacks, marked until
    somebody keeps or withdraws it (`evidence.lacking`). `seen` as in `keep`. Raises SpreadsheetError,
    EvidenceProblemsError, NewerEntryError.
    """
    return import_sheets(session, campaign, read_file(Upload(filename, data)), account=account, now=now, seen=seen)


def import_sheets(
    session: Session, campaign: Campaign, sheets: Sheets, *, account: str, now: dt.datetime, seen: int | None = None
) -> EvidenceReport:
    """The same from sheets read already."""
    reading = sheet.read(sheets, scheme_of(campaign), roster_of(session, campaign))
    if reading.problems:
        raise EvidenceProblemsError(reading.problems)
    counts = keep(session, campaign, reading.entries, account=account, now=now, seen=seen)
    session.flush()
    lacking = evidence_lacking.mark_lacking(live(session, campaign), _subject_ids(session, campaign), reading.entries)
    return EvidenceReport(counts["added"], counts["replaced"], counts["unchanged"], reading.empty, lacking)


def newest(session: Session, campaign: Campaign) -> int:
    """The number of the last entry there is, for a page to say what it knew."""
    return session.scalar(select(func.max(EvidenceEntry.id)).where(EvidenceEntry.campaign_id == campaign.id)) or 0


def keep(
    session: Session,
    campaign: Campaign,
    entries: Iterable[Entry],
    *,
    account: str,
    now: dt.datetime,
    seen: int | None = None,
) -> Counter[str]:
    """Store checked entries under one stamp: how many were "added", "replaced" and "unchanged". The caller commits.

    `seen`: the last entry the person knew of. Where a later one says something else, NewerEntryError, and nothing is stored;
    the caller holds the campaign, so that nobody enters anything in between.
    """
    keeper, entries = _Keeper(session, campaign, account, now), list(entries)
    if seen is not None and (newer := keeper.newer(entries, seen)):
        raise NewerEntryError(newer)
    return Counter(keeper.keep(entry) for entry in entries)


def enter(session: Session, campaign: Campaign, entry: Entry, *, account: str, now: dt.datetime, seen: int | None = None) -> str:
    """One entry typed in by hand, with its reason: "added", "replaced" or "unchanged". Raises UserError. The caller commits.

    `seen` as in `keep`.
    """
    reason = entry.reason.strip()
    if not reason or len(reason) > REASON_MOST:
        raise UserError(N_("请写明依据或理由，最多 %(most)s 个字；它会随结果一起显示。"), most=REASON_MOST)
    subject = next((one for one in roster_of(session, campaign) if one.id == entry.subject.strip()), None)
    if subject is None:
        raise NotFoundError(N_("名册里没有编号 %(code)s；请核对。"), code=entry.subject)
    checks = {"component": _component, "event": _event, "decision": _decision, "past": _past}
    if entry.kind not in checks:
        raise UserError(N_("没有这一类材料；请从页面重新选择。"))
    typed = replace(entry, subject=subject.id, reason=reason, value=entry.value.strip(), decider=entry.decider.strip())
    checked = checks[entry.kind](scheme_of(campaign), subject, typed)
    return next(iter(keep(session, campaign, [checked], account=account, now=now, seen=seen)))


def _component(scheme: Scheme, subject: RosterSubject, entry: Entry) -> Entry:
    field = next((one for one in scheme.components if one.key == entry.name), None)
    if field is None or field not in components_of(scheme, subject):
        raise NotFoundError(N_("方案没有向这个对象要这项材料；请从页面重新选择。"))
    exact = exact_value(entry.value)
    if exact is None or out_of_bounds(field, Fraction(exact)):
        raise UserError(
            N_("“%(value)s”不能作为“%(title)s”：要填数字，%(bounds)s；请改正。"),
            value=entry.value[:VALUE_MOST],
            title=field.title.in_(language()),
            bounds=bounds_words(field),
        )
    day = iso_date(entry.on) if entry.on.strip() else ""
    if day is None:
        raise UserError(N_("“%(value)s”不是日期；请写成 2026-03-05 的样子。"), value=entry.on[:VALUE_MOST])
    return replace(entry, value=exact, on=day)


def _event(scheme: Scheme, _subject: RosterSubject, entry: Entry) -> Entry:
    day, amount = iso_date(entry.on), exact_value(entry.value or "1")
    if entry.name not in scheme.event_kinds or day is None or amount is None:
        raise UserError(N_("事项、日期（年-月-日）和数量要填写完整；请改正。"))
    bounds = scheme.event_bounds.get(entry.name)
    if bounds is not None and out_of_bounds(bounds, Fraction(amount)):
        raise UserError(
            N_("“%(value)s”不能作为“%(title)s”：要填数字，%(bounds)s；请改正。"),
            value=entry.value[:VALUE_MOST],
            title=bounds.title.in_(language()),
            bounds=bounds_words(bounds),
        )
    return replace(entry, value=amount, on=day)


def _decision(scheme: Scheme, subject: RosterSubject, entry: Entry) -> Entry:
    if entry.value not in scheme.decisions.get(entry.name, ()):
        raise UserError(N_("方案没有这个选择；请从页面重新选择。"))
    if not matches(scheme.decision_where.get(entry.name, {}), subject.facts):
        raise UserError(N_("方案没有让这个对象的“%(name)s”由人决定；请从页面重新选择。"), name=entry.name)
    day = iso_date(entry.on)
    if day is None or not entry.decider or len(entry.decider) > NAME_MOST:
        raise UserError(N_("请写明由谁在哪一天（年-月-日）决定的。"))
    return replace(entry, on=day)


def _past(scheme: Scheme, _subject: RosterSubject, entry: Entry) -> Entry:
    period = entry.on.strip()
    if entry.name not in scheme.earlier or not period or len(period) > PERIOD_MOST:
        raise UserError(N_("往期结果要写明是哪一项、哪个时期的；请改正。"))
    if not entry.value or len(entry.value) > VALUE_MOST:
        raise UserError(N_("请填写往期的得分或等次，最多 %(most)s 个字。"), most=VALUE_MOST)
    return replace(entry, value=past_value(scheme, entry.name, entry.value), on=period)


def withdraw(session: Session, campaign: Campaign, entry_id: int, why: str, *, account: str, now: dt.datetime) -> EvidenceEntry:
    """Take an entry back, with a reason: it stays on record, and no later count looks at it. The caller commits.

    Raises NotFoundError for an entry of another campaign, RefusedError for one no longer in force, UserError without reason.
    """
    why = why.strip()
    row = session.get(EvidenceEntry, entry_id, with_for_update=True)
    if row is None or row.campaign_id != campaign.id:
        raise NotFoundError(N_("这次评议没有这条材料；请从页面重新选择。"))
    if row.replaced:
        raise RefusedError(
            N_("这条材料已经被%(who)s更正或撤回过了（%(time)s）；没有再撤回，页面上现在是最新的样子。"),
            who=row.ended_by,
            time=times.when(row.ended) if row.ended else "",
        )
    if not why or len(why) > REASON_MOST:
        raise UserError(N_("请写明为什么撤回，最多 %(most)s 个字；它会留在记录里。"), most=REASON_MOST)
    row.replaced, row.withdrawn = True, True
    row.ended_by, row.ended_why, row.ended = account, why, now
    return row


def live(session: Session, campaign: Campaign) -> list[EvidenceEntry]:
    """Entries in force, newest first."""
    return _entries(session, campaign, replaced=False)


def history(session: Session, campaign: Campaign) -> list[EvidenceEntry]:
    """Entries that were corrected or withdrawn, newest first: they stay on record."""
    return _entries(session, campaign, replaced=True)


def _entries(session: Session, campaign: Campaign, *, replaced: bool) -> list[EvidenceEntry]:
    mine = select(EvidenceEntry).where(EvidenceEntry.campaign_id == campaign.id, EvidenceEntry.replaced.is_(replaced))
    return list(session.scalars(mine.order_by(EvidenceEntry.id.desc())))


def _subject_ids(session: Session, campaign: Campaign) -> dict[str, int]:
    return dict(session.execute(select(Subject.code, Subject.id).where(Subject.campaign_id == campaign.id)).all())


class _Keeper:
    """Writes entries of one import, with one stamp."""

    def __init__(self, session: Session, campaign: Campaign, account: str, now: dt.datetime) -> None:
        self._session, self._campaign, self._account, self._now = session, campaign, account, now
        self._subjects = _subject_ids(session, campaign)
        self._live: dict[tuple[object, ...], EvidenceEntry] = {
            place_of(row.subject_id, row): row for row in live(session, campaign)
        }

    def newer(self, entries: Sequence[Entry], seen: int) -> list[tuple[EvidenceEntry, Entry]]:
        """Entries in force that came after `seen` and say something else than these would."""
        found = ((self._live.get(place_of(self._subjects.get(entry.subject, 0), entry)), entry) for entry in entries)
        return [(old, entry) for old, entry in found if old is not None and old.id > seen and not _same(old, entry)]

    def keep(self, entry: Entry) -> str:
        """Store one entry: "added", "replaced" or "unchanged"."""
        subject = self._subjects.get(entry.subject)
        if subject is None:
            raise NotFoundError(N_("名册里没有编号 %(code)s；请核对。"), code=entry.subject)
        key = place_of(subject, entry)
        old = self._live.get(key)
        if old is not None and _same(old, entry):
            return "unchanged"
        if old is not None:
            old.replaced = True
            old.ended_by, old.ended_why, old.ended = self._account, entry.reason, self._now
        row = EvidenceEntry(
            campaign_id=self._campaign.id,
            subject_id=subject,
            kind=entry.kind,
            name=entry.name,
            value=entry.value,
            on=entry.on,
            reason=entry.reason,
            decider=entry.decider,
            origin=dict(entry.origin),
            entered_by=self._account,
            entered=self._now,
            replaced=False,
            withdrawn=False,
            absent=False,
        )
        self._session.add(row)
        self._live[key] = row
        return "added" if old is None else "replaced"


def _same(old: EvidenceEntry, new: Entry) -> bool:
    stored = (old.value, old.on, old.reason, old.decider, dict(old.origin))
    return stored == (new.value, new.on, new.reason, new.decider, dict(new.origin))
