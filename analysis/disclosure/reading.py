"""What the making of one cell looks at, op by op: the part of the ops that decides what a gap in the evidence takes along.

Lives here: for every op of the plan that reads other steps, which cells it has and what each of them looks at, in the order of
docs/plan.md. May not live here: what is kept back, and the ops' own arithmetic (a cell that looks at nothing kept back has the
value the count gave it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analysis.axes import Axes, Ref
from analysis.context import Context
from analysis.joins import projector, unite_keys
from analysis.ops.across import GatherParams, ReduceParams, climbing
from analysis.ops.allocate import AllocateParams
from analysis.ops.cells import BoundParams, ChooseParams, LookupParams
from analysis.ops.collapse import Collapse, Pair, cut_ends
from analysis.ops.formulas import CalcParams, Expr, FunctionCall, TestParams, compile_expr, refs_of
from analysis.ops.relate import Pool, RelateParams, VersusParams
from analysis.ops.replacing import FillParams, PowerParams, is_filled
from analysis.spec import PlanStep
from analysis.values import NOT_APPLICABLE, Key, Missing, Table, Value, text_of

#: Stands in a cell that is kept back. It is told by being this very object: no count makes another.
WITHHELD = Missing("withheld")  # type: ignore[arg-type]  # no reason of the count: nothing that is written down
Cells = dict[Key, Value]


class Withheld(Exception):  # noqa: N818  # an answer, not a fault: what was looked at is kept back
    """Something was looked at that is kept back."""


@dataclass(frozen=True)
class ReadableTables:
    """What a reader has of the tables so far. A table of which not even the cells are known is none of `context.tables`."""

    context: Context

    def table(self, name: str) -> Table:
        """A step's table.

        Raises
        ------
        Withheld
            Where not even its cells are known.
        """
        try:
            return self.context.tables[name]
        except KeyError as unknown:
            raise Withheld from unknown

    def look(self, name: str, axes: Axes, key: Key) -> Value:
        """The value a step has at a key.

        Parameters
        ----------
        name
            The step.
        axes, key
            Where: a key over these axes, among which are all those of the step.

        Raises
        ------
        Withheld
            Where it is kept back.
        """
        table = self.table(name)
        value = table.cells.get(projector(axes, table.axes)(key), NOT_APPLICABLE)
        if value is WITHHELD:
            raise Withheld
        return value

    def pool(self, names: Sequence[str], subject: str) -> Pool | Missing:
        """The pool a subject competes in, or why it is in none. Raises `Withheld` as `look` does.

        Parameters
        ----------
        names
            The steps whose values make the pool, each over subjects.
        subject
            The subject's id.
        """
        labels = []
        for name in names:
            value = self.look(name, ("subject",), (subject,))
            if isinstance(value, Missing):
                return value
            labels.append(text_of(value))
        return tuple(labels)


def _cell_by_cell(known: Table, keys: Iterable[Key], look: Callable[[Key], object]) -> Cells:
    """At every key the value the count gave, or WITHHELD where looking meets something kept back."""
    cells: Cells = {}
    for key in keys:
        try:
            look(key)
            cells[key] = known.cells.get(key, NOT_APPLICABLE)
        except Withheld:
            cells[key] = WITHHELD
    return cells


def _joined(shown: ReadableTables, step: PlanStep, known: Table, names: Sequence[str], look: Callable[[Key], object]) -> Cells:
    """The cells of an op that has one for every key of the union of its tables."""
    axes, keys = unite_keys([shown.table(name) for name in names])
    return _cell_by_cell(known, map(projector(axes, step.axes), keys), look)


# --- cell by cell -----------------------------------------------------------------------------------------------------
def _lookup(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: LookupParams = step.params
    steps = [name for name in params.keys if not name.startswith("@")]
    labels = [name[1:] for name in params.keys if name.startswith("@") and name != "@period"]  # another key brings the periods
    tables = [Table(axis, (axis,), {(one,): one for one in shown.context.labels(axis)}) for axis in labels]
    axes, keys = unite_keys([*tables, *(shown.table(name) for name in steps)])
    arranged = map(projector(axes, step.axes), keys)
    return _cell_by_cell(known, arranged, lambda key: [shown.look(name, step.axes, key) for name in steps])


def _calc(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: CalcParams = step.params
    return _joined(shown, step, known, params.refs, lambda key: _look_through(shown, params.expr, step.axes, key))


def _look_through(shown: ReadableTables, expr: Expr, axes: Axes, key: Key) -> None:
    """Look at all an expression needs: of an "if" the condition, and then one branch or none."""
    if isinstance(expr, Ref):
        shown.look(expr.step, axes, key)
        return
    parts = expr.args if isinstance(expr, FunctionCall) else ()
    if isinstance(expr, FunctionCall) and expr.op == "if":
        condition, *branches = parts
        _look_through(shown, condition, axes, key)
        met = _value(shown, condition, axes, key)
        parts = () if isinstance(met, Missing) else (branches[0 if met else 1],)
    for part in parts:
        _look_through(shown, part, axes, key)


def _value(shown: ReadableTables, expr: Expr, axes: Axes, key: Key) -> Value:
    """The value of an expression of which all that is needed has been looked at."""
    refs = refs_of(expr)
    tables = [shown.table(name) for name in refs]
    row = [table.cells.get(projector(axes, table.axes)(key), NOT_APPLICABLE) for table in tables]
    return compile_expr(expr, {name: at for at, name in enumerate(refs)})(row)


def _choose(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: ChooseParams = step.params
    values = [value for _, value in params.cases] + [params.otherwise]
    names = [condition for condition, _ in params.cases] + [value.step for value in values if isinstance(value, Ref)]

    def look(key: Key) -> None:
        taken = params.otherwise
        for condition, value in params.cases:
            met = shown.look(condition, step.axes, key)
            if isinstance(met, Missing) and met != NOT_APPLICABLE:
                return
            if met is True:
                taken = value
                break
        if isinstance(taken, Ref):
            shown.look(taken.step, step.axes, key)

    return _joined(shown, step, known, names, look)


def _test(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: TestParams = step.params
    names = [params.left, params.right.step] if isinstance(params.right, Ref) else [params.left]
    return _joined(shown, step, known, names, lambda key: [shown.look(name, step.axes, key) for name in names])


def _bound(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: BoundParams = step.params
    names = [params.of, *filter(None, [params.when]), *([params.limit.step] if isinstance(params.limit, Ref) else [])]
    keys = shown.table(params.of).cells
    return _cell_by_cell(known, keys, lambda key: [shown.look(name, step.axes, key) for name in names])


def _fill(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: FillParams = step.params

    def look(key: Key) -> None:
        if is_filled(params, shown.look(params.of, step.axes, key)) and isinstance(params.with_, Ref):
            shown.look(params.with_.step, step.axes, key)

    return _cell_by_cell(known, shown.table(params.of).cells, look)


def _power(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: PowerParams = step.params
    names = [params.of, *([params.exponent.step] if isinstance(params.exponent, Ref) else [])]
    return _cell_by_cell(known, shown.table(params.of).cells, lambda key: [shown.look(name, step.axes, key) for name in names])


def _same(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    """An op that looks at one table at the same labels."""
    of: str = step.params.of
    return _cell_by_cell(known, shown.table(of).cells, lambda key: shown.look(of, step.axes, key))


# --- across cells -----------------------------------------------------------------------------------------------------
def _reduce(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: ReduceParams = step.params
    table = shown.table(params.collapse.of)
    if not params.into_parent:
        return _collapsed(shown, step, known, _grouped(table.cells, projector(table.axes, step.axes)))
    at, moves = table.axes.index(params.over), climbing(params, shown.context)
    groups = _grouped((key for key in table.cells if key[at] in moves), lambda key: (*key[:at], moves[key[at]], *key[at + 1 :]))
    stay = {key: value for key, value in table.cells.items() if key[at] not in moves}
    return {**stay, **_collapsed(shown, step, known, groups)}


def _gather(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    params: GatherParams = step.params
    table, context = shown.table(params.collapse.of), shown.context
    at = table.axes.index("subject")
    home = {subject: context.related(subject, params.relation) for subject in {key[at] for key in table.cells}}
    kept = [key for key in table.cells if home[key[at]] is not None]
    groups = _grouped(kept, lambda key: (*key[:at], str(home[key[at]]), *key[at + 1 :]))
    alone: dict[Key, list[Key]] = {(subject,): [] for subject in context.facts} if table.axes == ("subject",) else {}
    return _collapsed(shown, step, known, {**alone, **groups})


def _grouped(keys: Iterable[Key], home: Callable[[Key], Key]) -> dict[Key, list[Key]]:
    groups: dict[Key, list[Key]] = {}
    for key in keys:
        groups.setdefault(home(key), []).append(key)
    return groups


def _collapsed(shown: ReadableTables, step: PlanStep, known: Table, groups: Mapping[Key, list[Key]]) -> Cells:
    collapse: Collapse = step.params.collapse
    return _cell_by_cell(known, groups, lambda key: _look_together(shown, collapse, step.axes, key, groups[key]))


def _look_together(shown: ReadableTables, collapse: Collapse, axes: Axes, key: Key, members: Sequence[Key]) -> None:
    """Look at what is made into one value, its trim's base and its place; a condition that leaves a cell out hides it."""
    pairs = _taking_part(shown, collapse, members)
    trim = collapse.trim
    if pairs is None:
        return
    if trim is not None and not (trim.when_more_than is not None and len(pairs) <= trim.when_more_than):
        base = Fraction(len(pairs)) if trim.base is None else shown.look(trim.base, axes, key)
        if isinstance(cut_ends(trim, pairs, base), Missing):
            return
    if isinstance(collapse.k, Ref):
        shown.look(collapse.k.step, axes, key)


