"""Accounts: who may sign in, with what, for how long. Voters are not accounts.

Passwords: argon2id; which may be chosen stands in `passwords`. A wrong name costs the same
work as a wrong password. Sessions and links are 128-bit secrets of which only digests are stored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app.costs import PasswordCost
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Account, AccountRole, AccountUnit, Campaign, OneTimeLink, SignInSession, Unit
from survey_app.roles import EVERYTHING, Role, refused
from survey_app.services.office.account_names import refuse_odd, tidy_name
from survey_app.services.office.passwords import MOST_CHARACTERS, check_strength
from survey_app.services.office.stolen_passwords import refuse_listed
from survey_app.slow_hashing import hashed

IDLE = dt.timedelta(minutes=30)
ABSOLUTE = dt.timedelta(hours=8)
TOUCH_EVERY = dt.timedelta(minutes=1)
LINK_LIFE = dt.timedelta(hours=72)
Rng = Callable[[int], bytes]

#: So many campaigns' titles count as words that somebody would try here.
NEWEST_TITLES = 50


#: What whoever does not get in is told: nothing of which part was wrong.
WRONG = N_("账户名、口令或验证码不对；请检查后再试。")


class SignInError(UserError):
    """Wrong name, password or code; never says which."""

    status = 401


class LinkError(NotFoundError):
    """A one-time link that was used, replaced, or has expired."""


def first_account_missing(session: Session) -> bool:
    """Whether no head can sign in yet."""
    return not session.scalar(select(func.count()).select_from(Account).where(*_can_sign_in_as(Role.HEAD)))


def _can_sign_in_as(role: Role) -> tuple[ColumnElement[bool], ...]:
    held = Account.given_roles.any(AccountRole.role == role)
    return held, Account.disabled.is_(False), Account.password.is_not(None)


def create_account(
    session: Session,
    *,
    name: str,
    roles: Collection[Role],
    units: Iterable[Unit] = (),
    password: str | None = None,
    cost: PasswordCost,
    now: dt.datetime,
) -> Account:
    """A new account; without a password it cannot sign in until its one-time link is used. `units`: those staff stand for,
    as `account_units.choose` found them.

    Raises:
        UserError: an empty or taken name, roles that do not go together, staff without a unit.
        PasswordError: a password that may not be used.
    """
    shown = free_name(session, name)
    if sentence := refused(roles):
        raise UserError(sentence)
    bound = [AccountUnit(unit=unit) for unit in units] if Role.STAFF in roles else []
    if Role.STAFF in roles and not bound:
        raise UserError(N_("单位账户至少要对应一次评议的一个单位；请先选评议，再选单位。"))
    held = [AccountRole(role=role) for role in sorted(set(roles))]
    account = Account(name=shown, created=now, bound_units=bound, given_roles=held)
    if password is not None:
        set_password(session, account, password, cost)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # taken by somebody at the very same moment: the database is what decides
        raise _taken(shown) from None
    return account


def free_name(session: Session, name: str) -> str:
    """The name of a new account, tidied. Raises UserError as `account_names.refuse_odd`, RefusedError for a taken one."""
    shown = tidy_name(name)
    refuse_odd(shown)
    if session.scalar(select(Account.id).where(Account.name == shown)) is not None:
        raise _taken(shown)
    return shown


def _taken(name: str) -> RefusedError:
    return RefusedError(N_("已有名为“%(name)s”的账户；请换一个名字。"), name=name)


def set_password(session: Session, account: Account, password: str, cost: PasswordCost) -> None:
    """Replace the password. Raises PasswordError with the reason."""
    titles = session.execute(select(Campaign.title, Campaign.asker).order_by(Campaign.id.desc()).limit(NEWEST_TITLES))
    check_strength(password, [account.name, *(word for row in titles for word in row)])
    refuse_listed(session, password)
    account.password = _hasher(cost).hash(_normal(password))


def check_password(session: Session, name: str, password: str, cost: PasswordCost) -> Account:
    """The account with this name and password. An unknown or disabled account costs the same work as a wrong password.

    The session's transaction is ended before the hash, so that nobody's write waits for it; the caller commits what follows.

    Raises:
        SignInError: name or password is wrong, or the account may not sign in.
    """
    wanted = tidy_name(name)
    # One question whether there is such an account or not: of a name that is nobody's another account is read in its place.
    anyone = session.scalar(select(Account).order_by(Account.name != wanted, Account.id).limit(1))
    account = anyone if anyone is not None and anyone.name == wanted else None
    stored = account.password if account is not None and not account.disabled else None
    session.commit()
    right = hashed(_verify, cost, stored, password)
    if anyone is not None:
        session.refresh(anyone)  # read anew in any case: a right password must not show in how long this takes
    if account is None or stored is None or not right:
        raise SignInError(WRONG)
    if account.disabled or not hmac.compare_digest(account.password or "", stored):  # meanwhile
        raise SignInError(WRONG)
    if _hasher(cost).check_needs_rehash(stored):
        account.password = hashed(_hasher(cost).hash, _normal(password))
    return account


def open_session(
    session: Session,
    account: Account,
    *,
    now: dt.datetime,
    browser: str = "",
    mark: bytes | None = None,
    rng: Rng = secrets.token_bytes,
) -> str:
    """Sign the account in; gives the secret for the browser's cookie. `browser`, `mark`: which one, as the row keeps it."""
    secret = rng(16).hex()
    session.execute(delete(SignInSession).where(SignInSession.created < now - ABSOLUTE))
    row = SignInSession(digest=session_digest(secret), account_id=account.id, browser=browser, mark=mark)
    row.created = row.seen = row.confirmed = now
    session.add(row)
    session.flush()
    return secret


