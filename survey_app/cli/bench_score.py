"""Speed of a scheme file's rules on this machine: figures over pools, and every rule form with the traces of all its cells.

What is measured: a thousand subjects in one pool, fourteen figures over it (places, ratios, means, shares), counted and written
out with all derivations; five hundred subjects under every rule form of the language, counted and each cell's calculation looked
at one level deep. The baseline, in the same run: the same fourteen columns of places by pandas on floats, which knows no traces.
The best of three is told. Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

import pandas as pd

from analysis import evaluate
from analysis.evidence import Component, Evidence, RatedSubject
from analysis.report import Report
from questionnaires.folder.reader import Folder
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from questionnaires.rules.table import RULES
from questionnaires.worlds.building import Builder
from survey_app.exports.score_page import to_html
from survey_app.exports.score_report import results_of, to_json

SUBJECTS, FIGURES, RULED = 1_000, 14, 500
FORMS = ("名次", "与最好之比", "与平均之比", "同类平均", "同类最好", "极差标准化", "占同类合计")
Figures = dict[str, float]
Made = TypeVar("Made")
#: What the rule forms' own examples speak of.
HOST = """
方案: 量速
版本: 2026-01-01
约定: 常用约定
名册栏目: {类别: [大, 小], 班子编号: {指向: 是, 必填: 否}}
选项: {总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}
评议主体: {领导: , 同事: }
测评内容: {总体评价: 总体, 德: 总体, 能: 总体}
测评表: [{主体: [领导, 同事], 填: 总体评价}, {主体: 领导, 填: [德, 能]}]
其他材料: {目标得分: , 加分: {空缺作: 0}}
事项: [通报批评, 立功]
往期结果: {往年得分: , 往年等次: [好, 较差]}
计算:
  主体均分: {平均分: 总体评价}
  各项均分: {平均分: [德, 能]}
  单票总评: {单票: 总体评价}
  总评得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}}
  总评名次: {名次: 总评得分}
  总评等次: {分段: 总评得分, 各段: {90 以上: 好, 60 以上: 中, 其余: 差}}
  不称职率: {占比: 不称职, 项目: 总体评价}
  优秀率: {占比: 优秀, 项目: 总体评价}
"""


def run(*, subjects: int = SUBJECTS, ruled: int = RULED) -> Figures:
    """Measure; seconds and counts by name."""
    scheme, evidence = pooled(subjects)
    count, report = _best(lambda: evaluate(scheme.plan, evidence))
    names = {one.id: one.id for one in evidence.subjects}
    folder = Folder(scheme, evidence, names, dict.fromkeys(names, "U"), ())
    results = results_of(folder, report)
    written, _ = _best(lambda: to_json(results))
    page, text = _best(lambda: to_html(results))
    floats = pd.DataFrame({f"q{at}": [float(_value(n)) for n in range(subjects)] for at in range(FIGURES)})
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


def pooled(subjects: int) -> tuple[Scheme, Evidence]:
    """A scheme of fourteen figures over one pool, and its evidence.

    Parameters
    ----------
    subjects
        How many.
    """
    rows = [f"  量{at}: {{{FORMS[at % len(FORMS)]}: {'目标' if at < len(FORMS) else '群众'}}}" for at in range(FIGURES)]
    names = "、".join(f"量{at}" for at in range(FIGURES)).replace("、", ", ")
    text = "\n".join(
        [
            "方案: 量速",
            "版本: 2026-01-01",
            "约定: 常用约定",
            "其他材料: {目标: {从: 0, 到: 1000}, 群众: {从: 0, 到: 1000}}",
            "计算:",
            *rows,
            f"结果: {{列: [{names}]}}",
        ]
    )
    evidence = Evidence(
        subjects=tuple(RatedSubject(f"s{n:04d}", {}) for n in range(subjects)),
        components=tuple(
            Component(subject=f"s{n:04d}", name=name, value=_value(n) + more)
            for n in range(subjects)
            for name, more in (("目标", 0), ("群众", 7))
        ),
    )
    return load_scheme(text, "bench.yml"), evidence


def _value(n: int) -> Fraction:
    return Fraction((n * 7919) % 99_991, 100)


def every_rule(subjects: int) -> tuple[Scheme, Evidence]:
    """One scheme that uses every rule form once, as the reference has them, and evidence for it.

    Parameters
    ----------
    subjects
        How many.
    """
    shown = ", ".join(f"例{at}" for at in range(len(RULES)))
    rows = "\n".join(f"  例{at}: {rule.example}" for at, rule in enumerate(RULES))
    scheme = load_scheme(
        f"{HOST}{rows}\n结果: {{列: [总评得分, 总评名次, 不称职率, 优秀率], 等次: [总评等次, {shown}]}}\n", "bench.yml"
    )
    builder = Builder(scheme)
    return scheme, builder.patterned(builder.kinds[0], subjects, 1).evidence(scheme)


def _traced(scheme: Scheme, evidence: Evidence) -> int:
    """Count, and look at each cell's calculation one level deep; how many cells were looked at."""
    report: Report = evaluate(scheme.plan, evidence)
    looked = 0
    for name, table in report.tables.items():
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
