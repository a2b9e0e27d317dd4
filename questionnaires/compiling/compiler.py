"""Named quantities to a flat plan: each name compiled once, in order of need; circles, unknown and unused names found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, cast

from analysis.canonical import canonical
from analysis.step_names import inner_step
from questionnaires.compiling.call import RuleSpec, RuleUse
from questionnaires.compiling.expressions import FormulaError, parse
from questionnaires.compiling.formulas import compile_formula
from questionnaires.compiling.naming import phrases_of
from questionnaires.compiling.quantity import GiveUp, Quantity, num
from questionnaires.compiling.sources import source_of
from questionnaires.compiling.span import COUNT, exactly
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.reader import Fields, NodeReader, nearest
from questionnaires.language.words import CHOICES
from questionnaires.model import Choice, QuantityInfo, Text
from questionnaires.sections.asked import read_asked, read_raters
from questionnaires.sections.declared import declare
from questionnaires.sections.draft import Draft
from questionnaires.telling import Keyword


@dataclass(kw_only=True)
class Compiled:
    """The outcome: the plan as canonical JSON, what pages need to know of each quantity, and the quantities themselves."""

    plan: str
    infos: dict[str, QuantityInfo]
    quantities: dict[str, Quantity]
    names: dict[str, Node]
    definitions: dict[str, Node]
    outputs: list[str] = field(default_factory=list)


class Compiler:
    """Compiles the quantities of one scheme. A broken quantity is noted once; what builds on it is left out silently."""

    def __init__(self, reader: NodeReader, draft: Draft, rules: Sequence[RuleSpec]) -> None:
        self.reader, self.draft, self.rules = reader, draft, rules
        self.steps: list[dict[str, object]] = []
        self.definitions: dict[str, Node] = {}
        self.done: dict[str, Quantity | None] = {}
        self.under_way: list[str] = []
        self.fields: dict[str, Fields] = {}
        self.counters: dict[str, int] = {}
        self.watches: list[dict[str, object]] = []
        self.phrases: tuple[str, ...] = ()
        self.weighed: dict[str, tuple[Node, set[str]]] = {}

    # --- names
    def named(self, name: str) -> Quantity | None:
        """What a name in a formula stands for; None when it is no such name. Raises GiveUp when it is broken."""
        if name in self.definitions:
            return self.define(name)
        if name not in self.done:
            source = source_of(self, name)
            if source is None:
                return None
            self.done[name] = source
        return self.done[name]

    def define(self, name: str) -> Quantity:
        """The compiled quantity of the author's own name. Raises GiveUp when it is broken or part of a circle."""
        if name in self.under_way:
            path = [*self.under_way[self.under_way.index(name) :], name]
            self.reader.bad(self.draft.values[name], "cycle", path=" → ".join(path))
            raise GiveUp
        if name not in self.done:
            self.under_way.append(name)
            try:
                self.done[name] = self._compile(self.definitions[name], name, final=True)
            except GiveUp:
                self.done[name] = None
            finally:
                self.under_way.pop()
        found = self.done[name]
        if found is None:
            raise GiveUp
        return found

    # --- quantities
    def quantity(self, node: Node, name: str) -> Quantity:
        """A quantity named or spelled out in place, on behalf of the quantity `name`."""
        return self._compile(node, name, final=False)

    def _compile(self, node: Node, name: str, *, final: bool) -> Quantity:
        before = len(self.steps)
        wrapped = self.reader.unwrap(node)
        if final and wrapped is not node:  # `{value: 40, source: …}`: the number has a source of its own
            self.fields[name] = self.reader.fields(node, ("value",))
        if wrapped.kind == "map":
            found = self._rule(wrapped, name, final=final)
        elif wrapped.kind == "scalar" and not wrapped.empty:
            found = self._formula(wrapped, name, final=final)
        else:
            self.reader.bad(node, "no-rule", name=name, hint="")
            raise GiveUp
        if not final:
            return found
        return self._rename(found, name, before, node.line)

    def _rename(self, found: Quantity, name: str, before: int, line: int) -> Quantity:
        """Give the last step the author's name; a quantity that is only another's name gets a step of its own."""
        last = self.steps[-1] if len(self.steps) > before else None
        if last is None or last["name"] != found.step or found.step in self.done or found.step in self.definitions:
            self.add(name, line, "", "calc", {"expr": ["ref", found.step]})
        else:
            last["name"] = name
            for one in self.watches:
                one["of"] = [name if step == found.step else step for step in cast("list[str]", one["of"])]
        named, told = self.steps[-1], self.fields[name].source if name in self.fields else ""
        if told and not named.get("source"):
            named["source"] = told  # so that the calculation written out by hand can quote it
        return replace(found, step=name)

    def _rule(self, node: Node, name: str, *, final: bool) -> Quantity:
        spec = self._spec(node, name)
        required = [param.key for param in spec.params if param.required]
        table = spec.table()
        fields = self.reader.fields(node, tuple(table), required, where=f"“{name}”", table=table)
        if any(key not in fields.known for key in required):
            raise GiveUp
        if final:
            self.fields[name] = fields
        return spec.expand(RuleUse(self, spec, name, fields))

    def _spec(self, node: Node, name: str) -> RuleSpec:
        """The one rule a mapping names. A parameter may be spelled like another rule's keyword."""
        mains = {word.casefold(): rule for rule in self.rules for word in rule.words}
        keys = [key for key, _ in node.pairs]
        hits = [(key, mains[key.text.casefold()]) for key in keys if key.text.casefold() in mains]
        if not hits:
            hint = nearest(keys[0].text, [word for rule in self.rules for word in rule.words]) if keys else ""
            self.reader.bad(node, "no-rule", name=name, hint=hint)
            raise GiveUp
        for _, spec in hits:
            own = {word.casefold() for words in spec.table().values() for word in words}
            if all(other.text.casefold() in own for other, _ in hits):
                return spec
        self.reader.bad(hits[1][0], "two-rules", name=name, a=hits[0][0].text, b=hits[1][0].text)
        raise GiveUp

    def _formula(self, node: Node, name: str, *, final: bool) -> Quantity:
        text = self.reader.plain(node)
        try:
            expression = parse(text, self.phrases)
        except FormulaError as error:
            self.reader.bad(node, "formula", what=error.what, at=error.at)
            raise GiveUp from error
        if not final and expression.op == "name" and (found := self.named(expression.word)) is not None:
            return found
        return compile_formula(self, name, node, expression)

    # --- labels
    def items(self, node: Node | None) -> tuple[str, ...]:
        """Items named at a node. GiveUp when there are none."""
        found = read_asked(self.reader, self.draft, node)
        if not found:
            raise GiveUp
        return found

    def groups(self, node: Node) -> tuple[str, ...]:
        """Rater groups named at a node. GiveUp when there are none."""
        found = [group for entry in self.reader.entries(node) for group in read_raters(self.reader, self.draft, entry)]
        if not found:
            raise GiveUp
        return tuple(dict.fromkeys(found))

    def fact(self, node: Node) -> str:
        """The step of the fact named at a node."""
        name = self.reader.known(node, self.draft.facts, things.FACT)
        found = self.named(name) if name else None
        if found is None:
            raise GiveUp
        return found.step

    def asked_groups(self, items: tuple[str, ...]) -> tuple[str, ...]:
        """The groups that are asked at least one of these items."""
        return tuple(
            group
            for group in self.draft.groups
            if any(line.group == group and set(line.items) & set(items) for line in self.draft.forms)
        )

    def example(self, family: str) -> Keyword:
        """One answer of a family of words, for a remedy."""
        return Keyword(*next(iter(CHOICES[family].values())))

    # --- steps
    def emit(self, name: str, line: int, source: str, op: str, params: Mapping[str, object]) -> str:
        """Add a step on behalf of a quantity; returns the step's name."""
        self.counters[name] = self.counters.get(name, 0) + 1
        step = inner_step(name, self.counters[name])
        self.add(step, line, source, op, params)
        return step

    def add(self, name: str, line: int, source: str, op: str, params: Mapping[str, object]) -> None:
        """Add a step under this very name."""
        self.steps.append({"name": name, "op": op, **params, "line": line, "source": source})

    def watch(self, kind: str, name: str, of: Sequence[str], labels: Sequence[str] = ()) -> None:
        """Have the count look at some steps and tell what it notices; it changes no value."""
        self.watches.append({"watch": kind, "name": name, "of": list(of), **({"labels": list(labels)} if labels else {})})

    def weigh(self, of: str, node: Node, groups: Sequence[str]) -> None:
        """Note that these groups have a weight where a quantity is weighed."""
        self.weighed.setdefault(of, (node, set()))[1].update(groups)

    def step(self, name: str) -> Mapping[str, object]:
        """A step emitted already, as the plan will have it."""
        return next(step for step in reversed(self.steps) if step["name"] == name)

    def constant(self, name: str, line: int, value: Fraction) -> Quantity:
        """A step that holds one number."""
        step = self.emit(name, line, "", "table", {"axes": [], "rows": [[num(value)]]})
        return Quantity(step=step, axes=(), span=exactly(value))


