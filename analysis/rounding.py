"""Exact rounding of fractions. `half_up` and `up` go away from zero, `down` towards zero, as accountants read the words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction


def _half_up(units: Fraction) -> int:
    return int(units + Fraction(1, 2)) if units >= 0 else -int(-units + Fraction(1, 2))


def _up(units: Fraction) -> int:
    cut = int(units)
    return cut if cut == units else cut + (1 if units > 0 else -1)


#: Mode -> the whole number it makes of a number of units. half_up: the nearest, of two the one away from zero. half_even: the
#: nearest, of two the even one. down: towards zero. up: away from zero.
MODES: dict[str, Callable[[Fraction], int]] = {"half_up": _half_up, "half_even": round, "down": int, "up": _up}


def to_whole(value: Fraction, mode: str) -> int:
    """The whole number that a mode makes of a number.

    Parameters
    ----------
    value
        The number.
    mode
        A key of `MODES`.

    Raises
    ------
    KeyError
        For another mode.
    """
    return MODES[mode](value)


def rounded(value: Fraction, mode: str, step: Fraction) -> Fraction:
    """The multiple of a step that a mode makes of a number: 87.35 to a step of 1/10 is 87.4 "half_up" and 87.3 "down".

    Parameters
    ----------
    value
        The number.
    mode
        A key of `MODES`.
    step
        Above zero, in the unit of `value`: 1/100 for two decimals.

    Raises
    ------
    KeyError
        For another mode.
    """
    return MODES[mode](value / step) * step
