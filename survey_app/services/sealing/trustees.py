"""Trustees' shares as they stand on paper: written as groups to type, read back, and named when one is wrong.

Lives here: the format of a share and the question which shares fit together. May not live here: the field (`sealing.shamir`),
the key that is kept (`custody`), sheets of paper (`printing`).

A share is 40 bytes: version and how many are needed (a half byte each), its number and how many there are (a half byte each),
2 bytes that bind it to the campaign's public key, 32 bytes of the secret's share, and 4 bytes of SHA-256 over all before. On
paper these are 16 groups of four characters and a check character that depends on the group's place, in Crockford's alphabet.
Characters and not words of a list: a list of Chinese words has to be read aloud, chosen from an input method's candidates and
told from its homophones, whereas digits and Latin capitals are on every keyboard, and each group says itself whether it is right.

Threats answered to:
- A share copied wrongly, with groups exchanged, of another campaign, used twice or kept from before the shares were made anew is
  named with its place; nothing is opened on a guess.
- A trustee who hands over a false share on purpose, checksums and all: the digest of every share is kept with the wrapped key. A
  share's value is 32 random bytes, so its digest gives nobody anything to guess at.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey_app.errors import UserError
from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.services.sealing import shamir, tokens

VERSION = 1
GROUPS = 16
GROUP_CHARACTERS = 5
ANSWER_CHARACTERS = 23
MOST_HOLDERS = shamir.MOST_SHARES


class WrongSharesError(UserError):
    """The shares given do not open the key: too few, or some of them wrong; each is named. Nothing was changed."""

    status = 403


class WrongAnswerError(UserError):
    """An answer that none of these trustees can have given; nothing was written down."""

    status = 422


class _ShareError(UserError):
    """What is wrong with one share."""


@dataclass(frozen=True)
class Share:
    """One share as read. `series` binds it to a campaign; `value` is never shown in a traceback."""

    number: int
    total: int
    needed: int
    series: bytes
    value: bytes

    def __repr__(self) -> str:
        return f"Share({self.number}/{self.total}, …)"


@dataclass(frozen=True)
class Issue:
    """What is known of the shares once made: of which series, how many are needed, and each one's digest in order."""

    series: bytes
    needed: int
    digests: tuple[bytes, ...]


def series_of(public_key: bytes) -> bytes:
    """The two bytes by which a share is told from another campaign's. The digests decide; this only finds the right words."""
    return hashlib.sha256(b"pingyi/share-series/v1" + public_key).digest()[:2]


def digest_of(share: Share) -> bytes:
    """What is kept of a share so that a false one is noticed."""
    return hashlib.sha256(b"pingyi/share/v1" + _packed(share)).digest()


def fingerprint_of(recipient: str) -> str:
    """What people compare aloud of a public key: the first 32 digits of SHA-256 of its text, as `sha256sum` prints them."""
    return hashlib.sha256(recipient.encode("ascii")).hexdigest()[:32]


