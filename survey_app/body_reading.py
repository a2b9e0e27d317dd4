"""Bodies as gunicorn hands them over: what breaks while one is read is an OSError, whoever reads.

Lives here: the one place that knows gunicorn's own exceptions. May not live here: what is answered (`access`), limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.http.errors import ParseException

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Body:
    """A request's body. Chunks that are none raise OSError, as a sender who hangs up does."""

    def __init__(self, sent: Any) -> None:
        self._sent = sent

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        return self._taken(self._sent.read, size)

    def readline(self, size: int = -1) -> bytes:
        """At most `size` bytes of one line."""
        return self._taken(self._sent.readline, size)

    def __iter__(self) -> Iterable[bytes]:
        while line := self.readline():
            yield line

    def _taken(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except ParseException as broken:
            raise OSError("a body that is no body") from broken


def reading_bodies(wsgi: Wsgi) -> Wsgi:
    """The application, given bodies that break in one way only."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        return wsgi(environ, start_response)

    return serve
