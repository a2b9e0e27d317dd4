"""What a compiled quantity is: its step, axes, kind and labels, and how numbers and axes are written in the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from analysis.saying import N_
from questionnaires.compiling.span import UNKNOWN, Span
from questionnaires.telling import Said, said

Kind = Literal["number", "text", "truth"]
AXES = ("subject", "group", "item", "period", "rater", "rival")


class GiveUp(Exception):  # noqa: N818 - not an error but the end of reading one quantity; its problems are already noted
    """A quantity cannot be compiled; every problem has been noted."""


@dataclass(frozen=True)
class Home:
    """A step that has a cell for everything there ought to be, with its axes."""

    step: str
    axes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A compiled quantity: the plan's step, its axes, what its cells hold, and the labels found along groups and items.

    `grades`: the words a text quantity can have, best first. `ratio`: the steps of numerator and denominator of a share.
    `span`: between which numbers it can lie, as far as the file says.
    """

    step: str
    axes: tuple[str, ...]
    kind: Kind = "number"
    grades: tuple[str, ...] = ()
    ratio: tuple[str, str] | None = None
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    share: bool = False
    span: Span = UNKNOWN
    asked: bool = False  # its labels are exactly the groups asked, as a mean over ballots has them
    window: int = 0  # along the periods: the latest so many, whether or not anybody has a result in each; 0: those that occur
    homes: Mapping[str, Home] = field(default_factory=dict)  # axis -> what has every cell once that axis is worked away


KIND_WORDS: Mapping[Kind, Said] = {
    "number": said(N_("一个数")),
    "text": said(N_("等次或文字")),
    "truth": said(N_("一个条件")),
}


def num(value: Fraction | int) -> list[object]:
    """A number as a literal of the plan."""
    return ["num", str(Fraction(value))]


def order_axes(axes: Sequence[str]) -> tuple[str, ...]:
    """Axes in the plan's order, each once."""
    return tuple(axis for axis in AXES if axis in axes)


def drop_axis(quantity: Quantity, axis: str, step: str) -> Quantity:
    """The quantity after one axis has been worked away."""
    labels = {key: value for key, value in quantity.labels.items() if key != axis}
    homes = {}
    for other, home in quantity.homes.items():
        known = quantity.homes.get(axis) if axis in home.axes else home  # what held this axis too is held by its own home now
        if other != axis and known is not None:
            homes[other] = known
    axes = tuple(a for a in quantity.axes if a != axis)
    return replace(quantity, step=step, axes=axes, labels=labels, ratio=None, share=quantity.share, homes=homes, asked=False)
