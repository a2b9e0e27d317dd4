"""Nothing about few people follows from the public bundle's counts taken together: held by the exact row-space test.

Every released figure is worked out from the released counts (the checker does so), so the counts are all there is to look at.
"""

from __future__ import annotations

from fractions import Fraction

from analysis.disclosure.leaks import Cell, Leak, LinearFigure, check
from tests.survey_app.proof.forger import Content
from tests.survey_app.proof.test_bundle import Hamlet, auditors, content_of, public

CHOICES = ("blank", "best", "good", "fair", "low")
POINTS = dict(zip(CHOICES[1:], (100, 80, 60, 0), strict=True))
WEIGHTS = {"村民": 60, "同级": 20, "镇领导": 20}


def cells_of(full: Content) -> list[Cell]:
    return [Cell((s, g, i), g, sum(row), CHOICES, protected=True) for s, g, i, row in full["counts"]]


def counts_of(shown: Content) -> list[LinearFigure]:
    return [
        LinearFigure(f"{s} {g} {choice}", {((s, g, i), choice): Fraction(1)})
        for s, g, i, row in shown["counts"]
        if row is not None
        for choice in CHOICES
    ]


def composite_of(full: Content, subject: str) -> LinearFigure:
    """60 : 20 : 20 of the groups' means; how many answered is known to everybody."""
    terms: dict[tuple[tuple[str, ...], str], Fraction] = {}
    for s, group, item, row in full["counts"]:
        if s == subject:
            for choice, points in POINTS.items():
                terms[(s, group, item), choice] = Fraction(WEIGHTS[group] * points, 100 * (sum(row) - row[0]))
    return LinearFigure(f"composite of {subject}", terms)


def isolated(leaks: list[Leak]) -> set[tuple[str, ...]]:
    return {cell.name for leak in leaks if leak.kind != "unanimous" for cell in leak.cells}


def test_the_public_counts_isolate_nobody_and_the_composite_beside_them_would(counted: Hamlet) -> None:
    shown, full = content_of(public(counted)), content_of(auditors(counted))
    cells = cells_of(full)
    assert isolated(check(cells, counts_of(shown), floor=5)) == set()
    # The composite less the villagers' share is the one peer's and the two leaders' share: what the bundle withholds.
    planted = [*counts_of(shown), composite_of(full, "A")]
    assert isolated(check(cells, planted, floor=5)) == {("A", "同级", "总体评价"), ("A", "镇领导", "总体评价")}
