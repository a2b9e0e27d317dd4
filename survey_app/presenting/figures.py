"""How a number is shown: the digits the scheme asks for, half up, and always with the exact value behind it.

Showing is not rounding: nothing is ever computed from a shown figure, and where a figure is cut its exact fraction is kept.
"""

from __future__ import annotations

from fractions import Fraction

from analysis.numerals import SHORT, decimal, ends, fixed
from analysis.rounding import rounded
from questionnaires.tables.sheet import Number

_DIGITS = 2  # shown where the scheme does not say
_SHARE_DIGITS = 1
#: Where whole numbers still say too much: digits below zero stand for wider and wider steps.
_WIDE = {-1: 2, -2: 5, -3: 10}
COARSEST = min(_WIDE)


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


def announced_digits(kind: str, digits: int | None) -> int:
    """Digits after the point under which a figure is announced where its exact value may not leave."""
    return digits if digits is not None else _SHARE_DIGITS if kind == "share" else _DIGITS


def step(digits: int) -> Fraction:
    """The step between two figures announced with so many digits: 1/100 for two, 2, 5 and 10 for -1, -2 and -3.

    Parameters
    ----------
    digits
        Digits after the point; below zero a wider step than one, down to `COARSEST`.
    """
    return Fraction(_WIDE[digits]) if digits < 0 else Fraction(1, 10**digits)


def announced(value: Fraction, kind: str, digits: int) -> Number:
    """A figure as announced, and nothing behind it: always with this many digits, for a number that stands in full where it is
    short would say of itself that it is exact. One to a wider step than one says how far the true one may lie from it.

    Parameters
    ----------
    value
        What was counted; it does not leave this function.
    kind
        The quantity's kind; "share" is shown as a percentage.
    digits
        Digits after the point, of the percentage where it is one; below zero as `step` says.
    """
    percent = kind == "share"
    near = rounded(value * 100 if percent else value, "half_up", step(digits))
    around = decimal(step(digits) / 2) if digits < 0 else ""
    return Number(fixed(near, max(digits, 0)), near / (100 if percent else 1), percent=percent, around=around)


def behind(figure: Number, digits: int) -> tuple[Fraction, Fraction]:
    """Least and most that a figure so announced may stand for; an end at a half may belong to it or not (half away from zero).

    Parameters
    ----------
    figure
        As `announced` made it.
    digits
        With which digits.
    """
    half = step(digits) / 2 / (100 if figure.percent else 1)
    return figure.exact - half, figure.exact + half
