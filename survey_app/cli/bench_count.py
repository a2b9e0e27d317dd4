"""Speed of the count, measured on the machine it runs on and told as ratios against pandas in the same run.

What is measured: one million ballots of 60 marks in six groups, from marks in memory to a finished report; the same counts
by pandas in the two ways one would write them (a long frame grouped, and counts column by column); and a thousand subjects
through means, weights, composite, ranks, tiers, flags and caps. Peak memory is the process's high-water mark above what
it held when the marks were in memory. The best of three runs is told (of the long frame: the only one).
Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.evaluate import evaluate
from analysis.evidence import BallotBatch, Component, Evidence, RatedSubject, Slot
from analysis.plan import Plan, parse_plan

BALLOTS, MARKS, GROUPS = 1_000_000, 60, 6
SUBJECTS, ITEMS = 1_000, 20
CHOICES = ("100", "80", "60", "0")
Figures = dict[str, float]
Result = TypeVar("Result")


def run(*, ballots: int = BALLOTS, subjects: int = SUBJECTS, json: bool = False) -> Figures:
    """Measure, and return seconds, bytes and ratios by name. `json` says nothing here: the caller prints."""
    del json
    groups = [f"g{number}" for number in range(GROUPS)]
    # Memory first: the process's high-water mark never falls, so whatever pandas needs must come later.
    batches = _batches(ballots, groups)
    size = sum(batch.marks.nbytes for batch in batches)
    plan = _plan(groups, ITEMS)
    people = tuple(RatedSubject(f"s{number}", {"pool": "a", "team": ""}) for number in range(MARKS // ITEMS))
    before = _high_water()
    seconds, _report = _best(lambda: evaluate(plan, Evidence(subjects=people, batches=batches)))
    peak = size + max(0, _high_water() - before)
    # Rules before pandas too: a count runs in a process of its own, not in the heap pandas leaves behind.
    wide = _wide_evidence(subjects, groups)
    rules, traced = _best(lambda: _with_traces(plan, wide))
    long_way, _counts = _timed(lambda: _by_long_frame(batches))
    column_way, _columns = _best(lambda: _by_columns(batches))
    return {
        "ballots": ballots,
        "count_seconds": seconds,
        "marks_bytes": size,
        "peak_over_marks": peak / size,
        "pandas_long_frame_seconds": long_way,
        "pandas_by_column_seconds": column_way,
        "times_faster_than_better_pandas": min(long_way, column_way) / seconds,
        "subjects": subjects,
        "rules_seconds": rules,
        "traced_cells": traced,
    }


def describe(figures: Figures) -> str:
    """The figures as lines for a person."""
    lines = [
        f"{figures['ballots']:,.0f} ballots × {MARKS} marks × {GROUPS} groups to a report: {figures['count_seconds']:.2f} s",
        f"peak memory: {figures['peak_over_marks']:.2f} × the marks' {figures['marks_bytes'] / 1e6:.0f} MB",
        f"pandas, long frame: {figures['pandas_long_frame_seconds']:.2f} s",
        f"pandas, column by column: {figures['pandas_by_column_seconds']:.2f} s",
        f"faster than the better of these: {figures['times_faster_than_better_pandas']:.1f} times",
        f"{figures['subjects']:,.0f} subjects × {ITEMS} items × {GROUPS} groups, all rules: {figures['rules_seconds']:.2f} s",
        f"of that, cells traced: {figures['traced_cells']:,.0f}",
    ]
    return "\n".join(lines)


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _best(work: Callable[[], Result], runs: int = 3) -> tuple[float, Result]:
    """The shortest of several runs: whatever else a machine does only ever adds time."""
    return min((_timed(work) for _ in range(runs)), key=lambda one: one[0])


def _high_water() -> int:
    """The most memory this process ever held, in bytes (Linux counts it in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _batches(ballots: int, groups: list[str]) -> tuple[BallotBatch, ...]:
    dice = np.random.default_rng(1)
    slots = tuple(Slot(f"s{subject}", f"i{item}") for subject in range(MARKS // ITEMS) for item in range(ITEMS))
    shares = [ballots // len(groups)] * (len(groups) - 1)
    shares.append(ballots - sum(shares))
    return tuple(
        BallotBatch(group, group, "", slots, dice.integers(0, len(CHOICES) + 1, size=(share, MARKS), dtype=np.uint8))
        for group, share in zip(groups, shares, strict=True)
    )


def _wide_evidence(subjects: int, groups: list[str]) -> Evidence:
    """A few ballots for each of very many subjects: what is measured is the rules, not the counting."""
    dice = np.random.default_rng(2)
    people = tuple(
        RatedSubject(f"s{number}", {"pool": f"p{number % 10}", "team": f"s{number - number % 10}"}) for number in range(subjects)
    )
    slots = tuple(Slot(one.id, f"i{item}") for one in people for item in range(ITEMS))
    batches = tuple(
        BallotBatch(group, group, "", slots, dice.integers(1, len(CHOICES) + 1, size=(12, len(slots)), dtype=np.uint8))
        for group in groups
    )
    components = tuple(
        Component(subject=one.id, name="target", value=Fraction(700 + number % 300, 10)) for number, one in enumerate(people)
    )
    return Evidence(subjects=people, batches=batches, components=components)


def _with_traces(plan: Plan, evidence: Evidence) -> int:
    report = evaluate(plan, evidence)
    walked = 0
    for subject in evidence.subjects:
        walked += len(report.trace("composite", subject=subject.id).inputs)
        walked += len(report.trace("held", subject=subject.id).inputs)
    return walked


def _by_long_frame(batches: tuple[BallotBatch, ...]) -> pd.Series[int]:
    """One row a mark, grouped by group, place and mark."""
    frames = [
        pd.DataFrame(
            {
                "group": np.full(batch.marks.size, place, dtype=np.uint8),
                "slot": np.tile(np.arange(MARKS, dtype=np.uint8), len(batch.marks)),
                "mark": batch.marks.ravel(),
            }
        )
        for place, batch in enumerate(batches)
    ]
    return pd.concat(frames, ignore_index=True).groupby(["group", "slot", "mark"]).size()


def _by_columns(batches: tuple[BallotBatch, ...]) -> list[pd.Series[int]]:
    """One column a place, counted column by column."""
    return [frame[place].value_counts() for batch in batches for frame in [pd.DataFrame(batch.marks)] for place in range(MARKS)]


def _plan(groups: list[str], items: int) -> Plan:
    """Means, weights, composite, rank, tiers, a flag and a cap: what published methods do, on made-up names."""
    names = [f"i{item}" for item in range(items)]
    tiers = [
        {"grade": "a", "most": {"share": "1/5"}},
        {"grade": "b", "target": {"share": "1/2"}},
        {"grade": "c", "target": {"share": "1/4"}},
        {"grade": "d", "least": {"share": "1/20"}},
    ]
    weights = [[group, ["num", str(10 + 5 * place)]] for place, group in enumerate(groups)]
    steps: list[tuple[str, str, dict[str, object]]] = [
        ("points", "tally", {"what": "points"}),
        ("answered", "tally", {"what": "answered"}),
        ("mean", "calc", {"expr": ["/", ["ref", "points"], ["ref", "answered"]]}),
        ("score", "reduce", {"of": "mean", "over": "item", "how": "mean", "missing": "skip"}),
        ("weight", "table", {"axes": ["group"], "rows": weights}),
        ("democratic", "reduce", {"of": "score", "over": "group", "how": "mean", "weights": "weight", "missing": "skip"}),
        ("given", "component", {"component": "target"}),
        ("target", "fill", {"of": "given", "with": ["num", "80"]}),
        (
            "composite",
            "calc",
            {"expr": ["+", ["*", ["num", "3/5"], ["ref", "democratic"]], ["*", ["num", "2/5"], ["ref", "target"]]]},
        ),
        ("pool", "fact", {"fact": "pool"}),
        ("place", "relate", {"of": "composite", "pool": ["pool"], "how": "rank", "order": "high", "ties": "share"}),
        (
            "tier",
            "allocate",
            {
                "of": "composite",
                "pool": ["pool"],
                "tiers": tiers,
                "rounding": "largest_remainder",
                "ties": "share_worst",
                "order": "high",
            },
        ),
        ("worst_by_item", "tally", {"what": "count", "choices": ["c4"]}),
        ("worst", "reduce", {"of": "worst_by_item", "over": "item", "how": "sum", "missing": "skip"}),
        ("votes", "reduce", {"of": "answered", "over": "item", "how": "sum", "missing": "skip"}),
        ("worst_all", "reduce", {"of": "worst", "over": "group", "how": "sum", "missing": "skip"}),
        ("votes_all", "reduce", {"of": "votes", "over": "group", "how": "sum", "missing": "skip"}),
        ("share", "calc", {"expr": ["/", ["ref", "worst_all"], ["ref", "votes_all"]]}),
        (
            "flag",
            "test",
            {"left": "share", "cmp": ">=", "right": ["num", "1/3"], "numerator": "worst_all", "denominator": "votes_all"},
        ),
        ("held", "bound", {"of": "tier", "order": ["a", "b", "c", "d"], "at_most": "c", "when": "flag"}),
    ]
    scale = [{"code": code, "key": f"c{code}", "value": value, "kind": "grade"} for code, value in enumerate(CHOICES, start=1)]
    return parse_plan(
        {
            "format": "pingyi-plan/1",
            "groups": groups,
            "group_parents": {},
            "items": names,
            "item_parents": {},
            "scales": {"grade": scale},
            "item_scale": dict.fromkeys(names, "grade"),
            "components": ["target"],
            "steps": [{"name": name, "op": op, **parameters} for name, op, parameters in steps],
            "outputs": ["composite", "held"],
        }
    )
