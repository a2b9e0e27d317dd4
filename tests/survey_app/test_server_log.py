"""What the log says of a mistake: where in the code and of what kind; nothing that was sent, and not by whom."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import pytest
from flask import Flask, request
from gevent.hub import Hub, get_hub
from gunicorn.config import Config as GunicornConfig

from survey_app import access
from survey_app.server_log import QuietLogger, choose_lines, hush_greenlets
from survey_app.traces import bare

CANARY = "canary-7f3a-secret"
ADDRESS = "203.0.113.9"


def failing() -> None:
    try:
        int(CANARY)
    except ValueError as error:
        raise RuntimeError(f"cannot use {CANARY}") from error


def test_a_trace_names_places_and_kinds_and_no_message() -> None:
    with pytest.raises(RuntimeError) as caught:
        failing()
    told = bare(caught.value)
    assert CANARY not in told
    assert told.index("ValueError") < told.index("which led to") < told.index("RuntimeError")
    assert "in failing" in told


def test_a_mistake_while_answering_a_voter_is_logged_without_what_was_sent(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def view(style: str) -> str:
        return style + str(int(request.form["secret"]))

    app.add_url_rule("/voter-test/<style>", "voter-test", access.voter(view), methods=["POST"])
    headers = {"User-Agent": CANARY, "X-Forwarded-For": ADDRESS, "Cookie": f"pingyi={CANARY}"}
    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().post(f"/voter-test/{CANARY}", data={"secret": CANARY}, headers=headers)
    assert answer.status_code == 500
    assert "error in voter-test" in caplog.text
    assert "ValueError" in caplog.text
    for hidden in (CANARY, ADDRESS):
        assert hidden not in caplog.text
        assert hidden not in answer.get_data(as_text=True)


@pytest.fixture
def log() -> QuietLogger:
    made = QuietLogger(GunicornConfig())
    made.error_log = logging.getLogger("gunicorn-test")
    return made


def test_gunicorn_says_neither_who_sent_nor_what(log: QuietLogger, caplog: pytest.LogCaptureFixture) -> None:
    try:
        int(CANARY)
    except ValueError as error:
        log.warning(f"Invalid request from ip={ADDRESS}: {error}")  # noqa: G004 - as gunicorn does
        log.exception("Error handling request %s %s", "POST", f"/v/AAAA?{CANARY}")
        log.exception("Error handling request")
        log.exception("Socket error processing request.")
    for hidden in (CANARY, ADDRESS):
        assert hidden not in caplog.text
    assert caplog.text.count("ValueError") == 4
    assert "Error handling request" in caplog.text


def test_what_stops_a_worker_from_starting_is_told_in_full(log: QuietLogger, caplog: pytest.LogCaptureFixture) -> None:
    try:
        int("the setting that is wrong")
    except ValueError:
        log.exception("Exception in worker process")
    assert "the setting that is wrong" in caplog.text


def test_a_greenlet_that_fails_says_nothing_of_its_connection(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Hub, "print_exception", Hub.print_exception)  # restored afterwards
        hush_greenlets()
        try:
            int(CANARY)
        except ValueError as error:
            get_hub().handle_error((ADDRESS, 4242), ValueError, error, error.__traceback__)
    assert "ValueError" in caplog.text
    assert CANARY not in caplog.text
    assert ADDRESS not in caplog.text


@contextmanager
def written(*, as_json: bool) -> Iterator[io.StringIO]:
    """What our log and gunicorn's write to the server's output inside the block, as JSON or as text."""
    out, ours = io.StringIO(), logging.getLogger("survey_app")
    before = (list(ours.handlers), ours.propagate, QuietLogger.lines)
    with redirect_stderr(out):
        choose_lines(as_json=as_json)
        yield out
    ours.handlers[:], ours.propagate, QuietLogger.lines = before


def lines_of_a_bad_hour(app: Flask) -> None:
    """Something of the server's own, a request that is none, a mistake while a voter is answered."""
    log = QuietLogger(GunicornConfig())
    log.error_log.error("Worker (pid:%s) was sent SIGKILL! Perhaps out of memory?", 4242)
    try:
        int(CANARY)
    except ValueError:
        log.warning(f"Invalid request from ip={ADDRESS}")  # noqa: G004 - as gunicorn does
    app.add_url_rule("/voter-test", "voter-test", access.voter(lambda: str(int(CANARY))))
    app.test_client().get("/voter-test", headers={"User-Agent": CANARY, "X-Forwarded-For": ADDRESS})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_json_lines_are_objects_and_what_happened_while_somebody_was_answered_bears_the_hour_alone(app: Flask) -> None:
    with written(as_json=True) as told:
        lines_of_a_bad_hour(app)
    died, invalid, mistake = (json.loads(line) for line in told.getvalue().splitlines())
    assert set(died) == {"at", "process", "level", "from", "says"}
    assert died["says"] == "Worker (pid:4242) was sent SIGKILL! Perhaps out of memory?"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", died["at"])
    assert invalid["says"] == "Invalid request: ValueError"
    assert mistake["says"] == "error in voter-test"
    assert mistake["places"][-1] == "ValueError"
    for one in (invalid, mistake):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\dZ", one["at"])
    for hidden in (CANARY, ADDRESS):
        assert hidden not in told.getvalue()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_text_lines_keep_the_same_times(app: Flask) -> None:
    with written(as_json=False) as out:
        lines_of_a_bad_hour(app)
    told = out.getvalue()
    assert re.search(r"^\[\S+T\d\d:\d\d:\d\dZ\] \[\d+\] \[ERROR\] Worker", told, re.MULTILINE)
    assert re.search(r"^\[\d{4}-\d\d-\d\dT\d\dZ\] \[\d+\] \[ERROR\] error in voter-test$", told, re.MULTILINE)
    assert CANARY not in told
