"""The op `relate`: a value against its pool (share, ratio, place), or along an axis; `versus`: the others' values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analysis.axes import Axes, Operand, no_axis, require_within
from analysis.context import Context
from analysis.errors import PlanError
from analysis.joins import projector
from analysis.ops.kinds import as_number
from analysis.parameters import ParameterReader
from analysis.reasons import Reason
from analysis.saying import NC_
from analysis.spec import Competing, OpSpec, PlanStep
from analysis.values import AXES, NOT_APPLICABLE, Key, Missing, Value, applicable, text_of, total, whole

Pool = tuple[str, ...]  # the pool's labels
Members = list[tuple[Key, Fraction]]


def pool_of(pool: Sequence[str], subject: str, context: Context) -> Pool | Missing:
    """The pool a subject competes in, or why it is in none.

    Parameters
    ----------
    pool
        The steps whose values make the pool, each over subjects; none for one pool of everybody.
    subject
        The subject's id.
    context
        The tables so far.
    """
    labels = []
    for name in pool:
        value = context.tables[name].cells.get((subject,), NOT_APPLICABLE)
        if isinstance(value, Missing):
            return value
        labels.append(text_of(value))
    return tuple(labels)


def check_pool(pool: Sequence[str], known: Mapping[str, Axes]) -> None:
    """Refuse a pool that is not made of steps over subjects alone.

    Parameters
    ----------
    pool
        Names of steps.
    known
        Axes by step name.

    Raises
    ------
    PlanError
        "pool-not-by-subject".
    """
    for name in pool:
        if known[name] != ("subject",):
            raise PlanError("pool-not-by-subject", of=name)


@dataclass(frozen=True, kw_only=True)
class RelateParams:
    """How a value stands in its pool; `high`: greater is better. `over`: along which axis the values of a pool stand."""

    of: str
    over: str
    pool: tuple[str, ...]
    how: str
    high: bool
    ties: str
    by: tuple[str, ...]


def _read_relate(reader: ParameterReader) -> RelateParams:
    how, ties, by = reader.choice("how", tuple(HOWS)), reader.choice("ties", tuple(TIES), "share"), reader.refs_in("by")
    if by and ties != "break":
        raise PlanError("by-needs-break")
    high = reader.choice("order", ("high", "low"), "high") == "high"
    over, pool = reader.choice("over", AXES, "subject"), reader.refs_in("pool")
    if pool and over != "subject":
        raise PlanError("pool-over-subjects")
    return RelateParams(of=reader.ref("of"), over=over, pool=pool, how=how, high=high, ties=ties, by=by)


def _relate_axes(params: RelateParams, known: Mapping[str, Axes]) -> Axes:
    if params.over not in known[params.of]:
        raise no_axis(params.of, params.over)
    check_pool(params.pool, known)
    for name in params.by:
        require_within(name, params.of, known)
    return known[params.of]


def _pools(params: RelateParams, axes: Axes, context: Context) -> tuple[dict[tuple[Key, Pool], Members], dict[Key, Value]]:
    """The members of each pool (per other labels), and the cells that are in none."""
    at = axes.index(params.over)
    pools: dict[tuple[Key, Pool], Members] = {}
    outside: dict[Key, Value] = {}
    table = context.tables[params.of]
    where = {subject: pool_of(params.pool, subject, context) for subject in {key[at] for key in table.cells}}
    for key, value in table.cells.items():
        pool = where[key[at]]
        if isinstance(value, Missing):
            outside[key] = value
        elif isinstance(pool, Missing):
            outside[key] = pool
        else:
            pools.setdefault(((*key[:at], *key[at + 1 :]), pool), []).append((key, as_number(value)))
    return pools, outside


def _relate(step: PlanStep, params: RelateParams, context: Context) -> dict[Key, Value]:
    pools, cells = _pools(params, step.axes, context)
    for members in pools.values():
        cells.update(HOWS[params.how](members, params, context))
    return applicable(cells)


OfAll = Callable[[list[Fraction], RelateParams], Value]
OfEach = Callable[[Members, RelateParams, Context], dict[Key, Value]]


def _to_all(function: OfAll) -> OfEach:
    """Every member gets one value made from all."""

    def run(members: Members, params: RelateParams, _: Context) -> dict[Key, Value]:
        value = function([one for _, one in members], params)
        return {key: value for key, _ in members}

    return run


def _over(function: OfAll) -> OfEach:
    """Every member's value divided by one made from all."""

    def run(members: Members, params: RelateParams, _: Context) -> dict[Key, Value]:
        base = function([one for _, one in members], params)
        if not isinstance(base, Fraction) or not base:
            return {key: Missing(Reason.DIVIDED_BY_ZERO) for key, _ in members}
        return {key: one / base for key, one in members}

    return run


