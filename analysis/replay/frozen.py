"""A stored report under another plan: only what a difference reaches runs again, on tables and counts as frozen."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.context import Context
from analysis.errors import AnalysisError
from analysis.evidence import Evidence
from analysis.plan import Plan
from analysis.recount import said
from analysis.report import Report
from analysis.spec import PlanStep
from analysis.values import Table

#: Steps that read evidence of which a report keeps only what its own plan read.
_READS = frozenset({"component", "event", "past", "decision", "heads", "mark"})


class NotReplayableError(AnalysisError):
    """Another plan reads evidence that the report does not hold: it can be counted anew, but not replayed."""


def replay(report: Report, plan: Plan) -> Mapping[str, Table]:
    """The tables of a report under another plan. The report stays as it is.

    Parameters
    ----------
    report
        What was counted.
    plan
        Another plan for the same ballots.

    Returns
    -------
    Mapping
        Step to table. One that came out as before is the very object of the report.

    Raises
    ------
    NotReplayableError
        When a step that has to run reads evidence, or single ballots, that a report does not keep.
    AnalysisError
        As `analysis.evaluate`.
    """
    context = Context(header=plan.header, evidence=Evidence(subjects=report.subjects), tally=report.tally)
    same = plan.header == report.plan.header
    known = {step.name for step in report.plan.steps}
    for step in plan.steps:
        before = report.plan.step(step.name) if same and step.name in known else None
        if before is not None and said(before) == said(step) and _as_before(step, context, report):
            if step.name in report.tables:
                context.tables[step.name] = report.tables[step.name]
            continue
        context.tables[step.name] = _run(step, context, report)
    return context.tables


def _as_before(step: PlanStep, context: Context, report: Report) -> bool:
    """Whether everything a step reads is what it read when it was counted."""
    return all(context.tables.get(ref) is report.tables.get(ref) for ref in step.refs)


def _run(step: PlanStep, context: Context, report: Report) -> Table:
    narrower = _narrower(step, report)
    if narrower is not None:
        return narrower
    if step.op in _READS or any(ref not in context.tables for ref in step.refs):
        raise NotReplayableError("not-kept", name=step.name).at(step.name, step.line)
    try:
        made = Table(step.name, step.axes, step.spec.run(step, step.params, context))
    except AnalysisError as error:
        raise error.at(step.name, step.line) from error
    old = report.tables.get(step.name)
    return old if old is not None and old == made else made


def _narrower(step: PlanStep, report: Report) -> Table | None:
    """Head-counts of fewer groups than the report has of the same kind: those of the others are left out."""
    old = report.tables.get(step.name)
    if step.op != "heads" or old is None or "group" not in old.axes:
        return None
    before = report.plan.step(step.name)
    wanted, had = (_groups(one, report) for one in (step, before))
    alike = all(dict(said(step), groups=None)[key] == value for key, value in dict(said(before), groups=None).items())
    if not alike or not wanted <= had:
        return None
    at = old.axes.index("group")
    return Table(old.name, old.axes, {key: value for key, value in old.cells.items() if key[at] in wanted})


def _groups(step: PlanStep, report: Report) -> frozenset[str]:
    """Whose heads a step counts."""
    named = step.raw.get("groups")
    return frozenset(named if isinstance(named, list) and named else report.plan.header.groups)
