"""Ops that put another value in a cell's place: fill where it is missing, round, raise to a power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.axes import Axes, Operand, Ref, require_within
from analysis.context import Context
from analysis.errors import PlanError
from analysis.joins import reader
from analysis.ops.cells import Cells, of_only, operand, same_axes
from analysis.ops.kinds import as_number
from analysis.parameters import ParameterReader
from analysis.reasons import Reason
from analysis.roots import is_exponent, not_too_long, power_rounded
from analysis.rounding import MODES, rounded
from analysis.saying import NC_
from analysis.spec import OpSpec, PlanStep
from analysis.values import NOT_APPLICABLE, Key, Missing, Value, number


@dataclass(frozen=True)
class FillParams:
    """What stands in for a missing cell, and for which reasons (None: all)."""

    of: str
    with_: Ref | Value
    reasons: frozenset[str] | None


def _read_fill(reader: ParameterReader) -> FillParams:
    reasons = reader.opt_texts("reasons")
    return FillParams(reader.ref("of"), reader.ref_or_literal("with"), None if reasons is None else frozenset(reasons))


def _fill_axes(params: FillParams, known: Mapping[str, Axes]) -> Axes:
    if isinstance(params.with_, Ref):
        require_within(params.with_.step, params.of, known)
    return known[params.of]


def is_filled(params: FillParams, value: Value) -> bool:
    """Whether `fill` replaces this value.

    Parameters
    ----------
    params
        The fill; its reasons say which missing values it is about.
    value
        The value that stands there.
    """
    return isinstance(value, Missing) and (params.reasons is None or value.reason in params.reasons)


def _fill(_: PlanStep, params: FillParams, context: Context) -> Cells:
    table = context.tables[params.of]
    other = reader(context.table_of(params.with_), table.axes)
    cells = dict(table.cells)
    for key, value in table.cells.items():
        if is_filled(params, value):
            instead = other(key)
            cells[key] = value if instead == NOT_APPLICABLE else instead
    return cells


def _fill_operands(_: PlanStep, params: FillParams, key: Key, context: Context) -> list[Operand]:
    table = context.tables[params.of]
    found = [Operand("of", params.of, key)]
    if isinstance(params.with_, Ref) and is_filled(params, table.cells.get(key, NOT_APPLICABLE)):
        found.append(operand("with", params.with_.step, key, table.axes, context))
    return found


@dataclass(frozen=True)
class RoundParams:
    """To a multiple of `step`, in this mode."""

    of: str
    mode: str
    step: Fraction


def _read_round(reader: ParameterReader) -> RoundParams:
    return RoundParams(reader.ref("of"), reader.choice("mode", tuple(MODES)), _precision(reader))


def _precision(reader: ParameterReader) -> Fraction:
    step = number(reader.need("step"))
    if step <= 0:
        raise PlanError("precision-not-above-zero")
    return step


def _round(_: PlanStep, params: RoundParams, context: Context) -> Cells:
    return {
        key: value if isinstance(value, Missing) else rounded(as_number(value), params.mode, params.step)
        for key, value in context.tables[params.of].cells.items()
    }


@dataclass(frozen=True)
class PowerParams:
    """Raised to `exponent` (a number, or a step that gives one), rounded to a multiple of `step` in this mode."""

    of: str
    exponent: Fraction | Ref
    mode: str
    step: Fraction


def _read_power(reader: ParameterReader) -> PowerParams:
    raw = reader.need("exponent")
    exponent: Fraction | Ref = Ref(reader.sub(raw, ("step",)).ref("step")) if isinstance(raw, dict) else number(raw)
    if isinstance(exponent, Fraction) and not is_exponent(exponent):
        raise PlanError("exponent-out-of-reach")
    return PowerParams(reader.ref("of"), exponent, reader.choice("mode", tuple(MODES)), _precision(reader))


def _power_axes(params: PowerParams, known: Mapping[str, Axes]) -> Axes:
    if isinstance(params.exponent, Ref):
        require_within(params.exponent.step, params.of, known)
    return known[params.of]


def _power(_: PlanStep, params: PowerParams, context: Context) -> Cells:
    table = context.tables[params.of]
    exponent = reader(context.table_of(params.exponent), table.axes)
    cells = {key: _raised(params, value, exponent(key)) for key, value in table.cells.items()}
    return {key: value for key, value in cells.items() if value != NOT_APPLICABLE}


def _raised(params: PowerParams, value: Value, exponent: Value) -> Value:
    for one in (value, exponent):
        if isinstance(one, Missing):
            return one
    base, to = as_number(value), as_number(exponent)
    if base == 0 and to < 0:
        return Missing(Reason.DIVIDED_BY_ZERO)
    found = power_rounded(not_too_long(base), to, params.mode, params.step) if is_exponent(to) else None
    return Missing(Reason.NO_ROOT) if found is None else not_too_long(found)


def _power_operands(_: PlanStep, params: PowerParams, key: Key, context: Context) -> list[Operand]:
    found = [Operand("of", params.of, key)]
    if isinstance(params.exponent, Ref):
        found.append(operand("exponent", params.exponent.step, key, context.tables[params.of].axes, context))
    return found


REPLACING = (
    OpSpec(
        id="fill",
        title=NC_("step of a plan", "补缺"),
        why="what a missing value means here: zero, a stated value, the pool's mean",
        parameters=("of", "with", "reasons"),
        read=_read_fill,
        axes=_fill_axes,
        run=_fill,
        operands=_fill_operands,
    ),
    OpSpec(
        id="round",
        title=NC_("step of a plan", "舍入"),
        why="rounding stands where the method says, and nowhere else",
        parameters=("of", "mode", "step"),
        read=_read_round,
        axes=same_axes,
        run=_round,
        operands=of_only,
    ),
    OpSpec(
        id="power",
        title=NC_("step of a plan", "乘方"),
        why="geometric means, standard deviations, square-root weights, points that rise by a power",
        parameters=("of", "exponent", "mode", "step"),
        read=_read_power,
        axes=_power_axes,
        run=_power,
        operands=_power_operands,
    ),
)
