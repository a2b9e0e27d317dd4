"""Rows that hold for some subjects: `{class: towns, position: team, superiors: 40, staff: 60}`; gaps and overlaps among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from analysis.saying import N_
from questionnaires.compiling.quantity import GiveUp
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.reader import ANYWHERE, exact
from questionnaires.language.words import KEYWORDS
from questionnaires.sections.draft import read_values
from questionnaires.telling import Listed, said

if TYPE_CHECKING:
    from questionnaires.compiling.call import RuleUse


@dataclass(kw_only=True)
class ScopedRow:
    """One row: for which facts it holds, and what it gives by name (`numbers`, their places in `nodes`)."""

    node: Node
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    where_nodes: dict[str, Node] = field(default_factory=dict)
    numbers: dict[str, Fraction] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    rest: list[tuple[Node, Node]] = field(default_factory=list)
    broken: bool = False  # a name in it is unknown, so its sum says nothing

    def cases(self, facts: Sequence[str]) -> list[tuple[str, ...]]:
        """Look-up keys of this row over `facts`; `*` for a fact it does not name."""
        return list(product(*(self.where.get(fact, ("*",)) for fact in facts)))

    @staticmethod
    def fact_nodes(rows: Iterable[ScopedRow], facts: Sequence[str]) -> list[Node]:
        """A node naming each fact, for look-ups in the compiler."""
        listed = list(rows)
        return [next(row.where_nodes[fact] for row in listed if fact in row.where_nodes) for fact in facts]

    def condition(self, call: RuleUse) -> list[object]:
        """The row's facts as a condition of a formula."""
        parts: list[list[object]] = []
        for fact, values in self.where.items():
            step = call.compiler.fact(self.where_nodes[fact])
            tests: list[list[object]] = [["=", ["ref", step], ["text", value]] for value in values]
            parts.append(tests[0] if len(tests) == 1 else ["or", *tests])
        return parts[0] if len(parts) == 1 else ["and", *parts] if parts else ["truth", True]


def read_rows(call: RuleUse, node: Node, known: Sequence[str] | None, *, numbers: bool = True) -> list[ScopedRow]:
    """Rows of weights or values. Keys that are facts scope the row; the others must be in `known` (any name when None).

    Notes gaps and overlaps between the rows' scopes. GiveUp when nothing usable is written.
    """
    reader = call.compiler.reader
    node, before = reader.unwrap(node), len(reader.problems)
    rows = [_read_row(call, one, known, numbers=numbers) for one in reader.entries(node)]
    if not any(row.numbers or row.rest for row in rows):
        raise GiveUp if any(row.broken for row in rows) else call.bad("want-map", node)
    if len(reader.problems) == before:  # what a misspelled value leaves out is no gap
        check_scopes(call, [(row.node, row.where) for row in rows])
    return rows


def _read_row(call: RuleUse, node: Node, known: Sequence[str] | None, *, numbers: bool) -> ScopedRow:
    reader, draft = call.compiler.reader, call.compiler.draft
    row = ScopedRow(node=node)
    if node.kind != "map":
        reader.bad(node, "want-map")
        return row
    skip = {word for key in ANYWHERE for word in KEYWORDS[key]}
    for key, value in node.pairs:
        name = key.text
        if name in skip and not key.quoted:
            continue
        if name in draft.facts and not draft.facts[name].number:
            row.where[name], row.where_nodes[name] = read_values(reader, draft, name, value), key
        elif not numbers:
            row.rest.append((key, value))
        elif known is not None and name not in known:
            row.broken = True
            reader.unknown(key, name, [*known, *draft.facts], things.LABEL)
        else:
            plain = reader.unwrap(value)
            if known is None and name not in call.compiler.definitions and name not in draft.values and exact(plain.text) is None:
                row.broken = True  # neither a quantity nor a fact: then what stands behind it says nothing either
                reader.unknown(key, name, [*draft.facts, *call.compiler.definitions], things.FACT_OR_QUANTITY)
                continue
            number = reader.number(plain)
            row.broken = row.broken or number is None
            if number is not None and number < 0:
                reader.bad(value, "weight-negative", text=value.text)
            row.numbers[name], row.nodes[name] = number if number is not None else Fraction(0), key
    return row


def check_scopes(call: RuleUse, scopes: Sequence[tuple[Node, Mapping[str, tuple[str, ...]]]], *, otherwise: bool = False) -> None:
    """Every combination of the facts named must be claimed by exactly one row; names one offending case each."""
    draft, reader = call.compiler.draft, call.compiler.reader
    facts = [fact for fact in dict.fromkeys(fact for _, where in scopes for fact in where) if draft.facts[fact].values]
    if not facts:
        if len(scopes) > 1:
            reader.bad(scopes[1][0], "rows-overlap", a=scopes[0][0].line, b=scopes[1][0].line, case=said(N_("全部")))
        return
    gaps: list[Listed] = []
    told: set[tuple[int, int]] = set()
    for case in draft.cases(facts):
        facts_here = dict(zip(facts, case, strict=True))
        hits = [at for at, (_, where) in enumerate(scopes) if all(facts_here[f] in where[f] for f in facts if f in where)]
        situation = Listed(case)
        if not hits and not otherwise:
            gaps.append(situation)
        if len(hits) > 1 and (hits[0], hits[1]) not in told:
            told.add((hits[0], hits[1]))
            reader.bad(scopes[hits[1]][0], "rows-overlap", a=scopes[hits[0]][0].line, b=scopes[hits[1]][0].line, case=situation)
    if gaps:
        left = gaps[0] if len(gaps) == 1 else said(N_("{case}……（共 {n} 种）"), case=gaps[0], n=len(gaps))
        reader.bad(scopes[0][0], "rows-gap", case=left)
