"""The server in this process: gunicorn with the application loaded once, and the announcement when it answers.

Nothing is announced before a request was answered where people will send theirs, and the one-time link is not made before it:
a server that does not start leaves no way in behind. What cannot start says why in one sentence (`CannotServeError`).
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from flask import Flask
from gunicorn import util
from gunicorn.app.base import Application
from gunicorn.arbiter import Arbiter

from survey_app.application import create_app
from survey_app.config import Config, hand_on
from survey_app.database import make_engine
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.starting import announce, prepared

#: Between two looks whether the server answers, in seconds.
_PAUSE = 0.02
#: Where a server that listens everywhere is asked.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked, not bound


class CannotServeError(UserError):
    """The server cannot start here."""


def serve(data: Path | None) -> NoReturn:
    """Serve until stopped, with the data folder given or set. Ends the process.

    Raises:
        UserError: what is missing, before anything listens.
    """
    config = Config.from_environment(data=data)
    _free(config.bind)
    prepared(config).dispose()
    hand_on(config)
    try:
        _Server(config).serve()
    except RuntimeError as error:
        # What its worker class lacks gunicorn wraps into a whole trace, in brackets: the last line names it.
        what = str(error).strip("[] \n").splitlines()[-1].strip()
        raise CannotServeError(N_("程序不完整，没有启动（%(what)s）；请重新运行 make setup。"), what=what) from error
    sys.exit(0)


class _Server(Application):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with our configuration, in the process that was called."""

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__()

    def load_config(self) -> None:
        """Our configuration, then what an administrator adds in GUNICORN_CMD_ARGS, as with gunicorn's own command."""
        self.load_config_from_module_name_or_filename("python:survey_app.gunicorn_conf")
        self.cfg.set("when_ready", self._announce)
        added = self.cfg.parser().parse_args(self.cfg.get_cmd_args_from_env())
        for name, value in vars(added).items():
            if value is not None and name != "args":
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._config)

    def serve(self) -> None:
        """As `run`, but an error is the caller's to tell."""
        Arbiter(self).run()

    def _announce(self, arbiter: Arbiter) -> None:
        """From a process of its own, which ends with the announcement: the first one is about to make workers and wait."""
        first = os.getpid()
        sys.stdout.flush()
        if os.fork():
            return
        try:
            for one in Arbiter.SIGNALS:
                signal.signal(one, signal.SIG_DFL)
            host, port = arbiter.LISTENERS[0].getsockname()[:2]
            for listener in arbiter.LISTENERS:
                listener.close()  # or nobody could listen here after a server that was killed
            if _answers(_EVERYWHERE.get(host, host), port, first):
                engine = make_engine(self._config.database_url)
                announce(self._config, engine)
                engine.dispose()
                sys.stdout.flush()
        finally:
            os._exit(0)


def _answers(host: str, port: int, first: int) -> bool:
    """Wait until the front page comes; False when the server ended before."""
    while os.getppid() == first:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR:
                return True
        except (OSError, http.client.HTTPException):
            pass  # not yet
        finally:
            connection.close()
        time.sleep(_PAUSE)
    return False


def _free(bind: str) -> None:
    """Whether we may listen there. gunicorn would try for five seconds and then tell it in ten lines."""
    host, port = util.parse_address(bind)
    try:
        with socket.socket(socket.AF_INET6 if util.is_ipv6(host) else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        sentence = N_("不能在 %(bind)s 上提供服务（%(what)s）；请停止占用它的程序，或用 PINGYI_BIND 换一个地址和端口。")
        raise CannotServeError(sentence, bind=bind, what=getattr(error, "strerror", None) or error) from error
