"""Signed checkpoints: how many leaves the log has, and its root, in a text that people can print, scan and keep.

The text follows the C2SP checkpoint and signed-note formats, so that other tools can read it:

    pingyi/<campaign>          whose log
    57                         how many leaves
    <root, base64>
    epoch 1 meeting            which epoch it ends, and of what kind
    made 2026-11-21T12:00Z     when, to the minute

    — pingyi/<campaign> <base64 of the key's 4-byte mark and the Ed25519 signature over everything above>

What the signature is worth. It keeps others from making checkpoints in the server's name. It does not bind the server's
owner, who has the key: what binds them is that the text is printed, read out and carried home before the result is known.
The private key stands in the database only inside a box, locked with a key derived from the server's own secret; a thief of
the database alone cannot sign. Who has both can: the printed sheets are what they cannot change.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
from dataclasses import dataclass

import nacl.exceptions
import nacl.utils
from nacl.secret import SecretBox
from nacl.signing import SigningKey, VerifyKey

from survey_app.errors import RefusedError
from survey_app.i18n import N_

KINDS = ("setup", "meeting", "void", "close")
_ED25519 = b"\x01"
_DASH = "\u2014 "
_MINUTE = "%Y-%m-%dT%H:%MZ"


class SigningKeyError(RefusedError):
    """The log's signing key does not open with this server's secret."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    epoch: int
    kind: str
    made: str


def origin_of(campaign_key: str) -> str:
    """The name of a campaign's log, also the name of its signing key."""
    return f"pingyi/{campaign_key}"


def minute(moment: dt.datetime) -> str:
    """A moment as checkpoints tell it, in UTC to the minute: finer would help nobody who may know."""
    return moment.astimezone(dt.UTC).strftime(_MINUTE)


def moment(told: str) -> dt.datetime:
    """The moment that `minute` told. Raises ValueError."""
    return dt.datetime.strptime(told, _MINUTE).replace(tzinfo=dt.UTC)


def new_key(secret: str) -> tuple[bytes, bytes]:
    """A fresh signing key: (public key, private key in a box that the server's `secret` opens)."""
    key = SigningKey.generate()
    return bytes(key.verify_key), bytes(SecretBox(_box_key(secret)).encrypt(bytes(key)))


def sign(checkpoint: Checkpoint, sealed: bytes, secret: str) -> str:
    """The checkpoint's text with its signature. Raises SigningKeyError."""
    body = _body(checkpoint)
    public, signature = sign_bytes(body.encode(), sealed, secret)
    line = base64.b64encode(_mark(checkpoint.origin, public) + signature).decode()
    return f"{body}\n{_DASH}{checkpoint.origin} {line}\n"


def sign_bytes(message: bytes, sealed: bytes, secret: str) -> tuple[bytes, bytes]:
    """(public key, 64 bytes of signature). Messages of another kind must begin otherwise than a checkpoint. SigningKeyError."""
    try:
        key = SigningKey(SecretBox(_box_key(secret)).decrypt(sealed))
    except (nacl.exceptions.CryptoError, ValueError, TypeError) as problem:
        raise SigningKeyError(
            N_("存证日志的签名密钥打不开：服务器密钥（secret-key 或 PINGYI_SECRET_KEY）换过了；请从备份恢复它。")
        ) from problem
    return bytes(key.verify_key), key.sign(message).signature


def read(text: str, public: bytes) -> Checkpoint | None:
    """What the text says when `public` signed it; None when it did not, or when it is no checkpoint."""
    body, blank, signatures = text.partition("\n\n")
    body += "\n"
    lines = body.splitlines()
    if not blank or len(lines) != 5 or not signatures.startswith(f"{_DASH}{lines[0]} ") or not signatures.endswith("\n"):
        return None
    try:
        signed = base64.b64decode(signatures[len(_DASH) + len(lines[0]) + 1 : -1], validate=True)
        VerifyKey(public).verify(body.encode(), signed[4:])
        root = base64.b64decode(lines[2], validate=True)
        word, epoch, kind = lines[3].split(" ")
        found = Checkpoint(
            origin=lines[0], size=int(lines[1]), root=root, epoch=int(epoch), kind=kind, made=lines[4].removeprefix("made ")
        )
    except (binascii.Error, ValueError, nacl.exceptions.BadSignatureError):
        return None
    sound = word == "epoch" and kind in KINDS and signed[:4] == _mark(lines[0], public) and _body(found) == body
    return found if sound else None


def fingerprint(public: bytes) -> str:
    """The signing key's fingerprint, to be compared by eye: SHA-256, all 64 digits."""
    return hashlib.sha256(b"pingyi/log-key/v1" + public).hexdigest()


def _body(checkpoint: Checkpoint) -> str:
    root = base64.b64encode(checkpoint.root).decode()
    epoch = f"epoch {checkpoint.epoch} {checkpoint.kind}"
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n{epoch}\nmade {checkpoint.made}\n"


def _mark(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _box_key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=SecretBox.KEY_SIZE, person=b"pingyi-log-key-1").digest()
