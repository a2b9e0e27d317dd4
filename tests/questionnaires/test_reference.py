"""The reference and the JSON Schema are the tables' own: fresh, whole, and each example on them loads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from questionnaires.compiling.call import Param, RuleSpec
from questionnaires.language.nodes import Node, read
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.loader import load_scheme
from questionnaires.rules.table import RULES
from questionnaires.teaching.english import in_english
from questionnaires.teaching.entries import entries, example_of, found, in_lines
from questionnaires.teaching.reference import PAGE, page
from questionnaires.teaching.schema import SCHEMA, completions, json_schema, schema_text
from tests.support.tongues import chinese, english
from tests.towns.reference_town import WHOLE
from tests.towns.small_town import HELPERS, host

HOUSE = Path(__file__).parents[2]
FILES = sorted((HOUSE / "questionnaires" / "schemes").glob("**/scheme.yml"))
PARAMS = [(rule, param) for rule in RULES for param in rule.params]


def plain(node: Node) -> object:
    """A node as JSON has it."""
    if node.kind == "map":
        return {key.text: plain(value) for key, value in node.pairs}
    return [plain(entry) for entry in node.entries] if node.kind == "list" else node.text


def errors(text: str) -> list[str]:
    """What the JSON Schema says of a file."""
    root, _ = read(text, "x.yml")
    return [one.message[:200] for one in Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(plain(root))]


def test_the_reference_on_the_page_is_the_tables_own() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(english, WHOLE), "make reference"


def test_the_reference_says_every_keyword_and_every_rule_in_both_spellings() -> None:
    text = PAGE.read_text(encoding="utf-8")
    pairs = [*(KEYWORDS[one] for one in KEYWORDS if one not in {"total", "ties", "rounding"}), *(rule.words for rule in RULES)]
    assert [pair for pair in pairs if f"### {pair[0]} · {pair[1]}\n" not in text] == []


@pytest.mark.parametrize(("rule", "param"), PARAMS, ids=[f"{rule.id}:{param.key}" for rule, param in PARAMS])
def test_the_example_of_a_parameter_loads(rule: RuleSpec, param: Param) -> None:
    example = example_of(rule, param)
    assert example, "give the parameter an example, or show it in the rule's own"
    helpers = "".join(f"  {line}\n" for name, line in HELPERS.items() if re.search(rf"(?<!\w){name}(?!\w)", example))
    assert load_scheme(host(example).replace("  例:", f"{helpers}  例:"), "x.yml").plan


def test_a_word_is_found_in_either_spelling_and_a_parameter_behind_the_keywords() -> None:
    assert [one.words for one in found("署名")] == [one.words for one in found("Signed")] == [("署名", "signed")]
    assert {one.table for one in found("范围")} >= {"facts", "items", "components"}
    assert all(one.words == ("去低", "drop lowest") for one in found("drop lowest"))
    assert found("nonsense") == ()


def test_an_entry_for_the_terminal_says_what_when_and_how() -> None:
    (entry,) = found("own unit")
    assert in_lines(entry, english) == [
        "own unit (只评本单位): a rater group",
        "  They rate their own unit only; otherwise every unit.",
        "  What stands behind it: yes or no.",
        "  left out, it is 否",
        "    评议主体: {同事: {只评本单位: 是}}",
    ]
    assert in_lines(entry, chinese)[0] == "只评本单位（own unit）：一个评议主体"


def test_every_entry_is_told_whole_in_both_languages() -> None:
    for entry in entries():
        for say in (chinese, english):
            assert all(line.strip() and "{" not in line.split("    ")[0] for line in in_lines(entry, say)[:2])


def test_the_json_schema_in_the_file_is_the_tables_own() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(english), "make reference"
    Draft202012Validator.check_schema(json_schema(english))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
def test_the_json_schema_accepts_every_scheme_of_the_house(path: Path) -> None:
    assert errors(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("评议主体:", "评议主题:"), ("署名: 是", "暑名: 是"), ("约定: 常用约定", "约定: 常用约订"), ("平均分: 总", "平圴分: 总")],
)
def test_the_json_schema_refuses_a_word_nobody_knows(right: str, wrong: str) -> None:
    assert errors(WHOLE) == []
    assert right in WHOLE
    assert errors(WHOLE.replace(right, wrong)) != []


def test_completion_offers_every_word_of_the_language() -> None:
    offered = {one["word"] for one in completions(english)}
    spelled = {KEYWORDS[key][0] for key in KEYWORDS} | {rule.words[0] for rule in RULES}
    spelled |= {param.words[0] for _, param in PARAMS} | {pair[0] for family in CHOICES.values() for pair in family.values()}
    assert spelled <= offered


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_english_example_of_a_rule_says_the_same_as_the_chinese_one(rule: RuleSpec) -> None:
    told = in_english(rule.example)
    helpers = "".join(f"  {line}\n" for name, line in HELPERS.items() if re.search(rf"(?<!\w){name}(?!\w)", told))
    one, other = (
        json.loads(load_scheme(host(text).replace("  例:", f"{helpers}  例:"), "x.yml").plan)["steps"]
        for text in (rule.example, told)
    )
    assert one == other
    assert rule.words[1] in told or rule.id == "counted_period"  # which stands inside the cases that it decides