def account_of_session(session: Session, secret: str, *, now: dt.datetime) -> Account | None:
    """Whom the secret signs in, if it still does: idle at most 30 minutes, 8 hours in all, not disabled."""
    row = session.get(SignInSession, session_digest(secret))
    if row is None or now - row.seen > IDLE or now - row.created > ABSOLUTE:
        return None
    if row.account.disabled:
        return None
    return row.account


def is_stale(session: Session, secret: str, *, now: dt.datetime) -> bool:
    """Whether the session's last sign of life should be written anew."""
    row = session.get(SignInSession, session_digest(secret))
    return row is not None and now - row.seen > TOUCH_EVERY


def touch(session: Session, secret: str, *, now: dt.datetime) -> None:
    """Note a sign of life, so that the idle limit starts again."""
    row = session.get(SignInSession, session_digest(secret))
    if row is not None:
        row.seen = now


def close_session(session: Session, secret: str) -> None:
    """Sign this browser out."""
    session.execute(delete(SignInSession).where(SignInSession.digest == session_digest(secret)))


def close_sessions(session: Session, account: Account) -> None:
    """Sign the account out everywhere."""
    session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))


def new_link(session: Session, account: Account | None, *, now: dt.datetime, rng: Rng = secrets.token_bytes) -> str:
    """A one-time link's secret. Earlier links for the same purpose stop working.

    Raises:
        RefusedError: a set-up link although an office account can already sign in.
    """
    if account is None and not first_account_missing(session):
        raise RefusedError(N_("已经有评议办账户；请用它登录，在“账户”页为别人生成链接。"))
    owner = OneTimeLink.account_id.is_(None) if account is None else OneTimeLink.account_id == account.id
    session.execute(delete(OneTimeLink).where(owner | (OneTimeLink.expires < now)))
    secret = rng(16).hex()
    session.add(OneTimeLink(digest=_digest("link", secret), account_id=account.id if account else None, expires=now + LINK_LIFE))
    session.flush()
    return secret


def look_at_link(session: Session, secret: str, *, now: dt.datetime) -> Account | None:
    """Whose link this is (None: the set-up link), without using it up.

    Raises:
        LinkError: used, replaced, expired, or never ours.
    """
    return _link(session, secret, now).account


def use_link(session: Session, secret: str, *, name: str, password: str, cost: PasswordCost, now: dt.datetime) -> Account:
    """Set the password with a one-time link, which then stops working; signs the account out everywhere else.

    `name` is used only by the set-up link, which makes the first office account.

    Raises:
        LinkError: used, replaced, expired, or never ours.
        UserError, PasswordError: nothing was changed and the link still works.
    """
    link = _link(session, secret, now)
    account = link.account
    # The row that goes is what decides: of two who send one link at the same moment, one gets in.
    going = delete(OneTimeLink).where(OneTimeLink.digest == link.digest).returning(OneTimeLink.digest)
    if session.execute(going).first() is None:
        raise LinkError(N_("这个链接已经用过或已过期；请让管理员重新生成。"))
    if account is None:
        if not first_account_missing(session):
            raise LinkError(N_("这个链接已经用过或已过期；请让管理员重新生成。"))
        account = create_account(session, name=name, roles=EVERYTHING, password=password, cost=cost, now=now)
    else:
        set_password(session, account, password, cost)
        close_sessions(session, account)
    session.flush()
    return account


