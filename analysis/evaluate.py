"""The door of the count: a frozen plan and evidence in, a report out."""

from __future__ import annotations

from collections.abc import Callable

from analysis.context import Context, check
from analysis.errors import AnalysisError
from analysis.evidence import Evidence
from analysis.plan import Plan, parse_plan
from analysis.report import Report
from analysis.tally import merge
from analysis.values import Table
from analysis.watching import watched

Tell = Callable[[int, int], None]


def evaluate(plan: Plan | str, evidence: Evidence, tell: Tell | None = None) -> Report:
    """Count: the report of this evidence under this plan. Exact, and independent of the order of ballots.

    Parameters
    ----------
    plan
        The frozen plan, or its canonical JSON text.
    evidence
        Subjects, marks (single ballots or a stored tally), head-counts and what else the plan reads.
    tell
        Told how many steps of how many are done.

    Returns
    -------
    Report
        Every table of the plan, the findings, and where evidence came from.

    Raises
    ------
    PlanError
        For a malformed plan.
    EvidenceError
        For evidence that contradicts itself or the plan.
    ConservationError
        When the books do not add up.
    AnalysisError
        When a rule meets a value of the wrong kind. Errors of a step name it and its line in the scheme file.
    """
    if isinstance(plan, str):
        plan = parse_plan(plan)
    context = Context(header=plan.header, evidence=evidence, tally=merge(evidence.batches, evidence.tally))
    check(context)
    for done, step in enumerate(plan.steps):
        if tell is not None:
            tell(done, len(plan.steps))
        try:
            cells = step.spec.run(step, step.params, context)
        except AnalysisError as error:
            raise error.at(step.name, step.line) from error
        context.tables[step.name] = Table(step.name, step.axes, cells)
    return Report(
        plan=plan,
        subjects=evidence.subjects,
        tally=context.tally,
        tables=context.tables,
        findings=(*context.findings, *watched(plan, context)),
        notes=context.notes,
    )
