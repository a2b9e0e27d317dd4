"""Rule forms that decide: look-ups, bands, cases, limits by event or grade, tests, fills, rounding, and short names over them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from fractions import Fraction

from analysis.saying import N_
from questionnaires.compiling.bounds import check_bound
from questionnaires.compiling.call import Param, RuleUse
from questionnaires.compiling.expressions import FormulaError, constant, parse
from questionnaires.compiling.formulas import compile_formula, either
from questionnaires.compiling.quantity import Kind, Quantity, num, order_axes
from questionnaires.compiling.span import Span, either_span, exactly
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.reader import exact, nearest_name
from questionnaires.language.words import KEYWORDS, spelled
from questionnaires.rules.bands import read_bands
from questionnaires.rules.claims import disjoint
from questionnaires.rules.scoped_rows import read_rows
from questionnaires.telling import Keyword, Listed, briefly

_SLIP = 0.7  # `stays` is no slip of `stand`
NOT_HERE: list[object] = ["missing", "not applicable"]
OTHERWISE = {"其余", "otherwise"}
GRADES = Param(
    "grades",
    ("等次", "grades"),
    "grades",
    N_("结果的等次，由高到低（需要比高低时写）"),
)
WHEN = Param("when", ("当", "when"), "condition", N_("在什么条件下"), required=True)


def value_of(call: RuleUse, node: Node) -> tuple[object, Kind, Quantity | None]:
    """What a row gives: a number, a grade word, or a quantity; as literal or step name, with its kind."""
    node = call.compiler.reader.unwrap(node)
    if node.kind == "scalar":
        text = call.compiler.reader.plain(node)
        number = exact(text)
        if number is not None:
            return num(number), "number", None
        if (node.quoted and not _is_formula(call, text)) or _is_word(call, text):
            return ["text", text], "text", None
    found = call.quantity(node)
    return found.step, found.kind, found


def _is_formula(call: RuleUse, text: str) -> bool:
    """A text in quotes is a formula when every name in it is known: formulas with commas have to be quoted."""
    try:
        names = [one.word for one in parse(text, call.compiler.phrases).names()]
    except FormulaError:
        return False
    return bool(names) and all(name in call.compiler.definitions or name in call.compiler.draft.values for name in names)


def _is_word(call: RuleUse, text: str) -> bool:
    """A single unknown name is a grade's word, unless it looks like a slip of a known name and the file knows no such grade."""
    try:
        expression = parse(text, call.compiler.phrases)
    except FormulaError:
        return False
    known = [*call.compiler.definitions, *call.compiler.draft.values]
    if expression.op != "name" or expression.word in known:
        return False
    listed = (
        [call.compiler.reader.plain(node) for node in call.compiler.reader.entries(call.fields.get("grades"))]
        if "grades" in call.fields
        else []
    )
    if text in listed or text in call.compiler.draft.grade_words():
        return True
    near = nearest_name(text, [name for name in known if abs(len(name) - len(text)) <= 1 and len(name) > 3])
    return not near or SequenceMatcher(None, near, text).ratio() < _SLIP


def grades_of(call: RuleUse, words: list[str]) -> tuple[str, ...]:
    """The grades best first: as listed, else in the order they appear."""
    listed = (
        tuple(call.compiler.reader.plain(node) for node in call.compiler.reader.entries(call.fields.get("grades")))
        if "grades" in call.fields
        else ()
    )
    for word in words:
        if listed and word not in listed:
            raise call.bad("grade-unknown", name=call.name, grade=word, allowed=briefly(listed))
    return listed or tuple(dict.fromkeys(words))