def set_disabled(session: Session, account: Account, *, disabled: bool) -> None:
    """Lock or unlock an account; a locked one is signed out at once and its links stop working.

    Raises:
        RefusedError: it is the last head that can sign in.
    """
    if disabled and Role.HEAD in account.roles and not _other_head(session, account):
        raise RefusedError(N_("这是最后一个能登录的负责人账户，不能停用；请先建立另一个。"))
    account.disabled = disabled
    if disabled:
        close_sessions(session, account)
        session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id))


def change_roles(session: Session, account: Account, roles: Collection[Role]) -> bool:
    """Give and take roles; whether anything changed. Whoever gains or loses one is signed out everywhere. The caller commits.

    Raises:
        UserError: roles that do not go together.
        RefusedError: staff of a unit, or the last head that can sign in.
    """
    session.refresh(account, with_for_update={"of": Account})
    refuse_roles(session, account, roles)
    if set(roles) == account.roles:
        return False
    kept = {one.role: one for one in account.given_roles}
    account.given_roles = [kept.get(role) or AccountRole(role=role) for role in sorted(set(roles))]
    session.flush()
    close_sessions(session, account)
    return True


def refuse_roles(session: Session, account: Account, roles: Collection[Role]) -> None:
    """Raises as `change_roles`; changes nothing."""
    if Role.STAFF in account.roles or Role.STAFF in roles:
        raise RefusedError(N_("单位账户的角色不能改；请另建一个账户。"))
    if sentence := refused(roles):
        raise UserError(sentence)
    if Role.HEAD in account.roles and Role.HEAD not in roles and not _other_head(session, account):
        raise RefusedError(N_("这是最后一个能登录的负责人，不能去掉这个角色；请先让另一个账户做负责人。"))


def _other_head(session: Session, account: Account) -> bool:
    """Whether somebody else is head and can sign in; held until the commit, so that two never take it from each other at once."""
    rows = select(Account.id).where(*_can_sign_in_as(Role.HEAD), Account.id != account.id).with_for_update()
    return bool(session.scalars(rows).all())


def all_accounts(session: Session) -> list[Account]:
    """Every account, unit staff last, by name."""
    listed = session.scalars(select(Account).order_by(Account.name)).all()
    return sorted(listed, key=lambda account: Role.STAFF in account.roles)


def account_by_id(session: Session, account_id: int) -> Account:
    """The account. Raises NotFoundError."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFoundError(N_("没有这个账户；它可能已被删除。"))
    return account


def account_named(session: Session, name: str) -> Account | None:
    """The account of this very name; None where there is none (any more)."""
    return session.scalar(select(Account).where(Account.name == name))


def account_by_name(session: Session, name: str) -> Account:
    """The account of this name, as typed. Raises NotFoundError."""
    account = account_named(session, tidy_name(name))
    if account is None:
        raise NotFoundError(N_("没有名为“%(name)s”的账户；请核对账户名。"), name=tidy_name(name))
    return account


def _link(session: Session, secret: str, now: dt.datetime) -> OneTimeLink:
    link = session.get(OneTimeLink, _digest("link", secret))
    if link is None or link.expires < now or (link.account is not None and link.account.disabled):
        raise LinkError(N_("这个链接已经用过或已过期；请让管理员重新生成。"))
    return link


def session_digest(secret: str) -> bytes:
    """What is kept of a session's secret."""
    return _digest("session", secret)


def _digest(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"pingyi/{purpose}/v1\0{secret}".encode()).digest()


def _normal(password: str) -> str:
    """Passwords are compared in NFKC, so that a full-width keyboard does not lock anyone out."""
    return unicodedata.normalize("NFKC", password)


def _verify(cost: PasswordCost, stored: str | None, password: str) -> bool:
    try:
        return _hasher(cost).verify(stored or _decoy(cost), _normal(password)[:MOST_CHARACTERS])
    except VerificationError:
        return False


@lru_cache(maxsize=8)
def _hasher(cost: PasswordCost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.time, memory_cost=cost.memory, parallelism=1, type=Type.ID)


@lru_cache(maxsize=8)
def _decoy(cost: PasswordCost) -> str:
    """A digest of a password nobody knows, to spend the work on when there is no account."""
    return _hasher(cost).hash(secrets.token_hex(16))
