"""The scheme a new campaign's form brings: a draft or a shipped one chosen, a file, or the file an earlier try brought.

A browser hands over a chosen file only once. What is readable therefore goes back into a refused form, so that only a file
that is wrong itself has to be chosen again; nothing is stored on the server before all is right.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from questionnaires.shipped import ShippedScheme, shipped
from survey_app.errors import UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.scheme_desk import drafts
from survey_app.services.scheme_desk.checking import check
from survey_app.views.typed import file_sent

#: A scheme file is text written by hand; the largest published one has some 60 KiB.
SCHEME_BYTES = 1024 * 1024
#: The choice in the list of schemes that stands for the file in the form.
KEPT = "kept"
#: What a choice in the list begins with that stands for a draft of the scheme desk; its key follows.
DRAFT = "draft:"
_NAME_CHARACTERS = 120


@dataclass(frozen=True)
class SchemeFile:
    """A scheme file as it was brought. `name` is only shown."""

    name: str
    text: str

    def carried(self) -> str:
        """The text as a form carries it: a browser would turn its line breaks into others, and with them its digest."""
        return base64.b64encode(self.text.encode()).decode()


def brought(form: Mapping[str, str]) -> SchemeFile | None:
    """The file just uploaded, else the one the form carries if it is still chosen; None for neither. Raises UserError."""
    upload = file_sent("file", most=SCHEME_BYTES)
    if upload is not None:
        return SchemeFile(upload.name[-_NAME_CHARACTERS:], _decoded(upload.data))
    if form.get("scheme") != KEPT:
        return None
    try:
        data = base64.b64decode(form.get("kept_file", ""), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        raise UserError(N_("先前上传的方案文件没有跟来；请重新选择文件。"))
    return SchemeFile(form.get("kept_name", "")[-_NAME_CHARACTERS:], _decoded(data))


def chosen_text(form: Mapping[str, str], file: SchemeFile | None) -> str:
    """The text of the file, of the draft or of the shipped scheme chosen. Raises UserError."""
    if file is not None:
        return file.text
    if form.get("scheme", "").startswith(DRAFT):
        session = db_session()
        return drafts.newest(session, drafts.by_key(session, form["scheme"].removeprefix(DRAFT))).text
    for one in shipped_schemes():
        if one.key == form.get("scheme", ""):
            return one.path.read_text(encoding="utf-8")
    raise UserError(N_("请选择一个方案，或上传方案文件。"))


@lru_cache(maxsize=1)
def shipped_schemes() -> tuple[ShippedScheme, ...]:
    """Shipped schemes are part of the program and do not change while it runs."""
    return shipped()


def _decoded(data: bytes) -> str:
    if len(data) > SCHEME_BYTES:
        raise UserError(N_("方案文件超过 1 MB；请确认选的是方案（.yml）文件。"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UserError(N_("方案文件不是 UTF-8 编码的文字；请用文本编辑器另存为 UTF-8 再上传。")) from wrong


def drafts_offered() -> list[tuple[str, str]]:
    """The desk's drafts that the checker finds nothing wrong with, as choices of the list."""
    found = [(draft, newest) for draft, newest in drafts.all_drafts(db_session()) if check(newest.text).scheme is not None]
    return [
        (f"{DRAFT}{draft.key}", _("草稿：%(title)s（第 %(n)s 稿）", title=draft.title, n=newest.number))
        for draft, newest in found
    ]
