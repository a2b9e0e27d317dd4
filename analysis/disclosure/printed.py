"""What a printed number says of the number behind it: exactly it, or the interval that rounding leaves open.

Lives here: how each way of rounding closes its interval's ends. May not live here: what follows from several printed numbers
(`inference`), and which is printed (the services' decision).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from analysis.disclosure.leaks import Atom, LinearFigure
from analysis.rounding import rounded


@dataclass(frozen=True, kw_only=True)
class Interval:
    """From `least` to `most`; None: no end on that side. An open end does not belong to it."""

    least: Fraction | None = None
    most: Fraction | None = None
    least_open: bool = False
    most_open: bool = False

    def narrowed(self, by: Fraction) -> Interval:
        """Shorter by so much at each end."""
        return Interval(
            least=None if self.least is None else self.least + by,
            most=None if self.most is None else self.most - by,
            least_open=self.least_open,
            most_open=self.most_open,
        )

    def turned(self) -> Interval:
        """Where the opposite number lies."""
        least, most = (None if one is None else -one for one in (self.most, self.least))
        return Interval(least=least, most=most, least_open=self.most_open, most_open=self.least_open)

    def holds(self, value: Fraction) -> bool:
        """Whether a number lies within."""
        low = self.least is None or self.least < value or (self.least == value and not self.least_open)
        return low and (self.most is None or value < self.most or (self.most == value and not self.most_open))

    def scaled(self, unit: Fraction, shift: Fraction) -> tuple[int | None, int | None]:
        """The least and the greatest whole number n for which n · unit + shift lies within; None where there is no end.

        Parameters
        ----------
        unit
            Above zero.
        shift
            What the number holds besides.
        """
        least = most = None
        if self.least is not None:
            low = (self.least - shift) / unit
            least = floor(low) + 1 if self.least_open else ceil(low)
        if self.most is not None:
            high = (self.most - shift) / unit
            most = ceil(high) - 1 if self.most_open else floor(high)
        return least, most


@dataclass(frozen=True, kw_only=True)
class PrintedFigure:
    """A number as it is printed.

    `figure.value` is the number before this rounding, whatever is known besides the counts included; None where the terms alone
    make it. `step`: rounded to multiples of it (1/100 for two decimals), None for exactly. `rounding`: a key of
    `analysis.rounding.MODES`. `between`: what a reader learns instead, where no number is printed but a grade or a band.
    `slack`: by how much at the most rounding further in may have moved `figure.value` from its linear form, either way.
    """

    figure: LinearFigure
    step: Fraction | None = None
    rounding: str = "half_up"
    between: Interval | None = None
    slack: Fraction = Fraction(0)

    def value(self, counts: Mapping[Atom, int]) -> Fraction:
        """The number before it is rounded.

        Parameters
        ----------
        counts
            How many answers there are; an atom that is not among them has none.
        """
        return self._made(counts) if self.figure.value is None else self.figure.value

    def besides(self, counts: Mapping[Atom, int]) -> Fraction:
        """What the number holds besides the counts; it counts as known to everybody.

        Parameters
        ----------
        counts
            As for `value`.
        """
        return self.value(counts) - self._made(counts)

    def says(self, counts: Mapping[Atom, int]) -> Interval:
        """What a reader knows of the number before rounding.

        Parameters
        ----------
        counts
            As for `value`.

        Raises
        ------
        KeyError
            For an unknown way of rounding.
        ValueError
            Where the number lies outside the band it is said to lie in, or the step is not above zero.
        """
        value = self.value(counts)
        if self.between is not None:
            if not self.between.holds(value):
                raise ValueError(f"{self.figure.name} is {value} and not {self.between}")
            return self.between
        if self.step is None:
            return Interval(least=value, most=value)
        if self.step <= 0:
            raise ValueError(f"{self.figure.name} cannot be rounded to {self.step}")
        return rounded_from(rounded(value, self.rounding, self.step), self.step, self.rounding)

    def _made(self, counts: Mapping[Atom, int]) -> Fraction:
        return sum((factor * counts.get(atom, 0) for atom, factor in self.figure.terms.items()), Fraction(0))


def rounded_from(shown: Fraction, step: Fraction, mode: str) -> Interval:
    """Every number that a way of rounding makes this one of.

    Parameters
    ----------
    shown
        A multiple of `step`.
    step
        Above zero, in the unit of `shown`.
    mode
        A key of `analysis.rounding.MODES`: half_up and up go away from zero, down goes towards it.

    Returns
    -------
    Interval
        half_up: half a step on either side, the end nearer to zero belongs to it. half_even: both ends belong to it where the
        multiple is even, else none. down, up: a step away from zero, or towards it, and the number itself.

    Raises
    ------
    KeyError
        For another mode.
    """
    half = step / 2
    if mode == "half_even":
        odd = bool(int(shown / step) % 2)
        return Interval(least=shown - half, most=shown + half, least_open=odd, most_open=odd)
    inner, outer = {"half_up": (half, half), "down": (Fraction(0), step), "up": (step, Fraction(0))}[mode]
    if shown == 0:
        return Interval(least=-outer, most=outer, least_open=outer > 0, most_open=outer > 0)
    inner_open, outer_open = mode == "up", mode != "up"
    if shown > 0:
        return Interval(least=shown - inner, most=shown + outer, least_open=inner_open, most_open=outer_open)
    return Interval(least=shown - outer, most=shown + inner, least_open=outer_open, most_open=inner_open)
