"""How each op's step is written by hand: the right-hand side of "name = … = value", one function per op."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from analysis.axes import Ref
from analysis.errors import AnalysisError
from analysis.explaining.trace import TraceNode
from analysis.explaining.wording import Wording, decimal
from analysis.ops.cells import Stretch
from analysis.ops.collapse import Collapse, Cut, cut_ends
from analysis.ops.formulas import Expr, FunctionCall
from analysis.ops.sources import TallyParams
from analysis.step_names import quantity_of
from analysis.turning import votes_to_turn
from analysis.values import NOT_APPLICABLE, Missing, Value, total

_MANY = 16  # so many terms are written out; of more, the first ones and how many there are


def _by_role(node: TraceNode, role: str) -> list[TraceNode]:
    return [one for one in node.own_inputs if one.role == role]


def _first(node: TraceNode, role: str) -> Value:
    found = _by_role(node, role)
    return found[0].value if found else NOT_APPLICABLE


def _listed(texts: Sequence[str], joiner: str, wording: Wording) -> str:
    if len(texts) <= _MANY:
        return joiner.join(texts)
    return joiner.join([*texts[:_MANY], wording.phrase("and so on", n=len(texts))])


def _nothing(_: TraceNode, __: Wording) -> str:
    return ""


def _tally(node: TraceNode, wording: Wording) -> str:
    times = is_points(node)
    given = [term for term in node.terms if term.count] or list(node.terms[:1])  # choices nobody took need no zero of their own
    terms = [f"{term.count}×{decimal(term.value)}" if times else f"{term.count}" for term in given]
    return _listed(terms, " + ", wording)


# --- calc -------------------------------------------------------------------------------------------------------------
_INFIX = {
    "+": (" + ", 3),
    "-": (" − ", 3),
    "*": (" × ", 4),
    "/": (" ÷ ", 4),
    "=": (" = ", 2),
    "!=": (" ≠ ", 2),
    "<": (" < ", 2),
    "<=": (" ≤ ", 2),
    ">": (" > ", 2),
    ">=": (" ≥ ", 2),
}


def infix(expr: Expr, values: Mapping[str, str], wording: Wording, outer: int = 0) -> str:
    """An expression with the values in it, as it is written on paper.

    Parameters
    ----------
    expr
        The expression.
    values
        Step to the text that stands for it.
    wording
        How numbers and functions are told.
    outer
        How tightly the surroundings bind: 0 not at all, 4 as tightly as a product.
    """
    if isinstance(expr, Ref):
        return values.get(expr.step, wording.short(NOT_APPLICABLE))
    if not isinstance(expr, FunctionCall):
        return wording.short(expr)
    if expr.op in _INFIX:
        sign, binding = _INFIX[expr.op]
        tight = binding + (1 if expr.op in "-/" else 0)
        args = [infix(arg, values, wording, binding if index == 0 else tight) for index, arg in enumerate(expr.args)]
        text = _listed(args, sign, wording)
        return f"({text})" if binding < outer else text
    args = [infix(arg, values, wording) for arg in expr.args]
    if expr.op == "if":
        return wording.phrase("if", condition=args[0], then=args[1], otherwise=args[2])
    if expr.op in ("and", "or"):
        text = wording.phrase(expr.op).join(infix(arg, values, wording, 1) for arg in expr.args)
        return f"({text})" if outer else text
    return f"{wording.phrase(expr.op)}({_listed(args, ', ', wording)})"


def _calc(node: TraceNode, wording: Wording) -> str:
    values: dict[str, str] = {}
    for one in node.own_inputs:
        made = plainly(one)
        values[one.name] = f"({_tally(made, wording)})" if is_points(made) else wording.short(one.value)
    return infix(node.step.params.expr, values, wording)


def plainly(node: TraceNode) -> TraceNode:
    """The cell that a chain of unnamed steps only hands on: a sum over one item, a fill where nothing was missing."""
    while (
        node.op in {"reduce", "fill"} and len(made := node.own_inputs) == 1 and made[0].value == node.value and _same_name(node)
    ):
        node = made[0]
    return node


def _same_name(node: TraceNode) -> bool:
    """Whether a cell and its only operand are steps of one quantity of the author's: `name·1`, `name·2`, `name`."""
    return quantity_of(node.name) == quantity_of(node.own_inputs[0].name)


def is_points(node: TraceNode) -> bool:
    """Whether a cell is a sum of counts × points, which is clearer unfolded in place."""
    return isinstance(node.step.params, TallyParams) and node.step.params.what == "points"


