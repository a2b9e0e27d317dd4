"""What a cell can hold, and tables of cells. Everything that decides is exact: a float never enters here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import lcm

from analysis.errors import PlanError
from analysis.numerals import PLAN, read
from analysis.reasons import Reason

AXES = ("subject", "group", "item", "period", "rater", "rival")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """No value, and why. Not the same as zero, and not the same as not applicable."""

    reason: Reason


Value = Fraction | str | bool | Missing
_REASONS = frozenset(Reason)
NOT_APPLICABLE = Missing(Reason.NOT_APPLICABLE)

_WHOLE = {n: Fraction(n) for n in range(-1, 4097)}


@dataclass(frozen=True)
class Table:
    """A named quantity: `cells` maps a key (one label per axis, in the order of `axes`) to its value; absent: not applicable."""

    name: str
    axes: tuple[str, ...]
    cells: Mapping[Key, Value] = field(default_factory=dict)

    def at(self, **labels: str) -> Value:
        """The value at these labels; NOT_APPLICABLE where there is no cell. KeyError when an axis is not named."""
        return self.cells.get(tuple(labels[axis] for axis in self.axes), NOT_APPLICABLE)

    def __eq__(self, other: object) -> bool:
        """Equal when name, axes, cells and the kinds of the cells are: True is not 1 here."""
        if not isinstance(other, Table):
            return NotImplemented
        return (self.name, self.axes) == (other.name, other.axes) and _typed(self.cells) == _typed(other.cells)

    __hash__ = None  # type: ignore[assignment]  # a table is a container of many cells, never a dictionary's key


def _typed(cells: Mapping[Key, Value]) -> dict[Key, tuple[str, Value]]:
    return {key: (kind(value), value) for key, value in cells.items()}


def applicable(cells: Mapping[Key, Value]) -> dict[Key, Value]:
    """The cells without those that are not applicable, which are not stored."""
    kept = dict(cells)
    for key in [key for key, value in cells.items() if type(value) is Missing and value == NOT_APPLICABLE]:
        del kept[key]
    return kept


def whole(number: int) -> Fraction:
    """An integer as a Fraction; small ones are shared, since counts are mostly small and there are many of them."""
    found = _WHOLE.get(number)
    return Fraction(number) if found is None else found


@lru_cache(maxsize=1 << 16)
def ratio(top: int, bottom: int) -> Fraction:
    """The quotient of two integers. Kept, because points over answers are the same few thousand ratios over and over.

    Parameters
    ----------
    top
        The numerator.
    bottom
        The denominator, not zero.
    """
    return Fraction(top, bottom)


def number(text: object) -> Fraction:
    """An exact number from its text: an integer, a decimal or a fraction.

    Raises
    ------
    PlanError
        For anything else, floats too.
    """
    found = _read(text) if isinstance(text, str) else None
    if found is None:
        raise PlanError("not-exact", given=text)
    return found


@lru_cache(maxsize=1 << 14)
def _read(text: str) -> Fraction | None:
    """Of a report's hundred thousand numbers most say what another says."""
    return read(text, PLAN)


def is_number(text: str) -> bool:
    """Whether `number` would read this text."""
    return _read(text) is not None


def kind(value: Value) -> str:
    """ "number", "text", "truth" or "missing"."""
    return _KINDS[type(value)]


_KINDS: dict[type, str] = {Fraction: "number", str: "text", bool: "truth", Missing: "missing"}


def text_of(value: Value) -> str:
    """A value as canonical text: "1/2", "true", the text itself, or the reason of a missing one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.reason if isinstance(value, Missing) else str(value)


def literal(raw: object) -> Value:
    """A value from its literal in the plan: ["num", "1/3"], ["text", "a"], ["truth", true], ["missing", "reason"].

    Raises
    ------
    PlanError
        For anything else.
    """
    if isinstance(raw, list) and len(raw) == 2:
        tag, body = raw
        if tag == "num":
            return number(body)
        if tag == "text" and isinstance(body, str):
            return body
        if tag == "truth" and isinstance(body, bool):
            return body
        if tag == "missing" and isinstance(body, str) and body in _REASONS:
            return Missing(Reason(body))
    raise PlanError("not-a-literal", given=raw)


def as_literal(value: Value) -> list[object]:
    """The literal `literal` reads back to the same value."""
    if isinstance(value, bool):
        return ["truth", value]
    if isinstance(value, Fraction):
        return ["num", str(value)]
    return ["missing", value.reason] if isinstance(value, Missing) else ["text", value]


def total(numbers: Iterable[Fraction]) -> Fraction:
    """The exact sum. Numerators of like denominators are added as integers and brought to one denominator at the end: many
    times faster than Fraction by Fraction."""
    parts: dict[int, int] = {}
    for value in numbers:
        numerator, denominator = value.as_integer_ratio()
        parts[denominator] = parts.get(denominator, 0) + numerator
    if len(parts) == 1:
        denominator, numerator = parts.popitem()
        return whole(numerator) if denominator == 1 else ratio(numerator, denominator)
    base = lcm(*parts)
    return Fraction(sum([numerator * (base // denominator) for denominator, numerator in parts.items()]), base)
