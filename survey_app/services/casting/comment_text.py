"""A comment as text: tidied, measured, and written into a content whose length says nothing about it.

Lives here: what is done with the words themselves. May not live here: keys, rows, the floor.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from analysis import records
from analysis.canonical import canonical_bytes
from analysis.records import Record, plain
from questionnaires.model import Scheme
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.services.sealing.sealed_content import DamagedContentError

_FORMAT: Final = 1
#: Room for what stands around the words: group and unit at their longest, a signer's number and version.
_AROUND = 640
_BYTES_A_CHARACTER = 4  # of UTF-8 at most; the two characters that JSON escapes take two
#: Joiners without which Uyghur words and some signs fall apart; every other invisible character could mark a comment.
_KEPT_FORMAT = "\u200c\u200d"
_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")


class CommentError(UserError):
    """A comment that is too long."""


@dataclass(frozen=True)
class Comment:
    """What is in one box. `rater` and `version` are 0 for an anonymous form; `text` is "" where nothing was written."""

    group: str
    unit: str
    text: str
    rater: int = 0
    version: int = 0


class _Content(Record, frozen=True, omit_defaults=True):
    """A comment as sealed; `rater` and `version` on a signed form only."""

    v: Literal[1]
    group: str
    unit: str
    text: str
    rater: int | None = None
    version: int | None = None


def tidy(typed: str) -> str:
    """The words without what nobody sees: control and format characters, blanks at the ends, more than one empty line."""
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", typed)).replace("\t", " ")
    text = "".join(one for one in text if one == "\n" or _visible(one))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def check(text: str, most: int) -> None:
    """Raise CommentError for tidy words that are too long."""
    if len(text) > most:
        raise CommentError(N_("意见最多 %(most)s 个字，现在是 %(found)s 个；请删短一些再送出。"), most=most, found=len(text))


def size(scheme: Scheme) -> int:
    """The length of every content of a campaign on this scheme, whatever is written and by whom."""
    return _AROUND + _BYTES_A_CHARACTER * max(group.comment.most for group in scheme.groups.values() if group.comment)


def write(comment: Comment, length: int) -> bytes:
    """The bytes to be sealed: canonical JSON filled up with spaces. ValueError when they do not fit."""
    signed = (comment.rater, comment.version) if comment.rater else (None, None)
    content = canonical_bytes(plain(_Content(_FORMAT, comment.group, comment.unit, comment.text, *signed)))
    if len(content) > length:
        raise ValueError("a comment does not fit its box")
    return content.ljust(length)


def read(content: bytes) -> Comment:
    """The comment in an opened content. Raises DamagedContentError for anything `write` would not have written."""
    try:
        record = records.read(content, _Content)
        found = Comment(record.group, record.unit, record.text, record.rater or 0, record.version or 0)
        whole = write(found, len(content)) == content and tidy(found.text) == found.text
    except ValueError as problem:
        raise DamagedContentError(N_("有一份意见打开后不是本系统的格式；请先查明来源。")) from problem
    if not whole:
        raise DamagedContentError(N_("有一份意见打开后不是本系统的格式；请先查明来源。"))
    return found


def _visible(character: str) -> bool:
    """Not a control, a format character (joiners apart), half of a pair, or a code that never is a character."""
    kind = unicodedata.category(character)
    never = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return not never and (kind not in ("Cc", "Cf", "Cs") or character in _KEPT_FORMAT)
