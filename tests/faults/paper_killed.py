"""A clerk's second typing in a process of its own that dies by `kill -9` at a given place."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from typing import NoReturn

from sqlalchemy import select

from survey_app.database import make_engine, session_factory
from survey_app.models import PaperStack
from survey_app.services.casting.forms_at_hand import form_at_hand
from survey_app.services.paper import stacks, transcribing, typed_sheets
from survey_app.services.paper.transcribing import PaperSheet
from survey_app.services.sealing.tokens import parse_alias
from tests.towns.small_scheme import GOOD_MARKS, QUICK


def _die(*_arguments: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("killed")


def main(url: str, style: str, alias: str, account: str, where: str) -> None:
    """Type sheet 1 and be killed: before the cast, or after it."""
    setattr(*((transcribing, "_cast") if where == "before" else (stacks, "mark")), _die)
    with session_factory(make_engine(url))() as session:
        stack = session.scalars(select(PaperStack)).one()
        sheet = PaperSheet(
            stack_id=stack.id,
            campaign_id=stack.campaign_id,
            here=form_at_hand(session, style),
            number=1,
            alias=parse_alias(alias),
            account_id=int(account),
            account="经办",
            cost=QUICK,
            now=dt.datetime(2026, 11, 30, tzinfo=dt.UTC),
        )
        transcribing.put(session, sheet, typed_sheets.typed(GOOD_MARKS, [str(mark) for mark in GOOD_MARKS], ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
