"""The fast count and its twin agree on drawn plans and evidence: every cell, every finding, every refusal.

The twin is the checker's own evaluation: written from docs/plan.md, one cell at a time, and without a line of the count's.
"""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from typing import TypeVar

import pytest

from analysis import AnalysisError, PlanError, Report, canonical, evaluate
from analysis.evidence import BallotBatch, Evidence
from analysis.explaining.explain import explain
from analysis.ops import OPS
from analysis.values import Missing
from tests.analysis.checker_world import tagged, verify, world_of
from tests.analysis.generator import OTHERS, Draw, Step
from tests.analysis.telling import QUOTA_FINDINGS, Telling

T = TypeVar("T")
REASONS = {
    "blank",
    "unknown",
    "not counted",
    "no such fact",
    "not a number",
    "no evidence",
    "no result",
    "not decided",
    "no row",
    "divided by zero",
    "in no band",
    "no case",
    "no values",
    "no weight",
    "all trimmed",
    "too few values",
    "no such place",
    "no such subject",
    "all equal",
    "no root",
    "not rated",
    "not eligible",
    "in no tier",
}
FINDINGS = {"quota_unmet", "limit_exceeded", "soft_limit_exceeded", "target_missed", "tie_unbroken", "in_no_tier"}
BOUNDARIES = {"1/3", "1/2", "2/3"}


def mixed(rng: random.Random, rows: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(rng.sample(rows, len(rows)))


def shuffled(evidence: Evidence, seed: int) -> Evidence:
    """The same evidence with ballots, batches and other evidence in another order."""
    rng = random.Random(seed)
    batches = []
    for batch in mixed(rng, evidence.batches):
        places = rng.sample(range(len(batch.marks)), len(batch.marks))
        batches.append(BallotBatch(batch.style, batch.group, batch.unit, batch.slots, batch.marks[places]))
    return Evidence(
        period=evidence.period,
        subjects=evidence.subjects,
        batches=tuple(batches),
        events=evidence.events,
        heads=mixed(rng, evidence.heads),
        components=mixed(rng, evidence.components),
        past=mixed(rng, evidence.past),
        decisions=mixed(rng, evidence.decisions),
    )


def compare(seed: int, seen: Counter[str]) -> None:
    drawn = Draw(seed, OTHERS)
    try:
        twin = Telling(drawn.plan, world_of(drawn.evidence))
    except verify.Stop:
        with pytest.raises(AnalysisError):
            evaluate(canonical(drawn.plan), drawn.evidence)
        seen["refused"] += 1
        return
    report = evaluate(canonical(drawn.plan), drawn.evidence)
    for step in drawn.steps:
        mine, other = report.tables[step["name"]], twin.tables[step["name"]]
        assert list(mine.axes) == other.axes, (seed, step)
        cells = {frozenset(zip(mine.axes, key, strict=True)): tagged(value) for key, value in mine.cells.items()}
        assert cells == other.cells, (
            seed,
            step,
            [
                (key, cells.get(key), other.cells.get(key))
                for key in cells.keys() | other.cells.keys()
                if cells.get(key) != other.cells.get(key)
            ],
        )
        watch(step, report, cells, seen)
    told = Counter(
        (one.code, one.subject, one.step, *(one.parts[part] for part in ("grade", "placed", "wanted", "n")))
        for one in report.findings
        if one.code in QUOTA_FINDINGS
    )
    assert told == Counter(twin.findings), seed
    seen.update(f"finding {one.code}" for one in report.findings if one.code in QUOTA_FINDINGS)
    check_promises(seed, drawn, report)


def watch(step: Step, report: Report, cells: dict[verify.Key, verify.Value], seen: Counter[str]) -> None:
    """Count what this step met."""
    seen[f"op {step['op']}"] += 1
    seen.update(f"reason {value}" for tag, value in cells.values() if tag == "missing")
    seen.update({f"how {step['op']} {step.get('how') or step.get('ties')}": 1})
    if step["op"] == "test" and step["right"] in (["num", one] for one in BOUNDARIES):
        line = Fraction(step["right"][1])
        seen[f"boundary {line}"] += sum(1 for value in report.tables[step["left"]].cells.values() if value == line)
    if step["op"] == "allocate":
        values = [value for value in report.tables[step["of"]].cells.values() if isinstance(value, Fraction)]
        seen["tie"] += len(values) - len(set(values))
        seen["empty pool"] += not values


def check_promises(seed: int, drawn: Draw, report: Report) -> None:
    """Order of ballots, the round trip, and a trace with an explanation for a cell of every step."""
    text = report.to_json()
    assert (
        evaluate(canonical(drawn.plan), shuffled(drawn.evidence, seed)).to_json().split('"subjects":')[0]
        == text.split('"subjects":')[0]
    )
    again = Report.from_json(text)
    assert again.to_json() == text
    assert {name: table for name, table in report.tables.items() if "rater" not in table.axes} == again.tables
    rng = random.Random(seed)
    for table in report.tables.values():
        for key in rng.sample(sorted(table.cells), min(1, len(table.cells))):
            node = report.trace(table.name, dict(zip(table.axes, key, strict=True)))
            node.as_object()
            lines = explain(node, depth=2).splitlines()
            if isinstance(node.value, Missing):  # then a sentence stands first that says why there is no value
                assert table.name in lines.pop(0)
            assert lines[0].startswith(table.name)


def complete(seen: Counter[str], *, everything: bool) -> None:
    assert {name.removeprefix("op_") for name in dir(verify.Engine) if name.startswith("op_")} == set(OPS)
    wanted = {f"op {op}" for op in OPS} | {f"boundary {Fraction(one)}" for one in BOUNDARIES} | {"tie", "empty pool"}
    if everything:
        wanted |= {f"reason {reason}" for reason in REASONS} | {f"finding {code}" for code in FINDINGS}
        wanted |= {
            f"how reduce {how}"
            for how in ("sum", "product", "mean", "median", "least", "most", "count", "all", "any", "kth", "last")
        }
        wanted |= {f"how relate {how}" for how in ("share", "ratio_best", "ratio_mean", "minmax", "mean", "best", "worst")}
        wanted |= {f"how relate {how}" for how in ("sum", "rank", "recency")}
        wanted |= {f"how allocate {how}" for how in ("promote", "demote", "share_worst", "break")}
    print("\n" + "\n".join(f"{count:7d}  {name}" for name, count in sorted(seen.items())))
    assert not sorted(one for one in wanted if not seen[one])


def test_the_twin_agrees_on_over_a_hundred_drawn_plans() -> None:
    seen: Counter[str] = Counter()
    for seed in range(120):
        compare(seed, seen)
    complete(seen, everything=False)


@pytest.mark.slow
def test_the_twin_agrees_on_a_thousand_drawn_plans_that_meet_every_op_reason_and_finding() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000, 2000):
        compare(seed, seen)
    complete(seen, everything=True)


def test_an_op_that_nobody_knows_is_refused() -> None:
    with pytest.raises(PlanError, match="unknown-op"):
        evaluate(canonical({"format": "pingyi-plan/1", "steps": [{"name": "a", "op": "guess"}]}), Evidence(subjects=()))
