"""What follows when part of the evidence is kept back: the server's answer and the checker's are the same, cell by cell."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from analysis import AnalysisError, Report, canonical, evaluate, parse_plan
from analysis.disclosure.reading import READ, WITHHELD
from analysis.disclosure.withheld import KeptBack, work_out
from analysis.evidence import Evidence
from analysis.ops import OPS
from questionnaires import SchemeProblems, load_scheme
from tests.analysis.checker_world import tagged, verify, world_of
from tests.analysis.drawn_world import evidence_for
from tests.analysis.generator import OTHERS, Draw
from tests.analysis.scheme_generator import Written

HEADS = ("valid", "blank", "invalid")


class Gaps(verify.World):
    """A bundle's numbers without some of them."""

    def __init__(self, whole: verify.World) -> None:
        super().__init__(whole.all)
        self.opened = dict(whole.opened)

    def without(self, kept: KeptBack) -> None:
        self.unknown = kept.heads
        for subject, group, item in kept.counts:
            self.counts[subject, group, item] = None
        for style in kept.ballots:
            self.opened.pop(style, None)
        self.all = {**self.all, **dict.fromkeys(kept.kinds)}

    def head(self, what: str, subject: str, group: str, styles: list[str]) -> int:
        if (subject, group) in self.unknown.get(what, ()):
            raise verify.Hidden
        return super().head(what, subject, group, styles)


def some_kept_back(report: Report, evidence: Evidence, rng: random.Random) -> KeptBack:
    """Any part of the evidence: a few cells of counts or many, head-counts, whole kinds, single ballots."""
    share = rng.choice((0, 0.1, 0.5, 1))
    places = sorted({(subject, group) for subject, group, _ in report.tally.counts})
    kinds = ("components", "events", "past", "decisions")
    return KeptBack(
        counts={cell for cell in report.tally.counts if rng.random() < share},
        heads={what: {place for place in places if rng.random() < share} for what in HEADS},
        kinds={one for one in kinds if rng.random() < 0.25},
        ballots={batch.style for batch in evidence.batches if rng.random() < rng.choice((0, 0.3))},
    )


def compare(plan: dict[str, object], evidence: Evidence, seed: int, seen: Counter[str]) -> None:
    text = canonical(plan)
    try:
        report = evaluate(text, evidence)
    except AnalysisError:
        return
    kept = some_kept_back(report, evidence, random.Random(seed))
    world = Gaps(world_of(evidence))
    world.without(kept)
    theirs, ours = verify.Engine(plan, world).tables, work_out(report, kept, evidence.period)
    for step in parse_plan(text).steps:
        mine, other = ours[step.name], theirs[step.name].known
        if mine is None or other is None:
            assert (mine, other) == (None, None), (seed, step.raw)
            seen[f"unknown {step.op}"] += 1
            continue
        cells = {
            frozenset(zip(mine.axes, key, strict=True)): verify.HID if value is WITHHELD else tagged(value)
            for key, value in mine.cells.items()
        }
        if _perhaps_no_cell(report, step.name, cells, other):
            seen["perhaps no cell"] += 1
            return
        assert cells == other, (seed, step.raw)
        hidden = sum(value == verify.HID for value in cells.values())
        seen[f"some of {step.op}"] += 0 < hidden < len(cells)
        seen[f"all of {step.op}"] += 0 < hidden == len(cells)


def _perhaps_no_cell(
    report: Report, name: str, ours: dict[verify.Key, verify.Value], theirs: dict[verify.Key, verify.Value]
) -> bool:
    """A withheld cell may turn out not applicable, and then what is made at its place is not applicable either: the count knows
    that, a reader of the rest does not, and finds a value where a condition leads away from the withheld cell. The checker
    names such a figure, so no bundle leaves with it unnoticed. What follows such a step is not compared."""
    axes = report.plan.step(name).axes
    known = {frozenset(zip(axes, key, strict=True)) for key in report.tables[name].cells}
    odd = [at for at, value in theirs.items() if at not in ours and at not in known and value != verify.HID]
    # The same where a cell from below meets a withheld one of its own: the count knows that there is none, a reader cannot.
    met = [at for at, value in theirs.items() if at in ours and value == verify.HID != ours[at]]
    if met and report.plan.step(name).raw.get("into") == "parent":
        return True
    return bool(odd) and {at: value for at, value in theirs.items() if at not in odd} == ours


def complete(seen: Counter[str]) -> None:
    """Every op was met with a gap and without: a drawing that left one out would say nothing about it."""
    print("\n" + "\n".join(f"{count:7d}  {name}" for name, count in sorted(seen.items())))
    partly = set(READ) - {"allocate"}  # a place rests on everybody's
    assert sorted(op for op in partly if not seen[f"some of {op}"]) == []
    assert seen["unknown allocate"]
    assert seen["perhaps no cell"] < 20


def test_a_hundred_drawn_plans_with_gaps_agree_with_the_checker() -> None:
    seen: Counter[str] = Counter()
    for seed in range(100):
        drawn = Draw(seed, OTHERS)
        compare(drawn.plan, drawn.evidence, seed, seen)
    complete(seen)


@pytest.mark.slow
def test_two_thousand_drawn_plans_with_gaps_agree_with_the_checker() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000, 3000):
        drawn = Draw(seed, OTHERS)
        compare(drawn.plan, drawn.evidence, seed, seen)
    complete(seen)


def test_every_op_that_reads_other_steps_says_what_it_looks_at() -> None:
    assert set(OPS) - set(READ) == {"tally", "heads", "mark", "fact", "component", "event", "past", "decision", "table"}


def compare_scheme(seed: int, seen: Counter[str]) -> None:
    try:
        scheme = load_scheme(Written(seed).text, "drawn.yml")
    except SchemeProblems:
        return
    compare(json.loads(scheme.plan), evidence_for(scheme, seed), seed, seen)


def test_sixty_drawn_schemes_with_gaps_agree_with_the_checker() -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        compare_scheme(seed, seen)
    assert seen["some of reduce"] > 10 < seen["some of tally"]
