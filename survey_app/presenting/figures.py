"""How a number is shown: the digits the scheme asks for, half up, and always with the exact value behind it.

Showing is not rounding: nothing is ever computed from a shown figure, and where a figure is cut its exact fraction is kept.
"""

from __future__ import annotations

from fractions import Fraction

from questionnaires.tables.sheet import Number

_DIGITS = 2  # shown where the scheme does not say
_SHARE_DIGITS = 1
_MOST = 6  # a terminating decimal with more digits than this is cut


def decimal(value: Fraction, digits: int) -> str:
    """`value` with so many digits after the point, half away from zero; by whole numbers only."""
    scaled = abs(value) * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(units).rjust(digits + 1, "0")
    sign = "-" if value < 0 and units else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def ends(value: Fraction) -> int | None:
    """How many digits after the point `value` needs to be written out in full; None when it never ends."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def number(value: Fraction, digits: int | None) -> Number:
    """A plain number. Without stated digits: in full when that takes few digits, else two."""
    if digits is None:
        needed = ends(value)
        digits = needed if needed is not None and needed <= _MOST else _DIGITS
    return Number(decimal(value, digits), value)


def share(value: Fraction, digits: int | None = None) -> Number:
    """A share as a percentage, one digit after the point where the scheme does not say."""
    return Number(decimal(value * 100, _SHARE_DIGITS if digits is None else digits), value, percent=True)


def is_exact(figure: Number) -> bool:
    """Whether the shown figure is the value itself."""
    shown = Fraction(figure.shown)
    return (shown / 100 if figure.percent else shown) == figure.exact
