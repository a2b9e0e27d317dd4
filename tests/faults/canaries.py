"""Phones whose every word is recognisable: each secret, answer, address and header is drawn for one phone, and searched for."""

from __future__ import annotations

import http.client
import random
import secrets
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from survey_app.services.sealing import tokens
from tests.faults.finder import Finder, spelled_marks, spellings
from tests.towns import small_scheme
from tests.towns.small_scheme import Town

TEXT = small_scheme.TEXT.replace("en: Guests}}", "en: Guests}, comment: true}")
SUBJECTS = 24  # 26 answers, so that no two ballots are alike and none stands in a file by chance
_GRADES = (2, 3, 4)  # never the best one, of which the town's rule allows few
RESET = 444  # no status of HTTP: the connection was reset, which is a refusal too
_numbers = iter(range(1, 1 << 16))


def _word(kind: str) -> str:
    return f"canary-{kind}-{secrets.token_hex(8)}"


def _address() -> str:
    """Another loopback address for each phone: the server sees it as the sender's."""
    number = next(_numbers)
    return f"127.77.{number >> 8}.{number & 255}"


@dataclass(frozen=True)
class Phone:
    """One phone with its slip and what it will answer. By link, or with `types` by the printed alias."""

    slip: tuple[tokens.Secret, tokens.Alias]
    types: bool
    marks: tuple[int, ...]
    peer: str = field(default_factory=_address)
    behind: str = field(default_factory=lambda: f"2001:db8:{secrets.randbits(16):x}:{secrets.randbits(16) | 0x1000:x}::7")
    agent: str = field(default_factory=lambda: _word("agent"))
    language: str = field(default_factory=lambda: _word("language"))
    referer: str = field(default_factory=lambda: _word("page"))
    cookie: str = field(default_factory=lambda: _word("cookie"))
    comment: str = field(default_factory=lambda: _word("金丝雀"))
    submission: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def needles(self) -> Iterator[tuple[str, set[bytes]]]:
        """What must not be found -> its spellings."""
        secret, alias = self.slip
        halves = (bytes(secret[:8]), bytes(secret[8:]))  # also one that was cut short
        yield "secret", {*spellings(secret), *spellings(tokens.secret_text(secret).encode()), *halves}
        yield "alias", spellings(alias.encode()) | spellings(alias.replace("-", "").lower().encode())
        yield "submission id", spellings(self.submission)
        yield "answers", spelled_marks(self.marks)
        yield "peer's address", spellings(self.peer.encode())
        yield "forwarded address", spellings(self.behind.encode()) | spellings(socket.inet_pton(socket.AF_INET6, self.behind))
        for name in ("agent", "language", "referer", "cookie", "comment"):
            yield name, spellings(getattr(self, name).encode())

    def headers(self) -> dict[str, str]:
        """What the browser says about itself, and what a proxy would add."""
        return {
            "User-Agent": self.agent,
            "Accept-Language": f"zh, {self.language};q=0.5",
            "Referer": f"http://elsewhere.example/{self.referer}",
            "Cookie": f"pingyi={self.cookie}; other={self.cookie}",
            "X-Forwarded-For": self.behind,
            "X-Real-IP": self.behind,
            "Forwarded": f'for="[{self.behind}]"',
        }

    def fields(self, stage: str) -> dict[str, str]:
        """The filled form."""
        secret, alias = self.slip
        credential = {"alias": alias.lower()} if self.types else {"secret": tokens.secret_text(secret)}
        marks = {f"m{place}": str(mark) for place, mark in enumerate(self.marks) if mark}
        return {"stage": stage, "submission": self.submission.hex(), "comment": self.comment, **credential, **marks}

    def cast(self, server: str, town: Town) -> bool:
        """As a voter does it: the form, the review, sending, and looking it up by the slip. Whether it was recorded."""
        with closing(self._connection(server)) as line:
            self.ask(line, "GET", f"/v/{town.guests}")
            self.ask(line, "POST", f"/v/{town.guests}", self.fields("review"))
            told = self.ask(line, "POST", f"/v/{town.guests}", self.fields("send"))[1]
            self.ask(line, "POST", f"/log/{town.key}/", {"code": self.slip[1] if self.types else self.fields("")["secret"]})
        return "已记录，谢谢您".encode() in told

    def ask(
        self, line: http.client.HTTPConnection, method: str, path: str, form: Mapping[str, str] | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and page."""
        form_type = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        line.request(method, path, urlencode(form) if form else None, {**self.headers(), **form_type, **headers})
        with line.getresponse() as answer:
            return answer.status, answer.read()

    def misbehave(self, server: str, town: Town) -> dict[str, int]:
        """Everything a phone, its network or a curious person can do wrong, with this phone's words in it -> the answers."""
        form = f"/v/{town.guests}"
        sent = self.fields("send")
        wrong: dict[str, tuple[str, str, dict[str, str]]] = {
            "an unknown field": ("POST", form, {**sent, self.agent: self.agent}),
            "a mark that is none": ("POST", form, {**sent, "m0": self.agent}),
            "an answer left out": ("POST", form, {**sent, "m0": ""}),
            "a secret with a slip of the pen": ("POST", form, {**sent, "secret": tokens.secret_text(self.slip[0])[:-1] + "U"}),
            "an alias that is none": ("POST", form, {**sent, "secret": "", "alias": self.slip[1][:-1] + "U"}),
            "a body too large": ("POST", form, {**sent, "ink": self.agent * 4000}),
            "an unknown form": ("POST", f"/v/{self.agent}", sent),
            "a form of the office without its token": ("POST", "/office/sign-in", {"name": self.agent, **sent}),
            "a wrong method": ("DELETE", form, sent),
            "an unknown address": ("GET", f"/{self.agent}?{urlencode(sent)}", {}),
            "a receipt that is none": ("POST", "/r", {"code": self.agent}),
            "a code that is none": ("POST", f"/log/{town.key}/", {"code": self.agent}),
        }
        answers = {}
        for name, (method, path, body) in wrong.items():
            with closing(self._connection(server)) as line:
                answers[name] = self.ask(line, method, path, body)[0]
        for name, raw in self._malformed(form).items():
            answers[name] = self._raw(server, raw)
        self._hang_up(server, form)
        return answers

    def _malformed(self, form: str) -> dict[str, bytes]:
        headers = "".join(f"{name}: {value}\r\n" for name, value in self.headers().items())
        start = f"POST {form} HTTP/1.1\r\nHost: localhost\r\n{headers}"
        body = urlencode(self.fields("send"))
        return {
            "a header that is none": f"{start}{self.agent}\r\n\r\n{body}".encode(),
            "a header's name that is none": f"{start}X {self.agent}: 1\r\n\r\n{body}".encode(),
            "a length that is none": f"{start}Content-Length: {self.agent}\r\n\r\n{body}".encode(),
            "a method that is none": f"{self.agent}@ {form} HTTP/1.1\r\n\r\n".encode(),
            "a version that is none": f"POST {form}?{self.agent} HTTP/{self.agent}\r\n\r\n".encode(),
            "a line too long": f"GET {form}?{self.agent * 400} HTTP/1.1\r\n\r\n".encode(),
            "too many headers": f"{start}{f'X-{self.agent}: 1{chr(13)}{chr(10)}' * 60}\r\n".encode(),
            "a chunk that is none": f"{start}Transfer-Encoding: chunked\r\n\r\n{self.agent}\r\n{body}\r\n0\r\n\r\n".encode(),
            "text that is no text": start.encode() + b"X-Bad: \xff\xfe\0" + self.agent.encode() + b"\r\n\r\n",
        }

    def _raw(self, server: str, request: bytes) -> int:
        """The status, or RESET where the server hung up with words of ours still unread."""
        with closing(self._connection(server)) as line:
            line.connect()
            try:
                line.sock.sendall(request)
                with suppress(OSError):  # the server may be done with us already
                    line.sock.shutdown(socket.SHUT_WR)
                answer = line.sock.recv(65536).split()
            except (ConnectionResetError, BrokenPipeError):
                return RESET
        return int(answer[1]) if len(answer) > 1 else 0

    def _hang_up(self, server: str, form: str) -> None:
        """The network goes away in the middle of sending: a reset, not a farewell."""
        body = urlencode(self.fields("send")).encode()
        head = f"POST {form} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n".encode()
        whole = head + f"User-Agent: {self.agent}\r\nContent-Length: {len(body) + 99}\r\n\r\n".encode() + body
        for piece in (head[:60], whole[:-40], whole, whole.replace(str(len(body) + 99).encode(), str(len(body)).encode())):
            with closing(self._connection(server)) as line, suppress(OSError):
                line.connect()
                line.sock.sendall(piece)
                line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _connection(self, server: str) -> http.client.HTTPConnection:
        parts = urlsplit(server)
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30, source_address=(self.peer, 0))


