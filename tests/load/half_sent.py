"""How fast a normal request is answered while other phones hang in the middle of sending theirs.

    python -m tests.load.half_sent [--phones 64] [--requests 50] [--bodies]

Starts a server of its own on a free loopback port, asks for the front page without anybody else, then with the phones hanging
(half of them in the headers, half in the body, or all in the body), and prints median and worst time of both. Ends by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.journeys.conftest import serving

HEADERS = b"POST /office/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BODY = HEADERS + b"Content-Length: 1000\r\n\r\nname="


@contextlib.contextmanager
def hanging(address: str, phones: int, *, bodies: bool = False) -> Iterator[list[socket.socket]]:
    """So many connections that sent half a request and then nothing, every second one (or each) in the middle of its body."""
    parts = urlsplit(address)
    with contextlib.ExitStack() as open_ones:
        found = []
        for number in range(phones):
            phone = open_ones.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=10))
            phone.sendall(BODY if bodies or number % 2 else HEADERS)
            found.append(phone)
        time.sleep(0.5)  # the server has read what there is
        yield found


def still_waiting(phones: list[socket.socket]) -> int:
    """How many of them the server has neither answered nor given up."""
    waiting = 0
    for phone in phones:
        phone.settimeout(0)
        try:
            phone.recv(1)
        except BlockingIOError:
            waiting += 1
        except ConnectionError:
            pass  # hung up on
    return waiting


def ask(address: str, seconds: float = 10) -> float:
    """Seconds a whole request and its answer take, on a connection of its own. Raises OSError after `seconds`."""
    parts = urlsplit(address)
    start = time.perf_counter()
    with socket.create_connection((parts.hostname, parts.port), timeout=seconds) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    if not answer.startswith(b"HTTP/1.1 200"):
        raise OSError(f"no page: {answer[:80]!r}")
    return time.perf_counter() - start


def asked(address: str) -> float:
    """As `ask`; ten seconds, and a word, where no answer came."""
    try:
        return ask(address)
    except OSError:
        print("no answer within 10 s")  # told while it happens: the figures come at the end
        return 10.0


def allow_files(wanted: int) -> None:
    """Let this process hold so many connections."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, min(most, wanted + 500)), most))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=64, choices=range(1, 5001), metavar="1..5000")
    parser.add_argument("--requests", type=int, default=50, choices=range(1, 1001), metavar="1..1000")
    parser.add_argument("--bodies", action="store_true", help="all of them in the middle of their bodies")
    options = parser.parse_args()
    allow_files(options.phones)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data") as server:
        for _ in range(10):
            ask(server.address)
        alone = [ask(server.address) for _ in range(options.requests)]
        with hanging(server.address, options.phones, bodies=options.bodies) as phones:
            beside = [asked(server.address) for _ in range(options.requests)]
            waiting = still_waiting(phones)
    print(f"{'':24}median      worst")
    for name, times in (("alone", alone), (f"beside {options.phones} half-sent", beside)):
        print(f"{name:24}{statistics.median(times) * 1000:6.1f} ms {max(times) * 1000:7.1f} ms")
    print(f"{waiting} of {options.phones} half-sent requests were still hanging at the end")


if __name__ == "__main__":
    main()
