"""One entry of the reference: a keyword or a rule form with all that can be said of it, made from the language's tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.saying import N_, Say
from questionnaires.compiling.call import Param, RuleSpec
from questionnaires.language.keys import TYPES, Key, KeyTable
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.rules.table import RULES
from questionnaires.teaching.parameters import FAMILIES, SHOWN, family_of
from questionnaires.teaching.tables import TABLES
from questionnaires.telling import Keyword, Listed, both_spellings, tell


@dataclass(frozen=True, kw_only=True)
class ReferenceEntry:
    """A keyword (or rule form): its two spellings, the table it stands in, and what is said of it in the source language.

    `place` says in what it is written; `below` are the parameters of a rule form.
    """

    words: tuple[str, str]
    table: str
    place: str
    says: str
    type: str = ""
    family: str = ""
    default: str = ""
    unwritten: str = ""
    needed: bool = False
    example: str = ""
    below: tuple[ReferenceEntry, ...] = ()

    def answers(self, say: Say) -> str:
        """What may stand behind it: the words of its family, both spellings, or a description."""
        if self.family:
            words = Listed(tuple(both_spellings(Keyword(*pair)) for pair in CHOICES[self.family].values()))
            return say(N_("其中之一：{words}"), words=tell(words, say))
        return say(TYPES[self.type]) if self.type in TYPES else self.type

    def left_out(self, say: Say) -> str:
        """What leaving it out means."""
        if self.needed:
            return say(N_("必须写"))
        if self.default:
            return say(N_("不写就是 {default}"), default=self.default)
        return say(N_("不写：{what}"), what=say(self.unwritten)) if self.unwritten else say(N_("可以不写"))


def of_key(name: str, table: KeyTable, key: Key) -> ReferenceEntry:
    """The entry of a keyword."""
    return ReferenceEntry(
        words=KEYWORDS[key.name],
        table=name,
        place=table.of,
        says=key.says,
        type=key.type,
        family=key.family,
        default=key.default,
        unwritten=key.unwritten,
        needed=key.needed,
        example=key.example,
    )


def of_param(rule: RuleSpec, param: Param) -> ReferenceEntry:
    """The entry of one parameter of a rule form; its example is the rule's, with it written out."""
    return ReferenceEntry(
        words=param.words,
        table=rule.id,
        place=rule.words[0],
        says=param.says,
        type=param.type,
        family=family_of(rule, param),
        needed=param.required,
        example=example_of(rule, param),
    )


def example_of(rule: RuleSpec, param: Param) -> str:
    """A quantity that uses the parameter: the rule's own example where it does, else with the parameter's put in; "" for none."""
    if any(f"{word}: " in rule.example for word in param.words):
        return rule.example
    shown = SHOWN.get((rule.id, param.words[0])) or SHOWN.get(("", param.words[0]), "")
    if "{rule}" in shown:
        return shown.replace("{rule}", rule.words[0])
    return f"{rule.example[:-1]}, {param.words[0]}: {shown}}}" if shown else ""


def of_rule(rule: RuleSpec) -> ReferenceEntry:
    """The entry of a rule form with its parameters."""
    return ReferenceEntry(
        words=rule.words,
        table="rules",
        place=N_("计算里的一个量"),
        says=rule.says,
        type=rule.main,
        family=FAMILIES.get(rule.main, ""),
        example=rule.example,
        below=tuple(of_param(rule, param) for param in rule.params),
    )


def entries() -> Iterator[ReferenceEntry]:
    """Every entry: the sections' keywords in the order of a file, then the rule forms."""
    for name, table in TABLES.items():
        yield from (of_key(name, table, key) for key in table.keys)
    yield from map(of_rule, RULES)


def found(word: str) -> tuple[ReferenceEntry, ...]:
    """The entries of a word in either spelling; parameters of rules only where nothing else has the name."""
    wanted = word.strip().casefold()
    first = tuple(one for one in entries() if wanted in {spelling.casefold() for spelling in one.words})
    below = (inner for one in entries() for inner in one.below)
    return first or tuple(one for one in below if wanted in {spelling.casefold() for spelling in one.words})


def in_lines(entry: ReferenceEntry, say: Say) -> list[str]:
    """An entry as lines for a terminal."""
    place = say(entry.place)
    lines = [say(N_("{chinese}（{english}）：{place}"), chinese=entry.words[0], english=entry.words[1], place=place)]
    lines += [f"  {say(entry.says)}", "  " + say(N_("写什么：{answers}。"), answers=entry.answers(say))]
    if entry.table != "rules":
        lines.append(f"  {entry.left_out(say)}")
    for one in entry.below:
        must = f"{one.left_out(say)} " if one.needed else ""
        lines += [f"  - {one.words[0]} · {one.words[1]}", f"      {must}{say(one.says)}", f"      {one.answers(say)}"]
    return [*lines, *(f"    {line}" for line in entry.example.splitlines())]
