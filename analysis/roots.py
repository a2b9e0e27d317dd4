"""Powers and roots, exactly rounded: whole numbers only, so that a root that decides is the same on every machine.

A root of a fraction has no end, so it has no place among exact numbers; its multiple of a step, under a stated rounding, has one.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from analysis.errors import AnalysisError
from analysis.rounding import rounded

#: How many binary digits a product or power may have above and below the line, some 1,200 decimal ones: more is no figure of a
#: method but a slip, and could not be written down.
LONGEST = 4096
#: The greatest numerator and denominator of an exponent. 1.81 is 181/100; more would only cost time.
GREATEST = 1000


def is_exponent(exponent: Fraction) -> bool:
    """Whether an exponent is one that is worked out: numerator and denominator at most `GREATEST`."""
    return abs(exponent.numerator) <= GREATEST and exponent.denominator <= GREATEST


def not_too_long(value: Fraction) -> Fraction:
    """The value itself.

    Raises
    ------
    AnalysisError
        "number-too-long", for one with more digits than `LONGEST`.
    """
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST:
        raise AnalysisError("number-too-long")
    return value


def power_rounded(value: Fraction, exponent: Fraction, mode: str, step: Fraction) -> Fraction | None:
    """A power as a multiple of a step: 2 to the power of 1/2, half up to 1/100, is 141/100.

    Parameters
    ----------
    value
        What is raised. Below zero only with a whole exponent.
    exponent
        As `is_exponent` allows; 1/2 is the square root.
    mode
        A key of `analysis.rounding.MODES`.
    step
        Above zero.

    Returns
    -------
    Fraction, or None
        None where there is no such root: of a number below zero. A power of nought with an exponent below zero raises
        ZeroDivisionError.
    """
    raised = value**exponent.numerator
    if exponent.denominator == 1:
        return rounded(Fraction(raised), mode, step)
    if value < 0:
        return None
    degree = exponent.denominator
    under = Fraction(raised) / step**degree  # what the number of steps is the root of
    low = _root(under.numerator // under.denominator, degree)
    return (low + _one_more(low, under, degree, mode)) * step


def _one_more(low: int, under: Fraction, degree: int, mode: str) -> int:
    """Whether the root, which lies from `low` to under `low` + 1, is rounded up."""
    if mode == "down" or low**degree == under:
        return 0
    if mode == "up":
        return 1
    half, twice = (2 * low + 1) ** degree, under * 2**degree
    return 1 if half < twice or (half == twice and (mode == "half_up" or low % 2)) else 0


def _root(number: int, degree: int) -> int:
    """The greatest whole number whose power is not above a number from nought: Newton, from above."""
    if degree == 2:
        return isqrt(number)
    if number < 2:
        return number
    found = 1 << -(-number.bit_length() // degree)
    while True:
        nearer = ((degree - 1) * found + number // found ** (degree - 1)) // degree
        if nearer >= found:
            return found
        found = nearer