def look_up(call: RuleUse) -> Quantity:
    """A table by facts: the row of the subject's facts gives the value."""
    reader = call.compiler.reader
    rows = read_rows(call, call.main, None, numbers=False)
    facts = list(dict.fromkeys(fact for row in rows for fact in row.where))
    lines: list[list[object]] = []
    kinds: list[Kind] = []
    spans: list[Span] = []
    words: list[str] = []
    for row in rows:
        values = [value for key, value in row.rest if key.text in KEYWORDS["value"]]
        for key, _ in row.rest:
            if key.text not in KEYWORDS["value"]:
                reader.unknown(key, key.text, [*call.compiler.draft.facts, "值"], things.FACT)
        if not values:
            raise call.bad("missing-key", row.node, key=Keyword("值", "value"), where=f"“{call.name}”")
        given, kind, found = value_of(call, values[0])
        if found is not None:
            raise call.invalid(
                call.spec.id,
                N_("“值”只能是数或等次；要取别的量请用“分情况”"),
                values[0],
            )
        kinds.append(kind)
        spans.append(span_of(given, None))
        words += [str(given[1])] if kind == "text" and isinstance(given, list) else []
        lines += [[*case, given] for case in row.cases(facts)]
    _one_kind(call, kinds)
    steps = [call.compiler.fact(node) for node in rows[0].fact_nodes(rows, facts)]
    return Quantity(
        step=call.emit("lookup", keys=steps, rows=lines, otherwise=None),
        axes=("subject",),
        kind=kinds[0],
        grades=grades_of(call, words),
        span=either_span(spans),
    )


def convert_by(call: RuleUse) -> Quantity:
    """A table by the value of one quantity: points by place, by grade, by any word or exact number."""
    of = call.quantity()
    lines: list[list[object]] = []
    kinds: list[Kind] = []
    spans: list[Span] = []
    words: list[str] = []
    otherwise: object = None
    for key, value in call.compiler.reader.pairs(call.fields.get("table")):
        given, kind, found = value_of(call, value)
        if found is not None:
            raise call.invalid("table", N_("表里只能写数或等次"), value)
        kinds.append(kind)
        spans.append(span_of(given, None))
        words += [str(given[1])] if kind == "text" and isinstance(given, list) else []
        if key.text in OTHERWISE:
            otherwise = given
        elif of.kind == "text" and of.grades and key.text not in of.grades:
            call.compiler.reader.bad(key, "grade-unknown", name=of.step, grade=key.text, allowed=briefly(of.grades))
        else:
            number = exact(key.text)
            lines.append([key.text if of.kind == "text" or number is None else str(number), given])
    if of.kind == "text" and of.grades and otherwise is None:
        absent = [grade for grade in of.grades if grade not in [line[0] for line in lines]]
        if absent:
            call.compiler.reader.bad(call.node, "table-gap", case=Listed(tuple(absent)))
    _one_kind(call, kinds)
    return Quantity(
        step=call.emit("lookup", keys=[of.step], rows=lines, otherwise=otherwise),
        axes=of.axes,
        kind=kinds[0] if kinds else "number",
        grades=grades_of(call, words),
        labels=of.labels,
        span=either_span(spans),
    )


def _one_kind(call: RuleUse, kinds: list[Kind]) -> None:
    if len(set(kinds)) > 1:
        raise call.invalid(call.spec.id, N_("各行有的给数、有的给等次"))


def bands(call: RuleUse) -> Quantity:
    """Bands of a number: `90 以上: 优秀`. Gaps and overlaps are found."""
    of = call.numeric()
    rows = read_bands(call, call.fields.get("rungs"), of)
    lines, kinds, words = [], [], []
    spans: list[Span] = []
    for band in rows:
        given, kind, found = value_of(call, band.value)
        if found is not None:
            raise call.invalid(
                "rungs",
                N_("各段只能给数或等次；要取别的量请用“分情况”"),
                band.value,
            )
        kinds.append(kind)
        spans.append(span_of(given, None))
        words += [str(given[1])] if kind == "text" and isinstance(given, list) else []
        lines.append(
            {
                "from": None if band.low is None else str(band.low),
                "from_in": band.low_in,
                "to": None if band.high is None else str(band.high),
                "to_in": band.high_in,
                "value": given,
            }
        )
    _one_kind(call, kinds)
    return Quantity(
        step=call.emit("bands", of=of.step, rows=lines),
        axes=of.axes,
        kind=kinds[0],
        grades=grades_of(call, words),
        labels=of.labels,
        span=either_span(spans),
    )


