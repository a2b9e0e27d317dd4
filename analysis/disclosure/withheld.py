"""Which figures still follow when some of what was counted is kept back: what a reader of the rest can work out, and no more.

A walk through the plan beside the report that knows everything. A cell whose making has to look at something kept back is kept
back itself; what its making does not look at (the branch of a condition that is not taken, a cell that a condition leaves out)
does no harm. `reading` says what the making of a cell looks at; here stands where the walk begins and what is handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.context import Context
from analysis.disclosure.reading import READ, WITHHELD, ReadableTables, Withheld
from analysis.evidence import Evidence
from analysis.ops.sources import HeadsParams, MarkParams
from analysis.report import Report
from analysis.spec import PlanStep
from analysis.values import Key, Table, applicable

#: Ops that read a kind of evidence, and which. An op over events has a cell for every subject, whatever happened.
_EVIDENCE = {"component": "components", "event": "events", "past": "past", "decision": "decisions"}


@dataclass(frozen=True)
class KeptBack:
    """What a reader is not given.

    `counts`: cells (subject, group, item) · `heads`: by head-count ("valid" …) the (subject, group) it is unknown for · `kinds`
    of other evidence ("components", "events", "past", "decisions") · `ballots`: styles whose single ballots are not given.
    """

    counts: Collection[Key] = frozenset()
    heads: Mapping[str, Collection[Key]] = field(default_factory=dict)
    kinds: Collection[str] = frozenset()
    ballots: Collection[str] = frozenset()


def work_out(report: Report, kept: KeptBack, period: str) -> dict[str, Table | None]:
    """Every table of the plan as a reader of the rest works it out.

    Parameters
    ----------
    report
        The report that knows everything.
    kept
        What the reader is not given.
    period
        The period that was counted; a report does not say.

    Returns
    -------
    dict
        Step to table, with WITHHELD in the cells that stay unknown; None where not even the cells are known. A table over single
        ballots that the report does not keep stands empty here when all of it follows.
    """
    walk = _Walk(report, kept, period)
    for step in report.plan.steps:
        walk.take(step)
    return walk.tables


class _Walk:
    """The tables so far. `whole`: the steps of which nothing is kept back."""

    def __init__(self, report: Report, kept: KeptBack, period: str) -> None:
        self.report, self.kept = report, kept
        self.tables: dict[str, Table | None] = {}
        self.whole: set[str] = set()
        self.shown = ReadableTables(
            Context(header=report.plan.header, evidence=Evidence(period=period, subjects=report.subjects), tally=report.tally)
        )

    def take(self, step: PlanStep) -> None:
        """One step further."""
        table = self._made(step)
        self.tables[step.name] = table
        if table is not None:
            self.shown.context.tables[step.name] = table
            if not any(value is WITHHELD for value in table.cells.values()):
                self.whole.add(step.name)

    def _made(self, step: PlanStep) -> Table | None:
        known = self.report.tables.get(step.name, Table(step.name, step.axes))
        if not step.refs:
            return self._source(step, known)
        if self.whole.issuperset(step.refs):
            return known
        if not all(name in self.report.tables for name in step.refs if self.tables[name] is not None):
            # Single ballots that are given, looked at together with something that is not; the report has not kept them.
            return Table(step.name, step.axes, dict.fromkeys(known.cells, WITHHELD))
        try:
            cells = READ[step.op](self.shown, step, known)
        except Withheld:
            return None
        return Table(step.name, step.axes, applicable(cells))

    def _source(self, step: PlanStep, known: Table) -> Table | None:
        params, kept = step.params, self.kept
        if step.op == "tally":
            return _without(known, kept.counts.__contains__)
        if isinstance(params, HeadsParams):
            return _without(known, kept.heads.get(params.what, ()).__contains__)
        if isinstance(params, MarkParams):
            return None if self._closed(params) else known
        if _EVIDENCE.get(step.op) in kept.kinds:
            return _without(known, lambda _: True) if step.op == "event" else None
        return known

    def _closed(self, params: MarkParams) -> bool:
        """Whether a ballot is wanted that is not given."""
        books = (book for book in self.report.books if params.groups is None or book.group in params.groups)
        return any(book.style in self.kept.ballots for book in books)


def _without(known: Table, hidden: Callable[[Any], bool]) -> Table:
    return Table(known.name, known.axes, {key: WITHHELD if hidden(key) else value for key, value in known.cells.items()})
