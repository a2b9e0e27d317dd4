"""Pages of the documents as their readers use them: the blocks of code, and each scheme with the cases that stand behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: what its first line says it is, its text, and the line of the page it stands on."""

    kind: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    """The blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(hit.group(1).strip(), hit.group(2), text.count("\n", 0, hit.start()) + 1) for hit in _BLOCK.finditer(text)]


def rows(text: str) -> list[list[str]]:
    """Every row of every table of a page, headings too, as cells."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not set(line) <= set("|-: ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
