"""Reading values out of nodes: each method returns what it could make of a place and notes what is wrong with it.

One reader lives for one file. It never stops at the first problem; callers go on with None or a harmless value.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from analysis.numerals import SCHEME, read
from analysis.saying import N_
from questionnaires.language.messages import problem
from questionnaires.language.nodes import Node, looks_wide
from questionnaires.language.problems import Problem
from questionnaires.language.words import CHOICES, KEYWORDS, NO, UNCERTAIN, YES, spelled
from questionnaires.model import Text
from questionnaires.telling import Keyword, Said, briefly, said

_NO_SPACE = re.compile(r"[^\s:]+:[^\s:]+$")
_NAME = re.compile(r"[^\W\d]\w*( \w+)*")
_GRADE_SIGNS = "+-＋－"
RESERVED = {
    "and",
    "or",
    "not",
    "if",
    "min",
    "max",
    "abs",
    "且",
    "或",
    "非",
    "若",
    "较大",
    "较小",
    "绝对值",
    "缺",
    "missing",
    "true",
    "false",
    "是",
    "否",
}
TEXT_MOST = 2000
ANYWHERE = ("source", "because", "note")  # the table that explains them: sections.file_keys


@dataclass(kw_only=True)
class Fields:
    """A mapping read against a list of keywords: canonical keyword -> node, and where the mapping stands."""

    node: Node
    known: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    rest: list[tuple[Node, Node]] = field(default_factory=list)
    source: str = ""
    meant: set[str] = field(default_factory=set)  # keywords that stand there misspelled

    def __contains__(self, key: str) -> bool:
        return key in self.known

    def get(self, key: str) -> Node | None:
        """The node behind a keyword, or None when it is not written or left empty."""
        node = self.known.get(key)
        return None if node is None or node.empty else node


class NodeReader:
    """Values from nodes, problems collected in `problems`. `languages` and `translations` are set by the loader first."""

    def __init__(self, origin: str, problems: list[Problem]) -> None:
        self.origin = origin
        self.problems = problems
        self.languages: tuple[str, ...] = ("zh-Hans",)
        self.translations: Mapping[str, Mapping[str, str]] = {}
        self.meant: set[str] = set()  # names that a misspelling stood for: they are used, though nobody spelled them
        self.lost: set[str] = set()  # words below a keyword nobody knows: to name them elsewhere is no second mistake

    def bad(self, node: Node, code: str, **parts: object) -> None:
        """Note one problem at a node."""
        self.problems.append(problem(self.origin, node.line, node.column, code, **parts))

    # --- mappings
    def fields(
        self,
        node: Node,
        allowed: Sequence[str],
        required: Sequence[str] = (),
        *,
        where: object = "",
        open_ended: bool = False,
        table: Mapping[str, tuple[str, str]] = KEYWORDS,
    ) -> Fields:
        """A mapping's keywords by canonical name. `open_ended`: other keys are the author's own and land in `rest`.

        `table` spells the keywords; rules bring their own.
        """
        found = Fields(node=node)
        if node.kind != "map":
            if not node.empty:
                self._not_a_map(node)
            for key in required:
                self._missing(node, table[key], where)
            return found
        spellings = {word.casefold(): key for key in ANYWHERE for word in KEYWORDS[key]}
        spellings.update({word.casefold(): key for key in allowed for word in table[key]})
        for key_node, value in node.pairs:
            meant = spellings.get(key_node.text.casefold()) if not key_node.quoted else None
            if meant is not None:
                if meant in found.known:
                    self.bad(key_node, "duplicate-key", key=key_node.text)
                found.known[meant], found.keys[meant] = value, key_node
            elif open_ended:
                found.rest.append((key_node, value))
            elif sign := looks_wide(key_node):
                self.bad(key_node, "full-width", character=sign)
            else:
                found.meant.add(self.unknown_key(key_node, allowed, table))
                self.lost |= {one.text for one in value.walk() if one.kind == "scalar"}
        for key in required:
            if key not in found.known and key not in found.meant:
                self._missing(node, table[key], where)
        found.source = self.source(found)
        return found

    def source(self, fields: Fields) -> str:
        """`source:` as written, or "选定：…" for `chosen because:`; both when both stand."""
        parts = []
        if node := fields.get("source"):
            parts.append(self.plain(node))
        if node := fields.get("because"):
            parts.append("选定：" + self.plain(node))
        return "；".join(part for part in parts if part)

    def pairs(self, node: Node | None) -> list[tuple[Node, Node]]:
        """A mapping whose keys are the author's names; notes and sources among them are left out."""
        if node is None or node.empty:
            return []
        if node.kind != "map":
            self._not_a_map(node)
            return []
        skip = {word for key in ANYWHERE for word in KEYWORDS[key]}
        return [(key, value) for key, value in node.pairs if key.text not in skip or key.quoted]

    def _not_a_map(self, node: Node) -> None:
        sign = looks_wide(node) if node.kind == "scalar" else ""
        if sign:
            self.bad(node, "full-width", character=sign)
        else:
            self.bad(node, "want-map")

    def _missing(self, node: Node, words: tuple[str, str], where: object) -> None:
        self.bad(node, "missing-key", key=Keyword(*words), where=where)

    def unknown_key(self, key: Node, allowed: Sequence[str], table: Mapping[str, tuple[str, str]] = KEYWORDS) -> str:
        """Note it; gives the keyword that was probably meant."""
        if not key.quoted and _NO_SPACE.match(key.text):
            self.bad(key, "colon-space", text=key.text)
            return ""
        close = nearest_name(key.text, [word for name in allowed for word in table[name]])
        self.bad(key, "unknown-key", key=key.text, hint=did_you_mean(close), known=spelled(allowed, table))
        return next((name for name in allowed if close in table[name]), "")

    # --- scalars
    def unwrap(self, node: Node) -> Node:
        """`{value: 40, source: …}` stands for `40` wherever a plain value may stand."""
        if node.kind != "map":
            return node
        for key, value in node.pairs:
            if key.text in KEYWORDS["value"]:
                self.fields(node, ("value",))
                return value
        return node

    def plain(self, node: Node | None) -> str:
        """The text of a scalar; "" with a problem for anything else."""
        if node is None:
            return ""
        node = self.unwrap(node)
        if node.kind != "scalar":
            self.bad(node, "want-text")
            return ""
        if len(node.text) > TEXT_MOST:
            self.bad(node, "want-text")
            return node.text[:TEXT_MOST]
        return node.text.strip()

    def text(self, node: Node | None, fallback: str = "") -> Text:
        """A sentence: one text in the scheme's first language (others from `words:`), or a mapping language -> text."""
        first = self.languages[0]
        if node is not None and node.kind == "map":
            words = {key.text: self.plain(value) for key, value in self.pairs(node)}
            for language in self.languages:
                if language not in words and language.split("-", maxsplit=1)[0] not in words:
                    self.bad(node, "no-words-in", name=next(iter(words.values()), ""), language=language)
            return Text(words or {first: fallback})
        written = self.plain(node) if node is not None and not node.empty else fallback
        others = {language: table[written] for language, table in self.translations.items() if written in table}
        return Text({first: written, **others})

    def name(self, node: Node) -> str:
        """A name of the author's own: letters, digits, underscores, single spaces."""
        text = self.plain(node)
        if not node.quoted and text.lower() in UNCERTAIN:
            self._uncertain(node, text)
        elif sign := looks_wide(node):
            self.bad(node, "full-width", character=sign)
        elif not _NAME.fullmatch(text) or len(text) > 60:
            self.bad(node, "bad-name", text=text)
        elif text.lower() in RESERVED and not node.quoted:
            self.bad(node, "reserved-name", text=text)
        return text

    def grade(self, node: Node) -> str:
        """A grade or value of the author's own: a name, perhaps with a plus or minus behind it (B+, A-)."""
        text = self.plain(node)
        bare = text.rstrip(_GRADE_SIGNS)
        if not bare or bare == text or len(text) - len(bare) > 2:
            return self.name(node)
        self.name(Node(kind="scalar", line=node.line, column=node.column, text=bare, quoted=node.quoted))
        return text

    def number(self, node: Node | None) -> Fraction | None:
        """An exact number: 12, 0.5, 20 %, 1/3."""
        if node is None:
            return None
        text = self.plain(node)
        value = exact(text)
        if value is None and text:
            self.bad(node, "want-number", text=text)
        return value

    def count(self, node: Node | None) -> int | None:
        """A whole number from 0."""
        if node is None:
            return None
        text = self.plain(node)
        if not re.fullmatch(r"\d{1,9}", text):
            self.bad(node, "want-count", text=text)
            return None
        return int(text)

    def yes(self, node: Node | None, *, otherwise: bool = False) -> bool:
        """是/否 or true/false; `yes`, `no`, `on`, `off` are refused, because YAML readers disagree about them."""
        if node is None or node.empty:
            return otherwise
        text = self.plain(node)
        if text in YES or text in NO:
            return text in YES
        if text.lower() in UNCERTAIN:
            self._uncertain(node, text)
        else:
            self.bad(node, "want-yes", text=text)
        return otherwise

    def word(self, node: Node | None, family: str, otherwise: str = "") -> str:
        """One of the words of `CHOICES[family]`, canonical."""
        if node is None or node.empty:
            return otherwise
        text = self.plain(node).casefold()
        table = CHOICES[family]
        for key, spellings in table.items():
            if text in (*spellings, key.replace("_", " ")):
                return key
        self.bad(node, "want-word", text=self.plain(node), allowed=spelled(table, table))
        return otherwise

    def date(self, node: Node | None) -> str:
        """An ISO date, as text."""
        if node is None:
            return ""
        text = self.plain(node)
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            self.bad(node, "want-date", text=text)
            return text

    def entries(self, node: Node | None) -> list[Node]:
        """A list; a single value counts as a list of one."""
        if node is None or node.empty:
            return []
        if node.kind == "list":
            if not node.entries:
                self.bad(node, "empty-list")
            return node.entries
        return [node]

    def _uncertain(self, node: Node, text: str) -> None:
        self.bad(node, "yes-word", text=text, yes="是", no="否")

    def known(self, node: Node, table: Iterable[str], thing: str, **parts: object) -> str:
        """A name that must stand in `table`; "" with a problem (and the nearest name) otherwise. `thing`: one of `things`."""
        text = self.plain(node)
        names = list(table)
        if text in names:
            return text
        if not node.quoted and text.lower() in UNCERTAIN:
            self._uncertain(node, text)
            return ""
        self.unknown(node, text, names, thing, **parts)
        return ""

    def unknown(self, node: Node, text: str, names: Iterable[str], thing: str, **parts: object) -> None:
        """Note a name that stands for nothing, with the nearest one; not when its declaration was lost to another mistake."""
        if text in self.lost or text in self.meant:
            return
        if not node.quoted and _NO_SPACE.match(text):
            self.bad(node, "colon-space", text=text)
            return
        names = list(names)
        close = nearest_name(text, names)
        self.meant |= {close} if close else set()
        known = said(N_("可以写的有：{known}。"), known=briefly(names)) if names else ""
        self.bad(node, "unknown-name", named=said(thing, name=text, **parts), hint=did_you_mean(close), known=known)


def exact(text: str) -> Fraction | None:
    """`12`, `0.5`, `20%`, `1/3` as a fraction, None when it is none of these. Never through a float."""
    return read(text, SCHEME)


def nearest(text: str, names: Iterable[str]) -> Said | str:
    """A hint "did you mean"; "" when nothing is near."""
    return did_you_mean(nearest_name(text, names))


def nearest_name(text: str, names: Iterable[str]) -> str:
    """The name most like `text`, "" when none is near."""
    close = difflib.get_close_matches(text, list(names), n=8, cutoff=0.5)

    def likeness(name: str) -> tuple[float, int]:
        same = next((at for at, (a, b) in enumerate(zip(name, text, strict=False)) if a != b), 0)
        return difflib.SequenceMatcher(None, name, text).ratio(), same

    return max(close, key=likeness, default="")


def did_you_mean(name: str) -> Said | str:
    """The hint that names it; "" for no name."""
    return said(N_("是否想写“{name}”？"), name=name) if name else ""
