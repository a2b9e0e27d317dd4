"""What of an account is in use, and the removal of one that never was.

An account that did anything stands in the log by its name; were it removed, somebody else could take the name and the acts
with it. Such an account is disabled and stays.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Account, AuditEvent, OneTimeLink, SignInSession
from survey_app.models.account import AccountUnit
from survey_app.services.office.accounts import ABSOLUTE, IDLE


@dataclass(frozen=True)
class AccountStanding:
    """Browsers signed in now, until when a link is good (None: there is none), acts in the log, whether it may be removed."""

    sessions: int
    link_until: dt.datetime | None
    acts: int
    removable: bool
    digest: str


def find_standing(session: Session, account: Account, *, now: dt.datetime) -> AccountStanding:
    """How the account stands; `digest` changes when a link, its state or its acts change, not with every sign-in."""
    live = (SignInSession.account_id == account.id, SignInSession.seen >= now - IDLE, SignInSession.created >= now - ABSOLUTE)
    sessions = session.scalar(select(func.count()).select_from(SignInSession).where(*live)) or 0
    links = session.execute(
        select(OneTimeLink.expires, OneTimeLink.digest).where(OneTimeLink.account_id == account.id, OneTimeLink.expires > now)
    ).all()
    acts = _acts(session, account)
    parts = (account.id, account.disabled, account.password is None, acts, sorted(link.digest.hex() for link in links))
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    until = max((link.expires for link in links), default=None)
    return AccountStanding(sessions, until, acts, account.password is None and acts == 0, digest)


def remove(session: Session, account: Account) -> None:
    """Remove an account that never signed in and has done nothing. Raises RefusedError. The caller commits."""
    session.refresh(account, with_for_update={"of": Account})
    if account.password is not None or _acts(session, account):
        raise RefusedError(N_("“%(name)s”登录过，记录里有它做过的事，不能删除；请停用，停用后不能再登录。"), name=account.name)
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id))
    session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))
    session.execute(delete(AccountUnit).where(AccountUnit.account_id == account.id))
    session.execute(delete(Account).where(Account.id == account.id))
    session.expunge(account)


def _acts(session: Session, account: Account) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.account == account.name)) or 0