def in_fours(digits: str) -> str:
    """A fingerprint in groups of four, so that two people can read it to each other."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def answer_of(share: Share, public_key: bytes) -> str:
    """What a trustee says to prove that the sealed share was opened and is whole: 115 bits of HMAC-SHA256 under the share, and a
    check character, in six groups of four. Nobody gets from it to the share."""
    mac = hmac.digest(_packed(share), b"pingyi/trustee-answer/v1" + public_key, "sha256")
    body = tokens.crockford(mac, ANSWER_CHARACTERS)
    whole = body + tokens.check_character(body)
    return "-".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def answer_digest(answer: str) -> bytes:
    """What is kept of an answer, so that it can be recognised. Raises UserError for what cannot be one."""
    plain = tokens.plain_code(answer)
    body, check = plain[:ANSWER_CHARACTERS], plain[ANSWER_CHARACTERS:]
    if len(check) != 1 or any(one not in tokens.ALPHABET for one in plain) or tokens.check_character(body) != check:
        raise WrongAnswerError(N_("回答码应有 6 组、每组 4 个字符，现在抄错或抄漏了；请对照保管人给的再看一遍。"))
    return hashlib.sha256(b"pingyi/trustee-answer/v1" + plain.encode("ascii")).digest()


def write(share: Share) -> str:
    """The share as printed: 16 groups of five characters, separated by spaces."""
    number = int.from_bytes(_packed(share) + _checksum(_packed(share)), "big")
    bodies = [tokens.digits(number >> 20 * (GROUPS - 1 - at) & 0xFFFFF, GROUP_CHARACTERS - 1) for at in range(GROUPS)]
    return " ".join(body + _check(at, body) for at, body in enumerate(bodies))


def read(text: str) -> Share:
    """The share typed or scanned; case, separators and look-alikes are forgiven. Raises UserError saying which group is wrong."""
    plain = tokens.plain_code(text)
    for character in plain:
        if character not in tokens.ALPHABET:
            raise _ShareError(N_("有一个不会出现在密钥片上的字符“%(character)s”，请对照原件再看一遍"), character=character)
    if len(plain) != GROUPS * GROUP_CHARACTERS:
        raise _ShareError(
            N_("应有 %(groups)s 组、%(expected)s 个字符，现在是 %(found)s 个，抄漏或多抄了"),
            groups=GROUPS,
            expected=GROUPS * GROUP_CHARACTERS,
            found=len(plain),
        )
    groups = [plain[at : at + GROUP_CHARACTERS] for at in range(0, len(plain), GROUP_CHARACTERS)]
    wrong = [str(at + 1) for at, group in enumerate(groups) if _check(at, group[:-1]) != group[-1]]
    if wrong:
        raise _ShareError(N_("第 %(groups)s 组抄错了，请对照原件逐字核对"), groups=listed(wrong))
    number = 0
    for group in groups:
        for character in group[:-1]:
            number = number << 5 | tokens.ALPHABET.index(character)
    data = number.to_bytes(GROUPS * 20 // 8, "big")
    packed, checksum = data[:-4], data[-4:]
    if not hmac.compare_digest(_checksum(packed), checksum):
        raise _ShareError(N_("总校验不对，有几组抄错了，或混进了别的密钥片的组，请从头核对"))
    if packed[0] >> 4 != VERSION:
        raise _ShareError(N_("是另一个版本的程序做的，请用制作它的版本开启"))
    return Share(packed[1] >> 4, packed[1] & 15, packed[0] & 15, packed[2:4], packed[4:])


def make(secret: bytes, *, series: bytes, needed: int, total: int, rng: tokens.Rng) -> tuple[Share, ...]:
    """The secret's shares in order. Raises ValueError for numbers that make no sense."""
    parts = shamir.split(secret, needed=needed, total=total, rng=rng)
    return tuple(Share(at, total, needed, series, value) for at, value in parts.items())


def secret_of(texts: Sequence[str], issue: Issue) -> bytes:
    """The secret from the shares as typed, each checked against what was made. Raises WrongSharesError naming every wrong one."""
    problems: list[str] = []
    places: dict[int, int] = {}
    values: dict[int, bytes] = {}
    for place, text in enumerate(texts, start=1):
        if not text.strip():
            continue  # a field left empty keeps the numbers of the others as they stand on the page
        try:
            share = read(text)
            _fits(share, issue, places)
        except _ShareError as wrong:
            problems.append(_("第 %(place)s 份密钥片：%(what)s。", place=place, what=_(wrong.sentence, **wrong.parts)))
        else:
            places[share.number], values[share.number] = place, share.value
    if problems:
        raise WrongSharesError(N_("密钥片没有通过核对，什么也没有打开。%(problems)s"), problems=" ".join(problems))
    if len(values) < issue.needed:
        raise WrongSharesError(
            N_("开启要 %(needed)s 份密钥片，现在只有 %(found)s 份，什么也没有打开；请再请一位保管人到场。"),
            needed=issue.needed,
            found=len(values),
        )
    chosen = sorted(values)[: issue.needed]
    return shamir.combine({number: values[number] for number in chosen})


def _fits(share: Share, issue: Issue, places: Mapping[int, int]) -> None:
    if share.series != issue.series:
        raise _ShareError(N_("属于另一次评议，或是重新制作以前的旧片，请找这次评议的那一份"))
    known = issue.digests[share.number - 1] if 0 < share.number <= len(issue.digests) else b""
    if not hmac.compare_digest(digest_of(share), known):
        raise _ShareError(N_("不是当时印出的那一份（%(number)s 号），内容被改过或是伪造的"), number=share.number)
    if share.number in places:
        raise _ShareError(N_("和第 %(place)s 份是同一份，请换另一位保管人的"), place=places[share.number])


def _packed(share: Share) -> bytes:
    return bytes([VERSION << 4 | share.needed, share.number << 4 | share.total]) + share.series + share.value


def _checksum(packed: bytes) -> bytes:
    return hashlib.sha256(b"pingyi/share-check/v1" + packed).digest()[:4]


def _check(at: int, body: str) -> str:
    """The check character of the group at this place, so that an exchanged group is noticed like a mistyped one."""
    return tokens.check_character(tokens.ALPHABET[at] + body)