# --- reduce, gather ---------------------------------------------------------------------------------------------------
def _pairs(node: TraceNode) -> tuple[list[tuple[Value, Fraction]], list[Missing], bool]:
    """The values with their weights that took part, the missing ones left out, and whether there are weights."""
    collapse: Collapse = node.step.params.collapse
    pairs: list[tuple[Value, Fraction]] = []
    missing: list[Missing] = []
    rows: list[dict[str, Value]] = []
    for one in node.own_inputs:
        if one.role == "of":
            rows.append({})
        if rows and one.role not in ("base", "place"):
            rows[-1][one.role] = one.value
    for row in rows:
        where, weight = row.get("where", NOT_APPLICABLE), row.get("weight", NOT_APPLICABLE)
        if (collapse.where and where is not True) or (collapse.weights and not isinstance(weight, Fraction)):
            missing += [one for one in (where, weight) if isinstance(one, Missing) and one != NOT_APPLICABLE]
            continue
        factor = weight if isinstance(weight, Fraction) else Fraction(1)
        value = row["of"]
        if isinstance(value, Missing):
            missing.append(value)
            if collapse.missing == "zero":
                pairs.append((Fraction(0), factor))
        else:
            pairs.append((value, factor))
    return pairs, missing, collapse.weights is not None


def _collapse(node: TraceNode, wording: Wording) -> str:
    collapse: Collapse = node.step.params.collapse
    pairs, missing, weighted = _pairs(node)
    told = ""
    if collapse.trim is not None and pairs:
        cut = cut_ends(collapse.trim, pairs, _first(node, "base"))
        if isinstance(cut, Cut) and len(cut.kept) < len(pairs):
            told = _left_out(cut, len(pairs), wording)
            pairs = cut.kept
    if missing and collapse.missing == "skip":
        told += wording.phrase("left out", n=len(missing))
    values = [wording.short(value) for value, _ in pairs]
    if collapse.how in ("sum", "mean") and pairs:
        products = [f"{wording.short(weight)} × {value}" for value, (_, weight) in zip(values, pairs, strict=True)]
        text = _listed(products if weighted else values, " + ", wording)
        divisor = total([weight for _, weight in pairs])
        if collapse.how == "mean" and divisor != 1:
            text = f"({text})" if len(pairs) > 1 or weighted else text
            text += f" ÷ {_divisor(pairs, wording) if weighted else divisor}"
        return text + told
    return f"{_how(node, collapse, wording)}{{{_listed(values, ', ', wording)}}}{told}"


def _left_out(cut: Cut, many: int, wording: Wording) -> str:
    """What trimming left out, by name: how many of how many, and which values at either end."""
    ends = []
    for phrase, gone in (("trimmed low", cut.low), ("trimmed high", cut.high)):
        if gone:
            values = _listed([wording.short(value) for value, _ in gone], wording.phrase("list"), wording)
            ends.append(wording.phrase(phrase, values=values))
    return wording.phrase("trimmed", n=many - len(cut.kept), of=many, values=wording.phrase("semicolon").join(ends))


def _how(node: TraceNode, collapse: Collapse, wording: Wording) -> str:
    if collapse.how != "kth":
        return wording.phrase("how " + collapse.how)
    place = _first(node, "place") if isinstance(collapse.k, Ref) else Fraction(collapse.k)
    return wording.phrase("kth top" if collapse.top else "kth bottom", k=wording.value(place))


def _divisor(pairs: list[tuple[Value, Fraction]], wording: Wording) -> str:
    weights = _listed([wording.short(weight) for _, weight in pairs], " + ", wording)
    return f"({weights})" if len(pairs) > 1 else weights


# --- the rest ---------------------------------------------------------------------------------------------------------
def _lookup(node: TraceNode, wording: Wording) -> str:
    keys = [wording.value(one.value) for one in node.own_inputs]
    keys += [wording.names.get(node.labels[key[1:]], node.labels[key[1:]]) for key in node.step.params.keys if key[0] == "@"]
    return wording.phrase("look up", keys=wording.phrase("comma").join(keys))


def _band(band: Stretch) -> str:
    low = "" if band.low is None else f"{decimal(band.low)} {'≤' if band.low_in else '<'} "
    return low + "x" + ("" if band.high is None else f" {'≤' if band.high_in else '<'} {decimal(band.high)}")


def _bands(node: TraceNode, wording: Wording) -> str:
    value = _first(node, "of")
    held = [band for band in node.step.params.rows if isinstance(value, Fraction) and band.holds(value)]
    return wording.phrase("band", x=wording.value(value), band=_band(held[0]) if held else "—")


def _choose(node: TraceNode, wording: Wording) -> str:
    told = [f"{wording.title(one)} {wording.value(one.value)}" for one in _by_role(node, "condition")]
    return "；".join(told)


