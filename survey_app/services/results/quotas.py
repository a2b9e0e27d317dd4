"""Places: how many of a class may have a grade, where places are what gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from analysis.ops.allocate import AllocateParams, Size, places
from analysis.plan import Plan
from analysis.report import Report
from analysis.spec import PlanStep
from survey_app.i18n import gettext as _


def of_pool(report: Report, tier: str, members: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """The step behind a grade that shares just this pool out, and its places in words by grade; nothing where there is none.

    They follow from the rule and from how many take part, and from no answer.
    """
    for step in behind(report.plan, tier):
        if isinstance(step.params, AllocateParams) and _is_shared_out(report, step, members):
            found = places(step, members, report.context)
            return step.name, {grade: told for grade, size in found.items() if (told := _told(size))}
    return "", {}


def behind(plan: Plan, name: str) -> Iterator[PlanStep]:
    """A step and those it is made from, the near ones first."""
    queue, seen = [name], {name}
    while queue:
        step = plan.step(queue.pop(0))
        yield step
        more = [ref for ref in step.refs if ref not in seen]
        seen.update(more)
        queue += more


def _is_shared_out(report: Report, step: PlanStep, members: Sequence[str]) -> bool:
    """Whether these and no others compete for the places."""
    cells = report.context.tables[step.params.of].cells
    inside = [subject for subject in members if isinstance(cells.get((subject,)), Fraction)]
    if not inside or step.spec.beside is None:
        return False
    rivals = step.spec.beside(step, step.params, (inside[0],), report.context)
    return {key[0] for key in rivals.keys} == set(inside)


def _told(size: Size) -> str:
    """The amounts of a grade as a person would say them."""
    parts = []
    if size.target is not None:
        parts.append(_("应为 %(n)s", n=size.target))
    if size.most is not None:
        parts.append(_("至多 %(n)s", n=size.most))
    if size.least:
        parts.append(_("至少 %(n)s", n=size.least))
    return _("，").join(parts)
