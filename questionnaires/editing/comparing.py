"""Two texts of a scheme side by side: line by line as they are written, and rule by rule as they are meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from questionnaires.editing.cuts import Value, write
from questionnaires.editing.places import Written, place
from questionnaires.language.words import CHOICES, KEYWORDS

Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True)
class ComparedLine:
    """A line of either text: its number in the one it stands in, from 1."""

    kind: Kind
    number: int
    text: str


@dataclass(frozen=True)
class ComparedRule:
    """One entry of one section that is not the same in both: `old` or `new` is "" where it stands in one alone."""

    section: str
    name: str
    old: str
    new: str


def compare_lines(old: str, new: str) -> list[ComparedLine]:
    """What went and what came, in the order of the texts; lines that stayed are left out."""
    before, after = old.splitlines(), new.splitlines()
    found: list[ComparedLine] = []
    for kind, low, high, from_, to in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [ComparedLine("gone", at + 1, before[at]) for at in range(low, high)]
            found += [ComparedLine("new", at + 1, after[at]) for at in range(from_, to)]
    return found


def compare_rules(old: str, new: str) -> list[ComparedRule]:
    """Every entry that differs, whichever way it is spelled and spaced. Raises UnplacedError for a text that is no YAML."""
    before, after = dict(_rules(place(old))), dict(_rules(place(new)))
    return [
        ComparedRule(section, name, _shown(before.get((section, name))), _shown(after.get((section, name))))
        for section, name in dict.fromkeys([*before, *after])
        if before.get((section, name)) != after.get((section, name))
    ]


def _rules(root: Written) -> Iterator[tuple[tuple[str, str], Value]]:
    for key, spot in root.pairs:
        section = _chinese(key.text)
        if spot.kind == "map" and spot.pairs:
            yield from (((section, name.text), _value(value)) for name, value in spot.pairs)
        elif spot.kind == "list":
            yield from (((section, str(at)), _value(value)) for at, value in enumerate(spot.entries, start=1))
        else:
            yield (section, ""), _value(spot)


def _chinese(word: str) -> str:
    """A keyword in its first spelling: a file that changes from one to the other says the same."""
    folded = word.casefold()
    return next((both[0] for both in KEYWORDS.values() if folded in (both[0], both[1].casefold())), word)


def _answer(word: str) -> str:
    folded = word.casefold()
    if folded in ("true", "false"):
        return "是" if folded == "true" else "否"
    return next((both[0] for family in CHOICES.values() for both in family.values() if folded == both[1]), word)


def _value(spot: Written) -> Value:
    if spot.kind == "map":
        return {_chinese(key.text): _value(value) for key, value in spot.pairs}
    return [_value(one) for one in spot.entries] if spot.kind == "list" else _answer(spot.text)


def _shown(value: Value | None) -> str:
    return "" if value is None else write(value) or "—"
