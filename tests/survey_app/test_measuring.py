"""What is counted of voters: in tens, at once, in memory only; a count of single ballots would be a list of when they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from survey_app.measuring import BOUNDS, ENVIRON, Gauge, Kind, Measures, Outcome, Recorder, Waits, kind_of, measured
from survey_app.metrics import text
from survey_app.services.operating.readiness import Lack, Part, Readiness
from survey_app.services.operating.standing import Standing

#: Everything a voter can move.
OF_VOTERS = [kind for kind in Kind if kind is not Kind.OFFICE]
STANDING = Standing(
    free=10 * 1024**3 + 12_345, backup_age=None, drill_age=None, acts=0, last_act=None, open_campaigns=1
)  # 10 GiB and a little


def bytes_of(measures: Measures) -> bytes:
    return bytes(measures._cells)


@pytest.mark.parametrize("kind", OF_VOTERS)
def test_nine_visits_change_nothing_that_anybody_can_read_and_the_tenth_adds_all_ten_at_once(kind: Kind) -> None:
    measures = Measures()
    recorder = Recorder(measures, measures.take())
    before = bytes_of(measures)
    for _ in range(9):
        recorder.note(kind, 0.02, 200)
    assert bytes_of(measures) == before
    recorder.note(kind, 0.3, 503)
    found = measures.read().waits[kind]
    # 0.02 s lies above 0.01 and up to 0.025: the third step; 0.3 s above 0.25 and up to 0.5: the seventh.
    assert found.steps == (0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0)
    assert found.outcomes == {Outcome.OK: 9, Outcome.REFUSED: 0, Outcome.FAILED: 1}
    assert found.seconds == pytest.approx(0.48)


def test_two_workers_step_apart_and_a_successor_goes_on_counting_in_the_same_row() -> None:
    measures = Measures()
    first, second = measures.take(), measures.take()
    for slot in (first, second):
        recorder = Recorder(measures, slot)
        for _ in range(15):
            recorder.note(Kind.SEND, 0.001, 200)
    assert measures.read().waits[Kind.SEND].count == 20
    measures.set(first, Gauge.ALIVE, 1)
    measures.set(first, Gauge.MEMORY, 5)
    assert measures.read().memory == (5,)
    measures.give_back(first)
    assert measures.read().memory == ()
    assert measures.take() == first
    assert measures.read().waits[Kind.SEND].count == 20


def test_what_the_office_does_counts_at_once() -> None:
    measures = Measures()
    Recorder(measures, measures.take()).note(Kind.OFFICE, 20.0, 404)
    assert measures.read().waits[Kind.OFFICE].steps == (*[0] * 11, 1)


def test_connections_are_told_in_tens() -> None:
    measures = Measures()
    for slot, many in ((measures.take(), 7), (measures.take(), 12)):
        measures.set(slot, Gauge.ALIVE, 1)
        measures.set(slot, Gauge.WAITED_FOR, many)
        measures.set(slot, Gauge.ANSWERING, 4)
    reading = measures.read()
    assert (reading.waited_for, reading.answering) == (10, 0)  # 19 and 8


def test_quantiles_are_upper_bounds() -> None:
    waits = Waits((5, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1), {}, 0.0)
    assert (waits.within(0.5), waits.within(0.9), waits.within(0.95)) == (0.005, 0.025, None)
    assert Waits((0,) * 12, {}, 0.0).within(0.5) is None


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/v/ABCDEFGHJK", Kind.FORM),
        ("POST", "/v/ABCDEFGHJK", Kind.SEND),
        ("POST", "/r", Kind.VOTER),
        ("GET", "/privacy", Kind.VOTER),
        ("GET", "/log/K3Y/", Kind.LOG),
        ("POST", "/office/sign-in", Kind.OFFICE),
        ("GET", "/", Kind.OTHER),
        ("GET", "/readyz", None),
        ("GET", "/metrics", None),
    ],
)
def test_a_request_is_counted_by_what_it_is_for(method: str, path: str, kind: Kind | None) -> None:
    assert kind_of(method, path) is kind


def test_an_application_that_fails_is_counted_as_failed_and_its_error_goes_on() -> None:
    measures = Measures()
    recorder = Recorder(measures, measures.take())

    def broken(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        assert environ[ENVIRON] is measures
        raise ValueError("of the application")

    serve = measured(broken, recorder)
    with pytest.raises(ValueError, match="of the application"):
        serve({"REQUEST_METHOD": "GET", "PATH_INFO": "/office/"}, None)
    assert measures.read().waits[Kind.OFFICE].outcomes[Outcome.FAILED] == 1
    assert recorder.answering == 0


def test_the_text_tells_cumulative_steps_and_sizes_that_no_ballot_moves() -> None:
    measures = Measures()
    recorder = Recorder(measures, measures.take())
    for _ in range(19):
        recorder.note(Kind.SEND, 0.02, 200)
    told = text(measures.read(), Readiness((Lack(Part.CLOCK, ""),), 0.0042), STANDING).decode()
    lines = told.splitlines()
    assert 'pingyi_request_seconds_bucket{kind="send",le="0.01"} 0.0' in lines
    assert 'pingyi_request_seconds_bucket{kind="send",le="0.025"} 10.0' in lines
    assert 'pingyi_request_seconds_bucket{kind="send",le="+Inf"} 10.0' in lines
    assert 'pingyi_answers_total{kind="send",outcome="ok"} 10.0' in lines
    assert 'pingyi_ready{part="clock"} 0.0' in lines
    assert 'pingyi_ready{part="disk"} 1.0' in lines
    assert f"pingyi_disk_free_bytes {float(10 * 1024**3):.10g}".split()[0] in told
    assert "12345" not in told
    again = text(measures.read(), Readiness((), 0.0042), Standing(**(vars(STANDING) | {"free": STANDING.free - 4096}))).decode()
    assert [line for line in again.splitlines() if "disk_free" in line] == [line for line in lines if "disk_free" in line]
    assert len(BOUNDS) + 1 == sum('kind="form",le=' in line for line in lines)
