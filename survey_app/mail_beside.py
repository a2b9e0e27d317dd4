"""The process that hands reminders to the mail server, a program of its own that `signed.mailing` starts.

It reads its order from standard input and tells its note how many are done; what it refuses stands in the note as a sentence.
"""

from __future__ import annotations

import sys

from analysis.records import Record, plain, read
from survey_app import clock, times
from survey_app.config import Config, timezone_from_environment
from survey_app.database import make_engine, session_factory
from survey_app.errors import UserError
from survey_app.i18n import N_, speaking
from survey_app.private_memory import keep_private
from survey_app.services.campaign import campaigns
from survey_app.services.signed import mail_reminders, mailing
from survey_app.services.signed.mailing import MailingNote

_BROKEN = N_("发送中途出了错；已经发出的不会再发，请查看服务器日志，再按一次。")


class _Order(Record, frozen=True):
    """What the server asks for."""

    campaign: str
    language: str


def main() -> None:
    """Send as ordered."""
    keep_private()
    order, config = read(sys.stdin.buffer.read(), _Order), Config.from_environment()
    engine = make_engine(config.database_url)
    with times.told_in(timezone_from_environment()), speaking(order.language), session_factory(engine)() as session:
        campaign = campaigns.by_key(session, order.campaign)
        notes = mailing.notes_of(config, campaign)
        note = notes.find()
        if note is None or config.mail is None:
            return

        def tell(**news: object) -> None:
            notes.write(MailingNote(**{**plain(note), **news}))

        counted = (0, 0)

        def told(done: int, whole: int) -> None:
            nonlocal counted
            counted = (done, whole)
            tell(done=done, whole=whole)

        try:
            mail_reminders.send_all(session, campaign, config.mail, now=clock.now, day=times.day(clock.now()), told=told)
            tell(done=counted[0], whole=counted[1], ready=True)
        except UserError as error:
            parts = {name: str(part) for name, part in error.parts.items()}
            tell(done=counted[0], whole=counted[1], sentence=error.sentence, parts=parts)
        except BaseException:
            tell(done=counted[0], whole=counted[1], sentence=_BROKEN)
            raise


if __name__ == "__main__":
    main()
