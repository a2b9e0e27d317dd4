"""Topics of the help, read from their files: title, sections, HTML. A heading ends in `{#name}`, the same in every language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.late import late
from survey_app.errors import NotFoundError
from survey_app.i18n import N_
from survey_app.languages import SOURCE

if TYPE_CHECKING:
    import markdown_it
else:
    markdown_it = late("markdown_it")

_HERE = Path(__file__).parent
_HEADING: Final = re.compile(r"(?P<title>.+?)\s*\{#(?P<name>[a-z0-9-]+)\}\s*")
#: So many characters stand around what was found.
_AROUND = 40
#: More is nobody's question.
LONGEST_QUERY = 100


@dataclass(frozen=True)
class HelpSection:
    """A part of a topic: its name in addresses ("" before the first heading), its title, its words without signs of Markdown."""

    name: str
    title: str
    words: str


@dataclass(frozen=True)
class HelpTopic:
    """A topic in one language. `html`: the whole of it below its title, safe to show; `names`: of its sections, in order."""

    name: str
    title: str
    html: str
    sections: tuple[HelpSection, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its sections."""
        return tuple(one.name for one in self.sections if one.name)


@dataclass(frozen=True)
class HelpFound:
    """Where something was found: topic, section, and the words around it as (before, found, behind)."""

    topic: HelpTopic
    section: HelpSection
    around: tuple[str, str, str]


def languages() -> list[str]:
    """The languages there are texts in."""
    return sorted(path.name for path in _HERE.iterdir() if path.is_dir() and any(path.glob("*.md")))


def language_for(tag: str) -> str:
    """The language of the texts for a reader of this one: their own, else the same in other letters, else the source's."""
    spoken = tag.partition("-")[0]
    alike = [one for one in languages() if one.partition("-")[0] == spoken]
    return tag if tag in alike else alike[0] if alike else SOURCE


@cache
def topics(language: str) -> tuple[HelpTopic, ...]:
    """Every topic in one language, in the order of a round."""
    return tuple(_read(path) for path in sorted((_HERE / language).glob("*.md")))


def topic(language: str, name: str) -> HelpTopic:
    """One topic. Raises NotFoundError."""
    for one in topics(language):
        if one.name == name:
            return one
    raise NotFoundError(N_("没有这一篇帮助；请从帮助的目录里选。"))


def search(language: str, query: str) -> list[HelpFound]:
    """Sections in which every word of the query stands, those with a word in their title first; nothing for no words."""
    words = query[:LONGEST_QUERY].casefold().split()
    if not words:
        return []
    found: list[tuple[int, HelpFound]] = []
    for one in topics(language):
        for section in one.sections:
            text = f"{one.title} {section.title} {section.words}".casefold()
            if all(word in text for word in words):
                titled = any(word in f"{one.title} {section.title}".casefold() for word in words)
                found.append((0 if titled else 1, HelpFound(one, section, _around(section.words, words[0]))))
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])]


def _around(text: str, word: str) -> tuple[str, str, str]:
    at = text.casefold().find(word)
    if at < 0 or len(text.casefold()) != len(text):
        return text[: 2 * _AROUND], "", ""
    return text[max(0, at - _AROUND) : at], text[at : at + len(word)], text[at + len(word) : at + len(word) + _AROUND]


def _read(path: Path) -> HelpTopic:
    # No HTML of its own is let through: what a text says is text.
    parser = markdown_it.MarkdownIt("commonmark", {"html": False})
    tokens = parser.parse(path.read_text(encoding="utf-8"))
    title, sections, body = "", [HelpSection("", "", "")], list(tokens)
    for at, token in enumerate(tokens):
        inline = tokens[at + 1] if token.type == "heading_open" else None
        if inline is not None and token.tag == "h1":
            title, body = inline.content, tokens[at + 3 :]
        elif inline is not None:
            named = _HEADING.fullmatch(inline.content)
            if named is None:
                raise ValueError(f"{path}: a heading without a name: {inline.content}")
            token.attrSet("id", named["name"])
            inline.content, inline.children = named["title"], None
            sections.append(HelpSection(named["name"], named["title"], ""))
        elif token.type == "inline" and tokens[at - 1].type != "heading_open":
            last = sections[-1]
            sections[-1] = HelpSection(last.name, last.title, f"{last.words} {_plain(token)}".strip())
    for token in body:
        if token.type == "inline" and token.children is None:
            token.children = parser.parseInline(token.content)[0].children
    return HelpTopic(path.stem.partition("-")[2], title, parser.renderer.render(body, parser.options, {}), tuple(sections))


def _plain(token: markdown_it.token.Token) -> str:
    pieces: Sequence[markdown_it.token.Token] = token.children or ()
    return "".join(one.content if one.type in ("text", "code_inline") else " " if "break" in one.type else "" for one in pieces)
