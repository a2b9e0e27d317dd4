"""Between which ends a count or a sum can lie, for somebody who sees a block's figures and may know an answer in each cell.

Quick questions come first, and answers to them hold for every rater; then what one reader can say, by looking at all ways; then
the solver's proposals. Each range is made of ways to answer that were found, so it is never too wide.

Lives here: in which order work is done. May not live here: who asks, under which name, and how wide is wide enough (`watched`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import prod
from typing import NamedTuple

from analysis.disclosure.effects import Effects
from analysis.disclosure.search import NEAR, Work, easily, possible
from analysis.disclosure.solving import propose
from analysis.disclosure.watched import Watched
from analysis.disclosure.whole import Counts, Shape, made

#: The least and the greatest possible; for counts one pair a choice, for a sum one pair.
Ranges = tuple[tuple[int, int], ...]
#: An insider's own answer by cell.
Form = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class OpenQuestion:
    """What of a block is asked about, and how far apart its ends have to lie: of some choice's count, or of the sum, in the
    block's whole units. Where so much is found to be open, the search ends."""

    shape: Shape
    asked: Watched
    needed: Fraction


@dataclass(frozen=True)
class Allowed:
    """Work for one question: partial solutions, questions to the solver, its branches, own forms told apart."""

    states: int
    solves: int
    nodes: int
    forms: int


@dataclass(frozen=True)
class Found:
    """A range, and for whom: an insider who gave `form`, or any whose answer in `anyone`'s cells is one that was given."""

    ranges: Ranges
    exact: bool
    form: Form = ()
    anyone: bool = False


@lru_cache(maxsize=512)
def effects_of(shape: Shape) -> Effects:
    """The steps of a block, worked out once for all that have its shape.

    Parameters
    ----------
    shape
        The block without names.
    """
    return Effects(shape)


def forget() -> None:
    """Begin anew, as if nothing had been asked yet: for whoever measures what a decision takes."""
    for kept in (effects_of, _ranges, _searched, _helpers):
        kept.cache_clear()


def measured(shape: Shape, asked: Watched, counts: Sequence[Counts]) -> Counts:
    """What is asked about, for these counts.

    Parameters
    ----------
    shape
        The block.
    asked
        What is asked about.
    counts
        By cell.
    """
    if asked.row is None:
        return counts[asked.at[0]]
    terms = shape.rows[asked.row][0]
    return (made([terms[cell] for cell in asked.at], [counts[cell] for cell in asked.at]),)


def is_wide(found: Found, question: OpenQuestion) -> bool:
    """Whether enough stays open within a range.

    Parameters
    ----------
    found
        The range.
    question
        What it answers.
    """
    if known(found, question) is not None:
        return False
    return max(most - least for least, most in found.ranges) >= question.needed


def known(found: Found, question: OpenQuestion) -> int | None:
    """What follows, as the number of a choice; of a sum 0.

    Parameters
    ----------
    found
        The range.
    question
        What it answers.

    Returns
    -------
    int, or None
        The first choice of which the count, less the reader's own answer, follows and is not zero. A sum follows where it has no
        range, unless it only says that some choices were given by nobody (`only_excludes`).
    """
    asked = question.asked
    own = dict(found.form).get(asked.at[0], -1) if asked.row is None else -1
    for choice, (least, most) in enumerate(found.ranges):
        if asked.row is None and least == most > (choice == own):
            return choice
        if asked.row is not None and least == most and not only_excludes(question, least):
            return 0
    return None


def counts_votes(question: OpenQuestion) -> bool:
    """Whether a sum counts the answers that fell on some choices, with nothing else.

    Parameters
    ----------
    question
        About a sum.
    """
    terms = [question.shape.rows[question.asked.row or 0][0][cell] for cell in question.asked.at]
    return len({one for own in terms for one in own}) == 2


def only_excludes(question: OpenQuestion, value: int) -> bool:
    """Whether a count of votes at its end leaves at least two choices in each cell: nobody gave the others, and no mark follows.

    Parameters
    ----------
    question
        About a sum.
    value
        The sum.
    """
    shape, asked = question.shape, question.asked
    if not counts_votes(question):
        return False
    terms = shape.rows[asked.row or 0][0]
    most = sum(max(terms[cell]) * shape.raters(cell) for cell in asked.at)
    left = {0: min, most: max}.get(value)
    return left is not None and all(terms[cell].count(left(terms[cell])) >= 2 for cell in asked.at)


