"""Ballot styles as stored: made once at approval, read back with their digest checked.

Lives here: writing styles down and reading them again. May not live here: who rates what (`questionnaires.styles`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from analysis.canonical import canonical
from analysis.evidence import Slot
from analysis.limits import Effect, Kind, LimitTable
from analysis.records import Record, Row, plain, read, shaped
from questionnaires.model import RosterSubject, Scheme, Style
from questionnaires.styles import build_styles, form_of
from survey_app.errors import NotFoundError, RefusedError
from survey_app.i18n import N_
from survey_app.models import BallotStyle, Campaign, Rater, Subject, Unit
from survey_app.models.style import CUT, WHOLE
from survey_app.services.sealing.tokens import Rng, style_id


class _Slot(Row, frozen=True):
    subject: str
    item: str


class _Limit(Record, frozen=True):
    rule: str
    kind: Kind
    effect: Effect
    slots: tuple[int, ...]
    codes: tuple[int, ...]
    bounds: tuple[tuple[int, int], ...]
    per_answered: bool
    weights: tuple[int, ...]


class _Content(Record, frozen=True):
    """A style as stored and digested."""

    slots: tuple[_Slot, ...]
    limits: tuple[_Limit, ...]


class AlteredFormError(RefusedError):
    """A stored form no longer has the digest it was approved with: somebody changed it in the database."""


class UnknownFormError(NotFoundError):
    """No ballot style has this id."""


@dataclass(frozen=True)
class LoadedStyle:
    """A ballot style ready for use: its row, its slots in order, its limit tables."""

    row: BallotStyle
    slots: tuple[Slot, ...]
    limits: tuple[LimitTable, ...]


def style_of(session: Session, style: str) -> LoadedStyle:
    """The ballot style with this id. Raises UnknownFormError, and AlteredFormError when content and digest differ."""
    row = session.get(BallotStyle, style)
    if row is None:
        raise UnknownFormError(N_("没有这张表；请重新扫描凭条上的二维码，或核对网址。"))
    slots, limits = _read(row.content, row.digest)
    return LoadedStyle(row, slots, limits)


def styles_of(session: Session, campaign: Campaign) -> list[LoadedStyle]:
    """Every ballot style of the campaign, by unit order and group."""
    rows = session.scalars(
        select(BallotStyle)
        .outerjoin(Unit, Unit.id == BallotStyle.unit_id)
        .where(BallotStyle.campaign_id == campaign.id)
        .order_by(Unit.place.is_not(None), Unit.place, BallotStyle.group_key, BallotStyle.id)
    )
    return [LoadedStyle(row, *_read(row.content, row.digest)) for row in rows]


def roster_of(session: Session, campaign: Campaign) -> list[RosterSubject]:
    """The roster as the scheme sees it, in its neutral order; a subject's facts include those of its unit."""
    rows = session.execute(
        select(Subject, Unit)
        .join(Unit, Unit.id == Subject.unit_id)
        .where(Subject.campaign_id == campaign.id)
        .order_by(Unit.place, Subject.place)
    )
    return [RosterSubject(subject.code, subject.name, unit.code, {**unit.facts, **subject.facts}) for subject, unit in rows]


def subjects_named(session: Session, campaign_id: int, codes: Collection[str]) -> Sequence[Subject]:
    """The campaign's subjects with these codes, each with its unit."""
    wanted = select(Subject).where(Subject.campaign_id == campaign_id, Subject.code.in_(codes)).options(joinedload(Subject.unit))
    return session.scalars(wanted).all()


def planned_styles(session: Session, campaign: Campaign, scheme: Scheme) -> list[Style]:
    """The styles this roster gives under this scheme, nothing stored: what the forms table shows before approval."""
    raters = [place for _, place in _raters(session, campaign)]
    return build_styles(scheme, roster_of(session, campaign), raters, campaign.period)


def store_styles(session: Session, campaign: Campaign, scheme: Scheme, rng: Rng) -> list[BallotStyle]:
    """Write every style down and bind each signed rater to their own. Raises RefusedError when a rater has none."""
    units = {unit.code: unit.id for unit in session.scalars(select(Unit).where(Unit.campaign_id == campaign.id))}
    subjects = {one.code: one.id for one in session.scalars(select(Subject).where(Subject.campaign_id == campaign.id))}
    stored: dict[tuple[str, str, str], BallotStyle] = {}
    planned = planned_styles(session, campaign, scheme)
    # Where a form, or a mark left out of it, may tell who its rater is, nobody is ever shown it whole.
    telling = {(style.group, style.unit) for style in planned if style.excluded or scheme.groups[style.group].rated}
    for style in planned:
        content = written(style)
        row = BallotStyle(
            id=style_id(rng),
            campaign_id=campaign.id,
            group_key=style.group,
            unit_id=units.get(style.unit),
            excluded_id=subjects.get(style.excluded),
            content=content,
            digest=hashlib.sha256(content.encode()).hexdigest(),
            leaf_version=CUT if (style.group, style.unit) in telling else WHOLE,
        )
        stored[style.group, style.unit, style.excluded] = row
        session.add(row)
    session.flush()
    for rater, (group, unit, subject) in _raters(session, campaign):
        place = (group, unit if scheme.groups[group].own_unit else "", form_of(scheme.groups[group], subject))
        own = stored.get(place)
        if own is None:
            raise RefusedError(
                N_("署名评价人“%(name)s”（%(code)s）没有可填的表，不能批准；请检查他所在单位的评价对象，或从名册删去这一行。"),
                name=rater.name,
                code=rater.code,
            )
        rater.style_id = own.id
    return list(stored.values())


def written(style: Style) -> str:
    """A style's content as canonical JSON."""
    return canonical(plain(shaped(style, _Content)))


def _raters(session: Session, campaign: Campaign) -> Sequence[tuple[Rater, tuple[str, str, str]]]:
    """Signed raters with (group, unit code or "", code of the subject each one is or "")."""
    rows = session.execute(
        select(Rater, Unit.code, Subject.code)
        .outerjoin(Unit, Unit.id == Rater.unit_id)
        .outerjoin(Subject, Subject.id == Rater.subject_id)
        .where(Rater.campaign_id == campaign.id)
        .order_by(Rater.id)
    )
    return [(rater, (rater.group_key, unit or "", subject or "")) for rater, unit, subject in rows]


@lru_cache(maxsize=512)
def _read(content: str, digest: str) -> tuple[tuple[Slot, ...], tuple[LimitTable, ...]]:
    if hashlib.sha256(content.encode()).hexdigest() != digest:
        raise AlteredFormError(N_("这张表与批准时不一致，已停止使用；请立即告诉主办单位查明原因。"))
    stored = read(content, _Content)
    return shaped(stored.slots, tuple[Slot, ...]), shaped(stored.limits, tuple[LimitTable, ...])
