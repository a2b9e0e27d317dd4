"""Every keyword of every section: the reader reads it by the table that the reference prints, in both spellings."""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from questionnaires.language.keys import TYPES, Key, KeyTable
from questionnaires.language.nodes import Node
from questionnaires.language.problems import SchemeProblems
from questionnaires.language.reader import ANYWHERE
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.model import Scheme
from questionnaires.teaching.tables import TABLES
from tests.support.fragments import loaded, merged, places, scalar
from tests.towns.reference_town import WHOLE

HOUSE = Path(__file__).parents[2] / "questionnaires"
ROWS = [(name, table, key) for name, table in TABLES.items() for key in table.keys]
NAMES = [f"{name}:{key.name}" for name, _table, key in ROWS]
FREE = [row for row in ROWS if not row[2].needed]


Outcome = Scheme | list[str]


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two schemes are one but for their text, or refused for the same."""
    if not isinstance(one, Scheme) or not isinstance(other, Scheme):
        return one == other
    return replace(one, text="", digest="") == replace(other, text="", digest="")


def tried(root: Node) -> Outcome:
    """The scheme of a tree, or the codes of what it is refused for."""
    try:
        return loaded(root)
    except SchemeProblems as refused:
        return sorted(one.code for one in refused.problems)


def without(root: Node, table: KeyTable, key: Key) -> Node:
    """The tree with the keyword taken out wherever it stands in its section."""
    changed = deepcopy(root)
    for node, place in reversed(list(places(changed, table.section, KEYWORDS[key.name][0]))):
        del node.pairs[place]
    return changed


@cache
def put_in(example: str) -> tuple[Node, Scheme]:
    """The file with an example put in, as a tree and loaded; many keywords share one."""
    root = merged(WHOLE, example)
    return root, loaded(root)


@pytest.mark.parametrize(("name", "table", "key"), ROWS, ids=NAMES)
def test_the_example_of_a_keyword_loads_and_the_keyword_says_something(name: str, table: KeyTable, key: Key) -> None:
    root, scheme = put_in(key.example)
    assert list(places(root, table.section, KEYWORDS[key.name][0])), f"{name}: the example does not use it"
    bare = tried(without(root, table, key))
    written = [node.pairs[place][1].text for node, place in places(root, table.section, KEYWORDS[key.name][0])]
    if key.silent or (key.default and key.default in written):
        assert same(scheme, bare)
    else:
        assert not same(scheme, bare), f"{name}: written or not, the scheme is the same"


@pytest.mark.parametrize(("name", "table", "key"), ROWS, ids=NAMES)
def test_both_spellings_of_a_keyword_say_the_same(name: str, table: KeyTable, key: Key) -> None:
    root, scheme = put_in(key.example)
    chinese, english = KEYWORDS[key.name]
    changed = deepcopy(root)
    for node, place in list(places(changed, table.section, chinese)):
        node.pairs[place][0].text = english
    assert same(scheme, loaded(changed)), name


@pytest.mark.parametrize(
    ("name", "table", "key"), [row for row in ROWS if row[2].default], ids=lambda one: getattr(one, "name", None)
)
def test_the_default_of_a_keyword_is_what_leaving_it_out_means(name: str, table: KeyTable, key: Key) -> None:
    root, _ = put_in(key.example)
    changed = deepcopy(root)
    for node, place in list(places(changed, table.section, KEYWORDS[key.name][0])):
        node.pairs[place] = (node.pairs[place][0], scalar(key.default))
    assert same(tried(changed), tried(without(root, table, key))), name


@pytest.mark.parametrize(
    ("name", "table", "key"), [row for row in ROWS if row[2].needed], ids=lambda one: getattr(one, "name", None)
)
def test_a_keyword_that_is_needed_is_asked_for(name: str, table: KeyTable, key: Key) -> None:
    with pytest.raises(SchemeProblems) as caught:
        loaded(without(put_in(key.example)[0], table, key))
    assert {one.code for one in caught.value.problems} & {"missing-key", "empty-list"}, name


def test_every_keyword_says_what_leaving_it_out_means_or_is_needed() -> None:
    unclear = [
        one
        for one, (_, _, key) in zip(NAMES, ROWS, strict=True)
        if [bool(key.default), bool(key.unwritten), key.needed].count(True) != 1
    ]
    assert unclear == []
    assert [
        one for one, (_, _, key) in zip(NAMES, ROWS, strict=True) if key.type not in TYPES and key.family not in CHOICES
    ] == []


def literal_lists(path: Path) -> list[int]:
    """Lines that read a mapping by a list of keywords written on the spot."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [
        one
        for one in calls
        if isinstance(one.func, ast.Attribute | ast.Name) and ast.unparse(one.func).split(".")[-1] in {"fields", "_fields"}
    ]
    return [
        one.lineno
        for one in named
        for arg in one.args[1:2]
        if isinstance(arg, ast.Tuple) and any(isinstance(word, ast.Constant) for word in arg.elts)
    ]


def test_no_section_reads_keywords_that_stand_in_no_table() -> None:
    readers = [*(HOUSE / "sections").glob("*.py"), HOUSE / "compiling" / "layout.py", HOUSE / "loader.py"]
    assert {path.name: lines for path in readers if (lines := literal_lists(path))} == {}


def test_a_list_written_on_the_spot_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('fields = reader.fields(node, ("title", "colour"))\n', encoding="utf-8")
    assert literal_lists(planted) == [1]


def test_every_keyword_of_the_language_stands_in_a_table() -> None:
    explained = {key.name for table in TABLES.values() for key in table.keys}
    parameters = {"total", "ties", "rounding"}  # words that only rules use, explained with them
    assert KEYWORDS.keys() - explained - parameters == set()
    assert set(ANYWHERE) <= explained
