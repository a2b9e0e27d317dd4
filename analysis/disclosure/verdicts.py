"""On which comparisons a rank, a tier, a flag or a branch of a calculation stands: linear forms, and the side each was found on.

Whoever reads that a flag is up reads an inequality between counts; whoever reads a place reads between whom a score lies. Here
the making of such a value is walked back to the comparisons that were made. Counts for which all of them come out alike give the
same value, so what stays open under them stays open to whoever reads the value alone: the reader is taken to know more than they
do. Others in a pool count as known.

Lives here: the walk. May not live here: what the inequalities leave open (`inference`), and which values leave (the services).
What stands on a number that is no linear form, or on all values of a pool at once, is not seen: it is said (`blind`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from analysis.axes import Ref
from analysis.disclosure.origins import Cell, Origin, Origins, Terms, calculated, taken, value_of, values_of
from analysis.disclosure.printed import Interval
from analysis.explaining.trace import TraceNode
from analysis.ops.allocate import AllocateParams
from analysis.ops.cells import BandsParams
from analysis.ops.formulas import CalcParams, Expr, FunctionCall, TestParams
from analysis.ops.relate import RelateParams, competing
from analysis.reasons import Reason
from analysis.spec import Competing
from analysis.values import NOT_APPLICABLE, Key, Missing, Value


@dataclass(frozen=True, eq=False, kw_only=True)
class Side:
    """A linear form over counts and where it was found to lie. `value`: what it is, whatever it holds besides counts included;
    `slack`: how far rounding on the way may have moved that from the form, either way."""

    terms: Terms
    value: Fraction
    between: Interval
    slack: Fraction = Fraction(0)


@dataclass(frozen=True)
class Grounds:
    """What has to come out alike so that a value is what it is: `sides`; `blind`: cells it rests on in a way that is not seen.

    `pool`: labels of those whose places were given out together with this one: where all others are told, so is it.
    """

    sides: tuple[Side, ...] = ()
    blind: frozenset[Cell] = frozenset()
    pool: frozenset[str] = frozenset()

    @property
    def weight(self) -> tuple[int, int]:
        """The less, the less it tells."""
        return len(self.blind), len(self.sides)


_NOTHING: Final = Grounds()
#: A value that stands on more comparisons than this is not followed: it is said that it is not seen.
_MOST_SIDES: Final = 40


def _all(parts: Iterable[Grounds]) -> Grounds:
    every = [one for one in parts if one is not _NOTHING]
    if len(every) < 2:
        return every[0] if every else _NOTHING
    sides = dict.fromkeys(side for one in every for side in one.sides)
    blind, pool = (frozenset[Any]().union(*(getattr(one, name) for one in every)) for name in ("blind", "pool"))
    if len(sides) > _MOST_SIDES:
        return Grounds((), blind.union(cell for side in sides for cell, _ in side.terms), pool)
    return Grounds(tuple(sides), blind, pool)


@dataclass(frozen=True)
class _Operand:
    """A number as a linear form, None where it is none or there is no number; the branches that were taken on the way; and the
    cell itself where it is a place in a pool: then all of `grounds` is needed only where more than one line is drawn by it."""

    made: Origin | None
    grounds: Grounds = _NOTHING
    place: TraceNode | None = None


class Verdicts:
    """The grounds of a report's values, worked out when asked for and kept."""

    def __init__(self, origins: Origins) -> None:
        """Nothing is worked out yet."""
        self._origins = origins
        self._known: dict[tuple[str, Key], Grounds] = {}

    def node(self, node: TraceNode) -> Grounds:
        """What a cell's value stands on beside its own linear form: of a number that is one, the branches that were taken.

        Parameters
        ----------
        node
            The cell.
        """
        at = (node.name, node.key)
        if at not in self._known:
            self._known[at] = self._grounds(node)
        return self._known[at]

    def _grounds(self, node: TraceNode) -> Grounds:
        made, params = self._origins.node(node), node.step.params
        if not made.rests or node.op == "tally":
            return _NOTHING
        ways: Mapping[str, Callable[[TraceNode, Any], Grounds]] = {
            "test": self._test,
            "calc": self._calc,
            "bands": self._bands,
            "relate": self._relate,
            "allocate": self._allocate,
        }
        if node.op in ways:
            return ways[node.op](node, params)
        if isinstance(node.value, Fraction) and made.terms is None and node.op in _UNSEEN:
            return Grounds(blind=made.rests)
        return _all(self._handed(node, one) for one in self._origins.inputs(node))

    def _handed(self, node: TraceNode, one: TraceNode) -> Grounds:
        """What an op makes alike of alike inputs; a number goes into the linear form that is made of it, or is not seen."""
        made = self._origins.node(one)
        gap = isinstance(node.value, Missing) and node.value.reason not in _BY_VALUE
        if isinstance(one.value, Fraction) and made.terms is not None and not made.fixed and not gap:
            if node.op == "lookup":
                return _all([self.node(one), _exactly(made)])
            if not isinstance(node.value, Fraction) or self._origins.node(node).terms is None:
                return Grounds(blind=made.rests)
        return self.node(one)

    # --- comparisons ---

    def _test(self, node: TraceNode, params: TestParams) -> Grounds:
        inputs = {one.role: one for one in self._origins.inputs(node) if one.role in ("left", "right")}
        if "left" not in inputs or (isinstance(params.right, Ref) and "right" not in inputs):
            return _NOTHING  # nothing there to compare, and whether there is does not hang on marks
        right = self._operand(inputs["right"]) if "right" in inputs else _Operand(_constant(params.right))
        return self._compared(self._operand(inputs["left"]), right, params.cmp)

    def _operand(self, node: TraceNode) -> _Operand:
        """A number as a linear form with its branches; one that is none counts as fixed where all it stands on is seen."""
        made, grounds = self._origins.node(node), self.node(node)
        if not isinstance(node.value, Fraction):
            return _Operand(None, grounds)
        if made.terms is None:
            placed = isinstance(node.step.params, RelateParams) and node.step.params.how == "rank"
            known = None if grounds.blind else Origin(frozenset(), {}, node.value)
            return _Operand(known, grounds, node if placed else None)
        return _Operand(made, grounds)

    def _compared(self, left: _Operand, right: _Operand, cmp: str) -> Grounds:
        """Two numbers: on which side of each other they lie."""
        if left.made is None or right.made is None:
            return _all([left.grounds, right.grounds])  # a word, a gap, or a number of which it is said that it is not seen
        if left.place is not None and right.place is None and not right.made.terms:
            return _all([self._line(left.place, cmp, right.made.value), right.grounds])
        made = calculated(FunctionCall("-", (Ref("l"), Ref("r"))), {"l": left.made, "r": right.made})
        grounds, nought = _all([left.grounds, right.grounds]), Fraction(0)
        if made is None or made.value is None or not made.terms:
            return grounds
        least = nought if made.value > 0 or (not made.value and cmp in (">=", "<", "=", "!=")) else None
        most = nought if made.value < 0 or (not made.value and cmp in ("<=", ">", "=", "!=")) else None
        ends = Interval(
            least=least,
            most=most,
            least_open=made.value > 0 and cmp not in (">=", "<"),
            most_open=made.value < 0 and cmp not in ("<=", ">"),
        )
        return _all([grounds, _side(made, ends)])

    def _line(self, node: TraceNode, cmp: str, line: Fraction | None) -> Grounds:
        """That a place is up to a line or beyond it: beside whom of those at the line a value stands, and no more."""
        params: RelateParams = node.step.params
        own = next(one for one in self._origins.inputs(node) if one.role == "of")
        beside = competing(params.pool, params.of, node.step.axes, node.key, node.context, over=params.over)
        if line is None or not isinstance(node.value, Fraction) or not isinstance(own.value, Fraction):
            return self.node(node)
        if len(set(beside.numbers)) < len(beside.numbers) or (node.value == line and cmp in ("=", "!=")):
            return self.node(node)
        others = sorted((one for one in beside.numbers if one != own.value), reverse=params.high)
        within = node.value < line or (node.value == line and cmp in ("<=", ">"))
        strictly = cmp in ("<", ">=") or (cmp in ("=", "!=") and within)
        last = (ceil(line) - 1) if strictly else floor(line)  # the places up to here, and those beyond
        if within:
            ends = Interval(least=others[last - 1], least_open=True) if last <= len(others) else Interval()
        else:
            ends = Interval(most=others[last - 1], most_open=True) if last >= 1 else Interval()
        if not params.high:
            ends = Interval(least=ends.most, most=ends.least, least_open=ends.most_open, most_open=ends.least_open)
        found = self._between(node, own, ends)
        return replace(found, pool=found.pool | _together(node, beside, params.over))

    def _calc(self, node: TraceNode, params: CalcParams) -> Grounds:
        inputs = {one.name: one for one in self._origins.inputs(node)}
        rests = self._origins.node(node).rests
        if isinstance(node.value, Fraction):
            return self._number(params.expr, inputs, rests).grounds
        return self._fixed(params.expr, inputs, rests)

    def _fixed(self, expr: Expr, inputs: Mapping[str, TraceNode], rests: frozenset[Cell]) -> Grounds:
        """What makes a truth or a word come out as it did."""
        if isinstance(expr, Ref):
            return self.node(inputs[expr.step]) if expr.step in inputs else _NOTHING
        if not isinstance(expr, FunctionCall):
            return _NOTHING
        values = [_value(arg, inputs) for arg in expr.args]
        if expr.op in _COMPARED and all(isinstance(value, Fraction) for value in values):
            first, second = (self._number(arg, inputs, rests) for arg in expr.args)
            return self._compared(first, second, expr.op)
        parts = [self._fixed(arg, inputs, rests) for arg in expr.args]
        needed: Sequence[int] = range(len(parts))
        if expr.op in ("and", "or"):
            enough = [one for one, value in zip(parts, values, strict=True) if value is (expr.op == "or")]
            return min(enough, key=lambda one: one.weight) if enough else _all(parts)
        if expr.op == "if":
            needed = range(1) if isinstance(values[0], Missing) else (0, 1 if values[0] is True else 2)
        return _all(parts[at] for at in needed)

    def _number(self, expr: Expr, inputs: Mapping[str, TraceNode], rests: frozenset[Cell]) -> _Operand:
        """A number of an expression as a linear form, with which branch and which end was taken."""
        if isinstance(expr, Ref):
            return self._operand(inputs[expr.step]) if expr.step in inputs else _Operand(None)
        if not isinstance(expr, FunctionCall):
            return _Operand(_constant(expr))
        if expr.op == "if":
            branch = taken(expr, values_of(expr, inputs))
            number = self._number(branch, inputs, rests)
            return replace(number, grounds=_all([self._fixed(expr.args[0], inputs, rests), number.grounds]), place=None)
        parts = [self._number(arg, inputs, rests) for arg in expr.args]
        grounds = _all(one.grounds for one in parts)
        known = {str(at): one.made for at, one in enumerate(parts) if one.made is not None}
        operation = FunctionCall(expr.op, tuple(Ref(str(at)) for at in range(len(parts))))
        made = calculated(taken(operation, {at: one.value or Fraction(0) for at, one in known.items()}), known)
        if made is None:
            return _Operand(None, replace(grounds, blind=grounds.blind | rests))
        beside: list[Origin | None] = []
        if expr.op in ("min", "max"):
            beside = [one for one in known.values() if one is not made]
        elif expr.op == "abs":
            beside = [_constant(Fraction(0))]
        lesser = "<=" if expr.op == "min" or (expr.op == "abs" and made is not parts[0].made) else ">="
        compared = (
            self._compared(_Operand(made if expr.op != "abs" else parts[0].made), _Operand(one), lesser) for one in beside
        )
        return _Operand(made, _all([grounds, *compared]))

    def _bands(self, node: TraceNode, params: BandsParams) -> Grounds:
        of = self._origins.inputs(node)[0]
        number = self._operand(of)
        made, grounds = number.made, number.grounds
        if made is None or made.value is None or not made.terms:
            return grounds
        value, ends = made.value, Interval()
        for row in params.rows:
            band = Interval(least=row.low, most=row.high, least_open=not row.low_in, most_open=not row.high_in)
            if band.holds(value):
                return _all([grounds, _side(made, _both(ends, band))])
            # an earlier band that does not hold it: the side of it on which the number lies
            if row.high is not None and not Interval(most=row.high, most_open=not row.high_in).holds(value):
                ends = _both(ends, Interval(least=row.high, least_open=row.high_in))
            elif row.low is not None:
                ends = _both(ends, Interval(most=row.low, most_open=row.low_in))
        return _all([grounds, _side(made, ends)])

    # --- places in a pool ---

    def _relate(self, node: TraceNode, params: RelateParams) -> Grounds:
        own = next((one for one in self._origins.inputs(node) if one.role == "of"), None)
        if own is None or not isinstance(node.value, Fraction):
            return self.node(own) if own is not None else _NOTHING
        if params.how in ("recency", "count"):
            return _NOTHING
        beside = competing(params.pool, params.of, node.step.axes, node.key, node.context, over=params.over)
        if params.how != "rank":
            # What branches the others' numbers took is weighed where those stand; how many of a pool have a tier is not seen.
            made = self._origins.node(node)
            return _NOTHING if made.terms else Grounds(blind=made.rests)
        found = self._between(node, own, _near(own.value, beside.numbers))
        return replace(found, pool=found.pool | _together(node, beside, params.over))

    def _allocate(self, node: TraceNode, params: AllocateParams) -> Grounds:
        """What a place in a tier says: below whom of the higher tiers and above whom of the lower ones a value stands."""
        inputs = self._origins.inputs(node)
        own = next((one for one in inputs if one.role == "of"), None)
        limits = _all(self.node(one) for one in inputs if one.role == "limit")
        if own is None or not isinstance(own.value, Fraction):
            return limits
        beside = competing(params.pool, params.of, node.step.axes, node.key, node.context)
        found = _all([limits, self._between(node, own, _tier_ends(node, params, own.value, beside))])
        return replace(found, pool=found.pool | _together(node, beside, "subject"))

    def _between(self, node: TraceNode, own: TraceNode, ends: Interval) -> Grounds:
        number = self._operand(own)
        made, grounds = number.made, number.grounds
        if made is None:
            return grounds
        tied = ends.least is not None and ends.least == ends.most
        by = [one for one in self._origins.inputs(node) if one.role == "by"] if tied else []
        broken = [_exactly(known) for one in by if (known := self._origins.node(one)).terms]
        return _all([grounds, _side(made, ends), *broken, *map(self.node, by)])