def compile_quantities(reader: NodeReader, draft: Draft, node: Node | None, rules: Sequence[RuleSpec]) -> Compiled:
    """Compile the section `quantities` by the table of `rules`. Problems are noted in the reader; the layout adds outputs."""
    compiler = Compiler(reader, draft, rules)
    for key, value in reader.pairs(node):
        taken = set(draft.values)
        name = declare(reader, draft.values, key)
        if name not in taken:  # a second meaning is noted and left out, so that it raises no further problems
            compiler.definitions[name] = value
    compiler.phrases = phrases_of(reader, draft, compiler.definitions, node)
    for name in compiler.definitions:
        try:
            compiler.define(name)
        except GiveUp:
            continue
    _unweighed(compiler)
    quantities = {name: found for name, found in compiler.done.items() if found is not None}
    infos = {name: _info(compiler, name, quantities[name]) for name in compiler.definitions if name in quantities}
    return Compiled(
        plan=_plan(compiler),
        infos=infos,
        quantities=quantities,
        names={name: draft.values[name] for name in compiler.definitions},
        definitions=compiler.definitions,
    )


def _unweighed(compiler: Compiler) -> None:
    """Groups whose value of a quantity is weighed nowhere and read nowhere: their ballots would go for nothing."""
    texts = [part.text for node in compiler.definitions.values() for part in node.walk() if part.kind == "scalar"]
    for of, (node, groups) in compiler.weighed.items():
        found = compiler.done.get(of)
        for label in found.labels.get("group", ()) if found is not None else ():
            if label not in groups and not any(f"{of} @ {label}" in text for text in texts):
                _take_back_the_sum(compiler.reader, node)
                compiler.reader.bad(node, "weight-missing", label=label, of=of)


