"""The same evidence under many plans that differ little: only the steps that a difference reaches are run again.

A scheme is doubted by changing one thing at a time; most of its hundred steps stay as they are, and their tables with them.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.context import Context, check
from analysis.errors import AnalysisError
from analysis.evidence import Evidence
from analysis.plan import Plan
from analysis.spec import PlanStep
from analysis.tally import merge
from analysis.values import NOT_APPLICABLE, Key, Table, Value, kind


class Recount:
    """One count, kept so that it can be compared with the count of the same evidence under another plan."""

    def __init__(self, plan: Plan, evidence: Evidence) -> None:
        self.plan, self.evidence = plan, evidence
        self._tally = merge(evidence.batches, evidence.tally)
        self.tables: Mapping[str, Table] = {}
        self.tables = self.under(plan)

    def under(self, plan: Plan) -> Mapping[str, Table]:
        """The tables under another plan, by step. Findings and notes are not kept: they change no value.

        Parameters
        ----------
        plan
            A plan for the same evidence.

        Returns
        -------
        Mapping
            Step to table. A table that came out as before is the very object that stood there before.

        Raises
        ------
        AnalysisError
            As `analysis.evaluate`.
        """
        context = Context(header=plan.header, evidence=self.evidence, tally=self._tally)
        check(context)
        before = self.tables if plan.header == self.plan.header else {}
        for step in plan.steps:
            context.tables[step.name] = self._table(step, context, before)
        return context.tables

    def _table(self, step: PlanStep, context: Context, before: Mapping[str, Table]) -> Table:
        old = before.get(step.name)
        if old is not None and self._as_it_was(step, context, before):
            return old
        try:
            made = Table(step.name, step.axes, step.spec.run(step, step.params, context))
        except AnalysisError as error:
            raise error.at(step.name, step.line) from error
        return old if old is not None and old == made else made

    def _as_it_was(self, step: PlanStep, context: Context, before: Mapping[str, Table]) -> bool:
        """Whether a step says the same and reads nothing that changed."""
        return said(step) == said(self.plan.step(step.name)) and all(context.tables[ref] is before.get(ref) for ref in step.refs)


def said(step: PlanStep) -> Mapping[str, object]:
    """What a step does, without the place in the file where it was written.

    Parameters
    ----------
    step
        A step of a plan.
    """
    return {key: value for key, value in step.raw.items() if key not in ("line", "source")}


def differing(
    before: Mapping[str, Table], after: Mapping[str, Table], names: tuple[str, ...]
) -> list[tuple[str, Key, Value, Value]]:
    """The cells of some tables that are not the same in two counts.

    Parameters
    ----------
    before, after
        The tables of both, by step.
    names
        The steps looked at.

    Returns
    -------
    list of tuple
        Step, key, and both values; a cell that is not there is not applicable.
    """
    found = []
    for name in names:
        old, new = before.get(name), after.get(name)
        if old is new or old is None or new is None or old.axes != new.axes:
            continue
        for key in sorted({*old.cells, *new.cells}):
            one, other = old.cells.get(key, NOT_APPLICABLE), new.cells.get(key, NOT_APPLICABLE)
            if (kind(one), one) != (kind(other), other):
                found.append((name, key, one, other))
    return found
