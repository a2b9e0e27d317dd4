"""Running the checker as a doubter does: the file `verify.py` by its path, with nothing of ours in it.

It is run and not imported: the server works with none of its functions, so that what it finds is found by a second hand. The
bytes that run here are those that are packed into every bundle (`text`). No process of its own is started: an auditors' bundle
holds openings and is not written to a disk to be checked.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("verify.py")


def text() -> bytes:
    """The checker as it is shipped."""
    return _FILE.read_bytes()


def findings(content: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """What the checker finds wrong with a bundle's content, and what holds but has to be answered for by a person: a sentence in
    Chinese and in English for each."""
    checker = _run()["Checker"](content, "", "")
    return tuple(checker.wrong), tuple(checker.told)


def main(arguments: list[str]) -> int:
    """The checker's command line: it prints what it finds and gives the exit code."""
    return int(_run()["main"](arguments))


def _run() -> dict[str, Any]:
    return runpy.run_path(str(_FILE), run_name="pingyi_checker")