def phones(town: Town, dice: random.Random, *, alias_every: int = 10) -> list[Phone]:
    """A phone for each slip of the town; every tenth voter types the alias."""

    def marks() -> tuple[int, ...]:
        return (dice.choice(_GRADES), 1, dice.randint(2, 101), *(dice.choice(_GRADES) for _ in range(SUBJECTS - 1)))

    return [Phone(slip, number % alias_every == 0, marks()) for number, slip in enumerate(town.slips)]


#: What stands in every place where ballots are kept: a search that does not find it looked elsewhere.
CONTROL = "the digest of a slip"


def finder(hall: Sequence[Phone]) -> Finder:
    """Looks for everything these phones said, and for what may be kept of the first one's slip."""
    said = {f"{name} of {phone.peer}": spelled for phone in hall for name, spelled in phone.needles()}
    return Finder({**said, CONTROL: {tokens.slip_tag(hall[0].slip[0])}})


def cast_all(voters: Sequence[Phone], server: str, town: Town, *, stop: threading.Event | None = None) -> int:
    """All of them, eight at a time, until done or stopped; how many were recorded. A server that goes away is no error here."""

    def one(phone: Phone) -> bool:
        if stop is not None and stop.is_set():
            return False
        with suppress(OSError, http.client.HTTPException):
            return phone.cast(server, town)
        return False

    with ThreadPoolExecutor(8) as hall:
        return sum(hall.map(one, voters))
