"""Between which numbers a quantity can lie, as far as the file alone says: a share between nought and one, a mean between the
least and the greatest points. So a bound that nothing can ever reach is found before anybody votes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

Bound = Fraction | None  # None: nobody knows


@dataclass(frozen=True)
class Span:
    """From `low` to `high`, both included; None where the file does not say. `whole`: only whole numbers."""

    low: Bound = None
    high: Bound = None
    whole: bool = False

    def plus(self, other: Span) -> Span:
        """The span of a sum."""
        return Span(_each(self.low, other.low), _each(self.high, other.high), self.whole and other.whole)

    def negative(self) -> Span:
        """The span with the sign turned."""
        return Span(None if self.high is None else -self.high, None if self.low is None else -self.low, self.whole)

    def times(self, other: Span) -> Span:
        """The span of a product; known where both are known, or where neither goes below nought."""
        if not any(end is None for end in (self.low, self.high, other.low, other.high)):
            ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high) if a is not None and b is not None]
            return Span(min(ends), max(ends), self.whole and other.whole)
        if self.low is not None and other.low is not None and self.low >= 0 and other.low >= 0:
            return Span(self.low * other.low, None, self.whole and other.whole)
        return Span()

    def over(self, number: Fraction) -> Span:
        """The span divided by a number that is not nought."""
        ends = Span(
            None if self.low is None else self.low / number,
            None if self.high is None else self.high / number,
        )
        return ends if number > 0 else Span(ends.high, ends.low)

    def kept(self, least: Bound, most: Bound) -> Span:
        """The span where nothing is under `least` or above `most`."""
        low = self.low if least is None else least if self.low is None else max(self.low, least)
        high = self.high if most is None else most if self.high is None else min(self.high, most)
        return Span(low, high, self.whole)

    def beyond(self, number: Fraction) -> bool:
        """Whether the number lies outside for certain."""
        return (self.low is not None and number < self.low) or (self.high is not None and number > self.high)


def either_span(spans: Iterable[Span]) -> Span:
    """The span of a value that is one of several."""
    found = list(spans)
    if not found:
        return Span()
    lows, highs = [one.low for one in found], [one.high for one in found]
    low = None if None in lows else min(end for end in lows if end is not None)
    high = None if None in highs else max(end for end in highs if end is not None)
    return Span(low, high, all(one.whole for one in found))


def exactly(number: Fraction) -> Span:
    """The span of a constant."""
    return Span(number, number, number.denominator == 1)


def _each(one: Bound, other: Bound) -> Bound:
    return None if one is None or other is None else one + other


UNKNOWN = Span()
COUNT = Span(Fraction(0), None, whole=True)
PLACE = Span(Fraction(1), None, whole=True)
SHARE = Span(Fraction(0), Fraction(1))
