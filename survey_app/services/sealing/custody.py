"""The campaign's opening key: made at set-up, kept only wrapped, under a passphrase or under a key split among trustees.

Sealing needs the public key alone, so the server can take ballots all day and open none. Whoever has the disk, and the
office before the close, has the wrapped key and must guess the passphrase through argon2id (design §5).

A wrapped key is canonical JSON so that what opens it travels with it. Version 1, one passphrase (for small uses: whoever knows
it and has the database opens ballots before the close, and every page that relies on it says so):
{"v":1,"kdf":"argon2id","time":…,"memory":…KiB,"salt":hex,"box":hex}
Version 2, trustees: the box's key is random, split by Shamir's scheme, and kept nowhere else than on their sheets:
{"v":2,"kdf":"shares","needed":k,"holders":[name …],"series":hex,"digests":[hex …],"box":hex}
Version 3, trustees with keys of their own: as version 2, but every share exists only in an age file sealed to its trustee's key:
{"v":3,"kdf":"sealed-shares", …,"keys":["age1…" …],"answers":[hex …],"sealed":[armoured age file …],"box":hex}
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import nacl.exceptions
import nacl.utils
from argon2.low_level import Type, hash_secret_raw
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from analysis.canonical import canonical_ascii
from analysis.records import Hex, Record, RecordError, plain, read
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.services.sealing import shamir, trustees
from survey_app.services.sealing.tokens import Rng

PASSPHRASE_LEAST = 12  # characters: with argon2id at the default cost, beyond a thief's patience if not a common phrase
HOLDER_CHARACTERS = 40
#: What stands in place of a wrapped key once the openings of its campaign were destroyed.
DESTROYED = b"destroyed"
_DAMAGED = N_("这次评议的开启密钥已损坏；请从备份恢复数据库后再试。")
_UNKNOWN = N_("这次评议的开启密钥格式不认识；请用制作它的版本开启。")
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


class NoKeyError(UnopenableError):
    """No key was made yet: trustees were chosen, and their shares not printed."""


class HoldersError(UserError):
    """Trustees that cannot be: their names, or how many of them are needed."""

    status = 422


@dataclass(frozen=True)
class Terms:
    """How a campaign's key is kept; `needed` of `holders` where trustees keep it. "damaged": what is stored is no key.

    `keys`: each trustee's own public key, where shares are sealed to it; without them, shares are on paper.
    """

    kind: Literal["none", "passphrase", "trustees", "destroyed", "damaged"]
    needed: int = 0
    holders: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class _Head(Record, frozen=True, forbid_unknown_fields=False):
    """What every wrapped key says of itself, whatever else it holds."""

    v: int
    kdf: str


class _ByPassphrase(Record, frozen=True):
    """A wrapped key of version 1."""

    v: Literal[1]
    kdf: Literal["argon2id"]
    time: int
    memory: int
    salt: Hex
    box: Hex


class _ByShares(Record, frozen=True):
    """A wrapped key of version 2."""

    v: Literal[2]
    kdf: Literal["shares"]
    needed: int
    holders: tuple[str, ...]
    series: Hex
    digests: tuple[Hex, ...]
    box: Hex


class BySealedShares(Record, frozen=True):
    """A wrapped key of version 3. `answers`: digests of what each trustee says after opening a share; `sealed`: the age files."""

    v: Literal[3]
    kdf: Literal["sealed-shares"]
    needed: int
    holders: tuple[str, ...]
    keys: tuple[str, ...]
    series: Hex
    digests: tuple[Hex, ...]
    answers: tuple[Hex, ...]
    sealed: tuple[str, ...]
    box: Hex


class OpeningKey:
    """An unwrapped private key. Lives in memory for the length of one count, is never stored and never shown."""

    __slots__ = ("_box", "_key")

    def __init__(self, key: PrivateKey) -> None:
        self._key, self._box = key, SealedBox(key)

    def __repr__(self) -> str:
        return "OpeningKey(…)"  # a key must not reach a log by way of a traceback

    def public(self) -> bytes:
        """The public key this key belongs to, 32 bytes."""
        return bytes(self._key.public_key)

    def hand_on(self) -> bytes:
        """The private key itself, for a worker that opens ballots beside us: by pipe or over TLS only, and never into a file."""
        return bytes(self._key)

    @classmethod
    def handed_on(cls, secret: bytes) -> OpeningKey:
        """The key that was handed on."""
        return cls(PrivateKey(secret))

    def open(self, sealed: bytes) -> bytes:
        """The content of a sealed box. Raises UnopenableError."""
        try:
            return self._box.decrypt(sealed)
        except (nacl.exceptions.CryptoError, ValueError, TypeError) as problem:
            raise UnopenableError(N_("有一张密封的选票打不开：它不是封给这次评议的，或已被改动。")) from problem


@dataclass(frozen=True)
class Dealt:
    """A new key while it is dealt: the box that holds it, what opens the box in shares, and each share's digest."""

    holders: tuple[str, ...]
    public: bytes
    box: Hex
    shares: tuple[trustees.Share, ...]
    digests: tuple[Hex, ...]

    def __repr__(self) -> str:
        return "Dealt(…)"


