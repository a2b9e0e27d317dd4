"""A scheme's text as a tree of places: where each value begins and ends, so that it can be cut out and nothing else.

`language.nodes` reads a text to understand it, and forgets how it was written; here only the writing matters. A text that is no
YAML has no places: whoever edits it edits the text itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from questionnaires.language.nodes import MOST_CHARACTERS, MOST_DEPTH, MOST_NODES
from questionnaires.language.words import KEYWORDS

#: A way from the file's root: the author's names, keywords of the language, and numbers in lists, from 0.
Path = tuple[str | int, ...]


class UnplacedError(ValueError):
    """The text is no YAML of ours, or the way leads nowhere."""


@dataclass(kw_only=True)
class Written:
    """A value where it stands: `text[start:end]`. `flow`: in braces or brackets, on whatever lines. Line and column from 0."""

    kind: Literal["scalar", "map", "list"]
    start: int
    end: int
    line: int
    column: int
    text: str = ""
    quoted: bool = False
    flow: bool = False
    pairs: list[tuple[Written, Written]] = field(default_factory=list)
    entries: list[Written] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing is written here (`key:` with no value)."""
        return self.kind == "scalar" and not self.text and not self.quoted

    def of(self, key: str) -> Written | None:
        """The value behind this name."""
        return next((value for name, value in self.pairs if name.text == key), None)

    def under(self, keyword: str, table: Mapping[str, tuple[str, str]] = KEYWORDS) -> Written | None:
        """The value behind a keyword, in either spelling."""
        words = {word.casefold() for word in table[keyword]}
        return next((value for name, value in self.pairs if name.text.casefold() in words and not name.quoted), None)

    def words(self) -> list[str]:
        """One word or a list of words, as a list."""
        if self.kind == "list":
            return [one.text for one in self.entries if one.kind == "scalar"]
        return [self.text] if self.kind == "scalar" and not self.empty else []

    def walk(self) -> Iterator[Written]:
        """This value and all below it."""
        yield self
        for _, value in self.pairs:
            yield from value.walk()
        for entry in self.entries:
            yield from entry.walk()


def place(text: str) -> Written:
    """The places of a text. Raises UnplacedError where it is no YAML, or what `language.nodes` refuses."""
    if len(text) > MOST_CHARACTERS:
        raise UnplacedError("too long")
    try:
        root = _build(text)
    except YAMLError as error:
        raise UnplacedError(str(error)) from error
    if root is None or root.kind != "map":
        raise UnplacedError("not a mapping")
    return root


def at(root: Written, path: Path) -> Written:
    """The value at the end of a way. Raises UnplacedError."""
    here: Written | None = root
    for step in path:
        if here is None:
            break
        here = (here.entries[step] if 0 <= step < len(here.entries) else None) if isinstance(step, int) else here.of(step)
    if here is None:
        raise UnplacedError("/".join(map(str, path)))
    return here


def _build(text: str) -> Written | None:
    stack: list[Written] = []
    keys: list[Written | None] = []
    root: Written | None = None
    total = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        name = type(event).__name__
        if name == "AliasEvent" or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise UnplacedError("alias or tag")
        if name in {"MappingEndEvent", "SequenceEndEvent"}:
            _close(stack.pop(), event)
            keys.pop()
            continue
        node = _written(event, name)
        if node is None:
            continue
        total += 1
        if total > MOST_NODES or len(stack) >= MOST_DEPTH or (not stack and root is not None):
            raise UnplacedError("too deep")
        if not stack:
            root = node
        elif stack[-1].kind == "list":
            stack[-1].entries.append(node)
        elif (key := keys[-1]) is None:
            if node.kind != "scalar":
                raise UnplacedError("a key that is no text")
            keys[-1] = node
        else:
            if node.empty and (colon := text.find(":", key.end)) >= 0 and not text[key.end : colon].strip():
                node.start = node.end = colon + 1  # a reader may tell the place of nothing as where the next name stands
            stack[-1].pairs.append((key, node))
            keys[-1] = None
        if node.kind != "scalar":
            stack.append(node)
            keys.append(None)
    return root


def _written(event: Any, name: str) -> Written | None:
    where = {"start": event.start_mark.index, "line": event.start_mark.line, "column": event.start_mark.column}
    if name in {"MappingStartEvent", "SequenceStartEvent"}:
        kind: Literal["map", "list"] = "map" if name == "MappingStartEvent" else "list"
        return Written(kind=kind, end=where["start"], flow=bool(event.flow_style), **where)
    if name == "ScalarEvent":
        return Written(kind="scalar", end=event.end_mark.index, text=event.value, quoted=event.style is not None, **where)
    return None


def _close(node: Written, event: Any) -> None:
    """Where a collection ends: in flow at its bracket; else with the last thing in it, for comments that follow are others'."""
    if node.flow:
        node.end = event.end_mark.index
    elif node.pairs:
        node.end = max(value.end for pair in node.pairs[-1:] for value in pair)
    elif node.entries:
        node.end = node.entries[-1].end
