"""Whether a password was stolen somewhere: looked up in a list that lies on this machine. Nothing is asked of anybody else.

The list is the office's own to fetch: digests (SHA-1, 40 hexadecimal digits, one a line, sorted; behind a colon may stand how
often), as "Pwned Passwords" gives them out. It may be larger than memory: it is searched by halves, some forty reads a password.
SHA-1 is what the lists are made of; nothing is stored or protected by it here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.services.office.passwords import PasswordError

#: Key of the engine's execution option that names the list.
OPTION = "pingyi_stolen_passwords"
_LINE = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?\r?\n?")
#: So many places of the list are looked at when the server starts: is it sorted at all?
_PROBES = 64


class StolenListError(UserError):
    """A list that cannot be searched."""


def refuse_listed(session: Session, password: str) -> None:
    """Raises PasswordError for a password on the list; without a list nothing is looked up."""
    path = session.get_bind().get_execution_options().get(OPTION)
    if path is not None and is_listed(path, password):
        raise PasswordError(N_("这个口令在别处被盗过，有人拿着它到处试；请换一个没有在别处用过的。"))


def is_listed(path: Path, password: str) -> bool:
    """Whether the list has the digest of this password."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:  # the first line that begins in [low, high) or later is compared
            middle = (low + high) // 2
            line = _line_after(file, middle)
            digest = line[:40].upper()
            if hmac.compare_digest(digest, wanted):
                return True
            if line and digest < wanted:
                low = file.tell()
            else:
                high = middle
    return False


def refuse_unfit(path: Path) -> None:
    """Raises StolenListError for a file that is not there or is no sorted list of digests, as far as some looks tell."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            seen = [_line_after(file, size * one // _PROBES) for one in range(_PROBES)]
    except OSError as error:
        raise StolenListError(
            N_("PINGYI_STOLEN_PASSWORDS 指的文件 %(path)s 读不了（%(what)s）；请核对路径和权限。"),
            path=path,
            what=error.strerror or error,
        ) from error
    found = [line[:40].upper() for line in seen if line]
    if not found or found != sorted(found) or not all(map(_LINE.fullmatch, filter(None, seen))):
        raise StolenListError(
            N_("PINGYI_STOLEN_PASSWORDS 指的文件 %(path)s 不是按摘要排好序的口令清单（每行 40 位 SHA-1）；请换按摘要排序的。"),
            path=path,
        )


def _line_after(file: IO[bytes], place: int) -> bytes:
    """The first whole line that begins at `place` or behind it; empty at the end."""
    file.seek(max(0, place - 1))
    if place:
        file.readline(100)
    return file.readline(100)
