"""WebKit by the W3C WebDriver protocol: the engine of every iPhone, from Debian's own package, on a virtual screen."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's own name for an element reference


@dataclass(frozen=True)
class WebKit:
    """One window of the browser."""

    address: str

    def call(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:
        """One command; its value. AssertionError with what the browser said."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            raise AssertionError(refused.read().decode()) from refused

    def open(self, address: str) -> None:
        self.call("POST", "/url", {"url": address})

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns; it reads its arguments from `arguments`."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def click(self, selector: str) -> None:
        """A real click in the middle of the element, brought to the middle of the window, clear of the bar at its foot."""
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        self.call("POST", f"/element/{found[_ELEMENT]}/click", {})

    def wait(self, script: str, seconds: float = 20) -> Any:
        """Wait until the script returns something true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.run(script):
                return value
            time.sleep(0.1)
        raise AssertionError(f"WebKit never said yes to: {script}\n{self.run('return document.body.innerText.slice(0, 2000)')}")


@contextlib.contextmanager
def webkit() -> Iterator[WebKit]:
    """A window 400 px wide. AssertionError, naming the remedy, when the programs are missing."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if not (driver and screen and browsers):
        raise AssertionError("WebKit is missing; `make test` installs it, or names the packages")
    with contextlib.ExitStack() as stack:
        shown = subprocess.Popen(
            [screen, "-displayfd", "1", "-screen", "0", "400x800x24", "-nolisten", "tcp"], stdout=subprocess.PIPE
        )
        stack.callback(_stop, shown)
        assert shown.stdout is not None
        number = shown.stdout.readline().decode().strip()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # A container has no namespaces to sandbox with; the only page opened is our own.
        environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        stack.callback(_stop, subprocess.Popen([driver, f"--port={port}"], env=environment, stderr=subprocess.DEVNULL))
        _listening(port)
        base = WebKit(f"http://127.0.0.1:{port}")
        options = {"binary": str(browsers[-1]), "args": ["--automation"]}
        made = base.call("POST", "/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})
        window = WebKit(f"{base.address}/session/{made['sessionId']}")
        stack.callback(window.call, "DELETE", "")
        yield window


def _listening(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("WebKit's driver did not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=20)
    if process.stdout is not None:
        process.stdout.close()
