"""A count that takes longer than anybody waits for a page: done by a process beside the server, and what is known of it.

Lives here: starting it, and the note by which every process of the server knows how far it is. May not live here: the count.

Threats answered to:
- What was typed to open the box goes to that process through a pipe, which nobody else can read, and stands neither in a file nor
  among its arguments nor in its environment. The note holds numbers, an account's name and, after a refusal, its sentence.
- Whatever dies in mid-count leaves the campaign as it was, because a count is stored by one transaction at its end. The note says
  which process was at it; where that is no more, the office is told so, and opens again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.records import Record
from survey_app.config import Config
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Ballot, Campaign, Subject
from survey_app.services.counting.opening import CountStep
from survey_app.services.working_notes import WorkingNotes, born

_FOLDER = "counts"
#: From so much on nobody waits for the page: some seconds of opening, or of computing.
MANY_BALLOTS, MANY_SUBJECTS = 5_000, 1_000
#: The module that does it (`survey_app/counting_beside.py`), which is started as a program of its own.
PROGRAM: Final = "survey_app.counting_beside"


class AlreadyOpeningError(RefusedError):
    """Somebody opens this box just now."""


class CountNote(Record, frozen=True, kw_only=True):
    """What is known of a count beside the server. `process`, `born`: which process does it; `sentence`: why it refused, with the
    parts of that sentence as texts; "" as long as it did not."""

    account: str
    process: int
    born: str
    step: CountStep = CountStep.OPENING
    done: int = 0
    whole: int = 0
    sentence: str = ""
    parts: Mapping[str, str] = {}

    @property
    def refused(self) -> bool:
        """Whether the count stopped with a sentence."""
        return bool(self.sentence)

    @property
    def running(self) -> bool:
        """Whether somebody is at it."""
        return not self.refused and born(self.process) == self.born


class Notes(WorkingNotes[CountNote]):
    """The note on one campaign's count."""

    kind = CountNote


def notes_of(config: Config, campaign: Campaign) -> Notes:
    """Where this campaign's note is. The key is one of ours, never what somebody typed."""
    return Notes(config.data / _FOLDER, campaign.key)


def is_long(session: Session, campaign: Campaign) -> bool:
    """Whether the count takes longer than anybody should wait for a page."""
    ballots = session.scalar(select(func.count()).select_from(Ballot).where(Ballot.campaign_id == campaign.id)) or 0
    subjects = session.scalar(select(func.count()).select_from(Subject).where(Subject.campaign_id == campaign.id)) or 0
    return ballots >= MANY_BALLOTS or subjects >= MANY_SUBJECTS


def start(config: Config, campaign: Campaign, *, said: Sequence[str], account: str) -> None:
    """Begin to open and count beside the server; returns at once.

    Parameters
    ----------
    config
        The settings, which that process works with too.
    campaign
        Closed or counted; whether it may be opened, and whether `said` opens it, the caller has asked.
    said
        The passphrase, or shares.
    account
        Who does this.

    Raises
    ------
    AlreadyOpeningError
        While a count of this campaign is under way on this machine.
    """
    notes = notes_of(config, campaign)
    before = notes.find()
    if before is not None and before.running:
        raise AlreadyOpeningError(N_("正在开箱，请等它做完；这一页会自己更新。"))
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", PROGRAM],
        stdin=subprocess.PIPE,
        env=config.environment(),
        start_new_session=True,  # a signal to the server's terminal is none to the count
    )
    notes.write(CountNote(account=account, process=process.pid, born=born(process.pid)))
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    with process.stdin as pipe:
        pipe.write(json.dumps({"campaign": campaign.key, "account": account, "said": list(said)}).encode())
    _STARTED.append(process)
    _STARTED[:] = [one for one in _STARTED if one.poll() is None]  # those that ended are let go of


_STARTED = list["subprocess.Popen[bytes]"]()
