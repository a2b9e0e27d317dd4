"""Recovery codes: ten of them, shown once, each good once. Only digests are kept.

A code has 120 random bits, so that a fast digest is enough (ASVS 5.0, 6.5.2 and 11.4: at least 112).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey_app.models import Account, RecoveryCode
from survey_app.services.sealing import tokens

HOW_MANY = 10
CHARACTERS = 24  # of five bits
Rng = Callable[[int], bytes]


def renew(session: Session, account: Account, rng: Rng = secrets.token_bytes) -> list[str]:
    """New codes in place of all the account had. The caller shows them once and commits."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [tokens.crockford(rng(15), CHARACTERS) for _ in range(HOW_MANY)]
    session.add_all(RecoveryCode(digest=digest(code), account_id=account.id) for code in codes)
    session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, CHARACTERS, 4)) for code in codes]


def left(session: Session, account_id: int) -> int:
    """How many of the account's codes are unused."""
    return session.scalar(select(func.count()).where(RecoveryCode.account_id == account_id)) or 0


def digest(typed: str) -> bytes:
    """What is kept of a code; blanks, dashes, case and look-alikes do not matter."""
    return hashlib.sha256(b"pingyi/recovery/v1" + tokens.plain_code(typed).encode()).digest()


def spend(session: Session, account_id: int, told: bytes) -> bool:
    """Use the code of this digest up; False where somebody else just did. The row that goes is what decides."""
    going = delete(RecoveryCode).where(RecoveryCode.digest == told, RecoveryCode.account_id == account_id)
    return session.execute(going.returning(RecoveryCode.digest)).first() is not None