def _taking_part(shown: ReadableTables, collapse: Collapse, members: Sequence[Key]) -> list[Pair] | None:
    """The values with their weights, in order; None when the first missing one already decides."""
    axes = shown.table(collapse.of).axes
    pairs: list[Pair] = []
    for key in sorted(members, key=shown.context.in_order(axes)):
        met = True if collapse.where is None else shown.look(collapse.where, axes, key)
        weight = Fraction(1) if collapse.weights is None else shown.look(collapse.weights, axes, key)
        if met is False or NOT_APPLICABLE in (met, weight):
            continue
        value = shown.look(collapse.of, axes, key)
        if isinstance(weight, Fraction) and not isinstance(met, Missing) and not isinstance(value, Missing):
            pairs.append((value, weight))
        elif collapse.missing == "fail":
            return None
        elif collapse.missing == "zero" and isinstance(weight, Fraction):
            pairs.append((Fraction(0), weight))
    return pairs


def _follow(shown: ReadableTables, step: PlanStep, _: Table) -> Cells:
    """Hands cells on as they are, those kept back too."""
    shown.table(step.params.of)
    return step.spec.run(step, step.params, shown.context)


# --- pools ------------------------------------------------------------------------------------------------------------
def _versus(shown: ReadableTables, step: PlanStep, _: Table) -> Cells:
    """Hands cells on as they are; but who competes with whom must be known of everybody."""
    params: VersusParams = step.params
    table, at = shown.table(params.of), step.axes.index("subject")
    for subject in {key[at] for key in table.cells}:
        shown.pool(params.pool, subject)
    return step.spec.run(step, step.params, shown.context)


