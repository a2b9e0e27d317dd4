"""Passkeys (WebAuthn level 2): what a browser is asked, and whether its answer holds.

Lives here: challenges, the two ceremonies, their rows. May not live here: pages and their script (`static/js/passkeys.js`).

A passkey is bound to the name in the address and asks its holder for a finger or a PIN (`userVerification: required`), so it
signs in alone, without name or password. The server keeps nothing while it waits: a challenge carries its moment and purpose
under a MAC; once answered it is spent, in the database, so that an answer that was overheard opens nothing a second time. No
attestation is asked for: which make of key somebody carries is nobody's business.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from analysis.late import late
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Account, Passkey, SpentChallenge

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers import exceptions as ceremony
else:
    webauthn = late("webauthn")
    ceremony = late("webauthn.helpers.exceptions")

CHALLENGE_LIFE = dt.timedelta(minutes=10)
TIMEOUT_MILLISECONDS = 120_000
#: COSE numbers of the signatures taken: ES256, EdDSA, RS256 (the Windows machines' own).
SIGNATURES = (-7, -8, -257)
MOST_TITLE = 60
#: What a stranger's bytes do to those who read them.
_GARBLED = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
Rng = Callable[[int], bytes]
Options = Mapping[str, object]

NOT_HELD = N_("这把通行密钥没有通过；请再试一次，或改用口令和验证码。")


class PasskeyError(UserError):
    """A passkey's answer that does not hold; never says why."""

    status = 401


@dataclass(frozen=True)
class RelyingParty:
    """For whom passkeys are: the name in the address, and the whole origin."""

    id: str
    origin: str


def relying_party(base_url: str) -> RelyingParty | None:
    """Whose passkeys are made under this address; None where browsers make none: IP addresses, plain http but on localhost."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        here = parts.scheme == "https" or host == "localhost"
        return RelyingParty(host, f"{parts.scheme}://{parts.netloc}") if here else None
    return None


def challenge(purpose: str, secret: str, *, now: dt.datetime, rng: Rng = secrets.token_bytes) -> bytes:
    """A fresh challenge for one purpose: 16 random bytes, the moment, and a MAC over them and the purpose."""
    told = rng(16) + int(now.timestamp()).to_bytes(8, "big")
    return told + _mac(told, purpose, secret)


def asking(party: RelyingParty, asked: bytes, known: list[bytes]) -> Options:
    """What `navigator.credentials.get` is given, as JSON. `known`: whose passkeys will do; empty: any that the browser offers."""
    return {
        "challenge": _text(asked),
        "rpId": party.id,
        "timeout": TIMEOUT_MILLISECONDS,
        "userVerification": "required",
        "allowCredentials": [{"type": "public-key", "id": _text(one)} for one in known],
    }


def making(party: RelyingParty, asked: bytes, account: Account, known: list[bytes]) -> Options:
    """What `navigator.credentials.create` is given, as JSON. `known`: what the account has, so that none is made twice."""
    user = {"id": _text(handle(account.id, party)), "name": account.name, "displayName": account.name}
    return {
        "challenge": _text(asked),
        "rp": {"id": party.id, "name": "Pingyi 评议"},
        "user": user,
        "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in SIGNATURES],
        "timeout": TIMEOUT_MILLISECONDS,
        "excludeCredentials": [{"type": "public-key", "id": _text(one)} for one in known],
        "authenticatorSelection": {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"},
        "attestation": "none",
    }


def of_account(session: Session, account_id: int) -> list[Passkey]:
    """The account's passkeys, oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.since, Passkey.title)))


