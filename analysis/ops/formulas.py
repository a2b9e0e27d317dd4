"""The op `calc`: exact arithmetic, comparison and logic cell by cell; and `test`, a comparison with its books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add, itemgetter, mul
from typing import Any

from analysis.axes import Axes, Operand, Ref, require_within
from analysis.context import Context
from analysis.errors import PlanError
from analysis.joins import read_column, unite_axes, unite_keys
from analysis.ops.cells import as_cells, operand
from analysis.ops.kinds import as_number, as_truth
from analysis.parameters import ParameterReader
from analysis.reasons import Reason
from analysis.saying import NC_
from analysis.spec import OpSpec, PlanStep
from analysis.values import Key, Missing, Value, kind, literal, ratio

Row = Sequence[Value]
Node = Callable[[Row], Value]
_LITERALS = ("num", "text", "truth", "missing")


@dataclass(frozen=True)
class FunctionCall:
    """A function of the table below, with its arguments."""

    op: str
    args: tuple[Expr, ...]


Expr = FunctionCall | Ref | Value


def read_expr(raw: object, reader: ParameterReader) -> Expr:
    """An expression from its prefix lists, as `["+", ["ref", "a"], ["num", "1"]]`.

    Parameters
    ----------
    raw
        The JSON as it stands in the plan.
    reader
        Knows the earlier steps, and remembers which are referred to.

    Raises
    ------
    PlanError
        For an unknown function, a wrong number of arguments, a reference to no earlier step.
    """
    if not isinstance(raw, list) or not raw or not isinstance(raw[0], str):
        raise PlanError("not-an-expression", given=raw)
    op, args = raw[0], raw[1:]
    if op == "ref" and len(args) == 1:
        return Ref(reader.as_ref(args[0]))
    if op in _LITERALS:
        return literal(raw)
    if op not in FUNCTIONS:
        raise PlanError("unknown-function", function=op, known=tuple(FUNCTIONS))
    least, most, _ = FUNCTIONS[op]
    if not least <= len(args) <= (most or len(args)):
        if most == least:
            raise PlanError("arguments-wrong", function=op, wanted=least, given=len(args))
        raise PlanError("arguments-too-few", function=op, wanted=least, given=len(args))
    return FunctionCall(op, tuple(read_expr(arg, reader) for arg in args))


def refs_of(expr: Expr) -> list[str]:
    """The steps an expression reads, each once, in the order written."""
    if isinstance(expr, Ref):
        return [expr.step]
    return list(dict.fromkeys(ref for arg in expr.args for ref in refs_of(arg))) if isinstance(expr, FunctionCall) else []


def compile_expr(expr: Expr, index: Mapping[str, int]) -> Node:
    """The expression as one function of a row of values.

    Parameters
    ----------
    expr
        The expression.
    index
        Step to the index of its value in the row.
    """
    if isinstance(expr, Ref):
        return itemgetter(index[expr.step])
    if isinstance(expr, FunctionCall):
        return FUNCTIONS[expr.op][2]([compile_expr(arg, index) for arg in expr.args])
    return lambda _: expr


def _numeric(function: Callable[[list[Fraction]], Value]) -> Callable[[list[Node]], Node]:
    """Lift a function of numbers: the first missing argument makes the result missing, whatever kind the others are of."""

    def build(args: list[Node]) -> Node:
        def run(row: Row) -> Value:
            numbers = [arg(row) for arg in args]
            for value in numbers:
                if type(value) is not Fraction:
                    gone = [one for one in numbers if isinstance(one, Missing)]
                    return gone[0] if gone else as_number(value)
            return function(numbers)  # type: ignore[arg-type]  # the loop let nothing but Fractions through

        return run

    return build


def _divide(numbers: list[Fraction]) -> Value:
    result, *divisors = numbers
    for divisor in divisors:
        top, bottom = result.as_integer_ratio()
        part, whole_ = divisor.as_integer_ratio()
        if not part:
            return Missing(Reason.DIVIDED_BY_ZERO)
        result = ratio(top * whole_, bottom * part)
    return result


def _equal(*, wanted: bool) -> Callable[[list[Node]], Node]:
    def build(args: list[Node]) -> Node:
        def run(row: Row) -> Value:
            left, right = args[0](row), args[1](row)
            for value in (left, right):
                if isinstance(value, Missing):
                    return value
            return (kind(left) == kind(right) and left == right) is wanted

        return run

    return build


def _decided(*, by: bool) -> Callable[[list[Node]], Node]:
    """`and` (decided by any false) and `or` (decided by any true)."""

    def build(args: list[Node]) -> Node:
        def run(row: Row) -> Value:
            missing: Missing | None = None
            decided = False
            for arg in args:
                value = arg(row)
                if isinstance(value, Missing):
                    missing = missing or value
                elif as_truth(value) is by:
                    decided = True
            return by if decided else missing or (not by)

        return run

    return build


def _not(args: list[Node]) -> Node:
    def run(row: Row) -> Value:
        value = args[0](row)
        return value if isinstance(value, Missing) else not as_truth(value)

    return run


def _if(args: list[Node]) -> Node:
    condition, then, otherwise = args

    def run(row: Row) -> Value:
        met = condition(row)
        if isinstance(met, Missing):
            return met
        return then(row) if as_truth(met) else otherwise(row)

    return run


def _is_missing(args: list[Node]) -> Node:
    return lambda row: isinstance(args[0](row), Missing)


# How few and how many arguments (0: any number), and how to build the function.
FUNCTIONS: dict[str, tuple[int, int, Callable[[list[Node]], Node]]] = {
    "+": (1, 0, _numeric(lambda n: reduce(add, n))),
    "-": (2, 0, _numeric(lambda n: n[0] - sum(n[1:]))),
    "*": (1, 0, _numeric(lambda n: reduce(mul, n))),
    "/": (2, 0, _numeric(_divide)),
    "min": (1, 0, _numeric(min)),
    "max": (1, 0, _numeric(max)),
    "abs": (1, 1, _numeric(lambda n: abs(n[0]))),
    "neg": (1, 1, _numeric(lambda n: -n[0])),
    "=": (2, 2, _equal(wanted=True)),
    "!=": (2, 2, _equal(wanted=False)),
    "<": (2, 2, _numeric(lambda n: n[0] < n[1])),
    "<=": (2, 2, _numeric(lambda n: n[0] <= n[1])),
    ">": (2, 2, _numeric(lambda n: n[0] > n[1])),
    ">=": (2, 2, _numeric(lambda n: n[0] >= n[1])),
    "and": (1, 0, _decided(by=False)),
    "or": (1, 0, _decided(by=True)),
    "not": (1, 1, _not),
    "if": (3, 3, _if),
    "is_missing": (1, 1, _is_missing),
}


@dataclass(frozen=True)
class CalcParams:
    """The expression, and the steps it reads."""

    expr: Expr
    refs: tuple[str, ...]


def _read_calc(reader: ParameterReader) -> CalcParams:
    expr = read_expr(reader.need("expr"), reader)
    return CalcParams(expr, tuple(refs_of(expr)))


def _calc(_: PlanStep, params: CalcParams, context: Context) -> dict[Key, Value]:
    tables = [context.tables[name] for name in params.refs]
    axes, keys = unite_keys(tables)
    node = compile_expr(params.expr, {name: index for index, name in enumerate(params.refs)})
    columns = [read_column(table, axes, keys) for table in tables]
    rows = zip(*columns, strict=True) if columns else [() for _ in keys]
    return as_cells(keys, [node(row) for row in rows])


def _calc_operands(_: PlanStep, params: CalcParams, key: Key, context: Context) -> list[Operand]:
    axes = unite_axes(context.tables[name].axes for name in params.refs)
    return [operand("ref", name, key, axes, context) for name in params.refs]


# --- test -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class TestParams:
    """left cmp right; numerator and denominator are what `left` was made from, for the books."""

    __test__ = False  # not a test case, whatever its name

    left: str
    cmp: str
    right: Ref | Value
    numerator: str | None
    denominator: str | None


COMPARISONS = (">=", ">", "<=", "<", "=")


def _read_test(reader: ParameterReader) -> TestParams:
    return TestParams(
        reader.ref("left"),
        reader.choice("cmp", COMPARISONS),
        reader.ref_or_literal("right"),
        reader.opt_ref("numerator"),
        reader.opt_ref("denominator"),
    )


def _sides(params: TestParams) -> list[str]:
    return [params.left, params.right.step] if isinstance(params.right, Ref) else [params.left]


def _test_axes(params: TestParams, known: Mapping[str, Axes]) -> Axes:
    axes = unite_axes(known[name] for name in _sides(params))
    for name in (params.numerator, params.denominator):
        if name is not None:
            require_within(name, "test", {**known, "test": axes})
    return axes


def _test(_: PlanStep, params: TestParams, context: Context) -> dict[Key, Value]:
    axes, keys = unite_keys([context.tables[name] for name in _sides(params)])
    left = read_column(context.tables[params.left], axes, keys)
    right = read_column(context.table_of(params.right), axes, keys)
    compare = FUNCTIONS[params.cmp][2]([lambda row: row[0], lambda row: row[1]])
    return as_cells(keys, [compare(row) for row in zip(left, right, strict=True)])


def _test_operands(_: PlanStep, params: TestParams, key: Key, context: Context) -> list[Operand]:
    axes = unite_axes(context.tables[name].axes for name in _sides(params))
    found = [operand("left", params.left, key, axes, context)]
    if isinstance(params.right, Ref):
        found.append(operand("right", params.right.step, key, axes, context))
    for role, name in (("numerator", params.numerator), ("denominator", params.denominator)):
        if name is not None:
            found.append(operand(role, name, key, axes, context))
    return found


FORMULAS: tuple[OpSpec[Any], ...] = (
    OpSpec(
        id="calc",
        title=NC_("step of a plan", "计算"),
        why="composites, bonuses, coefficients, conversions; combined conditions",
        parameters=("expr",),
        read=_read_calc,
        axes=lambda params, known: unite_axes(known[name] for name in params.refs),
        run=_calc,
        operands=_calc_operands,
    ),
    OpSpec(
        id="test",
        title=NC_("step of a plan", "判定"),
        why="thresholds in exact fractions, with how many votes are wanting to the line",
        parameters=("left", "cmp", "right", "numerator", "denominator"),
        read=_read_test,
        axes=_test_axes,
        run=_test,
        operands=_test_operands,
    ),
)
