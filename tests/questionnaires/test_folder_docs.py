"""docs/evidence.md says what the reader does: the same tables, columns, Chinese headings and needs."""

from __future__ import annotations

import re
from pathlib import Path

from questionnaires.folder.columns import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## `(\w+)` · (\S+)$", re.MULTILINE)
COLUMN = re.compile(r"^\| `(\w+)` \| (\S+) \| (yes|no) \| (.+) \|$", re.MULTILINE)


def documented() -> dict[tuple[str, str], list[tuple[str, str, str, str]]]:
    parts = SECTION.split(PAGE)
    found = {}
    for key, zh, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        own = body.split("\n## ", maxsplit=1)[0]
        found[key, zh] = [match.groups() for match in COLUMN.finditer(own)]
    return found  # type: ignore[return-value]  # four groups each


def test_the_page_documents_every_table_and_column_the_reader_knows_and_no_other() -> None:
    def told(needed: bool) -> str:
        return "yes" if needed else "no"

    assert documented() == {
        (table.key, table.zh): [(one.key, one.zh, told(one.needed), one.meaning) for one in table.columns] for table in TABLES}


def test_no_two_tables_or_columns_share_a_heading() -> None:
    for table in TABLES:
        spellings = [word for column in table.columns for word in (column.key, column.zh)]
        assert len(spellings) == len(set(spellings)), table.key
