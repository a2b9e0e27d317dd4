"""An account's sessions as their owner sees them: where, since when; ending one, ending the others, proving oneself anew.

Lives here: what an owner does with sessions that are open. May not live here: opening and judging them (`accounts`).
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import SignInSession
from survey_app.services.office import accounts

#: So long after password and factor were given, an act that cannot be undone goes through without asking again.
FRESH = dt.timedelta(minutes=10)
#: The same for a form that takes long to type and was shown within that time.
FRESH_TYPING = dt.timedelta(minutes=30)
#: Signs of life are told no finer than this.
JUST_NOW = dt.timedelta(minutes=5)
Rng = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """One open session: `id` names it in a form and opens nothing; `recent` whether it was used within the last minutes."""

    id: str
    browser: str
    since: dt.datetime
    recent: bool
    here: bool


def find(session: Session, secret: str) -> SignInSession | None:
    """The row of this browser's session."""
    return session.get(SignInSession, accounts.session_digest(secret))


def is_fresh(row: SignInSession, *, now: dt.datetime, typing: bool = False) -> bool:
    """Whether its owner proved themselves within the last minutes. `typing`: for what takes long to type."""
    return now - row.confirmed <= (FRESH_TYPING if typing else FRESH)


def listed(session: Session, account_id: int, secret: str, *, now: dt.datetime) -> list[OpenSession]:
    """The account's open sessions, this browser's first, then the newest."""
    own = accounts.session_digest(secret)
    found = [
        OpenSession(
            id=row.digest.hex(),
            browser=row.browser,
            since=row.created,
            recent=now - row.seen <= JUST_NOW,
            here=hmac.compare_digest(row.digest, own),
        )
        for row in _open(session, account_id, now)
    ]
    return sorted(found, key=lambda one: not one.here)


def end(session: Session, account_id: int, name: str, *, now: dt.datetime) -> None:
    """End one session of the account. Raises UserError where it has no such one."""
    for row in _open(session, account_id, now):
        if hmac.compare_digest(row.digest.hex().encode(), name.encode()):
            session.execute(delete(SignInSession).where(SignInSession.digest == row.digest))
            return
    raise UserError(N_("没有这处登录；它可能已经退出，请刷新页面再看。"))


def end_others(session: Session, account_id: int, secret: str) -> int:
    """End every session of the account but this one; how many."""
    others = (SignInSession.account_id == account_id) & (SignInSession.digest != accounts.session_digest(secret))
    return len(session.execute(delete(SignInSession).where(others).returning(SignInSession.digest)).all())


def renew(session: Session, secret: str, *, proven: dt.datetime | None = None, rng: Rng = secrets.token_bytes) -> str:
    """The session goes on under a new secret, which is given back; the old one is dead.

    When it began stays what it was, so that eight hours in all stay eight hours. `proven`: its owner proved themselves just now.
    """
    fresh = rng(16).hex()
    values: dict[str, object] = {"digest": accounts.session_digest(fresh)}
    if proven is not None:
        values |= {"confirmed": proven, "seen": proven}
    session.execute(update(SignInSession).where(SignInSession.digest == accounts.session_digest(secret)).values(values))
    session.expire_all()
    return fresh


def _open(session: Session, account_id: int, now: dt.datetime) -> list[SignInSession]:
    query = select(SignInSession).where(
        SignInSession.account_id == account_id,
        SignInSession.seen >= now - accounts.IDLE,
        SignInSession.created >= now - accounts.ABSOLUTE,
    )
    return list(session.scalars(query.order_by(SignInSession.created.desc())))
