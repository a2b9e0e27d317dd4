"""Which steps of some cells can be made up for by the others, so that every figure stays within what is printed of it.

A step that is found to be possible is a proof: its parts are ways in which people may have answered. That none is possible is
said only where every way of every cell was looked at; work that was not done never counts as an answer.

Lives here: sums of sets of effects, cut down to what can still end within all windows. May not live here: which cells are asked
about, and what an insider knows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from analysis.disclosure.effects import Effects

#: So many other cells are tried alone before sums of them are.
NEAR = 3
#: So often what is left out of one set is used to leave something out of the others.
_ROUNDS = 8


@dataclass
class Work:
    """Partial solutions that may still be looked at."""

    left: int

    def take(self, much: int) -> bool:
        """Whether so much more may be done; it counts as done."""
        if much > self.left:
            return False
        self.left -= much
        return True


@dataclass(frozen=True)
class Possible:
    """`steps`: those asked about that are possible. `complete`: no other of them is."""

    steps: frozenset[int]
    complete: bool


@dataclass
class _Span:
    """How far each figure can still be moved by the sets that are not added yet."""

    effects: Effects
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.low = [0] * len(self.effects.shape.rows)
        self.high = [0] * len(self.effects.shape.rows)

    def add(self, effects: Iterable[int], sign: int = 1) -> None:
        """Count a set in, or out again."""
        columns = list(zip(*map(self.effects.digits, effects), strict=True))
        for at, column in enumerate(columns):
            self.low[at] += sign * min(column)
            self.high[at] += sign * max(column)

    def kept(self, sums: set[int]) -> set[int]:
        """Those that what is left can still bring within every window."""
        if len(self.low) == 1:  # one figure: its digit is the number itself
            (least, most) = self.effects.limits[0]
            low, high = least - self.high[0], most - self.low[0]
            return {one for one in sums if low <= one <= high}
        return {one for one in sums if self._lets(one)}

    def _lets(self, effect: int) -> bool:
        digits = self.effects.digits(effect)
        return all(
            least - high <= digit <= most - low
            for digit, low, high, (least, most) in zip(digits, self.low, self.high, self.effects.limits, strict=True)
        )


def easily(
    effects: Effects, asked: Collection[int], others: Sequence[frozenset[int]], work: Work, enough: Callable[[set[int]], bool]
) -> set[int]:
    """Some of the steps that the other cells can make up for, each of them alone, and two at a time: most questions end here.

    Parameters
    ----------
    effects, asked, others, work, enough
        As for `possible`.
    """
    found, moving = set[int](), [one for one in others if len(one) > 1]
    for one in (frozenset({0}), *moving):
        found |= _met(effects, set(asked) - found, one, work) or set()
        if enough(found):
            return found
    for at, one in enumerate(moving):
        for other in moving[:at]:
            if work.take(len(one) * len(other)):
                found |= _met(effects, set(asked) - found, {a + b for a in one for b in other}, work) or set()
            if enough(found):
                return found
    return found


def possible(
    effects: Effects, asked: Collection[int], others: Sequence[frozenset[int]], work: Work, enough: Callable[[set[int]], bool]
) -> Possible:
    """Which steps of some cells the other cells can make up for.

    Parameters
    ----------
    effects
        The block.
    asked
        The steps asked about.
    others
        By other cell the steps it may take; each may stay as it is (0). They are tried in this order.
    work
        What may still be done; a set that would cost more is left out, and the answer is not complete.
    enough
        Whether the steps found so far will do.

    Returns
    -------
    Possible
        Every step in it is possible.
    """
    found, moving = set[int](), [one for one in others if len(one) > 1]
    for one in (frozenset({0}), *moving[:NEAR]):
        found |= _met(effects, set(asked) - found, one, work) or set()
        if enough(found):
            return Possible(frozenset(found), complete=len(found) == len(asked))
    kept = _consistent(effects, [frozenset(asked), *moving])
    asked, moving = kept[0], [one for one in kept[1:] if len(one) > 1]
    span = _Span(effects)
    for one in (asked, *moving):
        span.add(one)
    complete, sums = True, {0}
    for one in moving:
        open_to = set(asked) - found
        if enough(found) or not open_to:
            return Possible(frozenset(found), complete=not open_to)
        span.add(one, -1)
        if not work.take(len(sums) * len(one) + len(open_to)):
            complete = False
            continue
        sums = {first + second for first in sums for second in one}
        sums = span.kept(sums)
        met = _met(effects, open_to, sums, work)
        complete = complete and met is not None
        found |= met or set()
    return Possible(frozenset(found), complete and bool(moving or found == asked or _met(effects, asked, {0}, work) == found))


def _consistent(effects: Effects, sets: list[frozenset[int]]) -> list[frozenset[int]]:
    """The sets without what no choice from the others can make up for, figure by figure. Zero is never left out."""
    tables = [[(one, effects.digits_of_step(one)) for one in own] for own in sets]
    for _ in range(_ROUNDS):
        ends = [[(min(column), max(column)) for column in zip(*(digits for _, digits in own), strict=True)] for own in tables]
        low, high = ([sum(one[side] for one in column) for column in zip(*ends, strict=True)] for side in (0, 1))
        before = sum(map(len, tables))
        for at, own in enumerate(tables):
            bounds = [
                (least - (up - mine[1]), most - (down - mine[0]))
                for (least, most), down, up, mine in zip(effects.limits, low, high, ends[at], strict=True)
            ]
            tables[at] = [
                (one, digits) for one, digits in own if all(a <= digit <= b for digit, (a, b) in zip(digits, bounds, strict=True))
            ]
        if sum(map(len, tables)) == before:
            break
    return [frozenset(one for one, _ in own) for own in tables]


def _met(effects: Effects, asked: Iterable[int], sums: Collection[int], work: Work) -> set[int] | None:
    """The steps asked about to which some sum can be added so that all figures stay within their windows."""
    if not effects.shape.rows:
        return set(asked)
    ordered, limits, base = sorted(sums), effects.limits, effects.base
    top = base ** (len(limits) - 1)
    least, most = limits[-1]
    found = set()
    for step in asked:
        # The leading digit alone decides where to look; what lies below it is at most half a unit of it.
        low = bisect_left(ordered, least * top - step - top // 2)
        high = bisect_right(ordered, most * top - step + top // 2)
        if not work.take(high - low):
            return None
        for at in range(low, high):
            if all(a <= digit <= b for digit, (a, b) in zip(effects.digits(step + ordered[at]), limits, strict=True)):
                found.add(step)
                break
    return found
