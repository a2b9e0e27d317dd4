"""Speed of a scheme file's rules on this machine: figures over pools, and every rule form with the traces of all its cells.

What is measured: a thousand subjects in one pool, fourteen figures over it (places, ratios, means, shares), counted and written
out with all derivations; five hundred subjects under every rule form of the language, counted and each cell's calculation looked
at one level deep. The baseline, in the same run: the same fourteen columns of places by pandas on floats, which knows no traces.
The best of three is told. Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pandas as pd

from analysis import evaluate
from analysis.evidence import Evidence
from analysis.report import Report
from questionnaires.folder.reader import Folder
from questionnaires.model import Scheme
from questionnaires.worlds.measuring import FIGURES, every_rule, pooled, value_of
from survey_app.exports.score_page import to_html
from survey_app.exports.score_report import results_of, to_json

SUBJECTS, RULED = 1_000, 500
Figures = dict[str, float]
Made = TypeVar("Made")


def run(*, subjects: int = SUBJECTS, ruled: int = RULED) -> Figures:
    """Measure; seconds and counts by name."""
    scheme, evidence = pooled(subjects)
    count, report = _best(lambda: evaluate(scheme.plan, evidence))
    names = {one.id: one.id for one in evidence.subjects}
    folder = Folder(scheme, evidence, names, dict.fromkeys(names, "U"), ())
    results = results_of(folder, report)
    written, _ = _best(lambda: to_json(results))
    page, text = _best(lambda: to_html(results))
    floats = pd.DataFrame({f"q{at}": [float(value_of(n)) for n in range(subjects)] for at in range(FIGURES)})
    ranks, _ = _best(floats.rank)
    other, wide = every_rule(ruled)
    rules, found = _best(lambda: _traced(other, wide))
    return {
        "subjects": subjects,
        "figures": FIGURES,
        "pool_count_seconds": count,
        "pool_json_seconds": written,
        "pool_html_seconds": page,
        "pool_html_bytes": len(text.encode()),
        "pandas_rank_seconds": ranks,
        "times_pandas": count / ranks,
        "ruled_subjects": ruled,
        "rules_with_traces_seconds": rules,
        "traced_cells": found,
    }


def describe(figures: Figures) -> str:
    """The figures for a person."""
    return (
        f"{figures['subjects']:.0f} subjects × {figures['figures']:.0f} pool figures: counted in "
        f"{figures['pool_count_seconds']:.2f} s ({figures['times_pandas']:.0f} × pandas' places on floats, "
        f"{figures['pandas_rank_seconds'] * 1000:.1f} ms), results.json in {figures['pool_json_seconds']:.2f} s, results.html in "
        f"{figures['pool_html_seconds']:.2f} s ({figures['pool_html_bytes'] / 1e6:.1f} MB)\n"
        f"{figures['ruled_subjects']:.0f} subjects × every rule with traces: {figures['rules_with_traces_seconds']:.2f} s, "
        f"{figures['traced_cells']:.0f} cells"
    )


def _traced(scheme: Scheme, evidence: Evidence) -> int:
    """Count, and look at each cell's calculation one level deep; how many cells were looked at."""
    report: Report = evaluate(scheme.plan, evidence)
    looked = 0
    for name, table in report.context.tables.items():
        if not {"rater", "rival"} & set(table.axes):
            for key in table.cells:
                looked += len(report.trace(name, dict(zip(table.axes, key, strict=True))).own_inputs)
    return looked


def _best(work: Callable[[], Made]) -> tuple[float, Made]:
    best, result = float("inf"), []  # type: float, list[Made]
    for _ in range(3):
        begun = time.perf_counter()
        result = [work()]
        best = min(best, time.perf_counter() - begun)
    return best, result[0]
