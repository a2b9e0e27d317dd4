"""Whole-ballot rules as small tables, judged by integer comparison only.

The scheme compiles every rule of a ballot style to a `LimitTable`. The same tables are sent to the phone, to the casting
service and to the count, so all three give the same verdict. Nothing here knows what a grade means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.evidence import Marks

Effect = Literal["refuse", "warn", "void", "incomplete"]
Kind = Literal["count", "uniform", "sum", "distinct"]


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How one ballot stands against one table: `found` of at least `least` and at most `most`; `broken` decides."""

    rule: str
    effect: Effect
    broken: bool
    found: int
    least: int
    most: int


def judge(tables: Sequence[LimitTable], marks: Sequence[int]) -> list[Verdict]:
    """How one ballot stands against every table.

    Parameters
    ----------
    tables
        The limits of the ballot's style.
    marks : (slots,) int
        The code on each slot, 0 for nothing marked.

    Returns
    -------
    list of Verdict
        One per table, in the tables' order.
    """
    return [_judge_one(table, marks) for table in tables]


def _judge_one(table: LimitTable, marks: Sequence[int]) -> Verdict:
    given = [marks[slot] for slot in table.slots]
    answered = [code for code in given if code]
    if table.kind == "count":
        least, most = table.bounds[len(answered) if table.per_answered else len(given)]
        found = sum(1 for code in answered if code in table.codes)
        return Verdict(
            rule=table.rule, effect=table.effect, broken=not least <= found <= most, found=found, least=least, most=most
        )
    if table.kind == "uniform":
        least, most = table.bounds[0]
        same = len(answered) >= least and len(set(answered)) == 1 and answered[0] in table.codes
        return Verdict(rule=table.rule, effect=table.effect, broken=same, found=len(answered), least=least, most=most)
    if table.kind == "sum":
        least, most = table.bounds[0]
        found = sum(table.weights[code] for code in given)
        return Verdict(
            rule=table.rule, effect=table.effect, broken=not least <= found <= most, found=found, least=least, most=most
        )
    found = len(answered) - len(set(answered))
    return Verdict(rule=table.rule, effect=table.effect, broken=found > 0, found=found, least=0, most=0)


EFFECTS: tuple[str, ...] = ("", "warn", "incomplete", "void", "refuse")  # from harmless to worst


def broken_all(tables: Sequence[LimitTable], marks: Marks) -> NDArray[np.bool_]:
    """Which ballot breaks which table. Says the same as `judge`, ballot by ballot, for many at once.

    Parameters
    ----------
    tables
        The limits of the ballots' one style.
    marks : (ballots, slots) uint8 or uint16
        The code on each slot, 0 for nothing marked.

    Returns
    -------
    (ballots, tables) bool
        True where the ballot breaks the table.
    """
    columns = [_BROKEN[table.kind](table, marks[:, list(table.slots)]) for table in tables]
    return np.stack(columns, axis=1) if columns else np.zeros((len(marks), 0), dtype=np.bool_)


def _broken_count(table: LimitTable, given: Marks) -> NDArray[np.bool_]:
    found = (np.isin(given, table.codes) & (given != 0)).sum(axis=1)
    bounds = np.array(table.bounds, dtype=np.int64).reshape(-1, 2)
    row = (given != 0).sum(axis=1) if table.per_answered else np.full(len(given), given.shape[1])
    return np.asarray((found < bounds[row, 0]) | (found > bounds[row, 1]))


def _broken_uniform(table: LimitTable, given: Marks) -> NDArray[np.bool_]:
    answered = given != 0
    top = given.max(axis=1, initial=0)
    same = ((given == top[:, None]) | ~answered).all(axis=1)
    enough = answered.sum(axis=1) >= max(table.bounds[0][0], 1)
    return np.asarray(same & enough & np.isin(top, table.codes))


def _broken_sum(table: LimitTable, given: Marks) -> NDArray[np.bool_]:
    found = np.array(table.weights, dtype=np.int64)[given].sum(axis=1)
    least, most = table.bounds[0]
    return np.asarray((found < least) | (found > most))


def _broken_distinct(_: LimitTable, given: Marks) -> NDArray[np.bool_]:
    ranked = np.sort(given, axis=1)
    return np.asarray(((ranked[:, 1:] == ranked[:, :-1]) & (ranked[:, 1:] != 0)).any(axis=1))


_BROKEN: dict[Kind, Callable[[LimitTable, Marks], NDArray[np.bool_]]] = {
    "count": _broken_count,
    "uniform": _broken_uniform,
    "sum": _broken_sum,
    "distinct": _broken_distinct,
}