def add(
    session: Session,
    account: Account,
    answer: str,
    *,
    title: str,
    party: RelyingParty,
    secret: str,
    now: dt.datetime,
) -> Passkey:
    """Keep the passkey that a browser made for this account.

    Raises:
        PasskeyError: the answer does not hold.
        RefusedError: it is known already.
        UserError: the title is too long.
    """
    shown = " ".join(title.split())
    if len(shown) > MOST_TITLE:
        raise UserError(N_("通行密钥的名字最多 %(most)s 个字符。"), most=MOST_TITLE)
    asked = _asked(answer, purpose_of_adding(account.id), secret, now)
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=asked,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (ceremony.WebAuthnException, *_GARBLED) as wrong:
        raise _not_held() from wrong
    _spend(session, asked, now)
    row = Passkey(credential=found.credential_id, account_id=account.id, public_key=found.credential_public_key)
    row.uses, row.title, row.since = found.sign_count, shown, now
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise RefusedError(N_("这把通行密钥已经登记过；不用再加。")) from None
    return row


def check(session: Session, answer: str, *, purpose: str, party: RelyingParty, secret: str, now: dt.datetime) -> Account:
    """Whose passkey answered. The caller commits: the challenge is spent, the passkey's counter moved on.

    Raises:
        PasskeyError: unknown, not ours, answered before, of an account that may not sign in.
    """
    asked = _asked(answer, purpose, secret, now)
    row = session.get(Passkey, _named(answer))
    if row is None or row.account.disabled or not _of_its_owner(answer, row, party):
        raise _not_held()
    try:
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=asked,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.uses,
            require_user_verification=True,
        )
    except (ceremony.WebAuthnException, *_GARBLED) as wrong:
        raise _not_held() from wrong
    _spend(session, asked, now)
    row.uses = found.new_sign_count
    return row.account


SIGNING_IN = "sign-in"


def purpose_of_adding(account_id: int) -> str:
    """A challenge for this account's new passkey."""
    return f"add {account_id}"


def purpose_of_proving(account_id: int) -> str:
    """A challenge for this account to prove itself again."""
    return f"prove {account_id}"


def handle(account_id: int, party: RelyingParty) -> bytes:
    """The account as authenticators know it: another at each address, without its name; it outlives the server's secret."""
    return hashlib.sha256(f"pingyi/passkey-user/v1 {party.id} {account_id}".encode()).digest()


def _asked(answer: str, purpose: str, secret: str, now: dt.datetime) -> bytes:
    """The challenge that was answered, if it is one of ours, for this purpose, and young enough. Raises PasskeyError."""
    try:
        told = json.loads(_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        asked = _bytes(told["challenge"])
    except _GARBLED as wrong:
        raise _not_held() from wrong
    age = int(now.timestamp()) - int.from_bytes(asked[16:24], "big")
    if not hmac.compare_digest(asked[24:], _mac(asked[:24], purpose, secret)) or not 0 <= age <= CHALLENGE_LIFE.total_seconds():
        raise _not_held()
    return asked


def _named(answer: str) -> bytes:
    try:
        return _bytes(json.loads(answer)["rawId"])
    except _GARBLED as wrong:
        raise _not_held() from wrong


def _of_its_owner(answer: str, row: Passkey, party: RelyingParty) -> bool:
    """Whether the authenticator names the account we know it by; one that names none is believed by its key."""
    try:
        told = json.loads(answer)["response"].get("userHandle")
        return told is None or hmac.compare_digest(_bytes(told), handle(row.account_id, party))
    except _GARBLED:
        return False


def _spend(session: Session, asked: bytes, now: dt.datetime) -> None:
    session.execute(delete(SpentChallenge).where(SpentChallenge.until < now))
    try:
        with session.begin_nested():
            session.add(SpentChallenge(digest=hashlib.sha256(asked).digest(), until=now + 2 * CHALLENGE_LIFE))
    except IntegrityError:
        raise _not_held() from None


def _mac(told: bytes, purpose: str, secret: str) -> bytes:
    key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"pingyi-passkey-1").digest()
    return hmac.digest(key, told + purpose.encode(), hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def _not_held() -> PasskeyError:
    return PasskeyError(NOT_HELD)
