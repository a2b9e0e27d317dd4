"""What an unnamed step on the way to a quantity holds, so that each line of an explanation has a name of its own."""

from __future__ import annotations

from fractions import Fraction

from analysis.explaining.trace import TraceNode
from analysis.ops.sources import HeadsParams, TallyParams
from analysis.step_names import is_inner


def part_of(node: TraceNode) -> str:
    """The phrase for what an unnamed step on the way to a quantity holds: votes, answers, heads, a condition, a number.

    Parameters
    ----------
    node
        The step's cell.
    """
    if isinstance(node.step.params, TallyParams | HeadsParams):
        return f"part {node.step.params.what}"
    if isinstance(node.value, bool):
        return "part condition"
    below = node.inputs if node.op == "reduce" else ()
    if below and is_inner(below[0].name):
        return part_of(below[0])
    return "part number" if node.op == "calc" and isinstance(node.value, Fraction) else ""
