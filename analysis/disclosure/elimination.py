"""Sparse elimination over the integers that remembers which rows it combined: what a set of published numbers spans, exactly.

Every step divides by the row's common factor, so that numbers stay small; nothing is ever a float.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm


@dataclass(frozen=True)
class LinearRow:
    """`terms`: column -> coefficient, no zeros. `combo`: how the row was made, number of the given row -> coefficient."""

    terms: Mapping[int, int]
    combo: Mapping[int, int]


def rows_of(given: Sequence[Mapping[int, Fraction]]) -> list[LinearRow]:
    """The given rows with whole coefficients, each made of itself; rows of zeros are left out.

    Each row is multiplied by the least common multiple of its denominators; `combo` keeps the factor under the row's number.
    """
    found = []
    for number, terms in enumerate(given):
        kept = {column: value for column, value in terms.items() if value}
        if kept:
            scale = lcm(*(value.denominator for value in kept.values()))
            found.append(_lean({column: int(value * scale) for column, value in kept.items()}, {number: scale}))
    return found


def eliminate(rows: Sequence[LinearRow], columns: Collection[int]) -> list[LinearRow]:
    """A basis of all combinations of `rows` in which none of `columns` occurs: what is known of the other columns alone.

    Parameters
    ----------
    rows
        The rows to combine.
    columns
        The columns to be rid of.

    Returns
    -------
    list of LinearRow
        At most as many rows as were given. Rows without any term are kept: they say how the given rows depend on each other.

    Notes
    -----
    Gaussian elimination over the integers: each column costs a combination of one pivot row with every other row that holds it,
    so at most rows × columns combinations of sparse rows. The column and the pivot that touch least are taken first; dividing by
    the common factor keeps coefficients small in practice, though no bound on them is promised.
    """
    alive = dict(enumerate(rows))
    holders: dict[int, set[int]] = defaultdict(set)
    for number, row in alive.items():
        for column in row.terms:
            holders[column].add(number)
    for column in sorted(columns, key=lambda one: (len(holders[one]), one)):
        if not holders[column]:
            continue
        chosen = min(holders[column], key=lambda one: (len(alive[one].terms), len(alive[one].combo), one))
        pivot = alive.pop(chosen)
        for other in pivot.terms:
            holders[other].discard(chosen)
        for number in list(holders[column]):
            before, after = alive[number], _cancelled(alive[number], pivot, column)
            for gone in before.terms.keys() - after.terms.keys():
                holders[gone].discard(number)
            for new in after.terms.keys() - before.terms.keys():
                holders[new].add(number)
            alive[number] = after
    return list(alive.values())


def shorten(row: LinearRow, dependencies: Sequence[LinearRow]) -> LinearRow:
    """The same row, made of fewer given rows where the dependencies allow it: a reader wants the plain way.

    Parameters
    ----------
    row
        The row; its terms stay the same up to a factor.
    dependencies
        Rows without terms, as `eliminate` keeps them: combinations of the given rows that come to nothing.

    Notes
    -----
    Greedy: it stops when no single dependency makes the combination shorter, which need not be the shortest there is.
    """
    better = True
    while better:
        better = False
        for other in dependencies:
            for number in row.combo.keys() & other.combo.keys():
                mine, its = row.combo[number], other.combo[number]
                combo = _mixed(row.combo, other.combo, its, mine)
                if len(combo) < len(row.combo):
                    row, better = _lean({key: value * its for key, value in row.terms.items()}, combo), True
                    break
    return row


def _cancelled(row: LinearRow, pivot: LinearRow, column: int) -> LinearRow:
    """`row` with a multiple of `pivot` taken away so that `column` is gone."""
    mine, its = row.terms[column], pivot.terms[column]
    return _lean(_mixed(row.terms, pivot.terms, its, mine), _mixed(row.combo, pivot.combo, its, mine))


def _mixed(first: Mapping[int, int], second: Mapping[int, int], one: int, other: int) -> dict[int, int]:
    sums = {key: value * one for key, value in first.items()}
    for key, value in second.items():
        sums[key] = sums.get(key, 0) - value * other
    return {key: value for key, value in sums.items() if value}


def _lean(terms: dict[int, int], combo: dict[int, int]) -> LinearRow:
    """Without the common factor, the first coefficient of the combination positive."""
    shared = gcd(*terms.values(), *combo.values()) or 1
    if combo and combo[min(combo)] < 0:
        shared = -shared
    return LinearRow(
        {key: value // shared for key, value in terms.items()}, {key: value // shared for key, value in combo.items()}
    )
