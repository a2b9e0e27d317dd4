"""A draft's text into a round that is itself still a draft: what of its roster fits no longer is said first, and then goes.

Threat answered to: a scheme exchanged under a roster that was made for another one. A group that is no longer asked, a value that
the new scheme does not know, would stand in the books and count nowhere; so they are named, one by one, before anything is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Scheme
from survey_app.errors import RefusedError
from survey_app.i18n import N_, language
from survey_app.models import Campaign, CampaignState, EvidenceEntry, Headcount, Rater, Subject, Unit
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import planned_styles


class StaleReplacementError(RefusedError):
    """The round or the draft is not what the page showed."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class ForgottenFact:
    """A value of somebody's that the new scheme does not know: it is emptied."""

    name: str
    code: str
    fact: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SchemeReplacement:
    """What changes when this text becomes the round's.

    `raters` and `heads` are of groups that the new scheme does not have, or asks in the other way (by name, or not); `missing`
    are people of whom the new scheme asks something that is not filled in; `forms` how many kinds of form there were and will be.
    """

    scheme: Scheme
    raters: tuple[str, ...]
    heads: tuple[str, ...]
    forgotten: tuple[ForgottenFact, ...]
    missing: tuple[str, ...]
    forms: tuple[int, int]
    digest: str


def preview(session: Session, campaign: Campaign, text: str) -> SchemeReplacement:
    """What would change. Nothing is written.

    Parameters
    ----------
    session, campaign
        The round.
    text
        The scheme's new text.

    Raises
    ------
    RefusedError
        After the approval; where it is the text that stands already; where evidence was brought that the new scheme does not ask.
    SchemeProblems
        For a text that is no scheme.
    NameTakenError
        When another content has this name and version.
    """
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("这次评议已经批准，方案已冻结，不能再换；真要换，请另建一次评议。"))
    scheme = campaigns.new_scheme(session, text, beside=campaign)
    if scheme.digest == campaign.scheme_digest:
        raise RefusedError(N_("这次评议用的就是这份文本，不用换。"))
    _refuse_lost_evidence(session, campaign, scheme)
    raters, heads = _people(session, campaign, scheme), _heads(session, campaign, scheme)
    forgotten = tuple(one for one, _row in _forgotten(session, campaign, scheme))
    before, after = (len(planned_styles(session, campaign, one)) for one in (scheme_of(campaign), scheme))
    told = [scheme.digest, [one.code for one in raters], [one.id for one in heads], [[one.code, one.fact] for one in forgotten]]
    return SchemeReplacement(
        scheme=scheme,
        raters=tuple(f"{one.name} {one.code}" for one in raters),
        heads=tuple(f"{one.unit.name if one.unit else ''} {one.group_key} {_shown(one.entitled)}".strip() for one in heads),
        forgotten=forgotten,
        missing=tuple(_missing(session, campaign, scheme)),
        forms=(before, after),
        digest=hashlib.sha256(json.dumps([*told, campaign.scheme_digest]).encode()).hexdigest(),
    )


def replace(session: Session, campaign: Campaign, text: str, *, seen: str) -> SchemeReplacement:
    """Make this text the round's scheme; whatever of the roster no longer fits goes with the old one.

    Parameters
    ----------
    session
        The caller commits.
    campaign, text
        The round, and the text.
    seen
        The digest of what the page said.

    Raises
    ------
    StaleReplacementError
        When the page said something else.
    RefusedError, SchemeProblems, NameTakenError
        As `preview`.
    """
    session.refresh(campaign, with_for_update=True)
    found = preview(session, campaign, text)
    if found.digest != seen:
        raise StaleReplacementError(N_("名册或方案刚刚有人改过；什么都没有换，请看过再定。"))
    for row in (*_people(session, campaign, found.scheme), *_heads(session, campaign, found.scheme)):
        session.delete(row)
    for one, owner in _forgotten(session, campaign, found.scheme):
        owner.facts = {key: value for key, value in owner.facts.items() if key != one.fact}
    campaign.scheme_key, campaign.scheme_version = found.scheme.key, found.scheme.version
    campaign.scheme_text, campaign.scheme_digest = text, found.scheme.digest
    session.flush()
    return found


def _refuse_lost_evidence(session: Session, campaign: Campaign, scheme: Scheme) -> None:
    """Evidence is never deleted: who brought it withdraws it."""
    known = {
        "component": {one.key for one in scheme.components},
        "event": set(scheme.event_kinds),
        "past": set(scheme.earlier),
        "decision": set(scheme.decisions),
    }
    query = select(EvidenceEntry).where(EvidenceEntry.campaign_id == campaign.id, EvidenceEntry.replaced.is_(None))
    lost = sorted({one.name for one in session.scalars(query) if one.name not in known.get(one.kind, set())})
    if lost:
        raise RefusedError(N_("已报的材料里有“%(name)s”，这份方案里没有；请先在材料页撤回，再换方案。"), name=lost[0])


def _people(session: Session, campaign: Campaign, scheme: Scheme) -> list[Rater]:
    rows = session.scalars(select(Rater).where(Rater.campaign_id == campaign.id).order_by(Rater.code))
    return [one for one in rows if one.group_key not in scheme.groups or not scheme.groups[one.group_key].signed]


def _heads(session: Session, campaign: Campaign, scheme: Scheme) -> list[Headcount]:
    rows = session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id).order_by(Headcount.id))
    return [one for one in rows if one.group_key not in scheme.groups or scheme.groups[one.group_key].signed]


def _owners(session: Session, campaign: Campaign) -> Iterator[tuple[Unit | Subject, str]]:
    for unit in session.scalars(select(Unit).where(Unit.campaign_id == campaign.id).order_by(Unit.place)):
        yield unit, "unit"
    for subject in session.scalars(select(Subject).where(Subject.campaign_id == campaign.id).order_by(Subject.place)):
        yield subject, "subject"


def _forgotten(session: Session, campaign: Campaign, scheme: Scheme) -> Iterator[tuple[ForgottenFact, Unit | Subject]]:
    for owner, kind in _owners(session, campaign):
        known = {fact.key: fact for fact in scheme.facts if fact.of == kind}
        for key, value in sorted(owner.facts.items()):
            fact = known.get(key)
            if value and (fact is None or (fact.values and value not in fact.values)):
                yield ForgottenFact(name=owner.name, code=owner.code, fact=key, value=value), owner


def _missing(session: Session, campaign: Campaign, scheme: Scheme) -> Iterator[str]:
    for owner, kind in _owners(session, campaign):
        for fact in (one for one in scheme.facts if one.of == kind and one.required and not one.where):
            value = owner.facts.get(fact.key, "")
            if not value or (fact.values and value not in fact.values):
                yield f"{owner.name} · {fact.title.in_(language())}"


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)