def _bound(node: TraceNode, wording: Wording) -> str:
    params = node.step.params
    limit = _first(node, "limit") if isinstance(params.limit, Ref) else params.limit
    held = _first(node, "when") if params.when is not None else True
    word = ("at most" if params.from_above else "at least") if held is True else "not bound"
    return wording.phrase(word, grade=wording.value(_first(node, "of")), limit=wording.value(limit))


def _test(node: TraceNode, wording: Wording) -> str:
    params = node.step.params
    right = _first(node, "right") if isinstance(params.right, Ref) else params.right
    text = f"{wording.value(_first(node, 'left'))} {_INFIX[params.cmp][0].strip()} {wording.value(right)}"
    top, bottom = _first(node, "numerator"), _first(node, "denominator")
    verdict = node.value
    if not isinstance(verdict, bool) or not isinstance(right, Fraction):
        return text
    if isinstance(top, Fraction) and isinstance(bottom, Fraction):
        votes = votes_to_turn(params.cmp, top, right * bottom, verdict)
        text = f"{wording.short(top)} ÷ {wording.short(bottom)} = {text}"
        if votes is not None:
            text += wording.phrase("votes", n=abs(votes), way=wording.phrase("more" if votes > 0 else "fewer"))
    return text


def _follow(node: TraceNode, wording: Wording) -> str:
    found = _by_role(node, "of")
    return wording.phrase("follow", title=wording.title(found[0])) if found else ""


def _fill(node: TraceNode, wording: Wording) -> str:
    value = _first(node, "of")
    return wording.phrase("filled", value=wording.value(value)) if isinstance(value, Missing) and value != node.value else ""


def _versus(node: TraceNode, wording: Wording) -> str:
    return wording.title(_by_role(node, "of")[0])


def _round(node: TraceNode, wording: Wording) -> str:
    params = node.step.params
    mode, step = wording.phrase(params.mode), decimal(params.step)
    return wording.phrase("round", value=wording.value(_first(node, "of")), mode=mode, step=step)


def _power(node: TraceNode, wording: Wording) -> str:
    params = node.step.params
    exponent = params.exponent if isinstance(params.exponent, Fraction) else _first(node, "exponent")
    told = {"value": wording.short(_first(node, "of")), "exponent": wording.value(exponent)}
    return wording.phrase("power", **told, mode=wording.phrase(params.mode), step=decimal(params.step))


def _relate(node: TraceNode, wording: Wording) -> str:
    params, own = node.step.params, _first(node, "of")
    beside = node.beside
    numbers = beside.numbers
    if not isinstance(own, Fraction) or not numbers:
        return wording.value(own)
    worst, best = (numbers[0], numbers[-1]) if params.high else (numbers[-1], numbers[0])
    base = {"share": beside.sum, "ratio_best": best, "ratio_mean": beside.sum / len(numbers)}
    if params.how in base:
        return f"{wording.short(own)} ÷ {wording.short(base[params.how])}" + wording.phrase("pool", n=len(numbers))
    if params.how == "minmax":
        return f"({wording.short(own)} − {wording.short(worst)}) ÷ ({wording.short(best)} − {wording.short(worst)})"
    return wording.phrase("relate " + params.how, value=wording.short(own)) + wording.phrase("pool", n=len(numbers))


def _allocate(node: TraceNode, wording: Wording) -> str:
    own, beside = _first(node, "of"), node.beside
    if not isinstance(own, Fraction):
        return wording.value(own)
    place = beside.ahead(own, high=node.step.params.high) + 1
    return wording.phrase("allocate", value=wording.short(own), n=len(beside.numbers), place=place)


HANDS: dict[str, Callable[[TraceNode, Wording], str]] = {
    "tally": _tally,
    **dict.fromkeys(("heads", "mark", "fact", "component", "event", "past", "decision", "table"), _nothing),
    "lookup": _lookup,
    "bands": _bands,
    "choose": _choose,
    "bound": _bound,
    "fill": _fill,
    "round": _round,
    "power": _power,
    "calc": _calc,
    "test": _test,
    "reduce": _collapse,
    "gather": _collapse,
    "follow": _follow,
    "this_period": _versus,
    "relate": _relate,
    "versus": _versus,
    "allocate": _allocate,
}


def right_hand_side(node: TraceNode, wording: Wording) -> str:
    """How the value came about, in one line; "" where the cell is a given.

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
    if node.op not in HANDS:
        raise AnalysisError("no-hand", op=node.op).at(node.name, node.line)
    return HANDS[node.op](node, wording) if node.kept else wording.phrase("not kept")
