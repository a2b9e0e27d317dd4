"""What is generated from the tables of the language: the rule reference of docs/schemes.md and the JSON Schema for editors.

Sentences are told in the source language and beside it in one more, handed in. `python -m tests.support.reference` writes both
files; a test holds them to the tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.saying import Say, in_source
from questionnaires.compiling.call import COMMON, RuleSpec
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.loader import REQUIRED, SECTIONS
from questionnaires.rules.table import RULES
from questionnaires.sections.asked import FORM_KEYS, ITEM_KEYS, RULE_KEYS
from questionnaires.sections.policy import POLICY, PRESETS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "schemes.md"
SCHEMA = Path(__file__).parent / "schema" / "scheme.json"
BEGIN, END = "<!-- reference: generated from the tables, do not edit by hand -->", "<!-- end of reference -->"
ANYWHERE = ("source", "because", "note")

SCALAR: dict[str, object] = {"type": ["string", "number", "boolean", "null"]}
ANY = True  # the schema that lets everything through: what stands there is the loader's business


def reference(other: Say) -> str:
    """The reference as Markdown: keywords, policy, words that answer keywords, and every rule form. `other`: beside Chinese."""
    lines = ["### 各部分 · Sections", "| 中文 | English | |", "|---|---|---|"]
    lines += [f"| `{KEYWORDS[key][0]}` | `{KEYWORDS[key][1]}` | {'必写 needed' if key in REQUIRED else ''} |" for key in SECTIONS]
    lines += ["", "### 约定 · Policy", "| 约定 | English | 可写 · answers |", "|---|---|---|"]
    lines += [f"| `{KEYWORDS[key][0]}` | `{KEYWORDS[key][1]}` | {_answers(CHOICES[family])} |" for key, family in POLICY.items()]
    for chinese, english, settings in PRESETS.values():
        said = "；".join(f"{KEYWORDS[key][0]} {word}" for key, word in settings.items())
        lines += ["", f"`{chinese}`（`{english}`）= {said}。"]
    lines += ["", "### 版式 · Layout", f"`{KEYWORDS['shape'][0]}`（`{KEYWORDS['shape'][1]}`）: {_answers(CHOICES['shape'])}"]
    lines += ["", "### 规则 · Rules", "主要内容写在规则名后面；其余参数各占一行，或写在同一个花括号里。"]
    for rule in RULES:
        lines += [
            "",
            f"#### {rule.words[0]} · {rule.words[1]}",
            f"{in_source(rule.says)}  ",
            other(rule.says),
            "",
            f"- 主要内容 main: {rule.main}",
        ]
        lines += [
            f"- `{param.words[0]}` · `{param.words[1]}` ({param.type}{'，必写 needed' if param.required else ''}): "
            f"{in_source(param.says)}。{other(param.says)}."
            for param in rule.params
        ]
        lines += [f"- 例 example: `{rule.example}`"]
    return "\n".join(lines) + "\n"


def _answers(table: Mapping[str, tuple[str, str]]) -> str:
    return "、".join(f"{chinese} `{english}`" for chinese, english in table.values())


def page(text: str, other: Say) -> str:
    """The page with the reference between its marks brought up to date. ValueError when the marks are missing."""
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError("docs/schemes.md has lost the marks of its reference")
    return f"{before}{BEGIN}\n{reference(other)}{END}{after}"


def json_schema(other: Say) -> dict[str, object]:
    """JSON Schema (2020-12) of a scheme file: completion and a first check in editors; the loader is the judge."""
    sections: dict[str, object] = {
        "policy": {"anyOf": [{"type": "string"}, _keywords(("preset", "display", *POLICY))]},
        "items": {
            "anyOf": [
                {"type": "array"},
                {"type": "object", "additionalProperties": {"anyOf": [SCALAR, {"type": "array"}, _keywords(ITEM_KEYS)]}},
            ]
        },
        "ballot_rules": {"type": "object", "additionalProperties": _keywords(RULE_KEYS)},
        "groups": _named(("title", "signed", "admission", "own_unit", "sampled", "rated", "comment", "groups")),
        "facts": _named(("title", "values", "umbrellas", "of", "relation", "number", "required", "where")),
        "components": _named(("title", "where", "from", "to", "if_empty")),
        "forms": {"type": "array", "items": _keywords(FORM_KEYS)},
        "earlier": _named(("title", "grades", "taken", "last", "back", "periods")),
        "decisions": _named(("title", "values", "from", "to", "step", "where")),
        "quantities": {
            "type": "object",
            "additionalProperties": {"anyOf": [SCALAR, _keywords(("value",)), {"$ref": "#/$defs/rule"}]},
        },
        "results": _keywords(("columns", "by_group", "by_item", "tiers", "flags", "pools", "satisfaction")),
    }
    properties = {word: sections.get(key, ANY) for key in SECTIONS for word in KEYWORDS[key]}
    needed = [
        {"anyOf": [{"required": [word]} for word in KEYWORDS[key]]}
        for key in ("scheme", "version", "policy", "quantities", "results")
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pingyi scheme",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "allOf": needed,
        "$defs": {"rule": {"anyOf": [_rule(rule, f"{in_source(rule.says)} {other(rule.says)}") for rule in RULES]}},
    }


def _rule(rule: RuleSpec, description: str) -> dict[str, object]:
    keys = {word: ANY for spelled in rule.table().values() for word in spelled}
    keys.update({word: ANY for key in (*COMMON, *ANYWHERE, "value") for word in KEYWORDS[key]})
    return {
        "type": "object",
        "description": description,
        "properties": keys,
        "additionalProperties": False,
        "anyOf": [{"required": [word]} for word in rule.words],
    }


def _keywords(keys: Iterable[str]) -> dict[str, object]:
    words = {word: ANY for key in (*keys, *ANYWHERE) for word in KEYWORDS[key]}
    return {"type": "object", "properties": words, "additionalProperties": False}


def _named(keys: Iterable[str]) -> dict[str, object]:
    one: dict[str, object] = {"anyOf": [SCALAR, {"type": "array"}, _keywords(keys)]}
    return {"anyOf": [{"type": "array", "items": SCALAR}, {"type": "object", "additionalProperties": one}]}


def schema_text(other: Say) -> str:
    """The JSON Schema as it stands in the file."""
    return json.dumps(json_schema(other), ensure_ascii=False, indent=1) + "\n"
