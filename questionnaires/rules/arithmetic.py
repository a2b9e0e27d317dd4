"""Short names for common shapes of arithmetic: caps and floors, deductions per case, points in proportion, shortfalls."""

from __future__ import annotations

from questionnaires.compiling.call import RuleUse
from questionnaires.compiling.quantity import Quantity, num, order_axes
from questionnaires.telling import Keyword


def within(call: RuleUse) -> Quantity:
    """A number kept between a floor and a cap."""
    of = call.numeric()
    expr: list[object] = ["ref", of.step]
    axes = list(of.axes)
    span = of.span
    if not call.has("floor") and not call.has("cap"):
        raise call.bad("missing-key", key=Keyword("保底", "floor"), where=f"“{call.name}”")
    for key, op in (("floor", "max"), ("cap", "min")):
        if call.has(key):
            limit = call.numeric(key)
            span = span.kept(limit.span.low, None) if key == "floor" else span.kept(None, limit.span.high)
            axes += limit.axes
            expr = [op, expr, ["ref", limit.step]]
    return Quantity(step=call.emit("calc", expr=expr), axes=order_axes(axes), labels=of.labels, span=span)


def deducted(call: RuleUse) -> Quantity:
    """Full points less so much per case, not under a floor."""
    of, full, per = call.numeric(), call.numeric("full"), call.numeric("per")
    floor = call.numeric("floor").step if call.has("floor") else None
    expr: list[object] = ["-", ["ref", full.step], ["*", ["ref", of.step], ["ref", per.step]]]
    expr = expr if floor is None else ["max", ["ref", floor], expr]
    return Quantity(step=call.emit("calc", expr=expr), axes=order_axes((*of.axes, *full.axes, *per.axes)), labels=of.labels)


def proportional(call: RuleUse) -> Quantity:
    """Full points in proportion to a reference, not above a cap when one is written."""
    of, full, reference = call.numeric(), call.numeric("full"), call.numeric("reference")
    expr: list[object] = ["/", ["*", ["ref", full.step], ["ref", of.step]], ["ref", reference.step]]
    if call.has("cap"):
        expr = ["min", expr, ["ref", call.numeric("cap").step]]
    return Quantity(step=call.emit("calc", expr=expr), axes=order_axes((*of.axes, *full.axes, *reference.axes)), labels=of.labels)


def shortfall(call: RuleUse) -> Quantity:
    """Full points at the reference, less a step for each unit below; never above full, never under the floor."""
    of, full, reference, per = call.numeric(), call.numeric("full"), call.numeric("reference"), call.numeric("per")
    floor = ["ref", call.numeric("floor").step] if call.has("floor") else num(0)
    short: list[object] = ["max", num(0), ["-", ["ref", reference.step], ["ref", of.step]]]
    expr = ["max", floor, ["-", ["ref", full.step], ["*", short, ["ref", per.step]]]]
    return Quantity(
        step=call.emit("calc", expr=expr), axes=order_axes((*of.axes, *full.axes, *reference.axes, *per.axes)), labels=of.labels
    )
