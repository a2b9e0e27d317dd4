"""The page on which a newcomer looks where things are is true: its paths and its doors exist."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from types import FunctionType, ModuleType

from tests.support.docstrings import wrong
from tests.support.house import ROOT

MAP = (ROOT / "docs/map.md").read_text(encoding="utf-8")
#: A door as the page writes it: a module of the house, then one function or several, parameters in brackets.
DOOR = re.compile(r"`((?:services|views|questionnaires|analysis)(?:\.\w+)+(?: / \w+)*)(?:\([^`]*\))?`")


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a heading, its own heading and rule left out."""
    section = MAP.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_twelve_places_exist() -> None:
    table = rows("Where to change what")
    assert len(table) == 12
    paths = [path for row in table for cell in row for path in re.findall(r"`([\w./]+/[\w./]*)`", cell)]
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def doors() -> Iterator[tuple[ModuleType, str]]:
    """Every door of the table: its module and its name there."""
    for door in (door for row in rows("Doors") for door in DOOR.findall(row[0])):
        first, *others = door.split(" / ")
        module, _dot, function = first.rpartition(".")
        room = importlib.import_module(module if module.startswith(("questionnaires", "analysis")) else f"survey_app.{module}")
        yield from ((room, name) for name in (function, *others))


def test_every_door_leads_somewhere() -> None:
    found = list(doors())
    assert len(found) > 40
    assert [f"{room.__name__}.{name}" for room, name in found if not hasattr(room, name)] == []


def source_of(function: FunctionType) -> ast.FunctionDef:
    """A function as it is written."""
    (written,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(written, ast.FunctionDef)
    return written


def test_every_door_says_what_it_takes_and_what_it_refuses() -> None:
    functions = [getattr(room, name) for room, name in doors()]
    found = {f"{one.__module__}.{one.__qualname__}": wrong(source_of(one)) for one in functions if isinstance(one, FunctionType)}
    assert len(found) > 35
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_every_decision_is_listed_and_linked() -> None:
    pages = {path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md")}
    listed = set(re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")))
    assert pages == listed
    assert len(pages) >= 10
