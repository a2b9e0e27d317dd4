"""A trustee's share as it leaves the server: a letter that says whose it is and of which campaign, sealed to that trustee's key.

Lives here: the letter, dealing to keys, handing a share on to a one-time key. May not live here: pages, who is asked to answer.

What stands in the seal, JSON with these keys: {"format":"pingyi-share/1","campaign":…,"title":…,"opening_key":hex,"holder":…,
"number":…,"needed":…,"holders":[…],"digests":[hex …],"answer":…,"share":…}. Who opens it with stock age reads the answer in it,
and may seal the very same letter to the opening's one-time key; `pingyi trustee` does no more than that, and looks closer.

Threats answered to:
- The office, its browser, its disk and its letters see sealed files only: `deal_to_keys` gives no share to anybody.
- A share of another campaign, altered, or dealt before the last dealing: each letter carries the digests of all shares, which the
  set-up epoch fixes, and is compared with them before it is answered.
- A letter handed on to a key of somebody else's making: not found out here. People compare the fingerprint (docs/trustees.md).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import nacl.utils

from analysis.records import Hex, Record, RecordError, plain, read
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.sealing import age_files, custody, trustees
from survey_app.services.sealing.age_files import AgeError, NotForThisKeyError
from survey_app.services.sealing.custody import BySealedShares, HoldersError
from survey_app.services.sealing.tokens import Rng

_FORMAT: Final = "pingyi-share/1"


class LetterError(UserError):
    """A letter that is none, or does not belong where it was brought."""

    status = 422


class ShareLetter(Record, frozen=True):
    """What stands in the seal."""

    format: Literal["pingyi-share/1"]
    campaign: str
    title: str
    opening_key: Hex
    holder: str
    number: int
    needed: int
    holders: tuple[str, ...]
    digests: tuple[Hex, ...]
    answer: str
    share: str

    def __repr__(self) -> str:
        return f"ShareLetter({self.number}, …)"


@dataclass(frozen=True)
class KeyHolder:
    """A trustee with a key of their own: the name, and the public key as age writes it."""

    name: str
    key: str


def deal_to_keys(
    holders: Sequence[KeyHolder], *, needed: int, campaign: str, title: str, rng: Rng = nacl.utils.random
) -> tuple[bytes, bytes]:
    """A new key pair for trustees with keys of their own: (public key, wrapped private key). No share comes out unsealed.

    Raises HoldersError for names, keys or numbers that cannot be, AgeError for a key that is none.
    """
    keys = check_keys(holders)
    dealt = custody.deal([one.name for one in holders], needed=needed, rng=rng)
    answers = [trustees.answer_of(share, dealt.public) for share in dealt.shares]
    letters = [
        ShareLetter(
            format=_FORMAT,
            campaign=campaign,
            title=title,
            opening_key=Hex(dealt.public),
            holder=name,
            number=share.number,
            needed=needed,
            holders=dealt.holders,
            digests=dealt.digests,
            answer=answer,
            share=trustees.write(share),
        )
        for name, share, answer in zip(dealt.holders, dealt.shares, answers, strict=True)
    ]
    kept = BySealedShares(
        v=3,
        kdf="sealed-shares",
        needed=needed,
        holders=dealt.holders,
        keys=keys,
        series=Hex(trustees.series_of(dealt.public)),
        digests=dealt.digests,
        answers=tuple(Hex(trustees.answer_digest(answer)) for answer in answers),
        sealed=tuple(age_files.seal_to(key, _text(letter)).decode("ascii") for key, letter in zip(keys, letters, strict=True)),
        box=dealt.box,
    )
    return dealt.public, custody.write(kept)


def check_keys(holders: Sequence[KeyHolder]) -> tuple[str, ...]:
    """The trustees' public keys as age writes them. Raises AgeError, HoldersError: the same key for two of them."""
    keys: list[str] = []
    for one in holders:
        try:
            keys.append(age_files.read_recipient(one.key))
        except AgeError as wrong:
            raise type(wrong)(N_("%(name)s：%(what)s"), name=one.name, what=_(wrong.sentence, **wrong.parts)) from wrong
        if keys[-1] in keys[:-1]:
            first = holders[keys.index(keys[-1])].name
            raise HoldersError(
                N_("%(first)s 和 %(second)s 交来的是同一把公钥；每位保管人要有自己的一把。"), first=first, second=one.name
            )
    return tuple(keys)


def number_answering(kept: BySealedShares, answer: str) -> int:
    """Which trustee this answer comes from, counted from 1. Raises WrongAnswerError."""
    given = trustees.answer_digest(answer)
    found = [at for at, known in enumerate(kept.answers, 1) if hmac.compare_digest(known, given)]
    if not found:
        raise trustees.WrongAnswerError(
            N_("这个回答码不是这一次分发的：可能来自另一次评议，或重新分发以前的文件；请保管人用现在的文件再做一次。")
        )
    return found[0]


def open_letter(secret: str, sealed: bytes) -> ShareLetter:
    """The letter sealed to this private key, its share compared with the digests. Raises LetterError, AgeError."""
    try:
        letter = _letter(age_files.open_with(secret, sealed))
    except NotForThisKeyError as wrong:
        raise LetterError(
            N_("这个文件不是封给您这把钥匙的：可能是另一位保管人的，或封给了您以前的钥匙；请向主办单位要您的那一份。")
        ) from wrong
    except AgeError as wrong:
        raise LetterError(N_("这不是一份完好的密钥片文件；请向主办单位再要一次。")) from wrong
    share = trustees.read(letter.share)
    known = letter.digests[letter.number - 1] if 0 < letter.number <= len(letter.digests) else b""
    if share.number != letter.number or not hmac.compare_digest(trustees.digest_of(share), known):
        raise LetterError(N_("文件里的密钥片和它自己的摘要对不上，不能作答；请让主办单位重新分发。"))
    return letter


def hand_on(letter: ShareLetter, recipient: str) -> bytes:
    """The letter sealed anew, to an opening's one-time key. Raises AgeError."""
    return age_files.seal_to(recipient, _text(letter))


def share_released(secret: str, sealed: bytes, campaign: str) -> str:
    """The share in what a trustee handed on to a one-time key. Raises LetterError, for use in a sentence about one of several."""
    if _FORMAT.encode() in sealed:
        raise LetterError(N_("没有封：密钥片就这样送到了这台电脑，请当作已被人看到，并告诉各位保管人"))
    try:
        letter = _letter(age_files.open_with(secret, sealed))
    except NotForThisKeyError as wrong:
        raise LetterError(
            N_("不是封给现在这把一次性公钥的，是给上一次的，或还没有转封；请保管人照页上现在的公钥再做一次")
        ) from wrong
    except AgeError as wrong:
        raise LetterError(N_("不是一份完好的交付文件，请保管人再做一次")) from wrong
    if letter.campaign != campaign:
        raise LetterError(N_("属于另一次评议“%(title)s”，请保管人换这次评议的那一份"), title=letter.title)
    return letter.share


def _letter(content: bytes) -> ShareLetter:
    try:
        return read(content, ShareLetter)
    except RecordError as wrong:
        raise AgeError(N_("里面不是密钥片")) from wrong


def _text(letter: ShareLetter) -> bytes:
    return json.dumps(plain(letter), ensure_ascii=False, indent=1).encode() + b"\n"
