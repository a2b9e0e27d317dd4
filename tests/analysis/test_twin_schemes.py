"""Drawn scheme files, loaded and counted: the twin agrees on every cell, and every rule form of the rule table is drawn."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction

import pytest

from analysis import AnalysisError, evaluate, parse_plan
from analysis.ops.formulas import TestParams
from questionnaires import SchemeProblems, load_scheme
from questionnaires.compiling import formulas
from questionnaires.rules import bands, outcomes
from questionnaires.rules.table import RULES
from tests.analysis.checker_world import tagged, verify, world_of
from tests.analysis.drawn_world import evidence_for
from tests.analysis.scheme_generator import Written

BOUNDARIES = [Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)]
# Empty cases a drawn scheme must meet: nobody answered, nothing counted, no material, no earlier result, no band, no pool …
EMPTY = {
    "blank",
    "not counted",
    "no such fact",
    "no evidence",
    "no result",
    "divided by zero",
    "no values",
    "no such subject",
    "all trimmed",
    "too few values",
    "no case",
    "all equal",
    "not rated",
    "not decided",
    "no weight",
    "no root",
    "no valid result",
}


@pytest.fixture(autouse=True)
def drawn_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The draw compares anything with any number; that a bound beyond reach is refused is held in `test_never_vanishing`."""
    for module in (formulas, outcomes):
        monkeypatch.setattr(module, "check_bound", lambda *_: None)
    monkeypatch.setattr(bands, "check_number", lambda *_, **__: None)


def compare(seed: int, seen: Counter[str]) -> None:
    written = Written(seed)
    try:
        scheme = load_scheme(written.text, "drawn.yml")
    except SchemeProblems:
        seen["refused by the loader"] += 1
        return
    plan, evidence = parse_plan(scheme.plan), evidence_for(scheme, seed)
    seen.update(f"rule {rule}" for rule in written.rules)
    try:
        twin = verify.Engine(json.loads(scheme.plan), world_of(evidence))
    except verify.Stop:
        with pytest.raises(AnalysisError):
            evaluate(plan, evidence)
        seen["refused by the count"] += 1
        return
    report = evaluate(plan, evidence)
    for step in plan.steps:
        mine, other = report.tables[step.name], twin.tables[step.name]
        cells = {frozenset(zip(mine.axes, key, strict=True)): tagged(value) for key, value in mine.cells.items()}
        assert cells == other.cells, (seed, step.name, step.raw)
        seen.update(f"empty {value}" for tag, value in cells.values() if tag == "missing")
        if isinstance(step.params, TestParams) and isinstance(step.params.right, Fraction):
            line = step.params.right
            seen[f"boundary {line}"] += sum(1 for value in report.tables[step.params.left].cells.values() if value == line)
    seen["schemes"] += 1


def complete(seen: Counter[str], boundaries: list[Fraction]) -> None:
    print("\n" + "\n".join(f"{count:7d}  {name}" for name, count in sorted(seen.items())))
    wanted = {f"rule {rule.id}" for rule in RULES} | {f"boundary {line}" for line in boundaries}
    wanted |= {f"empty {reason}" for reason in EMPTY} if boundaries else set()
    assert not sorted(one for one in wanted if not seen[one])
    assert seen["refused by the loader"] < seen["schemes"] / 10  # rightly: the draw does not know every axis


def test_every_rule_form_can_be_drawn() -> None:
    assert {rule.id for rule in RULES} == {name[3:] for name in dir(Written) if name.startswith("of_")}


def test_the_twin_agrees_on_sixty_drawn_schemes() -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        compare(seed, seen)
    complete(seen, [])


@pytest.mark.slow
def test_the_twin_agrees_on_a_thousand_drawn_schemes_that_meet_every_rule_boundary_and_empty_case() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000, 1100 + 1000):
        if seen["schemes"] < 1000:  # a few drawn files are refused by the loader, and rightly
            compare(seed, seen)
    assert seen["schemes"] == 1000
    complete(seen, BOUNDARIES)