def cases(call: RuleUse) -> Quantity:
    """The first condition that holds decides; conditions over facts are proved disjoint unless the order is meant."""
    reader = call.compiler.reader
    listed: list[tuple[Node, str, object]] = []
    kinds: list[Kind] = []
    axes: list[str] = []
    words: list[str] = []
    labels: list[Mapping[str, tuple[str, ...]]] = []
    spans: list[Span] = []
    otherwise: object = None

    def take(node: Node) -> object:
        given, kind, found = value_of(call, node)
        kinds.append(kind)
        axes.extend(found.axes if found else ())
        labels.append(found.labels if found else {})
        spans.append(span_of(given, found))
        words.extend(found.grades if found else [str(given[1])] if kind == "text" and isinstance(given, list) else [])
        return given

    for entry in reader.entries(call.main):
        fields = reader.fields(entry, ("when", "take", "otherwise"), table=CASE_WORDS)
        if rest := fields.get("otherwise"):
            otherwise = take(rest)
        elif (when := fields.get("when")) is not None and (given := fields.get("take")) is not None:
            condition = call.quantity(when, "truth")
            axes.extend(condition.axes)
            listed.append((when, condition.step, take(given)))
        else:
            raise call.bad("missing-key", entry, key=spelled(("when", "take"), CASE_WORDS), where=f"“{call.name}”")
    _one_kind(call, kinds)
    order = call.settled("order", "rule_order", "rule_order")
    if order == "exclusive":
        disjoint(call, [when for when, _, _ in listed], otherwise=otherwise is not None)
        call.compiler.watch("cases", call.name, [condition for _, condition, _ in listed])
    step = call.emit("choose", cases=[[condition, given] for _, condition, given in listed], otherwise=otherwise)
    return Quantity(
        step=step,
        axes=order_axes(axes),
        kind=kinds[0] if kinds else "number",
        grades=grades_of(call, words),
        labels=either(*labels),
        span=either_span(spans),
    )


CASE_WORDS = {"when": ("当", "when"), "take": ("取", "take"), "otherwise": ("其余", "otherwise")}


def test(call: RuleUse) -> Quantity:
    """A flag: an exact comparison, with numerator and denominator kept; or any condition."""
    node = call.main
    text = call.compiler.reader.plain(node)
    try:
        expression = parse(text, call.compiler.phrases)
    except FormulaError as error:
        raise call.bad("formula", node, what=error.what, at=error.at) from error
    if expression.op in {">=", ">", "<", "<="} and (right := constant(expression.args[1])) is not None:
        left = expression.args[0]
        of = call.compiler.named(left.word) if left.op == "name" else compile_formula(call.compiler, call.name, node, left)
        if of is not None and of.kind == "number":
            check_bound(call.compiler, call.name, node, of, expression.args[1])
            ratio: dict[str, object] = {} if of.ratio is None else {"numerator": of.ratio[0], "denominator": of.ratio[1]}
            step = call.emit("test", left=of.step, cmp=expression.op, right=num(right), **ratio)
            return Quantity(step=step, axes=of.axes, kind="truth", labels=of.labels)
    return call.quantity(None, "truth")


def most_of_all(call: RuleUse) -> Quantity:
    """The word behind which the greatest of several quantities stands: the grade with the largest membership."""
    pairs = call.compiler.reader.pairs(call.main)
    found = [(call.compiler.reader.grade(key), call.quantity(node, "number")) for key, node in pairs]
    if len(found) < 2:
        raise call.invalid(call.spec.id, N_("至少要写两个"), call.main)
    words = tuple(dict.fromkeys(word for word, _ in found))
    if len(words) < len(found):
        raise call.invalid(call.spec.id, N_("同一个等次写了两次"), call.main)
    listed = list(found) if call.settled("tier_ties", "leaning", "tier_ties") == "promote" else list(reversed(found))
    cases: list[object] = []
    for word, one in listed:
        tests: list[object] = [[">=", ["ref", one.step], ["ref", other.step]] for rival, other in found if rival != word]
        expr = ["and", *tests] if len(tests) > 1 else tests[0]
        cases.append([call.emit("calc", expr=expr), ["text", word]])
    axes = order_axes([axis for _, one in found for axis in one.axes])
    step = call.emit("choose", cases=cases, otherwise=None)
    return Quantity(step=step, axes=axes, kind="text", grades=words, labels=either(*(one.labels for _, one in found)))


def span_of(given: object, found: Quantity | None) -> Span:
    """Where the value of a row lies: a quantity's own span, or the number written."""
    if found is not None:
        return found.span
    return exactly(Fraction(str(given[1]))) if isinstance(given, list) and given[0] == "num" else Span()
