"""Phones: many connections of one process, each a voter who opens the form, looks it over, sends it and reads the receipt.

Run by its path with nothing but the standard library, so that the clients cost the machine little: a plan of JSON on stdin, what
was seen as JSON on stdout. One thread, one selector, one connection a voter, kept for all of their requests as browsers do.

Lives here: what a voter sends, and how long each answer took. May not live here: servers, and what the answers should have been.
"""

from __future__ import annotations

import contextlib
import heapq
import json
import re
import secrets
import selectors
import socket
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

#: An answer that takes longer is none.
PATIENCE = 60.0
_SUBMISSION = re.compile(rb'name="submission" value="([0-9a-f]{32})"')
_CODE = re.compile(rb'class="receipt-code">([0-9A-Z-]+)<')
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_BROWSER = (
    "User-Agent: Mozilla/5.0 (Linux; Android 10) Chrome/120\r\nAccept: text/html\r\n"
    "Accept-Language: zh-CN,zh;q=0.9\r\nAccept-Encoding: gzip, deflate\r\n"
)
#: A voter's words to the server: kind of request, its bytes; the answer's status and body come back.
Talk = Generator[tuple[str, bytes], tuple[int, bytes], None]


@dataclass(kw_only=True)
class SeenByPhones:
    """What happened: seconds by kind of request, receipt codes by voter, voters whose sending got no answer, what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    acknowledged: dict[int, str] = field(default_factory=dict)
    unanswered: list[int] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    done: int = 0
    began: float = 0.0
    ended: float = 0.0


@dataclass(kw_only=True)
class PhoneLine:
    """A connection and where its talk stands."""

    number: int
    talk: Talk
    sock: socket.socket
    kind: str = ""
    unsent: bytes = b""
    got: bytearray = field(default_factory=bytearray)
    whole: int = 0
    since: float = 0.0


class Phones:
    """All voters of this process."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.seen = plan, SeenByPhones()
        self.host = f"Host: {plan['host']}:{plan['port']}\r\n"
        self.lines: dict[int, PhoneLine] = {}
        self.selector = selectors.DefaultSelector()
        self.waiting: list[tuple[float, int]] = []

    def run(self) -> SeenByPhones:
        """Play the plan: either each voter at their moment, or always so many at once until the time is over."""
        plan, begin = self.plan, time.monotonic()
        self.seen.began = time.monotonic()
        voters: Iterator[int] = iter(range(plan["first"], plan["first"] + plan["voters"]))
        if plan["arrivals"]:
            self.waiting = [(begin + at, number) for at, number in zip(plan["arrivals"], voters, strict=True)]
            heapq.heapify(self.waiting)
        until = begin + plan["seconds"]
        while True:
            now = time.monotonic()
            if plan["at_once"]:
                while now < until and len(self.lines) < plan["at_once"] and (number := next(voters, None)) is not None:
                    self.begin(number)
            while self.waiting and self.waiting[0][0] <= now:
                self.begin(heapq.heappop(self.waiting)[1])
            if not self.lines and not self.waiting:
                break
            pause = min(1.0, self.waiting[0][0] - now) if self.waiting else 1.0
            for key, _events in self.selector.select(max(0.0, pause)):
                self.move(key.data)
            for line in [one for one in self.lines.values() if now - one.since > PATIENCE]:
                self.give_up(line, "late")
        self.seen.ended = time.monotonic()
        return self.seen

    def begin(self, number: int) -> None:
        """A voter scans their slip."""
        sock = socket.socket()
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = PhoneLine(number=number, talk=self.talk(number), sock=sock)
        self.lines[number] = line
        self.selector.register(sock, selectors.EVENT_WRITE, line)
        with contextlib.suppress(BlockingIOError):
            sock.connect((self.plan["host"], self.plan["port"]))
        self.say(line, *next(line.talk))

    def say(self, line: PhoneLine, kind: str, request: bytes) -> None:
        """Send one request; its time begins now."""
        line.kind, line.unsent, line.since, line.whole = kind, request, time.monotonic(), 0
        line.got.clear()
        self.selector.modify(line.sock, selectors.EVENT_WRITE, line)

    def move(self, line: PhoneLine) -> None:
        """Whatever can go on without waiting."""
        try:
            if line.unsent:
                line.unsent = line.unsent[line.sock.send(line.unsent) :]
                if not line.unsent:
                    self.selector.modify(line.sock, selectors.EVENT_READ, line)
                return
            piece = line.sock.recv(262_144)
        except BlockingIOError:
            return
        except OSError as gone:
            self.give_up(line, type(gone).__name__)
            return
        line.got += piece
        if not piece:
            self.give_up(line, "hung up")
        elif self.is_whole(line):
            self.answered(line)

    def is_whole(self, line: PhoneLine) -> bool:
        """Whether the answer is here to its last byte."""
        if not line.whole:
            head = line.got.find(b"\r\n\r\n")
            if head < 0:
                return False
            length = _LENGTH.search(line.got, 0, head + 2)
            line.whole = head + 4 + (int(length[1]) if length else 0)
        return len(line.got) >= line.whole

    def answered(self, line: PhoneLine) -> None:
        """Note how long it took, and let the voter go on."""
        self.seen.seconds.setdefault(line.kind, []).append(time.monotonic() - line.since)
        status, body = int(line.got[9:12]), bytes(line.got[line.got.find(b"\r\n\r\n") + 4 :])
        self.seen.sizes.setdefault(line.kind, len(body))
        if status != 200:
            self.give_up(line, str(status), known=True)
            return
        try:
            self.say(line, *line.talk.send((status, body)))
        except StopIteration:
            self.seen.done += 1
            self.end(line)

    def give_up(self, line: PhoneLine, why: str, *, known: bool = False) -> None:
        """The voter gets no further; what was being sent may have been recorded, unless the server said otherwise."""
        self.seen.failed[f"{line.kind} {why}"] = self.seen.failed.get(f"{line.kind} {why}", 0) + 1
        if line.kind == "send" and not known:
            self.seen.unanswered.append(line.number)
        self.end(line)

    def end(self, line: PhoneLine) -> None:
        """Hang up."""
        line.talk.close()
        self.selector.unregister(line.sock)
        line.sock.close()
        del self.lines[line.number]

    def talk(self, number: int) -> Talk:
        """What one voter asks for, from the form to the receipt."""
        plan, at = self.plan, (number - self.plan["first"]) % len(self.plan["secrets"])
        for kind in ("form", *(("review",) if plan["review"] else ()), "send"):
            if kind == "form":
                request = f"GET {plan['paths'][kind]} HTTP/1.1\r\n{self.host}{_BROWSER}\r\n".encode()
                submission = secrets.token_hex(16)  # as the page's script makes it; a review brings its own
            else:
                request = self.filled(kind, plan["paths"][kind], at, submission if kind == "send" else "")
            _status, body = yield kind, request
            if plan["bare"]:
                continue
            if kind == "review":
                submission = _SUBMISSION.search(body)[1].decode()  # type: ignore[index]  # a review without one is a failure
            elif kind == "send":
                self.seen.acknowledged[number] = _CODE.search(body)[1].decode()  # type: ignore[index]  # as above

    def filled(self, stage: str, path: str, at: int, submission: str) -> bytes:
        """The form as a browser sends it."""
        marks = {f"m{slot}": mark for slot, mark in enumerate(self.plan["marks"][at])}
        fields = {
            "stage": stage,
            "secret": self.plan["secrets"][at],
            **({"submission": submission} if submission else {}),
            **marks,
        }
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self.host}{_BROWSER}"
            f"Origin: http://{self.plan['host']}:{self.plan['port']}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def main() -> None:
    """The plan comes on stdin and what was seen goes to stdout."""
    seen = Phones(json.load(sys.stdin)).run()
    json.dump(vars(seen), sys.stdout)


if __name__ == "__main__":
    main()
