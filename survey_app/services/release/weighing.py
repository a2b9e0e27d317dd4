"""What figures that leave together give away about answers that do not: the question as the analysis takes it.

Lives here: cells, counts, printed figures and readers of one body of answers, and what is found put as a leak. May not live here:
the inference itself (`analysis.disclosure.inference`), what is done about a leak (`deciding`).

Who is asked about: somebody who has every page, file, letter, notice and bundle; and such a person who is besides one of those
that answered, of every group in turn. Other readers see part of that.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.disclosure.inference import Effort, Inference, Protection, Reader, infer
from analysis.disclosure.leaks import Atom, Cell, Label, Leak, LinearFigure, check
from analysis.disclosure.printed import Interval, PrintedFigure
from analysis.disclosure.protecting import Measure, after, protect
from survey_app.services.release.figure import Figure, SideOf, named
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.union import CountCell, Stated, Union, Unknown

#: Work that one body of answers may cost one reader. It counts work and no time: the same count is decided alike everywhere. The
#: solver only proposes what the search finds without it, and costs ten times as much: what is not found counts as not safe.
EFFORT = Effort(states=20_000, solves=0, forms=16)
#: So many sets of measures are tried for the cheapest; a village hall waits for the count.
TRIALS = 12
#: A reader of everything who gave no answer.
ANYBODY = "anybody"
#: What a figure says of the unknown counts, whatever its size and whatever is known beside.
Direction = tuple[tuple[Unknown, Fraction], ...]


@dataclass(frozen=True, kw_only=True)
class Ranged:
    """A figure that left before, with what a reader knows of it since: where it lies."""

    figure: Figure
    rests: frozenset[CountCell]
    terms: Mapping[Unknown, Fraction]
    value: Fraction
    between: Interval
    slack: Fraction = Fraction(0)


@dataclass(frozen=True)
class Asking:
    """All that the analysis is asked about one body of answers."""

    cells: tuple[Cell, ...]
    counts: Mapping[Atom, int]
    figures: tuple[PrintedFigure, ...]
    readers: tuple[Reader, ...]


def direction(one: Stated, unknown: Collection[CountCell]) -> Direction:
    """What two figures have in common that say the same of the unknown counts."""
    terms = sorted((at, factor) for at, factor in (one.terms or {}).items() if at[0] in unknown and factor)
    return tuple((at, factor / terms[0][1]) for at, factor in terms)


def protection(plan: ReleasePlan) -> Protection:
    """What has to stay open, as it was promised."""
    return Protection(floor=plan.floor, floors=plan.floors)


def printed(one: Stated, step: Fraction, cells: Collection[CountCell]) -> PrintedFigure:
    """A figure as it is announced, rounded half away from zero, over the answers that are weighed. Whatever else it holds counts
    as known."""
    return PrintedFigure(figure=LinearFigure(one.figure, _over(one.terms or {}, cells), one.value), step=step, slack=one.slack)


def printed_before(one: Ranged, number: int, cells: Collection[CountCell]) -> PrintedFigure:
    """A figure as it was announced in an earlier report; `number` tells the reports apart."""
    name = ("before", number, one.figure)
    return PrintedFigure(figure=LinearFigure(name, _over(one.terms, cells), one.value), between=one.between, slack=one.slack)


def printed_sides(one: Stated, cells: Collection[CountCell]) -> list[PrintedFigure]:
    """The inequalities a figure stands on, as far as they say anything of the answers that are weighed."""
    found = []
    for at, side in enumerate(one.sides):
        terms = _over(side.terms, cells)
        if terms:
            first, value, between = terms[min(terms)], side.value, side.between
            if first < 0:  # so that two of one direction are one row
                terms, value, between = {atom: -by for atom, by in terms.items()}, -value, between.turned()
            form = LinearFigure(SideOf(one.figure, at), terms, value)
            found.append(PrintedFigure(figure=form, between=between, slack=side.slack))
    return found


def _over(terms: Mapping[Unknown, Fraction], cells: Collection[CountCell]) -> dict[Atom, Fraction]:
    return atoms({unknown: factor for unknown, factor in terms.items() if unknown[0] in cells})


def atoms(terms: Mapping[Unknown, Fraction]) -> dict[Atom, Fraction]:
    """Coefficients under the analysis' names."""
    return {(cell, str(code)): factor for (cell, code), factor in terms.items()}


