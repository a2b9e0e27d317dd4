"""Bands of numbers as people write them: `90 以上`, `80 至不足 90`, `over 60`; gaps and overlaps among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.numerals import decimal
from analysis.saying import N_
from questionnaires.compiling.bounds import check_number
from questionnaires.compiling.quantity import GiveUp, Quantity
from questionnaires.language.nodes import Node
from questionnaires.language.ranges import read_range
from questionnaires.telling import Said, said

if TYPE_CHECKING:
    from questionnaires.compiling.call import RuleUse

OTHERWISE = {"其余", "otherwise"}


@dataclass(frozen=True, kw_only=True)
class Band:
    """From `low` to `high` (None: open); the ends belong when `low_in`, `high_in`. `value` is the node of what it gives."""

    node: Node
    value: Node
    low: Fraction | None = None
    low_in: bool = True
    high: Fraction | None = None
    high_in: bool = False


def read_bands(call: RuleUse, node: Node | None, of: Quantity) -> list[Band]:
    """The bands written under `bands:`, checked for gaps and overlaps. A ladder of `N 以上` rungs closes itself.

    A bound that the quantity never reaches is told: of a share it is written as one (`90%`), nobody would ever reach 90 whole.
    """
    rows: list[Band] = []
    rest: Band | None = None
    for key, value in call.compiler.reader.pairs(node):
        if key.text in OTHERWISE:
            rest = Band(node=key, value=value)
        else:
            rows.append(_read(call, key, value))
    if not rows:
        raise call.invalid("rungs", N_("至少要写一段"))
    before = len(call.compiler.reader.problems)
    for row in rows:
        for end in dict.fromkeys(end for end in (row.low, row.high) if end is not None):
            percent = "%" in row.node.text or "％" in row.node.text
            check_number(call.compiler, call.name, row.node, of, end, percent=percent)
    if len(call.compiler.reader.problems) > before:
        raise GiveUp
    rows = _ladder(rows, rest)
    _check(call, rows)
    return rows


def _read(call: RuleUse, key: Node, value: Node) -> Band:
    found = read_range(key.text)
    if found is not None:
        return Band(node=key, value=value, low=found.low, low_in=found.low_in, high=found.high, high_in=found.high_in)
    raise call.invalid(
        "rungs",
        N_("“{text}”看不懂；请写 90 以上（含）、超过 90、不足 60、不超过 60、80 至不足 90"),
        key,
        text=re.sub(r"\s+", " ", key.text.strip()),
    )


def _ladder(rows: list[Band], rest: Band | None) -> list[Band]:
    """Rungs that only say where they begin, highest first, end where the rung above begins; `otherwise` is what is below."""
    if all(row.high is None and row.low is not None for row in rows):
        closed = [rows[0]]
        for above, row in pairwise(rows):
            closed.append(replace(row, high=above.low, high_in=not above.low_in))
        rows = closed
    if rest is not None:
        lowest = min(rows, key=lambda row: (row.low is not None, row.low or 0))
        if lowest.low is not None:
            rows = [*rows, replace(rest, high=lowest.low, high_in=not lowest.low_in)]
    return rows


def _check(call: RuleUse, rows: Sequence[Band]) -> None:
    reader = call.compiler.reader
    ranked = sorted(rows, key=lambda row: (row.low is not None, row.low or 0, not row.low_in))
    for row in ranked:
        if (
            row.low is not None
            and row.high is not None
            and (row.low > row.high or (row.low == row.high and not (row.low_in and row.high_in)))
        ):
            reader.bad(row.node, "bands-overlap", value=decimal(row.high), a=row.node.line, b=row.node.line)
            return
    lowest = ranked[0]
    if lowest.low is not None and lowest.low > 0:
        reader.bad(lowest.node, "bands-gap", gap=_gap(Fraction(0), lowest.low))
    for below, above in pairwise(ranked):
        if (
            below.high is None
            or above.low is None
            or below.high > above.low
            or (below.high == above.low and below.high_in and above.low_in)
        ):
            value = above.low if above.low is not None else below.high
            reader.bad(above.node, "bands-overlap", value=decimal(value or Fraction(0)), a=below.node.line, b=above.node.line)
        elif below.high < above.low or not (below.high_in or above.low_in):
            reader.bad(above.node, "bands-gap", gap=_gap(below.high, above.low))


def _gap(low: Fraction, high: Fraction) -> Said:
    """What no band holds: a stretch, or one number at which two of them meet."""
    if low == high:
        return said(N_("正好是 {a} 的，没有一段包括它。"), a=decimal(low))
    return said(N_("{a} 与 {b} 之间有空档。"), a=decimal(low), b=decimal(high))
