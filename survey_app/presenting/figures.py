"""How a number is shown: the digits the scheme asks for, half up, and always with the exact value behind it.

Showing is not rounding: nothing is ever computed from a shown figure, and where a figure is cut its exact fraction is kept.
"""

from __future__ import annotations

from fractions import Fraction

from analysis.numerals import SHORT, ends, fixed
from questionnaires.tables.sheet import Number

_DIGITS = 2  # shown where the scheme does not say
_SHARE_DIGITS = 1


def number(value: Fraction, digits: int | None) -> Number:
    """A plain number. Without stated digits: in full when that takes few digits, else two."""
    if digits is None:
        needed = ends(value)
        digits = needed if needed is not None and needed <= SHORT else _DIGITS
    return Number(fixed(value, digits), value)


def share(value: Fraction, digits: int | None = None) -> Number:
    """A share as a percentage, one digit after the point where the scheme does not say."""
    return Number(fixed(value * 100, _SHARE_DIGITS if digits is None else digits), value, percent=True)


def is_exact(figure: Number) -> bool:
    """Whether the shown figure is the value itself."""
    shown = Fraction(figure.shown)
    return (shown / 100 if figure.percent else shown) == figure.exact
