"""The page on which a newcomer looks where things are is true: its paths and its doors exist."""

from __future__ import annotations

import importlib
import re

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


def test_every_door_leads_somewhere() -> None:
    doors = [door for row in rows("Doors") for door in DOOR.findall(row[0])]
    assert len(doors) > 20
    missing = []
    for door in doors:
        first, *others = door.split(" / ")
        module, _dot, function = first.rpartition(".")
        module = module if module.startswith(("questionnaires", "analysis")) else f"survey_app.{module}"
        room = importlib.import_module(module)
        missing += [f"{module}.{name}" for name in (function, *others) if not hasattr(room, name)]
    assert missing == []


def test_every_decision_is_listed_and_linked() -> None:
    pages = {path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md")}
    listed = set(re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")))
    assert pages == listed
    assert len(pages) >= 10
