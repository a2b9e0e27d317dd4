"""What may be written where the cursor stands: keywords, the words that answer them, and the names the author made.

Read from the same tables as the reference, so that an editor never offers what the checker refuses to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.saying import N_, Say
from questionnaires.compiling.call import RuleSpec
from questionnaires.language.keys import Key
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.rules.table import RULES
from questionnaires.teaching.entries import ReferenceEntry, of_key, of_rule
from questionnaires.teaching.outlining import ENTRY, CursorPlace, TypedText, last_word, outlined
from questionnaires.teaching.tables import TABLES
from questionnaires.telling import Keyword

#: More than this nobody reads; typing a letter more brings the rest.
MOST_OFFERS = 80
#: Sections in which an author's names have settings of their own, and the table of these.
_SETTINGS = ("facts", "scales", "groups", "items", "components", "events", "earlier", "decisions", "ballot_rules")
#: Types of values that are names of the author's, and the sections in which they are made.
_NAMED: dict[str, tuple[str, ...]] = {
    "groups": ("groups",),
    "items": ("items", "lists"),
    "item": ("items", "lists"),
    "facts": ("facts",),
    "fact": ("facts",),
    "events": ("events",),
    "weights": ("groups", "items", "quantities", "components"),
    "label: number": ("groups", "items"),
}
_FIGURES = ("quantities", "components", "earlier", "decisions")
_COUNTED = {
    "quantities",
    "quantity",
    "quantity or value",
    "graded quantity",
    "count or quantity",
    "quantity: weight",
    "grade: quantity",
    "formula",
    "condition",
}


@dataclass(frozen=True, kw_only=True)
class EditorOffer:
    """One thing that may stand at the cursor: the word, what kind of thing it is, what it means, and what is put there."""

    word: str
    detail: str
    says: str = ""
    put: str = ""


@dataclass(frozen=True)
class EditorOffers:
    """Everything that fits, and what was typed of it already."""

    typed: str
    offers: tuple[EditorOffer, ...]


def offer(before: str, after: str, say: Say) -> EditorOffers:
    """What fits between these two parts of a text.

    Parameters
    ----------
    before, after
        The text up to the cursor, and the rest of it; finished or not.
    say
        The reader's language.

    Returns
    -------
    EditorOffers
        Nothing in comments, in quotation marks, and where an author names things of their own.
    """
    here = outlined(before)
    if here.cursor.idle:
        return EditorOffers("", ())
    known = outlined(before + after)
    found = list(_Offering(here.cursor, known, say).all())
    typed = here.cursor.typed
    if not any(_fits(one.word, typed) for one in found):
        typed = last_word(typed)
    fitting = {one.word: one for one in reversed(found) if _fits(one.word, typed)}
    return EditorOffers(typed, tuple(reversed(fitting.values()))[:MOST_OFFERS])


def _fits(word: str, typed: str) -> bool:
    return typed.casefold() in word.casefold()


class _Offering:
    """Everything that may stand at one place of one text."""

    def __init__(self, cursor: CursorPlace, known: TypedText, say: Say) -> None:
        self.cursor, self.known, self.say = cursor, known, say
        self.chinese = _is_chinese(known.below())
        self.way = cursor.way
        self.section = _keyword(self.way[0]) if self.way else ""

    def all(self) -> Iterator[EditorOffer]:
        if not self.cursor.behind:
            yield from self._names_at(self.way)
            return
        way = self.way
        while way and way[-1] == ENTRY:
            way = way[:-1]
        if len(way) <= 2 and self.section == "quantities":
            yield from self._named(*_FIGURES)
            return
        if len(way) == 2 and self.section == "items":
            yield from self._named("scales")
            return
        yield from self._answers(way[:-1], way[-1] if way else "")

    def _names_at(self, way: tuple[str, ...]) -> Iterator[EditorOffer]:
        """What may stand before a colon."""
        table = self._table(way)
        if table == "quantity":
            yield from self._of_quantity()
        elif table:
            keys = (*TABLES[table].keys, *(TABLES["anywhere"].keys if way else ()))
            yield from (self._key(table, key) for key in keys if not self._written(KEYWORDS[key.name]))
        elif way:
            yield from self._answers(way[:-1], way[-1], keys=True)

    def _of_quantity(self) -> Iterator[EditorOffer]:
        rule = self._rule(self.cursor.beside)
        if rule is None:
            yield from (self._entry(of_rule(one), self.say(N_("规则"))) for one in RULES)
        else:
            below = of_rule(rule).below
            yield from (self._entry(one, one.place) for one in below if not self._written(one.words))
        for key in (*TABLES["quantity"].keys, *TABLES["anywhere"].keys):
            if not self._written(KEYWORDS[key.name]):
                yield self._key("quantity", key)

    def _answers(self, way: tuple[str, ...], name: str, *, keys: bool = False) -> Iterator[EditorOffer]:
        """What may stand behind a keyword; with `keys`, before a colon within what stands there."""
        table = self._table(way)
        type_, family = "", ""
        if table == "quantity":
            rule = self._rule((name, *self._siblings(way)))
            if rule is None:
                return
            entries = (of_rule(rule), *of_rule(rule).below)
            found = next((one for one in entries if name.casefold() in (word.casefold() for word in one.words)), None)
            type_, family = (found.type, found.family) if found else ("", "")
        elif table:
            key = next((key for key in TABLES[table].keys if _is(name, KEYWORDS[key.name])), None)
            type_, family = (key.type, key.family) if key else ("", "")
        elif way and self._table(way[:-1]) and name in self.known.below(*self._section_words("facts")):
            # {fact: values}: the values of that fact
            yield from (self._name(one, name) for one in self._values(name))
            return
        if keys and type_ not in ("facts: values", "weights", "label: number", "quantity: weight"):
            return
        yield from self._fitting(type_, family)

    def _fitting(self, type_: str, family: str) -> Iterator[EditorOffer]:
        if family:
            yield from (self._word(pair) for pair in CHOICES[family].values())
        if type_.startswith("yes/no"):
            yield from (self._word(pair) for pair in (("是", "yes"), ("否", "no")))
        if type_ == "facts: values":
            yield from self._named("facts")
        if type_ in ("grades", "grade", "yes/no or grades"):
            yield from (self._name(one, self._spelled("scales")) for one in self._grades())
        if type_ == "name":
            yield from self._named("scales")
        if type_ in _NAMED:
            yield from self._named(*_NAMED[type_])
        if type_ in _COUNTED:
            yield from self._named(*_FIGURES)

    def _named(self, *sections: str) -> Iterator[EditorOffer]:
        for section in sections:
            for word in self._section_words(section):
                found = self.known.below(word)
                if section in ("items", "groups"):
                    inner = KEYWORDS["parts" if section == "items" else "groups"]
                    found = [*found, *(one for step in inner for one in self.known.below(word, "", step))]
                if section == "events":
                    found = [*found, *self.known.listed(word)]
                yield from (self._name(one, word) for one in found if one != ENTRY)

    def _grades(self) -> list[str]:
        """The grades of every scale: its names that are no keywords, or the words of its list."""
        keywords = {word for key in (*TABLES["scales"].keys, *TABLES["anywhere"].keys) for word in KEYWORDS[key.name]}
        found = [
            one for word in self._section_words("scales") for one in (*self.known.below(word, ""), *self.known.listed(word, ""))
        ]
        return [one for one in dict.fromkeys(found) if one not in keywords]

    def _values(self, fact: str) -> list[str]:
        found = []
        for word in self._section_words("facts"):
            for key in (*KEYWORDS["values"], *KEYWORDS["umbrellas"]):
                found += [*self.known.listed(word, fact, key), *self.known.below(word, fact, key)]
        return list(dict.fromkeys(found))

    def _table(self, way: tuple[str, ...]) -> str:
        """The table of keywords that stand at the end of this way; "" where an author makes names."""
        if not way:
            return "file"
        section, inner = _keyword(way[0]), tuple(step for step in way[1:] if step != ENTRY)
        row = len(way) - 1 > len(inner)
        if not inner:
            sections = ("forms", "ballot_rules") if row else ("policy", "results")
            return section if section in sections else ""
        if section == "quantities" and len(inner) == 1:
            return "quantity"
        if section == "results" and row and _is(inner[0], KEYWORDS["satisfaction"]):
            return "satisfaction"
        return self._settings(section, inner)

    @staticmethod
    def _settings(section: str, inner: tuple[str, ...]) -> str:
        if section not in _SETTINGS or not inner:
            return ""
        nested = KEYWORDS["parts"] if section == "items" else KEYWORDS["groups"] if section == "groups" else ("", "")
        while len(inner) >= 3 and _is(inner[1], nested):
            inner = inner[2:]
        if len(inner) == 1:
            return section
        if section == "scales" and len(inner) == 2:
            return "choice"
        return "comment" if section == "groups" and len(inner) == 2 and _is(inner[1], KEYWORDS["comment"]) else ""

    def _rule(self, beside: Sequence[str]) -> RuleSpec | None:
        written = {one.casefold() for one in beside}
        return next((rule for rule in RULES if written & {word.casefold() for word in rule.words}), None)

    def _siblings(self, way: tuple[str, ...]) -> list[str]:
        return [*self.cursor.beside, *self.known.below(*way)]

    def _written(self, words: tuple[str, str]) -> bool:
        return any(_is(one, words) for one in self.cursor.beside)

    def _section_words(self, section: str) -> tuple[str, ...]:
        return tuple(one for one in self.known.below() if _is(one, KEYWORDS[section]))

    def _spelled(self, keyword: str) -> str:
        return KEYWORDS[keyword][0 if self.chinese else 1]

    def _key(self, table: str, key: Key) -> EditorOffer:
        return self._entry(of_key(table, TABLES[table], key), self.say(TABLES[table].of))

    def _entry(self, entry: ReferenceEntry, detail: str) -> EditorOffer:
        word = entry.words[0 if self.chinese else 1]
        lines = [self.say(entry.says)]
        if entry.answers(self.say):
            lines.append(self.say(N_("写什么：{answers}。"), answers=entry.answers(self.say)))
        if entry.example:
            lines.append(entry.example)
        return EditorOffer(word=word, detail=detail, says="\n".join(lines), put=f"{word}: ")

    def _word(self, pair: tuple[str, str]) -> EditorOffer:
        other = Keyword(*pair).tell(self.say)
        word = pair[0 if self.chinese else 1]
        return EditorOffer(word=word, detail=other if other != word else "", put=word)

    @staticmethod
    def _name(name: str, section: str) -> EditorOffer:
        return EditorOffer(word=name, detail=section, put=name)


def _keyword(word: str) -> str:
    """What the code calls a section."""
    return next((name for name in TABLES_OF_FILE if _is(word, KEYWORDS[name])), "")


TABLES_OF_FILE = TABLES["file"].names


def _is(word: str, pair: tuple[str, str]) -> bool:
    return word.casefold() in (pair[0].casefold(), pair[1].casefold())


def _is_chinese(sections: Sequence[str]) -> bool:
    """Whether a file is written in the Chinese spelling; one that says nothing yet is."""
    chinese = sum(any(one == KEYWORDS[name][0] for name in TABLES_OF_FILE) for one in sections)
    english = sum(any(one.casefold() == KEYWORDS[name][1] for name in TABLES_OF_FILE) for one in sections)
    return chinese >= english
