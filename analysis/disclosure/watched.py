"""What has to stay open in a block: the counts of each small cell, and each sum over small cells that a printed figure holds.

Lives here: which counts and sums these are. May not live here: how ranges are found (`ranges`), what is wide enough for whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import gcd

from analysis.disclosure.whole import TiedCells

#: The least and the greatest possible; for counts one pair a choice, for a sum one pair.
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Watched:
    """Counts (`row` None, one cell) or a sum (`row`: the printed figure whose part it is). `at`: numbers of the block's cells,
    `row` of its row."""

    at: tuple[int, ...]
    row: int | None = None


def watched_of(block: TiedCells, few: Callable[[str], int]) -> Iterator[Watched]:
    """Everything in the block that says something of few people.

    Parameters
    ----------
    block
        The unknown cells and the figures over them.
    few
        How many people of a body are few.

    Yields
    ------
    Watched
        Counts first. Of sums over the same cells with proportional coefficients only the first.
    """
    small = [at for at, one in enumerate(block.cells) if one.cell.raters <= few(one.cell.body)]
    yield from (Watched((at,)) for at in small)
    seen = set()
    for number, row in enumerate(block.rows):
        touched = [at for at in small if any(row.terms[at])]
        for cells in _together(block, touched, few):
            shared = gcd(*(a for at in cells for a in row.terms[at]))
            shape = tuple((at, tuple(a // shared for a in row.terms[at])) for at in cells)
            if shape not in seen:
                seen.add(shape)
                yield Watched(cells, number)


def _together(block: TiedCells, touched: Sequence[int], few: Callable[[str], int]) -> Iterator[tuple[int, ...]]:
    """The small cells of each set of bodies that are few together, as many cells of each body as there are."""
    people: dict[str, int] = {}
    for at in touched:
        cell = block.cells[at].cell
        people[cell.body] = max(people.get(cell.body, 0), cell.raters)
    for size in range(1, len(people) + 1):
        fitting = False
        for bodies in combinations(sorted(people), size):
            if sum(people[body] for body in bodies) <= max(few(body) for body in bodies):
                fitting = True
                yield tuple(at for at in touched if block.cells[at].cell.body in bodies)
        if not fitting:
            return
