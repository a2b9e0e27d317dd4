"""Ops that make one cell from many: reduce along an axis, gather over related subjects; and follow, which reads a related one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analysis.axes import Axes, Operand, Ref, no_axis, order_axes
from analysis.context import Context
from analysis.errors import AnalysisError, EvidenceError, PlanError
from analysis.joins import projector
from analysis.ops.collapse import Collapse, Entry, check_within, finish, read_collapse, select
from analysis.ops.kinds import as_number
from analysis.reasons import Reason
from analysis.saying import NC_
from analysis.spec import OpSpec, PlanStep
from analysis.values import AXES, Key, Missing, Value, total


@dataclass(frozen=True)
class ReduceParams:
    """Along which axis, into the labels' parents or away."""

    collapse: Collapse
    over: str
    into_parent: bool


@dataclass(frozen=True)
class GatherParams:
    """Over the subjects whose fact `relation` names this one."""

    collapse: Collapse
    relation: str


def _reduce_axes(params: ReduceParams, known: Mapping[str, Axes]) -> Axes:
    axes = known[params.collapse.of]
    if params.over not in axes:
        raise no_axis(params.collapse.of, params.over)
    result = axes if params.into_parent else tuple(axis for axis in axes if axis != params.over)
    check_within(params.collapse, result, known)
    return result


def _gather_axes(params: GatherParams, known: Mapping[str, Axes]) -> Axes:
    axes = known[params.collapse.of]
    if "subject" not in axes:
        raise no_axis(params.collapse.of, "subject")
    check_within(params.collapse, axes, known)
    return axes


def _reduce(step: PlanStep, params: ReduceParams, context: Context) -> dict[Key, Value]:
    collapse = params.collapse
    table = context.tables[collapse.of]
    if params.into_parent:
        return _into_parents(step, params, context)
    part = projector(table.axes, step.axes)
    if _is_plain(collapse):
        return _plain(collapse, table.cells, part)
    groups: dict[Key, list[Entry]] = {part(key): [] for key in table.cells}
    for entry in select(collapse, context):
        groups[part(entry[0])].append(entry)
    return finish(collapse, groups, step.axes, context)


def _is_plain(collapse: Collapse) -> bool:
    """Whether a sum or a mean needs nothing but its numbers: the shape of most steps over many cells."""
    bare = collapse.weights is None and collapse.where is None and collapse.trim is None
    return bare and collapse.missing == "skip" and collapse.how in ("sum", "mean")


def _plain(collapse: Collapse, cells: Mapping[Key, Value], part: Callable[[Key], Key]) -> dict[Key, Value]:
    """A plain sum or mean: the same as the long way, without a tuple for each of very many cells."""
    groups: dict[Key, list[Fraction]] = {}
    for key, value in cells.items():
        target = part(key)
        found = groups.get(target)
        if found is None:
            found = groups[target] = []
        if type(value) is Fraction:
            found.append(value)
        elif type(value) is not Missing:
            as_number(value)  # says what is wrong
    if collapse.how == "sum":
        return {key: total(numbers) if numbers else Missing(Reason.NO_VALUES) for key, numbers in groups.items()}
    return {key: _mean(numbers) if numbers else Missing(Reason.NO_VALUES) for key, numbers in groups.items()}


def _mean(numbers: list[Fraction]) -> Fraction:
    top, bottom = total(numbers).as_integer_ratio()
    return Fraction(top, bottom * len(numbers))


def climbing(params: ReduceParams, context: Context) -> Mapping[str, str]:
    """The labels that move in a reduce into parents, each with its parent: those at the greatest depth present in the table.

    Parameters
    ----------
    params
        The reduce; `over` is "group" or "item", the axes that have trees.
    context
        The tables so far and the plan's trees.
    """
    table = context.tables[params.collapse.of]
    at = table.axes.index(params.over)
    parents = context.header.parents(params.over)
    depths = {label: context.header.depth(params.over, label) for label in {key[at] for key in table.cells}}
    deepest = max(depths.values(), default=0)
    return {label: parents[label] for label, depth in depths.items() if depth == deepest and label in parents}