def _best(numbers: list[Fraction], params: RelateParams) -> Value:
    return max(numbers) if params.high else min(numbers)


def _worst(numbers: list[Fraction], params: RelateParams) -> Value:
    return min(numbers) if params.high else max(numbers)


def _sum(numbers: list[Fraction], _: RelateParams) -> Value:
    return total(numbers)


def _mean(numbers: list[Fraction], _: RelateParams) -> Value:
    return total(numbers) / len(numbers)


def _minmax(members: Members, params: RelateParams, _: Context) -> dict[Key, Value]:
    numbers = [one for _, one in members]
    best, worst = as_number(_best(numbers, params)), as_number(_worst(numbers, params))
    if best == worst:
        return {key: Missing(Reason.ALL_EQUAL) for key, _ in members}
    return {key: (one - worst) / (best - worst) for key, one in members}


def standing(context: Context, axes: Axes, by: Sequence[str], *, high: bool) -> Callable[[Key, Fraction], tuple[Any, ...]]:
    """A sort key, best first: the value itself, then the tie breakers, greater first and missing last.

    Parameters
    ----------
    context
        The tables so far.
    axes
        The axes of the keys to be sorted.
    by
        The steps that break ties, the first one first.
    high
        Whether a greater value is better; tie breakers are always better when greater.
    """
    readers = [(context.tables[name].cells, projector(axes, context.tables[name].axes)) for name in by]

    def key_of(key: Key, value: Fraction) -> tuple[Any, ...]:
        rest = []
        for cells, part in readers:
            other = cells.get(part(key), NOT_APPLICABLE)
            rest.append((1, whole(0)) if isinstance(other, Missing) else (0, -as_number(other)))
        return (-value if high else value, *rest)

    return key_of


def _rank(members: Members, params: RelateParams, context: Context) -> dict[Key, Value]:
    order = standing(context, context.tables[params.of].axes, params.by, high=params.high)
    classes: dict[tuple[Any, ...], list[Key]] = {}
    for key, value in members:
        classes.setdefault(order(key, value), []).append(key)
    cells: dict[Key, Value] = {}
    for different, standing_key in enumerate(sorted(classes), start=1):
        tied = classes[standing_key]
        ahead = len(cells)
        rank = TIES[params.ties](ahead, len(tied), different)
        cells.update(dict.fromkeys(tied, whole(rank)))
    return cells


def _recency(members: Members, params: RelateParams, context: Context) -> dict[Key, Value]:
    """The rank counted from the last label of the axis (`order` low: from the first), whatever the values."""
    ranked = sorted((key for key, _ in members), key=context.in_order(context.tables[params.of].axes), reverse=params.high)
    return {key: whole(rank) for rank, key in enumerate(ranked, start=1)}


# From how many are ahead, how many are tied, and how many different values come up to here: the rank.
TIES: dict[str, Callable[[int, int, int], int]] = {
    "share": lambda ahead, _tied, _different: ahead + 1,
    "dense": lambda _ahead, _tied, different: different,
    "last": lambda ahead, tied, _different: ahead + tied,
    "break": lambda ahead, _tied, _different: ahead + 1,
}

HOWS: dict[str, OfEach] = {
    "share": _over(_sum),
    "ratio_best": _over(_best),
    "ratio_mean": _over(_mean),
    "minmax": _minmax,
    "mean": _to_all(_mean),
    "best": _to_all(_best),
    "worst": _to_all(_worst),
    "sum": _to_all(_sum),
    "count": _to_all(lambda numbers, _: whole(len(numbers))),
    "rank": _rank,
    "recency": _recency,
}


