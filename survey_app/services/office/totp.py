"""Codes of an authenticator app (RFC 6238: SHA-1, 30 seconds, 6 digits) and the sealed form their secret is kept in.

Lives here: reckoning and sealing. May not live here: which code of whom was used (`factors`).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable
from urllib.parse import quote

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

STEP_SECONDS = 30
DIGITS = 6
#: Steps before and after the present one whose codes count too: a phone's clock is rarely right to the second (RFC 6238, 5.2).
DRIFT = 1
KEY_BYTES = 20
#: How long a secret that was shown may wait for its first code.
OFFER_LIFE = dt.timedelta(minutes=30)
Rng = Callable[[int], bytes]


class BrokenSealError(Exception):
    """A sealed secret that does not open: another server's key, another account's row, or changed."""


def mint_key(rng: Rng = secrets.token_bytes) -> bytes:
    """A new secret of 160 bits."""
    return rng(KEY_BYTES)


def code_at(key: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code of one time step (RFC 4226, 5.3)."""
    told = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    at = told[-1] & 15
    return str((int.from_bytes(told[at : at + 4], "big") & 0x7FFFFFFF) % 10**digits).zfill(digits)


def step_at(now: dt.datetime) -> int:
    """The number of the time step of a moment."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(key: bytes, code: str, *, now: dt.datetime, after: int) -> int | None:
    """The step whose code this is, if it is newer than the step `after`; None for a wrong or used code. Every step is tried."""
    found = None
    for step in range(step_at(now) - DRIFT, step_at(now) + DRIFT + 1):
        if hmac.compare_digest(code_at(key, step).encode(), code.encode()) and step > after:
            found = step
    return found


def written(key: bytes) -> str:
    """The secret as people type it into an app: groups of four."""
    text = base64.b32encode(key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(key: bytes, account: str, host: str) -> str:
    """What the QR code holds, for an app to read."""
    issuer, text = quote(f"Pingyi {host}", safe=""), written(key).replace(" ", "")
    return f"otpauth://totp/{issuer}:{quote(account, safe='')}?secret={text}&issuer={issuer}"


def seal(key: bytes, account: int, secret: str) -> bytes:
    """The key for the database: opens only with this server's secret, and only in this account's row."""
    return bytes(_box(secret).encrypt(account.to_bytes(8, "big") + key))


def unseal(sealed: bytes, account: int, secret: str) -> bytes:
    """The key again. Raises BrokenSealError."""
    try:
        plain = _box(secret).decrypt(sealed)
    except (CryptoError, ValueError) as wrong:
        raise BrokenSealError from wrong
    if int.from_bytes(plain[:8], "big") != account:
        raise BrokenSealError
    return plain[8:]


def offer(key: bytes, account: int, secret: str, *, now: dt.datetime) -> str:
    """The key for a hidden field of the page that shows it, until its first code comes back. The server keeps nothing."""
    told = int(now.timestamp()).to_bytes(8, "big") + seal(key, account, secret)
    return base64.urlsafe_b64encode(bytes(_box(secret).encrypt(told))).decode()


def taken_up(text: str, account: int, secret: str, *, now: dt.datetime) -> bytes:
    """The key that was offered to this account. Raises BrokenSealError for one that is not ours, another account's or old."""
    try:
        plain = _box(secret).decrypt(base64.urlsafe_b64decode(text.encode()))
    except (CryptoError, ValueError) as wrong:
        raise BrokenSealError from wrong
    if not 0 <= int(now.timestamp()) - int.from_bytes(plain[:8], "big") <= OFFER_LIFE.total_seconds():
        raise BrokenSealError
    return unseal(plain[8:], account, secret)


def _box(secret: str) -> SecretBox:
    return SecretBox(hashlib.blake2b(secret.encode(), digest_size=SecretBox.KEY_SIZE, person=b"pingyi-totp-1").digest())
