"""Which counts a number of a report rests on, and with which coefficients where it is a linear form over them.

How many people answered a cell counts as public, and so does how many left a line blank or did not know: a mean is linear, and a
share of votes too, whichever step counted the votes it is a share of. A weight, a condition or a choice between cases is taken as
it turned out. What is no linear form (a grade, a rank, a median, a trimmed mean, a product of two scores) has no `terms`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile
from math import lcm
from typing import Any

from analysis.axes import Ref
from analysis.explaining.trace import TraceNode, trace_node
from analysis.ops.across import ReduceParams
from analysis.ops.formulas import CalcParams, Expr, FunctionCall, compile_expr, refs_of
from analysis.ops.relate import Pool, RelateParams, competing, pool_of
from analysis.ops.replacing import RoundParams
from analysis.ops.sources import TallyParams, tally_weights
from analysis.report import Report
from analysis.values import NOT_APPLICABLE, Key, Missing, Value

Cell = tuple[str, str, str]
Terms = dict[tuple[Cell, int], Fraction]


@dataclass(frozen=True)
class Origin:
    """What a number is made of: the cells of counts it rests on, and its coefficients by cell and code (None: not linear).

    `slack`: by how much at the most rounding on the way moved it from its linear form, either way.
    """

    rests: frozenset[Cell]
    terms: Terms | None
    value: Fraction | None = None
    slack: Fraction = Fraction(0)

    @property
    def fixed(self) -> bool:
        """Whether no mark moves it: it rests on none, or only on how many there are."""
        return not self.rests or (self.terms is not None and not self.terms and not self.slack)


class Origins:
    """The makings of a report's numbers, worked out when asked for and kept."""

    def __init__(self, report: Report) -> None:
        """Nothing is worked out yet."""
        self._report = report
        self._known: dict[tuple[str, Key], Origin] = {}
        self._inputs: dict[tuple[str, Key], tuple[TraceNode, ...]] = {}
        self._pools: dict[tuple[str, Key, Pool | Missing], Origin] = {}

    def of(self, name: str, labels: Mapping[str, str]) -> Origin | None:
        """What one cell of a table is made of; None where there is no such cell.

        Parameters
        ----------
        name
            The table's step.
        labels
            Axis to label; more axes than the table has do no harm.
        """
        node = self.at(name, labels)
        return None if node is None else self.node(node)

    def at(self, name: str, labels: Mapping[str, str]) -> TraceNode | None:
        """One cell of a table; None where there is no such cell.

        Parameters
        ----------
        name
            The table's step.
        labels
            Axis to label; more axes than the table has do no harm.
        """
        table = self._report.tables.get(name)
        if table is None or not set(table.axes) <= labels.keys() or tuple(labels[axis] for axis in table.axes) not in table.cells:
            return None
        return self._report.trace(name, {axis: labels[axis] for axis in table.axes})

    def node(self, node: TraceNode) -> Origin:
        """What one cell of a trace is made of. Worked out once per cell."""
        at = (node.name, node.key)
        if at not in self._known:
            self._known[at] = self._made(node)
        return self._known[at]

    def inputs(self, node: TraceNode) -> tuple[TraceNode, ...]:
        """The cells a cell was made from, looked up once."""
        at = (node.name, node.key)
        if at not in self._inputs:
            self._inputs[at] = node.own_inputs
        return self._inputs[at]

    def _made(self, node: TraceNode) -> Origin:
        value = node.value if isinstance(node.value, Fraction) else None
        params = node.step.params
        if isinstance(params, TallyParams):
            return _counted(node, params, value)
        if isinstance(params, RelateParams) and params.how in OF_ALL and value is not None:
            return self._of_pool(node, params)
        inputs = [(one, self.node(one)) for one in self.inputs(node)]
        rests = frozenset[Cell]().union(*(made.rests for _, made in inputs))
        if not rests:
            return Origin(rests, {}, value)
        form = self._form(node, inputs) if value is not None else None
        return Origin(rests, None, value) if form is None else Origin(rests, form.terms, value, form.slack)

    def _form(self, node: TraceNode, inputs: list[tuple[TraceNode, Origin]]) -> Origin | None:
        params = node.step.params
        if isinstance(params, CalcParams):
            beside = {one.name: one for one, _ in inputs}
            return calculated(taken(params.expr, values_of(params.expr, beside)), {one.name: made for one, made in inputs})
        if isinstance(params, ReduceParams):
            return _reduced(params, inputs)
        handed = [made for one, made in inputs if one.role in _HANDS_ON.get(node.op, ())]
        if node.op in _LISTED and not handed:
            return Origin(frozenset(), {}, node.value if isinstance(node.value, Fraction) else None)
        if not handed or handed[-1].terms is None:
            return None
        if isinstance(params, RoundParams) and not handed[-1].fixed:
            most = params.step / 2 if params.mode in ("half_up", "half_even") else params.step
            return replace(handed[-1], slack=handed[-1].slack + most)
        return handed[-1]

    def _of_pool(self, node: TraceNode, params: RelateParams) -> Origin:
        """What everybody in a pool is told alike, worked out once for all of them."""
        at = node.step.axes.index(params.over)
        pool = pool_of(params.pool, node.key[at], node.context)
        rest = (*node.key[:at], *node.key[at + 1 :])
        if (node.name, rest, pool) not in self._pools:
            keys = competing(params.pool, params.of, node.step.axes, node.key, node.context, over=params.over).keys
            members = [self.node(trace_node(node.context, node.plan, params.of, key, "of")) for key in keys]
            self._pools[node.name, rest, pool] = OF_ALL[params.how]([one for one in members if one.value is not None])
        return self._pools[node.name, rest, pool]


