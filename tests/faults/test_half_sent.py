"""Phones that stop in the middle of sending do not stop a vote (figures: python -m tests.load.half_sent)."""

from __future__ import annotations

import http.client
import socket
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from survey_app.waiting_line import Pace, SlowSenderError, WaitingLine
from tests.journeys.conftest import serving
from tests.load.half_sent import allow_files, ask, hanging, still_waiting

MEGABYTE = 1024 * 1024
#: Two workers, each of which waits for 600 connections at most (docs/serving.md).
WAITED_FOR = 2 * 600


def test_a_normal_request_is_answered_while_64_half_sent_ones_hang(tmp_path: Path) -> None:
    """Answered before any half-sent one ended: nothing waited for them. No milliseconds are asserted."""
    with serving(tmp_path / "data") as server, hanging(server.address, 64) as phones:
        for _ in range(10):
            ask(server.address)
        assert still_waiting(phones) == 64


def test_of_thousands_of_half_sent_bodies_the_oldest_are_hung_up_on_and_everybody_else_is_answered(tmp_path: Path) -> None:
    """2,200 are more than two workers have places for (figures: python -m tests.load.half_sent --phones 2200 --bodies)."""
    allow_files(2200)
    with serving(tmp_path / "data") as server, hanging(server.address, 2200, bodies=True) as phones:
        for _ in range(3):
            ask(server.address, seconds=14)  # before the first body's time is over
        assert still_waiting(phones) <= WAITED_FOR
        log = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in log


def test_a_body_that_stops_is_answered_and_hung_up_on_after_fifteen_seconds(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, hanging(server.address, 1, bodies=True) as (phone,):
        ask(server.address)
        assert still_waiting([phone]) == 1
        phone.settimeout(30)
        answer = b""
        while piece := phone.recv(65536):
            answer += piece
        log = server.log.read_text(encoding="utf-8")
    assert answer.startswith(b"HTTP/1.1 408")
    assert "发来的内容太慢或中断了" in answer.decode()
    assert "Traceback" not in log


def test_a_body_has_fifteen_seconds_and_one_for_each_four_kibibytes_that_came() -> None:
    clock = [100.0]
    pace = Pace(lambda: clock[0])
    assert pace.left() == 15.0
    clock[0] = 114.0
    assert pace.left() == 1.0
    pace.came(8192)  # 8192 / 4096 = 2 seconds more
    assert pace.left() == 3.0
    clock[0] = 117.0
    with pytest.raises(SlowSenderError):
        pace.left()


def test_whoever_has_waited_longest_gives_way_and_a_new_beginning_is_no_long_wait() -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    first, second, third = (ours for ours, _theirs in pairs)
    line = WaitingLine(most=2)
    try:
        line.join(first)
        line.join(second)
        line.join(first)  # its next request: now the second has waited longest
        line.join(third)
        assert len(line) == 2
        assert pairs[1][1].recv(1) == b""  # hung up on
        pairs[0][1].settimeout(0)
        with pytest.raises(BlockingIOError):
            pairs[0][1].recv(1)
    finally:
        for pair in pairs:
            for one in pair:
                one.close()


def test_an_upload_of_50_megabytes_is_refused_with_a_sentence_its_sender_gets_to_read(tmp_path: Path) -> None:
    """The body is sent to its end, as a browser does; the refusal still arrives, and the log holds no trace of a failure."""
    with serving(tmp_path / "data") as server, ExitStack() as stack:
        parts = urlsplit(server.address)
        connection = stack.enter_context(closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)))
        connection.putrequest("POST", "/office/sign-in")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(50 * MEGABYTE))
        connection.endheaders()
        for _ in range(50):
            connection.send(b"x" * MEGABYTE)
        answer = stack.enter_context(connection.getresponse())
        told = answer.read().decode()
        assert answer.status == 413
        assert "发来的内容太大，没有接收" in told
        ask(server.address)
        log = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "127.0.0.1 - -" not in log


def test_the_size_is_refused_by_its_announcement_before_anything_is_sent(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, ExitStack() as stack:
        parts = urlsplit(server.address)
        connection = stack.enter_context(closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=8)))
        connection.putrequest("POST", "/office/sign-in")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(50 * MEGABYTE))
        connection.endheaders()
        with connection.getresponse() as answer:
            assert answer.status == 413
