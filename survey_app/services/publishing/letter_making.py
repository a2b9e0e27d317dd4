"""Many letters at once: written by a process beside the server, told on the page, and taken once.

Lives here: starting it, its note, and the file it leaves. May not live here: what stands in a letter (`letters`).

Threat answered to: five hundred confidential letters that lie about. The file is readable to us alone, goes when it is taken, and
before new ones are made; what is taken was published before.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from analysis.records import Record
from survey_app.config import Config
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign
from survey_app.services.working_notes import WorkingNotes, born

_FOLDER = "letters"
#: The module that writes them (`survey_app/letters_beside.py`), which is started as a program of its own.
PROGRAM: Final = "survey_app.letters_beside"
#: What there is: a Word file for each, or one PDF with all of them.
KINDS = ("docx", "pdf")


class LettersNote(Record, frozen=True, kw_only=True):
    """What is known of letters being written. `process`, `born`: which process does it; `ready`: the file is there; `sentence`:
    why it stopped, with the parts of that sentence as texts."""

    account: str
    kind: str
    process: int
    born: str
    done: int = 0
    whole: int = 0
    ready: bool = False
    sentence: str = ""
    parts: Mapping[str, str] = {}

    @property
    def running(self) -> bool:
        """Whether somebody is at it."""
        return not self.ready and not self.sentence and born(self.process) == self.born


class LettersNotes(WorkingNotes[LettersNote]):
    """The note on one campaign's letters, and the file."""

    kind = LettersNote

    @property
    def file(self) -> Path:
        """Where the letters lie once they are written."""
        return self.folder / f"{self.campaign}.file"

    def clear(self) -> None:
        """Nothing is left of earlier ones."""
        self.file.unlink(missing_ok=True)
        self.forget()


def notes_of(config: Config, campaign: Campaign) -> LettersNotes:
    """Where this campaign's note is. The key is one of ours, never what somebody typed."""
    return LettersNotes(config.data / _FOLDER, campaign.key)


def refuse_kind(kind: str) -> None:
    """Raises UserError for what is none of `KINDS`."""
    if kind not in KINDS:
        raise UserError(N_("请选 Word 或者 PDF。"))


def start(config: Config, campaign: Campaign, kind: str, *, account: str, language: str) -> None:
    """Begin to write everybody's letter beside the server; returns at once. Raises RefusedError while that is under way."""
    notes = notes_of(config, campaign)
    before = notes.find()
    if before is not None and before.running:
        raise RefusedError(N_("信正在写，请等它写完；这一页会自己更新。"))
    notes.clear()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", PROGRAM],
        stdin=subprocess.PIPE,
        env=config.environment(),
        start_new_session=True,  # a signal to the server's terminal is none to this
    )
    notes.write(LettersNote(account=account, kind=kind, process=process.pid, born=born(process.pid)))
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    with process.stdin as pipe:
        pipe.write(json.dumps({"campaign": campaign.key, "language": language}).encode())
    _STARTED.append(process)
    _STARTED[:] = [one for one in _STARTED if one.poll() is None]  # those that ended are let go of


_STARTED = list["subprocess.Popen[bytes]"]()


def take(config: Config, campaign: Campaign) -> tuple[bytes, str]:
    """The file and its kind, and then it is gone. Raises RefusedError where there is none."""
    notes = notes_of(config, campaign)
    note = notes.find()
    if note is None or not note.ready or not notes.file.is_file():
        raise RefusedError(N_("没有写好的信可以取：已经取走了，或者还没有写。请再写一次。"))
    content = notes.file.read_bytes()
    notes.clear()
    return content, note.kind
