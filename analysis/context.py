"""What a step sees while it runs: the plan's head, the evidence prepared for reading, the tables made so far."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

from analysis.axes import Axes, Ref
from analysis.errors import EvidenceError
from analysis.evidence import Evidence, Tally
from analysis.header import Header
from analysis.notes import Notes
from analysis.values import Key, Table, Value

Made = TypeVar("Made")


@dataclass(frozen=True)
class Finding:
    """Something in the results a person must look at: `code`, the `subject` or pool it is about, the `step` that found it,
    and `parts` (exact, as text) for the sentence."""

    code: str
    subject: str
    step: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Context:
    """`tables` grows step by step. `notes` holds where a cell came from (origin of evidence, decider), by step and key."""

    header: Header
    evidence: Evidence
    tally: Tally
    tables: dict[str, Table] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: MutableMapping[tuple[str, Key], Notes] = field(default_factory=dict)
    _members: dict[str, dict[Key, list[Key]]] = field(default_factory=dict)
    _kept: dict[Hashable, object] = field(default_factory=dict)

    def kept(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under this name before, or is made now: for what every cell of a step asks for and is the same for all.

        Parameters
        ----------
        name
            What it is; the same name for the same thing only.
        make
            Makes it, the first time.
        """
        if name not in self._kept:
            self._kept[name] = make()
        return cast("Made", self._kept[name])

    def members(self, step: str, source: Table, part: Callable[[Key], Key]) -> Mapping[Key, list[Key]]:
        """The keys of a table by the cell of a step they go into. Kept per step: a trace of every cell asks for each in turn.

        Parameters
        ----------
        step
            The step whose cells are made.
        source
            The table they are made from.
        part
            From a key of `source` to the key of `step` it goes into; asked only once for each step.

        Returns
        -------
        Mapping
            Key of `step` to keys of `source`, in the order of `source`.
        """
        if step not in self._members:
            found: dict[Key, list[Key]] = {}
            for key in source.cells:
                found.setdefault(part(key), []).append(key)
            self._members[step] = found
        return self._members[step]

    @cached_property
    def facts(self) -> dict[str, Mapping[str, str]]:
        """Subject to facts, subjects in code-point order.

        Raises
        ------
        EvidenceError
            When a subject is given twice.
        """
        found = {subject.id: subject.facts for subject in sorted(self.evidence.subjects, key=lambda one: one.id)}
        if len(found) != len(self.evidence.subjects):
            raise EvidenceError("subject-twice")
        return found

    def related(self, subject: str, relation: str) -> str | None:
        """The id of the subject that a fact of `subject` names, or None when there is no such subject.

        Parameters
        ----------
        subject
            The id of the subject whose fact is read.
        relation
            The name of the fact, which holds another subject's id.
        """
        other = self.facts[subject].get(relation, "") if subject in self.facts else ""
        return other if other and other in self.facts else None

    def labels(self, axis: str) -> tuple[str, ...]:
        """The labels of an axis, where they are known without a table; nothing for the others."""
        if axis == "subject":
            return tuple(self.facts)
        return self.header.labels(axis) if axis in ("group", "item") else ()

    @cached_property
    def _orders(self) -> dict[str, dict[str, int]]:
        return {axis: {label: order for order, label in enumerate(self.header.labels(axis))} for axis in ("group", "item")}

    def in_order(self, axes: Axes) -> Callable[[Key], tuple[tuple[int, str], ...]]:
        """A sort key for keys over `axes`: groups and items by the plan's lists, everything else by text."""
        orders: list[Mapping[str, int]] = [self._orders.get(axis, {}) for axis in axes]
        return lambda key: tuple((order.get(label, len(order)), label) for order, label in zip(orders, key, strict=True))

    def table_of(self, what: Ref | Value, name: str = "") -> Table:
        """A step's table, or a literal as a table without axes that has one cell.

        Parameters
        ----------
        what
            A reference to a step that has run, or a literal.
        name
            What the table of a literal is called.
        """
        return self.tables[what.step] if isinstance(what, Ref) else Table(name, (), {(): what})


def collect_unique(pairs: Iterable[tuple[Key, Value]], what: str) -> dict[Key, Value]:
    """The pairs as a mapping.

    Parameters
    ----------
    pairs
        Keys with their values.
    what
        The name of the evidence they belong to, for the error.

    Raises
    ------
    EvidenceError
        When a key comes twice, even with the same value.
    """
    found: dict[Key, Value] = {}
    for key, value in pairs:
        if key in found:
            raise EvidenceError("two-values", what=what, cell=" · ".join(key))
        found[key] = value
    return found


def check(context: Context) -> None:
    """Refuse ballots that do not belong to this plan; then nothing is counted.

    Raises
    ------
    EvidenceError
        When the ballots rate an unknown subject, ask an item or a group the plan does not have, or bear a mark outside the item's
        scale.
    """
    header = context.header
    for (subject, group, item), counts in context.tally.counts.items():
        if subject not in context.facts:
            raise EvidenceError("unknown-subject", subject=subject)
        if item not in header.item_scale or (header.groups and group not in header.groups):
            raise EvidenceError("item-not-asked", item=item, group=group)
        if len(counts) > len(header.choices(item)) + 1:
            raise EvidenceError("mark-outside-scale", mark=len(counts) - 1, item=item, choices=len(header.choices(item)))
