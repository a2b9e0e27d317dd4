"""docs/attacks.md and the tests of this folder say the same: no attempt without its test, no test without its row."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.support.house import ROOT

TABLE = ROOT / "docs/attacks.md"
#: Tests that are no attempt themselves: they hold the others to what they say.
NO_ATTEMPT = {"test_the_start_is_what_an_office_types", "test_what_a_page_of_ours_links_to_is_no_host_either"}
OUTCOME = re.compile(r"held|\*\*broke\*\*|open")


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if re.match(r"\| \d+ \|", line)
    ]


def written_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def unfounded(table: list[list[str]]) -> list[str]:
    """Rows that name nothing that repeats them, or something that is not there, or no outcome."""
    found = []
    for number, _tried, repeated, outcome in table:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", repeated)
        commands = re.findall(r"`((?:make|pingyi|python -m) [\w.-]+[^`]*)`", repeated)
        there = all((ROOT / path).is_file() and name in written_in(ROOT / path) for path, name in named)
        if not (named or commands) or not there or not OUTCOME.match(outcome):
            found.append(number)
    return found


def test_every_row_names_what_repeats_it_and_how_it_ended() -> None:
    table = rows(TABLE.read_text(encoding="utf-8"))
    assert [row[0] for row in table] == [str(number) for number in range(1, len(table) + 1)]
    assert len(table) >= 40
    assert unfounded(table) == []


def test_every_attempt_of_this_folder_has_its_row() -> None:
    named = set(re.findall(r"`tests/attacks/\w+\.py::(\w+)`", TABLE.read_text(encoding="utf-8")))
    there = {name for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__) for name in written_in(path)}
    assert there - NO_ATTEMPT - named == set()


def test_a_row_without_a_test_or_an_outcome_is_found() -> None:
    good = "`tests/attacks/test_the_table.py::test_a_row_without_a_test_or_an_outcome_is_found`"
    table = [["1", "x", good, "held"], ["2", "x", good, ""], ["3", "x", "by hand", "held"], ["4", "x", good[:-3] + "`", "held"]]
    assert unfounded(table) == ["2", "3", "4"]
