"""A step of a calculation as a spreadsheet would work it out: its operation in the words of Excel, its operands as cells.

Lives here: one function per operation, as `analysis.explaining.wording` has one for paper. May not live here: which steps may be
shown (the result view), where a cell stands (`live_sheet`).
A step that a spreadsheet cannot repeat from its own row (a place among others, a grade by quota, a value from the evidence) has
no formula: its value stands there. So has one of whose operands any is missing: a spreadsheet knows no reasons.

Excel computes with binary fractions. Every comparison and every rounding therefore first rounds to `_CLEAN` digits, so that
57.345, which as a sum may be a hair less, rounds as it does on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.axes import Ref
from analysis.explaining.explain import is_worth_a_line
from analysis.explaining.hands import plainly
from analysis.explaining.trace import TraceNode, trace_node
from analysis.numerals import ends, fixed
from analysis.ops.cells import Stretch, operand
from analysis.ops.collapse import Collapse, cut_ends
from analysis.ops.formulas import Expr, FunctionCall
from analysis.values import Missing, Value
from questionnaires.tables.xlsx import in_formula

#: So many digits after the point are kept before anything is compared or rounded.
_CLEAN = 9
#: A formula of more operands is no longer read by anybody, and soon by no spreadsheet.
_MOST = 120
_LONGEST = 200


@dataclass(frozen=True)
class CountSpot:
    """How often one choice was taken ("" for a blank line) by a group, on an item, about a subject."""

    subject: str
    group: str
    item: str
    choice: str


Part = str | TraceNode | CountSpot
Parts = tuple[Part, ...]


class _NoFormulaError(Exception):
    """A spreadsheet cannot repeat this step."""


def formula(node: TraceNode) -> Parts | None:
    """The step as a formula, its operands in it as cells; None where its value has to stand as it is."""
    hand = _HANDS.get(node.op)
    if hand is None or not node.kept or isinstance(node.value, Missing):
        return None
    try:
        parts = hand(node)
    except _NoFormulaError:
        return None
    return parts if sum(not isinstance(part, str) for part in parts) <= _MOST else None


# --- pieces
def _literal(value: Value) -> Parts:
    """A value as it is written inside a formula."""
    if isinstance(value, bool):
        return ("TRUE",) if value else ("FALSE",)
    if isinstance(value, Fraction):
        return (_number(value),)
    if isinstance(value, str) and len(value) <= _LONGEST:
        return (in_formula(value),)
    raise _NoFormulaError


def _number(value: Fraction) -> str:
    digits = ends(value)
    text = fixed(value, digits) if digits is not None and digits <= _CLEAN else f"{value.numerator}/{value.denominator}"
    return f"({text})" if value < 0 or "/" in text else text


def _cell(node: TraceNode) -> Parts:
    """An operand: the cell where it stands; a weight or constant that has no line of its own, as it is."""
    through = plainly(node)
    if isinstance(through.value, Missing):
        raise _NoFormulaError
    return (through,) if is_worth_a_line(through) else _literal(through.value)


def _of(value: Ref | Value, found: dict[str, TraceNode]) -> Parts:
    if not isinstance(value, Ref):
        return _literal(value)
    if value.step not in found:
        raise _NoFormulaError
    return _cell(found[value.step])


def _operands(node: TraceNode) -> dict[str, TraceNode]:
    return {one.name: one for one in node.own_inputs}


def _role(node: TraceNode, role: str) -> TraceNode:
    found = [one for one in node.own_inputs if one.role == role]
    if not found:
        raise _NoFormulaError
    return found[0]


def _joined(pieces: Sequence[Parts], sign: str) -> Parts:
    found: list[Part] = []
    for piece in pieces:
        found += [sign, *piece] if found else list(piece)
    return tuple(found)


def _call(name: str, *pieces: Parts) -> Parts:
    return (f"{name}(", *_joined(pieces, ","), ")")


def _clean(piece: Parts) -> Parts:
    """A number without the dust of binary fractions."""
    return _call("ROUND", piece, (str(_CLEAN),))


# --- calc, test
_SIGNS = {"+": "+", "-": "-", "*": "*", "/": "/"}
_COMPARED = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CALLED = {"min": "MIN", "max": "MAX", "abs": "ABS", "and": "AND", "or": "OR", "not": "NOT"}


def _calc(node: TraceNode) -> Parts:
    return _expression(node.step.params.expr, _operands(node))


def _expression(expr: Expr, found: dict[str, TraceNode]) -> Parts:
    if not isinstance(expr, FunctionCall):
        return _of(expr, found)
    if expr.op in ("is_missing", "if"):
        return _missing_or_if(expr, found)
    args = [_expression(one, found) for one in expr.args]
    if expr.op in _SIGNS:
        return ("(", *_joined(args, _SIGNS[expr.op]), ")") if len(args) > 1 else args[0]
    if expr.op == "neg":
        return ("(-", *args[0], ")")
    if expr.op in _COMPARED:
        numbers = not any(_is_word(one, found) for one in expr.args)
        return ("(", *_joined([_clean(one) if numbers else one for one in args], _COMPARED[expr.op]), ")")
    if expr.op in _CALLED:
        return _call(_CALLED[expr.op], *args)
    raise _NoFormulaError


def _missing_or_if(expr: FunctionCall, found: dict[str, TraceNode]) -> Parts:
    """Whether something is missing is known now and no spreadsheet's business; what hangs on it is the one branch that holds."""
    if expr.op == "is_missing":
        (one,) = expr.args
        there = found.get(one.step) if isinstance(one, Ref) else None
        gone = isinstance(one, Missing) or (isinstance(one, Ref) and (there is None or isinstance(there.value, Missing)))
        return _literal(gone)
    condition = _expression(expr.args[0], found)
    if condition in (("TRUE",), ("FALSE",)):
        return _expression(expr.args[1 if condition == ("TRUE",) else 2], found)
    return _call("IF", condition, *(_expression(one, found) for one in expr.args[1:]))