def _into_parents(step: PlanStep, params: ReduceParams, context: Context) -> dict[Key, Value]:
    table = context.tables[params.collapse.of]
    at, moves = table.axes.index(params.over), climbing(params, context)
    stay = {key: value for key, value in table.cells.items() if key[at] not in moves}
    groups: dict[Key, list[Entry]] = {_moved(key, at, moves): [] for key in table.cells if key[at] in moves}
    for entry in select(params.collapse, context):
        if entry[0][at] in moves:
            groups[_moved(entry[0], at, moves)].append(entry)
    twice = groups.keys() & stay.keys()
    if twice:
        raise AnalysisError("parent-has-its-own", cell=" · ".join(min(twice)))
    return {**stay, **finish(params.collapse, groups, step.axes, context)}


def _moved(key: Key, at: int, moves: Mapping[str, str]) -> Key:
    return (*key[:at], moves[key[at]], *key[at + 1 :])


def _gather(step: PlanStep, params: GatherParams, context: Context) -> dict[Key, Value]:
    axes = step.axes
    at = axes.index("subject")
    groups: dict[Key, list[Entry]] = {(subject,): [] for subject in context.facts} if axes == ("subject",) else {}
    home = {subject: context.related(subject, params.relation) for subject in context.facts}
    for key in context.tables[params.collapse.of].cells:
        target = home.get(key[at])
        if target is not None:
            groups.setdefault((*key[:at], target, *key[at + 1 :]), [])
    for entry in select(params.collapse, context):
        target = home.get(entry[0][at])
        if target is not None:
            groups[(*entry[0][:at], target, *entry[0][at + 1 :])].append(entry)
    return finish(params.collapse, groups, axes, context)


def _entry_operands(collapse: Collapse, keys: list[Key], context: Context) -> list[Operand]:
    table = context.tables[collapse.of]
    found: list[Operand] = []
    for key in sorted(keys, key=context.in_order(table.axes)):
        found.append(Operand("of", collapse.of, key))
        for role, name in (("weight", collapse.weights), ("where", collapse.where)):
            if name is not None:
                found.append(Operand(role, name, projector(table.axes, context.tables[name].axes)(key)))
    return found


def _base_operand(collapse: Collapse, key: Key, axes: Axes, context: Context) -> list[Operand]:
    """What a trim's share is taken of, and the place of a kth, where a step gives them."""
    roles = [("base", None if collapse.trim is None else collapse.trim.base)]
    roles.append(("place", collapse.k.step if isinstance(collapse.k, Ref) else None))
    return [Operand(role, name, projector(axes, context.tables[name].axes)(key)) for role, name in roles if name is not None]


def _into(params: ReduceParams, context: Context) -> Callable[[Key], Key]:
    """Where a cell goes in a reduce into parents; which labels move is worked out only when somebody asks."""
    at, known = context.tables[params.collapse.of].axes.index(params.over), list[Mapping[str, str]]()

    def part(key: Key) -> Key:
        if not known:
            known.append(climbing(params, context))
        return _moved(key, at, known[0]) if key[at] in known[0] else key

    return part


def _reduce_operands(step: PlanStep, params: ReduceParams, key: Key, context: Context) -> list[Operand]:
    table = context.tables[params.collapse.of]
    if params.into_parent:
        keys = context.members(step.name, table, _into(params, context)).get(key, [key])
        if keys == [key]:  # a label that stays
            return [Operand("of", params.collapse.of, key)]
    else:
        keys = context.members(step.name, table, projector(table.axes, step.axes)).get(key, [])
    return _entry_operands(params.collapse, keys, context) + _base_operand(params.collapse, key, step.axes, context)


def _gather_operands(step: PlanStep, params: GatherParams, key: Key, context: Context) -> list[Operand]:
    table = context.tables[params.collapse.of]
    at = table.axes.index("subject")
    keys = [one for one in table.cells if (*one[:at], context.related(one[at], params.relation), *one[at + 1 :]) == key]
    return _entry_operands(params.collapse, keys, context) + _base_operand(params.collapse, key, step.axes, context)


