"""The campaign's opening key: made at set-up, kept only wrapped under a passphrase, typed again at the opening.

Sealing needs the public key alone, so the server can take ballots all day and open none. Whoever has the disk, and the
office before the close, has the wrapped key and must guess the passphrase through argon2id (design §5).

A wrapped key is canonical JSON so that its argon2 parameters travel with it:
{"v":1,"kdf":"argon2id","time":…,"memory":…KiB,"salt":hex,"box":hex}
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass

import nacl.exceptions
import nacl.utils
from argon2.low_level import Type, hash_secret_raw
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_

PASSPHRASE_LEAST = 12  # characters: with argon2id at the default cost, beyond a thief's patience if not a common phrase
#: What stands in place of a wrapped key once the openings of its campaign were destroyed.
DESTROYED = b"destroyed"
_MOST_MEMORY = 4 * 1024 * 1024  # KiB: a forged blob must not make the opening eat the machine
_MOST_TIME = 64


@dataclass(frozen=True)
class WrapCost:
    """Work of turning the passphrase into a key: argon2id passes and memory in KiB. About a second by default."""

    time: int = 4
    memory: int = 262_144


class WrongPassphraseError(UserError):
    """The passphrase does not open the campaign's key; nothing was changed."""

    status = 403


class WeakPassphraseError(UserError):
    """The passphrase is too short to keep a thief of the disk out."""


class UnopenableError(RefusedError):
    """A sealed content that this key cannot open, or that was altered."""


class DestroyedKeyError(RefusedError):
    """The appeal period is over: key and contents were destroyed, as announced."""


class OpeningKey:
    """An unwrapped private key. Lives in memory for the length of one count, is never stored and never shown."""

    __slots__ = ("_key",)

    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "OpeningKey(…)"  # a key must not reach a log by way of a traceback

    def public(self) -> bytes:
        """The public key this key belongs to, 32 bytes."""
        return bytes(self._key.public_key)

    def open(self, sealed: bytes) -> bytes:
        """The content of a sealed box. Raises UnopenableError."""
        try:
            return SealedBox(self._key).decrypt(sealed)
        except (nacl.exceptions.CryptoError, ValueError, TypeError) as problem:
            raise UnopenableError(N_("有一张密封的选票打不开：它不是封给这次评议的，或已被改动。")) from problem


def check_passphrase(passphrase: str) -> None:
    """Raise WeakPassphraseError unless the passphrase has `PASSPHRASE_LEAST` characters that are not all alike."""
    plain = _normal(passphrase)
    if len(plain) < PASSPHRASE_LEAST:
        raise WeakPassphraseError(
            N_("开启口令至少要有 %(least)s 个字符，现在是 %(found)s 个；可以用一句好记的话，并抄写封存一份。"),
            least=PASSPHRASE_LEAST,
            found=len(plain),
        )
    if len(set(plain)) < 5:
        raise WeakPassphraseError(N_("开启口令里不同的字符太少，容易被猜到；请换一句话。"))


def create_keys(passphrase: str, *, cost: WrapCost | None = None) -> tuple[bytes, bytes]:
    """A new key pair: (public key, wrapped private key). Raises WeakPassphraseError."""
    check_passphrase(passphrase)
    cost = cost or WrapCost()
    key = PrivateKey.generate()
    salt = nacl.utils.random(16)
    box = SecretBox(_stretched(passphrase, salt, cost.time, cost.memory)).encrypt(bytes(key))
    blob = {"v": 1, "kdf": "argon2id", "time": cost.time, "memory": cost.memory, "salt": salt.hex(), "box": bytes(box).hex()}
    return bytes(key.public_key), json.dumps(blob, sort_keys=True, separators=(",", ":")).encode("ascii")


def unwrap(wrapped: bytes, passphrase: str) -> OpeningKey:
    """The opening key. Raises WrongPassphraseError, UnopenableError (a damaged wrapped key), DestroyedKeyError after the end."""
    if wrapped == DESTROYED:
        raise DestroyedKeyError(N_("申诉期已过，选票内容和开启密钥都已销毁，不能再开启；结果和核对包仍然有效。"))
    time, memory, salt, box = _parts(wrapped)
    try:
        key = SecretBox(_stretched(passphrase, salt, time, memory)).decrypt(box)
    except nacl.exceptions.CryptoError as problem:
        raise WrongPassphraseError(N_("开启口令不对；请核对大小写和空格后再输入一次，什么也没有改变。")) from problem
    return OpeningKey(PrivateKey(key))


def seal(public_key: bytes, content: bytes) -> bytes:
    """The content in a sealed box (X25519, XSalsa20-Poly1305) that only the opening key opens."""
    return SealedBox(PublicKey(public_key)).encrypt(content)


def open_sealed(key: OpeningKey, sealed: bytes) -> bytes:
    """The content of a sealed box. Raises UnopenableError."""
    return key.open(sealed)


def _parts(wrapped: bytes) -> tuple[int, int, bytes, bytes]:
    try:
        blob = json.loads(wrapped)
        time, memory = int(blob["time"]), int(blob["memory"])
        salt, box = bytes.fromhex(blob["salt"]), bytes.fromhex(blob["box"])
        known = blob["v"] == 1 and blob["kdf"] == "argon2id" and 0 < time <= _MOST_TIME and 8 <= memory <= _MOST_MEMORY
    except (ValueError, KeyError, TypeError) as problem:
        raise UnopenableError(N_("这次评议的开启密钥已损坏；请从备份恢复数据库后再试。")) from problem
    if not known:
        raise UnopenableError(N_("这次评议的开启密钥格式不认识；请用制作它的版本开启。"))
    return time, memory, salt, box


def _stretched(passphrase: str, salt: bytes, time: int, memory: int) -> bytes:
    return hash_secret_raw(
        secret=b"pingyi/opening/v1" + _normal(passphrase).encode("utf-8"),
        salt=salt,
        time_cost=time,
        memory_cost=memory,
        parallelism=1,
        hash_len=SecretBox.KEY_SIZE,
        type=Type.ID,
    )


def _normal(passphrase: str) -> str:
    """NFKC and trimmed: the same phrase typed on another keyboard must open the same key."""
    return unicodedata.normalize("NFKC", passphrase).strip()
