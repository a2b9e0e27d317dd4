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


def dictionary() -> list[list[str]]:
    """The rows of the words in use; the second table under the heading has those given up."""
    return [row for row in rows("Words") if len(row) == 4]


def test_the_fourteen_places_exist() -> None:
    table = rows("Where to change what")
    assert len(table) == 14
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


def unfounded(table: list[list[str]]) -> list[str]:
    """Words of the dictionary that are listed twice, have no Chinese or no meaning, or a home that does not exist."""
    words = [row[0] for row in table]
    faults = [f"{word}: twice" for word in sorted({word for word in words if words.count(word) > 1})]
    for word, chinese, home, meaning in table:
        path, *named = re.findall(r"`([^`]+)`", home)
        source = ROOT / path
        names = defined(source.read_text(encoding="utf-8")) if source.is_file() else set()
        faults += [f"{word}: no {one}" for one in (*named, *([] if source.is_file() else [path])) if one not in names]
        faults += [f"{word}: says nothing"] if not re.search("[\u4e00-\u9fff]", chinese) or not meaning else []
    return faults


def defined(text: str) -> set[str]:
    """The classes and other names a source defines at its top."""
    body = ast.parse(text).body
    classes = {node.name for node in body if isinstance(node, ast.ClassDef)}
    return classes | {
        one.id for node in body if isinstance(node, ast.Assign) for one in node.targets if isinstance(one, ast.Name)
    }


def test_every_word_has_one_meaning_and_a_home() -> None:
    table = dictionary()
    assert len(table) > 45
    assert unfounded(table) == []


def test_a_word_without_a_home_is_found() -> None:
    slot = ["slot", "栏", "`analysis/evidence.py` `Slot`", "one line of a ballot"]
    assert unfounded([slot]) == []
    assert unfounded([slot, slot]) == ["slot: twice"]
    assert unfounded([[*slot[:2], "`analysis/evidence.py` `Place`", "one line"]]) == ["slot: no Place"]
    assert unfounded([[*slot[:2], "`analysis/places.py`", "one line"]]) == ["slot: no analysis/places.py"]
    assert unfounded([["slot", "slot", *slot[2:]]]) == unfounded([[*slot[:3], ""]]) == ["slot: says nothing"]


def test_every_decision_is_listed_and_linked() -> None:
    pages = {path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md")}
    listed = set(re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")))
    assert pages == listed
    assert len(pages) >= 10
