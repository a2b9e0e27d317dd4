"""What the log says of a mistake: where in the code and of what kind; nothing that was sent, and not by whom."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from flask import Flask, request
from gevent.hub import Hub, get_hub
from gunicorn.config import Config as GunicornConfig

from survey_app import access
from survey_app.server_log import QuietLogger, hush_greenlets
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


def test_a_greenlet_that_fails_says_nothing_of_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    with monkeypatch.context() as patched:
        patched.setattr(Hub, "print_exception", Hub.print_exception)  # restored afterwards
        hush_greenlets()
        try:
            int(CANARY)
        except ValueError as error:
            get_hub().handle_error((ADDRESS, 4242), ValueError, error, error.__traceback__)
    assert "ValueError" in told.getvalue()
    assert CANARY not in told.getvalue()
    assert ADDRESS not in told.getvalue()
