"""A campaign's one-way road: made on a scheme, approved (frozen and opened), closed.

Lives here: the changes of state and what must hold before each. May not live here: the roster (`rosters`), casting (`ballots`),
opening and counting (`counting`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets as system_random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from questionnaires.shipped import shipped_as
from questionnaires.styles import matches
from survey_app import times
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_, iso, language
from survey_app.i18n import gettext as _
from survey_app.models import (
    REHEARSAL_MARK,
    Ballot,
    Campaign,
    CampaignState,
    Headcount,
    PaperStack,
    PaperTyping,
    Rater,
    Subject,
    Unit,
)
from survey_app.services.campaign import hours, rehearsal
from survey_app.services.campaign.styles import roster_of, store_styles
from survey_app.services.sealing import custody
from survey_app.services.sealing.tokens import Rng, crockford

TITLE_CHARACTERS = 100
ASKER_CHARACTERS = 120


class AlteredSchemeError(RefusedError):
    """The stored scheme is not the one that was approved."""


class NameTakenError(RefusedError):
    """Another scheme already goes by this name and version."""


@dataclass(frozen=True)
class Objection:
    """Something that keeps a campaign from being approved: where, what is wrong, what to do."""

    where: str
    what: str
    parts: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What everybody who is asked gets to read: on slips, posters, forms and receipts."""

    title: str
    period: str
    asker: str = ""
    purpose: str = ""
    asks: str = ""
    until: str = ""


def create(
    session: Session,
    *,
    scheme_text: str,
    title: str,
    period: str,
    passphrase: str | None,
    asker: str = "",
    purpose: str = "",
    asks: str = "",
    until: str = "",
    demo: bool = False,
    wrap_cost: custody.WrapCost | None = None,
    now: dt.datetime,
    rng: Rng = system_random.token_bytes,
) -> Campaign:
    """A draft campaign on this scheme, with an opening key that exists only wrapped under the passphrase.

    Parameters
    ----------
    session
        The caller commits.
    scheme_text
        The scheme file's content.
    title, period, asker, purpose, asks, until
        What the notice says: name, year or span, who asks, what for, what the result is used for, until when.
    passphrase
        Without one there is no key yet: trustees' shares are made next (`campaign.rehearsal`).
    demo
        A demonstration's scheme may have the name of another.
    wrap_cost
        How slow a guess at the passphrase is made.
    now, rng
        The moment, and the source of random bytes.

    Raises
    ------
    SchemeProblems
        For a scheme that cannot be used.
    NameTakenError
        When another content has this name and version.
    WeakPassphraseError
        For a passphrase that is too easy.
    UserError
        For the other entries.
    """
    scheme = load_scheme(scheme_text, "scheme.yml") if demo else new_scheme(session, scheme_text)
    notice = _tidy(Notice(title=title, period=period, asker=asker, purpose=purpose, asks=asks, until=until), now)
    public_key, wrapped = (b"", b"") if passphrase is None else custody.create_keys(passphrase, cost=wrap_cost)
    campaign = Campaign(
        key=crockford(rng(8), 12).lower(),
        **asdict(notice),
        scheme_key=scheme.key,
        scheme_version=scheme.version,
        scheme_text=scheme_text,
        scheme_digest=scheme.digest,
        public_key=public_key,
        wrapped_key=wrapped,
        salt=rng(16),
        demo=demo,
        created=now,
        state=CampaignState.DRAFT,
    )
    session.add(campaign)
    session.flush()
    return campaign


