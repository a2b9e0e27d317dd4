"""Why a cell has no value, as a sentence: who or what is missing, found by walking down to where the gap began."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.axes import Ref
from analysis.explaining.phrases import tell_reason
from analysis.explaining.trace import TraceNode
from analysis.explaining.wording import Wording
from analysis.ops.formulas import Expr, FunctionCall
from analysis.reasons import Reason
from analysis.values import NOT_APPLICABLE, Key, Missing

_MOST = 4  # causes told; of more it is said how many there are


def why_none(node: TraceNode, wording: Wording) -> str:
    """The sentence that says why a cell has no value; "" for a cell that has one.

    Parameters
    ----------
    node
        The cell.
    wording
        How it is told.
    """
    if not isinstance(node.value, Missing):
        return ""
    told = list(dict.fromkeys(_cause(one, wording) for one in causes_of(node)))
    causes = [*told[:_MOST], *([wording.phrase("and so on", n=len(told))] if len(told) > _MOST else [])]
    return wording.phrase("none because", title=wording.title(node), causes=wording.phrase("semicolon").join(causes))


def causes_of(node: TraceNode) -> list[TraceNode]:
    """The cells in which the gap of a missing cell began: missing, and made of nothing that is.

    Parameters
    ----------
    node
        The cell.
    """
    return list(_causes(node, set()))


def _causes(node: TraceNode, seen: set[tuple[str, Key]]) -> Iterator[TraceNode]:
    if (node.name, node.key) in seen:
        return
    seen.add((node.name, node.key))
    below = [one for one in node.inputs if isinstance(one.value, Missing) and one.value != NOT_APPLICABLE and one.role != "rival"]
    if not below:
        yield node
    for one in below:
        yield from _causes(one, seen)


def _cause(node: TraceNode, wording: Wording) -> str:
    found = node.value.reason if isinstance(node.value, Missing) else NOT_APPLICABLE.reason
    if found == Reason.DIVIDED_BY_ZERO and (nothing := _noughts_below(node)):
        return wording.phrase("cause nought", titles=wording.phrase("comma").join(map(wording.title, nothing)))
    return wording.phrase("cause", title=wording.title(node), reason=tell_reason(found, wording.say))


def _noughts_below(node: TraceNode) -> list[TraceNode]:
    """The operands that a formula divides by and that are nought."""
    under = set(_divisors(node.step.params.expr)) if node.op == "calc" else set()
    return [one for one in node.inputs if one.name in under and one.value == 0]


def _divisors(expr: Expr) -> Iterator[str]:
    if isinstance(expr, FunctionCall):
        for place, arg in enumerate(expr.args):
            if expr.op == "/" and place and isinstance(arg, Ref):
                yield arg.step
            yield from _divisors(arg)
