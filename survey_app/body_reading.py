"""Bodies as gunicorn hands them over: what breaks or stops while one is read is an OSError, whoever reads.

Lives here: the one place that knows gunicorn's own exceptions. May not live here: what is answered (`access`), how large a body
may be, how slow (`waiting_line`).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gunicorn.http.errors import ParseException

from survey_app.waiting_line import Pace, SlowSenderError, WaitingLine

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
#: A body is taken in pieces of this size, so that its pace is known while it comes.
PIECE = 8 * 1024


class Body:
    """A request's body. Chunks that are none raise OSError, as a sender who hangs up does; one too slow SlowSenderError."""

    def __init__(self, sent: Any, connection: socket.socket, line: WaitingLine) -> None:
        self._sent, self._connection, self._line = sent, connection, line
        self._pace: Pace | None = None

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        taken: list[bytes] = []
        left = size
        while left and (piece := self._taken(self._sent.read, PIECE if left < 0 else min(left, PIECE))):
            taken.append(piece)
            left -= len(piece) if left > 0 else 0
        return b"".join(taken)

    def readline(self, size: int = -1) -> bytes:
        """At most `size` bytes of one line."""
        return self._taken(self._sent.readline, size)

    def __iter__(self) -> Iterable[bytes]:
        while line := self.readline():
            yield line

    def _taken(self, read: Callable[[int], bytes], size: int) -> bytes:
        if self._pace is None:
            self._pace = Pace()
        try:
            with self._line.waiting(self._connection), gevent.Timeout(self._pace.left(), SlowSenderError("a body that stopped")):
                piece = read(size)
        except ParseException as broken:
            raise OSError("a body that is no body") from broken
        except SlowSenderError:
            self._sent.failed = True  # gunicorn then closes the connection: where the next request begins is unknown
            raise
        self._pace.came(len(piece))
        return piece


def reading_bodies(wsgi: Wsgi, line: WaitingLine) -> Wsgi:
    """The application, given bodies that break in one way only and are not waited for beyond their time."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = Body(environ["wsgi.input"], environ["gunicorn.socket"], line)
        return wsgi(environ, start_response)

    return serve
