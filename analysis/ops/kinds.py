"""A cell's value as the kind an op needs; a wrong kind stops the count with a sentence."""

from __future__ import annotations

from fractions import Fraction

from analysis.errors import KINDS_ZH, AnalysisError
from analysis.values import Value, kind, text_of


def as_number(value: Value) -> Fraction:
    """A number, or AnalysisError."""
    if isinstance(value, Fraction):
        return value
    raise AnalysisError(
        f"a number was needed, but found the {kind(value)} {text_of(value)!r}",
        f"这里要用数来算，遇到的却是{KINDS_ZH[kind(value)]}“{text_of(value)}”",
    )


def as_truth(value: Value) -> bool:
    """A truth, or AnalysisError."""
    if isinstance(value, bool):
        return value
    raise AnalysisError(
        f"a truth was needed, but found the {kind(value)} {text_of(value)!r}",
        f"这里要一个条件（是或否），遇到的却是{KINDS_ZH[kind(value)]}“{text_of(value)}”",
    )
