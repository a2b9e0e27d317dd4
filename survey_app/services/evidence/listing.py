"""What is on record, a page at a time: entries by kind, unit and subject, in force or ended, with the scheme's words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from questionnaires.model import Scheme
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, EvidenceEntry, Subject, Unit
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import roster_of
from survey_app.services.evidence.columns import components_of

PAGE = 50
KINDS = {"component": N_("数据"), "event": N_("事项"), "past": N_("往期结果"), "decision": N_("集体研究")}


@dataclass(frozen=True)
class Wanted:
    """Which entries: of one kind ("" all), of one unit (code), of subjects known by `text`; those ended, or those in force."""

    kind: str = ""
    unit: str = ""
    text: str = ""
    ended: bool = False
    page: int = 1


@dataclass(frozen=True)
class EntryPage:
    """One page of entries: how many there are in all, and where we are."""

    entries: list[EvidenceEntry]
    total: int
    page: int
    pages: int


def find(session: Session, campaign: Campaign, wanted: Wanted) -> EntryPage:
    """Entries of this campaign, newest first; a page beyond the last is the last."""
    which = _which(campaign, wanted)
    total = session.scalar(select(func.count(EvidenceEntry.id)).join(EvidenceEntry.subject).join(Subject.unit).where(*which)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, wanted.page), pages)
    rows = select(EvidenceEntry).join(EvidenceEntry.subject).join(Subject.unit).where(*which)
    rows = rows.options(contains_eager(EvidenceEntry.subject).contains_eager(Subject.unit))
    rows = rows.order_by(EvidenceEntry.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return EntryPage(list(session.scalars(rows)), total, page, pages)


def _which(campaign: Campaign, wanted: Wanted) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = [EvidenceEntry.campaign_id == campaign.id, EvidenceEntry.replaced.is_(wanted.ended)]
    if wanted.kind:
        which.append(EvidenceEntry.kind == wanted.kind)
    if wanted.unit:
        which.append(Unit.code == wanted.unit)
    if wanted.text:
        which.append(or_(Subject.code == wanted.text, Subject.name.contains(wanted.text, autoescape=True)))
    return which


def counts(session: Session, campaign: Campaign) -> dict[tuple[str, bool], int]:
    """How many entries there are by kind and whether they are ended."""
    rows = session.execute(
        select(EvidenceEntry.kind, EvidenceEntry.replaced, func.count())
        .where(EvidenceEntry.campaign_id == campaign.id)
        .group_by(EvidenceEntry.kind, EvidenceEntry.replaced)
    )
    return {(kind, replaced): count for kind, replaced, count in rows}


def kinds_of(scheme: Scheme) -> list[tuple[str, str]]:
    """The kinds of evidence this scheme looks at, with their titles."""
    used = {
        "component": bool(scheme.components),
        "event": bool(scheme.event_kinds),
        "past": bool(scheme.earlier),
        "decision": bool(scheme.decisions),
    }
    return [(kind, _(title)) for kind, title in KINDS.items() if used[kind]]


def names_of(scheme: Scheme, kind: str, language: str) -> list[tuple[str, str]]:
    """What may be entered under a kind: key and title."""
    if kind == "component":
        return [(field.key, field.title.in_(language)) for field in scheme.components]
    if kind == "event":
        return [(key, text.in_(language)) for key, text in scheme.event_kinds.items()]
    if kind == "past":
        titles = {key: scheme.quantities[key].title.in_(language) for key in scheme.earlier if key in scheme.quantities}
        return [(key, titles.get(key, key)) for key in scheme.earlier]
    return [(name, name) for name in scheme.decisions]


def asked_cells(session: Session, campaign: Campaign) -> int:
    """How many numbers the scheme asks for on this roster."""
    scheme = scheme_of(campaign)
    return sum(len(components_of(scheme, subject)) for subject in roster_of(session, campaign))
