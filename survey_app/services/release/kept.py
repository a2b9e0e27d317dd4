"""What is held back, kept with the report: decided once, at the count, so that no later page and no later version shows more.

Lives here: the decisions as text, and read again. May not live here: how one is made (`release`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from analysis.records import Record, RecordError, Row, plain, read, shaped
from analysis.report import Report
from questionnaires.model import Scheme
from survey_app.bridge import canonical
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import CountCell, DamagedDecisionsError, Decision, Held

_FORMAT: Final = "pingyi-held/1"


class _Cell(Row, frozen=True):
    name: tuple[str, ...]
    body: str
    raters: int
    choices: tuple[str, ...]
    protected: bool


class _Leak(Record, frozen=True):
    kind: str
    cells: tuple[_Cell, ...]
    raters: int
    combo: tuple[tuple[str, int], ...]
    choice: str
    bodies: tuple[str, ...]


class _Decision(Record, frozen=True):
    """What is held back of one subject, in one order."""

    cells: tuple[CountCell, ...]
    values: tuple[tuple[str, ...], ...]
    leaks: tuple[_Leak, ...]


class _Kept(Record, frozen=True):
    """`plan`: the digest of the plan under which it was decided."""

    format: Literal["pingyi-held/1"]
    plan: str
    subjects: dict[str, _Decision]


def decide(report: Report, scheme: Scheme, plan: ReleasePlan) -> str:
    """Every decision of this report under this plan, as canonical text."""
    return written(Held(report, scheme, plan).all_decided(), plan)


def written(decided: Mapping[str, Decision], plan: ReleasePlan) -> str:
    """Decisions as canonical text."""
    subjects = {
        subject: _Decision(
            cells=tuple(sorted(one.cells)), values=tuple(sorted(one.values)), leaks=shaped(one.leaks, tuple[_Leak, ...])
        )
        for subject, one in decided.items()
    }
    return canonical(plain(_Kept(format=_FORMAT, plan=plan.digest(), subjects=subjects)))


def kept(content: str | None, report: Report, scheme: Scheme, plan: ReleasePlan) -> Held:
    """The decisions kept with a report; made when asked for where none were kept, or kept under another plan.

    Raises DamagedDecisionsError: made anew they might show what was held back.
    """
    if not content:
        return Held(report, scheme, plan)
    try:
        stored = read(content, _Kept)
        if stored.plan != plan.digest():
            return Held(report, scheme, plan)
        return Held(report, scheme, plan, shaped(stored.subjects, dict[str, Decision]))
    except RecordError as damaged:
        raise DamagedDecisionsError from damaged