def new_scheme(session: Session, text: str, *, beside: Campaign | None = None) -> Scheme:
    """The scheme a campaign is to be made on, or to be changed to (`beside`: that one). Raises SchemeProblems, NameTakenError.

    One name and version, one content: who quotes a scheme by them must not mean two. Demonstrations are not asked: they come
    and go with the program. A draft that was removed is no longer here, so it does not count.
    """
    scheme = load_scheme(text, "scheme.yml")
    shown = {"name": scheme.key, "version": scheme.version}
    ours = shipped_as(scheme.key, scheme.version)
    if ours is not None and ours.digest != scheme.digest:
        raise NameTakenError(
            N_("随系统提供的方案里已有“%(name)s”版本 %(version)s，内容与这一份不同；请在文件里写一个新的版本，再上传。"), **shown
        )
    same = select(Campaign).where(
        Campaign.scheme_key == scheme.key,
        Campaign.scheme_version == scheme.version,
        Campaign.scheme_digest != scheme.digest,
        Campaign.demo.is_(False),
        Campaign.id != (beside.id if beside is not None else 0),
    )
    taken = session.scalars(same.order_by(Campaign.id.desc()).limit(1)).first()
    if taken is not None:
        raise NameTakenError(
            N_("“%(title)s”用的方案也叫“%(name)s”、也是版本 %(version)s，内容却与这一份不同；请在文件里写一个新的版本，再上传。"),
            title=taken.title,
            **shown,
        )
    return scheme


def reword(session: Session, campaign: Campaign, notice: Notice, *, now: dt.datetime) -> None:
    """Say it in other words while nobody has been asked yet. Raises RefusedError after approval, UserError as `create`."""
    _lock(session, campaign)
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("已经批准，印出去的和表上写的不能再改；真要改，请另建一次评议。"))
    if campaign.is_rehearsal and not notice.title.strip().startswith(REHEARSAL_MARK):
        raise RefusedError(N_("这是演练，名称前面的“%(mark)s”不能去掉：人人都要看得出它不算数。"), mark=REHEARSAL_MARK)
    for name, said in asdict(_tidy(notice, now)).items():
        setattr(campaign, name, said)


def _tidy(notice: Notice, now: dt.datetime) -> Notice:
    title, period = " ".join(notice.title.split()), notice.period.strip()
    if not title or len(title) > TITLE_CHARACTERS:
        raise UserError(N_("请给这次评议起一个名称，最多 %(most)s 个字。"), most=TITLE_CHARACTERS)
    if not period or len(period) > 20:
        raise UserError(N_("请写明评议的年度或时段，例如 %(year)s，最多 20 个字。"), year=times.day(now).year)
    if len(notice.until) > 40:
        raise UserError(N_("截止时间最多 40 个字；请写短一些。"))
    if len(notice.asker) > ASKER_CHARACTERS:
        raise UserError(N_("谁在问，最多 %(most)s 个字；请写短一些。"), most=ASKER_CHARACTERS)
    asker = " ".join(notice.asker.split())
    return Notice(
        title=title,
        period=period,
        asker=asker,
        purpose=notice.purpose.strip(),
        asks=notice.asks.strip(),
        until=iso(notice.until.strip()),
    )


def all_campaigns(session: Session) -> list[Campaign]:
    """Every campaign, newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def by_key(session: Session, key: str) -> Campaign:
    """The campaign with this key. Raises NotFoundError."""
    campaign = session.scalar(select(Campaign).where(Campaign.key == key))
    if campaign is None:
        raise unknown()
    return campaign


def unknown() -> NotFoundError:
    """The answer where there is no such campaign, and where there is one that is none of the caller's business: the same."""
    return NotFoundError(N_("没有这次评议；请从评议列表重新进入。"))


def scheme_of(campaign: Campaign) -> Scheme:
    """The campaign's scheme. Raises AlteredSchemeError when text and frozen digest differ."""
    return _scheme(campaign.scheme_text, campaign.scheme_digest)


@lru_cache(maxsize=32)
def _scheme(text: str, digest: str) -> Scheme:
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise AlteredSchemeError(N_("方案文件与冻结时不一致，已停止使用；请查明是谁改动了数据库。"))
    return load_scheme(text, "scheme.yml")


