"""Why a grade stands below (or above) what it would be: the caps, links and overriding cases that acted, each in words.

Read off the trace of one cell; nothing is decided here. A cap that was there and changed nothing is not told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from analysis.axes import Ref
from analysis.errors import AnalysisError
from analysis.explaining.trace import TraceNode, trace_node
from analysis.explaining.wording import Wording
from analysis.ops.cells import BoundParams, ChooseParams
from analysis.ops.formulas import CalcParams, Expr, FunctionCall, TestParams, compile_expr, refs_of
from analysis.step_names import is_inner
from analysis.values import NOT_APPLICABLE, Missing, text_of
from survey_app.i18n import clauses
from survey_app.i18n import gettext as _

_SIGNS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
#: A condition is followed through so many named steps; published rules need two or three.
_DEEP = 8


@dataclass(frozen=True, kw_only=True)
class Hold:
    """One cap that acted: the grade before ("" where it may not be said) and after, why, and the scheme's line that says so.

    `grade` is the grade after as the report holds it, where `after` is what it is called.
    """

    before: str
    after: str
    why: str
    source: str
    line: int
    grade: str

    @property
    def sentence(self) -> str:
        """The whole, as a person would say it."""
        told = _("由“%(before)s”定为“%(after)s”", before=self.before, after=self.after)
        told = told if self.before else _("定为“%(after)s”", after=self.after)
        return _("%(what)s：%(why)s", what=told, why=self.why) if self.why else told


@dataclass(frozen=True)
class Teller(Wording):
    """The words of a report, and which numbers may not be said because too few people stand behind them.

    `released`: a number so hidden as it stands on the page all the same, "" where it stands on none.
    """

    hidden: Callable[[TraceNode], bool] = field(default=lambda _node: False)
    released: Callable[[TraceNode], str] = field(default=lambda _node: "")

    def told(self, node: TraceNode) -> str:
        """What stands in this cell, in words; "" where that may not be said."""
        return self._released(node) if self.hidden(node) else self.value(node.value)

    def _released(self, node: TraceNode) -> str:
        """A cell that only hands on the figure of another subject is as public as that figure."""
        other = _role(node, "of") if node.op == "follow" else None
        return self.released(node) or (self.released(other) if other is not None and other.value == node.value else "")


def teller(
    wording: Wording,
    hidden: Callable[[TraceNode], bool] | None = None,
    released: Callable[[TraceNode], str] | None = None,
) -> Teller:
    """A teller with these words; without `hidden` it says every number, without `released` none of those hidden."""
    return Teller(
        wording.say,
        wording.titles,
        wording.names,
        wording.moment,
        hidden or (lambda _node: False),
        released or (lambda _node: ""),
    )


def holds(node: TraceNode, wording: Teller) -> list[Hold]:
    """The caps behind a grade, in the order they acted. Empty where none did, or where the walk back is not kept."""
    found: list[Hold] = []
    try:
        while True:
            below, hold = _below(node, wording)
            if hold is not None:
                found.append(hold)
            if below is None:
                return found[::-1]
            node = below
    except AnalysisError:
        return []


def acted(node: TraceNode, wording: Wording) -> Hold | None:
    """The cap that this very cell is, if it acted."""
    return _below(node, teller(wording))[1] if isinstance(node.step.params, BoundParams | ChooseParams) else None


def because(node: TraceNode, wording: Teller) -> str:
    """Why a condition of the scheme holds, in words; "" where its name says all there is to say."""
    try:
        return clauses(_reasons(node, wording, 0, scopes=False)) if isinstance(node.step.params, CalcParams) else ""
    except AnalysisError:
        return ""


def _below(node: TraceNode, wording: Teller) -> tuple[TraceNode | None, Hold | None]:
    """The grade this one was made from, and the cap between the two if it acted."""
    params = node.step.params
    if isinstance(params, BoundParams):
        below = _role(node, "of")
        changed = below is not None and below.value != node.value and not isinstance(node.value, Missing | bool)
        why = _truth(_role(node, "when"), wording) if params.when else ""
        if isinstance(params.limit, Ref):
            limit = _role(node, "limit")
            why = clauses(part for part in (why, _is(limit, wording) if limit else "") if part)
        return below, _hold(below, node, why, wording) if below is not None and changed else None
    if isinstance(params, ChooseParams):
        taken = _role(node, "case") or _role(node, "otherwise")
        met = next((one for one in node.inputs if one.role == "condition" and one.value is True), None)
        if met is None or taken is not None or not isinstance(params.otherwise, Ref):
            return taken, None
        # a word of the scheme in place of what would have been computed: a veto, or a result set directly
        rest = _elsewhere(node, params.otherwise.step)
        if rest is None or isinstance(rest.value, Missing) or rest.value == node.value:
            return None, None
        return rest, _hold(rest, node, _truth(met, wording), wording)
    return (_role(node, "of") if node.op == "fill" else None), None


def _hold(below: TraceNode, node: TraceNode, why: str, wording: Teller) -> Hold:
    return Hold(
        before=wording.told(below),
        after=wording.value(node.value),
        why=why,
        source=node.source,
        line=node.line,
        grade=text_of(node.value),
    )


def _role(node: TraceNode, role: str) -> TraceNode | None:
    return next((one for one in node.inputs if one.role == role), None)


def _elsewhere(node: TraceNode, step: str) -> TraceNode | None:
    """The same subject's cell of another step."""
    table = node.context.tables.get(step)
    if table is None or not set(table.axes) <= set(node.labels):
        return None
    key = tuple(node.labels[axis] for axis in table.axes)
    return trace_node(node.context, node.plan, step, key) if key in table.cells else None


