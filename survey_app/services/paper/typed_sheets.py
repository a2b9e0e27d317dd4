"""What was typed of a sheet as it lies in the database: sealed under a key that only the code on the sheet's slip gives.

Lives here: the format, sealing and opening, whether two typings say the same. May not live here: rows, and who may type what.

Threat answered to: two blind typings have to be compared, so the first one waits. Whoever holds the database meanwhile finds the
account that typed it beside bytes of one length that do not open without the slip, and that lies in the paper form alone.
"""

from __future__ import annotations

import re
import secrets as system_random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from analysis.canonical import canonical_bytes
from analysis.records import Hex, Record, plain, read
from survey_app.services.casting.comment_text import tidy
from survey_app.services.casting.forms_at_hand import FormAtHand
from survey_app.services.casting.settled import SUBMISSION_BYTES

_FORMAT: Final = 1
#: Room for what stands around the answers; for a line with its mark and what was typed; for a character of a comment.
_AROUND, _A_LINE, _A_CHARACTER = 160, 64, 6
_UNSEEN = re.compile(r"\s+")


class _Content(Record, frozen=True):
    """A typing as sealed. `submission`: under which id the sheet is cast, however often that is tried."""

    v: Literal[1]
    submission: Hex
    marks: tuple[int, ...]
    keyed: tuple[str, ...]
    comment: str


@dataclass(frozen=True)
class TypedSheet:
    """One typing. `marks` by place; `keyed`: what stood in the fields, line by line, for whoever goes on with it."""

    marks: tuple[int, ...] = field(repr=False)
    keyed: tuple[str, ...] = field(repr=False)
    comment: str = field(repr=False)
    submission: bytes = field(repr=False)

    def says_the_same(self, other: TypedSheet) -> bool:
        """Whether both read the same marks and the same words; blanks and widths of words are nothing that was read."""
        return self.marks == other.marks and folded(self.comment) == folded(other.comment)


def typed(marks: Sequence[int], keyed: Sequence[str], comment: str, *, submission: bytes = b"") -> TypedSheet:
    """A typing with an id of its own, or with that of an earlier typing of the same sheet."""
    return TypedSheet(tuple(marks), tuple(keyed), tidy(comment), submission or system_random.token_bytes(SUBMISSION_BYTES))


def folded(words: str) -> str:
    """Words as two clerks would agree on them."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", words))


def seal(sheet: TypedSheet, key: bytes, here: FormAtHand) -> bytes:
    """The typing sealed. All typings of one form have one length, whatever they say."""
    content = canonical_bytes(plain(_Content(_FORMAT, Hex(sheet.submission), sheet.marks, sheet.keyed, sheet.comment)))
    room = _AROUND + _A_LINE * len(here.paper.slots) + _A_CHARACTER * (here.asked.most if here.asked else 0)
    if len(content) > room:
        raise ValueError("a typing does not fit its room")
    return bytes(SecretBox(key).encrypt(content.ljust(room)))


def unseal(sealed: bytes, key: bytes) -> TypedSheet | None:
    """The typing; None where it was typed with another slip's code."""
    try:
        found = read(SecretBox(key).decrypt(sealed), _Content)
    except CryptoError:
        return None
    return TypedSheet(found.marks, found.keyed, found.comment, bytes(found.submission))
