"""The way a number came about: a walk back through plan and tables, one node per cell, unfolded only where someone looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.context import Context
from analysis.notes import Notes, notes_out
from analysis.ops.sources import TallyParams, tally_weights
from analysis.spec import Competing, PlanStep
from analysis.values import NOT_APPLICABLE, Key, Value, as_literal

if TYPE_CHECKING:
    from analysis.plan import Plan


@dataclass(frozen=True)
class Term:
    """A count a tally cell was made from: so many marks of this choice ("" is a blank line), each worth `value`."""

    choice: str
    count: int
    value: Fraction


@dataclass(frozen=True, kw_only=True)
class TraceNode:
    """One cell: its step, op, labels and value; `role` is what it is to the node above; `notes` where its evidence came from.

    `inputs` are made when asked for. A node of a table that was not kept (single ballots) has the value "not applicable".
    """

    role: str
    step: PlanStep
    key: Key
    context: Context = field(repr=False, compare=False)
    plan: Plan = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The step."""
        return self.step.name

    @property
    def op(self) -> str:
        """What the step does."""
        return self.step.op

    @property
    def line(self) -> int:
        """The line of the scheme file; 0 for none."""
        return self.step.line

    @property
    def source(self) -> str:
        """What the step quotes."""
        return self.step.source

    @property
    def labels(self) -> Mapping[str, str]:
        """Axis to label."""
        return dict(zip(self.step.axes, self.key, strict=True))

    @property
    def value(self) -> Value:
        """The cell's value; NOT_APPLICABLE where there is no such cell."""
        return self.context.tables[self.name].cells.get(self.key, NOT_APPLICABLE)

    @property
    def notes(self) -> Notes:
        """Where the cell's evidence came from."""
        return self.context.notes.get((self.name, self.key), ())

    @property
    def kept(self) -> bool:
        """Whether the tables this cell was made from are there; tables over single ballots are not stored with a report."""
        return self.context.tables.keys() >= set(self.step.refs)

    @property
    def own_inputs(self) -> tuple[TraceNode, ...]:
        """The cells this one was made from, in order, without those it only competes with."""
        operands = self.step.spec.operands(self.step, self.step.params, self.key, self.context) if self.kept else []
        return tuple(
            trace_node(self.context, self.plan, one.step, one.key, one.role)
            for one in operands
            if one.key in self.context.tables[one.step].cells
        )

    @property
    def inputs(self) -> tuple[TraceNode, ...]:
        """The cells this one was made from, in order; those it competes with last, in the role "rival"."""
        beside = self.beside
        return (
            *self.own_inputs,
            *(trace_node(self.context, self.plan, beside.of, one, "rival") for one in beside.keys if one != self.key),
        )

    @property
    def beside(self) -> Competing:
        """The cells it competes with, itself among them; nobody where it competes with none."""
        find = self.step.spec.beside
        if find is None or not self.kept:
            return Competing(self.name, (), ())
        return find(self.step, self.step.params, self.key, self.context)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The counts a tally cell was made from, by choice; nothing for other ops."""
        params = self.step.params
        if not isinstance(params, TallyParams):
            return ()
        subject, group, item = self.key
        choices = self.context.header.choices(item)
        weights, base = tally_weights(params, choices) or ([], 1)
        keys = ("", *(choice.key for choice in choices))
        counts = self.context.tally.counts.get((subject, group, item), ())
        padded = (*counts, *(0 for _ in range(len(keys) - len(counts))))
        shown = [code == 0 or choices[code - 1].kind != "unknown" for code in range(len(keys))]
        return tuple(
            Term(key, count, Fraction(weight, base))
            for code, (key, count, weight) in enumerate(zip(keys, padded, weights, strict=False))
            if weight or (params.what == "points" and code and shown[code])
        )

    def as_object(self, seen: set[tuple[str, Key]] | None = None) -> dict[str, object]:
        """The tree as plain objects for JSON, values as literals.

        Each cell is unfolded once, and rivals in a pool never: a scheme that reads one quantity at many places would otherwise
        unfold without end. `seen` holds the cells already unfolded, and grows; None for a fresh start.
        """
        seen = set() if seen is None else seen
        found: dict[str, object] = {
            "name": self.name,
            "op": self.op,
            "labels": dict(self.labels),
            "value": as_literal(self.value),
            "role": self.role,
            "line": self.line,
            "source": self.source,
        }
        if (self.name, self.key) in seen or self.role == "rival":
            return found
        seen.add((self.name, self.key))
        if self.notes:
            found["notes"] = notes_out(self.notes)
        if self.terms:
            found["terms"] = [[term.choice, term.count, str(term.value)] for term in self.terms]
        inputs = [node.as_object(seen) for node in self.inputs]
        if inputs:
            found["inputs"] = inputs
        return found


def trace_node(context: Context, plan: Plan, name: str, key: Key, role: str = "") -> TraceNode:
    """The node of one cell.

    Parameters
    ----------
    context
        The tables as the steps saw them.
    plan
        The plan the step stands in.
    name, key
        The step and the key of the cell in its table.
    role
        What the cell is to the one above it ("of", "weight" …); "" at the top.

    Raises
    ------
    KeyError
        For an unknown step, or one whose table was not kept.
    """
    if name not in context.tables:
        raise KeyError(name)
    return TraceNode(role=role, step=plan.step(name), key=key, context=context, plan=plan)
