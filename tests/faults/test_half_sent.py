"""Phones that stop in the middle of sending do not stop a vote (figures: python -m tests.load.half_sent)."""

from __future__ import annotations

import http.client
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.journeys.conftest import serving
from tests.load.half_sent import ask, hanging, still_waiting

MEGABYTE = 1024 * 1024


def test_a_normal_request_is_answered_while_64_half_sent_ones_hang(tmp_path: Path) -> None:
    """Answered before any half-sent one ended: nothing waited for them. No milliseconds are asserted."""
    with serving(tmp_path / "data") as server, hanging(server.address, 64) as phones:
        for _ in range(10):
            ask(server.address)
        assert still_waiting(phones) == 64


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
        assert "上传的文件超过 5 MB，没有接收" in told
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
