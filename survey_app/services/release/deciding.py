"""How it is decided what may leave: body of answers by body of answers, once, over everything that leaves by whichever way.

Lives here: the order in which things are given up. May not live here: which figures there are (`union`), what they give away
(`weighing`), asking a decision (`withholding`).

First every cell of an anonymous group answered by no more than the floor is held back (one of exactly so many would see the
others). A figure that rests on such a cell leaves only as it was announced, rounded; means by group and the books of flags that
rest on one do not leave. Then all that is left is weighed together; where it still tells what was held back, the cheapest that
helps is given up: a mean by item, further answers, last digits of a score. Where nothing helps it is said (`leaks`): only merging
or signing that group would.

What left before is weighed with it: reports of the same round that were computed earlier (`LeftBefore`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from analysis.disclosure.leaks import Leak
from analysis.disclosure.printed import PrintedFigure
from analysis.disclosure.protecting import Measure
from survey_app.presenting import figures
from survey_app.services.release import weighing
from survey_app.services.release.figure import Figure, Place, SideOf
from survey_app.services.release.readers import BY_GROUP, BY_ITEM, FLAG, SCORE, VERDICT
from survey_app.services.release.union import CountCell, Stated, Union
from survey_app.services.release.weighing import Ranged

#: What giving a thing up costs. A score is what people came for: its digits go after everything beside it. Answers cost by how
#: many people's voice is no longer listed, and more where a satisfaction page asks for them.
#: A share or an index beside the score may go altogether, after all digits of it, and so may a number that says of the answers
#: what another one says already (a distance to last year's score, the mean of a class). The score itself goes last of all: what
#: was promised to few people is kept, and the page says why there is none.
#: A step wider than one costs more than all that stands beside the score. A rank only repeats what scores say, and goes before a
#: decimal does where it says more; whether a flag is up goes before the score, the tier last: people came for these.
MEAN_BY_ITEM, ANSWERS, ASKED_ANSWERS, RANK, DIGIT, SHARE, WIDE_STEP = 1, 10, 200, 900, 1000, 5000, 20_000
UNSAID, WHOLE_SCORE, TIER = 100_000, 500_000, 1_000_000


@dataclass(frozen=True)
class HeldBack:
    """For one subject: the cells and values held back, and what the scores show all the same.

    `digits`: figures that leave with fewer digits than the scheme says, and with how many. `verdicts`: flags of which not even
    whether they are up is said; a rank or a tier that is not said is one of `values`.
    """

    cells: frozenset[CountCell] = frozenset()
    values: frozenset[Place] = frozenset()
    leaks: tuple[Leak, ...] = ()
    digits: Mapping[Place, int] = field(default_factory=dict, hash=False)
    verdicts: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class LeftBefore:
    """What left of these answers already: what was held back by subject, and figures with the range they were announced in."""

    held: Mapping[str, HeldBack] = field(default_factory=dict)
    ranged: tuple[Ranged, ...] = ()


@dataclass(frozen=True)
class _Body:
    """Answers about one subject, and figures that rest on them, some of which stand at others."""

    about: tuple[str, ...]
    stated: tuple[Stated, ...]


@dataclass(frozen=True)
class State:
    """What leaves, while it is decided: cells held back, means given up, digits of figures that leave with fewer."""

    cells: frozenset[CountCell]
    given: frozenset[Figure] = frozenset()
    digits: Mapping[Place, int] = field(default_factory=dict, hash=False)


@dataclass
class _Sum:
    """A decision about one subject while it is put together."""

    cells: set[CountCell] = field(default_factory=set)
    values: set[Place] = field(default_factory=set)
    leaks: list[Leak] = field(default_factory=list)
    digits: dict[Place, int] = field(default_factory=dict)
    verdicts: set[Place] = field(default_factory=set)

    def whole(self) -> HeldBack:
        held = frozenset(self.cells), frozenset(self.values), tuple(self.leaks), dict(self.digits)
        return HeldBack(*held, frozenset(self.verdicts))


@dataclass(frozen=True)
class _Outcome:
    """What was decided about a body, and what can be inferred all the same."""

    state: State
    leaks: tuple[Leak, ...]


def decide(
    union: Union, earlier: LeftBefore, decided: Callable[[Sequence[str]], None] = lambda _about: None
) -> dict[str, HeldBack]:
    """The decision about every subject of whom anything is held back.

    Parameters
    ----------
    union
        Everything that leaves.
    earlier
        What left of the same answers before; nothing held back then leaves now.
    decided
        Called when a body of answers has been decided about, with the subjects it is about: again where it was weighed again.
    """
    found = defaultdict[str, _Sum](_Sum)
    bodies = _bodies(union, earlier)
    weighed: dict[tuple[str, ...], State] = {}
    left: dict[tuple[str, ...], tuple[Leak, ...]] = {}
    for body in bodies:
        outcome = _outcome(union, body, earlier, _joint(union, body, found))
        _give_up(union, body, outcome.state, found)
        weighed[body.about], left[body.about] = outcome.state, outcome.leaks
        decided(body.about)
    # What one body gave up may stand at another, and a coarser step is no part of a finer one: weighed again until it stays.
    while changed := [body for body in bodies if _joint(union, body, found) != weighed[body.about]]:
        for body in changed:
            outcome = _outcome(union, body, earlier, _joint(union, body, found))
            _give_up(union, body, outcome.state, found)
            weighed[body.about], left[body.about] = outcome.state, outcome.leaks
            decided(body.about)
    for subject, one in earlier.held.items():
        for place in one.values if subject in {who for body in bodies for who in body.about} else ():
            found[union.subject_at(place)].values.add(place)
    for leak in (leak for leaks in left.values() for leak in leaks):
        for subject in dict.fromkeys(cell.name[0] for cell in leak.cells):
            found[subject].leaks.append(leak)
    return {subject: one.whole() for subject, one in sorted(found.items())}


def _give_up(union: Union, body: _Body, state: State, found: Mapping[str, _Sum]) -> None:
    """Put down what was decided about a body, at whichever subject it stands."""
    for cell in state.cells:
        found[cell[0]].cells.add(cell)
    for one in body.stated:
        for place in one.places if _goes(one, state) else ():
            mine = found[union.subject_at(place)]
            (mine.verdicts if one.figure.kind == VERDICT else mine.values).add(place)
    for place, digits in state.digits.items():
        mine = found[union.subject_at(place)]
        mine.digits[place] = min(digits, mine.digits.get(place, digits))


def _joint(union: Union, body: _Body, found: Mapping[str, _Sum] | Mapping[str, HeldBack]) -> State:
    """What leaves of a body's figures by all that is decided so far, at whichever subject they stand."""
    at = {union.subject_at(place) for one in body.stated for place in one.places}
    mine = [found[subject] for subject in {*body.about, *at} if subject in found]
    cells = frozenset(cell for one in mine for cell in one.cells if cell[0] in body.about)
    gone = frozenset[Place]().union(*(one.values for one in mine))
    silent = frozenset[Place]().union(*(one.verdicts for one in mine))
    given = frozenset(
        one.figure
        for one in body.stated
        if one.figure.kind != FLAG and one.figure.place in (silent if one.figure.kind == VERDICT else gone)
    )
    places = {place for one in body.stated for place in one.places}
    digits = {place: number for one in mine for place, number in one.digits.items() if place in places}
    return State(cells, given, digits)


