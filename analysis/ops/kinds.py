"""A cell's value as the kind an op needs; a wrong kind stops the count with a sentence."""

from __future__ import annotations

from fractions import Fraction

from analysis.errors import AnalysisError
from analysis.values import Value, kind, text_of


def as_number(value: Value) -> Fraction:
    """A value that has to be a number.

    Raises
    ------
    AnalysisError
        When it is of another kind.
    """
    if isinstance(value, Fraction):
        return value
    raise AnalysisError("number-needed", kind=kind(value), value=text_of(value))


def as_truth(value: Value) -> bool:
    """A value that has to be a truth.

    Raises
    ------
    AnalysisError
        When it is of another kind.
    """
    if isinstance(value, bool):
        return value
    raise AnalysisError("truth-needed", kind=kind(value), value=text_of(value))
