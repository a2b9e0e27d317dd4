"""YAML text to a tree of nodes that know their line and column. Every scalar stays text; nothing is guessed.

Refused before anything is built: tabs, huge files, depth, anchors and aliases (no bomb can be written), tags, several
documents, duplicate keys. Threat: a scheme file comes from outside and is read by the office's server.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from questionnaires.language.messages import problem
from questionnaires.language.problems import Problem, SchemeProblems

MOST_CHARACTERS = 400_000
MOST_DEPTH = 20
MOST_NODES = 40_000
_FULL_WIDTH = re.compile(r"[：，［］｛｝＃“”‘’－＆＊！％＞＜＝（）、]")
_TIGHT = re.compile(r"\s*(?:- )?[^\s#\"':{\[]+:(?=[^\s/])")
_WIDE_COLON = re.compile(r"^\s*(?:- )?[^\s#\"'：:]+：")


@dataclass(kw_only=True)
class Node:
    """One place of the file. `text` for a scalar, `pairs` for a mapping, `entries` for a list. Line and column from 1."""

    kind: Literal["scalar", "map", "list"]
    line: int
    column: int
    text: str = ""
    quoted: bool = False
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    entries: list[Node] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing was written here (`key:` with no value)."""
        return self.kind == "scalar" and not self.text and not self.quoted

    def walk(self) -> Iterator[Node]:
        """This node and all below it, keys included, in the file's order."""
        yield self
        for key, value in self.pairs:
            yield key
            yield from value.walk()
        for entry in self.entries:
            yield from entry.walk()


def read(text: str, origin: str) -> tuple[Node, list[Problem]]:
    """The file's root mapping and the problems that do not hinder reading on (duplicate keys). Raises SchemeProblems."""
    if len(text) > MOST_CHARACTERS:
        raise SchemeProblems([problem(origin, 1, 1, "file-too-big", most=MOST_CHARACTERS, found=len(text))])
    found = _tabs(text, origin)
    if found:
        raise SchemeProblems(found)
    try:
        root = _build(text, origin, found)
    except MarkedYAMLError as error:
        raise SchemeProblems([_syntax(text, origin, error)]) from error
    except YAMLError as error:  # a character YAML forbids: the reader gives no mark
        raise SchemeProblems([problem(origin, 1, 1, "bad-character", what=str(error).splitlines()[0])]) from error
    if root is None or root.kind != "map":
        raise SchemeProblems([problem(origin, 1, 1, "not-a-scheme")])
    return root, found


@lru_cache(maxsize=16)
def tree_of(text: str) -> Node:
    """The root of a file that loads, read once for whoever makes other files of it; nobody changes the tree itself.

    Parameters
    ----------
    text
        The file's content.
    """
    return read(text, "")[0]


def _tabs(text: str, origin: str) -> list[Problem]:
    """Every line indented with a tab."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        lead = line[: len(line) - len(line.lstrip())]
        if "\t" in lead and line.strip():
            found.append(problem(origin, number, lead.index("\t") + 1, "tab"))
    return found


def _syntax(text: str, origin: str, error: MarkedYAMLError) -> Problem:
    """The kindest name for what the YAML reader stumbled over."""
    mark: Any = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.splitlines() or [""]
    for near in (line, line - 1):
        if 0 <= near < len(lines) and (hit := _wide(lines[near])):
            return problem(origin, near + 1, hit.start() + 1, "full-width", character=hit.group())
    context: Any = error.context_mark
    if "quoted scalar" in str(error.context or ""):
        return problem(origin, context.line + 1, context.column + 1, "open-quote")
    return _structure(lines, line, column, origin, error)


def _structure(lines: list[str], line: int, column: int, origin: str, error: MarkedYAMLError) -> Problem:
    """What is wrong between the lines: brackets, colons, indentation."""
    what = str(error.problem or "")
    if "flow" in str(error.context or ""):
        return problem(origin, line + 1, column + 1, "open-bracket")
    if line < len(lines) and lines[line].count(": ") > 1 and "mapping values" in what:
        return problem(origin, line + 1, column + 1, "two-colons")
    for near in (line, line - 1):
        if 0 <= near < len(lines) and (hit := _TIGHT.match(lines[near])):
            return problem(origin, near + 1, hit.end(), "colon-space", text=lines[near].strip())
    if "mapping values" in what or "block end" in what or "simple key" in what:
        return problem(origin, line + 1, column + 1, "indentation")
    return problem(origin, line + 1, column + 1, "yaml", what=what)


def _wide(line: str) -> re.Match[str] | None:
    """The first full-width sign outside quotes and comments, where it stands for a sign of the grammar."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|\s#.*$", lambda hit: " " * len(hit.group()), line)
    return _FULL_WIDTH.search(bare)


def looks_wide(node: Node) -> str:
    """The full-width sign in a plain scalar that was probably meant as grammar (`键：值`), or ""."""
    hit = None if node.quoted else _WIDE_COLON.search(node.text) or re.search(r"[｛｝［］]", node.text)
    return "" if hit is None else hit.group().strip()[-1]


def _build(text: str, origin: str, found: list[Problem]) -> Node | None:
    """The node tree from the event stream, without recursion, so that depth is refused before it is built."""
    stack: list[Node] = []
    keys: list[Node | None] = []
    root: Node | None = None
    total = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        name = type(event).__name__
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if name == "DocumentStartEvent" and root is not None:
            raise SchemeProblems([problem(origin, line, column, "two-documents")])
        if name == "AliasEvent" or getattr(event, "anchor", None):
            raise SchemeProblems([problem(origin, line, column, "alias")])
        if getattr(event, "tag", None):
            raise SchemeProblems([problem(origin, line, column, "tag", tag=str(event.tag))])
        if name in {"MappingEndEvent", "SequenceEndEvent"}:
            stack.pop()
            keys.pop()
            continue
        node = _node(event, name, line, column)
        if node is None:
            continue
        total += 1
        if total > MOST_NODES or len(stack) >= MOST_DEPTH:
            raise SchemeProblems([problem(origin, line, column, "too-deep", most=MOST_DEPTH, nodes=MOST_NODES)])
        if not stack:
            root = node
        elif stack[-1].kind == "list":
            stack[-1].entries.append(node)
        elif keys[-1] is None:
            keys[-1] = node
        else:
            _add_pair(stack[-1], keys[-1], node, origin, found)
            keys[-1] = None
        if node.kind != "scalar":
            stack.append(node)
            keys.append(None)
    return root


def _node(event: Any, name: str, line: int, column: int) -> Node | None:
    if name == "MappingStartEvent":
        return Node(kind="map", line=line, column=column)
    if name == "SequenceStartEvent":
        return Node(kind="list", line=line, column=column)
    if name == "ScalarEvent":
        return Node(
            kind="scalar",
            line=line,
            column=column,
            text=unicodedata.normalize("NFC", event.value),
            quoted=event.style in {"'", '"', "|", ">"},
        )
    return None


def _add_pair(mapping: Node, key: Node, value: Node, origin: str, found: list[Problem]) -> None:
    if key.kind != "scalar":
        raise SchemeProblems([problem(origin, key.line, key.column, "key-not-text")])
    if any(old.text == key.text for old, _ in mapping.pairs):
        found.append(problem(origin, key.line, key.column, "duplicate-key", key=key.text))
        return
    mapping.pairs.append((key, value))
