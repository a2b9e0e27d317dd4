"""The only place where stored rows become analysis inputs: opened ballots, head-counts and other evidence in, `Evidence` out.

Nothing is computed here that decides: rows are read, marks are laid side by side, and numbers typed as text become exact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.canonical import canonical, digest
from analysis.evidence import (
    BallotBatch,
    Component,
    Decision,
    Entered,
    Event,
    Evidence,
    Heads,
    Past,
    RatedSubject,
    StyleBooks,
    Tally,
)
from analysis.numerals import TABLE, read
from analysis.records import Record, shaped
from analysis.report import CountRow, SlotRow, count_rows, counts_of
from survey_app import models

#: The unit of a subject as a fact, for schemes that pool or look up by unit; a scheme's own fact of this name wins.
UNIT = "unit"
#: What `evidence_digest` digests. Before it there were sentences (`earlier_digests`).
EVIDENCE_FORMAT = "pingyi-evidence/2"


def evidence_of(
    session: Session, campaign: models.Campaign, tally: Tally | None = None, ballots: tuple[BallotBatch, ...] = ()
) -> Evidence:
    """Everything the count may look at for this campaign: roster, heads, live evidence entries, and the marks given."""
    live = live_entries(session, campaign)
    return Evidence(
        subjects=subjects_of(session, campaign),
        batches=ballots,
        tally=tally,
        heads=heads_of(session, campaign, tally),
        components=tuple(
            Component(
                subject=one.code, name=one.name, value=Fraction(one.value), origin=one.reason, on=one.on, entered=one.source
            )
            for one in live
            if one.kind == "component"
        ),
        events=tuple(
            Event(
                subject=one.code,
                kind=one.name,
                on=one.on,
                amount=Fraction(one.value or "1"),
                reason=one.reason,
                entered=one.source,
            )
            for one in live
            if one.kind == "event"
        ),
        past=tuple(
            Past(
                period=one.on,
                subject=one.code,
                quantity=one.name,
                value=_past_value(one.value),
                reason=one.reason,
                entered=one.source,
            )
            for one in live
            if one.kind == "past"
        ),
        decisions=tuple(
            Decision(
                subject=one.code,
                name=one.name,
                choice=one.value,
                decider=one.decider or one.entered_by,
                reason=one.reason,
                on=one.on,
                entered=one.source,
            )
            for one in live
            if one.kind == "decision"
        ),
        period=campaign.period,
    )


def evidence_version(session: Session, campaign: models.Campaign) -> str | None:
    """The version of all that `evidence_of` reads, the tally with it; to be asked before the evidence is read, so that what
    comes in between has another. None where there is none (a row taken out by hand): nothing may then be remembered."""
    # A column and no object: a session would hand out the object it already has, with a version of before.
    return session.scalar(select(models.EvidenceVersion.version).where(models.EvidenceVersion.campaign_id == campaign.id))


@dataclass(frozen=True, kw_only=True)
class LiveEntry:
    """An entry in force with its subject's code: plain values, because there may be tens of thousands."""

    code: str
    kind: str
    name: str
    value: str
    on: str
    reason: str
    decider: str
    origin: Mapping[str, str]
    entered_by: str
    entered: dt.datetime

    @property
    def source(self) -> Entered:
        """Who entered it, when, and what it was taken over from, as facts."""
        return Entered(self.entered_by, self.entered.astimezone(dt.UTC).isoformat(), tuple(sorted(self.origin.items())))


def live_entries(session: Session, campaign: models.Campaign) -> list[LiveEntry]:
    """The entries in force, in the order they were entered."""
    entry = models.EvidenceEntry
    rows = session.execute(
        select(
            models.Subject.code,
            *(entry.kind, entry.name, entry.value, entry.on, entry.reason),
            *(entry.decider, entry.origin, entry.entered_by, entry.entered),
        )
        .join(models.Subject, models.Subject.id == entry.subject_id)
        .where(entry.campaign_id == campaign.id, entry.replaced.is_(False))
        .order_by(entry.id)
    )
    return [LiveEntry(**row._asdict()) for row in rows]


def subjects_of(session: Session, campaign: models.Campaign) -> tuple[RatedSubject, ...]:
    """The subjects with their own facts and their unit's, in roster order; a subject's own fact wins over its unit's."""
    rows = session.execute(
        select(models.Subject.code, models.Unit.code, models.Unit.facts, models.Subject.facts)
        .join(models.Subject.unit)
        .where(models.Subject.campaign_id == campaign.id)
        .order_by(models.Unit.place, models.Subject.place, models.Subject.id)
    )
    return tuple(RatedSubject(code, {UNIT: unit, **of_unit, **own}) for code, unit, of_unit, own in rows)


