"""Publishing: the office's own act after the count. What, to the staff of which units, from when; stopped again with a reason.

Rules: the newest act that has begun is in force, and nothing else is. An act speaks of one report: as soon as a report with
another digest was computed after it,
it shows nothing, until the office publishes anew. Stopping stops everything there is, begun or not.
Before, after and without an act, unit staff are answered as if there were no such campaign.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.canonical import canonical
from analysis.records import read
from survey_app import times
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState, Publication, Ruling, StoredReport, Unit
from survey_app.services.campaign.campaigns import scheme_of, units_of
from survey_app.services.counting import counting
from survey_app.services.office import audit
from survey_app.services.publishing.audience import Audience
from survey_app.services.release import plan as release_plan
from survey_app.services.release.plan import OUTCOMES, PUBLIC

REASON_MOST = 500
FILES = "files"


class StalePublicationError(RefusedError):
    """Something happened since the page that asks was looked at; nothing was published."""


@dataclass(frozen=True)
class PublishedSection:
    """A part of the result pages that may be published by itself."""

    key: str
    title: str


#: In the order of the pages. Comments are not among them: release plans give them to the office alone.
SECTIONS = (
    PublishedSection("scores", N_("得分、等次和名次")),
    PublishedSection(OUTCOMES, N_("提示和后果，只限已经确认的结论")),
    PublishedSection("groups", N_("各评议主体的均分")),
    PublishedSection("answers", N_("票数分布和分内容的得分")),
    PublishedSection("satisfaction", N_("满意度")),
    PublishedSection(FILES, N_("以上各项的表格文件（Excel、CSV）")),
    PublishedSection(PUBLIC, N_("公开页：评定的等次，所有人都看得到")),
)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to publish: keys of sections, codes of units, from when."""

    sections: tuple[str, ...]
    units: tuple[str, ...]
    starts: dt.datetime


@dataclass(frozen=True)
class PublicationStanding:
    """How a campaign stands: the act in force (None: staff see nothing), those that begin later, and why an earlier one shows
    nothing: `recounted`, or the act that was `stopped` last."""

    current: Publication | None
    later: tuple[Publication, ...]
    recounted: bool
    stopped: Publication | None


def offered(session: Session, campaign: Campaign) -> list[PublishedSection]:
    """The sections this campaign has: its scheme makes them, and its release plan lets them out."""
    layout, plan = scheme_of(campaign).layout, release_plan.plan_of(session, campaign)
    there = {
        OUTCOMES: bool(layout.flags or layout.tiers),
        "groups": bool(layout.by_group) and plan.lets("groups"),
        "answers": bool(scheme_of(campaign).items) and plan.lets("answers"),
        "satisfaction": bool(layout.satisfaction) and plan.lets("satisfaction"),
        FILES: plan.lets(FILES),
        PUBLIC: plan.lets(PUBLIC),
    }
    return [one for one in SECTIONS if there.get(one.key, True)]


def find_standing(session: Session, campaign: Campaign, *, now: dt.datetime) -> PublicationStanding:
    """What is published, and what will be."""
    acts = session.scalars(select(Publication).where(Publication.campaign_id == campaign.id).order_by(Publication.id)).all()
    live = [act for act in acts if act.stopped is None]
    begun = [act for act in live if act.starts <= now]
    last = begun[-1] if begun else None
    good = {act.id for act in live if _speaks_of_the_newest(session, act)}
    return PublicationStanding(
        last if last is not None and last.id in good else None,
        tuple(act for act in live if act.starts > now and act.id in good and (last is None or act.id > last.id)),
        bool(live) and live[-1].id not in good,
        acts[-1] if acts and acts[-1].stopped is not None else None,
    )


def audience_of(session: Session, campaign: Campaign, units: Collection[str], *, now: dt.datetime) -> Audience | None:
    """What staff of these units may read now.

    Parameters
    ----------
    session, campaign
        Read only.
    units
        Codes of units.
    now
        The moment.

    Returns
    -------
    Audience or None
        None for nothing.
    """
    if campaign.state != CampaignState.COUNTED or not units:
        return None
    act = find_standing(session, campaign, now=now).current
    shown = frozenset(units) & frozenset(units_in(act)) if act is not None else frozenset()
    return Audience(shown, frozenset(sections_in(act)), act.rulings) if act is not None and shown else None


def seen_mark(session: Session, campaign: Campaign) -> str:
    """Names what whoever confirms has looked at: report, rulings and acts. Another mark: something happened meanwhile."""
    acts = select(func.max(Publication.id)).where(Publication.campaign_id == campaign.id)
    return f"{counting.newest_report(session, campaign).id}-{_last_ruling(session, campaign)}-{session.scalar(acts) or 0}"


def check(session: Session, campaign: Campaign, wish: Wish, *, now: dt.datetime) -> None:
    """Raises RefusedError before the count, UserError for what cannot be published, and for a time that has passed."""
    if campaign.state != CampaignState.COUNTED:
        raise RefusedError(N_("还没有计票，没有可以公布的结果；请先开箱计票。"))
    known, units = {one.key for one in offered(session, campaign)}, {unit.code for unit in units_of(session, campaign)}
    if not set(wish.sections) - {FILES}:
        raise UserError(N_("还没有选公布什么；除了表格文件，请至少选一项。"))
    if set(wish.sections) - known:
        raise UserError(N_("选了公布计划里没有的内容；请从页面上列出的里面选。"))
    if not wish.units:
        raise UserError(N_("还没有选给哪些单位看；请至少选一个单位。"))
    strange = sorted(set(wish.units) - units)
    if strange:
        raise UserError(N_("名册里没有编号为 %(codes)s 的单位；请从页面上列出的里面选。"), codes=listed(strange))
    if wish.starts < now:
        raise UserError(N_("%(moment)s 已经过了；请选现在，或者选以后的日子和钟点。"), moment=times.when(wish.starts))


