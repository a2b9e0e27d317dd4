"""The page of bases and axes: each scheme counts its cases as worked by hand, and the figures in the tables are the same."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from analysis import evaluate
from questionnaires.cases import check_cases, read_cases
from questionnaires.language.problems import SchemeProblems
from questionnaires.language.words import CHOICES
from questionnaires.loader import load_scheme
from tests.support.pages import DOCS, Block, blocks, rows

PAGE = DOCS / "counting.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)
PAIRS = [(one, other) for one, other in pairwise(BLOCKS) if (one.kind, other.kind) == ("yaml scheme", "yaml cases")]


def test_every_block_of_the_page_is_a_scheme_with_its_cases() -> None:
    assert len(PAIRS) == 7
    assert len(BLOCKS) == 2 * len(PAIRS)


@pytest.mark.parametrize(("scheme", "cases"), PAIRS, ids=lambda block: f"line {block.line}")
def test_the_scheme_counts_its_cases_as_worked_by_hand(scheme: Block, cases: Block) -> None:
    loaded = load_scheme(scheme.text, "scheme.yml")
    assert check_cases(cases.text, loaded, "examples.yml") == 1


def test_a_figure_that_is_not_the_one_worked_by_hand_is_told() -> None:
    scheme, cases = PAIRS[0]
    with pytest.raises(SchemeProblems):
        check_cases(cases.text.replace("已填票: {甲: 3/5}", "已填票: {甲: 3/6}"), load_scheme(scheme.text, "x"), "x")


def test_the_table_of_bases_has_each_base_with_its_denominator_and_its_share() -> None:
    table = {row[0].strip("`"): row for row in rows(TEXT) if len(row) == 6 and row[0].startswith("`")}
    scheme, cases = PAIRS[0]
    loaded = load_scheme(scheme.text, "x")
    report = evaluate(loaded.plan, read_cases(cases.text, loaded, "x")[0].evidence)
    for chinese, english in CHOICES["base"].values():
        row = table[chinese]
        assert row[1] == f"`{english}`"
        assert Fraction(row[5]) == report.value(chinese, subject="甲") == Fraction(3, int(row[4])), chinese


def test_the_table_of_axes_has_every_axis() -> None:
    spelled = {(row[0], row[1]) for row in rows(TEXT) if len(row) == 6}
    assert {(f"`{chinese}`", f"`{english}`") for chinese, english in CHOICES["axis"].values()} <= spelled
