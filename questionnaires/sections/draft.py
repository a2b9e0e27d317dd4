"""What the loader knows while it reads: the declared parts of a scheme, before quantities are compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.ranges import read_range
from questionnaires.language.reader import NodeReader
from questionnaires.model import BallotRule, Choice, ComponentField, Fact, FormLine, Group, Item, Scale, Shape, Text

Where = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Earlier:
    """A result of earlier periods: the quantity it is stored as, its grades (none for a number), and which periods are read."""

    quantity: str
    grades: tuple[str, ...] = ()
    last: int | None = None
    back: int | None = None  # so many right before the counted period
    periods: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Draft:
    """Everything declared, by name, in the file's order; `nodes` remembers where each name was first written."""

    facts: dict[str, Fact] = field(default_factory=dict)
    umbrellas: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)  # fact -> umbrella word -> values
    scales: dict[str, Scale] = field(default_factory=dict)
    grades: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    sides: dict[str, Text] = field(default_factory=dict)
    group_parents: dict[str, str] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    indicators: dict[str, Text] = field(default_factory=dict)
    item_parents: dict[str, str] = field(default_factory=dict)
    item_where: dict[str, Where] = field(default_factory=dict)
    item_groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forms: list[FormLine] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)  # group -> how its form is shown, where the file says so
    ballot_rules: list[BallotRule] = field(default_factory=list)
    components: dict[str, ComponentField] = field(default_factory=dict)
    events: dict[str, Text] = field(default_factory=dict)
    event_what: dict[str, str] = field(default_factory=dict)  # events whose bare name means their amounts added up
    earlier: dict[str, Earlier] = field(default_factory=dict)
    decisions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    decision_numbers: set[str] = field(default_factory=set)  # decisions whose choices are numbers
    decision_where: dict[str, Where] = field(default_factory=dict)
    event_bounds: dict[str, ComponentField] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)  # what a declared name quotes
    policy: dict[str, str] = field(default_factory=dict)
    policy_nodes: dict[str, Node] = field(default_factory=dict)
    policy_read: bool = False
    display: tuple[str, int] | None = None
    nodes: dict[str, Node] = field(default_factory=dict)  # labels: groups, sides, items, indicators, lists
    values: dict[str, Node] = field(
        default_factory=dict
    )  # what formulas can name: facts, components, events, decisions, quantities

    def leaves(self, name: str) -> tuple[str, ...]:
        """The items a name stands for: itself, the items below an indicator, or a named list. () when unknown."""
        if name in self.items:
            return (name,)
        if name in self.lists:
            return self.lists[name]
        below = [child for child, parent in self.item_parents.items() if parent == name]
        return tuple(leaf for child in below for leaf in self.leaves(child))

    def choices_named(self, scale: str, text: str) -> tuple[str, ...]:
        """The choices of a scale that a grade's name, or a range of its points (`90 以上`), stands for. () when it is neither."""
        if named := self.grades.get(scale, {}).get(text):
            return named
        stretch = read_range(text) if scale in self.scales else None
        if stretch is None:
            return ()
        return tuple(one.key for one in self.scales[scale].choices if one.value is not None and stretch.holds(one.value))

    def raters(self, name: str) -> tuple[str, ...]:
        """The rater groups a name stands for: itself, or those below a side. () when unknown."""
        if name in self.groups:
            return (name,)
        below = [child for child, parent in self.group_parents.items() if parent == name]
        return tuple(leaf for child in below for leaf in self.raters(child))

    def values_of(self, fact: str, word: str) -> tuple[str, ...]:
        """The values of a fact that a word stands for: itself or an umbrella's values. () when unknown."""
        if word in self.facts[fact].values or not self.facts[fact].values:
            return (word,)
        return self.umbrellas.get(fact, {}).get(word, ())

    def grade_words(self) -> set[str]:
        """Every word that the file declares as a grade, a value or a choice."""
        words = {grade for scale in self.grades.values() for grade in scale}
        words |= {grade for one in self.earlier.values() for grade in one.grades}
        words |= {choice for choices in self.decisions.values() for choice in choices}
        return words | {value for fact in self.facts.values() for value in fact.values}

    def cases(self, facts: Iterable[str]) -> list[tuple[str, ...]]:
        """Every combination of the values of these facts."""
        return list(product(*(tuple(self.facts[fact].values) for fact in facts)))


def read_where(reader: NodeReader, draft: Draft, node: Node | None) -> dict[str, tuple[str, ...]]:
    """`{class: towns, position: [principal, deputy]}`: facts and the values (or umbrella words) they may have."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in reader.pairs(node):
        fact = reader.known(key, draft.facts, things.FACT)
        if fact:
            found[fact] = read_values(reader, draft, fact, value)
    return found


def read_values(reader: NodeReader, draft: Draft, fact: str, node: Node) -> tuple[str, ...]:
    """The values of one fact named at a node, umbrella words opened up."""
    words: list[str] = []
    for entry in reader.entries(node):
        text = reader.plain(entry)
        values = draft.values_of(fact, text)
        if not values:
            reader.known(entry, [*draft.facts[fact].values, *draft.umbrellas.get(fact, {})], things.VALUE, fact=fact)
        words += values
    return tuple(dict.fromkeys(words))


def scaled(scale: Scale, full: Fraction, key: str) -> Scale:
    """The same choices with values stretched so that the best one is worth `full` (sub-items that add up)."""
    best = max((choice.value for choice in scale.choices if choice.value is not None), default=Fraction(0))
    factor = full / best if best else Fraction(0)
    return Scale(
        key,
        scale.kind,
        tuple(
            Choice(choice.code, choice.key, choice.label, None if choice.value is None else choice.value * factor, choice.kind)
            for choice in scale.choices
        ),
    )
