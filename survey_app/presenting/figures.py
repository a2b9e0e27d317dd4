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


def announced_digits(kind: str, digits: int | None) -> int:
    """Digits after the point under which a figure is announced where its exact value may not leave."""
    return digits if digits is not None else _SHARE_DIGITS if kind == "share" else _DIGITS


def announced(value: Fraction, kind: str, digits: int) -> Number:
    """A figure as announced, and nothing behind it: always with this many digits, for a number that stands in full where it is
    short would say of itself that it is exact.

    Parameters
    ----------
    value
        What was counted; it does not leave this function.
    kind
        The quantity's kind; "share" is shown as a percentage.
    digits
        Digits after the point, of the percentage where it is one.
    """
    percent = kind == "share"
    shown = fixed(value * 100 if percent else value, digits)
    return Number(shown, Fraction(shown) / (100 if percent else 1), percent=percent)


def behind(figure: Number) -> tuple[Fraction, Fraction]:
    """Least and most that a figure so announced may stand for; an end at a half may belong to it or not (half away from zero).

    Parameters
    ----------
    figure
        As `announced` made it.
    """
    half = Fraction(1, 2 * 10**figure.digits) / (100 if figure.percent else 1)
    return figure.exact - half, figure.exact + half
