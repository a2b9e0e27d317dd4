"""Ranges held to a slow twin and to an outside solver; more print never widens one, coarser print never narrows it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from analysis.disclosure.inference import Reader, infer
from analysis.disclosure.leaks import Atom, Cell, Label, LinearFigure
from analysis.disclosure.printed import PrintedFigure
from analysis.disclosure.ranges import Allowed, OpenQuestion, _by_form, _searched, ranges_of
from analysis.disclosure.watched import Watched, watched_of
from analysis.disclosure.whole import WholeForms, blocks_of
from tests.analysis.guessing import Figure, worlds
from tests.analysis.test_inference import answers, cell, failing

THREE = ("100", "60", "0")
#: A table: marks by cell, factors by figure and cell, digits by figure.
Small = tuple[dict[str, list[str]], list[tuple[dict[str, Fraction], int | None]]]


@st.composite
def tables(draw_one: st.DrawFn) -> Small:
    """Two or three cells of few people, one to three figures over them."""
    sizes = draw_one(st.lists(st.integers(1, 3), min_size=2, max_size=3).filter(lambda all_of: sum(all_of) <= 6))
    marks = {f"组{at}": draw_one(st.lists(st.sampled_from(THREE), min_size=many, max_size=many)) for at, many in enumerate(sizes)}
    factor = st.sampled_from([Fraction(one) for one in ("0", "1", "1/3", "1/2", "7/20", "-1/4")])
    figure = st.tuples(st.fixed_dictionaries(dict.fromkeys(marks, factor)), st.sampled_from([None, None, 0, 1, -1]))
    return marks, draw_one(st.lists(figure, min_size=1, max_size=3))


def told(marks: Mapping[str, Sequence[str]]) -> tuple[list[Cell], dict[Atom, int]]:
    """Cells and counts of a table."""
    cells = [cell(name, len(own), THREE) for name, own in marks.items()]
    return cells, {atom: often for one in cells for atom, often in answers(one, *marks[one.body]).items()}


def on_paper(
    marks: Mapping[str, Sequence[str]], figures: Sequence[tuple[Mapping[str, Fraction], int | None]]
) -> list[PrintedFigure]:
    """A table's figures as the engine takes them."""
    cells, _ = told(marks)
    return [
        PrintedFigure(
            figure=LinearFigure(at, {(one.name, grade): factors[one.body] * int(grade) for one in cells for grade in THREE}),
            step=None if digits is None else Fraction(1, 10) ** digits,
        )
        for at, (factors, digits) in enumerate(figures)
    ]


#: Never wide enough: the search has to find the ends themselves.
NEVER = Fraction(10**9)
WORK = Allowed(10**6, 0, 0, 64)
#: Cells, figure (-1: counts): the ends.
Ends = dict[tuple[tuple[str, ...], object], list[tuple[Fraction, Fraction]]]


def ends_of(cells: Sequence[Cell], counts: Mapping[Atom, int], printed: Sequence[PrintedFigure]) -> Ends:
    """Everything watched, with its exact ends in the figure's own unit for somebody outside."""
    found: Ends = {}
    for block in blocks_of(cells, printed, (), WholeForms(counts)):
        for watched in watched_of(block, lambda _: 5):
            (one,) = ranges_of(OpenQuestion(block.shape, watched, NEVER), frozenset(), frozenset(), WORK)
            assert one.exact
            names = tuple(block.cells[at].cell.body for at in watched.at)
            if watched.row is None:
                found[names, -1] = [(Fraction(least), Fraction(most)) for least, most in one.ranges]
            else:
                row = block.rows[watched.row]
                found[names, row.name] = [(least * row.unit, most * row.unit) for least, most in one.ranges]
    return found


@settings(max_examples=30, deadline=None)
@given(tables())
def test_ranges_are_those_of_giving_every_person_every_mark(table: Small) -> None:
    """Counts of every choice and every part of a figure, for an outsider and for an insider with each form they may have."""
    marks, factors = table
    cells, counts = told(marks)
    figures: list[Figure] = [
        ({(body, grade): factor * int(grade) for body, factor in own.items() for grade in THREE}, digits)
        for own, digits in factors
    ]
    possible = list(worlds(marks, THREE, figures))
    for block in blocks_of(cells, on_paper(marks, factors), (), WholeForms(counts)):
        for at, unknown in enumerate(block.cells):
            body = unknown.cell.body
            question = OpenQuestion(block.shape, Watched((at,)), NEVER)
            (outside,) = ranges_of(question, frozenset(), frozenset(), WORK)
            seen = [Counter(world[body]) for world in possible]
            assert outside.exact
            assert outside.ranges == tuple((min(one[grade] for one in seen), max(one[grade] for one in seen)) for grade in THREE)
            # Whoever gave this mark knows of every world without it that it is not so.
            own = frozenset({at})
            for inside in (*_searched(question, own, own, 10**6), *_by_form(question, own, 10**6)):
                ((_, choice),) = inside.form
                kept = [world for world in seen if world[THREE[choice]]]
                assert inside.exact
                assert inside.ranges == tuple(
                    (min(one[grade] for one in kept), max(one[grade] for one in kept)) for grade in THREE
                )