def asked(union: Union, unknown: Collection[CountCell], figures: Sequence[PrintedFigure]) -> Asking:
    """The question what these figures tell of the unknown cells.

    Parameters
    ----------
    union
        Counts, floors and promises.
    unknown
        Cells held back; all others are known.
    figures
        What leaves beside the counts.
    """
    names = {name for one in figures for name, _choice in one.figure.terms} | set(unknown)
    cells = [_cell(union, name) for name in sorted(names)]
    counts = {(one.name, choice): _count(union, one.name, int(choice)) for one in cells for choice in one.choices}
    seen = frozenset(one.figure.name for one in figures)
    knows = frozenset(names - set(unknown))
    # Also of groups whose answers still leave: where those are given up, their own raters know more than anybody else.
    bodies = sorted({one.body for one in cells if one.protected and one.raters})
    readers = [Reader(name=body or ANYBODY, sees=seen, knows=knows, body=body) for body in ("", *bodies)]
    return Asking(tuple(cells), counts, tuple(figures), tuple(readers))


def _cell(union: Union, name: Label) -> Cell:
    subject, group, item = name
    cell = (subject, group, item)
    return Cell(cell, group, union.answered(cell), tuple(map(str, union.graded(item))), union.protected(group))


def _count(union: Union, name: Label, code: int) -> int:
    subject, group, item = name
    return union.given((subject, group, item), code)


def cheapest(
    plan: ReleasePlan, question: Asking, measures: Sequence[Measure]
) -> tuple[frozenset[Hashable], tuple[Inference, ...]]:
    """The measures that together cost least and close everything, and what stays open to inference all the same.

    Parameters
    ----------
    plan
        What was promised.
    question
        What leaves without any measure.
    measures
        What may be given up.

    Returns
    -------
    chosen, left
        Names of measures, and inferences. Where something cannot be closed at all, those measures without which more could be
        inferred: whatever is given up beside them would help nobody.
    """
    asked = (question.cells, question.counts, question.figures, question.readers)
    remedy = protect(*asked, measures, protection=protection(plan), effort=EFFORT, trials=TRIALS)
    if not remedy.left:
        return frozenset(remedy.chosen), ()

    def told(names: Collection[Hashable]) -> tuple[Inference, ...]:
        figures, readers = after(question.figures, question.readers, [one for one in measures if one.name in names])
        found = infer(question.cells, question.counts, figures, readers, protection=protection(plan), effort=EFFORT)
        return tuple(one for one in found if one.verdict != "safe")

    chosen, left = frozenset(remedy.chosen), remedy.left
    for one in sorted(measures, key=lambda one: (-one.cost, repr(one.name))):
        fewer = told(chosen - {one.name})
        if sum(map(_weight, fewer)) <= sum(map(_weight, left)):
            chosen, left = chosen - {one.name}, fewer
    return chosen, left


def _weight(one: Inference) -> int:
    return {"known": 3, "unproven": 2, "narrow": 1}.get(one.verdict, 0)


def isolated(union: Union, cells: Collection[CountCell], stated: Iterable[Stated]) -> list[Leak]:
    """What figures over these cells, all of them held back, show of few people by adding and subtracting."""
    forms = [
        LinearFigure(one.figure, {at: by for at, by in atoms(one.terms).items() if at[0] in cells}) for one in stated if one.terms
    ]
    known = [_cell(union, cell) for cell in cells]
    return check(known, [one for one in forms if one.terms], floor=union.plan.floor, floors=union.plan.floors)


def leaks_of(union: Union, found: Iterable[Inference]) -> list[Leak]:
    """What can be inferred, put as leaks: whose answers, of how many, and from which figures."""
    every: dict[frozenset[Label], Leak] = {}
    for one in sorted(found, key=lambda one: (one.reader in one.bodies, one.people)):
        insider = one.reader in one.bodies
        figures = dict.fromkeys(figure for name in one.figures if (figure := named(name)) is not None)
        leak = Leak(
            kind="insider" if insider else "unproven" if one.verdict == "unproven" else "isolated",
            cells=tuple(_cell(union, name) for name in one.cells),
            raters=one.people + (1 if insider else 0),
            combo=tuple((figure, 1) for figure in figures),
            choice=one.choice,
            bodies=one.bodies,
        )
        every.setdefault(frozenset(one.cells), leak)  # counts and sums of the same cells say one thing
    return list(every.values())