def check_passphrase(passphrase: str) -> None:
    """Raise WeakPassphraseError unless the passphrase has `PASSPHRASE_LEAST` characters that are not all alike."""
    plain = plain_phrase(passphrase)
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
    kept = _ByPassphrase(v=1, kdf="argon2id", time=cost.time, memory=cost.memory, salt=Hex(salt), box=Hex(box))
    return bytes(key.public_key), write(kept)


def create_shared_keys(
    holders: Sequence[str], *, needed: int, rng: Rng = nacl.utils.random
) -> tuple[bytes, bytes, tuple[str, ...]]:
    """A new key pair for trustees: (public key, wrapped private key, each holder's share as text, to print and forget).

    Raises HoldersError for names or numbers that cannot be.
    """
    dealt = deal(holders, needed=needed, rng=rng)
    kept = _ByShares(
        v=2,
        kdf="shares",
        needed=needed,
        holders=dealt.holders,
        series=Hex(trustees.series_of(dealt.public)),
        digests=dealt.digests,
        box=dealt.box,
    )
    return dealt.public, write(kept), tuple(trustees.write(share) for share in dealt.shares)


def deal(holders: Sequence[str], *, needed: int, rng: Rng = nacl.utils.random) -> Dealt:
    """A new key pair and its shares, all in memory; that each run of `needed` neighbours opens the box is tried here.

    Raises HoldersError for names or numbers that cannot be.
    """
    names = check_holders(holders, needed)
    key, secret = PrivateKey.generate(), rng(SecretBox.KEY_SIZE)
    public = bytes(key.public_key)
    shares = trustees.make(secret, series=trustees.series_of(public), needed=needed, total=len(names), rng=rng)
    box = bytes(SecretBox(secret).encrypt(bytes(key)))
    for first in range(len(shares)):
        some = {one.number: one.value for one in (*shares, *shares)[first : first + needed]}
        if SecretBox(shamir.combine(some)).decrypt(box) != bytes(key):
            raise UnopenableError(_DAMAGED)
    return Dealt(names, public, Hex(box), shares, tuple(Hex(trustees.digest_of(share)) for share in shares))


def check_holders(holders: Sequence[str], needed: int) -> tuple[str, ...]:
    """The trustees' names tidied. Raises HoldersError: a doubled name, too many, or numbers of which one lost sheet loses all."""
    names = tuple(" ".join(name.split()) for name in holders if name.strip())
    if len(set(names)) != len(names) or any(len(name) > HOLDER_CHARACTERS for name in names):
        raise HoldersError(N_("保管人的姓名不能重复，每个最多 %(most)s 个字；同名的请注明单位。"), most=HOLDER_CHARACTERS)
    if not 3 <= len(names) <= trustees.MOST_HOLDERS:
        raise HoldersError(
            N_("保管人要有 3 到 %(most)s 位，现在是 %(found)s 位；请每行写一位。"), most=trustees.MOST_HOLDERS, found=len(names)
        )
    if not 2 <= needed < len(names):
        raise HoldersError(
            N_("到场几位才能开启，要在 2 到 %(most)s 之间：一位不能独自打开，丢一份也还打得开。"), most=len(names) - 1
        )
    return names


def terms_of(wrapped: bytes) -> Terms:
    """How this key is kept. A damaged one is called so: nothing false may be said of who can open."""
    if not wrapped or wrapped == DESTROYED:
        return Terms("none" if not wrapped else "destroyed")
    try:
        kept = _read(wrapped)
    except UnopenableError:
        return Terms("damaged")
    if isinstance(kept, _ByPassphrase):
        return Terms("passphrase")
    return Terms("trustees", kept.needed, kept.holders, kept.keys if isinstance(kept, BySealedShares) else ())


def sealed_shares(wrapped: bytes) -> BySealedShares | None:
    """The key as kept among trustees with keys of their own; None where it is kept otherwise or not at all."""
    if terms_of(wrapped).kind != "trustees":
        return None
    kept = _read(wrapped)
    return kept if isinstance(kept, BySealedShares) else None