def heads_of(session: Session, campaign: models.Campaign, tally: Tally | None = None) -> tuple[Heads, ...]:
    """Head-counts by group and unit, each from its own source and none by subtraction.

    `entitled` and `present` as typed; `issued` counted from slips printed and not voided and from invitations made;
    `returned` counted from the books of the tally (valid, blank and invalid ballots), None before the opening.
    """
    typed = {
        (row.group_key, row.unit.code if row.unit else ""): row
        for row in session.scalars(select(models.Headcount).where(models.Headcount.campaign_id == campaign.id))
    }
    issued = _issued(session, campaign)
    returned: dict[tuple[str, str], int] = {}
    for books in tally.books if tally else ():
        key = (books.group, books.unit)
        returned[key] = returned.get(key, 0) + books.valid + books.blank + books.invalid
    found = []
    for key in sorted({*typed, *issued, *returned}):
        row = typed.get(key)
        entitled, present = (row.entitled, row.present) if row else (None, None)
        found.append(
            Heads(
                group=key[0],
                unit=key[1],
                entitled=entitled,
                present=present,
                issued=issued.get(key),
                returned=returned.get(key),
            )
        )
    return tuple(found)


def _issued(session: Session, campaign: models.Campaign) -> Mapping[tuple[str, str], int]:
    """Slips and personal links in people's hands, by group and unit."""
    styles = {
        style.id: (style.group_key, style.unit.code if style.unit else "")
        for style in session.scalars(select(models.BallotStyle).where(models.BallotStyle.campaign_id == campaign.id))
    }
    issued: dict[tuple[str, str], int] = {}
    for printed in session.scalars(
        select(models.SlipBatch).where(models.SlipBatch.campaign_id == campaign.id, models.SlipBatch.void.is_(False))
    ):
        key = styles[printed.style_id]
        issued[key] = issued.get(key, 0) + printed.issued
    for rater in session.scalars(
        select(models.Rater).where(models.Rater.campaign_id == campaign.id, models.Rater.tag.is_not(None))
    ):
        own = (rater.group_key, rater.unit.code if rater.unit else "")
        key = styles.get(rater.style_id, own) if rater.style_id else own
        issued[key] = issued.get(key, 0) + 1
    return issued


class BooksRecord(Record, frozen=True):
    """One style's books as stored."""

    style: str
    group: str
    unit: str
    slots: tuple[SlotRow, ...]
    cast: int
    valid: int
    blank: int
    invalid: int
    superseded: int


class TallyRecord(Record, frozen=True):
    """A tally as stored: what stays after the opening."""

    counts: tuple[CountRow, ...]
    books: tuple[BooksRecord, ...]


def tally_record(tally: Tally) -> TallyRecord:
    """The tally as stored, in one order whatever the order of counting."""
    books = sorted(tally.books, key=lambda one: one.style)
    return TallyRecord(counts=count_rows(tally), books=tuple(shaped(one, BooksRecord) for one in books))


def tally_of_record(record: TallyRecord) -> Tally:
    """The tally `tally_record` described; both laws of conservation are checked again. Raises ConservationError."""
    return Tally(counts_of(record.counts), shaped(record.books, tuple[StyleBooks, ...]))


def evidence_digest(evidence: Evidence) -> str:
    """SHA-256 over everything but the marks: two reports with the same digest saw the same roster, heads and entries.

    Facts only, moments in UTC: whatever language or place the count is read in, the digest is the same. Nothing is left out
    that a report repeats: who entered what, when and why stands in its notes.
    """
    parts = {
        "format": EVIDENCE_FORMAT,
        "subjects": [[subject.id, dict(subject.facts)] for subject in evidence.subjects],
        "heads": [[h.group, h.unit, h.entitled, h.present, h.issued, h.returned] for h in evidence.heads],
        "components": sorted([c.subject, c.name, str(c.value), c.on, c.origin, *_source(c.entered)] for c in evidence.components),
        "events": sorted([e.subject, e.kind, e.on, str(e.amount), e.reason, *_source(e.entered)] for e in evidence.events),
        "past": sorted([p.period, p.subject, p.quantity, str(p.value), p.reason, *_source(p.entered)] for p in evidence.past),
        "decisions": sorted(
            [d.subject, d.name, d.choice, d.decider, d.reason, d.on, *_source(d.entered)] for d in evidence.decisions
        ),
        "period": evidence.period,
    }
    return digest(canonical(parts))


def _source(entered: Entered) -> list[Any]:
    return [entered.by, entered.at, [list(pair) for pair in entered.origin]]


def _past_value(text: str) -> Fraction | str:
    """An earlier result: a number where it reads as one, else a grade's key."""
    found = read(text, TABLE)
    return text if found is None else found
