"""What gunicorn and gevent may write into the server's log: where something went wrong and of what kind, never who sent what.

gunicorn's sentences name the sender's address and what they asked for, gevent's the connection. For a voter an address and a
minute are evidence, so they are left out, whoever was answered.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from gevent.hub import Hub
from gunicorn.glogging import Logger

from survey_app.traces import bare

#: gunicorn's messages about starting a worker, before there is any request: these are told in full.
_STARTING = "Exception in worker process"


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's error log without the sender: its sentences about requests keep their beginning and the error's kind."""

    def warning(self, msg: str, *args: object, **kwargs: Any) -> None:
        """A request that is none: gunicorn would write whose, and what was in it."""
        if msg.startswith("Invalid request"):
            error = sys.exc_info()[1]
            super().warning("Invalid request: %s", type(error).__name__)
        else:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """An error while answering: gunicorn would write the address asked for, and the error's message."""
        error = sys.exc_info()[1]
        if error is None or isinstance(msg, BaseException) or str(msg).startswith(_STARTING):
            super().exception(msg, *args, **kwargs)
        else:
            super().error("%s\n%s", str(msg).partition(" %s")[0], bare(error))


def hush_greenlets() -> None:
    """A greenlet that fails is printed by gevent with its arguments, a connection and its address among them: not here."""

    def told(
        _hub: Hub,
        _context: object,
        kind: type[BaseException] | None,
        value: BaseException | str | None,
        _trace: TracebackType | None,
    ) -> None:
        sys.stderr.write(f"A greenlet failed.\n{bare(value) if isinstance(value, BaseException) else kind}\n")

    Hub.print_exception = told  # type: ignore[method-assign, assignment]  # its stub names no self
