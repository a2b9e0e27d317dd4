"""JSON Schema and completion for editors, from the language's tables: a first check while typing; the loader is the judge."""

from __future__ import annotations

import json
from pathlib import Path

from analysis.saying import N_, Say, in_source
from questionnaires.compiling.call import RuleSpec
from questionnaires.language.keys import Key, KeyTable
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.rules.table import RULES
from questionnaires.sections.file_keys import ANYWHERE_KEYS, FILE_KEYS, QUANTITY_KEYS
from questionnaires.sections.policy import PRESETS
from questionnaires.teaching.entries import ReferenceEntry, entries, of_key, of_rule
from questionnaires.teaching.tables import TABLES

SCHEMA = Path(__file__).parents[1] / "schema" / "scheme.json"
SCALAR: dict[str, object] = {"type": ["string", "number", "boolean", "null"]}
LIST: dict[str, object] = {"type": "array"}
#: Sections whose entries are named by the author, and the table of what an entry may hold.
NAMED = ("facts", "groups", "components", "events", "earlier", "decisions", "ballot_rules")

SHARED = (*QUANTITY_KEYS.keys, *ANYWHERE_KEYS.keys)  # keywords of every rule form: said once


def json_schema(other: Say) -> dict[str, object]:
    """JSON Schema (2020-12) of a scheme file. `other`: the language of descriptions beside Chinese."""
    sections: dict[str, object] = {
        "policy": _either({"enum": [word for *words, _ in PRESETS.values() for word in words]}, _map(TABLES["policy"], other)),
        "items": {"$ref": "#/$defs/items"},
        "scales": {"type": "object"},
        "forms": {"type": "array", "items": _map(TABLES["forms"], other)},
        "quantities": _object(_either(SCALAR, _map(None, other), {"$ref": "#/$defs/rule"})),
        "results": _map(TABLES["results"], other),
        "lists": _object(_either(SCALAR, LIST)),
        **{name: _named(TABLES[name], other) for name in NAMED},
    }
    properties: dict[str, object] = {}
    for key in FILE_KEYS.keys:
        below = sections.get(key.name)
        described = {"description": _says(key, other)}
        for word in KEYWORDS[key.name]:
            properties[word] = {**described, **below} if isinstance(below, dict) else described
    needed = [{"anyOf": [{"required": [word]} for word in KEYWORDS[key]]} for key in FILE_KEYS.needed]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pingyi scheme",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "allOf": needed,
        "$defs": {
            "items": _either(LIST, _object(_either(SCALAR, LIST, _map(TABLES["items"], other)))),
            "rule": {"anyOf": [_rule(rule, other) for rule in RULES]},
            **{key.name: _key(key, other) for key in SHARED},
        },
    }


def _either(*schemas: object) -> dict[str, object]:
    return {"anyOf": list(schemas)}


def _object(value: object) -> dict[str, object]:
    return {"type": "object", "additionalProperties": value}


def _named(table: KeyTable, other: Say) -> dict[str, object]:
    return _either({"type": "array", "items": SCALAR}, _object(_either(SCALAR, LIST, _map(table, other))))


def _says(key: Key, other: Say) -> str:
    return f"{in_source(key.says)} {other(key.says)}"


def _map(table: KeyTable | None, other: Say) -> dict[str, object]:
    """A mapping of the table's keywords in either spelling, and what may stand anywhere."""
    words: dict[str, object] = {}
    keys = (*(table.keys if table else ()), *(key for key in ANYWHERE_KEYS.keys if table is None or key.name != "value"))
    for key in keys:
        for word in KEYWORDS[key.name]:
            words.setdefault(word, _shared(key) if key in SHARED else _key(key, other))
    return {"type": "object", "properties": words, "additionalProperties": False}


def _shared(key: Key) -> dict[str, object]:
    return {"$ref": f"#/$defs/{key.name}"}


def _key(key: Key, other: Say) -> dict[str, object]:
    found: dict[str, object] = {"description": _says(key, other)}
    if key.family:
        words = [word for pair in CHOICES[key.family].values() for word in pair]
        found["anyOf"] = [{"enum": words}, {"type": "object"}]  # `{value: …, source: …}` stands for any plain value
    return found


def _rule(rule: RuleSpec, other: Say) -> dict[str, object]:
    told = of_rule(rule)
    keys: dict[str, object] = {word: {"description": _of(told, other)} for word in rule.words}
    for one in told.below:
        keys |= {word: {"description": _of(one, other)} for word in one.words}
    for key in (*QUANTITY_KEYS.keys, *ANYWHERE_KEYS.keys):
        for word in KEYWORDS[key.name]:
            keys.setdefault(word, _shared(key))
    return {
        "type": "object",
        "description": _of(told, other),
        "properties": keys,
        "additionalProperties": False,
        "anyOf": [{"required": [word]} for word in rule.words],
    }


def _of(entry: ReferenceEntry, other: Say) -> str:
    return f"{in_source(entry.says)} {other(entry.says)}"


def schema_text(other: Say) -> str:
    """The JSON Schema as it stands in the file."""
    return json.dumps(json_schema(other), ensure_ascii=False, indent=1) + "\n"


def completions(say: Say) -> list[dict[str, str]]:
    """What an editor may offer: each word in both spellings, where it is written, what it says, and what to put behind it."""
    found = [_completion(one, say, one.place) for one in entries()]
    for rule in RULES:
        found += [_completion(one, say, rule.words[0]) for one in of_rule(rule).below]
    for family, words in CHOICES.items():
        users = [of_key(name, table, key) for name, table in TABLES.items() for key in table.keys if key.family == family]
        place = N_("一个词")
        for chinese, english in words.values():
            behind = users[0].words[0] if users else ""
            found.append({"word": chinese, "english": english, "in": behind or say(place), "says": "", "example": chinese})
    return found


def _completion(entry: ReferenceEntry, say: Say, place: str) -> dict[str, str]:
    chinese, english = entry.words
    return {"word": chinese, "english": english, "in": say(place), "says": say(entry.says), "example": entry.example}
