"""An account's second proof: what it has, whether a code is right, and using it up.

Lives here: authenticator and recovery codes together, the judgement over a typed code, the office's statement that it does
without. May not live here: passkeys' ceremony (`passkeys`), passwords (`accounts`).

Threats answered to: a password that was seen, guessed or reused opens nothing by itself; a code that was overheard is used up; of
two who send one code at the same moment one gets in. Whatever is wrong, the same work is done (`judge`).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Account, AccountRole, OfficeStatement, Passkey, RecoveryCode, TotpSecret
from survey_app.roles import Role
from survey_app.services.office import recovery_codes, totp

#: The statement that the office signs in with passwords alone.
WITHOUT = "without-second-factor"
_DIGITS = re.compile(rf"[0-9]{{{totp.DIGITS}}}")
_DECOY = bytes(totp.KEY_BYTES)


class CodeError(UserError):
    """A code that is wrong, or was used already; never says which."""

    status = 401


@dataclass(frozen=True, kw_only=True)
class FactorStanding:
    """What an account has: an authenticator, passkeys, unused recovery codes."""

    totp: bool
    passkeys: int
    codes: int

    @property
    def enrolled(self) -> bool:
        """Whether a password alone does not sign it in."""
        return self.totp or self.passkeys > 0


@dataclass(frozen=True, kw_only=True)
class LoadedFactors:
    """An account's factors as a code is judged against; of no account: nothing, looked for all the same."""

    account: int
    sealed: bytes | None
    last_step: int
    passkeys: int
    recovery: bytes | None
    #: An authenticator's code is no way in: the account has a passkey, and its role must use it.
    passkey_only: bool


@dataclass(frozen=True)
class CodeVerdict:
    """How a code was found: right or not, and what it uses up."""

    right: bool
    step: int | None = None
    recovery: bytes | None = None

    @property
    def means(self) -> str:
        """What the log says of it; "" where no code was needed."""
        return "authenticator" if self.step is not None else "recovery code" if self.recovery is not None else ""


def standing(session: Session, account_id: int) -> FactorStanding:
    """What the account has."""
    has_totp = session.get(TotpSecret, account_id) is not None
    return FactorStanding(totp=has_totp, passkeys=_passkeys(session, account_id), codes=recovery_codes.left(session, account_id))


def load(session: Session, account_id: int, code: str, *, with_passkey: Collection[Role] = ()) -> LoadedFactors:
    """Everything `judge` looks at; the same reading for an account there is none of. `with_passkey`: roles that must use one."""
    row = session.get(TotpSecret, account_id)
    digest = recovery_codes.digest(code)
    mine = select(RecoveryCode.digest).where(RecoveryCode.digest == digest, RecoveryCode.account_id == account_id)
    roles = session.scalars(select(AccountRole.role).where(AccountRole.account_id == account_id)).all()
    held = _passkeys(session, account_id)
    return LoadedFactors(
        account=account_id,
        sealed=row.sealed if row else None,
        last_step=row.last_step if row else 0,
        passkeys=held,
        recovery=session.scalar(mine),
        passkey_only=held > 0 and not set(with_passkey).isdisjoint(roles),
    )


def judge(loaded: LoadedFactors, code: str, *, secret: str, now: dt.datetime) -> CodeVerdict:
    """Whether this code opens the account. Nothing is used up, and every way is reckoned whatever was typed."""
    plain = "".join(unicodedata.normalize("NFKC", code).split())
    key = _opened(loaded, secret)
    typed = plain if _DIGITS.fullmatch(plain) else "-" * totp.DIGITS
    step = totp.matching_step(key or _DECOY, typed, now=now, after=loaded.last_step)
    if loaded.sealed is None and not loaded.passkeys:
        return CodeVerdict(right=True)
    if key is not None and step is not None and not loaded.passkey_only:
        return CodeVerdict(right=True, step=step)
    return CodeVerdict(right=loaded.recovery is not None, recovery=loaded.recovery)


def spend(session: Session, account_id: int, verdict: CodeVerdict) -> None:
    """Use up what the code was: each is good once, also when two send it at the same moment. Raises CodeError."""
    if verdict.step is not None:
        newer = update(TotpSecret).where(TotpSecret.account_id == account_id, TotpSecret.last_step < verdict.step)
        done = session.execute(newer.values(last_step=verdict.step).returning(TotpSecret.account_id)).first() is not None
    else:
        done = verdict.recovery is None or recovery_codes.spend(session, account_id, verdict.recovery)
    if not (verdict.right and done):
        raise CodeError(N_("验证码不对，或者已经用过；请等验证器换出新的一组再试。"))


