"""Who gets in: name, password and second proof judged together, so that nobody learns which of them was wrong.

Lives here: the judgement. May not live here: throttling (`throttle`), sessions (`accounts`), the way in by `passkeys`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.costs import PasswordCost
from survey_app.i18n import N_
from survey_app.models import Account, OneTimeLink
from survey_app.roles import Role
from survey_app.services.office import account_names, accounts, factors
from survey_app.services.office.accounts import SignInError

#: An account there is none of is looked for under this number.
_NOBODY = -1


def admit(
    session: Session,
    name: str,
    password: str,
    code: str,
    *,
    cost: PasswordCost,
    secret: str,
    now: dt.datetime,
    with_passkey: Collection[Role] = (),
) -> tuple[Account, str]:
    """The account that name, password and code sign in.

    An unknown name, a wrong password and a wrong or used code cost the same work and end in the same sentence.

    Parameters
    ----------
    session
        Its transaction is ended before the hash, so that nobody's write waits; the caller commits what follows.
    name, password
        As typed.
    code
        Of the authenticator, or a recovery code; used up. An account without a factor needs none.
    cost
        Of the password's hash.
    secret
        The server's secret, which opens the authenticator's.
    now
        The moment.
    with_passkey
        Roles to whom an authenticator's code is no way in, once they have a passkey.

    Returns
    -------
    tuple of Account and str
        Who it is, and by what beside the password; "" by nothing more.

    Raises
    ------
    SignInError
        Something of it is wrong.
    """
    number = session.scalar(select(Account.id).where(Account.name == account_names.tidy_name(name)))
    account: Account | None = None
    with contextlib.suppress(SignInError):  # judged below, with the rest
        account = accounts.check_password(session, name, password, cost)
    # A transaction begins here in any case: whether the password was right must not show in how long its beginning takes.
    loaded = factors.load(session, _NOBODY if number is None else number, code, with_passkey=with_passkey)
    verdict = factors.judge(loaded, code, secret=secret, now=now)
    if account is None or not verdict.right:
        raise SignInError(accounts.WRONG)
    try:
        factors.spend(session, account.id, verdict)
    except factors.CodeError:
        raise SignInError(accounts.WRONG) from None
    return account, verdict.means


def prove(
    session: Session,
    account: Account,
    password: str,
    code: str,
    *,
    cost: PasswordCost,
    secret: str,
    now: dt.datetime,
    with_passkey: Collection[Role] = (),
) -> str:
    """As `admit`, for somebody who is signed in and proves themselves again.

    Parameters
    ----------
    session, account
        Whose session it is.
    password, code
        As typed.
    cost, secret, now, with_passkey
        As for `admit`.

    Returns
    -------
    str
        By what beside the password; "" by nothing more.

    Raises
    ------
    SignInError
        Something of it is wrong.
    """
    try:
        found = admit(session, account.name, password, code, cost=cost, secret=secret, now=now, with_passkey=with_passkey)
        return found[1]
    except SignInError:
        raise SignInError(N_("口令或验证码不对；请检查后再试。")) from None


def change_password(session: Session, account: Account, old: str, new: str, *, cost: PasswordCost) -> None:
    """A new password in place of the old one, which is asked for. Links that were made for the account stop working.

    The caller ends the account's other sessions and commits.

    Raises:
        SignInError: the old password is wrong.
        PasswordError: the new one may not be used.
    """
    try:
        accounts.check_password(session, account.name, old, cost)
    except SignInError:
        raise SignInError(N_("现在的口令不对；请检查后再试。口令没有改。")) from None
    accounts.set_password(session, account, new, cost)
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id))
