"""How it is decided what may leave: body of answers by body of answers, once, over everything that leaves by whichever way.

Lives here: the order in which things are given up. May not live here: which figures there are (`union`), what they give away
(`weighing`), asking a decision (`withholding`).

First every cell of an anonymous group answered by no more than the floor is held back (one of exactly so many would see the
others). A figure that rests on such a cell leaves only as it was announced, rounded; means by group and the books of flags that
rest on one do not leave. Then all that is left is weighed together; while it still tells what was held back, the cheapest thing is
given up: a mean by item, further answers, last digits of a score. Where even that does not help it is said (`leaks`): only merging
or signing that group would.

What left before is weighed with it: reports of the same round that were computed earlier (`Earlier`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.disclosure.leaks import Leak
from survey_app.presenting import figures
from survey_app.services.release import weighing
from survey_app.services.release.figure import Figure, Place
from survey_app.services.release.readers import BY_GROUP, BY_ITEM, FLAG, SCORE
from survey_app.services.release.union import CountCell, Stated, Union
from survey_app.services.release.weighing import Ranged

#: What giving a thing up costs. A score is what people came for: its digits go after everything beside it. Answers cost by how
#: many people's voice is no longer listed, and more where a satisfaction page asks for them.
MEAN_BY_ITEM, ANSWERS, ASKED_ANSWERS, DIGIT = 1, 10, 200, 1000


@dataclass(frozen=True)
class HeldBack:
    """For one subject: the cells and values held back, and what the scores show all the same.

    `digits`: figures that leave with fewer digits than the scheme says, and with how many.
    """

    cells: frozenset[CountCell] = frozenset()
    values: frozenset[Place] = frozenset()
    leaks: tuple[Leak, ...] = ()
    digits: Mapping[Place, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Earlier:
    """What left of these answers already: what was held back by subject, and figures with the range they were announced in."""

    held: Mapping[str, HeldBack] = field(default_factory=dict)
    ranged: tuple[Ranged, ...] = ()


@dataclass(frozen=True)
class _Body:
    """Answers that are decided about together: `about` whom, and figures that rest on them and stand at others."""

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

    def whole(self) -> HeldBack:
        return HeldBack(frozenset(self.cells), frozenset(self.values), tuple(self.leaks), dict(self.digits))


def decide(union: Union, earlier: Earlier) -> dict[str, HeldBack]:
    """The decision about every subject of whom anything is held back.

    Parameters
    ----------
    union
        Everything that leaves.
    earlier
        What left of the same answers before; nothing held back then leaves now.
    """
    found = defaultdict[str, _Sum](_Sum)
    for body in _bodies(union, earlier):
        before = [earlier.held[subject] for subject in body.about if subject in earlier.held]
        few = {cell for subject in body.about for cell in union.asked[subject] if union.few(cell)}
        start = State(
            frozenset(few.union(*(one.cells for one in before))),
            digits={place: digits for one in before for place, digits in one.digits.items()},
        )
        state, leaks = _closed(union, body, start, earlier)
        for cell in state.cells:
            found[cell[0]].cells.add(cell)
        gone = {one.figure.place for one in body.stated if _goes(one, state)}
        for place in gone.union(*(one.values for one in before)):
            found[union.subject_at(place)].values.add(place)
        for place, digits in state.digits.items():
            found[union.subject_at(place)].digits[place] = digits
        for leak in leaks:
            for subject in dict.fromkeys(cell.name[0] for cell in leak.cells):
                found[subject].leaks.append(leak)
    return {subject: one.whole() for subject, one in sorted(found.items())}


def shown_by_scores(union: Union) -> dict[str, list[Leak]]:
    """What the scores show of small groups when everything else is held back; only subjects of whom they show anything."""
    found = defaultdict[str, list[Leak]](list)
    for body in _bodies(union, Earlier()):
        every = State(frozenset(cell for subject in body.about for cell in union.asked[subject]))
        alone = _Body(body.about, tuple(one for one in body.stated if one.figure.kind == SCORE))
        for leak in _weighed(union, alone, every, Earlier()):
            for subject in dict.fromkeys(cell.name[0] for cell in leak.cells):
                found[subject].append(leak)
    return dict(found)


def _bodies(union: Union, earlier: Earlier) -> list[_Body]:
    """Subjects of whom something has to be held back, those together whose answers stand in one figure."""
    small = frozenset(cell[0] for cell in union.report.tally.counts if union.few(cell))
    small |= {subject for subject, one in earlier.held.items() if one.cells}
    if not small:
        return []
    visitors = union.visitors(small)
    head = {subject: subject for subject in small}

    def top(one: str) -> str:
        while head[one] != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    for there in visitors.values():
        for one in there:
            about = sorted({cell[0] for cell in one.rests if cell[0] in small})
            if one.terms is not None and len(about) <= weighing.MOST_SUBJECTS:
                for other in about[1:]:
                    head[top(other)] = top(about[0])
    together = defaultdict[str, list[str]](list)
    for subject in sorted(small):
        together[top(subject)].append(subject)
    bodies = []
    for subjects in together.values():
        own = [one for subject in subjects for one in union.of(subject)]
        guests = [one for subject in subjects for one in visitors.get(subject, ())]
        bodies.append(_Body(tuple(subjects), tuple({one.figure: one for one in [*own, *guests]}.values())))
    return bodies


def _closed(union: Union, body: _Body, state: State, earlier: Earlier) -> tuple[State, list[Leak]]:
    """Give up the cheapest that closes each leak until none is left that can be closed; then take back what was not needed."""
    steps: list[tuple[int, State]] = []
    leaks = _weighed(union, body, state, earlier)
    while leaks and (cheapest := _next(union, body, state, leaks)) is not None:
        steps.append(cheapest)
        state = cheapest[1]
        leaks = _weighed(union, body, state, earlier)
    return state, leaks


def _next(union: Union, body: _Body, state: State, leaks: Sequence[Leak]) -> tuple[int, State] | None:
    """The cheapest thing to give up next that has to do with a leak; None where there is none left."""
    about = {cell.name[0] for leak in leaks for cell in leak.cells}
    near = [one for one in body.stated if not {cell[0] for cell in one.rests}.isdisjoint(about) and not _goes(one, state)]
    found: list[tuple[int, str, State]] = []
    for one in near:
        if one.rests.isdisjoint(state.cells) or one.terms is None:
            continue
        if one.figure.kind == BY_ITEM:
            found.append((MEAN_BY_ITEM, str(one.figure), replace(state, given=state.given | {one.figure})))
        elif one.figure.kind == SCORE and one.value is not None:
            digits = digits_of(union, one.figure, state)
            for cell in sorted(one.rests - state.cells):
                if union.protected(cell[1]) and union.answered(cell):
                    found.append((_price(union, cell), " ".join(cell), replace(state, cells=state.cells | {cell})))
            if digits > 0:
                coarser = {**state.digits, **{place: digits - 1 for place in _alike(union, body, one, state)}}
                found.append((DIGIT, str(one.figure), replace(state, digits=coarser)))
    return min(((cost, made) for cost, _name, made in sorted(found, key=lambda one: one[:2])), key=lambda one: one[0], default=None)


def _price(union: Union, cell: CountCell) -> int:
    asked = cell[2] in {question.item for question in union.scheme.layout.satisfaction}
    return (ASKED_ANSWERS if asked else ANSWERS) + union.answered(cell)


def _alike(union: Union, body: _Body, one: Stated, state: State) -> list[Place]:
    """Where figures stand that say the same of what is held back: coarser one without the other would be no help."""
    key = weighing.direction(one, state.cells)
    return [
        other.figure.place
        for other in body.stated
        if other.figure.kind == SCORE and other.terms is not None and weighing.direction(other, state.cells) == key
    ]


def _goes(one: Stated, state: State) -> bool:
    """Whether a figure does not leave at all."""
    if one.rests.isdisjoint(state.cells):
        return False
    return one.figure.kind in (BY_GROUP, FLAG) or one.figure in state.given or (one.figure.kind == BY_ITEM and one.terms is None)


def digits_of(union: Union, figure: Figure, state: State) -> int:
    """With how many digits a figure leaves that rests on something held back."""
    info = union.scheme.quantities.get(figure.quantity)
    usual = figures.announced_digits(info.kind if info else "number", info.digits if info else None)
    return state.digits.get(figure.place, usual)


def _weighed(union: Union, body: _Body, state: State, earlier: Earlier) -> list[Leak]:
    """What all that leaves of these answers gives away together."""
    ranged = list(ranges(union, body.stated, state))
    before = [one for one in earlier.ranged if not one.rests.isdisjoint(state.cells)]
    return weighing.weigh(union, state.cells, [*ranged, *before])


def ranges(union: Union, stated: Iterable[Stated], state: State) -> Iterable[Ranged]:
    """Figures that rest on what is held back and leave all the same, with the range they are announced in."""
    for one in stated:
        if one.rests.isdisjoint(state.cells) or _goes(one, state) or one.terms is None or one.value is None:
            continue
        info = union.scheme.quantities.get(one.figure.quantity)
        shown = figures.announced(one.value, info.kind if info else "number", digits_of(union, one.figure, state))
        low, high = figures.behind(shown)
        yield Ranged(one.figure, one.rests, one.terms, one.value, low, high)
