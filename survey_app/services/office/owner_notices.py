"""What the owner of an account is told: a link made for it, a factor reset, a sign-in from a browser not known before.

Lives here: telling, and acknowledging. May not live here: the acts themselves.

A notice is asked about in every browser but the one in which it was done: whoever got in cannot acknowledge it away there. The
account's page goes on showing the newest ones, acknowledged or not.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Account, OwnerNotice
from survey_app.services.office import browsers

#: What happened -> how it is told.
KINDS = {
    "link-made": N_("“%(by)s”为这个账户生成了新的一次性链接；拿到链接的人能设新口令"),
    "link-used": N_("有人用一次性链接设了新口令（%(browser)s）"),
    "new-browser": N_("从一个没有用过的浏览器登录了（%(browser)s）"),
    "recovery-used": N_("登录时用掉了一个恢复码（%(browser)s）"),
    "password-changed": N_("改了口令（%(browser)s）"),
    "factor-added": N_("加了一种第二重验证（%(browser)s）"),
    "factor-ended": N_("去掉了一种第二重验证（%(browser)s）"),
    "factor-reset": N_("“%(by)s”清除了这个账户的验证器、通行密钥和恢复码"),
}  # fmt: skip
KEPT_DAYS = 180
SHOWN = 12


def tell(
    session: Session,
    account: Account,
    kind: str,
    *,
    now: dt.datetime,
    by: str = "",
    browser: str = "",
    mark: bytes | None = None,
) -> None:
    """Leave a notice for the account's owner; what is too old to matter goes.

    Parameters
    ----------
    session, account
        The caller commits.
    kind
        A key of `KINDS`.
    now
        The moment.
    by
        Who did it, where it was somebody else.
    browser, mark
        In which browser of the account's own it was done, as `SignInSession` keeps them: there nobody is asked about it.
    """
    session.execute(delete(OwnerNotice).where(OwnerNotice.at < now - dt.timedelta(days=KEPT_DAYS)))
    session.add(OwnerNotice(account_id=account.id, kind=kind, at=now, by=by, browser=browser, mark=mark, seen=False))
    session.flush()


def waiting(session: Session, account_id: int, mark: bytes | None) -> list[OwnerNotice]:
    """What is to be acknowledged in this browser, oldest first."""
    query = select(OwnerNotice).where(_waiting(account_id, mark)).order_by(OwnerNotice.id)
    return list(session.scalars(query))


def newest(session: Session, account_id: int) -> list[OwnerNotice]:
    """The newest of all that was told, newest first."""
    query = select(OwnerNotice).where(OwnerNotice.account_id == account_id).order_by(OwnerNotice.id.desc()).limit(SHOWN)
    return list(session.scalars(query))


def acknowledge(session: Session, account_id: int, mark: bytes | None, upto: int) -> None:
    """Take note of what was shown: nothing younger than the notice `upto`."""
    session.execute(update(OwnerNotice).where(_waiting(account_id, mark), OwnerNotice.id <= upto).values(seen=True))


def sentence(notice: OwnerNotice) -> str:
    """What happened, in the reader's language."""
    return _(KINDS[notice.kind], by=notice.by, browser=browsers.in_words(notice.browser))


def _waiting(account_id: int, mark: bytes | None) -> ColumnElement[bool]:
    elsewhere = OwnerNotice.mark.is_(None) if mark is None else or_(OwnerNotice.mark.is_(None), OwnerNotice.mark != mark)
    return (OwnerNotice.account_id == account_id) & OwnerNotice.seen.is_(False) & elsewhere
