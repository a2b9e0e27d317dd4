"""Whether this office has two people for what takes two, or has said that one does it all.

Nothing said means two: silence never makes an office weaker. Saying "one" is open to the only person there is, at set-up; once
there were two it takes both, and the way back to two takes one. What is counted are people who could be the second, disabled ones
too: whoever locks the colleague out is not thereby alone.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Account, OfficeSize
from survey_app.roles import Capability, granted


def last_said(session: Session) -> OfficeSize | None:
    """The last thing the office said of its size; None while it has said nothing."""
    return session.scalars(select(OfficeSize).order_by(OfficeSize.id.desc()).limit(1)).first()


def is_alone(session: Session) -> bool:
    """Whether one person does here what otherwise takes two."""
    said = last_said(session)
    return said is not None and said.alone


def seconds(session: Session) -> list[Account]:
    """Everybody who could be a second person and has ever been able to sign in, by name."""
    rows = session.scalars(select(Account).where(Account.password.is_not(None)).order_by(Account.name))
    return [one for one in rows if Capability.WITNESS in granted(one.roles)]


def was_ever_two(session: Session) -> bool:
    """Whether there are, or were, two people here."""
    return len(seconds(session)) > 1


def should_ask(session: Session) -> bool:
    """Whether the only person there is has yet to say whether there will be a second."""
    return last_said(session) is None and not was_ever_two(session)


def say(session: Session, *, alone: bool, account: str, now: dt.datetime) -> None:
    """Write down what the office says of its size. The caller commits.

    Raises:
        RefusedError: two, where nobody could be the second yet: everything that takes two would stand still.
    """
    if not alone and last_said(session) is not None and sum(not one.disabled for one in seconds(session)) < 2:
        raise RefusedError(N_("现在只有一个人能登录，改成两个人就什么也办不成；请先建立第二个人的账户，等设好口令再改。"))
    session.add(OfficeSize(alone=alone, said=now, said_by=account))
    session.flush()