def _is_word(expr: Expr, found: dict[str, TraceNode]) -> bool:
    """Whether this side of a comparison is a grade or a truth: nothing to round."""
    value = found[expr.step].value if isinstance(expr, Ref) and expr.step in found else expr
    return isinstance(value, str | bool)


def _test(node: TraceNode) -> Parts:
    params = node.step.params
    right = _cell(_role(node, "right")) if isinstance(params.right, Ref) else _literal(params.right)
    left, of = _cell(_role(node, "left")), _role(node, "left").value
    sides = [left, right] if isinstance(of, str | bool) else [_clean(left), _clean(right)]
    return _joined(sides, _COMPARED[params.cmp])


# --- counts
def _tally(node: TraceNode) -> Parts:
    subject, group, item = node.key
    points = node.step.params.what == "points"
    pieces: list[Parts] = []
    for term in node.terms:
        if term.value or points:
            spot = CountSpot(subject, group, item, term.choice)
            pieces.append((spot,) if term.value == 1 else (spot, "*", _number(term.value)))
    if not pieces:
        raise _NoFormulaError
    return _joined(pieces, "+")


# --- reduce, gather
_ROWS = dict[str, TraceNode]  # of one cell that takes part: it, its weight, its condition, by role
_COLLAPSED = {"least": "MIN", "most": "MAX", "median": "MEDIAN", "product": "PRODUCT", "count": "COUNT"}
_JUDGED = {"all": "AND", "any": "OR"}