def competing(pool: Sequence[str], of: str, axes: Axes, key: Key, context: Context, *, over: str = "subject") -> Competing:
    """Those who compete with a key, itself included. Found once for all pools of a table: a trace of every cell asks for its own.

    Parameters
    ----------
    pool
        The steps whose values make the pool.
    of
        The step whose values compete.
    axes
        Its axes.
    key
        One of its keys; the others have the same labels along all axes but `over`.
    context
        The tables so far.
    over
        The axis along which they compete.
    """
    at = axes.index(over)

    def sorted_into_pools() -> dict[tuple[Key, Pool | Missing], Competing]:
        found: dict[tuple[Key, Pool | Missing], list[Key]] = {}
        where: dict[str, Pool | Missing] = {}
        cells = context.tables[of].cells
        for one in sorted(cells, key=context.in_order(axes)):
            if one[at] not in where:
                where[one[at]] = pool_of(pool, one[at], context)
            found.setdefault(((*one[:at], *one[at + 1 :]), where[one[at]]), []).append(one)
        return {
            place: Competing(of, tuple(keys), tuple(sorted(value for one in keys if isinstance(value := cells[one], Fraction))))
            for place, keys in found.items()
        }

    pools = context.kept(("competing", of, over, tuple(pool)), sorted_into_pools)
    return pools.get(((*key[:at], *key[at + 1 :]), pool_of(pool, key[at], context)), Competing(of, (), ()))


def pool_operands(
    pool: Sequence[str], of: str, axes: Axes, key: Key, by: Sequence[Operand] = (), *, over: str = "subject"
) -> list[Operand]:
    """A cell's own value, what breaks its ties, and the facts that make its pool, in this order.

    Parameters
    ----------
    pool
        The steps whose values make the pool.
    of
        The step whose values compete.
    axes
        Its axes.
    key
        One of its keys.
    by
        What else it was made from.
    over
        The axis along which they compete.
    """
    subject = key[axes.index(over)]
    return [Operand("of", of, key), *by, *(Operand("pool", name, (subject,)) for name in pool)]


def _beside(step: PlanStep, params: RelateParams, key: Key, context: Context) -> Competing:
    return competing(params.pool, params.of, step.axes, key, context, over=params.over)


def _operands(step: PlanStep, params: RelateParams, key: Key, context: Context) -> list[Operand]:
    by = [Operand("by", name, projector(step.axes, context.tables[name].axes)(key)) for name in params.by]
    return pool_operands(params.pool, params.of, step.axes, key, by, over=params.over)


RELATE: OpSpec[RelateParams] = OpSpec(
    id="relate",
    title=NC_("step of a plan", "组内比较"),
    why="shares of a total, ratio to best or mean, places, stretching a pool to 0-1",
    parameters=("of", "over", "pool", "how", "order", "ties", "by"),
    read=_read_relate,
    axes=_relate_axes,
    run=_relate,
    operands=_operands,
    beside=_beside,
)


# --- versus -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class VersusParams:
    """Whose values, and within which pool."""

    of: str
    pool: tuple[str, ...]


def _versus_axes(params: VersusParams, known: Mapping[str, Axes]) -> Axes:
    if "subject" not in known[params.of] or "rival" in known[params.of]:
        raise PlanError("no-rival-axis", of=params.of)
    check_pool(params.pool, known)
    return (*known[params.of], "rival")


def _versus(step: PlanStep, params: VersusParams, context: Context) -> dict[Key, Value]:
    """Every ordered pair of different subjects that stand beside each other, with the second one's value."""
    table, at = context.tables[params.of], step.axes.index("subject")
    pools: dict[tuple[Key, Pool], list[Key]] = {}
    where = {subject: pool_of(params.pool, subject, context) for subject in {key[at] for key in table.cells}}
    for key in table.cells:
        pool = where[key[at]]
        if not isinstance(pool, Missing):
            pools.setdefault(((*key[:at], *key[at + 1 :]), pool), []).append(key)
    return {
        (*mine, other[at]): table.cells[other] for keys in pools.values() for mine in keys for other in keys if mine is not other
    }


def _versus_operands(step: PlanStep, params: VersusParams, key: Key, _: Context) -> list[Operand]:
    at = step.axes.index("subject")
    return [Operand("of", params.of, (*key[:at], key[-1], *key[at + 1 : -1]))]


VERSUS: OpSpec[VersusParams] = OpSpec(
    id="versus",
    title=NC_("step of a plan", "对手之值"),
    why="preference matrices, who beats whom, how many stand within so many points",
    parameters=("of", "pool"),
    read=lambda reader: VersusParams(reader.ref("of"), reader.refs_in("pool")),
    axes=_versus_axes,
    run=_versus,
    operands=_versus_operands,
)
