"""Asking for an act that takes two people, and the second person's answer.

Threats answered to: one person's password, or one person's will, does what nobody can take back. An ask is bound by a digest to
exactly what will be done and to the state it was asked in; the second person signs in with another account, reads the same in
words, and what they send back names that digest. Whatever happened in between, as the log tells it, makes the ask stale.
Two accounts in one hand are two people to the program: `docs/threat-model.md` says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from analysis.canonical import canonical, canonical_bytes
from analysis.records import read
from survey_app.errors import NotFoundError, RefusedError
from survey_app.i18n import N_
from survey_app.models import Account, Ask, AskStanding, Campaign
from survey_app.roles import Capability, granted
from survey_app.services.four_eyes.kinds import KINDS, AskKind
from survey_app.services.office import acts, audit

#: How long an ask waits for the second person, and how long the asker has to do what was confirmed.
WAITS = dt.timedelta(hours=72)
COLLECTED_WITHIN = dt.timedelta(hours=24)
#: What is done: names of fields and what was typed into them.
Given = Mapping[str, str | Sequence[str]]


class StaleAskError(RefusedError):
    """What was asked for is not what would be done now; nothing was done."""


@dataclass(frozen=True)
class AskedBy:
    """Who does something now: the account's number and name, and what its roles grant."""

    id: int
    name: str
    granted: frozenset[Capability]


def make(
    session: Session, kind: AskKind, about: Campaign | Account | None, given: Given, *, seen: int, by: AskedBy, now: dt.datetime
) -> Ask:
    """Ask for an act. The caller commits.

    Parameters
    ----------
    session
        The log is written to in the same transaction.
    kind, about, given
        What exactly: the act, the campaign or account it is done to, and what was typed.
    seen
        The last line of the log that the asker knew.
    by, now
        Who asks, and when.

    Returns
    -------
    Ask
        The row that waits.

    Raises
    ------
    NotFoundError
        For somebody who may not ask for this.
    RefusedError
        Where the same is asked for already.
    """
    _may(by, KINDS[kind].asks)
    digest = digest_of(kind, about, given)
    same = select(Ask).where(Ask.digest == digest, Ask.standing == AskStanding.WAITING, Ask.expires > now)
    if session.scalars(same).first() is not None:
        raise RefusedError(N_("同样的事已经有人提出，正在等第二个人确认；请到“待办确认”里看。"))
    row = _row(kind, about, given, digest, seen=seen, by=by, now=now)
    session.add(row)
    session.flush()
    _log(session, "ask-made", row, by, now)
    return row


def note_alone(
    session: Session, kind: AskKind, about: Campaign | Account | None, given: Given, *, by: AskedBy, now: dt.datetime
) -> None:
    """Write down that one person does this alone, with the act's own commit. Raises RefusedError for half of the two roles."""
    act = KINDS[kind]
    if not {act.asks, act.confirms} <= by.granted:
        raise RefusedError(N_("这一步要由负责人来做；您的账户没有这个角色。"))
    row = _row(kind, about, given, digest_of(kind, about, given), seen=0, by=by, now=now)
    row.standing = AskStanding.ALONE
    session.add(row)
    session.flush()


def confirm(session: Session, ask: Ask, about: Campaign | Account | None, *, shown: str, by: AskedBy, now: dt.datetime) -> None:
    """The second person says yes to what the page showed. The act follows in the same transaction, or the asker does it later.

    Parameters
    ----------
    session
        Committed by the caller, after the act.
    ask, about
        The ask, locked until the commit, and what it is about.
    shown
        The digest that the page named, in hexadecimal digits.
    by, now
        Who confirms, and when.

    Raises
    ------
    NotFoundError
        For somebody who may not confirm this.
    RefusedError
        For the asker, and for an ask that has ended.
    StaleAskError
        When what the page showed, or what it is about, is not the same any more.
    """
    act = KINDS[AskKind(ask.kind)]
    _may(by, act.confirms)
    _hold(session, ask, now, AskStanding.WAITING)
    if by.name == ask.asked_by:
        raise RefusedError(N_("要由另一个人确认；您自己提出的，自己不能确认。"))
    if not hmac.compare_digest(shown.encode(), ask.digest.hex().encode()):
        raise StaleAskError(N_("页面上看到的和要办的不是一件事；什么都没有办，请刷新页面再看。"))
    refuse_stale(session, ask, about)
    ask.second, ask.second_by = now, by.name
    ask.standing = AskStanding.CONFIRMED if act.collected else AskStanding.DONE
    ask.expires = now + COLLECTED_WITHIN if act.collected else ask.expires
    _log(session, "ask-confirmed", ask, by, now)


def refuse_stale(session: Session, ask: Ask, about: Campaign | Account | None) -> None:
    """Raises StaleAskError where something happened since it was asked for, naming who did what, and where the asker may not
    ask for this any more: whoever disables a stolen account takes its asks with it."""
    if KINDS[AskKind(ask.kind)].asks not in _granted_now(session, ask.asked_by):
        raise StaleAskError(N_("提出这一件的账户已经停用、换了角色或不在了；什么都没有办。要办，请让现在的经办人重新提出。"))
    found = acts.since(session, ask.seen, KINDS[AskKind(ask.kind)].watched, about=ask.about)
    if found or not hmac.compare_digest(digest_of(AskKind(ask.kind), about, given_in(ask)), ask.digest):
        raise StaleAskError(
            N_("提出以后情况变了，这一件不能再确认；什么都没有办。%(acts)s请让提出的人重新提出。"), acts=acts.tell(found)
        )