def _collapse(node: TraceNode) -> Parts:
    collapse: Collapse = node.step.params.collapse
    rows = _taking_part(node, collapse)
    if collapse.trim is not None:
        rows = _untrimmed(node, collapse, rows)
    if not rows:
        raise _NoFormulaError
    values = [_zero_or_cell(one["of"]) for one in rows]
    if collapse.how in ("sum", "mean"):
        return _sum_or_mean(collapse, rows, values)
    if collapse.how == "last":
        return _cell(max(rows, key=lambda one: node.context.in_order(tuple(one["of"].labels))(one["of"].key))["of"])
    if collapse.how == "kth":
        if isinstance(collapse.k, Ref):
            raise _NoFormulaError
        ranked = sorted(rows, key=lambda one: _as_number(one["of"].value), reverse=collapse.top)
        return _cell(ranked[collapse.k - 1]["of"])
    return _call({**_COLLAPSED, **_JUDGED}[collapse.how], *values)


def _sum_or_mean(collapse: Collapse, rows: list[_ROWS], values: list[Parts]) -> Parts:
    if collapse.weights is None:
        return _call("SUM" if collapse.how == "sum" else "AVERAGE", *values)
    weights = [_cell(one["weight"]) for one in rows]
    products = _joined([(*weight, "*", *value) for weight, value in zip(weights, values, strict=True)], "+")
    return products if collapse.how == "sum" else ("(", *products, ")/(", *_joined(weights, "+"), ")")


def _taking_part(node: TraceNode, collapse: Collapse) -> list[_ROWS]:
    """The cells that take part, each with its weight: as `Collapse` says of conditions and of what is missing."""
    rows: list[_ROWS] = []
    for one in node.own_inputs:
        if one.role == "of":
            rows.append({})
        if rows and one.role in ("of", "weight", "where"):
            rows[-1][one.role] = one
    there = []
    for row in rows:
        if collapse.where and ("where" not in row or row["where"].value is not True):
            continue
        if collapse.weights and ("weight" not in row or not isinstance(row["weight"].value, Fraction)):
            continue
        if isinstance(row["of"].value, Missing) and collapse.missing != "zero":
            continue
        there.append(row)
    return there


def _zero_or_cell(node: TraceNode) -> Parts:
    return ("0",) if isinstance(node.value, Missing) else _cell(node)


def _untrimmed(node: TraceNode, collapse: Collapse, rows: list[_ROWS]) -> list[_ROWS]:
    """The rows that are left when the ends are cut off; ends of equal value are the same number, whichever of them goes."""
    if collapse.trim is None or any(isinstance(one["of"].value, Missing) for one in rows):
        raise _NoFormulaError
    pairs = [(one["of"].value, _as_number(one["weight"].value) if "weight" in one else Fraction(1)) for one in rows]
    base = [one.value for one in node.own_inputs if one.role == "base"]
    cut = cut_ends(collapse.trim, pairs, base[0] if base else Fraction(len(pairs)))
    if isinstance(cut, Missing):
        raise _NoFormulaError
    left = list(zip(pairs, rows, strict=True))
    found = []
    for pair in cut.kept:
        at = next(index for index, one in enumerate(left) if one[0] == pair)
        found.append(left.pop(at)[1])
    return found


def _as_number(value: Value) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, Fraction):
        raise _NoFormulaError
    return value


# --- the rest
def _same(node: TraceNode) -> Parts:
    return _cell(_role(node, "of"))


_ROUNDED = {"half_up": "ROUND", "down": "ROUNDDOWN", "up": "ROUNDUP"}


def _round(node: TraceNode) -> Parts:
    params = node.step.params
    if params.mode not in _ROUNDED:
        raise _NoFormulaError
    return _to_step(_cell(_role(node, "of")), params.mode, params.step)


def _to_step(piece: Parts, mode: str, step: Fraction) -> Parts:
    """A number to a multiple of a step: by digits where the step is 1, 0.1, 0.01 and so on."""
    digits = ends(step)
    if digits is not None and step == Fraction(1, 10**digits):
        return _call(_ROUNDED[mode], _clean(piece), (str(digits),))
    return (*_call(_ROUNDED[mode], _clean((*piece, "/", _number(step))), ("0",)), "*", _number(step))


