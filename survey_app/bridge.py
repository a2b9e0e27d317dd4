"""The only place where stored rows become analysis inputs: opened ballots, head-counts and other evidence in, `Evidence` out.

Nothing is computed here that decides: rows are read, marks are laid side by side, and numbers typed as text become exact.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.evidence import (
    BallotBatch,
    Component,
    Decision,
    Event,
    Evidence,
    Heads,
    Marks,
    Past,
    Slot,
    StyleBooks,
    Subject,
    Tally,
)
from analysis.ops.sources import PastParams
from analysis.report import Report
from survey_app import models
from survey_app.i18n import clauses
from survey_app.i18n import gettext as _

#: The unit of a subject as a fact, for schemes that pool or look up by unit; a scheme's own fact of this name wins.
UNIT = "unit"


@dataclass(frozen=True)
class StyleBallots:
    """The opened ballots of one style that were found valid or blank: `rows` of marks, one mark a slot."""

    style: str
    group: str
    unit: str
    slots: tuple[Slot, ...]
    rows: Sequence[Sequence[int]]


def batch(opened: StyleBallots) -> BallotBatch:
    """One style's ballots as a block of bytes; two bytes a mark only where a code needs it. ValueError on a ragged block."""
    if any(len(row) != len(opened.slots) for row in opened.rows):
        raise ValueError(f"style {opened.style}: a ballot has another number of marks than the style has slots")
    widest = max((max(row, default=0) for row in opened.rows), default=0)
    shape = (len(opened.rows), len(opened.slots))
    marks: Marks
    if widest < 256:
        marks = np.array(opened.rows, dtype=np.uint8).reshape(shape)
    else:
        marks = np.array(opened.rows, dtype=np.uint16).reshape(shape)
    return BallotBatch(opened.style, opened.group, opened.unit, opened.slots, marks)


def batches(opened: Iterable[StyleBallots]) -> tuple[BallotBatch, ...]:
    """All styles, in the order of their ids, so that the tally does not depend on the order of opening."""
    return tuple(batch(one) for one in sorted(opened, key=lambda one: one.style))


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
            Component(one.code, one.name, Fraction(one.value), _origin(one)) for one in live if one.kind == "component"
        ),
        events=tuple(
            Event(one.code, one.name, one.on, Fraction(one.value or "1"), one.words) for one in live if one.kind == "event"
        ),
        past=tuple(Past(one.on, one.code, one.name, _past_value(one.value)) for one in live if one.kind == "past"),
        decisions=tuple(
            Decision(one.code, one.name, one.value, one.decider or one.entered_by, one.words, one.on)
            for one in live
            if one.kind == "decision"
        ),
        period=campaign.period,
    )


@dataclass(frozen=True)
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
    def words(self) -> str:
        """Why it stands there, where it was taken from, and who entered it when, as a person would say it."""
        parts = [self.reason]
        if self.origin:
            parts.append(_("接自“%(title)s”（%(period)s）的“%(quantity)s”", **self.origin))
        parts.append(_("%(who)s %(day)s 录入", who=self.entered_by, day=self.entered.date().isoformat()))
        return clauses(part for part in parts if part)


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


def with_past_notes(report: Report, live: Iterable[LiveEntry]) -> Report:
    """The report with a note on every earlier result: where it comes from and who entered it."""
    told = {(one.name, one.code, one.on): one.words for one in live if one.kind == "past"}
    notes = dict(report.notes)
    for step in report.plan.steps:
        if isinstance(step.params, PastParams):
            for subject, period in report.tables[step.name].cells:
                note = told.get((step.params.quantity, subject, period), "")
                if note:
                    notes[step.name, (subject, period)] = note
    return replace(report, notes=notes)


def subjects_of(session: Session, campaign: models.Campaign) -> tuple[Subject, ...]:
    """The subjects with their own facts and their unit's, in roster order; a subject's own fact wins over its unit's."""
    rows = session.execute(
        select(models.Subject.code, models.Unit.code, models.Unit.facts, models.Subject.facts)
        .join(models.Subject.unit)
        .where(models.Subject.campaign_id == campaign.id)
        .order_by(models.Unit.place, models.Subject.place, models.Subject.id)
    )
    return tuple(Subject(code, {UNIT: unit, **of_unit, **own}) for code, unit, of_unit, own in rows)


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
        found.append(Heads(*key, entitled=entitled, present=present, issued=issued.get(key), returned=returned.get(key)))
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


def tally_record(tally: Tally) -> dict[str, object]:
    """The tally as plain lists and numbers, in one order whatever the order of counting: what stays after the opening."""
    return {
        "counts": [[*cell, list(counts)] for cell, counts in sorted(tally.counts.items())],
        "books": [
            {
                "style": books.style,
                "group": books.group,
                "unit": books.unit,
                "slots": [[slot.subject, slot.item] for slot in books.slots],
                "cast": books.cast,
                "valid": books.valid,
                "blank": books.blank,
                "invalid": books.invalid,
                "superseded": books.superseded,
            }
            for books in sorted(tally.books, key=lambda one: one.style)
        ],
    }


def tally_of_record(record: Mapping[str, Any]) -> Tally:
    """The tally `tally_record` described; both laws of conservation are checked again. KeyError, TypeError, ConservationError."""
    counts = {(subject, group, item): tuple(row) for subject, group, item, row in record["counts"]}
    books = tuple(
        StyleBooks(**{**entry, "slots": tuple(Slot(subject, item) for subject, item in entry["slots"])})
        for entry in record["books"]
    )
    return Tally(counts, books)


def evidence_digest(evidence: Evidence) -> str:
    """SHA-256 over everything but the marks: two reports with the same digest saw the same roster, heads and entries."""
    parts = {
        "subjects": [[subject.id, dict(subject.facts)] for subject in evidence.subjects],
        "heads": [[h.group, h.unit, h.entitled, h.present, h.issued, h.returned] for h in evidence.heads],
        "components": sorted([c.subject, c.name, str(c.value)] for c in evidence.components),
        "events": sorted([e.subject, e.kind, e.on, str(e.amount), e.reason] for e in evidence.events),
        "past": sorted([p.period, p.subject, p.quantity, str(p.value)] for p in evidence.past),
        "decisions": sorted([d.subject, d.name, d.choice, d.decider, d.reason, d.on] for d in evidence.decisions),
        "period": evidence.period,
    }
    return digest(canonical(parts))


def canonical(content: object) -> str:
    """Canonical JSON: keys sorted, no spaces, characters as they are."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _past_value(text: str) -> Fraction | str:
    """An earlier result: a number where it reads as one, else a grade's key."""
    try:
        return Fraction(text)
    except ValueError:
        return text


def _origin(one: LiveEntry) -> str:
    """Where a number came from: its own day, then as every entry."""
    return clauses(part for part in (one.on, one.words) if part)
