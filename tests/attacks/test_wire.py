"""Requests no browser sends: smuggled, doubled, garbled, for another host. The real server, as `make run` starts it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.journeys.conftest import LiveServer, serving

HOST = b"Host: localhost\r\n"
END = b"Connection: close\r\n\r\n"
POST = b"POST /r HTTP/1.1\r\n" + HOST
#: A request hidden in the body of another one; where it is answered, two requests came of one.
HIDDEN = b"GET /healthy HTTP/1.1\r\nHost: hidden\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with serving(tmp_path_factory.mktemp("wire") / "data", PINGYI_WORKERS="1") as running:
        yield running


def said(server: LiveServer, sent: bytes) -> bytes:
    """All that comes back until the server hangs up, or is silent for two seconds."""
    place, heard = urlsplit(server.address), b""
    with socket.create_connection((place.hostname, place.port), timeout=2) as line:
        line.sendall(sent)
        try:
            while piece := line.recv(65536):
                heard += piece
        except (TimeoutError, ConnectionError):
            pass
    return heard


def statuses(heard: bytes) -> list[int]:
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", heard)]


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        b"Content-Length: 0\r\nContent-Length: 40\r\n",
        b"Content-Length: 6, 6\r\n",
        b"Content-Length: +6\r\n",
        b"Content-Length: 0x6\r\n",
        b"Content-Length: \xd9\xa6\r\n",  # an Arabic six
        b"Content-Length : 6\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding:\x0bchunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"X: a\r\n b\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"X: a\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"X: a\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    ],
)
def test_a_body_with_two_ends_is_refused_and_nothing_hidden_in_it_is_answered(server: LiveServer, head: bytes) -> None:
    heard = said(server, POST + head + b"\r\n0\r\n\r\n" + HIDDEN)
    (status,) = statuses(heard)
    assert status in {400, 501}
    assert b"Connection: close" in heard


@pytest.mark.parametrize(
    "chunks",
    [
        b"6;a\nX\r\ncode=1\r\n0\r\n\r\n",
        b"0x6\r\ncode=1\r\n0\r\n\r\n",
        b" 6\r\ncode=1\r\n0\r\n\r\n",
        b"6\r\ncode=1XX0\r\n\r\n",
        b"-6\r\ncode=1\r\n0\r\n\r\n",
    ],
)
def test_chunks_that_are_none_end_the_connection(server: LiveServer, chunks: bytes) -> None:
    heard = said(server, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + HIDDEN)
    assert statuses(heard)[:1] == [400]
    assert statuses(heard)[1:] in ([], [400])  # what follows is never read as a request of its own
    assert b"hidden" not in heard


def test_a_header_spelt_with_underscores_is_none_and_no_trailer_becomes_one(server: LiveServer) -> None:
    """`Transfer_Encoding`, `SCRIPT_NAME`, `PATH_INFO` and their like reach programs under the names of true headers elsewhere."""
    plain = said(server, b"GET /office/sign-in HTTP/1.1\r\n" + HOST + END)
    for name in (
        b"SCRIPT_NAME: /evil",
        b"PATH_INFO: /healthy",
        b"Script-Name: /evil",
        b"X-Script-Name: /evil",
        b"REMOTE_USER: x",
    ):
        heard = said(server, b"GET /office/sign-in HTTP/1.1\r\n" + HOST + name + b"\r\n" + END)
        assert (statuses(heard), b"evil" in heard) == ([200], False), name
        assert len(heard) == len(plain), name
    body = b"Transfer_Encoding: chunked\r\nContent-Length: %d\r\n" % (5 + len(HIDDEN)) + END + b"0\r\n\r\n" + HIDDEN
    assert statuses(said(server, POST + body)) == [400]
    trailer = b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Forwarded-Host: evil\r\nContent-Length: 45\r\n\r\n" + END
    assert b"evil" not in said(server, POST + trailer)


def test_two_hosts_are_refused(server: LiveServer) -> None:
    assert statuses(said(server, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + END)) == [400]


@pytest.mark.parametrize(
    "path",
    [
        b"/office/asks", b"//office//accounts", b"/office//asks/", b"/office/asks?next=//evil.example",
        b"http://evil.example/office/asks", b"//evil.example/office/asks", b"/office/campaigns/K3Y/count",
    ],
)  # fmt: skip
def test_no_answer_leads_to_a_host_that_was_only_claimed(server: LiveServer, path: bytes) -> None:
    """A redirect to another spelling of an address was built from the Host header: kept by a cache on the way, it led everybody
    who came after to the attacker's page."""
    forwarded = b"X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nX-Forwarded-Proto: https\r\n"
    heard = said(server, b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\n" + forwarded + END)
    (where,) = re.findall(rb"Location: (\S*)", heard) or [b"/"]
    assert where.startswith(b"/"), heard
    assert not where.startswith((b"//", b"/\\"))


@pytest.mark.parametrize("method", [b"TRACE", b"TRACK", b"CONNECT", b"PROPFIND", b"DEBUG", b"get"])
def test_other_methods_do_nothing_and_echo_nothing(server: LiveServer, method: bytes) -> None:
    heard = said(server, method + b" /office/sign-in HTTP/1.1\r\n" + HOST + b"Cookie: canary=4711\r\n" + END)
    assert statuses(heard)[0] in {400, 404, 405}
    assert b"4711" not in heard


@pytest.mark.parametrize("override", [b"X-HTTP-Method-Override", b"X-HTTP-Method", b"X-Method-Override"])
def test_a_method_is_not_changed_by_a_header(server: LiveServer, override: bytes) -> None:
    assert statuses(said(server, b"GET /office/sign-out HTTP/1.1\r\n" + HOST + override + b": POST\r\n" + END)) == [405]


@pytest.mark.parametrize(
    "path",
    [
        b"/static/../../pyproject.toml", b"/static/%2e%2e/%2e%2e/pyproject.toml", b"/static/%252e%252e/pyproject.toml",
        b"/static/..%5c..%5cpyproject.toml", b"/static/css/tokens.css%00.png", b"/static//etc/passwd",
        b"/static/css/", b"/static/.%2e/secret-key", b"/%c0%ae%c0%ae/etc/passwd", b"/log/..%2f..%2fsecret-key/bundle.zip",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(server: LiveServer, path: bytes) -> None:
    heard = said(server, b"GET " + path + b" HTTP/1.1\r\n" + HOST + END)
    assert statuses(heard)[0] in {400, 404, 308}, heard[:200]
    assert b"[build-system]" not in heard
    assert b"root:" not in heard


@pytest.mark.parametrize(
    "first", [b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /\r\n\r\n"]
)
def test_other_protocols_are_not_spoken(server: LiveServer, first: bytes) -> None:
    assert statuses(said(server, first + HOST + END)) == [400]


def test_an_upgrade_is_not_made(server: LiveServer) -> None:
    up = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
    heard = said(server, b"GET / HTTP/1.1\r\n" + HOST + up)
    assert statuses(heard)[0] == 200  # answered as what it is, a request for a page


def test_a_refused_body_is_no_next_request(server: LiveServer) -> None:
    """70,000 bytes are too many; what is in them is thrown away, and only what comes after their announced end is read."""
    inside = HIDDEN + b"x" * (70_000 - len(HIDDEN))
    heard = said(server, POST + b"Content-Length: 70000\r\n\r\n" + inside + b"GET /nowhere HTTP/1.1\r\n" + HOST + END)
    assert statuses(heard) in ([413], [413, 404])


def test_a_cookie_of_kilobytes_and_a_thousand_ranges_are_answered_in_one_piece(server: LiveServer) -> None:
    assert statuses(said(server, b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: a=" + b"x" * 9000 + b"\r\n" + END)) == [431]
    ranges = b"Range: bytes=" + b",".join(b"%d-%d" % (n, n) for n in range(1000)) + b"\r\n"
    heard = said(server, b"GET /static/css/tokens.css HTTP/1.1\r\n" + HOST + ranges + END)
    assert statuses(heard)[0] in {200, 400, 416}
    assert len(heard) < 100_000


def test_nothing_of_all_this_left_a_trace_of_its_words_in_the_log(server: LiveServer) -> None:
    said(server, b"GET /canary4711?canary4711 HTTP/1.1\r\nHost: canary4711\r\nCanary4711: a\rb\r\n\r\n")
    said(server, b"canary4711 / HTTP/9.9\r\n\r\n")
    told = server.log.read_text(encoding="utf-8")
    assert "canary4711" not in told
    assert "Traceback" not in told


def test_the_start_is_what_an_office_types(server: LiveServer) -> None:
    """Against which all of this holds: two processes of gunicorn, started by `pingyi serve` as `make run` does."""
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert "\nrun: setup" in makefile
    assert "@$(BIN)/pingyi serve" in makefile
    assert server.pingyi("--help").startswith("Usage")


def test_what_a_page_of_ours_links_to_is_no_host_either(client: FlaskClient) -> None:
    page = client.get("/office/sign-in", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}).get_data(
        as_text=True
    )
    assert "evil.example" not in page