def objections(session: Session, campaign: Campaign) -> list[Objection]:
    """Everything that keeps the campaign from being approved; empty when it may be."""
    scheme, roster = scheme_of(campaign), roster_of(session, campaign)
    if not roster:
        return [Objection("", N_("名册里还没有评价对象；请先导入名册。"), {})]
    known = {subject.id for subject in roster}
    found = []
    if rehearsal.rehearsal_of(session, campaign) is None:
        found.append(Objection(_("开启钥匙"), N_("还没有演练开启；请先用口令或密钥片试开一次。"), {}))
    if waiting := absent_rows(session, campaign):
        what = N_("有 %(n)s 行是最近一次导入的文件里没有的；请在名册页选择留下或删去。")
        found.append(Objection("", what, {"n": waiting}))
    for subject in roster:
        for fact in scheme.facts:
            value = subject.facts.get(fact.key, "")
            if fact.required and not value and matches(fact.where, subject.facts):
                found.append(Objection(subject.name, N_("缺“%(fact)s”；请在名册补上。"), {"fact": fact.title.in_(language())}))
            elif fact.relation and value and value not in known:
                what = N_("“%(fact)s”写的 %(value)s 不在名册里；请改正。")
                found.append(Objection(subject.name, what, {"fact": fact.title.in_(language()), "value": value}))
    return found


def approve(session: Session, campaign: Campaign, *, now: dt.datetime, rng: Rng = system_random.token_bytes) -> None:
    """Freeze scheme and roster, make the ballot styles, open the campaign: all or nothing, once.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    now, rng
        The moment, and the source of random bytes.

    Raises
    ------
    RefusedError
        When it is no draft, when something is missing, or when nobody has anything to rate.
    """
    _lock(session, campaign)
    refuse_unless_ready(session, campaign)
    scheme = scheme_of(campaign)
    if not store_styles(session, campaign, scheme, rng) and scheme.forms:  # a method of ledgers alone asks nobody
        raise RefusedError(N_("按现在的名册没有任何人要填表，不能批准；请检查方案和名册。"))
    campaign.state, campaign.opened = CampaignState.OPEN, now
    hours.at_approval(campaign, now=now)


def refuse_unless_ready(session: Session, campaign: Campaign) -> None:
    """Raises RefusedError for what cannot be approved: no draft any more, or something missing."""
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("这次评议已经批准过了。"))
    missing = objections(session, campaign)
    if missing:
        raise RefusedError(N_("还有 %(count)s 处没有备齐，不能批准；请按页面所列补齐。"), count=len(missing))


def refuse_unless_open(campaign: Campaign) -> None:
    """Raises RefusedError for a campaign that cannot be closed, because nobody is casting in it."""
    if campaign.state != CampaignState.OPEN:
        raise RefusedError(N_("这次评议现在不在进行中，不能结束。"))


def close(session: Session, campaign: Campaign, *, now: dt.datetime) -> None:
    """End casting, for good. Casts under way finish first (they hold the row); every later one is refused.

    What knows a repeated submission goes: from now on a slip tells nothing but its receipt, whoever asks with whatever id.
    So does what was typed of sheets of paper that were not cast.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    now
        The moment.

    Raises
    ------
    RefusedError
        When it is not open.
    """
    _lock(session, campaign)
    refuse_unless_open(campaign)
    campaign.state, campaign.closed = CampaignState.CLOSED, now
    session.flush()
    session.execute(update(Ballot).where(Ballot.campaign_id == campaign.id).values(submission=None))
    stacks = select(PaperStack.id).where(PaperStack.campaign_id == campaign.id)
    session.execute(delete(PaperTyping).where(PaperTyping.stack_id.in_(stacks)))


def size(session: Session, campaign: Campaign) -> tuple[int, int]:
    """How many units and subjects the roster has."""
    units = session.scalar(select(func.count()).select_from(Unit).where(Unit.campaign_id == campaign.id)) or 0
    subjects = session.scalar(select(func.count()).select_from(Subject).where(Subject.campaign_id == campaign.id)) or 0
    return units, subjects


def absent_rows(session: Session, campaign: Campaign) -> int:
    """How many rows of the roster the last file lacked, of which nobody has said whether they stay."""
    tables = (Unit, Subject, Rater, Headcount)
    asked = [select(func.count()).select_from(one).where(one.campaign_id == campaign.id, one.absent) for one in tables]
    return sum(session.scalar(one) or 0 for one in asked)


def units_of(session: Session, campaign: Campaign) -> Sequence[Unit]:
    """The campaign's units in roster order."""
    return session.scalars(select(Unit).where(Unit.campaign_id == campaign.id).order_by(Unit.place)).all()


def _lock(session: Session, campaign: Campaign) -> None:
    session.refresh(campaign, with_for_update=True)