def shown_by_scores(union: Union) -> dict[str, list[Leak]]:
    """What the scores show of small groups when everything else is held back; only subjects of whom they show anything.

    By algebra alone, which does not ask what the numbers are: before a vote there are none.
    """
    found = defaultdict[str, list[Leak]](list)
    for body in _bodies(union, LeftBefore()):
        scores = [one for one in body.stated if one.figure.kind == SCORE]
        for leak in weighing.isolated(union, [cell for subject in body.about for cell in union.asked[subject]], scores):
            for subject in dict.fromkeys(cell.name[0] for cell in leak.cells):
                found[subject].append(leak)
    return dict(found)


def _bodies(union: Union, earlier: LeftBefore) -> list[_Body]:
    """Subjects of whom something has to be held back, each with every figure, whoever it stands at, that rests on their answers.

    Such a figure may rest on hidden answers about others as well. Those count as known here: who assumes that a reader knows more
    than they do holds back too much and never too little, and each subject can be decided about alone.
    """
    small = union.small | {subject for subject, one in earlier.held.items() if one.cells}
    visitors = union.visitors(small) if small else {}
    bodies = []
    for subject in sorted(small):
        guests = [one for one in visitors.get(subject, ()) if one.terms or one.sides]
        there = {figure for one in guests for figure in one.figures}
        every = {one.figure: one for one in union.of(subject) if one.figure not in there} | {one.figure: one for one in guests}
        bodies.append(_Body((subject,), tuple(every.values())))
    return bodies