@settings(max_examples=25, deadline=None)
@given(tables())
def test_ranges_are_those_of_an_outside_solver(table: Small) -> None:
    """HiGHS, told of people and print in its own words, finds the same ends for every part of every figure."""
    marks, factors = table
    cells, counts = told(marks)
    printed = on_paper(marks, factors)
    for (bodies, figure), ranges in ends_of(cells, counts, printed).items():
        names: list[Label] = [("赵", body, "总评") for body in bodies]
        if figure == -1:
            goals: list[dict[Atom, Fraction]] = [{(names[0], grade): Fraction(1)} for grade in THREE]
        else:
            terms = printed[int(str(figure))].figure.terms
            low = {name: min(terms[name, grade] for grade in THREE) for name in names}
            goals = [{(name, grade): terms[name, grade] - low[name] for name in names for grade in THREE}]
        for goal, (least, most) in zip(goals, ranges, strict=True):
            assert float(least) == pytest.approx(_optimum(cells, counts, printed, goal, 1), abs=1e-6)
            assert float(most) == pytest.approx(_optimum(cells, counts, printed, goal, -1), abs=1e-6)


def _optimum(
    cells: Sequence[Cell], counts: Mapping[Atom, int], printed: Sequence[PrintedFigure], goal: Mapping[Atom, Fraction], sign: int
) -> float:
    atoms = [(one.name, grade) for one in cells for grade in THREE]
    rows = [[float(atom[0] == one.name) for atom in atoms] for one in cells]
    ends = [(float(one.raters), float(one.raters)) for one in cells]
    for figure in printed:
        says = figure.says(counts)
        assert says.least is not None
        assert says.most is not None
        # Times 1,200 everything is whole (thirds, twentieths, quarters; halves of a tenth), so half a unit shuts an open end.
        rows.append([float(1200 * figure.figure.terms.get(atom, Fraction(0))) for atom in atoms])
        low, high = float(1200 * says.least), float(1200 * says.most)
        ends.append((low + says.least_open / 2, high - says.most_open / 2))
    found = optimize.milp(
        [sign * float(goal.get(atom, 0)) for atom in atoms],
        integrality=np.ones(len(atoms), dtype=int),
        constraints=optimize.LinearConstraint(np.array(rows), [low for low, _ in ends], [high for _, high in ends]),
    )
    assert found.success
    return sign * float(found.fun)


@settings(max_examples=25, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_more_print_never_widens_coarser_print_never_narrows_and_order_says_nothing(table: Small, dice: random.Random) -> None:
    marks, factors = table
    cells, counts = told(marks)
    printed = on_paper(marks, factors)
    whole, fewer = ends_of(cells, counts, printed), ends_of(cells, counts, printed[:-1])
    exact = ends_of(cells, counts, on_paper(marks, [(own, None) for own, _ in factors]))
    for more, less in ((whole, fewer), (exact, whole)):
        for what in more.keys() & less.keys():
            for (low, high), (least, most) in zip(more[what], less[what], strict=True):
                assert least <= low <= high <= most
    assert ends_of(dice.sample(cells, len(cells)), counts, dice.sample(printed, len(printed))) == whole


@settings(max_examples=25, deadline=None)
@given(tables(), st.sampled_from(["组0", "组1"]))
def test_what_fails_with_less_print_fails_with_more(table: Small, body: str) -> None:
    """And what an outsider knows an insider knows who sees the same."""
    marks, factors = table
    cells, counts = told(marks)
    printed = on_paper(marks, factors)
    readers = [
        Reader(name="少", sees=frozenset(one.figure.name for one in printed[:-1])),
        Reader(name="多", sees=frozenset(one.figure.name for one in printed)),
        Reader(name="内", sees=frozenset(one.figure.name for one in printed), body=body),
    ]
    found = infer(cells, counts, printed, readers)
    bad = {who: {one.cells for one in failing(found) if one.reader == who and one.kind == "count"} for who in "少多"}
    assert bad["少"] <= bad["多"]
    alone = {one.name for one in cells if one.body == body and one.raters == 1}
    follows = [
        {one.cells for one in found if one.reader == who and (one.kind, one.verdict) == ("count", "known")} for who in "多内"
    ]
    assert {names for names in follows[0] if names[0] not in alone} <= follows[1]
