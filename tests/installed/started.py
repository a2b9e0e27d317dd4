"""`pingyi serve` of an installed product, from its command to its end."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.installed.environment import Installed


@dataclass(frozen=True)
class Server:
    """A running server: its address and the file its output goes to."""

    address: str
    log: Path

    def said(self) -> str:
        """All it wrote so far."""
        return self.log.read_text(encoding="utf-8")


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(installed: Installed, **settings: str) -> Iterator[Server]:
    """The server from the moment it has announced itself, until the block ends."""
    bind = f"127.0.0.1:{free_port()}"
    log = installed.home / "serve.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [installed.python.with_name("pingyi"), "serve"],
            cwd=installed.home,
            env=installed.environment(PINGYI_BIND=bind, **settings),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Server(f"http://{bind}", log)
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):  # a crowded machine takes its time
        if "Ctrl+C" in server.said():
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.said()}")
