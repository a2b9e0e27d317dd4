"""A bad network between phones and server: requests and answers that get lost, come twice, late, in another order or in half.

One connection carries one request (phones in these tests close theirs), so what becomes of it is drawn once, by seeded dice.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

#: The most that something is held back, in seconds.
LATE = 0.5


class Fate(StrEnum):
    """What becomes of a request."""

    WELL = "well"
    REQUEST_LOST = "request lost"
    ANSWER_LOST = "answer lost"
    TWICE = "twice at once"
    AGAIN_LATER = "again later"
    LATE = "late"
    HALF = "half of it"
    SLOWLY = "in pieces"


@dataclass
class FaultyNetwork:
    """Listens on a port of its own and passes on to the server, or does not."""

    server: str
    dice: random.Random
    fates: tuple[Fate, ...] = tuple(Fate)
    met: Counter[Fate] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """The address that phones are given."""
        with socket.create_server(("127.0.0.1", 0), backlog=512) as door:
            door.settimeout(0.1)
            stop = threading.Event()
            keeper = threading.Thread(target=self._accept, args=(door, stop))
            keeper.start()
            try:
                yield f"http://127.0.0.1:{door.getsockname()[1]}"
            finally:
                stop.set()
                keeper.join()
                for thread in self._threads:
                    thread.join()

    def _accept(self, door: socket.socket, stop: threading.Event) -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                phone, _address = door.accept()
                thread = threading.Thread(target=self._serve, args=(phone,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, phone: socket.socket) -> None:
        with closing(phone), suppress(OSError):
            phone.settimeout(20)
            request = whole_request(phone)
            with self._lock:
                fate, wait = self.dice.choice(self.fates), self.dice.uniform(0, LATE)
                self.met[fate] += 1
            self._meet(fate, wait, phone, request)

    def _meet(self, fate: Fate, wait: float, phone: socket.socket, request: bytes) -> None:
        if fate is Fate.REQUEST_LOST:
            return
        if fate is Fate.HALF:
            with suppress(OSError):
                self._pass_on(request[: len(request) - 20], answered=False)
            return
        if fate is Fate.LATE:
            time.sleep(wait)
        other = threading.Thread(target=self._pass_on_quietly, args=(request,))
        if fate is Fate.TWICE:
            other.start()
        answer = self._pass_on(request, slowly=fate is Fate.SLOWLY)
        if fate is not Fate.ANSWER_LOST:
            phone.sendall(answer)
            phone.shutdown(socket.SHUT_WR)
        if fate is Fate.TWICE:
            other.join()
        if fate is Fate.AGAIN_LATER:
            time.sleep(wait)
            self._pass_on_quietly(request)

    def _pass_on_quietly(self, request: bytes) -> None:
        with suppress(OSError):
            self._pass_on(request)

    def _pass_on(self, request: bytes, *, slowly: bool = False, answered: bool = True) -> bytes:
        """The server's whole answer, b"" where none is waited for. Raises OSError."""
        parts = urlsplit(self.server)
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
            step = max(1, len(request) // 5) if slowly else len(request)
            for start in range(0, len(request), step):
                line.sendall(request[start : start + step])
                if slowly:
                    time.sleep(0.02)
            answer = b""
            while answered and (piece := line.recv(65536)):
                answer += piece
        return answer


def whole_request(line: socket.socket) -> bytes:
    """Headers and body as they came. Raises OSError where the sender stops."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += _some(line)
    head, _cut, body = request.partition(b"\r\n\r\n")
    lengths = [int(one.partition(b":")[2]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length:")]
    missing = (lengths[0] if lengths else 0) - len(body)
    while missing > 0:
        piece = _some(line)
        request += piece
        missing -= len(piece)
    return request


def _some(line: socket.socket) -> bytes:
    piece = line.recv(65536)
    if not piece:
        raise ConnectionError("the phone hung up")
    return piece
