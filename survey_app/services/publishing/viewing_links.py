"""A link with an end for somebody without an account, as a leader to whom the office reports: it reads what was published.

Rules: it is bound to one campaign and to units of it, and shows what staff of these units may read now, nothing else: before a
publication, after it was stopped and after another count, nothing. It ends with its day, by the clock, or when the office ends
it. Each page opened with it is counted; who opened it nobody knows.

Threats answered to: a copied database (digests alone are stored), a guessed or altered link (128 bits; what is not there, has
ended and was never ours is answered alike), a link passed on (it says so on the sheet, its views are counted, it can be ended).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets as system_random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from analysis.canonical import canonical
from analysis.records import read
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_, listed
from survey_app.models import Campaign, CampaignState, ViewingLink
from survey_app.services.campaign.campaigns import units_of
from survey_app.services.office import audit
from survey_app.services.publishing import publications
from survey_app.services.publishing.audience import load_for
from survey_app.services.results.loaded import Loaded

MOST_DAYS = 180
READER_MOST, REASON_MOST = 120, 500
Rng = Callable[[int], bytes]


class ViewingLinkError(NotFoundError):
    """A link that has ended, or never was ours."""

    def __init__(self) -> None:
        super().__init__(N_("这个链接不能用：可能抄错了，可能已经到期，也可能被收回了。请向主办单位要一个新的。"))


@dataclass(frozen=True)
class NewViewingLink:
    """A link as it was asked for: for whom, showing which units, until when."""

    reader: str
    units: tuple[str, ...]
    until: dt.datetime


@dataclass(frozen=True)
class FreshLink:
    """A link just made, on its way to paper: the one copy of its secret."""

    row: ViewingLink
    secret: str


def all_of(session: Session, campaign: Campaign) -> Sequence[ViewingLink]:
    """Every link of a campaign, the newest first."""
    return session.scalars(
        select(ViewingLink).where(ViewingLink.campaign_id == campaign.id).order_by(ViewingLink.id.desc())
    ).all()


def standing(row: ViewingLink, *, now: dt.datetime) -> str:
    """ "open", "ended" by the office, or "expired"."""
    return "ended" if row.ended is not None else "expired" if row.expires <= now else "open"


def check(session: Session, campaign: Campaign, wish: NewViewingLink, *, now: dt.datetime) -> None:
    """Raises RefusedError before the count, UserError without a reader, for no or strange units, and a day past or too far."""
    if campaign.state != CampaignState.COUNTED:
        raise RefusedError(N_("还没有计票，没有可以看的结果；请先开箱计票。"))
    if not wish.reader.strip():
        raise UserError(N_("还没有写给谁看；请写上姓名或职务，例如“区委组织部部长”。"))
    if len(wish.reader) > READER_MOST:
        raise UserError(N_("“给谁看”最多 %(most)s 个字。"), most=READER_MOST)
    if not wish.units:
        raise UserError(N_("还没有选看哪些单位的；请至少选一个单位。"))
    strange = sorted(set(wish.units) - {unit.code for unit in units_of(session, campaign)})
    if strange:
        raise UserError(N_("名册里没有编号为 %(codes)s 的单位；请从页面上列出的里面选。"), codes=listed(strange))
    if not now < wish.until <= now + dt.timedelta(days=MOST_DAYS):
        raise UserError(N_("有效期要在今后 %(most)s 天之内；请改正日期。"), most=MOST_DAYS)


def make(
    session: Session,
    campaign: Campaign,
    wish: NewViewingLink,
    *,
    account: str,
    now: dt.datetime,
    rng: Rng = system_random.token_bytes,
) -> FreshLink:
    """Make a link. The caller commits, prints the secret and forgets it.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked.
    wish
        For whom, which units, until when.
    account, now, rng
        Who makes it and when, and the source of random bytes.

    Returns
    -------
    FreshLink
        The one copy of the secret; the database has a digest.

    Raises
    ------
    RefusedError, UserError
        As `check`.
    """
    session.refresh(campaign, with_for_update=True)
    check(session, campaign, wish, now=now)
    secret = rng(16).hex()
    units = [unit.code for unit in units_of(session, campaign) if unit.code in wish.units]
    row = ViewingLink(
        campaign_id=campaign.id,
        digest=_digest(secret),
        reader=" ".join(wish.reader.split()),
        units=canonical(units),
        expires=wish.until,
        made=now,
        made_by=account,
    )
    session.add(row)
    session.flush()
    told = f"{campaign.key} {row.id} until {wish.until.astimezone(dt.UTC).isoformat()} for {row.reader}"
    audit.record(session, account=account, action="viewing-made", detail=told, now=now)
    return FreshLink(row, secret)


def end(session: Session, campaign: Campaign, number: int, *, reason: str, account: str, now: dt.datetime) -> None:
    """End a link at once. The caller commits.

    Raises NotFoundError for one of no such campaign, UserError without a reason, RefusedError where it has ended.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_MOST:
        raise UserError(N_("请写明为什么收回，最多 %(most)s 个字；理由留在记录里。"), most=REASON_MOST)
    row = session.scalar(
        select(ViewingLink).where(ViewingLink.id == number, ViewingLink.campaign_id == campaign.id).with_for_update()
    )
    if row is None:
        raise NotFoundError(N_("没有这个页面。"))
    if row.ended is not None:
        raise RefusedError(N_("这个链接已经收回了；页面上现在是最新的样子。"))
    row.ended, row.ended_by, row.ended_why = now, account, reason
    session.flush()
    audit.record(session, account=account, action="viewing-ended", detail=f"{campaign.key} {row.id} {reason}", now=now)


def find(session: Session, secret: str, *, now: dt.datetime) -> ViewingLink:
    """The link with this secret, while it is good. Raises ViewingLinkError alike for every other."""
    wanted = _digest(secret)
    row = session.scalar(select(ViewingLink).where(ViewingLink.digest == wanted))
    if row is None or not hmac.compare_digest(row.digest, wanted) or standing(row, now=now) != "open":
        raise ViewingLinkError
    return row


def note_view(session: Session, row_id: int, *, now: dt.datetime) -> None:
    """Count a page opened with a link. The caller commits."""
    session.execute(update(ViewingLink).where(ViewingLink.id == row_id).values(views=ViewingLink.views + 1, viewed=now))


def load(session: Session, row: ViewingLink, *, language: str, now: dt.datetime) -> Loaded | None:
    """What staff of its units may read now; None where nothing is published to them."""
    campaign = session.get_one(Campaign, row.campaign_id)
    audience = publications.audience_of(session, campaign, units_in(row), now=now)
    return load_for(session, campaign, audience, language=language) if audience is not None else None


def units_in(row: ViewingLink) -> tuple[str, ...]:
    """Codes of the units it shows."""
    return read(row.units, tuple[str, ...])


def _digest(secret: str) -> bytes:
    return hashlib.sha256(f"pingyi/viewing-link/v1\0{secret}".encode()).digest()
