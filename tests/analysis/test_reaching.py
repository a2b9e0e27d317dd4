"""What a number rests on, asked in two ways: `Origins` works out the whole form, `Reach` says yes or no; they never differ."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from analysis import AnalysisError, evaluate, parse_plan
from analysis.disclosure.origins import Origins
from analysis.disclosure.reaching import Reach
from analysis.report import Report
from questionnaires import SchemeProblems, load_scheme
from questionnaires.compiling import formulas
from questionnaires.rules import bands, outcomes
from tests.analysis.drawn_world import evidence_for
from tests.analysis.scheme_generator import Written


@pytest.fixture(autouse=True)
def drawn_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `test_twin_schemes`: the draw compares anything with any number."""
    for module in (formulas, outcomes):
        monkeypatch.setattr(module, "check_bound", lambda *_: None)
    monkeypatch.setattr(bands, "check_number", lambda *_, **__: None)


def drawn(seed: int) -> Report | None:
    """A counted round under a drawn scheme; None where the draw is no scheme or no count."""
    try:
        scheme = load_scheme(Written(seed).text, "drawn.yml")
        return evaluate(parse_plan(scheme.plan), evidence_for(scheme, seed))
    except (SchemeProblems, AnalysisError):
        return None


def test_every_number_rests_on_hidden_answers_exactly_where_its_form_does() -> None:
    seen = Counter[tuple[str, bool]]()
    for seed in range(10):
        report = drawn(seed)
        if report is None:
            continue
        rng = random.Random(seed)
        cells = sorted(report.tally.counts)
        hidden = frozenset(rng.sample(cells, max(1, len(cells) // 12)))
        origins, reach = Origins(report), Reach(hidden)
        for name, table in report.tables.items():
            if "rater" in table.axes:
                continue
            for key in list(table.cells)[:10]:
                node = report.trace(name, dict(zip(table.axes, key, strict=True)))
                rivals = [one for one in node.inputs if one.role == "rival"]
                assert reach.node(node) == (not origins.node(node).rests.isdisjoint(hidden)), (seed, name, key)
                assert reach.beside(node) == any(not origins.node(one).rests.isdisjoint(hidden) for one in rivals), (seed, name)
                seen["node", reach.node(node)] += 1
                seen["beside", reach.beside(node)] += 1
    assert min(seen[way, said] for way in ("node", "beside") for said in (True, False)) > 5, seen


def test_where_nothing_is_hidden_no_number_rests_on_anything_hidden() -> None:
    report = next(found for seed in range(10) if (found := drawn(seed)) is not None)
    name, table = next((name, table) for name, table in report.tables.items() if "rater" not in table.axes and table.cells)
    node = report.trace(name, dict(zip(table.axes, next(iter(table.cells)), strict=True)))
    assert not Reach(frozenset()).node(node)
    assert not Reach(frozenset()).beside(node)
