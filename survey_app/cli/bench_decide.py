"""How long it takes to decide what may leave: about 6,363 subjects each with a small group, and about a shipped demo's round.

Of the first the evidence is made up in memory, and every single subject has to be decided about; the second is the demo that
`pingyi demo` makes when none is named, whose staff are few in many units, made anew in a temporary folder. What is told is
the processor's seconds, which a busy machine changes least, with nothing remembered from before. Nothing here is asserted: a
benchmark tells, a test decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from analysis.evaluate import evaluate
from questionnaires.worlds.measuring import small_groups
from survey_app.cli import demo
from survey_app.cli.audit_demos import counted_rounds
from survey_app.services.release import measuring
from survey_app.services.release.deciding import LeftBefore
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held

SUBJECTS = 6_363


@dataclass(frozen=True, kw_only=True)
class DecisionFigures:
    """Of one round: subjects in all and those decided about; milliseconds about one, and seconds in all."""

    round: str
    subjects: int
    decided: int
    median_ms: float
    p95_ms: float
    worst_ms: float
    seconds: float


def run(*, subjects: int = SUBJECTS, with_demo: bool = True) -> Iterator[DecisionFigures]:
    """Measure one after the other; without a demo only what is made up."""
    scheme, evidence = small_groups(subjects)
    report = evaluate(scheme.plan, evidence)
    yield _of(f"{subjects:,} small groups", Held(report=report, scheme=scheme, plan=ReleasePlan()), LeftBefore())
    if with_demo:
        chosen = demo.first_demo(demo.with_data())
        for one in counted_rounds(chosen):
            yield _of(f"{chosen.key} {one.period}", one.held, one.left)


def _of(name: str, held: Held, left: LeftBefore) -> DecisionFigures:
    took = measuring.timed(held, left)
    median, p95, worst = (1000 * took.at(share) for share in (0.5, 0.95, 1.0))
    return DecisionFigures(
        round=name,
        subjects=len(held.report.subjects),
        decided=len(took.each),
        median_ms=median,
        p95_ms=p95,
        worst_ms=worst,
        seconds=took.whole,
    )


def describe(one: DecisionFigures) -> str:
    """One round's figures for a person."""
    return (
        f"{one.round}: {one.decided:,} of {one.subjects:,} subjects decided about in {one.seconds:.1f} s; each "
        f"{one.median_ms:.1f} ms in the middle, {one.p95_ms:.1f} of 95 in a hundred, {one.worst_ms:.1f} at the most"
    )


def as_record(one: DecisionFigures) -> dict[str, object]:
    """The same for machines."""
    return asdict(one)