def _outcome(union: Union, body: _Body, earlier: LeftBefore, joint: State) -> _Outcome:
    """What few people stand behind, then the cheapest that closes what gives that away beside what is given up already."""
    before = [earlier.held[subject] for subject in body.about if subject in earlier.held]
    few = {cell for subject in body.about for cell in union.asked[subject] if union.few(cell)}
    digits = {**joint.digits}
    for place, number in [pair for one in before for pair in one.digits.items()]:
        digits[place] = min(number, digits.get(place, number))
    silent = frozenset[Place]().union(*(one.verdicts for one in before))
    given = joint.given | {one.figure for one in body.stated if one.figure.kind == VERDICT and one.figure.place in silent}
    state = State(frozenset(few.union(joint.cells, *(one.cells for one in before))), frozenset(given), digits)
    printed = _printed(union, body, state, earlier)
    question = weighing.asked(union, state.cells, printed)
    offered = _measures(union, body, state, {one.figure.name for one in printed})
    chosen, left = weighing.cheapest(union.plan, question, [one.measure for one in offered])
    for one in offered:
        if one.measure.name in chosen:
            coarser = {place: min(digits, state.digits.get(place, digits)) for place, digits in one.digits.items()}
            state = State(state.cells | one.cells, state.given | one.given, {**state.digits, **coarser})
    gone = {one.figure for one in body.stated if one.figure.kind != FLAG and _goes(one, state)}
    return _Outcome(replace(state, given=state.given | gone), tuple(weighing.leaks_of(union, left)))


@dataclass(frozen=True)
class _Offer:
    """A measure as the analysis takes it, and what it means here."""

    measure: Measure
    given: frozenset[Figure] = frozenset()
    cells: frozenset[CountCell] = frozenset()
    digits: Mapping[Place, int] = field(default_factory=dict, hash=False)


def _measures(union: Union, body: _Body, state: State, printed: Collection[Hashable]) -> list[_Offer]:
    """All that may be given up of what is `printed` so that what is held back stays open, with its price."""
    heard = [one for one in body.stated if one.terms and one.value is not None and one.figure.kind in (SCORE, BY_ITEM)]
    touching = [one for one in heard if not one.rests.isdisjoint(state.cells) and not _goes(one, state)]
    return [
        *_figures_given(union, touching, state, printed),
        *_verdicts_given(union, body, state, printed),
        *_answers_given(union, body, state, heard),
        *_digits_given(union, [one for one in touching if one.figure.kind == SCORE], state),
    ]


def _figures_given(union: Union, touching: Sequence[Stated], state: State, printed: Collection[Hashable]) -> Iterator[_Offer]:
    """Figures that may go altogether: means by item, shares and indices beside the score, what only repeats it, and it last."""
    indices = {one.index for one in union.scheme.layout.satisfaction}
    said: set[tuple[str, weighing.Direction]] = set()
    means = defaultdict[tuple[str, str], list[Stated]](list)
    for one in touching:
        info = union.scheme.quantities.get(one.figure.quantity)
        says = union.subject_at(one.figure.place), weighing.direction(one, state.cells)
        if one.figure.kind == BY_ITEM:
            means[one.figure.quantity, union.subject_at(one.figure.place)].append(one)
        elif (info is not None and info.kind == "share") or one.figure.quantity in indices or one.also or says in said:
            yield _given([one], SHARE, printed)
        else:
            yield _given([one], WHOLE_SCORE, printed)
        said.add(says)
    for family in means.values():  # a list with gaps would be read as one with a meaning
        yield _given(family, MEAN_BY_ITEM * len(family), printed)


def _given(family: Sequence[Stated], cost: int, printed: Collection[Hashable]) -> _Offer:
    figures = frozenset(one.figure for one in family)
    gone = frozenset[Hashable](figures.union(*map(_sides, family))).intersection(printed)
    return _Offer(Measure(name=("figure", family[0].figure), cost=cost, withholds=gone), figures)


def _verdicts_given(union: Union, body: _Body, state: State, printed: Collection[Hashable]) -> Iterator[_Offer]:
    """Ranks, tiers and verdicts that may go unsaid, each with all that tell it: the others' places in its pool."""
    for one in body.stated:
        gone = frozenset(_sides(one)).intersection(printed)
        if not one.terms and gone and not _goes(one, state):
            info = union.scheme.quantities.get(one.figure.quantity)
            ranked = info is not None and info.kind in ("rank", "number", "share")
            cost = RANK if ranked else UNSAID if one.figure.kind == VERDICT else TIER
            yield _Offer(Measure(name=("verdict", one.figure), cost=cost, withholds=gone), frozenset({one.figure}))


def _sides(one: Stated) -> list[SideOf]:
    return [SideOf(one.figure, at) for at in range(len(one.sides))]


