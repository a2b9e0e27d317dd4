"""Ops that make each cell from the cells at the same labels: lookup, bands, choose, bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analysis.axes import Axes, Operand, Ref, require_within
from analysis.context import Context
from analysis.errors import AnalysisError, PlanError
from analysis.joins import projector, read_column, reader, unite_axes, unite_keys
from analysis.ops.kinds import as_number, as_truth
from analysis.parameters import ParameterReader
from analysis.reasons import Reason
from analysis.saying import NC_
from analysis.spec import OpSpec, PlanStep
from analysis.values import NOT_APPLICABLE, Key, Missing, Table, Value, applicable, literal, text_of

Cells = dict[Key, Value]


def as_cells(keys: list[Key], values: list[Value]) -> Cells:
    """Keys with their values as cells, without what is not applicable.

    Parameters
    ----------
    keys, values
        As many of the one as of the other, in the same order.
    """
    return applicable(dict(zip(keys, values, strict=True)))


def operand(role: str, step: str, key: Key, axes: Axes, context: Context) -> Operand:
    """The operand that a step gives at a key.

    Parameters
    ----------
    role
        As what it is read ("of", "weight", "where" …).
    step
        The step that is read.
    key, axes
        A key over these axes, among which are all those of the step.
    context
        The tables so far.
    """
    return Operand(role, step, projector(axes, context.tables[step].axes)(key))


# --- lookup -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LookupParams:
    """`keys` are steps or "@axis"; `rows` texts to compare and the value found."""

    keys: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], Value], ...]
    otherwise: Value | None


def _read_lookup(reader: ParameterReader) -> LookupParams:
    keys = reader.texts("keys")
    for key in keys:
        if key.startswith("@") and key[1:] not in ("subject", "group", "item", "period"):
            raise PlanError("not-a-lookup-key", key=key)
        if not key.startswith("@"):
            reader.as_ref(key)
    rows = []
    for row in reader.listed("rows"):
        if not isinstance(row, list) or len(row) != len(keys) + 1 or not all(isinstance(one, str) for one in row[:-1]):
            raise PlanError("row-keys", row=row, many=len(keys))
        rows.append((tuple(row[:-1]), literal(row[-1])))
    otherwise = reader.get("otherwise")
    return LookupParams(keys, tuple(rows), None if otherwise is None else literal(otherwise))


def _lookup_axes(params: LookupParams, known: Mapping[str, Axes]) -> Axes:
    axes = unite_axes((key[1:],) if key.startswith("@") else known[key] for key in params.keys)
    if "period" in axes and not any("period" in known.get(key, ()) for key in params.keys):
        raise PlanError("period-needs-axis")
    return axes


def _label_table(key: str, context: Context) -> Table:
    return Table(key, (key[1:],), {(label,): label for label in context.labels(key[1:])})


def _lookup(_: PlanStep, params: LookupParams, context: Context) -> Cells:
    tables = [_label_table(key, context) if key.startswith("@") else context.tables[key] for key in params.keys]
    axes, keys = unite_keys(tables)
    columns = [
        [at[axes.index(table.axes[0])] for at in keys] if table.name.startswith("@") else read_column(table, axes, keys)
        for table in tables
    ]
    found: dict[tuple[Value, ...], Value] = {}
    values = []
    for row in zip(*columns, strict=True) if columns else [() for _ in keys]:
        tagged = tuple([one if isinstance(one, (str, Missing)) else text_of(one) for one in row])
        if tagged not in found:
            found[tagged] = _look(params, tagged)
        values.append(found[tagged])
    return as_cells(keys, values)


def _look(params: LookupParams, row: tuple[Value, ...]) -> Value:
    for wanted, value in params.rows:
        if all(want in ("*", one) for want, one in zip(wanted, row, strict=True)):
            return value
    for one in row:
        if isinstance(one, Missing):
            return one
    return Missing(Reason.NO_ROW) if params.otherwise is None else params.otherwise


# --- bands ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Stretch:
    """A stretch of numbers; `low_in` and `high_in` say whether the ends belong."""

    low: Fraction | None
    low_in: bool
    high: Fraction | None
    high_in: bool
    value: Value

    def holds(self, one: Fraction) -> bool:
        """Whether the number lies in the band."""
        above = self.low is None or one > self.low or (self.low_in and one == self.low)
        return above and (self.high is None or one < self.high or (self.high_in and one == self.high))


@dataclass(frozen=True)
class BandsParams:
    """The bands in order; the first that holds the number counts."""

    of: str
    rows: tuple[Stretch, ...]


def _read_bands(reader: ParameterReader) -> BandsParams:
    rows = [reader.sub(raw, ("from", "from_in", "to", "to_in", "value")) for raw in reader.listed("rows")]
    return BandsParams(reader.ref("of"), tuple(_read_band(row) for row in rows))


def _read_band(row: ParameterReader) -> Stretch:
    low_in, high_in = row.truth("from_in", default=True), row.truth("to_in")
    return Stretch(row.opt_number("from"), low_in, row.opt_number("to"), high_in, literal(row.need("value")))


def _bands(_: PlanStep, params: BandsParams, context: Context) -> Cells:
    of = context.tables[params.of].cells
    return applicable(
        {key: value if isinstance(value, Missing) else _in_band(params, as_number(value)) for key, value in of.items()}
    )


def _in_band(params: BandsParams, one: Fraction) -> Value:
    return next((band.value for band in params.rows if band.holds(one)), Missing(Reason.IN_NO_BAND))


# --- choose -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ChooseParams:
    """Conditions with what they lead to, in order."""

    cases: tuple[tuple[str, Ref | Value], ...]
    otherwise: Ref | Value | None


def _read_choose(reader: ParameterReader) -> ChooseParams:
    cases = []
    for case in reader.listed("cases"):
        if not isinstance(case, list) or len(case) != 2:
            raise PlanError("not-a-case", case=case)
        cases.append((reader.as_ref(case[0]), reader.as_ref_or_literal(case[1])))
    return ChooseParams(tuple(cases), reader.opt_ref_or_literal("otherwise"))


def _refs(params: ChooseParams) -> list[str]:
    values = [value for _, value in params.cases] + [params.otherwise]
    return [condition for condition, _ in params.cases] + [value.step for value in values if isinstance(value, Ref)]


def _choose(_: PlanStep, params: ChooseParams, context: Context) -> Cells:
    axes, keys = unite_keys([context.tables[name] for name in _refs(params)])
    last: Ref | Value = Missing(Reason.NO_CASE) if params.otherwise is None else params.otherwise
    cases = [
        (read_column(context.tables[condition], axes, keys), read_column(context.table_of(value), axes, keys))
        for condition, value in params.cases
    ]
    result = read_column(context.table_of(last), axes, keys)
    for at in range(len(keys)):
        for condition, value in cases:
            met = condition[at]
            if met is NOT_APPLICABLE or met == NOT_APPLICABLE:
                continue
            if isinstance(met, Missing) or as_truth(met):
                result[at] = met if isinstance(met, Missing) else value[at]
                break
    return as_cells(keys, result)


def _choose_operands(_: PlanStep, params: ChooseParams, key: Key, context: Context) -> list[Operand]:
    axes = unite_axes(context.tables[name].axes for name in _refs(params))
    found: list[Operand] = []
    for condition, value in params.cases:
        found.append(operand("condition", condition, key, axes, context))
        met = reader(context.tables[condition], axes)(key)
        if met is True:
            return found + ([operand("case", value.step, key, axes, context)] if isinstance(value, Ref) else [])
        if isinstance(met, Missing) and met != NOT_APPLICABLE:
            return found
    last = params.otherwise
    return found + ([operand("otherwise", last.step, key, axes, context)] if isinstance(last, Ref) else [])


# --- bound ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class BoundParams:
    """Grades best first, the limit (a grade, or a step holding one), whether it limits from above, and when it holds."""

    of: str
    order: tuple[str, ...]
    limit: Ref | Value
    from_above: bool
    when: str | None


_LIMITS = ("at_most", "at_least", "at_most_of", "at_least_of")


def _read_bound(reader: ParameterReader) -> BoundParams:
    order, given = reader.texts("order"), [name for name in _LIMITS if reader.get(name) is not None]
    if len(given) != 1:
        raise PlanError("one-limit", known=_LIMITS)
    name = given[0]
    limit: Ref | Value = Ref(reader.ref(name)) if name.endswith("_of") else reader.choice(name, order)
    return BoundParams(reader.ref("of"), order, limit, name.startswith("at_most"), reader.opt_ref("when"))


def _bound_axes(params: BoundParams, known: Mapping[str, Axes]) -> Axes:
    for ref in (params.when, params.limit.step if isinstance(params.limit, Ref) else None):
        if ref is not None:
            require_within(ref, params.of, known)
    return known[params.of]


def _bound(_: PlanStep, params: BoundParams, context: Context) -> Cells:
    table = context.tables[params.of]
    keys = list(table.cells)
    limits = read_column(context.table_of(params.limit), table.axes, keys)
    whens = read_column(context.table_of(True if params.when is None else Ref(params.when)), table.axes, keys)
    return {key: _held(params, table.cells[key], limit, when) for key, limit, when in zip(keys, limits, whens, strict=True)}


def _held(params: BoundParams, grade: Value, limit: Value, when: Value) -> Value:
    if isinstance(grade, Missing) or when == NOT_APPLICABLE:
        return grade
    if isinstance(when, Missing):
        return when
    if not as_truth(when) or limit == NOT_APPLICABLE:
        return grade
    if isinstance(limit, Missing):
        return limit
    pick = max if params.from_above else min
    return params.order[pick(_place(params.order, grade), _place(params.order, limit))]


def _place(order: tuple[str, ...], grade: Value) -> int:
    if not isinstance(grade, str) or grade not in order:
        raise AnalysisError("not-a-grade", value=text_of(grade), grades=order)
    return order.index(grade)


def _bound_operands(_: PlanStep, params: BoundParams, key: Key, context: Context) -> list[Operand]:
    axes = context.tables[params.of].axes
    found = [Operand("of", params.of, key)]
    if params.when is not None:
        found.append(operand("when", params.when, key, axes, context))
    if isinstance(params.limit, Ref):
        found.append(operand("limit", params.limit.step, key, axes, context))
    return found


def of_only(_: PlanStep, params: Any, key: Key, __: Context) -> list[Operand]:
    """The operands of an op that reads one table at the same labels.

    Parameters
    ----------
    params
        The op's parameters; only `of` is read.
    key
        The cell's key.
    """
    return [Operand("of", params.of, key)]


def same_axes(params: Any, known: Mapping[str, Axes]) -> Axes:
    """The axes of the one table an op reads.

    Parameters
    ----------
    params
        The op's parameters; only `of` is read.
    known
        Axes by step name.
    """
    return known[params.of]


def _lookup_operands(_: PlanStep, params: LookupParams, key: Key, context: Context) -> list[Operand]:
    steps = [name for name in params.keys if not name.startswith("@")]
    axes = unite_axes(
        [*((name[1:],) for name in params.keys if name.startswith("@")), *(context.tables[name].axes for name in steps)]
    )
    return [operand("key", name, key, axes, context) for name in steps]


CELLS: tuple[OpSpec[Any], ...] = (
    OpSpec(
        id="lookup",
        title=NC_("step of a plan", "查表"),
        why="weights by class, points by grade or place, consequence tables",
        parameters=("keys", "rows", "otherwise"),
        read=_read_lookup,
        axes=_lookup_axes,
        run=_lookup,
        operands=_lookup_operands,
    ),
    OpSpec(
        id="bands",
        title=NC_("step of a plan", "分档"),
        why="score bands, a rate turned into points; the ends belong as stated",
        parameters=("of", "rows"),
        read=_read_bands,
        axes=same_axes,
        run=_bands,
        operands=of_only,
    ),
    OpSpec(
        id="choose",
        title=NC_("step of a plan", "依次判断"),
        why="cascades of conditions, variants by a fact, waivers",
        parameters=("cases", "otherwise"),
        read=_read_choose,
        axes=lambda params, known: unite_axes(known[name] for name in _refs(params)),
        run=_choose,
        operands=_choose_operands,
    ),
    OpSpec(
        id="bound",
        title=NC_("step of a plan", "等次限定"),
        why="vetoes, ceilings and floors by event, caps by a related subject's grade",
        parameters=("of", "order", "at_most", "at_least", "at_most_of", "at_least_of", "when"),
        read=_read_bound,
        axes=_bound_axes,
        run=_bound,
        operands=_bound_operands,
    ),
)
