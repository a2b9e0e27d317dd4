"""A trace as a person would write the calculation down: each number with its formula, then each of its operands below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.explaining.hands import is_points, plainly, right_hand_side
from analysis.explaining.trace import TraceNode
from analysis.explaining.why import why_none
from analysis.explaining.wording import Wording
from analysis.saying import Say, in_source
from analysis.step_names import is_inner
from analysis.values import Key, Missing


def explain(
    node: TraceNode,
    *,
    titles: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    say: Say = in_source,
    depth: int = 32,
) -> str:
    """The calculation of one cell as text, one line per cell, operands indented below. Each cell is unfolded once.

    A cell without a value says first, in one sentence, who or what is missing.

    Parameters
    ----------
    node
        The cell.
    titles
        What people call the steps, by name; a step not in it is called by its name.
    names
        What people call labels and grades.
    say
        Tells the phrases in some language.
    depth
        How many levels to unfold below the first line.
    """
    wording = Wording(say, titles or {}, names or {})
    lines = ["  " * one.level + one.text for one in derivation(node, wording, set(), depth) if not one.again]
    return "\n".join([*([why] if (why := why_none(node, wording)) else []), *lines])


@dataclass(frozen=True)
class DerivationLine:
    """One line of a calculation: how far in, which cell, its words. `again`: the cell was unfolded before, and is not here."""

    level: int
    name: str
    key: Key
    text: str
    again: bool = False


def derivation(
    node: TraceNode, wording: Wording, seen: set[tuple[str, Key]], depth: int = 32, level: int = 0
) -> Iterator[DerivationLine]:
    """The calculation of one cell line by line; each cell is unfolded where it is met first.

    Parameters
    ----------
    node
        The cell.
    wording
        How it is told.
    seen
        The cells unfolded already; it grows. A cell met again has one line that says so, with its name and value.
    depth, level
        How many levels to unfold below the first line, and how far in this one stands.
    """
    if (node.name, node.key) in seen:
        text = wording.title(node) + wording.phrase("equals") + wording.value(node.value)
        yield DerivationLine(level, node.name, node.key, text.replace("= ≈", "≈"), again=True)
        return
    seen.add((node.name, node.key))
    yield DerivationLine(level, node.name, node.key, line_of(node, wording).replace("= ≈", "≈"))
    for operand in map(plainly, plainly(node).own_inputs if level < depth else ()):
        if is_worth_a_line(operand) and not is_shown_above(node, operand):
            yield from derivation(operand, wording, seen, depth, level + 1)


def line_of(node: TraceNode, wording: Wording) -> str:
    """One cell on one line: name = formula = value, then line, source and origin in parentheses.

    Parameters
    ----------
    node
        The cell.
    wording
        How it is told.

    Raises
    ------
    AnalysisError
        For an op nobody wrote a hand for.
    """
    phrase = wording.phrase
    formula, value = right_hand_side(node, wording), wording.value(node.value)
    if isinstance(node.value, Missing) and node.op in {"reduce", "gather"}:
        formula = ""  # what was there to combine would read as a result of its own
    leads_to = " → " if node.op == "test" else phrase("equals")
    text = wording.title(node) + phrase("equals") + (f"{formula}{leads_to}{value}" if formula not in ("", value) else value)
    told = []
    if node.line:
        told.append(phrase("line", line=node.line))
    if node.source:
        told.append(phrase("source", source=node.source))
    if node.notes:
        told.append(phrase("note", note=wording.tell_notes(node.notes)))
    return text + (phrase("open") + phrase("semicolon").join(told) + phrase("close") if told else "")


def is_worth_a_line(node: TraceNode) -> bool:
    """Numbers the formula above already shows, such as a weight or a constant, and the values of rivals, need no line."""
    given = node.op == "table" and (not node.line or is_inner(node.name))
    weight = node.op == "lookup" and is_inner(node.name) and not node.own_inputs
    return node.role != "rival" and not given and not weight


def is_shown_above(node: TraceNode, operand: TraceNode) -> bool:
    """Whether a formula already unfolds one of its operands: a sum of points stands inside the quotient made of it.

    Parameters
    ----------
    node
        The cell whose formula it is.
    operand
        One of its inputs.
    """
    return node.op == "calc" and is_points(operand)