def public_record(wrapped: bytes) -> dict[str, object]:
    """How this key is kept, as the public log fixes it: how many open, of how many, each share's digest; nobody's name.

    Of trustees also how shares were dealt: on "paper", which the office saw, or sealed to their "own keys", whose fingerprints
    stand in `keys` in the same order.

    Raises UnopenableError for a damaged one: a log says for ever what it says once.
    """
    terms = terms_of(wrapped)
    if terms.kind == "damaged":
        raise UnopenableError(_DAMAGED)
    kept = _read(wrapped) if terms.kind == "trustees" else None
    shares = [] if kept is None or isinstance(kept, _ByPassphrase) else [one.hex() for one in kept.digests]
    said: dict[str, object] = {"kind": terms.kind, "needed": terms.needed, "shares": shares}
    if terms.keys:
        return {**said, "dealt": "own keys", "keys": [trustees.fingerprint_of(one) for one in terms.keys]}
    return {**said, "dealt": "paper"} if terms.kind == "trustees" else said


def unwrap(wrapped: bytes, *said: str) -> OpeningKey:
    """The opening key, from the passphrase or from the shares, each one of `said`.

    Raises WrongPassphraseError, WrongSharesError (naming which), UnopenableError (a damaged wrapped key), DestroyedKeyError after
    the end, NoKeyError before the beginning.
    """
    if wrapped == DESTROYED:
        raise DestroyedKeyError(N_("申诉期已过，选票内容和开启密钥都已销毁，不能再开启；结果和核对包仍然有效。"))
    if not wrapped:
        raise NoKeyError(N_("这次评议还没有开启密钥；请先在“开启钥匙”页制作密钥片，或定下口令。"))
    kept = _read(wrapped)
    if not isinstance(kept, _ByPassphrase):
        secret, wrong = _shared_secret(kept, said)
    elif not (0 < kept.time <= _MOST_TIME and 8 <= kept.memory <= _MOST_MEMORY):
        raise UnopenableError(_UNKNOWN)
    else:
        secret = _stretched(said[0] if len(said) == 1 else "", kept.salt, kept.time, kept.memory)
        wrong = WrongPassphraseError(N_("开启口令不对；请核对大小写和空格后再输入一次，什么也没有改变。"))
    try:
        return OpeningKey(PrivateKey(SecretBox(secret).decrypt(kept.box)))
    except nacl.exceptions.CryptoError as problem:
        raise wrong from problem


def _shared_secret(kept: _ByShares | BySealedShares, said: Sequence[str]) -> tuple[bytes, UserError]:
    """The box's key from the shares, and what it means if the box stays shut: the shares are right, so it is damaged."""
    damaged = UnopenableError(_DAMAGED)
    if not 2 <= kept.needed <= len(kept.digests) <= trustees.MOST_HOLDERS:
        raise damaged
    return trustees.secret_of(said, trustees.Issue(kept.series, kept.needed, kept.digests)), damaged


def seal(public_key: bytes, content: bytes) -> bytes:
    """The content in a sealed box (X25519, XSalsa20-Poly1305) that only the opening key opens. UnopenableError for no key."""
    try:
        return SealedBox(PublicKey(public_key)).encrypt(content)
    except (nacl.exceptions.CryptoError, ValueError, TypeError) as problem:
        raise UnopenableError(N_("这不是一把可以封存的公钥；请向持有人要正确的一把。")) from problem


def open_sealed(key: OpeningKey, sealed: bytes) -> bytes:
    """The content of a sealed box. Raises UnopenableError."""
    return key.open(sealed)


def _read(wrapped: bytes) -> _ByPassphrase | _ByShares | BySealedShares:
    """The wrapped key. Raises UnopenableError: damaged, or of a version that this program does not know."""
    try:
        head = read(wrapped, _Head)
        if (head.v, head.kdf) == (2, "shares"):
            return read(wrapped, _ByShares)
        if (head.v, head.kdf) == (3, "sealed-shares"):
            return read(wrapped, BySealedShares)
        kept = read(wrapped, _ByPassphrase) if (head.v, head.kdf) == (1, "argon2id") else None
    except RecordError as problem:
        raise UnopenableError(_DAMAGED) from problem
    if kept is None:
        raise UnopenableError(_UNKNOWN)
    return kept


def write(kept: _ByPassphrase | _ByShares | BySealedShares) -> bytes:
    """The wrapped key as stored."""
    return canonical_ascii(plain(kept))


def _stretched(passphrase: str, salt: bytes, time: int, memory: int) -> bytes:
    return hash_secret_raw(
        secret=b"pingyi/opening/v1" + plain_phrase(passphrase).encode("utf-8"),
        salt=salt,
        time_cost=time,
        memory_cost=memory,
        parallelism=1,
        hash_len=SecretBox.KEY_SIZE,
        type=Type.ID,
    )


def plain_phrase(passphrase: str) -> str:
    """NFKC and trimmed: the same phrase typed on another keyboard must open the same key."""
    return unicodedata.normalize("NFKC", passphrase).strip()
