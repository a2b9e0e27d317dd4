"""Reading the house's own sources, for the tests that hold its laws."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("analysis", "questionnaires", "survey_app")


def sources(*rooms: str) -> Iterator[Path]:
    """The Python files of these rooms."""
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


def imports(text: str) -> set[str]:
    """Every module a source imports, in full."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def within(modules: set[str], prefixes: set[str]) -> set[str]:
    """Those modules that are, or lie in, one of the prefixes."""
    return {module for module in modules if any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)}
