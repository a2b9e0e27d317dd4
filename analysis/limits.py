"""Whole-ballot rules as small tables, judged by integer comparison only.

The scheme compiles every rule of a ballot style to a `LimitTable`. The same tables are sent to the phone, to the casting
service and to the count, so all three give the same verdict. Nothing here knows what a grade means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Effect = Literal["refuse", "warn", "void", "incomplete"]
Kind = Literal["count", "uniform", "sum", "distinct"]


@dataclass(frozen=True)
class LimitTable:
    """One whole-ballot rule of one ballot style.

    kind "count": among `slots` (positions on the ballot) the number of marks whose code is in `codes` must lie within
      `bounds[n]` = (least, most), where n is how many of `slots` bear any mark when `per_answered`, else len(slots).
    kind "uniform": the rule is broken when all answered `slots` bear one and the same code, that code is in `codes`, and
      at least `bounds[0][0]` slots are answered.
    kind "sum": the sum of `weights[code]` over `slots` must lie within bounds[0].
    kind "distinct": no code may appear twice among `slots` (ranks).
    `rule` is the rule's key in the scheme.
    """

    rule: str
    kind: Kind
    effect: Effect
    slots: tuple[int, ...]
    codes: tuple[int, ...]
    bounds: tuple[tuple[int, int], ...]
    per_answered: bool = False
    weights: tuple[int, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """How one ballot stands against one table: `found` of at least `least` and at most `most`; `broken` decides."""

    rule: str
    effect: Effect
    broken: bool
    found: int
    least: int
    most: int


def judge(tables: Sequence[LimitTable], marks: Sequence[int]) -> list[Verdict]:
    """The verdict of every table on one ballot, in the tables' order. `marks[i]` is the code on slot i, 0 for none."""
    return [_judge_one(table, marks) for table in tables]


def _judge_one(table: LimitTable, marks: Sequence[int]) -> Verdict:
    given = [marks[slot] for slot in table.slots]
    answered = [code for code in given if code]
    if table.kind == "count":
        least, most = table.bounds[len(answered) if table.per_answered else len(given)]
        found = sum(1 for code in answered if code in table.codes)
        return Verdict(table.rule, table.effect, not least <= found <= most, found, least, most)
    if table.kind == "uniform":
        least, most = table.bounds[0]
        same = len(answered) >= least and len(set(answered)) == 1 and answered[0] in table.codes
        return Verdict(table.rule, table.effect, same, len(answered), least, most)
    if table.kind == "sum":
        least, most = table.bounds[0]
        found = sum(table.weights[code] for code in given)
        return Verdict(table.rule, table.effect, not least <= found <= most, found, least, most)
    found = len(answered) - len(set(answered))
    return Verdict(table.rule, table.effect, found > 0, found, 0, 0)
