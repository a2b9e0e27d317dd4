"""Rule forms that combine values: weights by group, item or period; weighted parts; sums, means and their kin; formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from analysis.numerals import decimal
from analysis.saying import N_
from questionnaires.compiling.call import Param, RuleSpec, RuleUse
from questionnaires.compiling.quantity import Quantity, drop_axis, num, order_axes
from questionnaires.compiling.span import COUNT, Span, either_span, exactly
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.reader import exact
from questionnaires.language.words import CHOICES
from questionnaires.rules.ballots import TRIMS, trimming
from questionnaires.rules.scoped_rows import ScopedRow, read_rows
from questionnaires.rules.whole_cells import full_window, made_whole
from questionnaires.telling import Keyword, Listed, said

WEIGHTS = Param(
    "weights",
    ("权重", "weights"),
    "weights",
    N_("各项权重：一行，或按名册栏目分行；也可以写一个量"),
    required=True,
)
TOTAL = Param(
    "total",
    ("总和", "total"),
    "number",
    N_("权重合计应是多少（不写则应为 100 或 1）"),
)
MISSING = Param(
    "missing",
    ("缺者", "if missing"),
    "missing",
    N_("缺一项时怎么办；不写则按“约定”"),
)
INTO = Param(
    "into",
    ("归入上级", "into parent"),
    "yes/no",
    N_("并到上一级（指标、主体的上级），而不是全部合成一个"),
)
WHERE = Param("where", ("只取", "only where"), "condition", N_("只算符合条件的"))


def need_axis(call: RuleUse, of: Quantity, axis: str) -> None:
    """A rule that works along an axis needs a quantity that has it."""
    if axis not in of.axes:
        listed = Listed(tuple(Keyword(*CHOICES["axis"][one]) for one in of.axes))
        has = said(N_("它分的是：{axes}"), axes=listed) if of.axes else said(N_("它是全体的一个数"))
        raise call.bad("wrong-axes", call.main, name=call.name, axis=Keyword(*CHOICES["axis"][axis]), of=of.step, axes=has)


def sums_up(call: RuleUse, row: ScopedRow, total: Fraction | None, parents: Mapping[str, str] | None = None) -> None:
    """Weights of one row add up to 100 or 1, or to what the author says they should.

    With `parents` they do so within each parent; a total that is written may be that of one parent or of all together.
    """
    if row.broken:
        return
    homes: dict[str, Fraction] = {}
    for label, weight in row.numbers.items():
        home = "" if parents is None else parents.get(label, label)
        homes[home] = homes.get(home, Fraction(0)) + weight
    allowed = {total, total / len(homes)} if total is not None and homes else {Fraction(1), Fraction(100)}
    want = decimal(total if total is not None else Fraction(100))
    for home, found in homes.items():
        if found in allowed or (parents is not None and home not in parents.values()):
            continue  # what has no parent stays as it is, whatever its weight
        code, more = ("weights-sum-in", {"parent": home}) if home else ("weights-sum", {})
        call.compiler.reader.bad(row.node, code, found=decimal(found), want=want, **more)


def weighted(axis: str) -> Callable[[RuleUse], Quantity]:
    """Weighted mean along an axis: the values used are divided by the weights used."""

    def expand(call: RuleUse) -> Quantity:
        of = call.numeric()
        need_axis(call, of, axis)
        node = call.fields.get("weights")
        if node is None:
            raise call.bad("missing-key", key=Keyword("权重", "weights"), where=f"“{call.name}”")
        step = _weight_step(call, of, axis, node)
        missing = call.settled(
            "missing", "missing", {"group": "empty_group", "item": "empty_item", "period": "missing_part"}[axis]
        )
        into = "parent" if call.yes("into") else None
        done = call.emit("reduce", of=of.step, over=axis, how="mean", weights=step, missing=missing, into=into)
        if into:
            return _climbed(call, of, axis, done)
        if axis == "period":
            done = full_window(call, of, done, how="mean", missing=missing) if missing == "fail" else done
        return replace(drop_axis(of, axis, done), span=_collapsed("mean", of.span, missing))

    return expand


def _weight_step(call: RuleUse, of: Quantity, axis: str, node: Node) -> str:
    """Weights written out become a look-up by facts and label; a name is a quantity. Labels without weight do not count."""
    if call.compiler.reader.unwrap(node).kind == "scalar":
        return call.quantity(node, "number").step
    draft = call.compiler.draft
    known = {"group": (*draft.groups, *draft.sides), "item": (*draft.items, *draft.indicators), "period": None}[axis]
    total = call.number("total")
    rows = read_rows(call, node, known)
    parents = _parents(call, axis) if call.yes("into") else None
    facts = list(dict.fromkeys(fact for row in rows for fact in row.where))
    lines: list[list[object]] = []
    for row in rows:
        sums_up(call, row, total, parents)
        for label in row.numbers:
            if axis in of.labels and label not in of.labels[axis]:
                call.compiler.reader.unknown(
                    row.nodes[label], label, of.labels[axis], things.ALONG, axis=Keyword(*CHOICES["axis"][axis]), of=of.step
                )
        lines += [[*case, label, num(weight)] for case in row.cases(facts) for label, weight in row.numbers.items()]
    if axis == "group" and of.asked and not any(row.broken for row in rows):
        call.compiler.weigh(of.step, node, [one for row in rows for label in row.numbers for one in draft.raters(label)])
    steps = [call.compiler.fact(row_node) for row_node in (rows[0].fact_nodes(rows, facts))]
    if axis == "period":  # periods are known only from a table that has them: the weighted one, whatever its value
        steps, lines = [of.step, *steps], [["*", *line] for line in lines]
    return call.emit("lookup", keys=[*steps, f"@{axis}"], rows=lines, otherwise=["missing", "not applicable"])


def _parents(call: RuleUse, axis: str) -> Mapping[str, str]:
    return call.compiler.draft.group_parents if axis == "group" else call.compiler.draft.item_parents


def _climbed(call: RuleUse, of: Quantity, axis: str, step: str) -> Quantity:
    parents = _parents(call, axis)
    labels = {**of.labels, axis: tuple(dict.fromkeys(parents.get(label, label) for label in of.labels.get(axis, ())))}
    return Quantity(step=step, axes=of.axes, labels=labels)


def _collapsed(how: str, span: Span, missing: str) -> Span:
    """Between which numbers one value made of many lies."""
    if missing == "zero":
        span = either_span((span, exactly(Fraction(0))))
    if how == "sum":
        return Span(Fraction(0), None, span.whole) if span.low is not None and span.low >= 0 else Span()
    return Span(span.low, span.high, span.whole and how not in {"mean", "median"})


def weighted_parts(call: RuleUse) -> Quantity:
    """Weighted mean of named quantities; rows by facts may give other parts and weights to other subjects."""
    missing = call.settled("missing", "missing", "missing_part")
    rows, total = read_rows(call, call.main, None), call.number("total")
    steps: list[str] = []
    met: list[str] = []
    spans: list[Span] = []
    for row in rows:
        sums_up(call, row, total)
        parts = [(call.quantity(row.nodes[name], "number"), weight) for name, weight in row.numbers.items()]
        met += [axis for part, _ in parts for axis in part.axes]
        steps.append(call.emit("calc", expr=_mean(parts, missing)))
        spans.append(_mean_span(parts, missing))
    axes = order_axes(met)
    if len(rows) == 1 and not rows[0].where:
        return Quantity(step=steps[0], axes=axes, span=spans[0])
    return Quantity(step=_by_row(call, rows, steps), axes=order_axes((*axes, "subject")), span=either_span(spans))


def _mean_span(parts: list[tuple[Quantity, Fraction]], missing: str) -> Span:
    """Where a weighted mean of parts lies: where a part may be left out, anywhere between the least and the greatest of them."""
    if missing != "fail":
        spans = [part.span for part, _ in parts]
        return either_span([*spans, exactly(Fraction(0))] if missing == "zero" else spans)
    weights = sum((weight for _, weight in parts), Fraction(0))
    found = exactly(Fraction(0))
    for part, weight in parts:
        found = found.plus(part.span.times(exactly(weight)))
    return found.over(weights) if weights else Span()


def _mean(parts: list[tuple[Quantity, Fraction]], missing: str) -> list[object]:
    """(w1·x1 + …) / (w1 + …); with `skip` a missing part leaves both sums, with `zero` only the upper one."""
    above: list[object] = ["+"]
    below: list[object] = ["+"]
    for part, weight in parts:
        term: list[object] = ["*", num(weight), ["ref", part.step]]
        gone: list[object] = ["is_missing", ["ref", part.step]]
        above.append(term if missing == "fail" else ["if", gone, num(0), term])
        below.append(["if", gone, num(0), num(weight)] if missing == "skip" else num(weight))
    if len(parts) == 1:
        return ["/", above[1], below[1]]
    return ["/", above, below]


def _by_row(call: RuleUse, rows: list[ScopedRow], steps: list[str]) -> str:
    """One value per subject: that of the row whose facts it has."""
    cases = [[call.emit("calc", expr=row.condition(call)), step] for row, step in zip(rows, steps, strict=True)]
    return call.emit("choose", cases=cases, otherwise=["missing", "not applicable"])


def reduced(how: str) -> Callable[[RuleUse], Quantity]:
    """Sum, mean, median … along an axis."""

    def expand(call: RuleUse) -> Quantity:
        kind = {"all": "truth", "any": "truth"}.get(how)
        of = call.quantity() if how in {"count", "last"} else call.quantity(None, "truth" if kind else "number")
        axis = call.word("along", "axis", "period" if how == "last" else "")
        if not axis:
            raise call.bad("missing-key", key=Keyword("沿", "along"), where=f"“{call.name}”")
        need_axis(call, of, axis)
        more: dict[str, object] = {}
        if call.has("k"):
            more = {"k": _place(call), "from": call.word("end", "end", "top")}
        elif how == "kth":
            raise call.bad("missing-key", key=Keyword("第", "place"), where=f"“{call.name}”")
        if call.has("weights"):
            more["weights"] = call.quantity(call.fields.get("weights"), "number").step
        if call.has("drop_low") or call.has("drop_high"):
            more["trim"] = trimming(call, None)
        if where := call.condition("where"):
            more["where"] = where
        policy = {"group": "empty_group", "item": "empty_item"}.get(axis, "missing_part")
        missing = "skip" if how in {"count", "last"} or axis == "rater" else call.settled("missing", "missing", policy)
        into = "parent" if call.yes("into") else None
        step = call.emit("reduce", of=of.step, over=axis, how=how, missing=missing, into=into, **more)
        if into:
            return _climbed(call, of, axis, step)
        step = made_whole(call, of, axis, step, how=how, missing=missing)
        if axis == "period" and "where" not in more:
            step = full_window(call, of, step, how=how, missing=missing)
        done = replace(drop_axis(of, axis, step), span=_collapsed(how, of.span, missing))
        return Quantity(step=step, axes=done.axes, kind="number", labels=done.labels, span=COUNT) if how == "count" else done

    return expand


def _place(call: RuleUse) -> object:
    """Which place: a number above zero, or a quantity that gives it."""
    node = call.fields.known["k"]
    if call.compiler.reader.unwrap(node).kind == "scalar" and exact(call.compiler.reader.plain(node)) is not None:
        return call.count("k") or 1
    return {"step": call.numeric("k").step}


def formula(call: RuleUse) -> Quantity:
    """A formula, for a quantity that also has a title or a source."""
    return call.quantity()


ALONG = Param(
    "along",
    ("沿", "along"),
    "axis",
    N_("沿哪一维：主体、内容、时期、评议人、对象、对手"),
)
PLACE = Param("k", ("第", "place"), "count or quantity", N_("第几个；也可以是一个量"))
END = Param("end", ("数起", "from"), "end", N_("从高还是从低数"))
BY = Param("weights", ("权重", "weights"), "quantity", N_("每个值的权重（一个量）"))


def _reduce_spec(how: str, words: tuple[str, str], says: str, example: str, *more: Param) -> RuleSpec:
    return RuleSpec(
        id=how,
        words=words,
        main="quantity",
        says=says,
        expand=reduced(how),
        params=(ALONG, WHERE, MISSING, INTO, *more),
        example=example,
    )


COMBINE_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        id="formula",
        words=("算式", "formula"),
        main="formula",
        says=N_("按算式计算；没有标题、出处时可以直接写算式。"),
        expand=formula,
        params=(),
        example="{算式: 0.5 × 主体均分 @ 同事 + 50, 出处: 示例}",
    ),
    RuleSpec(
        id="by_group",
        words=("按主体加权", "weighted by group"),
        main="quantity",
        says=N_("各主体的值乘权重相加，再除以用到的权重。"),
        expand=weighted("group"),
        params=(WEIGHTS, TOTAL, MISSING, INTO),
        example="{按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}}",
    ),
    RuleSpec(
        id="by_item",
        words=("按内容加权", "weighted by item"),
        main="quantity",
        says=N_("各项内容的值乘权重相加，再除以用到的权重。"),
        expand=weighted("item"),
        params=(WEIGHTS, TOTAL, MISSING, INTO),
        example="{按内容加权: 各项均分, 权重: {德: 50, 能: 50}}",
    ),
    RuleSpec(
        id="by_period",
        words=("按时期加权", "weighted by period"),
        main="quantity",
        says=N_("各时期的值乘权重相加，再除以用到的权重。"),
        expand=weighted("period"),
        params=(WEIGHTS, TOTAL, MISSING),
        example="{按时期加权: 往年得分, 权重: {'2024': 40, '2025': 60}}",
    ),
    RuleSpec(
        id="parts",
        words=("加权合成", "weighted parts"),
        main="quantity: weight",
        says=N_("把几个量按权重合成一个；可按名册栏目分行写不同的权重。"),
        expand=weighted_parts,
        params=(TOTAL, MISSING),
        example="{加权合成: {总评得分: 60, 目标得分: 40}}",
    ),
    _reduce_spec(
        "sum",
        ("合计", "sum of"),
        N_("沿一维相加，可带权重、去高低。"),
        "{合计: 各项均分, 沿: 内容}",
        BY,
        *TRIMS,
    ),
    _reduce_spec(
        "mean",
        ("平均", "mean of"),
        N_("沿一维求平均，可带权重、去高低。"),
        "{平均: 往年得分, 沿: 时期}",
        BY,
        *TRIMS,
    ),
    _reduce_spec("median", ("中位数", "median of"), N_("沿一维取中位数。"), "{中位数: 单票总评, 沿: 评议人}", *TRIMS),
    _reduce_spec("least", ("最小", "least of"), N_("沿一维取最小。"), "{最小: 各项均分, 沿: 内容}"),
    _reduce_spec("most", ("最大", "greatest of"), N_("沿一维取最大。"), "{最大: 往年得分, 沿: 时期}"),
    _reduce_spec(
        "count",
        ("个数", "number of"),
        N_("沿一维数有几个值。"),
        "{个数: 主体均分, 沿: 主体}",
    ),
    _reduce_spec(
        "all",
        ("全部", "all of"),
        N_("沿一维是否全部成立。"),
        "{全部: 各项均分 >= 60, 沿: 内容}",
    ),
    _reduce_spec(
        "any",
        ("任一", "any of"),
        N_("沿一维是否有一个成立。"),
        "{任一: 各项均分 < 60, 沿: 内容}",
    ),
    _reduce_spec(
        "kth",
        ("第几", "kth of"),
        N_("沿一维取第几大或第几小。"),
        "{第几: 往年得分, 沿: 时期, 第: 2, 数起: 从高}",
        PLACE,
        END,
    ),
    _reduce_spec("last", ("最近", "latest of"), N_("最近一期的值。"), "{最近: 往年得分}"),
)
