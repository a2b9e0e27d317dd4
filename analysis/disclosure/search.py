"""All whole solutions of a block, by trying: exact, for small blocks only.

Lives here: a walk through the cells that leaves a branch as soon as some figure can no longer be met. May not live here: which
ranges are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb

from analysis.disclosure.whole import Block, Counts


class OutOfWorkError(Exception):
    """The work allowed is used up; nothing is proven."""


def ways(raters: int, choices: int, least: Sequence[int]) -> Iterator[Counts]:
    """Every way in which so many answers can fall on the choices, with at least so many on each.

    Parameters
    ----------
    raters, choices
        How many answers and choices.
    least
        One a choice.

    Yields
    ------
    tuple of int
        One count a choice.
    """
    if choices == 1:
        if raters >= least[0]:
            yield (raters,)
        return
    for first in range(least[0], raters - sum(least[1:]) + 1):
        for rest in ways(raters - first, choices - 1, least[1:]):
            yield (first, *rest)


def solutions(block: Block, least: Sequence[Counts], states: int) -> Iterator[tuple[Counts, ...]]:
    """Every way in which the counts can fall that agrees with every figure.

    Parameters
    ----------
    block
        The cells and the figures over them.
    least
        How many answers of each choice there are at least, cell by cell.
    states
        So many partial solutions may be looked at.

    Yields
    ------
    tuple of tuple of int
        Counts cell by cell.

    Raises
    ------
    OutOfWorkError
        When more would have to be looked at.
    """
    if max((comb(one.cell.raters + len(one.truth) - 1, len(one.truth) - 1) for one in block.cells), default=0) > states:
        raise OutOfWorkError
    own = [list(ways(one.cell.raters, len(one.cell.choices), low)) for one, low in zip(block.cells, least, strict=True)]
    made = [[[_made(row.terms[at], way) for row in block.rows] for way in every] for at, every in enumerate(own)]
    rest = [[(0, 0)] * len(block.rows)]
    for every in reversed(made):
        spans = [(min(one), max(one)) for one in zip(*every, strict=True)]
        rest.insert(0, [(low + a, high + b) for (low, high), (a, b) in zip(rest[0], spans, strict=True)])
    looked = 0
    waiting: list[tuple[tuple[Counts, ...], list[int]]] = [((), [0] * len(block.rows))]
    while waiting:
        done, sums = waiting.pop()
        if len(done) == len(own):
            yield done
            continue
        at = len(done)
        for way, values in zip(own[at], made[at], strict=True):
            looked += 1
            if looked > states:
                raise OutOfWorkError
            after = [one + value for one, value in zip(sums, values, strict=True)]
            if all(
                row.least <= one + high and one + low <= row.most
                for row, one, (low, high) in zip(block.rows, after, rest[at + 1], strict=True)
            ):
                waiting.append(((*done, way), after))


def _made(terms: Counts, counts: Counts) -> int:
    return sum(a * x for a, x in zip(terms, counts, strict=True))