# --- follow -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class FollowParams:
    """Read `of` at the subject that the fact `relation` names."""

    of: str
    relation: str


def _follow_axes(params: FollowParams, known: Mapping[str, Axes]) -> Axes:
    if "subject" not in known[params.of]:
        raise no_axis(params.of, "subject")
    return known[params.of]


def _follow(step: PlanStep, params: FollowParams, context: Context) -> dict[Key, Value]:
    table, at = context.tables[params.of], step.axes.index("subject")
    rows: dict[str, list[Key]] = {}
    for key in table.cells:
        rows.setdefault(key[at], []).append(key)
    cells: dict[Key, Value] = {}
    for subject in context.facts:
        other = context.related(subject, params.relation)
        if other is None:
            if step.axes == ("subject",):
                cells[(subject,)] = Missing(Reason.NO_SUCH_SUBJECT)
            continue
        cells.update({(*key[:at], subject, *key[at + 1 :]): table.cells[key] for key in rows.get(other, ())})
    return cells


def _follow_operands(step: PlanStep, params: FollowParams, key: Key, context: Context) -> list[Operand]:
    at = step.axes.index("subject")
    other = context.related(key[at], params.relation)
    return [] if other is None else [Operand("of", params.of, (*key[:at], other, *key[at + 1 :]))]


@dataclass(frozen=True)
class ThisPeriodParams:
    """A quantity of the counted period, to stand among those of earlier ones."""

    of: str


def _this_period_axes(params: ThisPeriodParams, known: Mapping[str, Axes]) -> Axes:
    if "period" in known[params.of]:
        raise PlanError("has-periods", of=params.of)
    return order_axes((*known[params.of], "period"))


def _this_period(step: PlanStep, params: ThisPeriodParams, context: Context) -> dict[Key, Value]:
    if not context.evidence.period:
        raise EvidenceError("period-not-of-calendar", period="")
    at = step.axes.index("period")
    table = context.tables[params.of]
    return {(*key[:at], context.evidence.period, *key[at:]): value for key, value in table.cells.items()}


def _this_period_operands(step: PlanStep, params: ThisPeriodParams, key: Key, _: Context) -> list[Operand]:
    at = step.axes.index("period")
    return [Operand("of", params.of, (*key[:at], *key[at + 1 :]))]


_COLLAPSE = ("of", "how", "weights", "where", "missing", "k", "from", "trim")

ACROSS: tuple[OpSpec[Any], ...] = (
    OpSpec(
        id="reduce",
        title=NC_("step of a plan", "汇总"),
        why="means inside groups, nested weights, indicator trees, trimming, best years",
        parameters=(*_COLLAPSE, "over", "into"),
        read=lambda reader: ReduceParams(
            read_collapse(reader),
            reader.choice("over", AXES),
            reader.choice("into", ("parent",), "parent") == "parent" and reader.get("into") is not None,
        ),
        axes=_reduce_axes,
        run=_reduce,
        operands=_reduce_operands,
    ),
    OpSpec(
        id="gather",
        title=NC_("step of a plan", "归集"),
        why="a team's value from its members', a unit's from those in it",
        parameters=(*_COLLAPSE, "relation"),
        read=lambda reader: GatherParams(read_collapse(reader), reader.listed_name(reader.need("relation"), "facts")),
        axes=_gather_axes,
        run=_gather,
        operands=_gather_operands,
    ),
    OpSpec(
        id="follow",
        title=NC_("step of a plan", "取关联对象"),
        why="the team's value for its member, the principal's for the deputy, the predecessor's",
        parameters=("of", "relation"),
        read=lambda reader: FollowParams(reader.ref("of"), reader.listed_name(reader.need("relation"), "facts")),
        axes=_follow_axes,
        run=_follow,
        operands=_follow_operands,
    ),
    OpSpec(
        id="this_period",
        title=NC_("step of a plan", "本期"),
        why="the period being counted among earlier ones: the best three of five, points carried on",
        parameters=("of",),
        read=lambda reader: ThisPeriodParams(reader.ref("of")),
        axes=_this_period_axes,
        run=_this_period,
        operands=_this_period_operands,
    ),
)
