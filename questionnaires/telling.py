"""Parts of a sentence that are told themselves: words the scheme language spells twice, sentences within sentences, lists.

Lives here: what such a part is and how it is told by a `Say`. May not live here: the sentences about files (`messages`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

from analysis.numerals import SCHEME, decimal, read
from analysis.saying import N_, Say

#: How readers meet a word that the scheme language spells twice: a language tells the spelling its readers write, or both.
SPELLING = N_("{chinese}")
#: The same where both are worth showing.
BOTH_SPELLINGS = N_("“{chinese}”（{english}）")


@runtime_checkable
class Told(Protocol):
    """A part that depends on the reader's language."""

    def tell(self, say: Say) -> str:
        """The part as a reader meets it."""


@dataclass(frozen=True)
class Said:
    """A sentence of the source language with its parts. Made by `said`."""

    sentence: str
    parts: tuple[tuple[str, object], ...] = ()

    def tell(self, say: Say) -> str:
        """The sentence, its parts told first."""
        return say(self.sentence, **{name: tell(part, say) for name, part in self.parts})


@dataclass(frozen=True)
class Keyword:
    """A word of the scheme language or a heading of its tables, which a file may spell either way."""

    chinese: str
    english: str

    def tell(self, say: Say) -> str:
        """The spelling this language's readers write."""
        return say(SPELLING, chinese=self.chinese, english=self.english)


@dataclass(frozen=True)
class Listed:
    """Parts one after another, each once, with the comma of a list between them."""

    entries: tuple[object, ...]

    def tell(self, say: Say) -> str:
        """The list in one line."""
        return say(N_("、")).join(dict.fromkeys(tell(entry, say) for entry in self.entries))


#: So many names are listed; of more, the first of them and how many there are.
MOST_LISTED = 16
FEWEST_IN_A_RANGE = 5


def briefly(names: Iterable[str]) -> Listed:
    """Names for a sentence: numbers at one distance as a range, very many names cut short with how many there are."""
    listed = list(dict.fromkeys(names))
    numbers = [number for name in listed if (number := read(name, SCHEME)) is not None]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(numbers) >= FEWEST_IN_A_RANGE and len(steps) == 1:
        low, high, step = decimal(min(numbers)), decimal(max(numbers)), abs(steps.pop())
        whole = said(N_("{low} 到 {high}"), low=low, high=high)
        span = whole if step == 1 else said(N_("{low} 到 {high}，相隔 {step}"), low=low, high=high, step=decimal(step))
        return Listed((span, *briefly(name for name in listed if read(name, SCHEME) is None).entries))
    if len(listed) > MOST_LISTED:
        return Listed((*listed[:MOST_LISTED], said(N_("……共 {n} 个"), n=len(listed))))
    return Listed(tuple(listed))


def said(sentence: str, /, **parts: object) -> Said:
    """A marked sentence (`N_`) with its parts, to be told by whoever shows it."""
    return Said(sentence, tuple(parts.items()))


def both_spellings(word: Keyword) -> Said:
    """A word with its other spelling beside it, where the reader's language shows both."""
    return said(BOTH_SPELLINGS, chinese=word.chinese, english=word.english)


def setting(key: Keyword, answer: Keyword) -> Said:
    """A setting as it is written in a file."""
    return said("{key}: {answer}", key=key, answer=answer)


def tell(part: object, say: Say) -> str:
    """A part as a reader meets it; names, numbers and texts of the author's stand as they are."""
    return part.tell(say) if isinstance(part, Told) else str(part)
