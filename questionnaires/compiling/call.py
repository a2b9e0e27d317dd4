"""What a rule form is (a row of the rule table), what a compiled quantity is, and the call a row's function works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from questionnaires.compiling.quantity import KIND_WORDS, GiveUp, Kind, Quantity
from questionnaires.compiling.scope import Scope
from questionnaires.language.nodes import Node
from questionnaires.language.reader import Fields
from questionnaires.language.words import KEYWORDS
from questionnaires.sections.file_keys import QUANTITY_KEYS
from questionnaires.telling import Keyword, briefly, said, setting

COMMON = QUANTITY_KEYS.names


@dataclass(frozen=True)
class Param:
    """One parameter of a rule form. `type` is a word for the reference; `words` its Chinese and English keyword.

    `says` describes it in a clause of the source language.
    """

    key: str
    words: tuple[str, str]
    type: str
    says: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class RuleSpec:
    """One rule form. `words`: the keyword that picks it, whose value is the main parameter, described by `main`.

    `says` describes the rule in a sentence of the source language.
    `expand` compiles a call to plan steps. `example` is a quantity as an author writes it; the tests run every one.
    """

    id: str
    words: tuple[str, str]
    main: str
    says: str
    expand: Callable[[RuleUse], Quantity]
    params: tuple[Param, ...] = ()
    example: str = ""

    def table(self) -> dict[str, tuple[str, str]]:
        """Keyword table for reading a quantity of this rule."""
        return {**{key: KEYWORDS[key] for key in COMMON}, **{p.key: p.words for p in self.params}, self.id: self.words}


@dataclass
class RuleUse:
    """One use of a rule form: reads its parameters, emits steps. Steps are called `name·1`, `name·2` until the last is named."""

    compiler: Scope
    spec: RuleSpec
    name: str
    fields: Fields

    @property
    def node(self) -> Node:
        """Where the quantity is written."""
        return self.fields.node

    @property
    def main(self) -> Node:
        """The value behind the rule's keyword."""
        return self.fields.known[self.spec.id]

    def emit(self, op: str, **params: object) -> str:
        """Add one step to the plan; returns its name."""
        return self.compiler.emit(self.name, self.node.line, self.fields.source, op, params)

    def has(self, key: str) -> bool:
        """Whether a parameter is written."""
        return self.fields.get(key) is not None

    def bad(self, code: str, node: Node | None = None, **values: object) -> GiveUp:
        """Note a problem; raise what is returned to stop reading this quantity."""
        self.compiler.reader.bad(node or self.node, code, **values)
        return GiveUp()

    def quantity(self, node: Node | None = None, kind: Kind | None = None) -> Quantity:
        """The quantity a node names or spells out (a formula or a rule of its own)."""
        found = self.compiler.quantity(node or self.main, self.name)
        if kind is not None and found.kind != kind:
            raise self.bad(
                "wrong-kind",
                node or self.main,
                name=self.name,
                want=KIND_WORDS[kind],
                found=KIND_WORDS[found.kind],
            )
        return found

    def numeric(self, key: str = "") -> Quantity:
        """A quantity of numbers behind a parameter, or behind the rule's own keyword."""
        return self.quantity(self.fields.get(key) if key else None, "number")

    def condition(self, key: str) -> str | None:
        """The step of a condition, or None when it is not written."""
        node = self.fields.get(key)
        return None if node is None else self.quantity(node, "truth").step

    def word(self, key: str, family: str, otherwise: str = "") -> str:
        """One of the words of a family."""
        return self.compiler.reader.word(self.fields.get(key), family, otherwise)

    def settled(self, key: str, family: str, policy: str = "") -> str:
        """A setting written here or in the policy block; a problem when both leave it open."""
        policy = policy or key
        if self.has(key):
            return self.word(key, family)
        if found := self.compiler.draft.policy.get(policy):
            return found
        if not self.compiler.draft.policy_read:
            raise GiveUp  # the whole block is missing, and that is told
        keyword = Keyword(*KEYWORDS[policy])
        example = setting(keyword, self.compiler.example(family))
        raise self.bad("open-policy", name=self.name, key=keyword, example=example)

    def number(self, key: str) -> Fraction | None:
        """An exact number."""
        return self.compiler.reader.number(self.fields.get(key))

    def count(self, key: str) -> int | None:
        """A whole number."""
        return self.compiler.reader.count(self.fields.get(key))

    def yes(self, key: str) -> bool:
        """A yes-or-no, no when not written."""
        return self.compiler.reader.yes(self.fields.get(key))

    def items(self, key: str = "") -> tuple[str, ...]:
        """Items named by item, indicator or list."""
        return self.compiler.items(self.fields.get(key) if key else self.main)

    def pointed_items(self) -> tuple[str, ...]:
        """Items behind the rule's keyword whose choices have points; a problem where they are words alone."""
        found, draft = self.items(), self.compiler.draft
        for item in found:
            scale = draft.scales.get(draft.items[item].scale)
            if scale is not None and scale.wordy:
                raise self.bad(
                    "no-points", self.main, name=self.name, item=item, grades=briefly(one.key for one in scale.choices)
                )
        return found

    def groups(self, key: str = "groups") -> tuple[str, ...]:
        """Rater groups named by group or side; all groups when not written."""
        node = self.fields.get(key)
        return tuple(self.compiler.draft.groups) if node is None else self.compiler.groups(node)

    def facts(self, key: str) -> list[str]:
        """Steps of facts."""
        return [self.compiler.fact(node) for node in self.compiler.reader.entries(self.fields.get(key))]

    def invalid(self, key: str, clause: str, node: Node | None = None, **parts: object) -> GiveUp:
        """Note that a parameter's value is not right, and in what."""
        keyword = Keyword(*self.spec.table().get(key, (key, key)))
        return self.bad("rule-value", node, name=self.name, key=keyword, what=said(clause, **parts))
