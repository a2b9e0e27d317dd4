"""Refusals in the log of acts: who was turned away from an office page, and how often, in few lines however many come.

The first of a kind about an account has its line at once; those of the next ten minutes are only counted, and the next line says
how many. All lines together are at most so many an hour; beyond that everything is counted. So nobody fills a disk by guessing.

What was typed is never kept: a name that no account has is counted with all others like it, under no name. Voters are never here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from survey_app.models import Account, RefusalCount
from survey_app.services.office import audit
from survey_app.services.office.account_names import tidy_name

#: What a refusal can be: the act in the log -> whether whoever is refused had signed in, so that the act is theirs.
KINDS = {
    "sign-in-failed": False,
    "sign-in-throttled": False,
    "code-refused": False,
    "link-refused": False,
    "origin-refused": False,
    "page-refused": True,
}
#: Whom a refusal concerns that concerns no account there is.
NOBODY = ""
QUIET = dt.timedelta(minutes=10)
HOUR = dt.timedelta(hours=1)
LINES_AN_HOUR = 30
_LINES = "lines of this hour"
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class UnwrittenRefusals:
    """Refusals that have no line yet."""

    kind: str
    account: str
    more: int


def note(session: Session, kind: str, *, name: str, now: dt.datetime, page: str = "") -> None:
    """Write down one refusal, or count it.

    Parameters
    ----------
    session
        The caller commits, after the answer is out: how long this takes must tell nobody whether a name exists.
    kind
        One of `KINDS`.
    name
        The account it concerns, or what was typed as one.
    now
        The moment.
    page
        Our own name of the page that was refused.
    """
    proven, account = KINDS[kind], _account(session, name)
    row = _row(session, kind, account)
    row.more += 1
    if now - row.since < QUIET:
        return
    lines = _row(session, _LINES, NOBODY)
    if now - lines.since >= HOUR:
        lines.since, lines.more = now, 0
    if lines.more >= LINES_AN_HOUR:
        return
    lines.more += 1
    # An act of nobody's: whoever is only said to have come has done nothing.
    told = f"{row.more} {page}" if proven else f"{row.more} {account}"
    audit.record(session, account=account if proven else NOBODY, action=kind, detail=told.rstrip(), now=now)
    row.since, row.more = now, 0


def uncounted(session: Session) -> Sequence[UnwrittenRefusals]:
    """What was counted since the last line of its kind and account."""
    rows = session.scalars(select(RefusalCount).where(RefusalCount.more > 0, RefusalCount.kind != _LINES))
    return sorted((UnwrittenRefusals(row.kind, row.account, row.more) for row in rows), key=lambda one: (one.kind, one.account))


def _account(session: Session, name: str) -> str:
    return session.scalar(select(Account.name).where(Account.name == tidy_name(name))) or NOBODY


def _row(session: Session, kind: str, account: str) -> RefusalCount:
    """The row, there and locked: two refusals at one moment are counted one after the other."""
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    fresh = insert(RefusalCount).values(kind=kind, account=account, since=_NEVER, more=0)
    session.execute(fresh.on_conflict_do_nothing())
    mine = (RefusalCount.kind == kind, RefusalCount.account == account)
    return session.scalars(select(RefusalCount).where(*mine).with_for_update().execution_options(populate_existing=True)).one()
