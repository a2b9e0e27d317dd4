"""Looking up a receipt: is the ballot with this code recorded? Says yes or no, never what it says or when it came."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.i18n import N_
from survey_app.models import Ballot
from survey_app.services.sealing.sealed_content import RECEIPT_CHARACTERS, receipt_code
from survey_app.services.sealing.tokens import ALPHABET, TokenError, plain_code

_WHOLE_BYTES = RECEIPT_CHARACTERS * 5 // 8  # 12 bytes and a half: the whole bytes narrow the search to a row or none


def is_recorded(session: Session, code: str) -> bool:
    """Whether a ballot with this receipt code is stored (in force or replaced). Raises TokenError for what is no code."""
    plain = plain_code(code)
    if len(plain) != RECEIPT_CHARACTERS or any(character not in ALPHABET for character in plain):
        raise TokenError(
            N_("回执码有 %(expected)s 个字符（每 5 个一组），现在读到 %(found)s 个；请对照回执核对。"),
            expected=RECEIPT_CHARACTERS,
            found=len(plain),
        )
    return leaf_of_receipt(session, plain) is not None


def leaf_of_receipt(session: Session, plain: str) -> bytes | None:
    """The stored leaf that this code, without separators and in our alphabet, is the beginning of; by the index on leaves."""
    number = 0
    for character in plain:
        number = number << 5 | ALPHABET.index(character)
    start = (number >> 4).to_bytes(_WHOLE_BYTES, "big")
    near = session.scalars(select(Ballot.leaf).where(Ballot.leaf >= start, Ballot.leaf <= start + b"\xff" * 20))
    return next((leaf for leaf in near if receipt_code(leaf).replace("-", "") == plain), None)
