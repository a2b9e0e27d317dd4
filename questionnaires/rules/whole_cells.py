"""Cells that have to be there although nothing stands behind them: a subject without a ballot, a pool of one, a missing period.

A step of the plan makes cells only of cells it meets. What nobody answered would vanish instead of being missing: nothing would
fill it, no case would see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from questionnaires.compiling.call import RuleUse
from questionnaires.compiling.quantity import Quantity, num

NO_VALUES: list[object] = ["missing", "no values"]
NO_RESULT: list[object] = ["missing", "no result"]
#: What nothing is, where the file says that what is missing counts as nought.
NOUGHT: Mapping[str, list[object]] = {"all": ["truth", False], "any": ["truth", False], "count": num(0)}


def made_whole(call: RuleUse, of: Quantity, axis: str, step: str, *, how: str, missing: str) -> str:
    """The outcome of working an axis away, with a cell wherever the axis's home has one; `step` itself where it has no home."""
    home = of.homes.get(axis)
    if home is None or home.axes != tuple(one for one in of.axes if one != axis):
        return step
    nothing = num(0) if how == "count" else NOUGHT.get(how, num(0)) if missing == "zero" else NO_VALUES
    here = call.emit("calc", expr=["=", ["ref", step], ["ref", step]])  # where it is missing, missing for the same reason
    there = call.emit("calc", expr=["or", ["truth", True], ["is_missing", ["ref", home.step]]])
    return call.emit("choose", cases=[[here, step], [there, nothing]], otherwise=None)


def full_window(call: RuleUse, of: Quantity, step: str, *, how: str, missing: str) -> str:
    """A value over the latest so many periods, where fewer occur: an absent period is missing like an absent result.

    `missing` not rated: then there is no value. As nought: the absent ones are noughts.
    """
    if not of.window or missing not in {"fail", "zero"} or how in {"count", "any", "sum", "last"}:
        return step
    one: list[object] = ["if", ["is_missing", ["ref", of.step]], num(1), num(1)]
    ones = call.emit("calc", expr=one)
    there = call.emit("reduce", of=ones, over="period", how="sum", missing="skip", into=None)
    short: list[object] = ["<", ["ref", there], num(of.window)]
    instead = NO_RESULT
    if missing == "zero" and how == "mean":
        instead = ["/", ["*", ["ref", step], ["ref", there]], num(of.window)]
    elif missing == "zero" and how == "least":
        instead = ["min", ["ref", step], num(Fraction(0))]
    elif missing == "zero" and how == "most":
        instead = ["max", ["ref", step], num(Fraction(0))]
    elif missing == "zero" and how == "all":
        instead = ["truth", False]
    return call.emit("calc", expr=["if", short, instead, ["ref", step]])
