"""docs/evidence.md says what the reader does: the same tables, columns, Chinese headings and needs; its examples are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from questionnaires.folder.columns import TABLES
from questionnaires.folder.reader import read_folder

PAGE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## `(\w+)` · (\S+)$", re.MULTILINE)
COLUMN = re.compile(r"^\| `(\w+)` \| (\S+) \| (yes|no) \| (.+) \|$", re.MULTILINE)


def documented() -> dict[tuple[str, str], list[tuple[str, str, str, str]]]:
    parts = SECTION.split(PAGE)
    found: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for key, zh, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        own = body.split("\n## ", maxsplit=1)[0]
        found[key, zh] = COLUMN.findall(own)
    return found


def test_the_page_documents_every_table_and_column_the_reader_knows_and_no_other() -> None:
    def told(needed: bool) -> str:
        return "yes" if needed else "no"

    assert documented() == {
        (table.key, table.chinese): [(one.key, one.chinese, told(one.needed), one.meaning) for one in table.columns]
        for table in TABLES
    }


def test_no_two_tables_or_columns_share_a_heading() -> None:
    for table in TABLES:
        spellings = [word for column in table.columns for word in (column.key, column.chinese)]
        assert len(spellings) == len(set(spellings)), table.key


SCHEME = """
scheme: example
version: 2026-01-01
policy: common policy
scales: {grade: {good: 100, fair: 60}}
groups: {staff: {}}
items: {conduct: grade, ability: grade}
forms: [{group: staff, ask: [conduct, ability]}]
quantities: {points: {grade points: [conduct, ability]}}
results: {by item: points}
"""
SHAPES = {  # the sentence before each example, and the marks it shows: S1 conduct, S1 ability, S2 conduct, S2 ability
    "One row per mark": [[1, 2, 0, 0]],
    "One row per ballot and subject": [[1, 2, 1, 1]],
    "One row per ballot": [[1, 2, 0, 0]],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_ballots_shown_on_the_page_are_read_as_it_says(shape: str, tmp_path: Path) -> None:
    lines = PAGE.split(f"*{shape}*")[1].split("\n\n")[1].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")]
    (tmp_path / "scheme.yml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "subjects.csv").write_text("id\nS1\nS2\n", encoding="utf-8")
    (tmp_path / "ballots.csv").write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    marks = read_folder(tmp_path).evidence.batches[0].marks.tolist()
    assert marks == SHAPES[shape]  # good is the first choice and fair the second
