"""The world in which a line is met exactly, and the one that misses it by the least that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.numerals import decimal
from analysis.plan import Plan
from questionnaires.model import Scheme
from questionnaires.worlds.building import Builder, Kind
from questionnaires.worlds.knobs import Knob, families, knobs_of
from questionnaires.worlds.lines import Gap, Line
from questionnaires.worlds.world import SmallWorld

LEVELS = ("good", "best", "worst")
#: Steps whose values come from more subjects than one.
CROWDED = ("relate", "versus", "allocate", "gather")
_MOST_KINDS = 3
_TRIES = 40  # worlds counted for one level of one kind, before the line is given up
_IDLE = 2  # how often a number may be raised in vain
_MISSES = (1, 2, 5, 10, 50, 100)


@dataclass(frozen=True, kw_only=True)
class Met:
    """A line with the world that meets it exactly and the one that just misses it; `missed` None where no step misses it."""

    line: Line
    exact: SmallWorld | None
    missed: SmallWorld | None
    at: Fraction | None = None  # the right side, where the line is met


def meet(scheme: Scheme, plan: Plan, builder: Builder, line: Line, kinds: int = 1) -> Iterator[Met]:
    """The worlds that meet a line, for the first so many kinds of subject that can; one `Met` without a world where none can.

    Parameters
    ----------
    scheme, plan
        The scheme and its parsed plan.
    builder
        Builds its worlds.
    line
        The line.
    kinds
        For how many kinds of subject.
    """
    found = tried = 0
    for kind in builder.kinds:
        met = _of_kind(scheme, plan, builder, line, kind)
        tried += met is not None
        if met is not None and met.exact is not None:
            found += 1
            yield met
        if found == kinds or tried >= _MOST_KINDS:
            break
    if not found:
        yield Met(line=line, exact=None, missed=None)


def _of_kind(scheme: Scheme, plan: Plan, builder: Builder, line: Line, kind: Kind) -> Met | None:
    """None where the two sides of the line are no numbers for such a subject, whatever the level."""
    gap, concerned = Gap(scheme, plan, line), False
    crowd = any(step.op in CROWDED for step in gap.plan.steps)
    for level in LEVELS:
        world, left = builder.world(kind, level), _TRIES
        if gap.of(world) is None:
            continue
        concerned = True
        knobs = [*knobs_of(scheme, gap.plan, world), *([families(builder, kind)] if crowd else [])]
        for knob in knobs:
            turning = _Turning(gap, knob, world)
            met = turning.met()
            if met is not None:
                return met
            world, left = turning.nearer, left - turning.tries
            if left <= 0:
                break
    return Met(line=line, exact=None, missed=None) if concerned else None


class _Turning:
    """One knob turned until the gap is nought. `nearer`: the world left behind for the next knob where this one alone did not do,
    turned as far as it goes if that brings the line nearer."""

    def __init__(self, gap: Gap, knob: Knob, world: SmallWorld) -> None:
        self.gap, self.knob, self.world, self.nearer, self.tries = gap, knob, world, world, 0

    def _gap(self, world: SmallWorld) -> Fraction | None:
        self.tries += 1
        return self.gap.of(world)

    def met(self) -> Met | None:
        """The worlds, or None."""
        if self.knob.whole is not None:
            return self._counted(self.knob.whole)
        return self._measured() if self.knob.digits is not None else self._mixed()

    def _counted(self, most: int) -> Met | None:
        """A number of events, heads, ballots: tried one by one while it brings the line nearer."""
        start = self._gap(self.world)
        before, idle = start, 0
        for many in range(self.knob.least, most + 1):
            turned = self.knob.at(self.world, Fraction(many), 0)
            found = self._gap(turned)
            if found is None:
                idle += 1
            elif found == 0:
                return self._told(Fraction(many), 0, [Fraction(one) for one in (many - 1, many + 1) if one >= self.knob.least])
            elif start is None or (found > 0) != (start > 0):
                return None
            elif before is not None and abs(found) < abs(before):
                self.nearer, idle, before = self._kept(turned, Fraction(many), 0), 0, found
            else:
                idle += 1
            if idle > _IDLE:
                return None
        return None

    def _measured(self) -> Met | None:
        """A number of other evidence, or of an earlier period: along a straight line between its least and its most."""
        low, high = self.knob.span
        exact = self._root(lambda value: self.knob.at(self.world, value, 0), low, high)
        if exact is None or 10**4 % exact.denominator:
            return None
        step = Fraction(1, 100) if 100 % exact.denominator == 0 else Fraction(1, 10**4)
        near = [exact + sign * times * step for times in _MISSES for sign in (-1, 1)]
        return self._told(exact, 0, [value for value in near if low <= value <= high])

    def _mixed(self) -> Met | None:
        """So many of so many ballots."""
        exact = self._root(lambda share: self.knob.at(self.world, share, share.denominator), Fraction(0), Fraction(1))
        if exact is None or exact.denominator > self.knob.most:
            return None
        enough = exact.denominator * -(-self.knob.fewest // exact.denominator)
        several = (many for many in (enough, exact.denominator) if self._gap(self.knob.at(self.world, exact, many)) == 0)
        if (many := next(several, 0)) == 0:  # a count of votes, unlike a share, is met by few ballots only
            return None
        picked = int(exact * many)
        near = [picked + sign * times for times in _MISSES for sign in (-1, 1)]
        return self._told(exact, many, [Fraction(one, many) for one in near if 0 <= one <= many])

    def _root(self, at: Callable[[Fraction], SmallWorld], low: Fraction, high: Fraction) -> Fraction | None:
        """Where a gap that grows or falls all the way is nought: along straight lines, each through the last two places."""
        at_low, at_high = self._gap(at(low)), self._gap(at(high))
        if at_low is None or at_high is None:
            return None
        if at_low == 0 or at_high == 0:
            return low if at_low == 0 else high
        if (at_low > 0) == (at_high > 0):
            if abs(at_low) != abs(at_high):
                end = low if abs(at_low) < abs(at_high) else high
                self.nearer = self._kept(at(end), end, 0 if self.knob.digits is not None else 1)
            return None
        for _ in range(6):
            middle = (low + (high - low) * at_low / (at_low - at_high)).limit_denominator(
                10**4 if self.knob.digits is not None else self.knob.most
            )
            found = self._gap(at(middle))
            if found == 0:
                return middle
            if found is None or middle in (low, high):
                return None
            if (found > 0) == (at_low > 0):
                low, at_low = middle, found
            else:
                high, at_high = middle, found
        return None

    def _told(self, exact: Fraction, many: int, near: list[Fraction]) -> Met:
        """The worlds, with what they show; the one that misses the line lies on that side on which the verdict turns."""
        met, line = self.knob.at(self.world, exact, many), self.gap.line
        wanted = -1 if line.comparisons[0] in (">=", "<") else 1
        missed = None
        for value in near:
            world = self.knob.at(self.world, value, many)
            found = self._gap(world)
            if found is not None and found * wanted > 0:
                missed = world.told("line-missed", **self._parts(value, many))
                break
        return Met(line=line, exact=met.told("line-met", **self._parts(exact, many)), missed=missed, at=self.gap.side(met))

    def _kept(self, world: SmallWorld, value: Fraction, many: int) -> SmallWorld:
        """A world turned as far as this knob goes, which remembers it."""
        return replace(world, turned=(*self.world.turned, self._parts(value, many)))

    def _parts(self, value: Fraction, many: int) -> dict[str, str]:
        mixed = {"picked": str(int(value * many)), "rest": str(many - int(value * many)), "many": str(many)} if many else {}
        return {**self.knob.parts, "knob": self.knob.what, "quantity": self.gap.line.quantity, "value": decimal(value), **mixed}
