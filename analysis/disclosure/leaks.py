"""What a set of published numbers gives away about few people: a test by exact algebra, and by bounds, of every combination.

Each cell's answers are unknown counts by choice; how many people answered it counts as known to everybody. A published number
is a linear form over these counts. Anything that follows from the numbers by adding, subtracting and multiplying is a vector of
their row space, so nothing about fewer than `floor` people follows exactly when no such vector stands on their cells alone. One
of the raters knows their own form and can take it away: so a vector on exactly `floor` people isolates too few others as well.

Besides, counts are whole, none is negative, and they add up to the answers: a number at the end of its range tells every mark
behind it. That is a leak of its own kind ("unanimous"), and it spares no group, however large.

Not seen here, and looked at in `inference`: what follows from many numbers weighed together because counts are whole, and what
rounding leaves open; here bounds are looked at number by number, and after taking away the parts published beside a number. Not
seen by either: numbers that are no linear forms (ranks, medians, trimmed means), and what a reader knows from elsewhere. This
test needs no counts, so it comes first, and it is the only one that a forecast can ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from analysis.disclosure.elimination import LinearRow, eliminate, rows_of, shorten

Label = tuple[str, ...]
#: One unknown: a cell and one of its choices.
Atom = tuple[Label, str]


@dataclass(frozen=True)
class Cell:
    """Answers of one body of raters to one item about one subject. `raters`: how many answered; `choices`: at least two.

    `body` names the people: cells of one body are answered by the same ones. `protected` False: signed, and known to readers.
    """

    name: Label
    body: str
    raters: int
    choices: tuple[str, ...] = ("low", "high")
    protected: bool = True


@dataclass(frozen=True)
class LinearFigure:
    """A published number: what a reader sees it under, and how it is made from counts. `value` where it is known already.

    `name` may be whatever the caller tells its numbers apart by; its text stands in sentences.
    """

    name: Hashable
    terms: Mapping[Atom, Fraction]
    value: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class Leak:
    """What follows, about whom, and from which numbers. `kind`: isolated, insider (only after taking one's own form away) or
    unanimous (by bounds). `combo`: the numbers used with the factor of each."""

    kind: str
    cells: tuple[Cell, ...]
    raters: int
    combo: tuple[tuple[Hashable, int], ...]
    choice: str = ""
    bodies: tuple[str, ...] = field(default=())


def check(
    cells: Sequence[Cell], forms: Sequence[LinearFigure], *, floor: int, floors: Mapping[str, int] | None = None
) -> list[Leak]:
    """Every leak of these numbers taken together; empty when no combination says anything about fewer than `floor` others.

    Parameters
    ----------
    cells
        Every cell that a form stands on, with how many people answered it.
    forms
        The published numbers, as linear forms over the counts of these cells.
    floor
        How many people there have to be, besides a rater who takes their own form away, before anything may follow about them.
    floors
        Bodies that were promised another floor, by name. What stands on several bodies' cells has to keep the highest of theirs.

    Returns
    -------
    list of Leak
        Those that single out few people first, then the unanimous ones, block by block of forms that share no cell.

    Raises
    ------
    KeyError
        When a form stands on a cell that is not listed.

    Notes
    -----
    Fellegi [1]_ asks whether something withheld follows by linear combination of published totals, and so does this test. It
    differs in three ways: the numbers are any linear forms over counts by choice and not only margins of a table; what may not
    follow is any statement about few people together, not the value of one cell; and an insider is reckoned with, so a vector on
    exactly `floor` people is a leak as well. Cox [2]_ goes on to choose further cells to withhold, so that intervals for those
    withheld stay wide. Nothing is chosen here, and of intervals only the ends are looked at: whether a number is as great or as
    small as it can be.

    Cost: one elimination for every combination of bodies, each with a level of answers, that has at most `floor` people together.
    With b bodies of so few raters in a block these are at most C(b + floor, floor): exponential in the floor, and for a given
    floor a power of the number of small bodies. Blocks that share no protected cell are tested apart, which keeps b small.

    References
    ----------
    .. [1] I. P. Fellegi, "On the question of statistical confidentiality", JASA 67 (1972), 7-18.
    .. [2] L. H. Cox, "Suppression methodology and statistical disclosure control", JASA 75 (1980), 377-385.
    """
    known = {cell.name: cell for cell in cells}
    promised = {cell.body: (floors or {}).get(cell.body, floor) for cell in cells}
    found: list[Leak] = []
    for block in _blocks(known, forms):
        isolated: dict[frozenset[Label], Leak] = {}
        touched = {promised[known[name].body] for form in block for name, _ in form.terms if _hides(known[name])}
        for level in sorted(touched):
            for leak in _isolated(known, block, level):
                if max(promised[body] for body in leak.bodies) >= level:
                    isolated.setdefault(frozenset(cell.name for cell in leak.cells), leak)
        found += isolated.values()
        found += _unanimous(known, block)
    return found


def _blocks(known: Mapping[Label, Cell], forms: Sequence[LinearFigure]) -> Iterator[list[LinearFigure]]:
    """The forms in groups that have no protected cell in common."""
    head: dict[Label, Label] = {}

    def top(one: Label) -> Label:
        while head.setdefault(one, one) != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    touched = [list(dict.fromkeys(name for name, _ in form.terms if _hides(known[name]))) for form in forms]
    for names in touched:
        for name in names[1:]:
            head[top(name)] = top(names[0])
    blocks: dict[Label, list[LinearFigure]] = defaultdict(list)
    for form, names in zip(forms, touched, strict=True):
        if names:
            blocks[top(names[0])].append(form)
    yield from blocks.values()


def _hides(cell: Cell) -> bool:
    return cell.protected and cell.raters > 0


def _isolated(known: Mapping[Label, Cell], forms: Sequence[LinearFigure], floor: int) -> list[Leak]:
    atoms = sorted({(name, choice) for form in forms for name, _ in form.terms for choice in known[name].choices[1:]})
    column = {atom: at for at, atom in enumerate(atoms)}
    rows = rows_of([_reduced(known, form, column) for form in forms])
    few = {at for (name, _), at in column.items() if known[name].raters <= floor}
    left = eliminate(rows, set(column.values()) - few)
    spare = eliminate(left, few)
    found: dict[frozenset[Label], Leak] = {}
    for names in _small_sets([known[name] for name in {atoms[at][0] for row in left for at in row.terms}], floor):
        rest = eliminate(left, {at for at in few if atoms[at][0] not in names})
        for row in (row for row in rest if row.terms):
            leak = _leak(known, forms, atoms, shorten(row, spare), floor)
            found.setdefault(frozenset(cell.name for cell in leak.cells), leak)
    return [leak for _, leak in sorted(found.items(), key=lambda one: sorted(one[0]))]


def _reduced(known: Mapping[Label, Cell], form: LinearFigure, column: Mapping[Atom, int]) -> dict[int, Fraction]:
    """The form over all but the first choice of each cell: the counts add up to a number everybody knows."""
    terms: dict[int, Fraction] = {}
    for name in {name for name, _ in form.terms}:
        cell = known[name]
        if _hides(cell):
            first = form.terms.get((name, cell.choices[0]), Fraction(0))
            for choice in cell.choices[1:]:
                terms[column[name, choice]] = form.terms.get((name, choice), Fraction(0)) - first
    return terms


def _small_sets(cells: Sequence[Cell], floor: int) -> Iterator[frozenset[Label]]:
    """Sets of cells with at most `floor` people behind them, those under the floor first; every smaller set lies in one."""
    bodies: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        bodies[cell.body].append(cell)
    steps = [[0, *sorted({cell.raters for cell in own if cell.raters <= floor})] for own in bodies.values()]
    sets: dict[frozenset[Label], int] = {}
    for levels in _levels(steps, floor):
        names = frozenset(
            cell.name for own, level in zip(bodies.values(), levels, strict=True) for cell in own if cell.raters <= level
        )
        sets[names] = min(sum(levels), sets.get(names, floor))
    yield from sorted((one for one in sets if one), key=lambda one: (sets[one], len(one), sorted(one)))


def _levels(steps: Sequence[Sequence[int]], left: int) -> Iterator[tuple[int, ...]]:
    if not steps:
        yield ()
        return
    for level in steps[0]:
        if level <= left:
            for rest in _levels(steps[1:], left - level):
                yield (level, *rest)


def _leak(known: Mapping[Label, Cell], forms: Sequence[LinearFigure], atoms: Sequence[Atom], row: LinearRow, floor: int) -> Leak:
    cells = tuple(known[name] for name in sorted({atoms[at][0] for at in row.terms}))
    people = _people(cells)
    combo = tuple((forms[at].name, factor) for at, factor in sorted(row.combo.items()))
    return Leak(
        kind="isolated" if people < floor else "insider",
        cells=cells,
        raters=people,
        combo=combo,
        bodies=tuple(sorted({c.body for c in cells})),
    )


def _people(cells: Sequence[Cell]) -> int:
    """At least so many people: of one body, cells may be answered by the same ones."""
    most: dict[str, int] = {}
    for cell in cells:
        most[cell.body] = max(cell.raters, most.get(cell.body, 0))
    return sum(most.values())


def _unanimous(known: Mapping[Label, Cell], forms: Sequence[LinearFigure]) -> list[Leak]:
    """Cells in which every single mark follows, because a number, or what is left of one after taking others away, is as
    great or as small as it can be. What is found narrows the other numbers, so it is looked through until nothing new comes."""
    valued = [(form, ((form.name, 1),)) for form in forms if form.value is not None]
    facts = [*valued, *_differences(valued)]
    allowed = {name: set(known[name].choices) for form in forms for name, _ in form.terms if _hides(known[name])}
    found: dict[Label, Leak] = {}
    changed = True
    while changed:
        changed = False
        for (form, combo), end in product(facts, (max, min)):
            names = {name for name, _ in form.terms}
            if not names <= allowed.keys():
                continue
            worth = {name: {one: form.terms.get((name, one), Fraction(0)) for one in allowed[name]} for name in names}
            if form.value != sum((known[name].raters * end(values.values()) for name, values in worth.items()), Fraction(0)):
                continue
            for name, values in worth.items():
                kept = {one for one, value in values.items() if value == end(values.values())}
                if kept != allowed[name]:
                    allowed[name], changed = kept, True
                    if len(kept) == 1:
                        cell = known[name]
                        found[name] = Leak(
                            kind="unanimous",
                            cells=(cell,),
                            raters=cell.raters,
                            combo=combo,
                            choice=next(iter(kept)),
                            bodies=(cell.body,),
                        )
    return [found[name] for name in sorted(found)]


Valued = tuple[LinearFigure, tuple[tuple[Hashable, int], ...]]


def _differences(valued: Sequence[Valued]) -> list[Valued]:
    """Each number less the parts published beside it: what is left over where all choices of some cells cancel."""
    rest = []
    for whole, combo in valued:
        terms, value, used = dict(whole.terms), whole.value or Fraction(0), list(combo)
        for part, _ in valued:
            if part is not whole and part.terms.keys() < whole.terms.keys():
                factors = {terms.get(atom, Fraction(0)) / factor for atom, factor in part.terms.items() if factor}
                if len(factors) == 1 and (factor := factors.pop()).denominator == 1 and factor:
                    terms = {atom: one - factor * part.terms.get(atom, Fraction(0)) for atom, one in terms.items()}
                    value, used = value - factor * (part.value or Fraction(0)), [*used, (part.name, -int(factor))]
        left = {atom: one for atom, one in terms.items() if one}
        if len(used) > 1 and left:
            rest.append((LinearFigure(whole.name, left, value), tuple(used)))
    return rest
