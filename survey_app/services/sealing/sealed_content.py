"""What is inside a sealed ballot, and the digests around it: canonical bytes, commitment, leaf, receipt code.

Lives here: formats that must never change silently, because ballots sealed today are opened later and receipts are
checked by strangers. May not live here: databases, keys.

Content: {"marks":hex,"r":hex,"v":1} with "signature":{"ink":…,"name":…} when signed and "wide":true when one mark takes
two bytes. Keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.canonical import canonical_bytes
from analysis.records import Hex, Record, plain, read, shaped
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.services.sealing.tokens import crockford

FORMAT: Final = 1
RANDOMNESS_BYTES = 32
RECEIPT_CHARACTERS = 20  # 100 bits of the leaf: enough that nobody finds a second ballot with the same code
INK_WIDTH, INK_HEIGHT = 1000, 400  # the sheet on which strokes are drawn, in its own units
_INK_MOST = 12_000  # characters; a long signature takes about 3,000
_NAME_MOST = 60
_INK = re.compile(r"\d{1,4} \d{1,4}(?: \d{1,4} \d{1,4})*(?:;\d{1,4} \d{1,4}(?: \d{1,4} \d{1,4})*)*", re.ASCII)


class SignatureError(UserError):
    """A typed name is missing or the drawing is not a drawing."""


class DamagedContentError(RefusedError):
    """A sealed content opened with the right key does not have our format."""


@dataclass(frozen=True)
class Signature:
    """A typed name and, where one was drawn, the strokes: "x y x y;x y …" on a sheet of 1000 by 400 units."""

    name: str
    ink: str = ""


class _Signature(Record, frozen=True):
    name: str
    ink: str


class _Content(Record, frozen=True, omit_defaults=True):
    """The content as sealed. `r`: the commitment's random value; `wide`: two bytes a mark."""

    v: Literal[1]
    marks: Hex
    r: Hex
    wide: bool = False
    signature: _Signature | None = None


@dataclass(frozen=True)
class OpenedBallot:
    """A ballot as it was filled: marks by slot, the commitment's random value, the signature of a signed ballot."""

    marks: tuple[int, ...]
    randomness: bytes
    signature: Signature | None = None


def check_signature(name: str, ink: str) -> Signature:
    """The signature, tidied. Raises SignatureError with the sentence for the reader."""
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if not tidy:
        raise SignatureError(N_("记名表要签名才能送出；请在“签名”一栏输入您的姓名。"))
    if len(tidy) > _NAME_MOST or any(unicodedata.category(character)[0] == "C" for character in tidy):
        raise SignatureError(N_("签名一栏只填姓名，最多 %(most)s 个字，不含换行和控制字符；请改正。"), most=_NAME_MOST)
    if ink and (len(ink) > _INK_MOST or not _INK.fullmatch(ink) or not _on_sheet(ink)):
        raise SignatureError(N_("手写签名没有完整传到；请清除后重新签一次，也可以不手写。"))
    return Signature(tidy, ink)


def ink_strokes(ink: str) -> list[list[tuple[int, int]]]:
    """The strokes as lists of points; empty for no ink."""
    strokes = []
    for stroke in ink.split(";") if ink else []:
        numbers = [int(number) for number in stroke.split(" ")]
        strokes.append(list(zip(numbers[::2], numbers[1::2], strict=True)))
    return strokes


def mark_bytes(marks: Sequence[int], *, wide: bool) -> bytes:
    """Marks as bytes, one each, or two (big-endian) when the ballot's largest scale needs it."""
    return b"".join(mark.to_bytes(2, "big") for mark in marks) if wide else bytes(marks)


def submission_digest(tag: bytes, submission_id: bytes) -> bytes:
    """SHA-256(domain || tag of slip or link || submission id): knows the same submission again, until the close erases it.

    Nothing of the answers, the signature or the words belongs to it: whoever holds slip and id could try them all on it, and
    every answer of the server that rests on it would say whether he was right. The id is secret and random (128 bits).
    """
    return hashlib.sha256(b"pingyi/submission/v2" + tag + submission_id).digest()


def commitment(randomness: bytes, marks: bytes) -> bytes:
    """SHA-256(r || marks). The voter never learns r, so a receipt proves inclusion and never content (design §5)."""
    return hashlib.sha256(randomness + marks).digest()


def leaf(*, campaign: str, style: str, key: bytes, committed: bytes, version: int) -> bytes:
    """SHA-256(0x00 || canonical JSON): the ballot's leaf in the proof log; `key` is the slip's tag or the ballot's key.

    `version` says what kind of commitment it carries (`commitments`).
    """
    record = {"campaign": campaign, "commitment": committed.hex(), "slip": key.hex(), "style": style, "v": version}
    return hashlib.sha256(b"\x00" + canonical_bytes(record)).digest()


def receipt_code(leaf_digest: bytes) -> str:
    """The receipt as people read it: the leaf's first 20 base-32 characters in groups of five."""
    text = crockford(leaf_digest, RECEIPT_CHARACTERS)
    return "-".join(text[start : start + 5] for start in range(0, RECEIPT_CHARACTERS, 5))


def write_content(ballot: OpenedBallot, *, wide: bool) -> bytes:
    """The canonical bytes to be sealed."""
    signature = None if ballot.signature is None else shaped(ballot.signature, _Signature)
    marks, randomness = Hex(mark_bytes(ballot.marks, wide=wide)), Hex(ballot.randomness)
    return canonical_bytes(plain(_Content(v=FORMAT, marks=marks, r=randomness, wide=wide, signature=signature)))


def read_sealed(content: bytes) -> OpenedBallot:
    """The ballot in opened content. Raises DamagedContentError for anything `write_content` would not have written."""
    try:
        record = read(content, _Content)
        marks, wide = record.marks, record.wide
        numbers = tuple(marks) if not wide else tuple(int.from_bytes(marks[at : at + 2], "big") for at in range(0, len(marks), 2))
        signature = None if record.signature is None else shaped(record.signature, Signature)
        ballot = OpenedBallot(numbers, bytes(record.r), signature)
        whole = write_content(ballot, wide=wide) == content and len(ballot.randomness) == RANDOMNESS_BYTES
    except (ValueError, OverflowError) as problem:
        raise DamagedContentError(N_("有一张选票打开后不是本系统的格式；它按无效票处理前请先查明来源。")) from problem
    if not whole:
        raise DamagedContentError(N_("有一张选票打开后不是本系统的格式；它按无效票处理前请先查明来源。"))
    return ballot


def _on_sheet(ink: str) -> bool:
    return all(x <= INK_WIDTH and y <= INK_HEIGHT for stroke in ink_strokes(ink) for x, y in stroke)
