"""The server asks nobody (ASVS 1.3.6, 13.2.4): every way out is watched and shut while a place is made and looked through.

Watched is what Python itself tells of (audit events): every connection, datagram and look-up of a name, whoever in the process
asks for it. A library of machine code that opens connections by itself would not be seen; of these the house has none but the
driver of PostgreSQL.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import serving
from tests.support.house import ROOT
from tests.survey_app.test_who_gets_in import Place

#: What leaves a machine, by Python's names; and the part of each that says where to.
EVENTS = (
    "socket.connect",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
)
#: Put on the path of every Python that is started: what goes out is written down and refused. The machine itself is no way out.
SHUT = f"""
import os, sys
def _watch(event, arguments):
    if event not in {EVENTS!r}:
        return
    where = repr(arguments[1:] if not event.startswith("socket.get") else arguments)
    if "'127.0.0.1'" in where or "'localhost'" in where or where.startswith("(None"):
        return
    with open(os.environ["WATCHED"], "a", encoding="utf-8") as file:
        file.write(event + " " + where + "\\n")
    raise PermissionError("no way out")
sys.addaudithook(_watch)
"""


@pytest.fixture
def shut(tmp_path: Path) -> dict[str, str]:
    """Settings of a Python whose ways out are shut; `WATCHED` names the file of what was tried."""
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "sitecustomize.py").write_text(SHUT, encoding="utf-8")
    (tmp_path / "tried").touch()
    return {"PYTHONPATH": str(tmp_path / "path"), "WATCHED": str(tmp_path / "tried")}


def test_the_watch_sees_and_stops_what_goes_out(shut: dict[str, str]) -> None:
    """A planted question to the outside, by name, by address, by datagram."""
    script = (
        "import socket, urllib.request\n"
        "def tried(act):\n"
        "    try:\n        act()\n    except OSError as error:\n        print(type(error).__name__)\n"
        "tried(lambda: urllib.request.urlopen('http://example.com/', timeout=1))\n"
        "tried(lambda: socket.create_connection(('192.0.2.1', 80), timeout=1))\n"
        "tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env={**os.environ, **shut}, capture_output=True, text=True, check=True)
    assert len(done.stdout.split()) == 3
    told = Path(shut["WATCHED"]).read_text(encoding="utf-8")
    assert [name in told for name in ("example.com", "192.0.2.1', 80", "192.0.2.1', 53")] == [True] * 3


def test_a_place_is_made_and_served_with_every_way_out_shut(shut: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, **shut) as server:
        for address in ("/", "/office/sign-in", "/privacy", "/r", "/copy", "/healthy", "/nowhere"):
            elsewhere = dict.fromkeys(("Referer", "X-Url"), "http://192.0.2.1/")
            with contextlib.suppress(urllib.error.HTTPError):  # the page that is not there
                urllib.request.urlopen(urllib.request.Request(server.address + address, headers=elsewhere), timeout=30).read()
        for words in (["doctor"], ["audit", "verify"]):
            subprocess.run(
                [sys.executable, "-m", "survey_app.cli", *words],
                env=server.environment,
                cwd=ROOT,
                capture_output=True,
                check=False,
            )
    assert Path(shut["WATCHED"]).read_text(encoding="utf-8") == ""


_watched: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is not None and event in EVENTS and "127.0.0.1" not in repr(arguments):
        _watched.append(f"{event} {arguments[1:]!r}")


@contextlib.contextmanager
def watching() -> Iterator[list[str]]:
    """What this process tries meanwhile. A hook cannot be taken out again, only told to look away."""
    global _watched  # noqa: PLW0603 - an audit hook is the process's
    if _watched is None:
        sys.addaudithook(_watch)
    _watched = []
    try:
        yield _watched
    finally:
        _watched = []


#: Fields under which a page might look for an address to fetch; and what a form is sent with besides.
SENT = dict.fromkeys(
    ("next", "url", "address", "link", "source", "title", "name", "text", "reason", "base_url"), "http://192.0.2.1/x"
)


@pytest.mark.slow
def test_no_page_of_any_role_asks_anybody(tmp_path: Path, sqlite_template: Path) -> None:
    """Every page that is looked at and every form that is sent, by who may, of a counted and an open campaign, addresses typed
    into query and fields."""
    place = Place(tmp_path, sqlite_template)
    places = sorted(place.rules(), key=lambda one: (one[1] == "POST", one[0].endpoint == "accounts.sign_out"))
    with watching() as tried:
        seen = {"GET": 0, "POST": 0}
        for rule, method in places:
            for who in ("head", "clerk", "monitor"):
                for key in (place.counted, place.town.key):
                    address = place.address(rule, method, key=key, code="P1", tag="zh-Hans")
                    form = SENT if method == "POST" else None
                    place.clients[who].open(address, method=method, query_string={"next": SENT["next"]}, data=form).close()
                    seen[method] += 1
        assert min(seen.values()) > 200
    assert tried == []
