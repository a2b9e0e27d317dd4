"""The count knows no language: what people read is marked for the catalogues, and told in the source language without one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from analysis.saying import NC_, in_source

ROOM = Path(__file__).resolve().parents[2] / "analysis"
HAN = re.compile(r"[\u4e00-\u9fff]")


def unmarked(tree: ast.AST) -> Iterator[str]:
    """Texts in Chinese that stand outside a marker. What only explains the code, a text alone on its line, is none."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"N_", "NC_"}:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value):
            yield node.value
        yield from unmarked(node)


def test_every_word_the_count_has_for_people_is_marked() -> None:
    found = {file.name: list(unmarked(ast.parse(file.read_text(encoding="utf-8")))) for file in ROOM.rglob("*.py")}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_an_unmarked_word_is_seen() -> None:
    assert list(unmarked(ast.parse('title = NC_("axis", "主体")\nother = f"共{n}项"'))) == ["共", "项"]


def test_a_context_is_for_translators_and_never_told() -> None:
    assert in_source(NC_("explanation", "缺（{reason}）"), reason="未评") == "缺（未评）"
