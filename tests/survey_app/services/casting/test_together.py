"""Ballots that arrive together: one transaction, each told what became of its own, and none kept out by another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from unittest import mock

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey_app.database import session_factory
from survey_app.models import Ballot
from survey_app.plain_sql import PlainTransaction
from survey_app.services.casting import cast, together
from survey_app.services.casting.cast import Credential
from survey_app.services.casting.refusals import BusyError, SpentSlipError
from survey_app.services.casting.settled import BallotPlace, Receipt, Recorded
from survey_app.services.sealing.tokens import slip_tag
from tests.towns.small_scheme import GOOD_MARKS, QUICK, Town, build

Sending = Session | PlainTransaction


@dataclass
class Hall:
    """A town whose voters cast at the same moment."""

    engine: Engine
    town: Town
    commits: list[int] = field(default_factory=list)

    def send(self, number: int, submission: bytes) -> Receipt | Exception:
        with session_factory(self.engine)() as session:
            try:
                return cast.cast(
                    session,
                    style_id=self.town.guests,
                    credential=Credential(secret=self.town.slips[number][0]),
                    submission_id=submission,
                    marks=GOOD_MARKS,
                    alias_cost=QUICK,
                )
            except Exception as told:
                return told

    def at_once(self, *sent: tuple[int, bytes]) -> list[Receipt | Exception]:
        """All of them wait in line before the first has its turn."""
        line, ready = together.line_of(self.engine), threading.Event()
        commit = PlainTransaction.commit

        def counted(transaction: PlainTransaction) -> None:
            commit(transaction)
            self.commits.append(1)

        with mock.patch.object(PlainTransaction, "commit", counted), ThreadPoolExecutor(len(sent)) as pool:
            with line._turn:
                told = [pool.submit(self.send, number, submission) for number, submission in sent]
                while len(line._line) < len(sent):
                    ready.wait(0.01)
            return [one.result() for one in told]

    def stored(self) -> int:
        with session_factory(self.engine)() as look:
            return look.scalar(select(func.count()).select_from(Ballot)) or 0


@pytest.fixture
def hall(session: Session, engine: Engine) -> Hall:
    town = build(session, slips=12)
    session.close()
    return Hall(engine, town)


def ids(number: int) -> bytes:
    return bytes([number]) * 16


def test_ten_that_wait_are_stored_by_one_commit_and_each_gets_its_own_receipt(hall: Hall) -> None:
    told = hall.at_once(*((number, ids(number)) for number in range(10)))
    assert len({one.leaf for one in told if isinstance(one, Receipt)}) == 10
    assert (hall.stored(), len(hall.commits)) == (10, 1)


def test_one_slip_twice_at_the_same_moment_is_one_ballot(hall: Hall) -> None:
    """Sent twice it is one receipt; another submission of the same slip is told that it was used. The line is in no order."""
    told = hall.at_once((0, ids(0)), (0, ids(0)), (0, ids(9)), (1, ids(1)))
    receipts = [one for one in told if isinstance(one, Receipt)]
    assert hall.stored() == 2
    assert len({one.leaf for one in receipts}) == 2
    assert [type(one) for one in told].count(SpentSlipError) in (1, 2)  # whichever of the two submissions came first
    assert isinstance(told[3], Receipt)


def test_one_that_cannot_be_stored_keeps_nobody_else_out(hall: Hall) -> None:
    """The third's row breaks a rule of the table: the others are stored one by one, and only the third is told."""
    insert, broken = cast._insert, slip_tag(hall.town.slips[2][0])

    def worse(transaction: Sending, place: BallotPlace, ready: cast._Sealed, found: Recorded) -> Receipt:
        if place.holder.tag == broken:
            ready = cast._Sealed(b"too short", ready.sealed, ready.committed, ready.box)
        return insert(transaction, place, ready, found)

    with mock.patch.object(cast, "_insert", worse):
        told = hall.at_once(*((number, ids(number)) for number in range(5)))
    assert [isinstance(one, Receipt) for one in told] == [True, True, False, True, True]
    assert hall.stored() == 4


def test_a_commit_that_fails_acknowledges_nobody(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_transaction: PlainTransaction) -> None:
        raise OperationalError("COMMIT", None, Exception("disk full"))

    send: Callable[[int, bytes], Receipt | Exception] = hall.send
    with monkeypatch.context() as broken:
        broken.setattr(PlainTransaction, "commit", full)
        told = [send(number, ids(number)) for number in range(3)]
    assert [type(one) for one in told] == [BusyError] * 3
    assert hall.stored() == 0
    assert isinstance(send(0, ids(0)), Receipt)  # and the same again is taken


def test_whoever_waits_too_long_behind_a_commit_is_told_that_nothing_is_confirmed(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where every standby is gone; what waited is stored later, once."""
    monkeypatch.setattr(together, "PATIENCE_SECONDS", 0.05)
    with together.line_of(hall.engine)._turn:
        assert isinstance(hall.send(0, ids(1)), BusyError)
        assert isinstance(hall.send(0, ids(1)), BusyError)
    receipt = hall.send(0, ids(1))
    assert isinstance(receipt, Receipt)
    assert hall.stored() == 1
