"""What other ways to answer would do to a block's figures: the steps by which a cell can leave its true counts, as numbers.

An effect is how far every figure of a block moves. It is kept as one whole number, a digit a figure in a system so wide that
sums of effects never carry over: adding effects is adding numbers, however many figures there are.

Lives here: the ways of a cell and their effects; those open to every insider. May not live here: how cells are combined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import comb

from analysis.disclosure.whole import Counts, Shape, made

#: A cell with more ways than this is only looked at near its true counts: fewer ways are never a false proof.
MOST_WAYS = 2_000
#: A cell with no more ways than this is looked at in whole at once; of another first so many answers more or fewer of a choice.
_FEW, _CLOSE = 100, 2


def ways(raters: int, bounds: Sequence[tuple[int, int]]) -> Iterator[Counts]:
    """Every way in which so many answers fall on the choices.

    Parameters
    ----------
    raters
        How many answers.
    bounds
        The least and the greatest count, choice by choice.

    Yields
    ------
    tuple of int
        One count a choice; they add up to `raters`.
    """
    (least, most), rest = bounds[0], bounds[1:]
    if not rest:
        if least <= raters <= most:
            yield (raters,)
        return
    low, high = sum(one for one, _ in rest), sum(one for _, one in rest)
    for first in range(max(least, raters - high), min(most, raters - low) + 1):
        for other in ways(raters - first, rest):
            yield (first, *other)


@dataclass(frozen=True)
class Effects:
    """A block in steps away from the truth."""

    shape: Shape
    _ways: dict[int, list[tuple[Counts, int]]] = field(default_factory=dict)
    _digits: dict[int, list[int]] = field(default_factory=dict)
    _sets: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    @cached_property
    def spans(self) -> tuple[int, ...]:
        """By figure, how far apart its ends are before anything is printed."""
        raters = [sum(one) for one in self.shape.truth]
        return tuple(sum(max(own) * many for own, many in zip(terms, raters, strict=True)) for terms, _, _ in self.shape.rows)

    @cached_property
    def window(self) -> tuple[tuple[int, int], ...]:
        """By figure, how far down and up it may move; zero lies within."""
        now = [made(terms, self.shape.truth) for terms, _, _ in self.shape.rows]
        return tuple((least - one, most - one) for one, (_, least, most) in zip(now, self.shape.rows, strict=True))

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The figures, that which is held tightest last: it is the leading digit."""
        tight = [Fraction(least - most, span) for (least, most), span in zip(self.window, self.spans, strict=True)]
        return tuple(sorted(range(len(tight)), key=lambda at: (tight[at], at)))

    @cached_property
    def limits(self) -> tuple[tuple[int, int], ...]:
        """`window` in the order of `order`."""
        return tuple(self.window[at] for at in self.order)

    @cached_property
    def base(self) -> int:
        """Wider than any sum of steps can be."""
        return 4 * max(self.spans, default=1) + 1

    def digits(self, effect: int) -> list[int]:
        """How far each figure moves, in the order of `order`.

        Parameters
        ----------
        effect
            A sum of effects, at most one a cell.
        """
        found, half, base = [], self.base // 2, self.base
        for _ in self.shape.rows:
            digit = (effect + half) % base - half
            found.append(digit)
            effect = (effect - digit) // base
        return found

    def digits_of_step(self, effect: int) -> list[int]:
        """`digits` of what one cell does, kept.

        Parameters
        ----------
        effect
            A step of one cell.
        """
        if effect not in self._digits:
            self._digits[effect] = self.digits(effect)
        return self._digits[effect]

    @cached_property
    def full(self) -> tuple[bool, ...]:
        """By cell, whether every way is looked at, and not only those near the truth."""
        return tuple(comb(sum(one) + len(one) - 1, len(one) - 1) <= MOST_WAYS for one in self.shape.truth)

    @cached_property
    def weights(self) -> tuple[Counts, ...]:
        """By cell, the effect of one answer, choice by choice."""
        found = []
        for cell, one in enumerate(self.shape.truth):
            rows = [self.shape.rows[at][0][cell] for at in self.order]
            found.append(tuple(sum(row[at] * self.base**place for place, row in enumerate(rows)) for at in range(len(one))))
        return tuple(found)

    def ways_of(self, cell: int) -> list[tuple[Counts, int]]:
        """The ways of a cell that are looked at, each with its effect.

        Parameters
        ----------
        cell
            Its number.
        """
        if cell not in self._ways:
            true, weights = self.shape.truth[cell], self.weights[cell]
            raters = sum(true)
            near = raters if self.full[cell] else _nearness(len(true))
            bounds = [(max(0, count - near), min(raters, count + near)) for count in true]
            start = _weighed(weights, true)
            self._ways[cell] = [(way, _weighed(weights, way) - start) for way in ways(raters, bounds)]
        return self._ways[cell]

    def free(self, cell: int) -> frozenset[int]:
        """Every effect a cell may have.

        Parameters
        ----------
        cell
            Its number.
        """
        return self._kept(cell, -1, lambda: frozenset(effect for _, effect in self.ways_of(cell)))

    def held(self, cell: int, choice: int) -> frozenset[int]:
        """The effects of ways in which somebody gave this choice.

        Parameters
        ----------
        cell, choice
            Their numbers.
        """
        return self._kept(cell, choice, lambda: frozenset(effect for way, effect in self.ways_of(cell) if way[choice]))

    def near(self, cell: int, *, sure: bool) -> frozenset[int]:
        """Effects of ways close to the true counts, of which there are few in any cell: enough where an answer is easy.

        Parameters
        ----------
        cell
            Its number.
        sure
            Only such as `sure` has.
        """
        return self._kept(cell, -3 - sure, lambda: self._close(cell, sure=sure))

    def _close(self, cell: int, *, sure: bool) -> frozenset[int]:
        true, weights = self.shape.truth[cell], self.weights[cell]
        if cell in self._ways or comb(sum(true) + len(true) - 1, len(true) - 1) <= _FEW:
            return self.sure(cell) if sure else self.free(cell)
        bounds = [(max(0, count - _CLOSE), min(sum(true), count + _CLOSE)) for count in true]
        start = _weighed(weights, true)
        found = [(way, _weighed(weights, way) - start) for way in ways(sum(true), bounds)]
        if not sure:
            return frozenset(effect for _, effect in found)
        given = [choice for choice, count in enumerate(true) if count]
        held = [frozenset(effect for way, effect in found if way[choice]) for choice in given]
        return held[0].intersection(*held[1:])

    def sure(self, cell: int) -> frozenset[int]:
        """The effects that no rater of the cell can rule out: each is made by some way that holds their own answer, whichever of
        the answers that were given is theirs.

        Parameters
        ----------
        cell
            Its number.
        """
        given = [choice for choice, count in enumerate(self.shape.truth[cell]) if count]
        return self._kept(cell, -2, lambda: self.held(cell, given[0]).intersection(*(self.held(cell, one) for one in given[1:])))

    def _kept(self, cell: int, which: int, make: Callable[[], frozenset[int]]) -> frozenset[int]:
        if (cell, which) not in self._sets:
            self._sets[cell, which] = make()
        return self._sets[cell, which]


def _weighed(weights: Counts, counts: Counts) -> int:
    return sum(a * x for a, x in zip(weights, counts, strict=True))


def _nearness(choices: int) -> int:
    near = 1
    while (2 * near + 3) ** (choices - 1) <= MOST_WAYS:
        near += 1
    return near
