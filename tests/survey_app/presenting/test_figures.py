"""Figures that leave to a wider step than one: what stands there, what it may stand for, and what files make of it."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction

import pytest

from questionnaires.tables import csv, xlsx
from questionnaires.tables.sheet import Sheet
from survey_app.presenting import figures


@pytest.mark.parametrize(
    ("value", "kind", "digits", "text", "ends"),
    [
        # 86 2/3: 43 1/3 twos, 17 1/3 fives, 8 2/3 tens
        ("260/3", "number", 0, "87", ("173/2", "175/2")),
        ("260/3", "number", -1, "86±1", ("85", "87")),
        ("260/3", "number", -2, "85±2.5", ("165/2", "175/2")),
        ("260/3", "number", -3, "90±5", ("85", "95")),
        # 33 1/3 %: 16 2/3 twos; the ends are parts of one
        ("1/3", "share", -1, "34±1%", ("33/100", "35/100")),
        # -1 1/2 twos, half away from zero
        ("-3", "number", -1, "-4±1", ("-5", "-3")),
    ],
)
def test_a_figure_to_a_wide_step_says_how_far_the_true_one_may_lie_from_it(
    value: str, kind: str, digits: int, text: str, ends: tuple[str, str]
) -> None:
    shown = figures.announced(Fraction(value), kind, digits)
    assert shown.text == text
    least, most = map(Fraction, ends)
    assert figures.behind(shown, digits) == (least, most)
    assert least <= Fraction(value) <= most


def test_files_write_it_as_words_so_that_nobody_takes_it_for_exact_and_no_sheet_for_a_formula() -> None:
    row = (figures.announced(Fraction(260, 3), "number", -1), figures.announced(Fraction(-3), "number", -1))
    sheet = Sheet("一", ("甲", "乙"), (row,))
    assert csv.write(sheet).decode("utf-8-sig").splitlines()[1:] == ["86±1,'-4±1"]
    with zipfile.ZipFile(io.BytesIO(xlsx.write([sheet]))) as book:
        assert "86±1" in book.read("xl/sharedStrings.xml").decode()
