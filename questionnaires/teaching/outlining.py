"""A text that is being typed, told apart as far as it goes: what is written where, and where the cursor stands.

While somebody types, a text is seldom YAML. This reads by indentation and brackets alone and never refuses; what a finished text
means is `language.nodes`' to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

#: An entry of a list on the way to a place.
ENTRY = "-"
_PLAIN = r"[^:{}\[\],#]*?"
_KEY = re.compile(rf"""(?:"([^"]*)"|'([^']*)'|([^\s"'{{}}\[\],#:&*!|>%@`-]{_PLAIN}|-[^\s:{{}}\[\],#]{_PLAIN}))\s*:(?=\s|$)""")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?""")
_FLOW = re.compile(r"""\s+\#.*|[{}\[\],]|:(?=\s|$)|[^{}\[\],:\s]+|[:\s]+""")


@dataclass
class _Frame:
    """A mapping or list that is still open: at which indentation (block) or bracket (flow), under which name."""

    name: str
    indent: int = -1
    bracket: str = ""
    keys: list[str] = field(default_factory=list)
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class CursorPlace:
    """Where the cursor stands: the names on the way, what else is written beside, and what was typed of a name or value.

    `behind`: behind the colon of the last name of `way`, or in a list there; else where a name is to be written.
    """

    way: tuple[str, ...]
    behind: bool
    beside: tuple[str, ...]
    typed: str
    idle: bool = False


@dataclass(frozen=True)
class TypedText:
    """All names and words of a text with the ways to them, and the cursor's place at its end."""

    names: tuple[tuple[str, ...], ...]
    words: tuple[tuple[tuple[str, ...], str], ...]
    cursor: CursorPlace

    def below(self, *way: str) -> list[str]:
        """The names written directly below this way; an empty step stands for any name."""
        found = [
            one[-1]
            for one in self.names
            if len(one) == len(way) + 1 and all(want in ("", step) for want, step in zip(way, one, strict=False))
        ]
        return list(dict.fromkeys(found))

    def listed(self, *way: str) -> list[str]:
        """The words behind this way, in a list or alone."""
        found = [
            word
            for one, word in self.words
            if len(one) == len(way) and all(want in ("", step) for want, step in zip(way, one, strict=False))
        ]
        return list(dict.fromkeys(found))


def outlined(text: str) -> TypedText:
    """Read a text up to its end, where the cursor is."""
    return _Reading().whole(text)


