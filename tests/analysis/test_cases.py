"""Every op has cases worked out by hand; an op without one fails the collection of this file."""

from fractions import Fraction

import pytest

from analysis import canonical, evaluate
from analysis.ops import OPS
from analysis.reasons import Reason
from analysis.values import Missing, literal
from tests.analysis.cases import HEAD, WORLD, Case, across, as_literal, cells, sources
from tests.analysis.telling import QUOTA_FINDINGS

CASES = [*sources.CASES, *cells.CASES, *across.CASES]
_WITHOUT = sorted(set(OPS) - {one.step["op"] for one in CASES})
if _WITHOUT:
    raise pytest.UsageError(f"no case worked out by hand for: {', '.join(_WITHOUT)}")


@pytest.mark.parametrize("case", CASES, ids=[f"{one.step['op']}: {one.name}" for one in CASES])
def test_a_case_worked_out_by_hand(case: Case) -> None:
    steps = [{"name": name, **step} for name, step in case.given.items()]
    report = evaluate(canonical({**HEAD, "steps": [*steps, {"name": "result", **case.step}], "outputs": ["result"]}), WORLD)
    assert case.because
    expected = {tuple(labels.split()): literal(as_literal(value)) for labels, value in case.expect.items()}
    assert report.tables["result"].cells == expected
    told = [
        (one.code, one.parts["grade"], one.parts["placed"], one.parts["wanted"])
        for one in report.findings
        if one.code in QUOTA_FINDINGS
    ]
    assert told == list(case.findings)


BOOKS = {"n": {"op": "table", "axes": [], "rows": [[["num", "12"]]]}, "d": {"op": "table", "axes": [], "rows": [[["num", "40"]]]}}


@pytest.mark.parametrize(
    ("cmp", "line", "votes"),
    [
        (">=", "1/3", 2),  # 40/3 = 13.33: 14 is the first that passes, two more than 12
        (">", "0.3", 1),  # 12 of 40 is exactly 0.3: one more passes
        (">=", "0.3", -1),  # 12 of 40 passes; 11 does not
        ("<", "0.3", -1),  # 12 is not below 12: 11 is
        ("<=", "0.3", 1),  # 12 holds; 13 does not
        ("=", "1/2", 8),  # 20 of 40
        ("=", "1/3", None),  # no whole number is 13.33
    ],
)
def test_a_test_says_how_many_votes_are_wanting_to_the_line(cmp: str, line: str, votes: int | None) -> None:
    steps = [{"name": name, **step} for name, step in BOOKS.items()]
    steps.append({"name": "share", "op": "calc", "expr": ["/", ["ref", "n"], ["ref", "d"]]})
    steps.append(
        {"name": "t", "op": "test", "left": "share", "cmp": cmp, "right": ["num", line], "numerator": "n", "denominator": "d"}
    )
    detail = evaluate(canonical({**HEAD, "steps": steps}), WORLD).test("t")
    assert (detail.numerator, detail.denominator, detail.line) == (Fraction(12), Fraction(40), 40 * Fraction(line))
    assert detail.votes == votes


def test_missing_and_zero_are_not_equal() -> None:
    assert Missing(Reason.NO_EVIDENCE) != Fraction(0)
