"""The page that teaches the language: its examples load and count, its reference and the JSON Schema are the tables' own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from analysis import evaluate, parse_plan
from questionnaires.loader import load_scheme
from questionnaires.nodes import Node, read
from questionnaires.reference import PAGE, SCHEMA, json_schema, page, schema_text
from tests.questionnaires.small_town import EVIDENCE, host

COMMON = re.findall(r"\| `(\{.*\})` \|", PAGE.read_text(encoding="utf-8"))
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
FILES = sorted((Path(__file__).parents[2] / "questionnaires").glob("*/*/scheme.yml"))


def plain(node: Node) -> object:
    """A node as JSON has it."""
    if node.kind == "map":
        return {key.text: plain(value) for key, value in node.pairs}
    return [plain(entry) for entry in node.entries] if node.kind == "list" else node.text


def test_the_page_has_examples_from_ten_lines_upward() -> None:
    lengths = [len(example.splitlines()) for example in EXAMPLES]
    assert len(EXAMPLES) >= 4
    assert lengths[0] <= 15
    assert lengths[-1] > 30


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_every_example_of_the_page_loads_and_its_plan_is_accepted(example: str) -> None:
    scheme = load_scheme(example, "docs/schemes.md")
    assert parse_plan(scheme.plan).outputs


@pytest.mark.parametrize("example", COMMON)
def test_every_common_shape_of_the_page_counts(example: str) -> None:
    assert evaluate(load_scheme(host(example), "docs/schemes.md").plan, EVIDENCE).tables["例"].cells


def test_the_chinese_and_the_english_ten_lines_are_one_plan() -> None:
    ops = [[step.op for step in parse_plan(load_scheme(example, "x").plan).steps] for example in EXAMPLES[:2]]
    assert ops[0] == ops[1]


def test_the_reference_on_the_page_is_the_rule_tables_own() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text


def test_the_json_schema_in_the_file_is_the_tables_own() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_json_schema_accepts_every_scheme_of_the_house(path: Path) -> None:
    root, _ = read(path.read_text(encoding="utf-8"), path.name)
    errors = [error.message[:200] for error in Draft202012Validator(json.loads(schema_text())).iter_errors(plain(root))]
    assert errors == []


def test_the_json_schema_refuses_a_keyword_nobody_knows() -> None:
    root, _ = read(EXAMPLES[0].replace("评议主体", "评议主题"), "x")
    assert list(Draft202012Validator(json_schema()).iter_errors(plain(root)))