#: Ops that hand one number on as it is, but for rounding it, and the role of that number.
_HANDS_ON: Mapping[str, tuple[str, ...]] = {
    "round": ("of",),
    "fill": ("of", "with"),
    "choose": ("case", "otherwise"),
    "follow": ("of",),
    "this_period": ("of",),
}


#: Ops whose number stands in the scheme, chosen by what they look at: taken as it turned out, as a branch is.
_LISTED = frozenset({"choose", "lookup", "bands"})


def _counted(node: TraceNode, params: TallyParams, value: Fraction | None) -> Origin:
    subject, group, item = node.key
    cell = (subject, group, item)
    if params.what == "answered":
        return Origin(frozenset(), {}, value)
    choices = node.context.header.choices(item)
    weights, base = tally_weights(params, choices) or ([], 1)
    graded = [weight for choice, weight in zip(choices, weights[1:], strict=False) if choice.kind != "unknown"]
    if len(set(graded)) < 2:  # so much for every answer, whatever it says
        return Origin(frozenset({cell}), {} if value is not None else None, value)
    terms = {(cell, code): Fraction(weight, base) for code, weight in enumerate(weights) if weight}
    return Origin(frozenset({cell}), terms, value)


def values_of(expr: Expr, inputs: Mapping[str, TraceNode]) -> Mapping[str, Value]:
    """The values an expression reads, by step; a cell that is not there does not apply.

    Parameters
    ----------
    expr
        The expression.
    inputs
        The cells it was made from, by step.
    """
    return {name: inputs[name].value if name in inputs else NOT_APPLICABLE for name in refs_of(expr)}


def value_of(expr: Expr, values: Mapping[str, Value]) -> Value:
    """The value of an expression.

    Parameters
    ----------
    expr
        The expression, or a part of one.
    values
        What it reads, by step.
    """
    return compile_expr(expr, {name: at for at, name in enumerate(values)})(list(values.values()))


def taken(expr: Expr, values: Mapping[str, Value]) -> Expr:
    """The expression as it turned out: of each "if" the branch that was taken, of an absolute number the number or its opposite.

    Parameters
    ----------
    expr
        The expression.
    values
        What it reads, by step.
    """
    if not isinstance(expr, FunctionCall):
        return expr
    if expr.op == "if":
        return taken(expr.args[1 if value_of(expr.args[0], values) is True else 2], values)
    if expr.op == "abs":
        now = value_of(expr.args[0], values)
        return FunctionCall("neg" if isinstance(now, Fraction) and now < 0 else "+", (taken(expr.args[0], values),))
    return FunctionCall(expr.op, tuple(taken(arg, values) for arg in expr.args))


def calculated(expr: Expr, given: Mapping[str, Origin]) -> Origin | None:
    """An expression over makings; None where it is no linear form.

    Parameters
    ----------
    expr
        With no branch in it (`taken`).
    given
        The making of what it reads, by step.
    """
    if isinstance(expr, Ref):
        made = given.get(expr.step)
        return made if made is not None and made.terms is not None and made.value is not None else None
    if isinstance(expr, FunctionCall):
        args = [calculated(arg, given) for arg in expr.args]
        known = [arg for arg in args if arg is not None]
        return _CALLS[expr.op](known) if expr.op in _CALLS and len(known) == len(args) else None
    return Origin(frozenset(), {}, expr) if isinstance(expr, Fraction) else None


