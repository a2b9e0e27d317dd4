"""Formulas to `calc` steps: names resolved, kinds checked, bare grade words understood beside what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from questionnaires.compiling.bounds import check_bound
from questionnaires.compiling.expressions import COMPARISONS, Expression
from questionnaires.compiling.quantity import KIND_WORDS, GiveUp, Home, Kind, Quantity, num, order_axes
from questionnaires.compiling.scope import Scope
from questionnaires.compiling.span import UNKNOWN, Bound, Span, either_span, exactly
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.telling import briefly

ARITHMETIC = {"+", "-", "*", "/", "max", "min", "abs", "neg"}
LOGIC = {"and", "or", "not"}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # read from the other side


@dataclass(kw_only=True)
class _Typed:
    """A part of a formula as the plan has it, with what it holds and where."""

    expr: list[object]
    kind: Kind
    axes: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    umbrellas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    share: bool = False
    span: Span = UNKNOWN
    window: int = 0
    homes: Mapping[str, Home] = field(default_factory=dict)
    quantity: Quantity | None = None


def compile_formula(compiler: Scope, name: str, node: Node, expression: Expression) -> Quantity:
    """One `calc` step for a formula (one `table` step for a lone number). Raises GiveUp when it cannot be compiled."""
    return _Formula(compiler, name, node).step(expression)


class _Formula:
    def __init__(self, compiler: Scope, name: str, node: Node) -> None:
        self.compiler, self.name, self.node = compiler, name, node

    def step(self, expression: Expression) -> Quantity:
        """The formula as a step of its own."""
        if expression.op == "num":
            return self.compiler.constant(self.name, self.node.line, expression.number)
        if expression.op == "pick":
            return self.pick(expression)
        found = self.typed(expression)
        step = self.compiler.emit(self.name, self.node.line, "", "calc", {"expr": found.expr})
        return Quantity(
            step=step,
            axes=order_axes(found.axes),
            kind=found.kind,
            grades=found.grades,
            ratio=None,
            labels=found.labels,
            share=found.share,
            span=found.span,
            window=found.window,
            homes=found.homes,
        )

    def bad(self, code: str, **values: object) -> GiveUp:
        self.compiler.reader.bad(self.node, code, **values)
        return GiveUp()

    def want(self, typed: _Typed, kind: Kind) -> _Typed:
        if typed.kind != kind:
            raise self.bad(
                "wrong-kind",
                name=self.name,
                want=KIND_WORDS[kind],
                found=KIND_WORDS[typed.kind],
            )
        return typed

    def typed(self, expression: Expression) -> _Typed:
        op = expression.op
        special = {
            "num": lambda one: _Typed(expr=num(one.number), kind="number", span=exactly(one.number)),
            "text": lambda one: _Typed(expr=["text", one.word], kind="text", grades=(one.word,)),
            "truth": lambda one: _Typed(expr=["truth", one.word == "true"], kind="truth"),
            "name": self.name_of,
            "pick": lambda one: self.of_quantity(self.pick(one)),
            "if": self.case,
            **dict.fromkeys(COMPARISONS, self.comparison),
        }
        if op in special:
            return special[op](expression)
        args = [self.typed(arg) for arg in expression.args]
        if op in ARITHMETIC:
            return self.joined(
                [op, *(self.want(arg, "number").expr for arg in args)],
                "number",
                args,
                share=op in {"max", "min", "abs"} and all(a.share for a in args),
                span=_span(op, [arg.span for arg in args]),
            )
        if op in LOGIC:
            return self.joined([op, *(self.want(arg, "truth").expr for arg in args)], "truth", args)
        return self.joined([op, *(arg.expr for arg in args)], "truth", args)

    def of_quantity(self, found: Quantity) -> _Typed:
        umbrellas = self.compiler.draft.umbrellas.get(found.step, {}) if found.step in self.compiler.draft.facts else {}
        return _Typed(
            expr=["ref", found.step],
            kind=found.kind,
            axes=found.axes,
            grades=found.grades,
            umbrellas=umbrellas,
            labels=found.labels,
            share=found.share,
            span=found.span,
            window=found.window,
            homes=found.homes,
            quantity=found,
        )

    def name_of(self, expression: Expression) -> _Typed:
        found = self.compiler.named(expression.word)
        if found is None:
            known = [*self.compiler.definitions, *self.compiler.draft.values]
            self.compiler.reader.unknown(self.node, expression.word, known, things.QUANTITY)
            raise GiveUp
        return self.of_quantity(found)

    def comparison(self, expression: Expression) -> _Typed:
        """A comparison; a bare word beside a fact or a grade is one of its words, an umbrella word means any of its values."""
        left, right = expression.args
        if self.is_bare(right):
            return self.with_word(expression.op, self.typed(left), right.word)
        if self.is_bare(left):
            return self.with_word(TURNED.get(expression.op, expression.op), self.typed(right), left.word)
        args = [self.typed(left), self.typed(right)]
        self.meant_apart(args, left, right)
        if args[0].kind != args[1].kind:
            self.want(args[1], args[0].kind)
        if args[0].kind == "text":
            if expression.op not in {"=", "!="} and "text" not in {left.op, right.op}:
                return self.in_order(expression.op, args[0], args[1])
            for known, given in ((args[0], right), (args[1], left)):
                if given.op == "text" and known.grades and given.word not in known.grades:
                    return self.with_word(expression.op, known, given.word)
                if given.op == "text" and expression.op not in {"=", "!="}:
                    turned = TURNED.get(expression.op, "") if given is left else expression.op
                    return self.with_word(turned, known, given.word)
        for known, given in ((args[0], right), (args[1], left)):
            if known.quantity is not None:
                check_bound(self.compiler, self.name, self.node, known.quantity, given)
        return self.joined([expression.op, args[0].expr, args[1].expr], "truth", args)

    def meant_apart(self, args: Sequence[_Typed], left: Expression, right: Expression) -> None:
        """A word that is a quantity and one of the values it stands beside, or a quantity beside itself: neither can be meant."""
        for known, given in ((args[0], right), (args[1], left)):
            if known.quantity is not None and given.op == "name" and given.word in (*known.grades, *known.umbrellas):
                raise self.bad("two-meanings", word=given.word, of=known.expr[1])
        if left.op == "name" and (left.op, left.word) == (right.op, right.word):
            raise self.bad("with-itself", of=left.word)

    def is_bare(self, expression: Expression) -> bool:
        draft = self.compiler.draft
        return (
            expression.op == "name" and expression.word not in self.compiler.definitions and expression.word not in draft.values
        )

    def with_word(self, op: str, known: _Typed, word: str) -> _Typed:
        values = known.umbrellas.get(word) or ((word,) if word in known.grades else ())
        if known.kind != "text" or not values:
            if known.kind == "text" and known.grades:
                allowed = briefly((*known.grades, *known.umbrellas))
                raise self.bad("grade-unknown", name=str(known.expr[1]), grade=word, allowed=allowed)
            names = [*self.compiler.definitions, *self.compiler.draft.values]
            self.compiler.reader.unknown(self.node, word, names, things.QUANTITY)
            raise GiveUp
        if op not in {"=", "!="}:
            values = self.beyond(op, known, word)
            op = "="
        tests: list[list[object]] = [["=", known.expr, ["text", value]] for value in values]
        any_of: list[object] = tests[0] if len(tests) == 1 else ["or", *tests]
        return self.joined(any_of if op == "=" else ["not", any_of], "truth", [known])

    def beyond(self, op: str, known: _Typed, word: str) -> tuple[str, ...]:
        """The grades above or below one, itself among them with `>=` and `<=`. Grades stand best first, and above is better."""
        order = self.ordered(known)
        place = order.index(word) if word in order else len(order)
        found = {
            ">=": order[: place + 1],
            ">": order[:place],
            "<=": order[place:],
            "<": order[place + 1 :],
        }[op]
        if not found or word not in order:
            raise self.bad("grade-none-beyond", name=str(known.expr[1]), grade=word, allowed=briefly(order))
        return found

    def ordered(self, known: _Typed) -> tuple[str, ...]:
        """The grades of a quantity, best first; a problem where its words stand in no order: facts and decisions have none."""
        draft = self.compiler.draft
        if not known.grades or known.expr[0] != "ref" or known.expr[1] in {*draft.facts, *draft.decisions}:
            raise self.bad("grades-unordered", name=str(known.expr[-1]))
        return known.grades

    def in_order(self, op: str, left: _Typed, right: _Typed) -> _Typed:
        """Two graded quantities compared by the places of their grades, which must be the same grades in the same order."""
        if self.ordered(left) != self.ordered(right):
            allowed = briefly(left.grades)
            raise self.bad(
                "grades-differ", a=str(left.expr[1]), b=str(right.expr[1]), allowed=allowed, other=briefly(right.grades)
            )
        sides: list[list[object]] = []
        for side in (left, right):
            rows = [[grade, num(-place)] for place, grade in enumerate(side.grades)]
            params = {"keys": [side.expr[1]], "rows": rows, "otherwise": None}
            sides.append(["ref", self.compiler.emit(self.name, self.node.line, "", "lookup", params)])
        return self.joined([op, *sides], "truth", [left, right])

    def case(self, expression: Expression) -> _Typed:
        condition = self.want(self.typed(expression.args[0]), "truth")
        yes, no = self.typed(expression.args[1]), self.typed(expression.args[2])
        self.want(no, yes.kind)
        found = self.joined(
            ["if", condition.expr, yes.expr, no.expr], yes.kind, [condition, yes, no], share=yes.share and no.share
        )
        found.span = either_span((yes.span, no.span))
        found.grades = tuple(dict.fromkeys((*yes.grades, *no.grades)))
        found.labels = either(yes.labels, no.labels)  # a cell of one branch may stand where the other has none
        return found

    def joined(
        self, expr: list[object], kind: Kind, args: Sequence[_Typed], *, share: bool = False, span: Span = UNKNOWN
    ) -> _Typed:
        labels: dict[str, tuple[str, ...]] = {}
        for arg in args:
            for axis, names in arg.labels.items():
                labels[axis] = tuple(n for n in labels.get(axis, names) if n in names)
        return _Typed(
            expr=expr,
            kind=kind,
            axes=order_axes([axis for arg in args for axis in arg.axes]),
            labels=labels,
            share=share,
            span=span,
            window=max((arg.window for arg in args), default=0),
            homes={axis: home for arg in args for axis, home in arg.homes.items()},
        )

    def pick(self, expression: Expression) -> Quantity:
        """`of @ label`: the cells of one rater group or item, the axis worked away; a missing one stays missing."""
        inner = expression.args[0]
        of = self.pick(inner) if inner.op == "pick" else self.name_of(inner).quantity
        if of is None:
            raise GiveUp
        return pick(self.compiler, self.name, self.node, of, expression.word)


def _span(op: str, spans: Sequence[Span]) -> Span:
    """Between which numbers the outcome of an arithmetic sign or function lies."""
    found = spans[0]
    if op == "neg":
        return found.negative()
    if op == "abs":
        return either_span((found, found.negative())).kept(Fraction(0), None)
    for other in spans[1:]:
        if op == "/":
            number = other.low if other.low == other.high else None
            found = found.over(number) if number else Span()
        elif op == "max":
            found = Span(_of(max, found.low, other.low, any_known=True), _of(max, found.high, other.high))
        elif op == "min":
            found = Span(_of(min, found.low, other.low), _of(min, found.high, other.high, any_known=True))
        elif op == "*":
            none = exactly(Fraction(0)) in (found, other)  # nothing times a value: what stands where a rule was taken out
            found = Span() if none else found.times(other)
        else:
            found = found.plus(other if op == "+" else other.negative())
    return found


def _of(pick: Callable[..., Fraction], one: Bound, other: Bound, *, any_known: bool = False) -> Bound:
    known = [end for end in (one, other) if end is not None]
    return pick(known) if len(known) == 2 or (known and any_known) else None


def either(*labels: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The labels that stand in any of several quantities, by axis."""
    axes = dict.fromkeys(axis for one in labels for axis in one)
    return {axis: tuple(dict.fromkeys(name for one in labels for name in one.get(axis, ()))) for axis in axes}


