"""The axes of a step's table in their one order, and references from one step to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import PlanError
from analysis.values import AXES, Key

Axes = tuple[str, ...]


@dataclass(frozen=True)
class Ref:
    """A reference to an earlier step, where a literal could stand as well."""

    step: str


@dataclass(frozen=True)
class Operand:
    """A cell that a cell was made from: `role` says as what ("of", "weight", "where", "pool", …)."""

    role: str
    step: str
    key: Key


def order_axes(axes: set[str] | Sequence[str]) -> Axes:
    """Axes in their one order."""
    return tuple(axis for axis in AXES if axis in axes)


def require_within(inner: str, outer: str, known: Mapping[str, Axes]) -> None:
    """Refuse a step whose axes are not all among those of another.

    Parameters
    ----------
    inner, outer
        Names of two steps.
    known
        Axes by step name, for every step read so far.

    Raises
    ------
    PlanError
        "axis-not-within", with the first axis of `inner` that `outer` lacks.
    """
    extra = [axis for axis in known[inner] if axis not in known[outer]]
    if extra:
        raise PlanError("axis-not-within", inner=inner, outer=outer, axis=extra[0])


def no_axis(of: str, axis: str) -> PlanError:
    """The error of a step that works along an axis its table does not have; the caller raises it.

    Parameters
    ----------
    of
        The step whose table it is.
    axis
        The axis it lacks.
    """
    return PlanError("no-axis", of=of, axis=axis)