def ranges_of(question: OpenQuestion, own: frozenset[int], anybody: frozenset[int], allowed: Allowed) -> list[Found]:
    """What a reader can say of what is asked about.

    Parameters
    ----------
    question
        What is asked about.
    own
        The cells in which the reader may have answered.
    anybody
        The cells in which any reader may have: a quick question is answered for all of them at once.
    allowed
        The work.

    Returns
    -------
    list of Found
        One, or one for each form the reader may have filled.
    """
    if question.asked.row is not None:
        together = anybody & frozenset(question.asked.at)
        found = _searched(question, together, anybody | own, allowed.states) if question.shape.sound else []
        if found and all(is_wide(one, question) for one in found):
            return found  # so much that nobody can rule out, whoever they are
    if own:
        outside = _ranges(question, frozenset(), anybody, allowed)
        if not all(is_wide(one, question) for one in outside):
            return outside  # whoever knows an answer more sees no less
    return _ranges(question, own, anybody, allowed)


@lru_cache(maxsize=20_000)
def _ranges(question: OpenQuestion, own: frozenset[int], anybody: frozenset[int], allowed: Allowed) -> list[Found]:
    shape, asked = question.shape, question.asked
    if not shape.sound:
        return [Found(_ends([measured(shape, asked, shape.truth)]), exact=False, anyone=bool(own))]
    mine = own & frozenset(asked.at)
    found = _searched(question, mine, anybody | own, allowed.states)
    if anybody - own and not _settled(found, question):
        found = _searched(question, mine, own, allowed.states)
    if own and not _settled(found, question):
        forms = prod(sum(map(bool, shape.truth[cell])) for cell in own)
        found = _by_form(question, own, allowed.states) if forms <= allowed.forms else found
    return [one if one.exact or is_wide(one, question) else _proposed(question, one, own, allowed) for one in found]


def _settled(found: Sequence[Found], question: OpenQuestion) -> bool:
    return all(one.exact or is_wide(one, question) for one in found)


@lru_cache(maxsize=20_000)
def _searched(question: OpenQuestion, mine: frozenset[int], sure: frozenset[int], states: int) -> list[Found]:
    """By looking at ways. Of the cells in `sure` only steps that nobody who answered there can rule out are taken; of what is
    asked about only where the reader answered themselves."""
    shape, asked = question.shape, question.asked
    effects = effects_of(shape)
    kept = (sure - frozenset(asked.at)) | mine
    if asked.row is None and mine:
        cell = asked.at[0]
        forms: list[Form] = [((cell, choice),) for choice, count in enumerate(shape.truth[cell]) if count]
    else:
        forms = [()]
    blurred = kept if asked.row is not None else kept - mine

    def steps(cell: int) -> frozenset[int]:
        return effects.sure(cell) if cell in kept else effects.free(cell)

    def whole() -> bool:
        return all(effects.full) and all(steps(cell) == effects.free(cell) for cell in blurred)

    def near(cell: int) -> frozenset[int]:
        return effects.near(cell, sure=cell in kept)

    return _looked(question, _Sets(steps, near, forms, whole, bool(mine) and asked.row is not None), states)


def _by_form(question: OpenQuestion, own: frozenset[int], states: int) -> list[Found]:
    """For each form the reader may have filled, by looking at all ways that hold it."""
    shape = question.shape
    effects = effects_of(shape)
    found: list[Found] = []
    for choices in product(*([choice for choice, count in enumerate(shape.truth[cell]) if count] for cell in sorted(own))):
        form = tuple(zip(sorted(own), choices, strict=True))
        told = dict(form)

        def steps(cell: int, told: Mapping[int, int] = told) -> frozenset[int]:
            return effects.held(cell, told[cell]) if cell in told else effects.free(cell)

        def near(cell: int, told: Mapping[int, int] = told) -> frozenset[int]:
            return effects.held(cell, told[cell]) if cell in told else effects.near(cell, sure=False)

        found += _looked(question, _Sets(steps, near, [form], lambda: all(effects.full), anyone=False), states)
    return found


class _Sets(NamedTuple):
    """By cell the steps it may take, and some of these that are soon found; the forms told apart; whether these are all there
    are; whether a form is not told."""

    steps: Callable[[int], frozenset[int]]
    near: Callable[[int], frozenset[int]]
    forms: list[Form]
    whole: Callable[[], bool]
    anyone: bool


