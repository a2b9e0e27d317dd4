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
    """The canonical text: keys sorted by code point, no blanks, characters as they are.

    Raises
    ------
    InexactError
        For a float anywhere in the content.
    TypeError
        For what JSON does not know.

    Notes ----- Not RFC 8785, which sorts keys by UTF-16 units and writes numbers as a JavaScript engine does; here no float is
    written at all.
    """
    refuse_floats(content)
    return _WRITE(content)


def canonical_bytes(content: object) -> bytes:
    """The canonical text as UTF-8.

    Raises
    ------
    InexactError, TypeError
        As `canonical`.
    UnicodeEncodeError
        For half of a surrogate pair (a ValueError).
    """
    return canonical(content).encode("utf-8")


def canonical_ascii(content: object) -> bytes:
    """The canonical text with every character outside ASCII escaped.

    Wrapped keys have been written so from the first, and one that a campaign stored must stay what it is, byte by byte.

    Raises
    ------
    InexactError, TypeError
        As `canonical`.
    """
    refuse_floats(content)
    return _WRITE_ASCII(content).encode("ascii")


def digest(text: str) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def refuse_floats(content: object) -> None:
    """Refuse a float anywhere in the content, as a key too.

    Raises
    ------
    InexactError
        With the first float found.
    """
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
