"""Which other readings of a scheme its worked cases do not tell apart: each reading counted, case by case."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from analysis import AnalysisError, parse_plan
from analysis.plan import Plan
from analysis.recount import Recount
from analysis.values import Missing, Table, Value
from questionnaires.cases.cases import Case
from questionnaires.cases.runs import verdict_of
from questionnaires.doubting.changes import FileChange, changes_of
from questionnaires.folder.needs import needs_of
from questionnaires.language.nodes import Node, tree_of
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_tree
from questionnaires.model import Scheme
from questionnaires.worlds.world import SmallWorld


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A small world in which the two readings give something else: the first difference, by quantity and labels."""

    world: SmallWorld
    quantity: str
    labels: Mapping[str, str]
    written: Value
    instead: Value


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A reading that no case tells from the one written. `telling`: what would; None when nothing that was tried does.
    `explained`: somebody wrote down why it may stand."""

    change: FileChange
    telling: Telling | None = None
    explained: bool = False


@dataclass(kw_only=True)
class Doubting:
    """What came of it. `tried` readings, of which the loader `refused` some, some are the `same`
    to the count, and the cases `told` others; `left` were not tried."""

    tried: int = 0
    refused: int = 0
    same: int = 0
    told: int = 0
    left: int = 0
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def open(self) -> list[Doubt]:
        """Doubts that a small case would settle, and of which nobody says why they may stand."""
        return [one for one in self.doubts if one.telling is not None and not one.explained]

    def explain(self, reasoned: Callable[[FileChange], bool]) -> None:
        """Note which doubts somebody gave a reason for.

        Parameters
        ----------
        reasoned
            Whether there is a reason for a change.
        """
        self.doubts = [replace(one, explained=reasoned(one.change)) for one in self.doubts]


@dataclass(frozen=True)
class OtherReading:
    """A change with the scheme it makes."""

    change: FileChange
    scheme: Scheme
    plan: Plan


class CaseBench:
    """The cases of a scheme, each counted once and ready to be counted under another reading."""

    def __init__(self, scheme: Scheme, cases: Sequence[Case]) -> None:
        self.scheme, plan = scheme, parse_plan(scheme.plan)
        self._counted = [(case, Recount(plan, case.evidence)) for case in cases if case.expected]
        self._judged = [case for case in cases if case.verdicts]

    def tells(self, other: OtherReading) -> bool:
        """Whether a case comes out otherwise under the other reading."""
        return any(self._differs(case, count, other.plan) for case, count in self._counted) or any(
            verdict_of(case, other.scheme, rule) != wanted for case in self._judged for rule, wanted in case.verdicts.items()
        )

    @staticmethod
    def _differs(case: Case, count: Recount, plan: Plan) -> bool:
        try:
            tables = count.under(plan)
        except AnalysisError:
            return True
        return any(
            _cell(tables.get(one.quantity), one.labels) != _cell(count.tables.get(one.quantity), one.labels)
            for one in case.expected
        )


def _cell(table: Table | None, labels: Mapping[str, str]) -> tuple[object, ...]:
    """A value with its kind, or that there is no such place."""
    if table is None or not set(table.axes) <= set(labels):
        return ("no such place",)
    value = table.at(**labels)
    return _told_as(value)


def _told_as(value: Value) -> tuple[object, ...]:
    """A value as a case can tell it: with its kind, and without the reason why there is none."""
    return ("missing",) if isinstance(value, Missing) else (type(value), value)


def readings(scheme: Scheme, changes: Iterable[FileChange]) -> Iterator[tuple[FileChange, OtherReading | None]]:
    """Each change with the scheme it makes; None where the loader refuses it, so that nobody could have meant it.

    Parameters
    ----------
    scheme
        The scheme as it is written.
    changes
        What to change, one at a time.
    """
    root = tree_of(scheme.text)
    for change in changes:
        yield change, _reading(scheme, root, change)


def _reading(scheme: Scheme, root: Node, change: FileChange) -> OtherReading | None:
    try:
        made = load_tree(change.applied(root), [], scheme.text, "")
        return OtherReading(change, made, parse_plan(made.plan))
    except (SchemeProblems, AnalysisError):
        return None


def doubts(
    scheme: Scheme,
    cases: Sequence[Case],
    worlds: Callable[[], Sequence[SmallWorld]],
    *,
    going_on: Callable[[int, int], bool] = lambda _done, _all: True,
) -> Doubting:
    """Every reading that the cases do not tell from the one written.

    Parameters
    ----------
    scheme, cases
        The scheme and what is worked by hand beside it; cases that do not come out as written make no sense here.
    worlds
        Gives small worlds, the smallest first, in which to look for a difference; asked only when there is a doubt.
    going_on
        Told how many readings of how many are done, says whether to go on.

    Returns
    -------
    Doubting
        In the order of the file.
    """
    changes, bench, result = changes_of(scheme.text), CaseBench(scheme, cases), Doubting()
    open_: list[OtherReading] = []
    for done, (_, other) in enumerate(readings(scheme, changes)):
        if not going_on(done, len(changes)):
            result.left = len(changes) - done
            break
        result.tried += 1
        if other is None:
            result.refused += 1
        elif same(scheme, other.scheme):
            result.same += 1
        elif not bench.tells(other):
            open_.append(other)
        else:
            result.told += 1
    found = told_by(scheme, open_, worlds() if open_ else ())
    result.doubts = [Doubt(change=one.change, telling=found.get(at)) for at, one in enumerate(open_)]
    return result


def same(one: Scheme, other: Scheme) -> bool:
    """Whether two files say the same to the count and to the forms, however they are written.

    Parameters
    ----------
    one, other
        The reading that is written, and another.
    """
    if one.ballot_rules != other.ballot_rules:
        return False
    counted = needs_of(one).counted
    return one.plan == other.plan or _to_the_count(one, counted) == _to_the_count(other, counted)


def _to_the_count(scheme: Scheme, counted: Set[str]) -> object:
    """The plan, without the lines of the file, with what cannot make a difference written in one way: events that may bear no
    amount are as many as their amounts, a one each, added up."""
    plan = json.loads(scheme.plan)
    for step in plan["steps"]:
        step.pop("line", None)
        if step["op"] == "event" and set(step["kinds"]) <= counted:
            step["what"] = "count"
    return plan


def told_by(scheme: Scheme, others: Sequence[OtherReading], worlds: Sequence[SmallWorld]) -> dict[int, Telling]:
    """The first world that tells each reading, by its place, from the one written."""
    plan, found = parse_plan(scheme.plan), {}  # type: Plan, dict[int, Telling]
    for world in worlds:
        rest = [(at, one) for at, one in enumerate(others) if at not in found]
        if not rest:
            break
        try:
            count = Recount(plan, world.evidence(scheme))
        except AnalysisError:
            continue
        for at, other in rest:
            if (telling := _telling(scheme, world, count, other.plan)) is not None:
                found[at] = telling
    return found


def _telling(scheme: Scheme, world: SmallWorld, count: Recount, plan: Plan) -> Telling | None:
    try:
        tables = count.under(plan)
    except AnalysisError:
        return None
    for name in shown(scheme):
        old, new = count.tables.get(name), tables.get(name)
        if old is None or new is None or old is new or old.axes != new.axes:
            continue
        for key in sorted({*old.cells, *new.cells}):
            labels: dict[str, str] = dict(zip(old.axes, key, strict=True))
            one, other = old.at(**labels), new.at(**labels)
            if _told_as(one) != _told_as(other):
                return Telling(world=world, quantity=name, labels=labels, written=one, instead=other)
    return None


def shown(scheme: Scheme) -> tuple[str, ...]:
    """The quantities a result shows: grades and flags first, which decide, then columns."""
    layout = scheme.layout
    return tuple(dict.fromkeys((*layout.tiers, *layout.flags, *layout.columns, *layout.by_group, *layout.by_item)))
