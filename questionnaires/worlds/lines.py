"""The lines of a method: every comparison of numbers in its plan, and every end of a band; and how far a world is from one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis import AnalysisError
from analysis.axes import Ref
from analysis.joins import read_column, unite_keys
from analysis.ops.cells import BandsParams
from analysis.ops.formulas import CalcParams, Expr, FunctionCall, TestParams, compile_expr, refs_of
from analysis.plan import Plan
from analysis.recount import Recount
from analysis.spec import PlanStep
from analysis.step_names import quantity_of
from analysis.values import Key, Table
from questionnaires.model import Scheme
from questionnaires.worlds.world import SmallWorld

ORDERED = (">=", ">", "<=", "<")


@dataclass(frozen=True)
class Line:
    """A line: `left` against `right`, by these comparisons. `quantity`: where it is first written, at `line` of the file."""

    left: Expr
    right: Expr
    comparisons: tuple[str, ...]
    quantity: str
    line: int

    @property
    def refs(self) -> tuple[str, ...]:
        """The steps both sides read."""
        return tuple(dict.fromkeys((*refs_of(self.left), *refs_of(self.right))))


def lines_of(plan: Plan) -> tuple[Line, ...]:
    """Every line of a plan, each once, in the order of the file.

    Parameters
    ----------
    plan
        The compiled plan.
    """
    found: dict[tuple[Expr, Expr], Line] = {}
    for step in plan.steps:
        for left, comparison, right in _comparisons(step):
            if isinstance(left, (FunctionCall, Ref)) and not isinstance(right, (str, bool)):
                known = found.get((left, right))
                met = known.comparisons if known else ()
                quantity, line = (known.quantity, known.line) if known else (quantity_of(step.name), step.line)
                found[left, right] = Line(left, right, tuple(dict.fromkeys((*met, comparison))), quantity, line)
    return tuple(sorted(found.values(), key=lambda one: one.line))


def _comparisons(step: PlanStep) -> Iterator[tuple[Expr, str, Expr]]:
    params = step.params
    if isinstance(params, CalcParams):
        yield from _within(params.expr)
    elif isinstance(params, TestParams) and params.cmp in ORDERED:
        yield Ref(params.left), params.cmp, params.right
    elif isinstance(params, BandsParams):
        ends: dict[Fraction, str] = {}
        for row in params.rows:
            if row.low is not None:
                ends.setdefault(row.low, ">=" if row.low_in else ">")
            if row.high is not None:
                ends.setdefault(row.high, "<=" if row.high_in else "<")
        for end, comparison in sorted(ends.items(), reverse=True):
            yield Ref(params.of), comparison, end


def _within(expr: Expr) -> Iterator[tuple[Expr, str, Expr]]:
    if not isinstance(expr, FunctionCall):
        return
    if expr.op in ORDERED:
        left, right = expr.args
        if isinstance(left, (FunctionCall, Ref)) or isinstance(right, (FunctionCall, Ref)):
            turned = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
            yield (left, expr.op, right) if isinstance(left, (FunctionCall, Ref)) else (right, turned[expr.op], left)
    for arg in expr.args:
        yield from _within(arg)


class Gap:
    """How far a world is from a line, counted by the few steps that lead to it."""

    def __init__(self, scheme: Scheme, plan: Plan, line: Line) -> None:
        self.scheme, self.line = scheme, line
        self.plan = leading_to(plan, line.refs)
        names = line.refs
        self._node = compile_expr(FunctionCall("-", (line.left, line.right)), {name: at for at, name in enumerate(names)})
        self.key: Key | None = None

    def of(self, world: SmallWorld) -> Fraction | None:
        """The left side less the right, for the subject the world is about; None where there is no such number.

        Of several places of that subject (groups, items) it is the first that ever had a number.

        Parameters
        ----------
        world
            The world.
        """
        try:
            tables = Recount(self.plan, world.evidence(self.scheme)).tables
        except AnalysisError:
            return None
        read = [tables[name] for name in self.line.refs]
        axes, keys = unite_keys(read)
        columns = [read_column(table, axes, keys) for table in read]
        for at, key in enumerate(keys):
            if "subject" in axes and key[axes.index("subject")] != world.subject:
                continue
            if self.key not in (None, key):
                continue
            value = self._node([column[at] for column in columns])
            if isinstance(value, Fraction):
                self.key = key
                return value
        return None

    def side(self, world: SmallWorld) -> Fraction | None:
        """The right side as it is in this world."""
        right = self.line.right
        if isinstance(right, Fraction):
            return right
        tables = Recount(self.plan, world.evidence(self.scheme)).tables
        names = refs_of(right)
        read: list[Table] = [tables[name] for name in names]
        axes, keys = unite_keys(read)
        node = compile_expr(right, {name: at for at, name in enumerate(names)})
        columns = [read_column(table, axes, keys) for table in read]
        for at, key in enumerate(keys):
            if "subject" not in axes or key[axes.index("subject")] == world.subject:
                value = node([column[at] for column in columns])
                return value if isinstance(value, Fraction) else None
        return None


def leading_to(plan: Plan, names: tuple[str, ...]) -> Plan:
    """A plan of those steps alone that some steps rest on, and of these.

    Parameters
    ----------
    plan
        The whole plan.
    names
        The steps wanted.
    """
    wanted = set(names)
    for step in reversed(plan.steps):  # a step reads earlier ones only
        if step.name in wanted:
            wanted |= set(step.refs)
    return replace(plan, steps=tuple(step for step in plan.steps if step.name in wanted), outputs=(), watches=())