#: Functions of an expression that tell two numbers apart.
_COMPARED: Final = frozenset({"<", "<=", ">", ">=", "=", "!="})
#: Why there is no value, where that hangs on the numbers and not on whether they are there.
_BY_VALUE: Final = frozenset({Reason.DIVIDED_BY_ZERO, Reason.ALL_EQUAL, Reason.NO_ROOT})
#: Ops whose number, where it is no linear form, does not follow from the comparisons below it.
_UNSEEN: Final = frozenset({"reduce", "gather", "power", "component", "round"})


def _value(expr: Expr, inputs: Mapping[str, TraceNode]) -> Value:
    return value_of(expr, values_of(expr, inputs))


def _constant(value: object) -> Origin | None:
    return Origin(frozenset(), {}, value) if isinstance(value, Fraction) else None


def _exactly(made: Origin) -> Grounds:
    return _side(made, Interval(least=made.value, most=made.value))


def _side(made: Origin, ends: Interval) -> Grounds:
    if not made.terms or made.value is None or (ends.least is None and ends.most is None):
        return _NOTHING
    return Grounds((Side(terms=made.terms, value=made.value, between=ends, slack=made.slack),))


def _both(one: Interval, other: Interval) -> Interval:
    """What lies in both."""
    least, most = (one.least, one.least_open), (one.most, one.most_open)
    if other.least is not None and (least[0] is None or other.least > least[0] or (other.least == least[0] and other.least_open)):
        least = (other.least, other.least_open)
    if other.most is not None and (most[0] is None or other.most < most[0] or (other.most == most[0] and other.most_open)):
        most = (other.most, other.most_open)
    return Interval(least=least[0], most=most[0], least_open=least[1], most_open=most[1])


