"""Ops that put another value in a cell's place: fill where it is missing, round."""

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
    step = number(reader.need("step"))
    if step <= 0:
        raise PlanError("precision-not-above-zero")
    return RoundParams(reader.ref("of"), reader.choice("mode", tuple(MODES)), step)


def _round(_: PlanStep, params: RoundParams, context: Context) -> Cells:
    return {
        key: value if isinstance(value, Missing) else rounded(as_number(value), params.mode, params.step)
        for key, value in context.tables[params.of].cells.items()
    }


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
)