class _Reading:
    def __init__(self) -> None:
        self.frames: list[_Frame] = []
        self.root = _Frame("", -1)
        self.names: list[tuple[str, ...]] = []
        self.words: list[tuple[tuple[str, ...], str]] = []

    def whole(self, text: str) -> TypedText:
        cursor = CursorPlace(way=(), behind=False, beside=(), typed="")
        lines = text.split("\n")
        for line in lines:
            if self._in_flow() and line[:1] not in ("", " ", "}", "]", "#") and _KEY.match(line):
                self.frames.clear()  # a bracket that is still open while somebody types does not swallow the sections below
            cursor = self._flow(line) if self._in_flow() else self._block(line)
        return TypedText(tuple(self.names), tuple(self.words), cursor)

    def _in_flow(self) -> bool:
        return bool(self.frames) and bool(self.frames[-1].bracket)

    def _way(self) -> tuple[str, ...]:
        return tuple(frame.name for frame in self.frames if frame.name)

    def _beside(self) -> list[str]:
        return (self.frames[-1] if self.frames else self.root).keys

    def _block(self, line: str) -> CursorPlace:
        """A line outside brackets: its indentation says below what it stands."""
        rest = line.lstrip(" ")
        indent = len(line) - len(rest)
        if rest.startswith("#"):
            return CursorPlace(way=(), behind=False, beside=(), typed="", idle=True)
        if rest:
            self._close(indent)
        while rest.startswith("- ") or rest == "-":
            self._close(indent)
            self.frames.append(_Frame(ENTRY, indent))
            rest_after = rest[1:].lstrip(" ")
            indent += len(rest) - len(rest_after)
            rest = rest_after
        if not rest:
            above = tuple(frame.name for frame in self.frames if frame.name and frame.indent < indent) if line else ()
            beside = next((frame.keys for frame in reversed(self.frames) if frame.indent < indent), self.root.keys)
            return CursorPlace(way=above, behind=False, beside=tuple(beside), typed="")
        found = _KEY.match(rest)
        if found is None:
            if rest[0] in "{[":
                return self._flow(rest)
            plain = rest.split(" #")[0]
            if self.frames and self.frames[-1].name == ENTRY:
                self.words.append((self._way()[:-1], plain.strip()))
            return CursorPlace(way=self._way(), behind=self._listing(), beside=tuple(self._beside()), typed=plain)
        name = next(part for part in found.groups() if part is not None)
        way = (*self._way(), name)
        self._beside().append(name)
        self.names.append(way)
        self.frames.append(_Frame(name, indent))
        value = rest[found.end() :]
        if value.lstrip(" ").startswith(("{", "[")):
            return self._flow(value.lstrip(" "))
        plain = value.split(" #")[0]
        if plain.strip():
            self.words.append((way, plain.strip().strip("\"'")))
        idle = " #" in value or value.lstrip(" ").startswith(('"', "'", "|", ">"))
        return CursorPlace(way=way, behind=True, beside=(), typed=plain.lstrip(" "), idle=idle)

    def _listing(self) -> bool:
        return bool(self.frames) and self.frames[-1].name == ENTRY and not self.frames[-1].keys

    def _close(self, indent: int) -> None:
        while self.frames and (self.frames[-1].bracket or self.frames[-1].indent >= indent):
            self.frames.pop()

    def _flow(self, line: str) -> CursorPlace:
        """A line, or what is left of one, within brackets."""
        typed, idle, at = "", False, 0
        while at < len(line):
            # A quotation mark opens a quotation only where a word begins: in "this unit's work" it is a letter like others.
            found = (_QUOTED.match(line, at) if not typed.strip() else None) or _FLOW.match(line, at)
            part = found.group(0) if found and found.group(0) else line[at]
            at += len(part)
            comment = part.lstrip().startswith("#") and part[0].isspace()
            quoted = not typed.strip() and part[0] in "\"'"
            idle = comment or (quoted and (len(part) < 2 or part[-1] != part[0]))
            if not comment:
                typed = self._flow_part(part, typed)
        top = self.frames[-1] if self.frames else self.root
        way = (*self._way(), top.key) if top.key else self._way()
        behind = bool(top.key) or top.bracket == "["
        return CursorPlace(way=way, behind=behind, beside=tuple(top.keys), typed=typed.lstrip(), idle=idle or not top.bracket)

    def _flow_part(self, part: str, typed: str) -> str:
        """One more part within brackets; what is typed of a word behind it."""
        top = self.frames[-1] if self.frames else self.root
        if part in ("{", "["):
            self.frames.append(_Frame(top.key if top.bracket == "{" else ENTRY if top.bracket else "", bracket=part))
        elif part in ("}", "]"):
            self._word(typed)
            if top.bracket:
                self.frames.pop()
        elif part == ",":
            self._word(typed)
            top.key = ""
        elif part == ":" and top.bracket == "{" and not top.key:
            top.key = typed.strip().strip("\"'")
            top.keys.append(top.key)
            self.names.append((*self._way(), top.key))
        else:
            return typed + part
        return ""

    def _word(self, typed: str) -> None:
        top = self.frames[-1] if self.frames else self.root
        word = typed.strip().strip("\"'")
        if word:
            self.words.append(((*self._way(), top.key) if top.key else self._way(), word))


def last_word(typed: str, ends: Sequence[str] = tuple(" \t+-*/()<>=，,@")) -> str:
    """The last word of a formula that is being typed."""
    at = max((typed.rfind(one) for one in ends), default=-1)
    return typed[at + 1 :]
