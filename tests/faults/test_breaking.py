"""Faults under load, a few rounds of each; `make faults` does many. After each: 0 lost, 0 double, every ballot as it was sent."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.faults import breaking, clock_jumps, history
from tests.faults.breaking import Outcome
from tests.faults.hall import voters
from tests.faults.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return breaking.new_place(tmp_path)


def held(outcome: Outcome) -> None:
    assert outcome.verdict.holds(), outcome
    assert outcome.verdict.acknowledged >= breaking.BEFORE


def test_workers_that_are_killed_take_no_acknowledged_ballot_with_them(place: Place) -> None:
    outcome = breaking.under_load("workers", place, 4, breaking.kill_a_worker)
    held(outcome)


def test_workers_renewed_while_people_vote_refuse_no_connection_and_lose_nothing(place: Place) -> None:
    outcome = breaking.under_load("reload", place, 2, breaking.renew_workers)
    held(outcome)
    assert (outcome.refused, outcome.cut_off) == (0, 0), outcome


@pytest.mark.slow
def test_a_server_killed_whole_starts_again_with_every_acknowledged_ballot(place: Place) -> None:
    held(breaking.kill_the_server(place, 2))


@pytest.mark.slow
def test_a_postgresql_killed_whole_recovers_every_acknowledged_ballot(tmp_path: Path) -> None:
    held(breaking.kill_the_database(tmp_path, 3))


def test_whatever_a_network_does_to_requests_each_slip_has_one_ballot_and_one_receipt(place: Place) -> None:
    outcome = breaking.bad_network(place, 120)
    held(outcome)
    assert outcome.verdict.stored == outcome.verdict.acknowledged == 120
    assert outcome.failed_tries > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule",
    [
        "pwrite64:error=EROFS",
        pytest.param("pwrite64:error=ENOSPC", marks=pytest.mark.slow),
        pytest.param("fdatasync,fsync:error=EIO", marks=pytest.mark.slow),
        "fdatasync,fsync:delay_exit=300000",
    ],
)
def test_a_disk_that_refuses_or_drags_costs_time_and_no_acknowledged_ballot(place: Place, rule: str) -> None:
    if why := breaking.can_trace():
        pytest.skip(f"no call of another program can be answered here: {why}")
    held(breaking.under_load(rule, place, 1, breaking.bad_disk(rule)))


def test_a_disk_full_to_the_last_byte_refuses_ballots_and_takes_them_again_once_there_is_room(tmp_path: Path) -> None:
    try:
        with breaking.small_disk(tmp_path / "disk", 12) as disk:
            outcome = breaking.full_disk(breaking.new_place(disk / "place"), 1)
            held(outcome)
    except OSError as error:
        pytest.skip(f"no disk of its own can be mounted here: {error}")
    assert outcome.failed_tries > 0


@pytest.mark.slow
def test_a_clock_that_jumps_by_hours_lets_nobody_in_after_the_close_and_keeps_nobody_out_before(place: Place) -> None:
    if not clock_jumps.library() or "FAKETIME" in os.environ:
        pytest.skip("libfaketime is not installed, or the clock of this run is moved already")
    held(clock_jumps.jump(place, 3))


def test_the_comparison_finds_what_was_lost_changed_never_sent_or_told_twice(place: Place) -> None:
    """What the other tests rest on, shown on histories that are made false afterwards."""
    with place.serving() as server:
        town = place.town(3)
        phones = voters(town, random.Random(1))
        assert [phone.send(server.address, town) for phone in phones[:2]] == [True, True]
    assert history.compare(place, town, phones).holds()
    first, second, third = phones
    third.codes.append("0000-0000-0000-0000-0000")  # told, and not there
    first.marks = (4, *first.marks[1:]) if first.marks[0] != 4 else (3, *first.marks[1:])
    second.codes.append(first.codes[0])
    second.sent = False
    found = history.compare(place, town, phones)
    assert (found.lost, found.changed, found.from_nowhere, found.two_receipts) == (1, 1, 1, 1)
    assert not found.holds()
