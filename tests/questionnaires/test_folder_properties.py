"""Whatever stands in a folder's tables, it is counted or refused with problems; and the order of rows never matters."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.folder.columns import TABLES
from tests.towns.folder_town import SUBJECTS, folder_of, problems_of, without_rules

# Pieces that headings and cells are made of, right ones and wrong ones.
WORDS = [
    *sorted({word for table in TABLES for column in table.columns for word in (column.key, column.chinese)}),
    "A",
    "B",
    "Z",
    "A/总评",
    "B/纪律",
    "总评",
    "纪律",
    "目标分",
    "职务",
    "正职",
    "代表",
    "职工",
    "一村",
    "优秀",
    "9",
    "-1",
    "1/3",
    "1/0",
    "2026-01-01",
    "2026-13-01",
    "",
    " ",
    '"',
    "=1+1",
    "１２",
    "年度等次",
    "表彰",
    "核实",
    "属实",
    "\x00",
    "1e5",
    "9" * 40,
]
CELLS = st.lists(st.sampled_from(WORDS), min_size=0, max_size=6).map(",".join)
TABLE = st.lists(CELLS, min_size=0, max_size=5).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([table.key for table in TABLES]), TABLE, max_size=4))
def test_any_tables_are_either_read_or_refused_with_problems(tables: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        # Anything but a folder read or a list of problems would be raised here.
        assert all(origin and line >= 0 and code for origin, line, _, code in problems_of(Path(place), **tables))


MARKS = st.sampled_from(["优秀", "称职", "不称职", "不了解", ""])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(MARKS, MARKS), min_size=1, max_size=12), st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_change_the_tally(ballots: list[tuple[str, str]], seed: int) -> None:
    rows = [
        f"职工,一村,{number},{subject},{mark}"
        for number, marks in enumerate(ballots)
        for subject, mark in zip("AB", marks, strict=True)
    ]
    shuffled = random.Random(seed).sample(rows, len(rows))
    tallies = []
    for order in (rows, shuffled):
        with tempfile.TemporaryDirectory() as place:
            table = "\n".join(["group,unit,ballot,subject,总评", *order]) + "\n"
            folder = folder_of(Path(place), without_rules(), subjects=SUBJECTS, ballots=table)
            assert folder.evidence.tally is not None
            tallies.append((folder.evidence.tally.counts, folder.accounts))
    assert tallies[0] == tallies[1]
