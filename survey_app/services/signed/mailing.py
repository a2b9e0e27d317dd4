"""Reminders by mail on their way: started beside the server, told on the page.

Lives here: starting the process and its note. May not live here: what a mail says and how it is sent (`mail_reminders`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

from analysis.records import Record
from survey_app.config import Config
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Campaign
from survey_app.services.working_notes import WorkingNotes, born

_FOLDER = "reminders"
#: The module that sends them (`survey_app/mail_beside.py`), which is started as a program of its own.
PROGRAM: Final = "survey_app.mail_beside"


class MailingNote(Record, frozen=True, kw_only=True):
    """What is known of mails being sent. `process`, `born`: which process does it; `ready`: it is through; `sentence`: why it
    stopped, with the parts of that sentence as texts. No name and no address stands in it."""

    account: str
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


class MailingNotes(WorkingNotes[MailingNote]):
    """The note on one campaign's mails."""

    kind = MailingNote


def notes_of(config: Config, campaign: Campaign) -> MailingNotes:
    """Where this campaign's note is. The key is one of ours, never what somebody typed."""
    return MailingNotes(config.data / _FOLDER, campaign.key)


def start(config: Config, campaign: Campaign, *, account: str, language: str) -> None:
    """Begin to send beside the server; returns at once. Raises RefusedError while that is under way, and without a server."""
    if config.mail is None:
        raise RefusedError(N_("还没有设置邮件服务器；请管理员按 docs/configuration.md 设置 PINGYI_MAIL_SERVER。"))
    notes = notes_of(config, campaign)
    before = notes.find()
    if before is not None and before.running:
        raise RefusedError(N_("提醒正在发送，请等它发完；这一页会自己更新。"))
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", PROGRAM],
        stdin=subprocess.PIPE,
        env=config.environment(),
        start_new_session=True,  # a signal to the server's terminal is none to this
    )
    notes.write(MailingNote(account=account, process=process.pid, born=born(process.pid)))
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    with process.stdin as pipe:
        pipe.write(json.dumps({"campaign": campaign.key, "language": language}).encode())
    _STARTED.append(process)
    _STARTED[:] = [one for one in _STARTED if one.poll() is None]  # those that ended are let go of


_STARTED = list["subprocess.Popen[bytes]"]()