def _looked(question: OpenQuestion, sets: _Sets, states: int) -> list[Found]:
    """For each form what is possible, where each cell may take the steps of its set."""
    shape, asked = question.shape, question.asked
    effects, work = effects_of(shape), Work(states)
    steps, every = _steps(effects, asked, sets.steps, work)
    true = measured(shape, asked, shape.truth)

    def views(steps_done: Collection[int], *, complete: bool) -> list[Found]:
        done = {0, *steps_done}  # what is true is possible, however little work is allowed
        if asked.row is not None:
            place = effects.order.index(asked.row)
            values = [true[0] + effects.digits(one)[place] for one in done]
            return [Found(((min(values), max(values)),), complete, form, sets.anyone) for form in sets.forms]
        open_to = [way for way, effect in effects.ways_of(asked.at[0]) if effect in done]
        held = [
            [way for way in open_to if all(way[choice] for cell, choice in form if cell == asked.at[0])] for form in sets.forms
        ]
        return [Found(_ends(one), complete, form, sets.anyone) for one, form in zip(held, sets.forms, strict=True)]

    def enough(done: set[int]) -> bool:
        return all(is_wide(one, question) for one in views(done, complete=False))

    helpers = _helpers(shape, asked.at)
    soon = easily(effects, steps, [sets.near(cell) for cell in helpers[:NEAR]], Work(states), enough)
    if enough(soon):
        return views(soon, complete=False)
    result = possible(effects, steps, [sets.steps(cell) for cell in helpers], work, enough)
    return views(result.steps, complete=result.complete and every and sets.whole())


def _steps(effects: Effects, asked: Watched, sets: Callable[[int], frozenset[int]], work: Work) -> tuple[frozenset[int], bool]:
    """The steps of what is asked about, and whether they are all there are."""
    if asked.row is None:
        return frozenset(effect for _, effect in effects.ways_of(asked.at[0])), True
    sums, every = {0}, True
    for cell in asked.at:
        if not work.take(len(sums) * len(sets(cell))):
            every = False
            continue
        sums = {one + other for one in sums for other in sets(cell)}
    return frozenset(sums), every


def _proposed(question: OpenQuestion, found: Found, own: frozenset[int], allowed: Allowed) -> Found:
    """A range made wider by what a solver proposes."""
    shape, asked = question.shape, question.asked
    given = dict(found.form)
    least = [tuple(min(1, one) if cell in own else 0 for one in true) for cell, true in enumerate(shape.truth)]
    for cell, choice in given.items():
        least[cell] = tuple(int(at == choice) for at in range(len(shape.truth[cell])))
    for wanted, _ in zip(_wishes(shape, asked), range(allowed.solves), strict=False):
        counts = propose(shape, least, wanted, allowed.nodes)
        if counts is not None:
            now = measured(shape, asked, counts)
            ends = tuple((min(low, one), max(high, one)) for (low, high), one in zip(found.ranges, now, strict=True))
            found = replace(found, ranges=ends)
            if is_wide(found, question):
                break
    return found


def _wishes(shape: Shape, asked: Watched) -> Iterator[list[Counts]]:
    """Sums to make great: what is asked about, up and down."""
    nothing = [tuple(0 for _ in one) for one in shape.truth]
    if asked.row is not None:
        terms = shape.rows[asked.row][0]
        ends = [{cell: terms[cell] for cell in asked.at}]
    else:
        cell, many = asked.at[0], len(shape.truth[asked.at[0]])
        ends = [{cell: tuple(int(at == choice) for at in range(many))} for choice in range(many)]
    for end in ends:
        for sign in (1, -1):
            yield [tuple(sign * one for one in end.get(cell, zeros)) for cell, zeros in enumerate(nothing)]


def _ends(counts: Sequence[Counts]) -> Ranges:
    return tuple((min(one), max(one)) for one in zip(*counts, strict=True))


@lru_cache(maxsize=20_000)
def _helpers(shape: Shape, at: tuple[int, ...]) -> list[int]:
    """The other cells: those first that move the same figures alike, then those that move no other figure, then by figure."""
    rows = [
        frozenset(row for row, (terms, _, _) in enumerate(shape.rows) if any(terms[cell])) for cell in range(len(shape.truth))
    ]
    mine = frozenset[int]().union(*(rows[cell] for cell in at))
    alike = [[terms[cell] for terms, _, _ in shape.rows] for cell in range(len(shape.truth))]
    return sorted(
        (cell for cell in range(len(shape.truth)) if cell not in at),
        key=lambda cell: (
            all(alike[cell] != alike[one] for one in at),
            len(rows[cell] - mine),
            sorted(rows[cell]),
            -sum(shape.truth[cell]),
            cell,
        ),
    )
