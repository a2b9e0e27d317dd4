"""The copy of a signed form: one canonical file that its author keeps, sealed with the key of the campaign's log.

Lives here: the file's format, its seal, and reading it back; the format must never change silently, because files kept today are
checked years later. May not live here: databases (`signed.own`), pages.

What a seal is worth. It is the office's own word that the ballot behind `leaf` holds exactly `marks`, under this name, at this
version. Who changes the ballot afterwards contradicts their own signature: an auditor who opens the leaf sees other marks. It
does not bind the author: anybody who held the link could have filled the form.

Nothing of it is stored. A form has few answers, so the seal or a digest of the file would let whoever has the database try
them all; the file leaves in the answer to the cast, and can be made again, byte for byte, only by opening the ballot.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

import nacl.exceptions
from nacl.signing import VerifyKey

from analysis import records
from analysis.canonical import canonical_bytes
from analysis.records import Digest, Hex, Record, plain, shaped
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.proof import checkpoints

FORMAT: Final = "pingyi-signed-form/1"
SEALED_AS = b"pingyi/signed-form/v1\n"
_KEY, _SEAL = 32, 64  # bytes
#: One subject and what was answered about it: code, name, pairs of question and answer ("" where nothing was marked).
Answers = tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


class CopyError(UserError):
    """A file that is no copy of a signed form, or was altered so that it is none any more."""

    status = 422


@dataclass(frozen=True, kw_only=True)
class SignedForm:
    """What the author signed. `rater`, `invited`: code and name on the roster; `name`: as typed; `ink`: SHA-256 of the strokes.

    `marks`: the codes in the form's order, as docs/bundle.md writes openings; `answers` the same in words, in the scheme's own
    language, so that there is one record and not one for each language of the page.
    """

    campaign: str
    title: str
    period: str
    form: str
    group: str
    rater: str
    invited: str
    version: int
    leaf: str
    marks: str
    answers: Answers
    name: str
    ink: str


class _Form(Record, frozen=True):
    """The form as sealed."""

    campaign: str
    title: str
    period: str
    form: str
    group: str
    rater: str
    invited: str
    version: int
    leaf: Digest
    marks: str
    answers: Answers
    name: str
    ink: str


class _File(_Form, frozen=True):
    """The file."""

    format: Literal["pingyi-signed-form/1"]
    key: Hex
    seal: Hex


@dataclass(frozen=True)
class Copy:
    """A form with the key and the seal that came with it. Who made the key is another question: compare its fingerprint."""

    form: SignedForm
    key: bytes
    seal: bytes

    def fits(self, key: bytes) -> bool:
        """Whether this key sealed exactly this form."""
        try:
            VerifyKey(key).verify(SEALED_AS + canonical_bytes(_record(self.form, self.key)), self.seal)
        except (nacl.exceptions.BadSignatureError, ValueError):
            return False
        return True

    def text(self) -> str:
        """The file: one line of canonical JSON."""
        return canonical_bytes({**_record(self.form, self.key), "seal": self.seal.hex()}).decode()


def ink_digest(ink: str) -> str:
    """What the record says of a drawing; "" where none was made."""
    return hashlib.sha256(ink.encode()).hexdigest() if ink else ""


def seal(form: SignedForm, *, key: bytes, boxed: bytes, secret: str) -> Copy:
    """The form sealed with the log's key. The same form gives the same bytes every time. Raises SigningKeyError."""
    _, signature = checkpoints.sign_bytes(SEALED_AS + canonical_bytes(_record(form, key)), boxed, secret)
    return Copy(form, key, signature)


def read(text: str) -> Copy:
    """The copy in a file's text. Raises CopyError for anything `Copy.text` would not have written."""
    text = text.strip().removeprefix("\ufeff")  # an editor may have put a mark in front or a line end behind
    try:
        record = records.read(text, _File)
        made = Copy(shaped(record, SignedForm), bytes(record.key), bytes(record.seal))
        sized = (len(made.key), len(made.seal)) == (_KEY, _SEAL)
        whole = made.text() == text
    except ValueError as wrong:
        raise CopyError(N_("这不是记名评议表的存根文件；请选送出后下载的那个文件，不要改动它。")) from wrong
    if not sized:
        raise CopyError(N_("这不是记名评议表的存根文件；请选送出后下载的那个文件，不要改动它。"))
    if not whole:
        raise CopyError(N_("这个存根文件的写法被改动过，不能核对；请用送出后下载的原文件。"))
    return made


def _record(form: SignedForm, key: bytes) -> dict[str, object]:
    return {**plain(shaped(form, _Form)), "format": FORMAT, "key": key.hex()}