def _near(value: Value, values: tuple[Fraction, ...]) -> Interval:
    """Between the next different values of a pool, in order; a value that somebody else has too is known."""
    if not isinstance(value, Fraction):
        return Interval()
    low, high = bisect_left(values, value), bisect_right(values, value)
    if high - low > 1:
        return Interval(least=value, most=value)
    return Interval(
        least=values[low - 1] if low else None, most=values[high] if high < len(values) else None, least_open=True, most_open=True
    )


def _together(node: TraceNode, beside: Competing, over: str) -> frozenset[str]:
    at = node.step.axes.index(over)
    return frozenset(key[at] for key in beside.keys) if over == "subject" else frozenset()


def _tier_ends(node: TraceNode, params: AllocateParams, own: Fraction, beside: Competing) -> Interval:
    """Between those of other tiers. Where values of the pool are equal, or tiers do not follow values because not everybody may
    have each, between the next neighbours: while their order stays, so do the tiers."""
    of, tiers = node.context.tables[params.of].cells, node.context.tables[node.name].cells
    grades = [tier.grade for tier in params.tiers]
    placed = []
    for key in beside.keys:
        value, tier = of[key], tiers.get(key, NOT_APPLICABLE)
        if isinstance(value, Fraction) and not (isinstance(tier, Missing) and tier.reason != Reason.IN_NO_TIER):
            placed.append(
                (
                    value if params.high else -value,
                    grades.index(tier) if isinstance(tier, str) and tier in grades else len(grades),
                )
            )
    ordered = sorted(placed, reverse=True)
    if len({value for value, _ in placed}) < len(placed) or [tier for _, tier in ordered] != sorted(tier for _, tier in placed):
        return _near(own, beside.numbers)
    mine = dict(placed)[own if params.high else -own]
    below = max((value for value, tier in placed if tier > mine), default=None)
    above = min((value for value, tier in placed if tier < mine), default=None)
    ends = Interval(least=below, most=above, least_open=True, most_open=True)
    return ends if params.high else ends.turned()
