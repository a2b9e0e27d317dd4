"""What a formula may name without a rule of its own: declared facts, components, decisions, events and earlier results."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol

from analysis.step_names import inner_step
from questionnaires.compiling.quantity import Quantity, num
from questionnaires.compiling.span import COUNT, Span, either_span, exactly
from questionnaires.sections.draft import Draft


class SourceScope(Protocol):
    """What is known where a declared name is met, and where its steps go."""

    draft: Draft

    def add(self, name: str, line: int, source: str, op: str, params: Mapping[str, object]) -> None:
        """Add a step under this very name."""


def source_of(compiler: SourceScope, name: str) -> Quantity | None:
    """Declared facts, components, decisions, events and earlier results are quantities of their own name."""
    draft = compiler.draft
    node = draft.values.get(name)
    line, told = node.line if node else 0, draft.sources.get(name, "")
    if name in draft.facts:
        fact = draft.facts[name]
        compiler.add(name, line, "", "fact", {"fact": name, "as": "number" if fact.number else "text"})
        return Quantity(step=name, axes=("subject",), kind="number" if fact.number else "text", grades=tuple(fact.values))
    if name in draft.components:
        otherwise = draft.components[name].otherwise
        raw = name if otherwise is None else inner_step(name, 1)
        compiler.add(raw, line, told, "component", {"component": name})
        if otherwise is not None:
            compiler.add(name, line, "", "fill", {"of": raw, "with": num(otherwise), "reasons": None})
        span = Span(draft.components[name].least, draft.components[name].most)
        return Quantity(step=name, axes=("subject",), span=span if otherwise is None else either_span((span, exactly(otherwise))))
    if name in draft.decisions:
        return _decided(compiler, name, line, told)
    if name in draft.events:
        what = draft.event_what.get(name, "count")
        compiler.add(name, line, told, "event", {"kinds": [name], "what": what})
        return Quantity(step=name, axes=("subject",), span=COUNT if what == "count" else Span(Fraction(0)))
    if name in draft.earlier:
        one = draft.earlier[name]
        window = {"last": one.last, "back": one.back, "periods": list(one.periods) or None}
        params = {"quantity": one.quantity, **{key: value for key, value in window.items() if value is not None}}
        compiler.add(name, line, told, "past", params)
        return Quantity(
            step=name,
            axes=("subject", "period"),
            kind="text" if one.grades else "number",
            grades=one.grades,
            window=0 if one.periods else one.last or 0,
        )
    return None


def _decided(compiler: SourceScope, name: str, line: int, told: str) -> Quantity:
    """What people decide: one of its choices, or a number of its range."""
    choices, numbers = compiler.draft.decisions[name], name in compiler.draft.decision_numbers
    more = {"as": "number"} if numbers else {}
    compiler.add(name, line, told, "decision", {"decision": name, "choices": list(choices), **more})
    if not numbers:
        return Quantity(step=name, axes=("subject",), kind="text", grades=choices)
    values = [Fraction(choice) for choice in choices]
    return Quantity(step=name, axes=("subject",), span=Span(min(values), max(values)) if values else Span())
