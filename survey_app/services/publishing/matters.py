"""What follows a result: objections, claims that a receipt is not there, talks, rectification; numbered, due, closed once.

Rules: nothing that was written is changed; a mistake is put right by a further entry. Who voted is never asked: a claim about a
receipt names the receipt. Rectification that is not done is carried on: the next round of the scheme shows it beside its own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, CampaignState, Matter, MatterEntry, Subject, Unit
from survey_app.services.office import audit

TEXT_MOST = 2000
WHO_MOST = 120
DAYS_MOST = 730


@dataclass(frozen=True)
class MatterKind:
    """A kind of matter: what it is called, what its text says, in how many days it is due, and how it may be closed."""

    key: str
    title: str
    asks: str
    days: int
    decisions: tuple[str, ...]


_ANSWERED = ("upheld", "partly", "rejected")
KINDS = (
    MatterKind("objection", N_("异议"), N_("对谁的哪一项结果有异议，理由是什么"), 15, _ANSWERED),
    MatterKind("receipt", N_("回执不在日志里"), N_("写上回执的号码；不要写投票人是谁、投了什么"), 7, _ANSWERED),
    MatterKind("talk", N_("谈话"), N_("为什么谈、谈什么"), 30, ("done",)),
    MatterKind("rectification", N_("整改"), N_("要改什么，改到什么样"), 90, ("done",)),
)
DECISIONS: Mapping[str, str] = {
    "upheld": N_("成立，已改正"),
    "partly": N_("部分成立"),
    "rejected": N_("不成立"),
    "done": N_("已完成"),
}


@dataclass(frozen=True, kw_only=True)
class MatterLine:
    """A matter as a page shows it: with whom it is about, what was written to it, and whether its day has passed."""

    matter: Matter
    kind: MatterKind
    about: str
    entries: tuple[MatterEntry, ...]
    overdue: bool
    round: str = ""  # the round it belongs to, for whoever reads it in a later one
    key: str = ""

    @property
    def closing(self) -> MatterEntry | None:
        """What closed it; None while it is open."""
        return next((one for one in self.entries if one.decision), None)


@dataclass(frozen=True, kw_only=True)
class NewMatter:
    """A matter as it was typed."""

    kind: str
    subject: str
    raised_by: str
    said: str
    due: str


def lines(session: Session, campaign: Campaign, *, now: dt.datetime) -> list[MatterLine]:
    """Every matter: open ones first, those due soonest above; then closed ones, the newest above."""
    found = _lines(session, [campaign], now=now)
    still = sorted((one for one in found if one.closing is None), key=lambda one: (one.matter.due, one.matter.number))
    return [*still, *sorted((one for one in found if one.closing is not None), key=lambda one: -one.matter.number)]


def carried_on(session: Session, campaign: Campaign, *, now: dt.datetime) -> list[MatterLine]:
    """Rectification of earlier rounds of the same scheme that is not done, about subjects who are in this round as well."""
    here = set(session.scalars(select(Subject.code).where(Subject.campaign_id == campaign.id)))
    earlier = select(Campaign).where(Campaign.scheme_key == campaign.scheme_key, Campaign.id < campaign.id).order_by(Campaign.id)
    found = _lines(session, session.scalars(earlier).all(), now=now)
    return [one for one in found if one.kind.key == "rectification" and one.closing is None and one.matter.subject in here]


def _lines(session: Session, campaigns: Sequence[Campaign], *, now: dt.datetime) -> list[MatterLine]:
    rounds = {one.id: one for one in campaigns}
    matters = session.scalars(select(Matter).where(Matter.campaign_id.in_(rounds)).order_by(Matter.id)).all()
    entries = defaultdict[int, list[MatterEntry]](list)
    wanted = select(MatterEntry).where(MatterEntry.matter_id.in_([one.id for one in matters])).order_by(MatterEntry.id)
    for entry in session.scalars(wanted):
        entries[entry.matter_id].append(entry)
    rows = session.execute(select(Subject.campaign_id, Subject.code, Subject.name).where(Subject.campaign_id.in_(rounds)))
    names = {(campaign, code): name for campaign, code, name in rows}
    today = times.day(now)
    return [
        MatterLine(
            matter=one,
            kind=kind_of(one.kind),
            about=names.get((one.campaign_id, one.subject), one.subject),
            entries=tuple(entries[one.id]),
            overdue=one.due < today and not any(entry.decision for entry in entries[one.id]),
            round=f"{rounds[one.campaign_id].title} {rounds[one.campaign_id].period}",
            key=rounds[one.campaign_id].key,
        )
        for one in matters
    ]


def subjects_of(session: Session, campaign: Campaign) -> Sequence[Subject]:
    """Whom a matter may be about."""
    wanted = select(Subject).join(Subject.unit).where(Subject.campaign_id == campaign.id)
    return session.scalars(wanted.order_by(Unit.place, Subject.place, Subject.id)).all()


def kind_of(key: str) -> MatterKind:
    """The kind. Raises UserError for a key there is none of."""
    found = next((one for one in KINDS if one.key == key), None)
    if found is None:
        raise UserError(N_("请选是哪一类：异议、回执、谈话或整改。"))
    return found


def due_of(text: str, kind: MatterKind, *, now: dt.datetime) -> dt.date:
    """The day it is due: as typed, or as many days from today as its kind has. Raises UserError."""
    today = times.day(now)
    if not text.strip():
        return today + dt.timedelta(days=kind.days)
    try:
        due = dt.date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise UserError(N_("期限请写成 2026-12-31 这样；什么都没有记。")) from wrong
    if not today <= due <= today + dt.timedelta(days=DAYS_MOST):
        raise UserError(N_("期限要在今天和 %(most)s 天之间；请改正日期。"), most=DAYS_MOST)
    return due


def add(session: Session, campaign: Campaign, new: NewMatter, *, account: str, now: dt.datetime) -> Matter:
    """Write a matter down under the next number. The caller commits.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked, so that no number is given twice.
    new
        As typed.
    account, now
        Who writes it down and when.

    Raises
    ------
    RefusedError
        Before the count; for a claim about a receipt, before anybody could cast.
    UserError
        For an unknown kind, subject or day, and for no text or too long a one.
    """
    session.refresh(campaign, with_for_update=True)
    kind, said = kind_of(new.kind), _text(new.said)
    if not campaign.state.at_least(CampaignState.OPEN if kind.key == "receipt" else CampaignState.COUNTED):
        raise RefusedError(N_("还没有到这一步，没有可以跟办的事；有了结果再记。"))
    known = session.scalars(select(Subject.code).where(Subject.campaign_id == campaign.id, Subject.code == new.subject)).first()
    if new.subject and known is None:
        raise UserError(N_("名册里没有这个对象；请从列表里选。"))
    if not new.subject and kind.key in ("talk", "rectification"):
        raise UserError(N_("谈话和整改要选是谁的；请选一个对象。"))
    last = session.scalar(select(func.max(Matter.number)).where(Matter.campaign_id == campaign.id)) or 0
    row = Matter(
        campaign_id=campaign.id,
        number=last + 1,
        kind=kind.key,
        subject=new.subject,
        raised_by="" if kind.key == "receipt" else " ".join(new.raised_by.split())[:WHO_MOST],
        said=said,
        due=due_of(new.due, kind, now=now),
        opened=now,
        opened_by=account,
    )
    session.add(row)
    session.flush()
    audit.record(session, account=account, action="matter-opened", detail=f"{campaign.key} {row.number} {kind.key}", now=now)
    return row


def write(session: Session, campaign: Campaign, number: int, *, text: str, decision: str, account: str, now: dt.datetime) -> None:
    """Add a report to a matter, or close it with a decision. The caller commits.

    Raises NotFoundError for a number there is none of, RefusedError for a matter that is closed, UserError for no text or a
    decision its kind does not have.
    """
    session.refresh(campaign, with_for_update=True)
    row = session.scalar(select(Matter).where(Matter.campaign_id == campaign.id, Matter.number == number))
    if row is None:
        raise NotFoundError(N_("没有这个页面。"))
    closed = select(MatterEntry.id).where(MatterEntry.matter_id == row.id, MatterEntry.decision != "").limit(1)
    if session.scalar(closed) is not None:
        raise RefusedError(N_("第 %(n)s 号已经办结，不能再写；要更正，请另记一件。"), n=number)
    if decision and decision not in kind_of(row.kind).decisions:
        raise UserError(N_("请从列出的答复里选一个。"))
    entry = MatterEntry(matter_id=row.id, decision=decision, text=_text(text), written=now, written_by=account)
    session.add(entry)
    detail = f"{campaign.key} {number} {decision or 'report'}"
    audit.record(session, account=account, action="matter-written", detail=detail, now=now)


def _text(text: str) -> str:
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not text:
        raise UserError(N_("还没有写内容；请写明情况。"))
    if len(text) > TEXT_MOST:
        raise UserError(N_("最多 %(most)s 个字；请写短一些，什么都没有记。"), most=TEXT_MOST)
    return text
