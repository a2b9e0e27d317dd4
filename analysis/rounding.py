"""Exact rounding of fractions. `half_up` and `up` go away from zero, `down` towards zero, as accountants read the words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction


def _half_up(units: Fraction) -> int:
    return int(units + Fraction(1, 2)) if units >= 0 else -int(-units + Fraction(1, 2))


def _up(units: Fraction) -> int:
    cut = int(units)
    return cut if cut == units else cut + (1 if units > 0 else -1)


MODES: dict[str, Callable[[Fraction], int]] = {"half_up": _half_up, "half_even": round, "down": int, "up": _up}


def to_whole(value: Fraction, mode: str) -> int:
    """The nearest whole number as `mode` says."""
    return MODES[mode](value)


def rounded(value: Fraction, mode: str, step: Fraction) -> Fraction:
    """The multiple of `step` that `mode` says."""
    return MODES[mode](value / step) * step
