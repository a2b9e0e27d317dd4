"""One canonical JSON: the same content is the same bytes, wherever it is stored, signed or digested.

Keys are sorted, no spaces, characters as they are, UTF-8. A float is refused: its shortest decimal is no exact number, and two
programs write it differently. The checker (`survey_app/proof/verify.py`) writes the same bytes by its own lines, on purpose.
Lives here: writing and digesting. May not live here: what is written, and keys.
"""

from __future__ import annotations

import hashlib
import json

_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_WRITE_ASCII = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_LEAVES = (str, int, bool, type(None))


class InexactError(ValueError):
    """A float, `given`, where only what is exact may stand."""

    def __init__(self, given: float) -> None:
        super().__init__(f"{given!r} is a float; numbers that decide are written as text")
        self.given = given


def canonical(content: object) -> str:
    """The canonical text. Raises InexactError for a float, TypeError for what JSON does not know."""
    refuse_floats(content)
    return _WRITE(content)


def canonical_bytes(content: object) -> bytes:
    """The same as UTF-8. Raises UnicodeEncodeError (a ValueError) for half of a surrogate pair as well."""
    return canonical(content).encode("utf-8")


def canonical_ascii(content: object) -> bytes:
    """The same with other characters than ASCII escaped: wrapped keys are written so since the first, and one that a campaign
    stored must stay what it is byte by byte."""
    refuse_floats(content)
    return _WRITE_ASCII(content).encode("ascii")


def digest(text: str) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def refuse_floats(content: object) -> None:
    """Raise InexactError if a float stands anywhere in the content, as a key too."""
    if isinstance(content, _LEAVES):
        return
    if isinstance(content, float):
        raise InexactError(content)
    if isinstance(content, dict):
        for key, value in content.items():
            refuse_floats(key)
            refuse_floats(value)
    elif isinstance(content, list | tuple):
        for value in content:
            refuse_floats(value)
