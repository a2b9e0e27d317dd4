"""What gunicorn and gevent may write into the server's log: where something went wrong and of what kind, never who sent what.

gunicorn's sentences name the sender's address and what they asked for, gevent's the connection. For a voter an address and a
minute are evidence, so they are left out, whoever was answered. What happened while somebody was answered bears the hour and no
finer time; what happened to the server itself bears the second. As text, or one JSON object a line (`PINGYI_LOG`).
"""

from __future__ import annotations

import json
import logging
import sys
import time
from types import TracebackType
from typing import Any

from flask import has_request_context
from gevent.hub import Hub
from gunicorn.glogging import Logger

from survey_app.traces import bare

#: gunicorn's messages about starting a worker, before there is any request: these are told in full.
_STARTING = "Exception in worker process"
#: On a record: it tells of somebody's request.
_OF_A_REQUEST = {"of_a_request": True}


class TextLines(logging.Formatter):
    """A line for people."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's own name
        """The hour where somebody was being answered, else the second; in UTC."""
        asked = getattr(record, "of_a_request", False) or has_request_context()
        return super().formatTime(record, "%Y-%m-%dT%HZ" if asked else "%Y-%m-%dT%H:%M:%SZ")


class JsonLines(TextLines):
    """One object a line: at, process, level, from, says, and for an error the places it came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, its first line apart from the rest."""
        said, _cut, places = record.getMessage().partition("\n")
        told = {
            "at": self.formatTime(record),
            "process": record.process,
            "level": record.levelname,
            "from": record.name,
            "says": said,
        }
        if record.exc_info:
            places = f"{places}\n{self.formatException(record.exc_info)}".strip()
        return json.dumps(told | ({"places": places.splitlines()} if places else {}), ensure_ascii=False)


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's error log without the sender: its sentences about requests keep their beginning and the error's kind."""

    lines: type[TextLines] = TextLines

    def setup(self, cfg: Any) -> None:
        """As gunicorn's; the lines are ours."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(self.lines())

    def warning(self, msg: str, *args: object, **kwargs: Any) -> None:
        """A request that is none: gunicorn would write whose, and what was in it."""
        if msg.startswith("Invalid request"):
            error = sys.exc_info()[1]
            super().warning("Invalid request: %s", type(error).__name__, extra=_OF_A_REQUEST)
        else:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """An error while answering: gunicorn would write the address asked for, and the error's message."""
        error = sys.exc_info()[1]
        if error is None or isinstance(msg, BaseException) or str(msg).startswith(_STARTING):
            super().exception(msg, *args, **kwargs)
        else:
            super().error("%s\n%s", str(msg).partition(" %s")[0], bare(error), extra=_OF_A_REQUEST)


def hush_greenlets() -> None:
    """A greenlet that fails is printed by gevent with its arguments, a connection and its address among them: not here."""

    def told(
        _hub: Hub,
        _context: object,
        kind: type[BaseException] | None,
        value: BaseException | str | None,
        _trace: TracebackType | None,
    ) -> None:
        places = bare(value) if isinstance(value, BaseException) else kind
        logging.getLogger("survey_app").error("A greenlet failed.\n%s", places, extra=_OF_A_REQUEST)

    Hub.print_exception = told  # type: ignore[method-assign, assignment]  # its stub names no self


def choose_lines(*, as_json: bool) -> None:
    """How every line of this process and its workers is written, gunicorn's and ours; before gunicorn makes its log."""
    QuietLogger.lines = JsonLines if as_json else TextLines
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(QuietLogger.lines())
    ours = logging.getLogger("survey_app")
    ours.handlers[:] = [handler]
    ours.propagate = False
