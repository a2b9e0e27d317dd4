"""Rule forms that keep a figure or a grade in bounds, withhold it, fill it where it is missing, or round it."""

from __future__ import annotations

from collections.abc import Callable

from analysis.numerals import decimal
from analysis.saying import N_
from questionnaires.compiling.call import RuleUse
from questionnaires.compiling.quantity import Quantity, num, order_axes
from questionnaires.compiling.span import Span, either_span
from questionnaires.rules.outcomes import NOT_HERE, span_of, value_of
from questionnaires.telling import briefly


def bounded(which: str) -> Callable[[RuleUse], Quantity]:
    """A grade held down or up under a condition: ceilings, vetoes, floors by event."""

    def expand(call: RuleUse) -> Quantity:
        of = call.quantity(None, "text")
        node = call.fields.known["limit"]
        word = call.compiler.reader.plain(node)
        when = call.condition("when")
        if word in of.grades:
            step = call.emit("bound", of=of.step, order=list(of.grades), when=when, **{which: word})
        elif word in call.compiler.definitions:
            step = call.emit(
                "bound", of=of.step, order=list(of.grades), when=when, **{f"{which}_of": call.quantity(node, "text").step}
            )
        else:
            raise call.bad("grade-unknown", node, name=of.step, grade=word, allowed=briefly(of.grades))
        return Quantity(step=step, axes=of.axes, kind="text", grades=of.grades, labels=of.labels)

    return expand


def only_for(call: RuleUse) -> Quantity:
    """The same quantity, only on those subjects where a condition holds; elsewhere it does not apply."""
    of, when = call.quantity(), call.quantity(call.fields.get("when"), "truth")
    step = call.emit("choose", cases=[[when.step, of.step]], otherwise=NOT_HERE)
    return Quantity(
        step=step,
        axes=order_axes((*of.axes, *when.axes)),
        kind=of.kind,
        grades=of.grades,
        ratio=of.ratio,
        labels=of.labels,
        share=of.share,
        span=of.span,
    )


def withheld(call: RuleUse) -> Quantity:
    """The same quantity, but no result at all where a condition holds: a quorum not met, a judge who resigned."""
    of, when = call.quantity(), call.quantity(call.fields.known["when"], "truth")
    step = call.emit("choose", cases=[[when.step, ["missing", "no valid result"]]], otherwise=of.step)
    axes = order_axes((*of.axes, *when.axes))
    return Quantity(step=step, axes=axes, kind=of.kind, grades=of.grades, labels=of.labels, share=of.share, span=of.span)


def filled(call: RuleUse) -> Quantity:
    """What a missing value means here."""
    of = call.quantity()
    given, kind, found = value_of(call, call.fields.known["with"])
    if kind != of.kind:
        raise call.invalid("with", N_("与原来的量不是一类"), call.fields.known["with"])
    if found is not None:
        _fills(call, of, found)
        given = _pool_filling(call, of, found)
    step = call.emit("fill", of=of.step, reasons=None, **{"with": given})
    span = either_span((of.span, span_of(given, found)))
    return Quantity(step=step, axes=of.axes, kind=of.kind, grades=of.grades, labels=of.labels, share=of.share, span=span)


def _fills(call: RuleUse, of: Quantity, found: Quantity) -> None:
    """What is worked out of the very figure it fills is missing wherever that is."""
    made = call.compiler.step(found.step)
    if found.step == of.step or (made["op"] == "calc" and _needs(made["expr"], of.step)):
        raise call.bad("fill-never", call.fields.known["with"], name=call.name, of=of.step)


def _needs(expr: object, step: str) -> bool:
    """Whether arithmetic has no value where a step has none."""
    if not isinstance(expr, list):
        return False
    if expr[0] == "ref":
        return bool(expr[1] == step)
    return expr[0] in {"+", "-", "*", "/", "abs", "neg"} and any(_needs(one, step) for one in expr[1:])


def _pool_filling(call: RuleUse, of: Quantity, found: Quantity) -> str:
    """What fills a quantity where that is a figure of its own pool: missing members have a pool too, and its mean is theirs."""
    named = call.compiler.step(found.step)
    while named["op"] == "calc" and isinstance(named["expr"], list) and named["expr"][0] == "ref":
        named = call.compiler.step(named["expr"][1])
    if named["op"] != "relate" or named["of"] != of.step:
        return found.step
    if named["how"] != "mean":
        raise call.bad("fill-never", call.fields.known["with"], name=call.name, of=of.step)
    where = {key: value for key, value in named.items() if key in {"pool", "over", "order"}}
    gone: list[object] = ["is_missing", ["ref", of.step]]
    values = call.emit("fill", of=of.step, reasons=None, **{"with": num(0)})
    ones = call.emit("calc", expr=["if", gone, num(0), num(1)])
    total = call.emit("relate", of=values, how="sum", **where)
    many = call.emit("relate", of=ones, how="sum", **where)
    return call.emit("calc", expr=["/", ["ref", total], ["ref", many]])


def rounded(call: RuleUse) -> Quantity:
    """Rounding, only here and now."""
    of = call.numeric()
    mode, step = call.word("mode", "round"), call.number("step")
    if not mode or step is None or step <= 0:
        raise call.invalid("step", N_("要写明方式，以及大于零的精度"))
    return Quantity(
        step=call.emit("round", of=of.step, mode=mode, step=decimal(step)),
        axes=of.axes,
        labels=of.labels,
        share=of.share,
        span=Span(
            None if of.span.low is None else of.span.low // step * step,
            None if of.span.high is None else -(-of.span.high // step) * step,
        ),
    )
