"""What an op of the plan is: its row in the table of ops, and the reader that takes its parameters from the plan's JSON.

An op's parameters become one frozen dataclass, so that no function takes a bag of keywords and every name is checked once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from analysis.axes import Axes, Operand
from analysis.parameters import ParameterReader
from analysis.values import Key, Value, total

if TYPE_CHECKING:
    from analysis.context import Context


P = TypeVar("P")


@dataclass(frozen=True)
class Competing:
    """The cells of step `of` that stand in one pool, in order, and those of their values that are numbers, the least first.

    One for all the cells of a pool: whoever looks at each cell of a thousand must not look at a thousand others each time.
    """

    of: str
    keys: tuple[Key, ...]
    numbers: tuple[Fraction, ...]

    @cached_property
    def sum(self) -> Fraction:
        """All the numbers together."""
        return total(self.numbers)

    def ahead(self, own: Fraction, *, high: bool) -> int:
        """How many numbers are better than one of them.

        Parameters
        ----------
        own
            The number.
        high
            Whether a greater one is better.
        """
        return len(self.numbers) - bisect_right(self.numbers, own) if high else bisect_left(self.numbers, own)


@dataclass(frozen=True, kw_only=True)
class OpSpec(Generic[P]):
    """One row of the table of ops.

    `title` is what readers are told such a step does, a sentence of the source language (`analysis.saying`); `why` says what
    published methods need it for; `parameters` are the names it may have (docs/plan.md says what each means). `read` makes the
    parameters, `axes` infers the axes (or raises PlanError), `run` makes the table's cells, `operands` names the cells one cell
    was made from, without those it only competes with, which `beside` finds.
    """

    id: str
    title: str
    why: str
    parameters: tuple[str, ...]
    read: Callable[[ParameterReader], P]
    axes: Callable[[P, Mapping[str, Axes]], Axes]
    run: Callable[[PlanStep, P, Context], dict[Key, Value]]
    operands: Callable[[PlanStep, P, Key, Context], list[Operand]]
    beside: Callable[[PlanStep, P, Key, Context], Competing] | None = None


@dataclass(frozen=True, kw_only=True)
class PlanStep:
    """One step of a plan, read and checked. `raw` is its JSON as it stood; `refs` the steps it reads, in the order written."""

    name: str
    spec: OpSpec[Any]  # the parameters' type differs per op; it is fixed again inside the op's own functions
    params: Any  # see `spec`
    axes: Axes
    refs: tuple[str, ...]
    raw: Mapping[str, object]
    line: int = 0
    source: str = ""

    @property
    def op(self) -> str:
        """The op's id."""
        return self.spec.id
