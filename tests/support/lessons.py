"""A page of lessons followed as a pupil does: files are written where the page says, commands typed, what is printed compared."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from survey_app.cli import cli
from tests.support.pages import Block, blocks

ANY = "…"  # a line of the page that stands for any lines


def lessons(page: Path) -> list[tuple[str, list[Block]]]:
    """The lessons of a page: each heading with its blocks."""
    text = page.read_text(encoding="utf-8")
    heads = [(hit.start(), hit.group(1)) for hit in re.finditer(r"^## (.+)$", text, re.MULTILINE)]
    lines = [text.count("\n", 0, start) for start, _ in heads] + [text.count("\n") + 1]
    found = blocks(page)
    return [(title, [one for one in found if lines[at] < one.line <= lines[at + 1]]) for at, (_, title) in enumerate(heads)]


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block with what the page says it prints."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, printed = part.partition("\n")
        yield line.strip(), printed


def run(command: str, folder: Path) -> str:
    """What a command prints, typed in the folder; the folder's own path is told as `.`."""
    words = [str(folder / word) if word in {".", "results"} else word for word in shlex.split(command)[1:]]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    return done.output.replace(f"{folder}/.", ".").replace(f"{folder}/", "").replace(str(folder), ".")


def agrees(printed: str, page: str) -> bool:
    """Whether the page says what was printed; `…` on a line of its own stands for any lines."""
    pattern = "".join(r"(?:.*\n)*" if line == ANY else re.escape(line) + r"\n" for line in page.splitlines())
    return re.fullmatch(pattern, printed) is not None
