"""How Chromium is started in tests and for pictures: headless, offline but for us, one for a whole run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP *.hall.test 127.0.0.1",  # a name as a hall's router hands it out
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium. AssertionError, naming the remedy, when the program is missing."""
    program = shutil.which("chromium")
    assert program, "chromium is missing; `make test` installs it, or names the package"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
