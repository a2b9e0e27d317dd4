"""What has to stay open in a block: the counts of each small cell, and each sum over small cells that a printed figure holds.

Lives here: which counts and sums these are, and whether a range found is wide enough. May not live here: how ranges are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import gcd

from analysis.disclosure.whole import Block, Counts, WholeRow

#: The least and the greatest possible; for counts one pair a choice, for a sum one pair.
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Watched:
    """Counts (`row` None, one cell) or a sum (`row`: the printed figure whose part it is). `at`: numbers of the block's cells."""

    at: tuple[int, ...]
    row: WholeRow | None = None

    def measured(self, counts: Sequence[Counts]) -> Counts:
        """The numbers watched, for these counts of the whole block."""
        if self.row is None:
            return counts[self.at[0]]
        return (sum(a * x for cell in self.at for a, x in zip(self.row.terms[cell], counts[cell], strict=True)),)

    def part(self, cell: int, counts: Counts) -> Counts:
        """What one cell's counts add to the numbers watched."""
        if cell not in self.at:
            return ()
        return counts if self.row is None else (sum(a * x for a, x in zip(self.row.terms[cell], counts, strict=True)),)

    def whole_range(self, others: Mapping[int, int]) -> int:
        """How far apart a sum's ends can lie, of so many people in each cell."""
        return sum(others[cell] * max(self.row.terms[cell]) for cell in self.at) if self.row else 0


def watched_of(block: Block, few: Callable[[str], int]) -> Iterator[Watched]:
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
    for row in block.rows:
        touched = [at for at in small if any(row.terms[at])]
        for cells in _together(block, touched, few):
            shared = gcd(*(a for at in cells for a in row.terms[at]))
            shape = tuple((at, tuple(a // shared for a in row.terms[at])) for at in cells)
            if shape not in seen:
                seen.add(shape)
                yield Watched(cells, row)


def _together(block: Block, touched: Sequence[int], few: Callable[[str], int]) -> Iterator[tuple[int, ...]]:
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


def known(ranges: Ranges, own: Counts) -> int | None:
    """The first choice of which the others' count follows and is not zero; None where there is none."""
    for choice, (least, most) in enumerate(ranges):
        if least == most > own[choice]:
            return choice
    return None


def share_of(watched: Watched, others: Mapping[int, int], share: Fraction) -> Fraction:
    """How far apart a sum's ends have to lie, in the row's units; above zero wherever it can move at all."""
    return share * watched.whole_range(others)