def refuse_stale(session: Session, campaign: Campaign, wish: Wish, *, seen: str, now: dt.datetime) -> None:
    """Hold the campaign, and make sure that this may be published and was looked at as it is. Raises as `publish`."""
    session.refresh(campaign, with_for_update=True)
    check(session, campaign, wish, now=now)
    if seen != seen_mark(session, campaign):
        raise StalePublicationError(N_("您查看之后，结果、结论或公布有了变动；请再看一遍，再公布。"))


def publish(session: Session, campaign: Campaign, wish: Wish, *, seen: str, account: str, now: dt.datetime) -> Publication:
    """Publish, from a moment on: write the act down.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    wish
        Which sections, to which units, from when.
    seen
        What the page showed, as `seen_mark` says it.
    account, now
        Who does this and when, for the office's log.

    Returns
    -------
    Publication
        The act, bound to the newest report.

    Raises
    ------
    StalePublicationError
        When something changed since the page was looked at.
    RefusedError
        Before the count.
    UserError
        For what cannot be published, and for a time that has passed.
    """
    refuse_stale(session, campaign, wish, seen=seen, now=now)
    report = counting.newest_report(session, campaign)
    act = Publication(
        campaign_id=campaign.id,
        report_id=report.id,
        report_digest=report.digest,
        sections=canonical([one.key for one in SECTIONS if one.key in wish.sections]),
        units=canonical([unit.code for unit in units_of(session, campaign) if unit.code in wish.units]),
        rulings=_last_ruling(session, campaign),
        starts=wish.starts,
        made=now,
        made_by=account,
    )
    session.add(act)
    session.flush()
    told = f"{campaign.key} {act.id} {act.report_digest} {act.sections} {act.units} {act.starts.astimezone(dt.UTC).isoformat()}"
    audit.record(session, account=account, action="results-published", detail=told, now=now)
    return act


def stop(session: Session, campaign: Campaign, *, reason: str, account: str, now: dt.datetime) -> int:
    """Stop every act there is, begun or not.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    reason
        Why; only the office reads it.
    account, now
        Who does this and when, for the office's log.

    Returns
    -------
    int
        How many acts were stopped.

    Raises
    ------
    UserError
        Without a reason, or with one that is too long.
    RefusedError
        When nothing is published.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise UserError(N_("请写明为什么停止公布；理由留在记录里，只有主办单位看得到。"))
    if len(reason) > REASON_MOST:
        raise UserError(N_("理由最多 %(most)s 个字。"), most=REASON_MOST)
    session.refresh(campaign, with_for_update=True)
    query = select(Publication).where(Publication.campaign_id == campaign.id, Publication.stopped.is_(None))
    acts = session.scalars(query).all()
    if not acts:
        raise RefusedError(N_("现在没有公布什么，也没有要公布的；请刷新页面再看。"))
    for act in acts:
        act.stopped, act.stopped_by, act.stopped_why = now, account, reason
    session.flush()
    audit.record(session, account=account, action="results-unpublished", detail=f"{campaign.key} {reason}", now=now)
    return len(acts)


def history(session: Session, campaign: Campaign) -> Sequence[Publication]:
    """Every act, newest first."""
    query = select(Publication).where(Publication.campaign_id == campaign.id).order_by(Publication.id.desc())
    return session.scalars(query).all()


def sections_in(act: Publication) -> list[str]:
    """Keys of what an act publishes."""
    return list(read(act.sections, tuple[str, ...]))


def units_in(act: Publication) -> list[str]:
    """Codes of the units to whose staff."""
    return list(read(act.units, tuple[str, ...]))


def sentence(session: Session, campaign: Campaign, *, now: dt.datetime) -> str:
    """In plain words, for the office: whether and what is published."""
    found = find_standing(session, campaign, now=now)
    told = []
    if found.current is not None:
        told.append(_("已公布：%(what)s。", what=_told(session, campaign, found.current)))
    elif found.recounted:
        told.append(_("没有公布：公布之后重新计算过，先前的公布不再显示；要让单位看到现在的结果，请重新公布。"))
    elif found.stopped is not None:
        told.append(_("没有公布：已停止公布。单位人员什么也看不到。"))
    else:
        told.append(_("没有公布：只有主办单位看得到结果，单位人员什么也看不到。"))
    told += [_("已定下以后公布：%(what)s。", what=_told(session, campaign, act)) for act in found.later]
    return " ".join(told)


def _told(session: Session, campaign: Campaign, act: Publication) -> str:
    titles = {one.key: _(one.title) for one in SECTIONS}
    what, count = listed(titles[key] for key in sections_in(act)), len(units_in(act))
    every = session.scalar(select(func.count()).select_from(Unit).where(Unit.campaign_id == campaign.id)) == count
    whom = _("全部 %(n)s 个单位", n=count) if every else _("%(n)s 个单位", n=count)
    return _("%(what)s，给%(whom)s各看自己的，从 %(moment)s 起", what=what, whom=whom, moment=times.when(act.starts))


def _speaks_of_the_newest(session: Session, act: Publication) -> bool:
    """Whether no other result was computed since: one that came back to the same figures by a detour was not published either."""
    query = select(StoredReport.id).where(
        StoredReport.campaign_id == act.campaign_id,
        StoredReport.id > act.report_id,
        StoredReport.digest != act.report_digest,
    )
    return session.scalar(query.limit(1)) is None


def _last_ruling(session: Session, campaign: Campaign) -> int:
    return session.scalar(select(func.max(Ruling.id)).where(Ruling.campaign_id == campaign.id)) or 0
