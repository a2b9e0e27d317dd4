"""What the results of a scheme read: which tables, which head-counts, which names. Worked out from the plan's outputs alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analysis import parse_plan
from questionnaires.model import Scheme

TYPED_IN = ("entitled", "present", "issued", "returned")


@dataclass(kw_only=True)
class Needs:
    """What is read. `tables` by key; `heads`: head-counts somebody types, each with the groups it is wanted of; the rest by name.

    `counted` are the events of which only the rows are counted, so that an amount would be read by nobody; `undated` those read
    whatever their day.
    """

    tables: set[str] = field(default_factory=set)
    heads: dict[str, set[str]] = field(default_factory=dict)
    components: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    undated: set[str] = field(default_factory=set)
    past: set[str] = field(default_factory=set)
    decisions: set[str] = field(default_factory=set)


def needs_of(scheme: Scheme) -> Needs:
    """What the results of this scheme read; nothing for a scheme without a plan."""
    found = Needs()
    summed: set[str] = set()
    dated: set[str] = set()
    for raw in _reached(scheme):
        op = raw["op"]
        if op in {"tally", "mark"}:
            found.tables.add("ballots")
        elif op == "heads":
            _heads(found, raw, scheme)
        elif op == "component":
            found.components.add(str(raw["component"]))
        elif op == "event":
            kinds = set(_texts(raw["kinds"]))
            found.events |= kinds
            (summed if raw.get("what") == "amount" else found.counted).update(kinds)
            (dated if raw.get("since") or raw.get("until") else found.undated).update(kinds)
        elif op == "past":
            found.past.add(str(raw["quantity"]))
        elif op == "decision":
            found.decisions.add(str(raw["decision"]))
    found.counted -= summed
    named = {"components": found.components, "events": found.events, "history": found.past, "decisions": found.decisions}
    found.tables |= {table for table, names in named.items() if names}
    if scheme.layout.satisfaction:
        found.tables.add("ballots")
    return found


def _heads(found: Needs, raw: Mapping[str, object], scheme: Scheme) -> None:
    what = str(raw["what"])
    if what in TYPED_IN:
        groups = raw.get("groups")
        found.heads.setdefault(what, set()).update(scheme.groups if groups is None else _texts(groups))
        if what != "returned":  # nobody has to type it: the ballots are there to be counted
            found.tables.add("heads")
    found.tables.add("ballots")


def _texts(raw: object) -> list[str]:
    return [str(one) for one in raw] if isinstance(raw, list) else []


def _reached(scheme: Scheme) -> Iterator[Mapping[str, object]]:
    """The steps that some output rests on, as the plan has them."""
    if not scheme.plan:
        return
    plan = parse_plan(json.loads(scheme.plan))
    waiting, seen = list(plan.outputs), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            step = plan.step(name)
            waiting += step.refs
            yield step.raw