def _sum(args: Sequence[Origin], factors: Sequence[Fraction]) -> Origin:
    if len(args) == 1 and factors[0] == 1:
        return args[0]
    value, slack = Fraction(0), Fraction(0)
    # Over one denominator, in whole numbers: the mean of a class is a sum of thousands of terms.
    whole, scales = defaultdict[tuple[Cell, int], int](int), []
    for made, factor in zip(args, factors, strict=True):
        value += (made.value or Fraction(0)) * factor
        slack += made.slack * abs(factor)
        scales.append(lcm(*{one.denominator for one in (made.terms or {}).values()}) * factor.denominator)
    base = lcm(*scales)
    for made, factor in zip(args, factors, strict=True):
        times = factor.numerator * (base // factor.denominator)
        for atom, one in (made.terms or {}).items():
            whole[atom] += one.numerator * (times // one.denominator)
    terms = {atom: Fraction(one, base) for atom, one in whole.items()}
    return Origin(frozenset[Cell]().union(*(made.rests for made in args)), terms, value, slack)


def _mean(args: list[Origin]) -> Origin:
    return _sum(args, [Fraction(1, len(args))] * len(args))


def _product(args: list[Origin]) -> Origin | None:
    moved = [made for made in args if not made.fixed]
    factor = Fraction(1)
    for made in args:
        if made.fixed:
            factor *= made.value or Fraction(0)
    if len(moved) > 1:
        return None
    return _sum(moved, [factor]) if moved else Origin(frozenset(), {}, factor)


def _quotient(args: list[Origin]) -> Origin | None:
    factor = Fraction(1)
    for made in args[1:]:
        if not made.fixed or not made.value:
            return None
        factor /= made.value
    return _sum(args[:1], [factor])


def _end(args: list[Origin], *, greatest: bool) -> Origin:
    """The operand that was taken; the others only say that they were not."""
    values = [made.value or Fraction(0) for made in args]
    return args[values.index(max(values) if greatest else min(values))]


_CALLS: Mapping[str, Any] = {
    "+": lambda args: _sum(args, [Fraction(1)] * len(args)),
    "-": lambda args: _sum(args, [Fraction(1), *[Fraction(-1)] * (len(args) - 1)]),
    "neg": lambda args: _sum(args, [Fraction(-1)]),
    "*": _product,
    "/": _quotient,
    "min": lambda args: _end(args, greatest=False),
    "max": lambda args: _end(args, greatest=True),
}

#: What `relate` tells everybody in a pool alike, made of all who have a value.
OF_ALL: Mapping[str, Callable[[list[Origin]], Origin]] = {
    "mean": lambda args: _linear(args, _mean(args)),
    "sum": lambda args: _linear(args, _sum(args, [Fraction(1)] * len(args))),
}


def _linear(args: list[Origin], made: Origin) -> Origin:
    """A form made of others, if all of them are forms."""
    return made if all(one.terms is not None for one in args) else replace(made, terms=None)


def _reduced(params: ReduceParams, inputs: list[tuple[TraceNode, Origin]]) -> Origin | None:
    """A weighted sum or mean; the entries come as value, perhaps weight, perhaps condition."""
    collapse = params.collapse
    if collapse.how not in ("sum", "mean") or collapse.trim is not None:
        return None
    parts: list[Origin] = []
    weights: list[Fraction] = []
    for at, (one, made) in enumerate(inputs):
        if one.role != "of":
            continue
        # What follows an entry up to the next one belongs to it: an entry without a weight has none of its neighbour's.
        own = list(takewhile(lambda pair: pair[0].role != "of", inputs[at + 1 : at + 3]))
        beside = {other.role: other_made for other, other_made in own}
        where = next((other for other, _ in own if other.role == "where"), None)
        if (collapse.where is not None and (where is None or where.value is not True)) or made.value is None:
            continue
        weight = beside.get("weight")
        if collapse.weights is not None and (weight is None or (weight.value is None and not weight.rests)):
            continue  # no weight, no part in it: the value would be missing if it mattered
        if made.terms is None or (collapse.weights is not None and (weight is None or weight.value is None or not weight.fixed)):
            return None
        parts.append(made)
        weights.append(Fraction(1) if weight is None or weight.value is None else weight.value)
    whole = sum(weights, Fraction(0))
    if collapse.how == "mean" and not whole:
        return None
    return _sum(parts, [weight / whole if collapse.how == "mean" else weight for weight in weights])
