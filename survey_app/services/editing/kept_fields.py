"""What somebody typed before their session ended, sealed so that it can wait in their own browser and nowhere else.

The server keeps nothing. The seal is authenticated encryption under a key of its own made from the server's secret, and what
is sealed says whose it is, which browser it waits in, where it goes and until when: moved elsewhere it does not open.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from analysis.records import Row, plain, read

LIFE = dt.timedelta(hours=12)
#: The largest form of the office, 306 head-counts, sends some 20 kB.
MOST_CHARACTERS = 256 * 1024


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: its address, the fields that may be kept, and the names of those that never are."""

    address: str
    fields: Sequence[tuple[str, str]]
    lacks: Sequence[str]


class _Content(Row, frozen=True):
    """What is sealed: whose, where it waits, since when (seconds), and the form."""

    account: int
    browser: str
    sealed: float
    address: str
    fields: tuple[tuple[str, str], ...]
    lacks: tuple[str, ...]


class NotKeptError(Exception):
    """It does not open: not ours, changed, too old, of another browser or of another account. `stranger`: the last of these."""

    def __init__(self, *, stranger: bool = False) -> None:
        super().__init__("sealed fields do not open")
        self.stranger = stranger


def seal(kept: Kept, *, account: int, browser: str, secret: str, now: dt.datetime) -> str | None:
    """The form sealed for this account in this browser.

    Parameters
    ----------
    kept
        The form as it was sent, without what is never kept.
    account, browser
        Whose it is: nobody else can open it.
    secret
        The server's secret.
    now
        The moment, from which it lives for `LIFE`.

    Returns
    -------
    str or None
        Text for a hidden field; None where the form is too large to be kept.
    """
    if sum(len(name) + len(value) for name, value in kept.fields) > MOST_CHARACTERS:
        return None
    content = _Content(account, browser, now.timestamp(), kept.address, tuple(kept.fields), tuple(kept.lacks))
    packed = zlib.compress(json.dumps(plain(content), ensure_ascii=False).encode())
    return base64.urlsafe_b64encode(bytes(_box(secret).encrypt(packed))).decode()


def unseal(text: str, *, account: int, browser: str, secret: str, now: dt.datetime) -> Kept:
    """The form again, for the same account in the same browser, while it lives.

    Parameters
    ----------
    text
        What `seal` gave.
    account, browser
        Who sends it.
    secret
        The server's secret.
    now
        The moment.

    Raises
    ------
    NotKeptError
        When it is not ours, changed, too old, of another browser or of another account.
    """
    try:
        packed = _box(secret).decrypt(base64.urlsafe_b64decode(text.encode()))
    except (CryptoError, binascii.Error, ValueError, TypeError) as wrong:
        raise NotKeptError from wrong
    found = read(zlib.decompress(packed), _Content)
    if not 0 <= now.timestamp() - found.sealed <= LIFE.total_seconds() or found.browser != browser:
        raise NotKeptError
    if found.account != account:
        raise NotKeptError(stranger=True)
    return Kept(found.address, list(found.fields), list(found.lacks))


def _box(secret: str) -> SecretBox:
    return SecretBox(hashlib.sha256(b"pingyi/kept-fields/v1\0" + secret.encode()).digest())
