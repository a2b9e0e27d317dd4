"""Records as stored, digested, signed or sent: their shape declared once, written and read by msgspec and never field by field.

A shape is a `Record` (an object) or a `Row` (a list whose places have names). It says what the bytes hold and nothing more; what
the house works with may look different, and `shaped` takes one into the other by the names of their fields. What does not fit is
refused with the place at which it does not: a key nobody knows, a number where text belongs, a float for a whole number.

A dataclass is no shape: msgspec would read past keys that it does not know (tests/analysis/test_records.py holds that none is
used). Rules over a whole record stay with whoever reads it. What is digested or signed is made canonical by the room that signs.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec

Kind = TypeVar("Kind")


class RecordError(ValueError):
    """Not the record it should be. The sentence names the place, as `$.books[0].cast`; other errors name it as their cause."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An object with these keys and no others. `omit_defaults=True` on a shape leaves out what has its default."""


class Row(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A list with these places and no more. The order of the fields is the order in the bytes."""


class Hex(bytes):
    """Bytes that a record holds in small hexadecimal digits."""

    __slots__ = ()


#: A SHA-256 that is looked at as text, in small hexadecimal digits.
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


def read(data: str | bytes, kind: type[Kind]) -> Kind:
    """The record in this JSON.

    Parameters
    ----------
    data
        The JSON, as text or UTF-8.
    kind
        The shape: a `Record`, a `Row`, or a tuple or mapping of them.

    Raises
    ------
    RecordError
        For anything else than that shape; the sentence names the place.
    """
    try:
        return msgspec.json.decode(data, type=kind, dec_hook=_in)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise RecordError(str(error)) from error


def shaped(value: object, kind: type[Kind]) -> Kind:
    """The same facts in another shape, by the names of their fields: a record as what the house works with, or back.

    Parameters
    ----------
    value
        An object with the fields.
    kind
        The shape it is to have.

    Raises
    ------
    RecordError
        When a field is missing or does not fit.
    """
    try:
        return msgspec.convert(value, kind, from_attributes=True, dec_hook=_in)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise RecordError(str(error)) from error


def plain(record: object) -> Any:
    """The record as objects, lists, text and numbers, for a writer of JSON."""
    return msgspec.to_builtins(record, enc_hook=_out)


def _in(kind: type, value: object) -> object:
    if kind is Hex and isinstance(value, str):
        found = Hex.fromhex(value)
        if found.hex() == value:  # fromhex lets capitals and spaces pass
            return found
        raise ValueError("Expected small hexadecimal digits")
    raise TypeError(f"Expected {kind.__name__}")


def _out(value: object) -> object:
    if isinstance(value, Hex):
        return value.hex()
    raise TypeError(f"{value!r} has no place in a record")
