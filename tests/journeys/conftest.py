"""A server as an office runs it, and a browser as people use it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class LiveServer:
    """A running `pingyi serve`: its address, its data folder, and what it printed since it started."""

    address: str
    data: Path
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """As when the power goes: the server and its workers, at once and without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def pingyi(self, *words: str) -> str:
        """Run the command line on the server's data; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "survey_app.cli", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def serving(data: Path, **settings: str) -> Iterator[LiveServer]:
    """`pingyi serve` on a free port with this data folder (and more of the environment), until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PINGYI_")} | {
        "PINGYI_DATA": str(data),
        "PINGYI_BIND": f"127.0.0.1:{port}",
        "PINGYI_BASE_URL": address,
        "PINGYI_ALIAS_COST": "1,64",
        "PINGYI_PASSWORD_COST": "1,64",
        **settings,
    }
    log = data.with_suffix(".log")
    before = len(log.read_bytes()) if log.exists() else 0
    with log.open("a", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "survey_app.cli", "serve"],
            env=environment,
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(data, process, log, before)
            yield LiveServer(address, data, log, environment, process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(data: Path, process: subprocess.Popen[bytes], log: Path, before: int) -> None:
    """Until the last line of the announcement, which names the data folder and is written once the server answers."""
    for _ in range(900):  # a crowded machine takes its time
        if f"Ctrl+C 停止。数据在 {data}。".encode() in log.read_bytes()[before:]:
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """An empty server of the module's own."""
    with serving(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone 360 px wide."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", device_scale_factor=2, has_touch=True)
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """The office's screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True)
    yield context
    context.close()