def _power(node: TraceNode) -> Parts:
    params = node.step.params
    if params.mode not in _ROUNDED:
        raise _NoFormulaError
    exponent = _cell(_role(node, "exponent")) if isinstance(params.exponent, Ref) else _literal(params.exponent)
    return _to_step(("(", *_cell(_role(node, "of")), "^", *exponent, ")"), params.mode, params.step)


def _bands(node: TraceNode) -> Parts:
    value = _clean(_cell(_role(node, "of")))
    return _nested([(_within(band, value), _literal(band.value)) for band in node.step.params.rows], _NOT_HERE)


def _within(band: Stretch, value: Parts) -> Parts:
    sides: list[Parts] = []
    if band.low is not None:
        sides.append((*value, ">=" if band.low_in else ">", _number(band.low)))
    if band.high is not None:
        sides.append((*value, "<=" if band.high_in else "<", _number(band.high)))
    return _call("AND", *sides) if sides else ("TRUE",)


def _choose(node: TraceNode) -> Parts:
    """Case by case. A number that another case would have led to was not looked at and is not here; a grade is."""
    params, context = node.step.params, node.context
    taken = [one for one in node.own_inputs if one.role == "case"]
    held = next((one.name for one in node.own_inputs if one.role == "condition" and one.value is True), None)
    axes = context.tables[node.name].axes
    cases: list[tuple[Parts, Parts]] = []
    for name, value in params.cases:
        at = operand("condition", name, node.key, axes, context)
        if at.key not in context.tables[name].cells:
            continue
        condition = trace_node(context, node.plan, name, at.key, "condition")
        if not isinstance(condition.value, bool):
            raise _NoFormulaError
        cases.append((_cell(condition), _led_to(value, taken if name == held else [])))
        held = None if name == held else held
    return _nested(cases, _otherwise(node, params.otherwise))


_NOT_HERE: Parts = ("NA()",)


def _otherwise(node: TraceNode, value: Ref | Value | None) -> Parts:
    """What stands where no case holds, which is kept beside a veto that did: without the veto it would stand."""
    if not isinstance(value, Ref):
        return _NOT_HERE if value is None or isinstance(value, Missing) else _literal(value)
    context = node.context
    at = operand("otherwise", value.step, node.key, context.tables[node.name].axes, context)
    if at.key not in context.tables[value.step].cells:
        return _NOT_HERE
    last = trace_node(context, node.plan, value.step, at.key, "otherwise")
    return _NOT_HERE if isinstance(last.value, Missing) else _cell(last)


def _led_to(value: Ref | Value, taken: list[TraceNode]) -> Parts:
    if not isinstance(value, Ref):
        return _NOT_HERE if isinstance(value, Missing) else _literal(value)
    return _cell(taken[-1]) if taken else _NOT_HERE


def _nested(cases: Sequence[tuple[Parts, Parts]], otherwise: Parts) -> Parts:
    """The first case that holds."""
    found = otherwise
    for condition, value in reversed(cases):
        found = _call("IF", condition, value, found)
    return found


def _bound(node: TraceNode) -> Parts:
    """A grade held by another: their places in the scheme's order, of which the later or the earlier counts."""
    params = node.step.params
    grade = _cell(_role(node, "of"))
    limit = _cell(_role(node, "limit")) if isinstance(params.limit, Ref) else _literal(params.limit)
    order = ("{" + ",".join(in_formula(one) for one in params.order) + "}",)
    places = [_call("MATCH", one, order, ("0",)) for one in (grade, limit)]
    held = _call("INDEX", order, _call("MAX" if params.from_above else "MIN", *places))
    return held if params.when is None else _call("IF", _cell(_role(node, "when")), held, grade)


_HANDS: dict[str, Callable[[TraceNode], Parts]] = {
    "tally": _tally,
    "calc": _calc,
    "test": _test,
    **dict.fromkeys(("reduce", "gather"), _collapse),
    "round": _round,
    "power": _power,
    "bands": _bands,
    "choose": _choose,
    "bound": _bound,
    **dict.fromkeys(("fill", "follow", "this_period"), _same),
}