def _take_back_the_sum(reader: NodeReader, node: Node) -> None:
    """A weight that was forgotten makes the sum wrong, too: one slip is told once, by its cause."""
    reader.problems[:] = [
        one for one in reader.problems if (one.code, one.line, one.column) != ("weights-sum", node.line, node.column)
    ]


def _info(compiler: Compiler, name: str, quantity: Quantity) -> QuantityInfo:
    """What pages show: title, digits (the policy's unless said), shown as what."""
    reader, fields = compiler.reader, compiler.fields.get(name) or Fields(node=compiler.definitions[name])
    guess = {"number": "share" if quantity.share else "number", "text": "grade" if quantity.grades else "text", "truth": "flag"}[
        quantity.kind
    ]
    shown = reader.word(fields.get("as"), "shown_as", "rank" if fields.known and "rank" in fields.known else guess)
    digits = reader.count(fields.get("digits")) if fields.get("digits") else None
    if digits is None and shown == "number" and quantity.span == COUNT:
        digits = 0  # eight people are no 8.00
    if digits is None and compiler.draft.display is not None and shown in {"number", "share"}:
        digits = compiler.draft.display[1]
    titles = {key.text: value for key, value in reader.pairs(fields.get("grade_titles"))}
    labels: dict[str, Text] = {grade: reader.text(titles.get(grade), grade) for grade in quantity.grades}
    note = fields.get("then") or fields.get("note")
    return QuantityInfo(
        key=name,
        title=reader.text(fields.get("title"), name),
        axes=quantity.axes,
        kind=cast("Literal['number', 'share', 'grade', 'flag', 'text', 'rank']", "flag" if shown == "praise" else shown),
        digits=digits,
        note=reader.text(note) if note else None,
        source=fields.source,
        line=compiler.draft.values[name].line,
        labels=labels,
        praise=shown == "praise",
    )


def _plan(compiler: Compiler) -> str:
    """The plan as canonical JSON, without outputs; `with_outputs` adds them."""
    draft = compiler.draft
    used = {item.scale for item in draft.items.values()}
    plan = {
        "format": "pingyi-plan/1",
        "groups": [*draft.groups, *draft.sides],
        "group_parents": draft.group_parents,
        "items": [*draft.items, *draft.indicators],
        "item_parents": draft.item_parents,
        "scales": {
            key: [{"code": c.code, "key": c.key, "value": _value_of(c), "kind": c.kind} for c in scale.choices]
            for key, scale in draft.scales.items()
            if key in used
        },
        "item_scale": {item.key: item.scale for item in draft.items.values()},
        "components": list(draft.components),
        "event_kinds": list(draft.events),
        "facts": list(draft.facts),
        "past": list(dict.fromkeys(one.quantity for one in draft.earlier.values())),
        "decisions": list(draft.decisions),
        "steps": compiler.steps,
        "outputs": [],
    }
    watches = _watches_of(compiler)
    return canonical({**plan, "watches": watches} if watches else plan)


def _value_of(choice: Choice) -> str | None:
    """The points of a choice. A grade that is a word alone counts as given; no rule that reads points may be about it."""
    if choice.kind == "unknown":
        return None
    return "0" if choice.value is None else str(choice.value)


def _watches_of(compiler: Compiler) -> list[dict[str, object]]:
    """What is to be looked at, as far as its steps are there: a broken quantity leaves none."""
    there = {step["name"] for step in compiler.steps}
    return [one for one in compiler.watches if set(cast("list[str]", one["of"])) <= there]
