"""Other evidence: brought by spreadsheet or typed in, each entry with who, when and why; a corrected entry keeps the old one.

Lives here: what becomes of checked entries in the database. May not live here: reading sheets (`evidence_sheet`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, EvidenceEntry, Subject
from survey_app.services import evidence_sheet
from survey_app.services.campaigns import scheme_of, units_of
from survey_app.services.evidence_sheet import Entry, Problem
from survey_app.services.evidence_words import bounds_words, exact_number, iso_date, out_of_bounds
from survey_app.services.spreadsheets import Upload, read_file
from survey_app.services.styles import roster_of

#: Kinds of which a subject has one live value a name; events and earlier periods may repeat.
_SINGLE = ("component", "decision")
_REASON_MOST = 500


class EvidenceProblemsError(UserError):
    """The sheet was refused whole; `problems` names everything wrong with it."""

    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(N_("材料表有 %(count)s 处问题，什么都没有导入；改好后请重新上传。"), count=len(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class EvidenceReport:
    """What an import did: entries new, replaced and as they were; asked cells left empty."""

    added: int
    replaced: int
    unchanged: int
    empty: int


def template_xlsx(session: Session, campaign: Campaign, language: str) -> bytes:
    """The sheet to fill in: every subject with the components asked of it."""
    units = {unit.code: unit.name for unit in units_of(session, campaign)}
    return evidence_sheet.template(scheme_of(campaign), roster_of(session, campaign), units, language)


def import_evidence(
    session: Session, campaign: Campaign, filename: str, data: bytes, *, account: str, now: dt.datetime
) -> EvidenceReport:
    """Import a filled sheet, all of it or nothing; again and again as one likes. The caller commits.

    An empty cell changes nothing: what was entered before stays. Raises SpreadsheetError, EvidenceProblemsError.
    """
    reading = evidence_sheet.read(read_file(Upload(filename, data)), scheme_of(campaign), roster_of(session, campaign))
    if reading.problems:
        raise EvidenceProblemsError(reading.problems)
    counts = {"added": 0, "replaced": 0, "unchanged": 0}
    keeper = _Keeper(session, campaign, account, now)
    for entry in reading.entries:
        counts[keeper.keep(entry)] += 1
    return EvidenceReport(**counts, empty=reading.empty)


def enter(session: Session, campaign: Campaign, entry: Entry, *, account: str, now: dt.datetime) -> str:
    """One entry typed in by hand, with its reason: "added", "replaced" or "unchanged". Raises UserError. The caller commits."""
    scheme = scheme_of(campaign)
    if not entry.reason.strip() or len(entry.reason) > _REASON_MOST:
        raise UserError(N_("请写明依据或理由，最多 %(most)s 个字；它会随结果一起显示。"), most=_REASON_MOST)
    if entry.kind == "component":
        field = next((one for one in scheme.components if one.key == entry.name), None)
        subject = next((one for one in roster_of(session, campaign) if one.id == entry.subject), None)
        if field is None or subject is None or field not in evidence_sheet.asked(scheme, subject):
            raise NotFoundError(N_("方案没有向这个对象要这项材料；请从页面重新选择。"))
        exact = exact_number(entry.value)
        if exact is None or out_of_bounds(field, Fraction(exact)):
            raise UserError(
                N_("“%(value)s”不能作为“%(title)s”：要填数字，%(bounds)s；请改正。"),
                value=entry.value,
                title=field.title.in_("zh-Hans"),
                bounds=bounds_words(field),
            )
        entry = Entry(entry.subject, entry.kind, entry.name, exact, entry.on, entry.reason)
    elif entry.kind == "event":
        day, amount = iso_date(entry.on), exact_number(entry.value or "1")
        if entry.name not in scheme.event_kinds or day is None or amount is None:
            raise UserError(N_("事项、日期（年-月-日）和数量要填写完整；请改正。"))
        entry = Entry(entry.subject, entry.kind, entry.name, amount, day, entry.reason)
    elif entry.kind == "decision":
        if entry.value not in scheme.decisions.get(entry.name, ()):
            raise UserError(N_("方案没有这个选择；请从页面重新选择。"))
    else:
        raise UserError(N_("这类材料请用表格导入。"))
    return _Keeper(session, campaign, account, now).keep(entry)


def live(session: Session, campaign: Campaign) -> list[EvidenceEntry]:
    """Entries in force, newest first."""
    return list(
        session.scalars(
            select(EvidenceEntry)
            .where(EvidenceEntry.campaign_id == campaign.id, EvidenceEntry.replaced.is_(False))
            .order_by(EvidenceEntry.id.desc())
        )
    )


def history(session: Session, campaign: Campaign) -> list[EvidenceEntry]:
    """Entries that were replaced, newest first: what was corrected stays on record."""
    return list(
        session.scalars(
            select(EvidenceEntry)
            .where(EvidenceEntry.campaign_id == campaign.id, EvidenceEntry.replaced.is_(True))
            .order_by(EvidenceEntry.id.desc())
        )
    )


class _Keeper:
    """Writes entries of one import, with one stamp."""

    def __init__(self, session: Session, campaign: Campaign, account: str, now: dt.datetime) -> None:
        self._session, self._campaign, self._account, self._now = session, campaign, account, now
        self._subjects = dict(session.execute(select(Subject.code, Subject.id).where(Subject.campaign_id == campaign.id)).all())
        self._live: dict[tuple[object, ...], EvidenceEntry] = {
            self._key(row.subject_id, row): row for row in live(session, campaign)
        }

    def keep(self, entry: Entry) -> str:
        """Store one entry: "added", "replaced" or "unchanged"."""
        subject = self._subjects.get(entry.subject)
        if subject is None:
            raise NotFoundError(N_("名册里没有编号 %(code)s；请核对。"), code=entry.subject)
        key = self._key(subject, entry)
        old = self._live.get(key)
        if old is not None and (old.value, old.on, old.reason) == (entry.value, entry.on, entry.reason):
            return "unchanged"
        if old is not None:
            old.replaced = True
        row = EvidenceEntry(
            campaign_id=self._campaign.id,
            subject_id=subject,
            kind=entry.kind,
            name=entry.name,
            value=entry.value,
            on=entry.on,
            reason=entry.reason,
            entered_by=self._account,
            entered=self._now,
            replaced=False,
        )
        self._session.add(row)
        self._live[key] = row
        return "added" if old is None else "replaced"

    @staticmethod
    def _key(subject: int, entry: Entry | EvidenceEntry) -> tuple[object, ...]:
        """What an entry takes the place of: the one value of its name, the result of the same period, or the same event.

        Two things that happened on one day are told apart by their reasons; otherwise the second would silently undo the first.
        """
        if entry.kind in _SINGLE:
            return (subject, entry.kind, entry.name)
        return (subject, entry.kind, entry.name, entry.on, entry.reason if entry.kind == "event" else "")
