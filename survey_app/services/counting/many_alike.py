"""Many ballots of one form opened at once: whoever is found in order here is in order, everybody else is looked at one by one.

Nothing is decided here but that a ballot is wholly in order, by the same checks as `judging`, made on a block of bytes in place
of ballot by ballot: a million of these are the longest part of a count, and what is not the seal itself costs a fifth so. What is
in any way unusual, and every form whose leaves are cut, is left to `judging`, which alone says what is wrong with a ballot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.canonical import canonical_bytes
from analysis.limits import LimitTable, broken_all
from survey_app.models.style import WHOLE
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.counting.ballot_box import StyleToOpen
from survey_app.services.counting.key_ranges import BoxRow
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.custody import OpeningKey, UnopenableError
from survey_app.services.sealing.sealed_content import RANDOMNESS_BYTES, OpenedBallot

Bytes = NDArray[np.uint8]
_NO_DIGIT = 255
_DIGITS = np.full(256, _NO_DIGIT, dtype=np.uint8)
_DIGITS[list(b"0123456789abcdef")] = range(16)  # capitals are none: nothing of ours writes them


@dataclass(frozen=True)
class InOrder:
    """Marks of the ballots found in order, (ballots, slots), with their keys; and those to be looked at."""

    marks: Bytes
    keys: list[bytes]
    others: list[BoxRow]


@dataclass(frozen=True)
class _Shape:
    """How the content of an ordinary ballot of this form is laid out: its bytes, where its hexadecimal digits stand (marks first,
    then randomness), which codes each slot may bear, and the limits that a ballot has to keep."""

    bytes: Bytes
    fixed: NDArray[np.intp]
    digits: NDArray[np.intp]
    allowed: NDArray[np.bool_]
    limits: tuple[LimitTable, ...]


def find(campaign: str, style: StyleToOpen, key: OpeningKey, rows: Sequence[BoxRow]) -> InOrder:
    """Of ballots that have a slip and were not superseded, those that are in order, opened."""
    slots = len(style.paper.slots)
    if style.row.leaf_version != WHOLE or style.paper.wide() or not slots:
        return InOrder(np.zeros((0, slots), dtype=np.uint8), [], list(rows))
    shape = _shape_of(style)
    contents, opened, others = [], [], []
    for row in rows:
        try:
            content = custody.open_sealed(key, row.sealed)
        except UnopenableError:
            content = b""
        if len(content) == len(shape.bytes):
            contents.append(content)
            opened.append(row)
        else:
            others.append(row)
    block = np.frombuffer(b"".join(contents), dtype=np.uint8).reshape(-1, len(shape.bytes))
    values, fine = _read(block, shape)
    marks = values[:, :slots]
    fine &= shape.allowed[np.arange(slots), marks].all(axis=1)
    fine &= ~broken_all(shape.limits, marks).any(axis=1) | ~marks.any(axis=1)
    fine &= _leaves_match(campaign, style.row.id, opened, values, slots)
    keys = [row.key for row, good in zip(opened, fine.tolist(), strict=True) if good]
    return InOrder(marks[fine], keys, others + [row for row, good in zip(opened, fine.tolist(), strict=True) if not good])


def _read(block: Bytes, shape: _Shape) -> tuple[Bytes, NDArray[np.bool_]]:
    """The bytes that the digits write, marks and then randomness; and which contents have this shape."""
    fine = (block[:, shape.fixed] == shape.bytes[shape.fixed]).all(axis=1)
    digits = _DIGITS[block[:, shape.digits]]
    fine &= (digits != _NO_DIGIT).all(axis=1)
    values: Bytes = (digits[:, ::2] * np.uint8(16)) | (digits[:, 1::2] & np.uint8(15))
    return values, np.asarray(fine, dtype=np.bool_)


def _leaves_match(campaign: str, style: str, rows: Sequence[BoxRow], values: Bytes, slots: int) -> NDArray[np.bool_]:
    """Whose leaf follows from what was in it (`sealed_content.commitment`, `sealed_content.leaf`)."""
    before, between, after = _leaf_parts(campaign, style)
    committed = np.hstack([values[:, slots:], values[:, :slots]])  # randomness first
    size, laid, sha256 = committed.shape[1], committed.tobytes(), hashlib.sha256
    found = np.empty(len(rows), dtype=np.bool_)
    for place, row in enumerate(rows):
        said = sha256(laid[place * size : place * size + size]).hexdigest()
        text = f"{before}{said}{between}{row.key.hex()}{after}"
        found[place] = sha256(text.encode("ascii")).digest() == row.leaf
    return found


@lru_cache(maxsize=4_096)
def _leaf_parts(campaign: str, style: str) -> tuple[str, str, str]:
    """What is hashed of a leaf, but for the commitment and the slip."""
    commitment, slip = "c" * 64, "d" * 64
    record = {"campaign": campaign, "commitment": commitment, "slip": slip, "style": style, "v": WHOLE}
    before, _, rest = ("\0" + canonical_bytes(record).decode("ascii")).partition(commitment)
    between, _, after = rest.partition(slip)
    return before, between, after


def _shape_of(style: StyleToOpen) -> _Shape:
    slots = len(style.paper.slots)
    low, high = (np.frombuffer(_content([byte] * slots, byte), dtype=np.uint8) for byte in (0x00, 0xFF))
    same = low == high
    limits = tuple(limit for limit in style.paper.limits if limit.effect in ("refuse", "void"))
    return _Shape(low, np.flatnonzero(same), np.flatnonzero(~same), _allowed(style.paper), limits)


def _content(marks: Sequence[int], byte: int) -> bytes:
    return sealed_content.write_content(OpenedBallot(tuple(marks), bytes([byte]) * RANDOMNESS_BYTES), wide=False)


def _allowed(paper: BallotPaper) -> NDArray[np.bool_]:
    """Which code may stand in which slot; 0, nothing marked, in each."""
    allowed = np.zeros((len(paper.slots), 256), dtype=np.bool_)
    allowed[:, 0] = True
    for place in range(len(paper.slots)):
        allowed[place, [choice.code for choice in paper.choices(place)]] = True
    return allowed