def _answers_given(union: Union, body: _Body, state: State, heard: Sequence[Stated]) -> Iterator[_Offer]:
    """Answers of one group about one subject that may be held back as well, and what goes with them."""
    beside = defaultdict[tuple[str, str], set[CountCell]](set)
    for one in heard:
        if not one.rests.isdisjoint(state.cells) and not _goes(one, state):
            for cell in one.rests - state.cells:
                if cell[0] in body.about and union.protected(cell[1]) and union.answered(cell):
                    beside[cell[:2]].add(cell)
    for place, cells in sorted(beside.items()):
        then = replace(state, cells=state.cells | cells)
        going = [one for one in heard if _goes(one, then) and not _goes(one, state)]
        gone = frozenset[Hashable](one.figure for one in going)
        price = sum(_price(union, cell) for cell in cells)
        measure = Measure(name=("answers", *place), cost=price, hides=frozenset(cells), withholds=gone)
        yield _Offer(measure, cells=frozenset(cells))


def _digits_given(union: Union, scores: Sequence[Stated], state: State) -> Iterator[_Offer]:
    """Last digits of scores. Those that say the same of what is held back lose them together: one alone would be no help."""
    alike = defaultdict[weighing.Direction, list[Stated]](list)
    for one in scores:
        alike[weighing.direction(one, state.cells)].append(one)
    for family in alike.values():
        most = max(digits_of(union, one.figure, state) for one in family)
        for digits in range(figures.COARSEST, most):
            rounds: dict[Hashable, Fraction] = {one.figure: step_of(union, one.figure, digits) for one in family}
            places = {place: digits for one in family if digits < digits_of(union, one.figure, state) for place in one.places}
            cost = (DIGIT * (most - max(digits, 0)) + WIDE_STEP * max(-digits, 0)) * len(family)
            yield _Offer(Measure(name=("digits", family[0].figure, digits), cost=cost, rounds=rounds), digits=places)


def _price(union: Union, cell: CountCell) -> int:
    asked = cell[2] in {question.item for question in union.scheme.layout.satisfaction}
    return (ASKED_ANSWERS if asked else ANSWERS) + union.answered(cell)


def _goes(one: Stated, state: State) -> bool:
    """Whether a figure does not leave at all."""
    if one.rests.isdisjoint(state.cells):
        return False
    alone = one.figure.kind == BY_ITEM and (one.terms is None or len({cell[1] for cell in one.rests}) == 1)
    return alone or one.figure.kind in (BY_GROUP, FLAG) or one.figure in state.given


def digits_of(union: Union, figure: Figure, state: State) -> int:
    """With how many digits a figure leaves that rests on something held back."""
    info = union.scheme.quantities.get(figure.quantity)
    usual = figures.announced_digits(info.kind if info else "number", info.digits if info else None)
    return state.digits.get(figure.place, usual)


def step_of(union: Union, figure: Figure, digits: int) -> Fraction:
    """The last place of a figure announced with so many digits."""
    info = union.scheme.quantities.get(figure.quantity)
    return figures.step(digits) / (100 if info is not None and info.kind == "share" else 1)


def _printed(union: Union, body: _Body, state: State, earlier: LeftBefore) -> list[PrintedFigure]:
    """What leaves of these answers beside the counts, and what left before."""
    cells = {cell for subject in body.about for cell in union.asked[subject]}
    leaving = [one for one in body.stated if one.figure.kind in (SCORE, BY_ITEM, VERDICT) and not _goes(one, state)]
    now = [
        weighing.printed(one, step_of(union, one.figure, digits_of(union, one.figure, state)), cells)
        for one in leaving
        if one.terms and one.value is not None
    ]
    now += [side for one in leaving for side in weighing.printed_sides(one, cells)]
    before = [weighing.printed_before(one, at, cells) for at, one in enumerate(earlier.ranged) if not one.rests.isdisjoint(cells)]
    return [*now, *before]


@dataclass(frozen=True)
class Weighable:
    """A body of answers as it was decided about: whom it is about, what is held back of it, and the question asked of it."""

    about: tuple[str, ...]
    cells: frozenset[CountCell]
    question: weighing.Asking


def as_decided(union: Union, decided: Mapping[str, HeldBack], earlier: LeftBefore) -> Iterator[Weighable]:
    """Every body of answers with all that leaves of it under this decision, to be asked what it gives away.

    Parameters
    ----------
    union
        Everything that leaves.
    decided
        The decision, by subject.
    earlier
        What left of the same answers before.
    """
    for body in _bodies(union, LeftBefore(decided)):
        state = _joint(union, body, decided)
        cells = state.cells
        yield Weighable(body.about, cells, weighing.asked(union, cells, _printed(union, body, state, earlier)))
