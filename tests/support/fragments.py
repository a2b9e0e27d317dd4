"""A part of a scheme file put into a whole one, as a reader of the documents does it by hand; and what may be changed in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from questionnaires.language.nodes import Node, read
from questionnaires.language.words import KEYWORDS
from questionnaires.loader import load_tree
from questionnaires.model import Scheme

RESULTS, TIERS, QUANTITIES = "结果", "等次", "计算"


def scalar(text: str) -> Node:
    """A value as it would be read from a file."""
    root, _ = read(f"a: {text}\n", "x")
    return root.pairs[0][1]


def merged(whole: str, part: str) -> Node:
    """The file `whole` with the lines of `part`: under their section, in the place of a line of the same name.

    Quantities that `part` adds and does not show are shown among the grades, where any kind of value may stand.
    """
    root, _ = read(whole, "whole.yml")
    more, _ = read(part, "part.yml")
    root = deepcopy(root)
    shown = {node.text for _, section in more.pairs if _.text == RESULTS for node in section.walk()}
    known = {key.text for key, _ in _section(root, QUANTITIES).pairs}
    for key, section in more.pairs:
        _put(root, key, section)
    new = [key for name, section in more.pairs if name.text == QUANTITIES for key, _ in section.pairs]
    tiers = _section(_section(root, RESULTS), TIERS)
    written = [value.walk() for name, section in more.pairs if name.text == QUANTITIES for _, value in section.pairs]
    texts = " ".join(node.text for nodes in written for node in nodes)
    for one in new:
        if one.text not in shown | known and not re.search(rf"(?<!\w){re.escape(one.text)}(?!\w)", texts):
            tiers.entries.append(replace(one))
    return root


def _put(root: Node, key: Node, section: Node) -> None:
    for place, (name, old) in enumerate(root.pairs):
        if name.text != key.text:
            continue
        if old.kind == "map" and section.kind == "map":
            for inner, value in section.pairs:
                _put(old, inner, value) if key.text == RESULTS else _set(old, inner, value)
        elif old.kind == "list" and section.kind == "list":
            names = {one.text for one in old.entries if one.kind == "scalar"}
            old.entries += [one for one in section.entries if one.kind != "scalar" or one.text not in names]
        elif old.kind == "list" and section.kind == "map":
            old.kind, old.pairs = "map", [(one, Node(kind="scalar", line=one.line, column=1)) for one in old.entries]
            old.entries = []
            _put(root, key, section)
        elif old.kind == "map" and section.kind == "list":
            for one in section.entries:
                _set(old, one, Node(kind="scalar", line=one.line, column=1))
        else:
            root.pairs[place] = (key, section)
        return
    root.pairs.append((key, section))


def _set(old: Node, key: Node, value: Node) -> None:
    for place, (name, _) in enumerate(old.pairs):
        if name.text == key.text:
            old.pairs[place] = (key, value)
            return
    old.pairs.append((key, value))


def _section(root: Node, name: str) -> Node:
    return next(value for key, value in root.pairs if key.text == name)


def loaded(root: Node) -> Scheme:
    """The scheme of a tree. Raises SchemeProblems."""
    return load_tree(deepcopy(root), [], "", "part.yml")


def places(root: Node, section: str, word: str) -> Iterator[tuple[Node, int]]:
    """Every mapping within a section (the file itself for "") with an entry of this word, and the entry's place."""
    if not section:
        yield from _here(root, word)
        return
    for key, value in root.pairs:
        if key.text == KEYWORDS[section][0]:
            for node in value.walk():
                yield from _here(node, word)


def _here(node: Node, word: str) -> Iterator[tuple[Node, int]]:
    yield from ((node, place) for place, (key, _) in enumerate(node.pairs) if key.text == word)
