"""The process that opens and counts beside the server, a program of its own that `services.counting.beside` starts.

It reads what opens the box from its standard input, a pipe from the server, and tells its note how far it is. What it has done is
one transaction at the end; what it refuses stands in the note, as a sentence for the office's page.
"""

from __future__ import annotations

import sys

from analysis.records import Record, read
from survey_app import clock, times
from survey_app.config import Config, timezone_from_environment
from survey_app.database import audit_keys, make_engine, session_factory
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.private_memory import keep_private
from survey_app.services.campaign import campaigns
from survey_app.services.counting import beside, counting
from survey_app.services.counting.beside import CountNote, Notes
from survey_app.services.counting.opening import CountStep

_BROKEN = N_("开箱中途出了错，什么也没有存；请查看服务器日志，再开一次。")


class _Order(Record, frozen=True):
    """What the server asks for."""

    campaign: str
    account: str
    said: tuple[str, ...]


def main() -> None:
    """Count as ordered."""
    keep_private()
    order, config = read(sys.stdin.buffer.read(), _Order), Config.from_environment()
    engine = make_engine(config.database_url, keys=audit_keys(config))
    with times.told_in(timezone_from_environment()), session_factory(engine)() as session:
        with session_factory(engine, reading=True)() as reading:
            campaign = campaigns.by_key(reading, order.campaign)
            notes = beside.notes_of(config, campaign)
            try:
                counting.open_and_count(
                    session,
                    session.merge(campaign, load=False),
                    passphrase=order.said,
                    account=order.account,
                    now=clock.now(),
                    progress=lambda step, done, whole: _tell(notes, step, done, whole),
                    reading=reading,
                )
                session.commit()
            except UserError as error:
                _refuse(notes, error)
                return
            except BaseException:
                _refuse(notes, UserError(_BROKEN))
                raise
        notes.forget()


def _tell(notes: Notes, step: CountStep, done: int, whole: int) -> None:
    own = notes.find()
    if own is not None:
        notes.write(CountNote(account=own.account, process=own.process, born=own.born, step=step, done=done, whole=whole))


def _refuse(notes: Notes, error: UserError) -> None:
    own = notes.find()
    if own is not None:
        parts = {name: str(part) for name, part in error.parts.items()}
        notes.write(CountNote(account=own.account, process=own.process, born=own.born, sentence=error.sentence, parts=parts))


if __name__ == "__main__":  # its own worker processes load this file too, under another name
    main()
