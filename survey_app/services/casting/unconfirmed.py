"""Ballots of which nobody knows whether they are kept: what a voter is told, and how to know it of an earlier request's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from survey_app.i18n import N_
from survey_app.services.casting.refusals import BusyError
from survey_app.standbys import wait_until_kept


@contextlib.contextmanager
def unconfirmed() -> Iterator[None]:
    """BusyError for a database that cannot take it now, or did not say that it is kept."""
    try:
        yield
    except (OperationalError, PoolTimeoutError) as trouble:
        raise BusyError(
            N_("服务器现在收不下，这一次没有得到确认；请过几秒再按一次“送出”，如果其实已经收到，不会重复计票。")
        ) from trouble


def make_sure(engine: Engine) -> None:
    """Before anybody is told of a ballot that another request stored: it is wherever an acknowledged one has to be.

    That request may have waited for a standby in vain, and its ballot is seen all the same. Raises BusyError.
    """
    with unconfirmed():
        wait_until_kept(engine)
