"""What a rule or a formula may ask of whoever compiles it. The compiler fits this; neither knows the compiler itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from questionnaires.compiling.quantity import Quantity
from questionnaires.language.nodes import Node
from questionnaires.language.reader import NodeReader
from questionnaires.sections.draft import Draft
from questionnaires.telling import Keyword


class Scope(Protocol):
    """The scheme being compiled, as its rules see it: what is declared, and steps to be had by name."""

    reader: NodeReader
    draft: Draft
    definitions: dict[str, Node]
    phrases: tuple[str, ...]

    def named(self, name: str) -> Quantity | None:
        """What a name in a formula stands for; None when it is no such name. Raises GiveUp when it is broken."""

    def quantity(self, node: Node, name: str) -> Quantity:
        """A quantity named or spelled out in place, on behalf of the quantity `name`."""

    def items(self, node: Node | None) -> tuple[str, ...]:
        """Items named at a node. GiveUp when there are none."""

    def groups(self, node: Node) -> tuple[str, ...]:
        """Rater groups named at a node. GiveUp when there are none."""

    def fact(self, node: Node) -> str:
        """The step of the fact named at a node."""

    def asked_groups(self, items: tuple[str, ...]) -> tuple[str, ...]:
        """The groups that are asked at least one of these items."""

    def example(self, family: str) -> Keyword:
        """One answer of a family of words, for a remedy."""

    def emit(self, name: str, line: int, source: str, op: str, params: Mapping[str, object]) -> str:
        """Add a step on behalf of a quantity; returns the step's name."""

    def watch(self, kind: str, name: str, of: Sequence[str], labels: Sequence[str] = ()) -> None:
        """Have the count look at some steps and tell what it notices; it changes no value (`analysis.plan.Watch`)."""

    def weigh(self, of: str, node: Node, groups: Sequence[str]) -> None:
        """Note that these groups have a weight where a quantity is weighed; a group that has none anywhere is told in the end."""

    def step(self, name: str) -> Mapping[str, object]:
        """A step emitted already, as the plan will have it."""

    def constant(self, name: str, line: int, value: Fraction) -> Quantity:
        """A step that holds one number."""