def _truth(node: TraceNode | None, wording: Teller, deep: int = 0) -> str:
    """Why a condition holds, in words; conditions that only say whom a rule is for are left out where more is said."""
    if node is None or node.value is not True:
        return ""
    return clauses(_reasons(node, wording, deep)) or wording.bare_title(node)


def _reasons(node: TraceNode, wording: Teller, deep: int, *, scopes: bool = True) -> list[str]:
    params = node.step.params
    if isinstance(params, CalcParams) and deep < _DEEP:
        inputs = {one.name: one for one in node.inputs}
        told = _true_parts(params.expr, inputs, wording, deep)
        telling = [words for words, scope in told if not scope]
        return list(dict.fromkeys(telling or [words for words, _scope in told if scopes]))
    if isinstance(params, TestParams):
        left = _role(node, "left")
        right = params.right if not isinstance(params.right, Ref) else getattr(_role(node, "right"), "value", None)
        if left is not None and right is not None:
            return [_compared(left, params.cmp, wording.value(right), wording)]
    return [wording.bare_title(node)]


def _true_parts(expr: Expr, inputs: dict[str, TraceNode], wording: Teller, deep: int) -> list[tuple[str, bool]]:
    """The parts of a true condition that made it true: (words, whether the part only looks at a column of the roster)."""
    if isinstance(expr, Ref) and expr.step in inputs:
        node = inputs[expr.step]
        words = _reasons(node, wording, deep + 1) if is_inner(node.name) else [wording.bare_title(node)]
        return [(word, False) for word in words]
    if not isinstance(expr, FunctionCall):
        return []
    if expr.op in ("and", "or"):
        return [part for arg in expr.args if _holds(arg, inputs) for part in _true_parts(arg, inputs, wording, deep)]
    left, right = expr.args[0], expr.args[-1]
    if expr.op == "not":
        return _denied(left, inputs, wording)
    if expr.op in _SIGNS and isinstance(left, Ref) and left.step in inputs and not isinstance(right, FunctionCall):
        other = inputs[right.step].value if isinstance(right, Ref) else right
        node = inputs[left.step]
        return [(_compared(node, expr.op, wording.value(other), wording), node.op == "fact")]
    return []


def _denied(expr: Expr, inputs: dict[str, TraceNode], wording: Teller) -> list[tuple[str, bool]]:
    """Why "not …" holds: what stands there instead."""
    ref = expr.args[0] if isinstance(expr, FunctionCall) else expr
    node = inputs.get(ref.step) if isinstance(ref, Ref) else None
    if node is None or (isinstance(expr, FunctionCall) and expr.op not in ("=", "is_missing")):
        return []
    if isinstance(node.value, bool):
        return [(_("没有“%(title)s”", title=wording.bare_title(node)), False)]
    return [(_is(node, wording), node.op == "fact")]


def _holds(expr: Expr, inputs: dict[str, TraceNode]) -> bool:
    """Whether a part of a condition holds, computed as the count did."""
    names = refs_of(expr)
    row = [inputs[name].value if name in inputs else NOT_APPLICABLE for name in names]
    return compile_expr(expr, {name: place for place, name in enumerate(names)})(row) is True


def _compared(node: TraceNode, sign: str, right: str, wording: Teller) -> str:
    """One comparison: "the team's grade is 差", "times criticised 2 ≥ 1"; what comes from another subject names it."""
    if sign == "=":
        return _is(node, wording)
    return " ".join(part for part in (_title(node, wording), wording.told(node), _SIGNS[sign], right) if part)


def _is(node: TraceNode, wording: Teller) -> str:
    told = wording.told(node)
    if not told:
        return _("%(title)s符合条件", title=_title(node, wording))
    return _("%(title)s是“%(value)s”", title=_title(node, wording), value=told)


def _title(node: TraceNode, wording: Teller) -> str:
    title = wording.bare_title(node)
    if node.op == "follow":
        other = _role(node, "of")
        who = other.labels.get("subject", "") if other is not None else ""
        return f"{title}（{wording.names.get(who, who)}）" if who else title
    return title
