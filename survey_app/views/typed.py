"""What people type or send, read in one way: whole numbers, page numbers, files. Nonsense is never an error of the server.

A whole number is decimal digits, in whatever width or script the keyboard gives them, blanks around them apart; a sign, a point,
a word or more digits than asked for make no number. What then happens is said where it is asked: a page is the first one, a
number that decides is refused with a sentence.
"""

from __future__ import annotations

from flask import request
from werkzeug.routing import IntegerConverter

from survey_app.services.uploads import Upload

#: Numbers of rows: more digits than any has, fewer than a database takes.
ROW_DIGITS = 9


class RowNumber(IntegerConverter):
    """A number in an address. One with more digits leads nowhere, and never to a database that cannot take it."""

    regex = rf"\d{{1,{ROW_DIGITS}}}"


def whole(text: str, *, digits: int = ROW_DIGITS) -> int | None:
    """The number in a text of at most so many digits; None for anything else."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= digits else None


def page_of(pages: int) -> int:
    """The page that the address or the form asks for: the first for nonsense, the last for one beyond it."""
    return min(pages, max(1, whole(request.values.get("page", "")) or 1))


def files_sent(name: str, *, most: int) -> list[Upload]:
    """The files of a field, without empty places. Of each at most one byte over `most` is read; its reader refuses it then."""
    return [Upload(one.filename, one.stream.read(most + 1)) for one in request.files.getlist(name) if one.filename]


def file_sent(name: str, *, most: int) -> Upload | None:
    """The one file of a field; None where none was chosen."""
    return next(iter(files_sent(name, most=most)), None)
