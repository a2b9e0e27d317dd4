"""What a reader can infer from printed numbers about few people, with counts as whole numbers and rounded numbers as intervals.

`leaks` asks what follows by adding and subtracting, whatever the numbers are; here stands what follows from the very numbers that
were printed. Counts are whole, none is negative, and they add up to the people who answered: 119 a + 15 b = 4,000 has one
solution where a is at most 15 and b at most 85. So the least and the most value that agree with everything a reader sees are
looked for, of every small cell's counts and of every sum over small cells that a printed number holds.

Lives here: who reads, what must stay open, what was found. May not live here: the search itself, what to do about a finding
(`protecting`), and where the numbers come from (the services).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod
from typing import Final, Literal

from analysis.disclosure.floors import PROMISED
from analysis.disclosure.leaks import Atom, Cell, Label
from analysis.disclosure.printed import PrintedFigure
from analysis.disclosure.search import OutOfWorkError, solutions
from analysis.disclosure.watched import Watched, known, watched_of
from analysis.disclosure.whole import Block, blocks_of

#: safe: at least so much stays open, and solutions that show it were found. known: a count that is not zero follows, or the only
#: solution. narrow: less stays open than was promised. unproven: the work allowed was used up; treated as not safe.
Verdict = Literal["safe", "known", "narrow", "unproven"]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who reads. `sees`: the printed figures, by name; `knows`: cells whose every count they see, or gave themselves.

    `body`: the body of raters they are one of, "" for none. Whoever may be one of several bodies, or of a unit's staff as well,
    is several readers: each with all that such a person sees.
    """

    name: str
    sees: frozenset[Hashable]
    knows: frozenset[Label] = frozenset()
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What must stay open about a cell of at most `floor` people (of another body's, at most `floors`).

    `answers`: of some choice the greatest and the least possible count lie so far apart, or as far as the people allow if they
    are fewer. No count of a choice may be known at all unless it is zero. `share`: of a sum over small cells, such a part of its
    whole range. Each of them is a reader's view: an insider's own answers are taken away first.
    """

    floor: int = PROMISED
    floors: Mapping[str, int] = field(default_factory=dict, hash=False)
    answers: int = 2
    share: Fraction = Fraction(1, 10)

    def floor_of(self, body: str) -> int:
        """How many people of this body are few."""
        return self.floors.get(body, self.floor)


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much work one block of figures may cost one reader before the search gives up. It counts work and no time, so that the
    same evidence is decided alike on every machine.

    `states`: partial solutions looked at; `solves`: questions to the solver; `nodes`: what each of these may branch;
    `forms`: an insider's possible own forms that are told apart.
    """

    states: int = 200_000
    solves: int = 40
    nodes: int = 200
    forms: int = 64


DEFAULT_EFFORT: Final = Effort()
DEFAULT_PROTECTION: Final = Protection()


@dataclass(frozen=True, kw_only=True)
class Inference:
    """What one reader can say of one count or sum, as facts.

    `kind`: "count" (of the choice named, in the one cell) or "sum" (of the printed figure `figure`, the part made of `cells`).
    `least`, `most`: found to be possible, of the others where the reader is an insider; `exact`: nothing outside them is.
    `needed`: how far apart they have to lie. `people`: how many these are, the reader left out. `figures`: the printed numbers
    that hang together there. `own`: the insider's answers for which this holds, cell by cell.
    """

    kind: Literal["count", "sum"]
    reader: str
    cells: tuple[Label, ...]
    bodies: tuple[str, ...]
    people: int
    least: Fraction
    most: Fraction
    needed: Fraction
    exact: bool
    verdict: Verdict
    choice: str = ""
    figure: Hashable = None
    figures: tuple[Hashable, ...] = ()
    own: tuple[Atom, ...] = ()


def infer(
    cells: Sequence[Cell],
    counts: Mapping[Atom, int],
    figures: Sequence[PrintedFigure],
    readers: Sequence[Reader],
    *,
    protection: Protection = DEFAULT_PROTECTION,
    effort: Effort = DEFAULT_EFFORT,
) -> list[Inference]:
    """Everything that has to stay open about few people, and whether it does, reader by reader.

    Parameters
    ----------
    cells
        Every cell that a figure stands on. A cell that is not protected, or that a reader knows, is known to them in full.
    counts
        The true counts, of all cells; an atom left out is zero. They have to add up to each cell's raters.
    figures
        Everything that is printed anywhere, each name once.
    readers
        Who is asked about.
    protection
        What must stay open.
    effort
        How much work a reader's block may cost. What is not settled within it is "unproven".

    Returns
    -------
    list of Inference
        In the order of the readers; safe ones among them. The order of cells and figures changes nothing but theirs.

    Raises
    ------
    ValueError
        When counts do not add up, a name is there twice, a reader sees a figure that is not given, or a figure lies outside its
        band.
    KeyError
        When a figure stands on a cell that is not given.
    """
    _check(cells, counts, figures, readers)
    found: list[Inference] = []
    for reader in readers:
        seen = [one for one in figures if one.figure.name in reader.sees]
        for block in blocks_of(cells, counts, seen, reader.knows):
            for watched in watched_of(block, protection.floor_of):
                found += _judged(block, watched, reader, protection, effort)
    return found


def _check(
    cells: Sequence[Cell], counts: Mapping[Atom, int], figures: Sequence[PrintedFigure], readers: Sequence[Reader]
) -> None:
    for cell in cells:
        given = [counts.get((cell.name, choice), 0) for choice in cell.choices]
        if min(given) < 0 or sum(given) != cell.raters:
            raise ValueError(f"{cell.name}: {given} do not add up to {cell.raters}")
    names = Counter([*(cell.name for cell in cells), *(one.figure.name for one in figures)])
    if twice := [name for name, often in names.items() if often > 1]:
        raise ValueError(f"there twice: {twice}")
    for reader in readers:
        if missing := reader.sees - names.keys():
            raise ValueError(f"{reader.name} sees {missing}, which are not given")
    for one in figures:
        if gone := {name for name, _ in one.figure.terms} - names.keys():
            raise KeyError(f"{one.figure.name} stands on {gone}")


def _judged(block: Block, watched: Watched, reader: Reader, protection: Protection, effort: Effort) -> Iterator[Inference]:
    """What is watched, as the reader sees it; where they are an insider the worst of their possible own forms."""
    others = {at: block.cells[at].cell.raters - (block.cells[at].cell.body == reader.body) for at in watched.at}
    if not any(others.values()):
        return
    verdicts = [_seen_with(block, watched, own, others, (reader, protection, effort)) for own in _forms(block, reader, effort)]
    yield min(verdicts, key=lambda one: (_WORST.index(one.verdict), one.own))


_WORST: Final = ("known", "narrow", "unproven", "safe")


def _forms(block: Block, reader: Reader, effort: Effort) -> list[tuple[tuple[int, int], ...]]:
    """An insider's possible own forms: a choice in each cell of their body. (-1 stands for: any that somebody gave.)"""
    mine = [at for at, one in enumerate(block.cells) if reader.body and one.cell.body == reader.body]
    given = [[(at, choice) for choice, count in enumerate(block.cells[at].truth) if count] for at in mine]
    if prod(map(len, given)) > effort.forms:
        return [tuple((at, -1) for at in mine)]
    return list(product(*given))


def _seen_with(
    block: Block,
    watched: Watched,
    own: tuple[tuple[int, int], ...],
    others: Mapping[int, int],
    asked: tuple[Reader, Protection, Effort],
) -> Inference:
    reader, protection, effort = asked
    least = [[0] * len(one.truth) for one in block.cells]
    for at, choice in own:
        least[at] = (
            [min(1, one) for one in block.cells[at].truth]
            if choice < 0
            else [int(one == choice) for one in range(len(block.cells[at].truth))]
        )
    told = all(choice >= 0 for _, choice in own)
    low = high = watched.measured(block.truth)
    exact = block.admits(block.truth)
    try:
        for one in solutions(block, [tuple(one) for one in least], effort.states) if exact else ():
            now = watched.measured(one)
            low, high = tuple(map(min, low, now)), tuple(map(max, high, now))
    except OutOfWorkError:
        exact = False
    ranges = tuple(zip(low, high, strict=True))
    mine = watched.measured([tuple(one) for one in least]) if told else tuple(0 for _ in ranges)
    needed, follows = Fraction(0), None
    if watched.row is None:
        follows = known(ranges, mine)
        needed = Fraction(min(protection.answers, *others.values()))
        shown = (
            follows if follows is not None else max(range(len(ranges)), key=lambda one: (ranges[one][1] - ranges[one][0], -one))
        )
    else:
        shown, needed = 0, protection.share * watched.whole_range(others)
        follows = 0 if low == high and needed else None
    width = ranges[shown][1] - ranges[shown][0]
    safe = follows is None and width >= needed
    verdict: Verdict = "safe" if safe else "unproven" if not (exact and told) else "narrow" if follows is None else "known"
    unit = watched.row.unit if watched.row else Fraction(1)
    chosen = [block.cells[at].cell for at in watched.at]
    people: dict[str, int] = {}
    for at, cell in zip(watched.at, chosen, strict=True):
        people[cell.body] = max(people.get(cell.body, 0), others[at])
    return Inference(
        kind="count" if watched.row is None else "sum",
        reader=reader.name,
        cells=tuple(cell.name for cell in chosen),
        bodies=tuple(sorted(people)),
        people=sum(people.values()),
        least=(low[shown] - mine[shown]) * unit,
        most=(high[shown] - mine[shown]) * unit,
        needed=needed * unit,
        exact=exact and told,
        verdict=verdict,
        choice=chosen[0].choices[shown] if watched.row is None else "",
        figure=watched.row.name if watched.row else None,
        figures=tuple(row.name for row in block.rows),
        own=tuple((block.cells[at].cell.name, block.cells[at].cell.choices[choice]) for at, choice in own) if told else (),
    )