def begin_totp(session: Session, account: Account, key: bytes, code: str, *, secret: str, now: dt.datetime) -> None:
    """Keep an authenticator's secret once its first code came back right, in place of one there was.

    Raises:
        CodeError: the code is wrong. Nothing was changed.
    """
    step = totp.matching_step(key, "".join(unicodedata.normalize("NFKC", code).split()), now=now, after=0)
    if step is None:
        raise CodeError(N_("验证码不对；请看手机的时间是否准确，等验证器换出新的一组再填。"))
    session.execute(delete(TotpSecret).where(TotpSecret.account_id == account.id))
    row = TotpSecret(account_id=account.id, sealed=totp.seal(key, account.id, secret), last_step=step, since=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same form sent twice at once
        raise RefusedError(N_("这个账户刚刚在另一处绑定了验证器；请刷新页面再看。")) from None


def end_totp(session: Session, account: Account) -> None:
    """Let go of the authenticator."""
    session.execute(delete(TotpSecret).where(TotpSecret.account_id == account.id))
    _tidy(session, account)


def end_passkey(session: Session, account: Account, credential: bytes) -> None:
    """Let go of one passkey. Raises UserError where the account has no such one."""
    going = delete(Passkey).where(Passkey.credential == credential, Passkey.account_id == account.id)
    if session.execute(going.returning(Passkey.credential)).first() is None:
        raise UserError(N_("没有这把通行密钥；它可能已被删除，请刷新页面再看。"))
    _tidy(session, account)


def reset(session: Session, account: Account) -> None:
    """Let go of everything the account has, for an owner who lost it all. The caller ends sessions, tells the owner, records."""
    for table in (TotpSecret, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account.id))


def without(session: Session) -> OfficeStatement | None:
    """The office's statement that it does without a second factor, while it stands."""
    return session.get(OfficeStatement, WITHOUT)


def must_enrol(session: Session, account: Account, *, with_passkey: Collection[Role] = ()) -> bool:
    """Whether the account may do nothing else before it has a factor: any role but staff, and no statement of the office.

    `with_passkey`: roles that must have a passkey, whatever the office once stated.
    """
    if not account.roles.isdisjoint(with_passkey):
        return _passkeys(session, account.id) == 0
    return Role.STAFF not in account.roles and without(session) is None and not _enrolled_at_all(session, account.id)


def may_do_without(session: Session) -> bool:
    """Whether the office may still state it: a decision of the set-up, while no account has a factor."""
    return not session.scalar(select(exists().where(TotpSecret.account_id.is_not(None)))) and not session.scalar(
        select(exists().where(Passkey.account_id.is_not(None)))
    )


def state_without(session: Session, *, by: str, now: dt.datetime) -> None:
    """State that the office does without; all its pages say so from now on.

    Raises:
        RefusedError: an account has a factor already.
    """
    if not may_do_without(session):
        raise RefusedError(N_("已经有账户绑定了第二重验证，不能再改成不用；确有需要，请由管服务器的人处理。"))
    if without(session) is None:
        session.add(OfficeStatement(what=WITHOUT, by=by, at=now))
        session.flush()


def take_back(session: Session) -> None:
    """The office does with a second factor again: every account is asked for one."""
    session.execute(delete(OfficeStatement).where(OfficeStatement.what == WITHOUT))


def _opened(loaded: LoadedFactors, secret: str) -> bytes | None:
    """The authenticator's key; None without one, or where the server's secret is another than then: recovery codes go on."""
    try:
        return totp.unseal(loaded.sealed, loaded.account, secret) if loaded.sealed is not None else None
    except totp.BrokenSealError:
        return None


def _passkeys(session: Session, account_id: int) -> int:
    return session.scalar(select(func.count()).where(Passkey.account_id == account_id)) or 0


def _enrolled_at_all(session: Session, account_id: int) -> bool:
    return session.get(TotpSecret, account_id) is not None or _passkeys(session, account_id) > 0


def _tidy(session: Session, account: Account) -> None:
    """Recovery codes stand in for a factor; without one they are nothing."""
    if not _enrolled_at_all(session, account.id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
