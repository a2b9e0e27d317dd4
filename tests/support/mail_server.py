"""A mail server for tests, on a port of this machine: it takes mails, or refuses, hangs, breaks off, as it is told to."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class Mailbox:
    """What came, and how the server behaves: `answers` address -> what is said to it; `hang`: it greets nobody."""

    port: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    break_after: int = 1_000
    offered: tuple[str, ...] = ()
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    def mails(self) -> list[EmailMessage]:
        """As mail programs read them."""
        return [message_from_bytes(data, policy=default) for _to, data in self.taken]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]  # put there below
        if box.hang:
            time.sleep(3)
            return
        to = ""
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.decode("latin-1").strip().upper()
            if word.startswith("EHLO"):
                self._say("250-here")
                for offer in box.offered:
                    self._say(f"250-{offer}")
                self._say("250 8BITMIME")
            elif word.startswith("RCPT TO"):
                to = line.decode("latin-1").split("<")[1].split(">")[0]
                self._say(box.answers.get(to, "250 yes"))
            elif word == "DATA":
                if len(box.taken) >= box.break_after:
                    return
                self._say("354 go on")
                data = b""
                while (more := self.rfile.readline()) not in (b".\r\n", b""):
                    data += more
                box.taken.append((to, data))
                self._say("250 taken")
            elif word.startswith("AUTH"):
                self._say("535 no")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is no news."""


@contextmanager
def mail_server(box: Mailbox) -> Iterator[Mailbox]:
    """The server, until the block ends."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.box = box  # type: ignore[attr-defined]  # read by the handler
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