def _relate(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    """A cell looks at all that compete with it, and at what breaks a tie with those of equal value."""
    params: RelateParams = step.params
    table, at = shown.table(params.of), step.axes.index(params.over)
    pools = {label: shown.pool(params.pool, label) for label in {key[at] for key in table.cells}}
    near = _grouped(table.cells, lambda key: (*key[:at], str(pools[key[at]]), *key[at + 1 :]))
    homes = {key: keys for keys in near.values() for key in keys}

    def look(key: Key) -> None:
        value = shown.look(params.of, step.axes, key)
        if isinstance(value, Missing) or isinstance(pools[key[at]], Missing):
            return
        others = [(other, shown.look(params.of, step.axes, other)) for other in homes[key]]
        if params.how == "rank":
            _look_at_ties(shown, params.by, step.axes, key, [other for other, its in others if its == value])

    return _cell_by_cell(known, table.cells, look)


def _look_at_ties(shown: ReadableTables, by: Sequence[str], axes: Axes, key: Key, tied: Iterable[Key]) -> None:
    """Look, for each that is tied with `key` (itself among them), at one tie breaker after the other until one decides."""
    for other in tied:
        for name in by:
            mine, its = shown.look(name, axes, key), shown.look(name, axes, other)
            if isinstance(mine, Missing) != isinstance(its, Missing) or (not isinstance(mine, Missing) and mine != its):
                break


def _allocate(shown: ReadableTables, step: PlanStep, known: Table) -> Cells:
    """Places are shared out: what anybody's place rests on, everybody's does. Kept back as a whole or not at all."""
    params: AllocateParams = step.params
    pools: dict[Pool, dict[Key, Value]] = {}
    for key in shown.table(params.of).cells:
        pool, value = shown.pool(params.pool, key[0]), shown.look(params.of, step.axes, key)
        able = params.eligible is None or shown.look(params.eligible, step.axes, key) is True
        if able and not isinstance(value, Missing) and not isinstance(pool, Missing):
            pools.setdefault(pool, {})[key] = value
    for values in pools.values():
        _look_at_amounts(shown, params, list(values))
        _look_at_tiers(shown, params, known, values)
    return dict(known.cells)


def _look_at_amounts(shown: ReadableTables, params: AllocateParams, keys: Sequence[Key]) -> None:
    rows = next((row for up_to, row in params.small if len(keys) <= up_to), tuple(tier.limits for tier in params.tiers))
    amounts = [amount for row in rows for amount in (row.least, row.most, row.target) if amount is not None]
    for amount in amounts:
        for key in keys if amount.step is not None else ():
            shown.look(str(amount.step), ("subject",), key)


def _look_at_tiers(shown: ReadableTables, params: AllocateParams, known: Table, values: Mapping[Key, Value]) -> None:
    """Tier by tier: of those without a place yet their condition, and what breaks ties among those who may have it."""
    grades = [tier.grade for tier in params.tiers]
    for tier in params.tiers:
        left = [key for key in values if known.cells[key] not in grades[: grades.index(tier.grade)]]
        able = [key for key in left if tier.when is None or shown.look(tier.when, ("subject",), key) is True]
        for key in able:
            _look_at_ties(shown, params.by, ("subject",), key, [other for other in able if values[other] == values[key]])


#: By op. Ops that read no other step are the beginning of the walk and stand in `withheld`.
READ: Mapping[str, Callable[[ReadableTables, PlanStep, Table], dict[Key, Any]]] = {
    "lookup": _lookup,
    "bands": _same,
    "choose": _choose,
    "bound": _bound,
    "fill": _fill,
    "round": _same,
    "power": _power,
    "calc": _calc,
    "test": _test,
    "reduce": _reduce,
    "gather": _gather,
    "follow": _follow,
    "this_period": _follow,
    "relate": _relate,
    "versus": _versus,
    "allocate": _allocate,
}