def pick(compiler: Scope, name: str, node: Node, of: Quantity, label: str) -> Quantity:
    """The part of a quantity at one label of its groups or items. Raises GiveUp with a problem when there is none."""
    axis = next((axis for axis in ("group", "item") if label in of.labels.get(axis, ())), None)
    if axis is None:
        known = [one for axis in ("group", "item") for one in of.labels.get(axis, ())]
        compiler.reader.unknown(node, label, known, things.PART_OF, of=of.step)
        raise GiveUp
    where = compiler.emit(
        name, node.line, "", "lookup", {"keys": [f"@{axis}"], "rows": [[label, ["truth", True]]], "otherwise": ["truth", False]}
    )
    how = "last" if of.kind == "text" else "any" if of.kind == "truth" else "sum"
    step = compiler.emit(
        name, node.line, "", "reduce", {"of": of.step, "over": axis, "how": how, "where": where, "missing": "fail", "into": None}
    )
    return Quantity(
        step=step,
        axes=tuple(a for a in of.axes if a != axis),
        kind=of.kind,
        grades=of.grades,
        ratio=None,
        labels={key: value for key, value in of.labels.items() if key != axis},
        share=of.share,
        span=of.span,
        window=of.window,
        homes=_homes_at(compiler, name, node, of, axis, where),
    )


def _homes_at(compiler: Scope, name: str, node: Node, of: Quantity, axis: str, where: str) -> dict[str, Home]:  # noqa: PLR0917 - one call
    """The homes of a quantity read at one label: each read at that label too."""
    found: dict[str, Home] = {}
    for other, home in of.homes.items():
        if axis not in home.axes:
            found[other] = home
            continue
        params = {"of": home.step, "over": axis, "how": "sum", "where": where, "missing": "fail", "into": None}
        step = compiler.emit(name, node.line, "", "reduce", params)
        found[other] = Home(step, tuple(one for one in home.axes if one != axis))
    return found
