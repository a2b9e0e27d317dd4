"""Whoever types aliases waits for others who type, holds nothing meanwhile, and scanned slips never notice."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from survey_app.database import session_factory
from survey_app.services.casting import cast
from survey_app.services.casting.alias_gate import AliasGate
from survey_app.services.casting.cast import Receipt
from survey_app.services.casting.credentials import Credential
from survey_app.services.casting.refusals import BusyError, UnknownSlipError
from survey_app.services.sealing import tokens
from tests.towns.small_scheme import GOOD_MARKS, QUICK, Town, build

#: More than a process has connections (`database.POOL`).
GUESSERS = 12


def sent(session: Session, town: Town, credential: Credential, gate: AliasGate, number: int = 0) -> Receipt:
    return cast.cast(
        session,
        style_id=town.guests,
        credential=credential,
        submission_id=number.to_bytes(16, "big"),
        marks=GOOD_MARKS,
        alias_cost=QUICK,
        gate=gate,
    )


def until(condition: str, gate: AliasGate, wanted: int) -> None:
    """Wait until so many stand in the gate's line."""
    for _ in range(1000):
        if gate._wide._in_line == wanted:
            return
        time.sleep(0.01)
    raise AssertionError(condition)


def test_guessers_in_line_hold_no_connection_and_scanned_slips_go_on(session: Session, engine: Engine) -> None:
    town = build(session, slips=3)
    session.close()
    gate, ended = AliasGate(wide=1, patience=60), []

    def guess() -> None:
        with session_factory(engine)() as own:
            try:
                sent(own, town, Credential(alias=tokens.mint_alias()), gate)
            except UnknownSlipError as wrong:
                ended.append(wrong)

    guessers = [threading.Thread(target=guess) for _ in range(GUESSERS)]
    with gate.admitted():  # a hash that takes long
        for one in guessers:
            one.start()
        until("all of them wait", gate, GUESSERS)
        pool = engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedout() == 0
        with session_factory(engine)() as own:
            for number, (secret, _alias) in enumerate(town.slips):
                assert isinstance(sent(own, town, Credential(secret=secret), gate, number), Receipt)
    for one in guessers:
        one.join()
    assert len(ended) == GUESSERS


def test_who_finds_the_line_full_is_told_at_once_and_keeps_the_slip(session: Session) -> None:
    town = build(session)
    gate = AliasGate(wide=1, waiting=1, patience=60)
    alias = Credential(alias=town.slips[0][1])
    waiting = threading.Thread(target=lambda: gate.admitted().__enter__())
    with gate.admitted():
        waiting.start()
        until("one waits", gate, 1)
        start = time.monotonic()
        with pytest.raises(BusyError, match="输入编号的人太多"):
            sent(session, town, alias, gate)
        assert time.monotonic() - start < 30  # of a patience of sixty
    waiting.join()
    assert isinstance(sent(session, town, alias, AliasGate()), Receipt)


def test_a_place_is_given_back_when_the_work_fails() -> None:
    gate = AliasGate(wide=1, patience=0.01)
    with pytest.raises(ZeroDivisionError), gate.admitted():
        raise ZeroDivisionError
    with gate.admitted():
        pass
