"""Secrets of slips and links: minting, writing, reading, and the digests that are all the database ever keeps.

Lives here: alphabets, check characters, digests. May not live here: which secret may do what (`credentials`).

A slip's secret has 128 bits and travels in the address fragment; its tag is a plain SHA-256, because nobody searches
2^128. The printed alias has 60 bits, so that it can be typed; its digest is argon2id with the campaign's salt, because
60 bits under a fast hash fall in hours to whoever copied the database (docs/threat-model.md).
"""

from __future__ import annotations

import hashlib
import secrets as system_random
import unicodedata
from collections.abc import Callable
from typing import NewType

from nacl.pwhash import argon2id

from survey_app.costs import AliasCost
from survey_app.errors import UserError
from survey_app.i18n import N_

Secret = NewType("Secret", bytes)
Alias = NewType("Alias", str)
Rng = Callable[[int], bytes]  # n -> n random bytes; `secrets.token_bytes` outside tests

#: Crockford's base 32: no I, L, O, U, so that no two characters are taken for each other.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 16
DIGEST_BYTES = 32
SECRET_CHARACTERS = 26  # 130 bits of alphabet for 128 bits of secret; the last character has two zero bits
ALIAS_CHARACTERS = 12
STYLE_CHARACTERS = 10
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = " -_–—\u00a0\u3000\u2010\u2011.·:"


class TokenError(UserError):
    """A code that cannot be a code of ours: wrong length, strange character, or failing check."""


def mint_secret(rng: Rng = system_random.token_bytes) -> Secret:
    """A fresh 128-bit secret."""
    return Secret(rng(SECRET_BYTES))


def secret_text(secret: Secret) -> str:
    """The secret as it stands in the address fragment: 26 characters."""
    return _digits(int.from_bytes(secret, "big") << 2, SECRET_CHARACTERS)


def parse_secret(text: str) -> Secret:
    """The secret written by `secret_text`; case and look-alikes are forgiven. Raises TokenError."""
    plain = _plain(text)
    if len(plain) != SECRET_CHARACTERS or any(character not in ALPHABET for character in plain):
        raise TokenError(N_("链接里的凭条码不完整；请重新扫描凭条上的二维码，或输入凭条上印的编号。"))
    number = _number(plain)
    if number & 3:
        raise TokenError(N_("链接里的凭条码不完整；请重新扫描凭条上的二维码，或输入凭条上印的编号。"))
    return Secret((number >> 2).to_bytes(SECRET_BYTES, "big"))


def slip_tag(secret: Secret) -> bytes:
    """What the database keeps of a secret: 32 bytes, domain-separated, for slips and personal links alike."""
    return hashlib.sha256(b"pingyi/slip/v1" + secret).digest()


def mint_alias(rng: Rng = system_random.token_bytes) -> Alias:
    """A fresh alias as printed: XXXX-XXXX-XXXX-C, 60 random bits and a check character."""
    body = _digits(int.from_bytes(rng(8), "big") >> 4, ALIAS_CHARACTERS)
    return Alias(_printed(body))


def parse_alias(text: str) -> Alias:
    """The alias a person typed, in printed form.

    Forgives lower case, full-width characters, spaces, dashes, O for 0, I and L for 1. Raises TokenError saying whether
    a character is strange (and which), the length is wrong, or one of the characters must be mistyped.
    """
    plain = _plain(text)
    for place, character in enumerate(plain, start=1):
        if character not in ALPHABET:
            raise TokenError(
                N_("编号的第 %(place)s 个字符“%(character)s”不会出现在编号里；请对照凭条再看一遍。"),
                place=place,
                character=character,
            )
    if len(plain) != ALIAS_CHARACTERS + 1:
        raise TokenError(
            N_("编号应有 %(expected)s 个字符，现在是 %(found)s 个；请对照凭条补全。"),
            expected=ALIAS_CHARACTERS + 1,
            found=len(plain),
        )
    if _check(plain[:-1]) != plain[-1]:
        raise TokenError(N_("编号里有字符打错了，或有两个字符颠倒了；请对照凭条逐个核对。"))
    return Alias(_printed(plain[:-1]))


def alias_digest(alias: Alias, salt: bytes, cost: AliasCost) -> bytes:
    """argon2id (RFC 9106, one lane) of the alias with the campaign's salt of 16 bytes, 32 bytes."""
    return _slow(b"pingyi/alias/v1" + alias.encode("ascii"), salt, cost)


def typing_key(alias: Alias, salt: bytes, cost: AliasCost) -> bytes:
    """The key under which lies what was typed of a sheet of paper, 32 bytes: whoever has not got the slip cannot make it.

    As slow as the digest, and another one: nothing that is stored leads to it (docs/threat-model.md, "Forms of paper").
    """
    return _slow(b"pingyi/paper/v1" + alias.encode("ascii"), salt, cost)


def _slow(secret: bytes, salt: bytes, cost: AliasCost) -> bytes:
    """By libsodium, which takes half the time of the reference code for the same digest: a round prints ten thousand of them."""
    return argon2id.kdf(DIGEST_BYTES, secret, salt, opslimit=cost.time, memlimit=cost.memory * 1024)


def style_id(rng: Rng = system_random.token_bytes) -> str:
    """A random 10-character id of a ballot style, as it stands in the address."""
    return _digits(int.from_bytes(rng(7), "big") >> 6, STYLE_CHARACTERS)


def crockford(data: bytes, characters: int) -> str:
    """The first `characters` base-32 characters of `data` (at least 5 * characters bits long)."""
    return _digits(int.from_bytes(data, "big") >> (len(data) * 8 - 5 * characters), characters)


def digits(number: int, count: int) -> str:
    """A number below 32**count as so many base-32 characters."""
    return _digits(number, count)


def check_character(body: str) -> str:
    """The character that finds every single mistyped character and every swap of two in `body` (at most 30 characters)."""
    return _check(body)


def plain_code(text: str) -> str:
    """A typed code without separators, in upper case, look-alikes replaced."""
    return _plain(text)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).upper()
    kept = (character for character in folded if character not in _SEPARATORS and not character.isspace())
    return "".join(kept).translate(_READ_AS)


def _digits(number: int, count: int) -> str:
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(count - 1, -1, -1))


def _number(text: str) -> int:
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    return number


def _check(body: str) -> str:
    """The check character: a weighted sum in the field of 32 elements with weights x, x², x³ …

    All weights differ and none is zero, so every single mistyped character and every swap of two different characters
    is caught, also when the check character itself is one of them (its weight is 1).
    """
    total = 0
    for character in reversed(body):
        total = _times_x(total) ^ ALPHABET.index(character)
    return ALPHABET[_times_x(total)]


def _times_x(element: int) -> int:
    """The element times x in GF(32) = GF(2)[x] / (x⁵ + x² + 1)."""
    element <<= 1
    return element ^ 0b100101 if element & 0b100000 else element


def _printed(body: str) -> str:
    groups = [body[start : start + 4] for start in range(0, ALIAS_CHARACTERS, 4)]
    return "-".join([*groups, _check(body)])