def spend(session: Session, ask: Ask, about: Campaign | Account | None, *, by: AskedBy, now: dt.datetime) -> None:
    """The asker does what was confirmed, once. Raises NotFoundError, RefusedError, StaleAskError."""
    if by.name != ask.asked_by:
        raise _unknown()
    _may(by, KINDS[AskKind(ask.kind)].asks)
    _hold(session, ask, now, AskStanding.CONFIRMED)
    refuse_stale(session, ask, about)
    ask.standing = AskStanding.DONE
    session.flush()


def end(session: Session, ask: Ask, *, by: AskedBy, now: dt.datetime) -> None:
    """The asker takes it back, or somebody who could confirm says no. Raises NotFoundError, RefusedError."""
    mine = by.name == ask.asked_by
    if not mine:
        _may(by, KINDS[AskKind(ask.kind)].confirms)
    _hold(session, ask, now, AskStanding.WAITING, *([AskStanding.CONFIRMED] if mine else []))
    ask.standing, ask.second, ask.second_by = AskStanding.WITHDRAWN if mine else AskStanding.DECLINED, now, by.name
    _log(session, "ask-withdrawn" if mine else "ask-declined", ask, by, now)


def by_id(session: Session, ask_id: int) -> Ask:
    """Raises NotFoundError."""
    row = session.get(Ask, ask_id)
    if row is None or row.standing == AskStanding.ALONE:
        raise _unknown()
    return row


def all_open(session: Session, *, now: dt.datetime, campaign: Campaign | None = None) -> Sequence[Ask]:
    """What waits for anybody, of one campaign or of all."""
    query = select(Ask).where(Ask.standing.in_([AskStanding.WAITING, AskStanding.CONFIRMED]), Ask.expires > now)
    if campaign is not None:
        query = query.where(Ask.campaign_id == campaign.id)
    return session.scalars(query.order_by(Ask.id)).all()


def open_asks(session: Session, by: AskedBy, *, now: dt.datetime, campaign: Campaign | None = None) -> list[Ask]:
    """What waits: for the caller as second person, for the caller to do, and what the caller asked for."""
    return [
        one
        for one in all_open(session, now=now, campaign=campaign)
        if one.asked_by == by.name or KINDS[AskKind(one.kind)].confirms in by.granted
    ]


def ended_asks(session: Session, *, now: dt.datetime, limit: int = 50) -> Sequence[Ask]:
    """What was confirmed, withdrawn, declined, or expired, newest first."""
    over = or_(Ask.standing.not_in([AskStanding.WAITING, AskStanding.CONFIRMED, AskStanding.ALONE]), Ask.expires <= now)
    query = select(Ask).where(over, Ask.standing != AskStanding.ALONE).order_by(Ask.id.desc()).limit(limit)
    return session.scalars(query).all()


def waits_for(ask: Ask, by: AskedBy) -> bool:
    """Whether the caller is whom it waits for: somebody else's ask to confirm, or one's own that was confirmed."""
    mine = ask.asked_by == by.name
    return mine == (ask.standing == AskStanding.CONFIRMED) and (mine or KINDS[AskKind(ask.kind)].confirms in by.granted)


def given_in(ask: Ask) -> Given:
    """What was typed."""
    return dict(read(ask.given, dict[str, str | list[str]]))


def digest_of(kind: AskKind, about: Campaign | Account | None, given: Given) -> bytes:
    """What binds an ask: the act, what it is done to and in which state, what was typed."""
    state: list[object] = ["nothing"]
    if isinstance(about, Campaign):
        state = ["campaign", about.key, about.state, about.scheme_digest, about.public_key.hex()]
    elif isinstance(about, Account):
        state = ["account", about.id, about.name, about.disabled, sorted(about.roles)]
    return hashlib.sha256(canonical_bytes(["pingyi/ask/v1", kind, state, _plain(given)])).digest()


def _plain(given: Given) -> dict[str, object]:
    return {name: said if isinstance(said, str) else list(said) for name, said in given.items()}


def _row(
    kind: AskKind, about: Campaign | Account | None, given: Given, digest: bytes, *, seen: int, by: AskedBy, now: dt.datetime
) -> Ask:
    return Ask(
        kind=kind.value,
        campaign_id=about.id if isinstance(about, Campaign) else None,
        about=about.key if isinstance(about, Campaign) else about.name if isinstance(about, Account) else "",
        given=canonical(_plain(given)),
        digest=digest,
        seen=seen,
        asked=now,
        asked_by=by.name,
        expires=now + WAITS,
    )


def _hold(session: Session, ask: Ask, now: dt.datetime, *standings: AskStanding) -> None:
    session.refresh(ask, with_for_update=True)
    if ask.standing not in standings:
        raise RefusedError(N_("这一件已经了结，不能再办；请到“待办确认”里看现在的情况。"))
    if ask.expires <= now:
        raise RefusedError(N_("这一件已经过期；请让提出的人重新提出。"))


def _granted_now(session: Session, name: str) -> frozenset[Capability]:
    """What the account of this name may do today."""
    account = session.scalar(select(Account).where(Account.name == name))
    return frozenset() if account is None or account.disabled else granted(account.roles)


def _may(by: AskedBy, capability: Capability) -> None:
    if capability not in by.granted:
        raise _unknown()


def _unknown() -> NotFoundError:
    return NotFoundError(N_("没有这一件待办；请到“待办确认”里看。"))


def _log(session: Session, action: str, ask: Ask, by: AskedBy, now: dt.datetime) -> None:
    told = f"{ask.about} {ask.kind} {ask.id} {ask.digest.hex()[:16]} asked by {ask.asked_by}".lstrip()
    audit.record(session, account=by.name, action=action, detail=told, now=now)
