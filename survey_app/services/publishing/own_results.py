"""What somebody who was rated reads of themselves: a link printed for them, spent once into a short visit, and no account.

Rules: a link is made once the scores are published to the subject's unit, holds until a day, and is worth one visit of half an
hour; printing it anew ends the earlier one and its visit. What the visit shows is what was published to that unit, narrowed to
this one subject; when that is stopped, or another result is computed, it shows nothing. Looking at a link never spends it: mail
scanners and previews look.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets as system_random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, Subject, SubjectLink, Unit
from survey_app.services.office import audit
from survey_app.services.publishing import publications
from survey_app.services.publishing.audience import load_for
from survey_app.services.results.loaded import Loaded

VISIT = dt.timedelta(minutes=30)
MOST_DAYS = 180
Rng = Callable[[int], bytes]


class SubjectLinkError(NotFoundError):
    """A link that was used, printed anew, has expired, or never was ours."""


@dataclass(frozen=True)
class OwnLine:
    """One subject as the office sees it: the link in force, if any, and whether it may have one now."""

    subject: Subject
    link: SubjectLink | None
    published: bool


@dataclass(frozen=True)
class OwnLetter:
    """A fresh link of one subject, on its way to paper."""

    subject: Subject
    secret: str


def lines(session: Session, campaign: Campaign, *, now: dt.datetime) -> list[OwnLine]:
    """Every subject in roster order."""
    query = (
        select(Subject, SubjectLink)
        .outerjoin(SubjectLink, SubjectLink.subject_id == Subject.id)
        .join(Unit, Unit.id == Subject.unit_id)
        .where(Subject.campaign_id == campaign.id)
        .order_by(Unit.place, Subject.place, Subject.id)
    )
    rows = session.execute(query).all()
    shown = {code for code in {subject.unit.code for subject, _link in rows} if _readable(session, campaign, code, now)}
    return [OwnLine(subject, link, subject.unit.code in shown) for subject, link in rows]


def make(
    session: Session,
    campaign: Campaign,
    codes: Collection[str],
    *,
    until: dt.datetime,
    seen: str,
    account: str,
    now: dt.datetime,
    rng: Rng = system_random.token_bytes,
) -> list[OwnLetter]:
    """Links for these subjects, in place of those they have. The caller commits, then prints and forgets the secrets.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked.
    codes
        Whose.
    until
        When they stop being good.
    seen
        What the page showed, as `state_of` says it.
    account, now
        Who does this and when, for the office's log.
    rng
        The source of random bytes.

    Returns
    -------
    list of OwnLetter
        The one copy of the secrets; the database has digests.

    Raises
    ------
    UserError
        For nobody chosen, and for a day that is past or too far off.
    RefusedError
        Where nothing is published to a subject's unit, and where a link was printed or used since the page was looked at.
    """
    session.refresh(campaign, with_for_update=True)
    found = [line for line in lines(session, campaign, now=now) if line.subject.code in codes]
    if not found:
        raise UserError(N_("还没有选对象；请至少选一个。"))
    if not now < until <= now + dt.timedelta(days=MOST_DAYS):
        raise UserError(N_("有效期要在今后 %(most)s 天之内；请改正日期。"), most=MOST_DAYS)
    if not all(line.published for line in found):
        raise RefusedError(N_("得分还没有公布给其中一些对象的单位，不能印他们的结果函；请先公布。"))
    if seen != state_of(lines(session, campaign, now=now)):
        raise RefusedError(N_("这一页显示之后有人印过或用过结果函；什么都没有印，请看过现在的情况再印。"))
    session.execute(delete(SubjectLink).where(SubjectLink.subject_id.in_([line.subject.id for line in found])))
    letters = [OwnLetter(line.subject, rng(16).hex()) for line in found]
    session.add_all(
        SubjectLink(subject_id=one.subject.id, digest=_digest("link", one.secret), expires=until, printed=now, printed_by=account)
        for one in letters
    )
    session.flush()
    again = sum(1 for line in found if line.link is not None)
    told = f"{campaign.key} {len(letters)} until {until.astimezone(dt.UTC).isoformat()}, {again} in place of earlier ones"
    audit.record(session, account=account, action="own-links-printed", detail=told, now=now)
    return letters


def state_of(shown: Sequence[OwnLine]) -> str:
    """Which links are in force, as a page shows them."""
    parts = [f"{one.subject.id} {one.link.printed} {one.link.used}" for one in shown if one.link is not None]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def look_at(session: Session, secret: str, *, now: dt.datetime) -> Subject:
    """Whose link this is, without spending it. Raises SubjectLinkError."""
    row = session.scalar(select(SubjectLink).where(SubjectLink.digest == _digest("link", secret)))
    if row is None or row.used is not None or row.expires <= now:
        raise SubjectLinkError(N_("这个链接已经用过、换过，或者过期了；请向主办单位要一份新的。"))
    return session.get_one(Subject, row.subject_id)


def spend(session: Session, secret: str, *, now: dt.datetime, rng: Rng = system_random.token_bytes) -> str:
    """Spend the link into a visit.

    Parameters
    ----------
    session
        The link's row is locked; the caller commits.
    secret
        The link's.
    now, rng
        The moment, and the source of random bytes.

    Returns
    -------
    str
        The secret of the visit, for the browser's cookie.

    Raises
    ------
    SubjectLinkError
        When it was used, printed anew, has expired, or never was ours.
    """
    subject = look_at(session, secret, now=now)
    row = session.get_one(SubjectLink, subject.id, with_for_update=True, populate_existing=True)
    look_at(session, secret, now=now)  # somebody else's click may have been faster
    visit = rng(16).hex()
    row.used, row.visit = now, _digest("visit", visit)
    session.flush()
    return visit


def visitor(session: Session, secret: str, *, now: dt.datetime) -> Subject | None:
    """Whose visit this is, while it lasts."""
    row = session.scalar(select(SubjectLink).where(SubjectLink.visit == _digest("visit", secret)))
    if row is None or row.used is None or now - row.used > VISIT:
        return None
    return session.get_one(Subject, row.subject_id)


def leave(session: Session, secret: str) -> None:
    """End the visit. The caller commits."""
    row = session.scalar(select(SubjectLink).where(SubjectLink.visit == _digest("visit", secret)))
    if row is not None:
        row.visit = None


def load_own(session: Session, subject: Subject, *, language: str, now: dt.datetime) -> Loaded:
    """The newest report as published to the subject's unit; the caller shows this one subject of it.

    Raises
    ------
    NotFoundError
        Where the scores are not published to that unit, or no longer.
    """
    campaign = session.get_one(Campaign, subject.campaign_id)
    audience = publications.audience_of(session, campaign, [subject.unit.code], now=now)
    if audience is None or "scores" not in audience.sections:
        raise NotFoundError(N_("结果现在没有公布；由主办单位公布之后才看得到。"))
    return load_for(session, campaign, audience, language=language)


def last_day(day: dt.date) -> dt.datetime:
    """The end of the day on which a link stops being good, here."""
    return times.end_of(day)


def _readable(session: Session, campaign: Campaign, unit: str, now: dt.datetime) -> bool:
    audience = publications.audience_of(session, campaign, [unit], now=now)
    return audience is not None and "scores" in audience.sections


def _digest(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"pingyi/own-{purpose}/v1\0{secret}".encode()).digest()
