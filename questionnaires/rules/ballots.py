"""Rule forms that start from the ballots: grade points, shares, counts, heads, single ballots; and from other evidence."""

from __future__ import annotations

from fractions import Fraction

from analysis.saying import N_
from questionnaires.compiling.call import Param, RuleSpec, RuleUse
from questionnaires.compiling.quantity import Home, Quantity, num
from questionnaires.compiling.span import COUNT, SHARE, Span, either_span, exactly
from questionnaires.language import things
from questionnaires.rules.whole_cells import made_whole
from questionnaires.telling import Listed, briefly

GROUPS = Param("groups", ("主体", "groups"), "groups", N_("只计这些评议主体"))
ITEM = Param("item", ("项目", "item"), "items", N_("对哪一项（或几项）"), required=True)
POOLED = Param(
    "pooled",
    ("合并主体", "pool groups"),
    "yes/no",
    N_("各主体的票合在一起算；不写则各算各的"),
)
BY_GROUP = Param(
    "by_group",
    ("分主体", "by group"),
    "yes/no",
    N_("各主体分开算；不写则合在一起"),
)
BASE = Param("base", ("基数", "base"), "base", N_("占比的分母；不写则按“约定”"))
MEAN_BASE = Param(
    "base", ("基数", "base"), "base", N_("平均的分母；不写则为“有效作答”：给了等次或分数的。“约定”里的基数只管占比")
)
TRIMS = (
    Param(
        "drop_low",
        ("去低", "drop lowest"),
        "count or share",
        N_("去掉最低的几个或百分之几"),
    ),
    Param(
        "drop_high",
        ("去高", "drop highest"),
        "count or share",
        N_("去掉最高的几个或百分之几"),
    ),
    Param("more_than", ("多于", "when more than"), "count", N_("评议人多于这个数才去")),
    Param(
        "trim_base",
        ("去分基数", "drop share of"),
        "base",
        N_("百分比按什么人数算（不写则按作答数）"),
    ),
    Param("trim_rounding", ("去分舍入", "drop rounding"), "rounding", N_("去掉的个数怎样取整")),
)


def summed(call: RuleUse, step: str, axis: str) -> str:
    """A table added up along an axis."""
    return call.emit("reduce", of=step, over=axis, how="sum", missing="fail", into=None)


def counted(call: RuleUse, what: str, items: tuple[str, ...], groups: tuple[str, ...], *, pooled: bool, **more: object) -> str:
    """A tally over some items and groups; one item loses its axis, pooled groups theirs."""
    step = call.emit("tally", what=what, items=list(items), groups=list(groups), **more)
    if len(items) == 1:
        step = summed(call, step, "item")
    return summed(call, step, "group") if pooled else step


def shape(
    call: RuleUse, items: tuple[str, ...], groups: tuple[str, ...], *, pooled: bool
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Axes and labels of something counted."""
    axes = ["subject", *([] if pooled else ["group"]), *(["item"] if len(items) > 1 else [])]
    asked = call.compiler.asked_groups(items)
    labels = {"group": tuple(g for g in groups if g in asked), "item": items}
    return tuple(axes), {axis: labels[axis] for axis in axes if axis in labels}


def grade_points(call: RuleUse) -> Quantity:
    """Mean of the grades' points among those who answered; trimmed when asked for."""
    items, groups, pooled = call.pointed_items(), call.groups(), call.yes("pooled")
    axes, labels = shape(call, items, groups, pooled=pooled)
    if call.has("drop_low") or call.has("drop_high"):
        return _trimmed(call, items, groups, axes, labels)
    points = counted(call, "points", items, groups, pooled=pooled)
    base = call.word("base", "base", "answered")
    under = _base(call, base, items, groups, pooled=pooled)
    step = call.emit("calc", expr=["/", ["ref", points], ["ref", under]])
    span = points_span(call, items)
    span = span if base == "answered" else either_span((span, exactly(Fraction(0))))
    return Quantity(step=step, axes=axes, labels=labels, span=span, asked=len(items) == 1)


def points_span(call: RuleUse, items: tuple[str, ...]) -> Span:
    """From the least to the most points that a mark on these items can give."""
    scales = [call.compiler.draft.scales.get(call.compiler.draft.items[item].scale) for item in items]
    values = [choice.value for scale in scales if scale for choice in scale.choices if choice.value is not None]
    return Span(min(values), max(values)) if values else Span()


def _base(call: RuleUse, base: str, items: tuple[str, ...], groups: tuple[str, ...], *, pooled: bool) -> str:
    """The denominator: marks of this item, or heads of the groups."""
    if base == "answered":
        return counted(call, "answered", items, groups, pooled=pooled)
    if base == "marked":
        return counted(call, "count", items, groups, pooled=pooled, choices=list(_all_choices(call, items)))
    asked = call.compiler.asked_groups(items)
    within = [group for group in groups if group in asked]
    if _always_asked(call, items, within):
        step = call.emit("heads", what=base, groups=within)
        return summed(call, step, "group") if pooled else step
    return _base_asked(call, base, items, groups, pooled=pooled)


def _always_asked(call: RuleUse, items: tuple[str, ...], groups: list[str]) -> bool:
    """Whether every line of these groups' forms asks all the items: then whoever stands on a ballot is asked them there."""
    return all(set(items) <= set(line.items) for line in call.compiler.draft.forms if line.group in groups)


def _base_asked(call: RuleUse, base: str, items: tuple[str, ...], groups: tuple[str, ...], *, pooled: bool) -> str:
    """The denominator item by item, over the groups that are asked this item of this subject and over no others.

    A unanimous 10 of 10 is 100 % of an item, however many ballots of another group ask something else.
    """
    every = (*_all_choices(call, items), "blank")
    step = call.emit("tally", what="count", items=list(items), groups=list(groups), choices=list(every))  # ballots that ask it
    if base != "valid":
        heads = call.emit("heads", what=base, groups=list(groups))
        step = call.emit("calc", expr=["+", ["ref", heads], ["*", num(0), ["ref", step]]])
    if len(items) == 1:
        step = summed(call, step, "item")
    return summed(call, step, "group") if pooled else step


def _all_choices(call: RuleUse, items: tuple[str, ...]) -> tuple[str, ...]:
    draft = call.compiler.draft
    return tuple(dict.fromkeys(choice.key for item in items for choice in draft.scales[draft.items[item].scale].choices))


def _trimmed(
    call: RuleUse, items: tuple[str, ...], groups: tuple[str, ...], axes: tuple[str, ...], labels: dict[str, tuple[str, ...]]
) -> Quantity:
    marks = call.emit("mark", items=list(items), groups=list(groups), **{"as": "number"})
    if len(items) == 1:
        marks = summed(call, marks, "item")
    pooled = "group" not in axes
    base: str | None = None
    if call.has("trim_base") and (what := call.word("trim_base", "base")) not in {"answered", ""}:
        base = _base(call, what, items, groups, pooled=pooled)
    if pooled:
        marks = summed(call, marks, "group")
    trim = trimming(call, base)
    mean = call.emit("reduce", of=marks, over="rater", how="mean", missing="skip", into=None, trim=trim)
    home = counted(call, "answered", items, groups, pooled=pooled)
    whole = Quantity(step=mean, axes=(*axes, "rater"), homes={"rater": Home(home, axes)})
    return Quantity(
        step=made_whole(call, whole, "rater", mean, how="mean", missing="skip"),
        axes=axes,
        labels=labels,
        span=points_span(call, items),
        asked=len(items) == 1,
    )


def trimming(call: RuleUse, base: str | None) -> dict[str, object]:
    """The `trim` of a reduce from the parameters in TRIMS."""
    written = [key for key in ("drop_low", "drop_high") if call.has(key)]
    texts = [call.compiler.reader.plain(call.fields.get(key)) for key in written]
    shares = {text.endswith("%") or "/" in text for text in texts}
    if len(shares) > 1:
        raise call.invalid(written[0], N_("去高与去低要么都写个数，要么都写百分比"))
    low, high = (call.number(key) if call.has(key) else None for key in ("drop_low", "drop_high"))
    unit = "share" if True in shares else "count"
    rounding = call.settled("trim_rounding", "round", "quota_rounding") if unit == "share" else "down"
    more = call.number("more_than")
    return {
        "low": str(low or 0),
        "high": str(high or 0),
        "unit": unit,
        "of": base or "answered",
        "rounding": rounding,
        "when_more_than": None if more is None else str(more),
    }


def _choices(call: RuleUse, items: tuple[str, ...]) -> list[str]:
    """The choice keys behind the grades named in the main parameter."""
    draft = call.compiler.draft
    scales = list(dict.fromkeys(draft.items[item].scale for item in items if draft.items[item].scale in draft.grades))
    found: list[str] = []
    for entry in call.compiler.reader.entries(call.main):
        grade = call.compiler.reader.plain(entry)
        hits = [key for scale in scales for key in draft.choices_named(scale, grade)]
        if not hits and grade in {"空白", "blank"}:
            hits = ["blank"]
        if not hits:
            allowed = briefly(g for scale in scales for g in draft.grades[scale])
            raise call.bad("grade-unknown", entry, name=Listed(items[:3]), grade=grade, allowed=allowed)
        found += hits
    return list(dict.fromkeys(found))


def share_of(call: RuleUse) -> Quantity:
    """Votes for some grades over a stated base."""
    items, groups, pooled = call.items("item"), call.groups(), not call.yes("by_group")
    choices = _choices(call, items)
    base = call.settled("base", "base")
    axes, labels = shape(call, items, groups, pooled=pooled)
    over = counted(call, "count", items, groups, pooled=pooled, choices=choices)
    under = _base(call, base, items, groups, pooled=pooled)
    step = call.emit("calc", expr=["/", ["ref", over], ["ref", under]])
    call.compiler.watch("share", call.name, [step])
    return Quantity(step=step, axes=axes, ratio=(over, under), labels=labels, share=True, span=SHARE)


def votes(call: RuleUse) -> Quantity:
    """How many ballots bear some grades."""
    items, groups, pooled = call.items("item"), call.groups(), not call.yes("by_group")
    axes, labels = shape(call, items, groups, pooled=pooled)
    return Quantity(
        step=counted(call, "count", items, groups, pooled=pooled, choices=_choices(call, items)),
        axes=axes,
        labels=labels,
        span=COUNT,
    )


def answers(call: RuleUse) -> Quantity:
    """How many gave a grade or number."""
    items, groups, pooled = call.items(), call.groups(), not call.yes("by_group")
    axes, labels = shape(call, items, groups, pooled=pooled)
    return Quantity(step=counted(call, "answered", items, groups, pooled=pooled), axes=axes, labels=labels, span=COUNT)


def heads(call: RuleUse) -> Quantity:
    """Head-counts of the rater groups."""
    what = call.compiler.reader.word(call.main, "heads", "valid")
    pooled = not call.yes("by_group")
    groups = call.groups()
    step = call.emit("heads", what=what, groups=list(groups))
    return Quantity(
        step=summed(call, step, "group") if pooled else step,
        axes=("subject",) if pooled else ("subject", "group"),
        labels={} if pooled else {"group": groups},
        span=COUNT,
    )


def marks(call: RuleUse) -> Quantity:
    """Single ballots' numbers: for rules that weigh or trim single raters."""
    items, groups = call.pointed_items(), call.groups()
    step = call.emit("mark", items=list(items), groups=list(groups), **{"as": "number"})
    axes, labels = shape(call, items, groups, pooled=False)
    if len(items) == 1:
        step = summed(call, step, "item")
    home = counted(call, "answered", items, groups, pooled=False)  # wherever a ballot may ask it, also where none came back
    return Quantity(
        step=step,
        axes=("subject", *axes[1:], "rater"),
        labels=labels,
        span=points_span(call, items),
        homes={"rater": Home(home, axes)},
    )


def happened(call: RuleUse) -> Quantity:
    """How many events of some kinds, or their amounts added up, perhaps within a span of days."""
    reader, draft = call.compiler.reader, call.compiler.draft
    kinds = [kind for node in reader.entries(call.main) if (kind := reader.known(node, draft.events, things.EVENT))]
    what = call.word("what", "event_what", "count")
    span = {key: reader.date(call.fields.get(key)) for key in ("since", "until") if call.has(key)}
    if len(set(span)) == 2 and span["since"] > span["until"]:
        raise call.invalid("since", N_("“自”在“至”之后，什么也不会计入"), call.fields.get("since"))
    if (months := call.count("months")) is not None:
        if span or not months:
            raise call.invalid("months", N_("写 1 或更大的整数，不与“自”“至”同写"), call.fields.get("months"))
        return Quantity(
            step=call.emit("event", kinds=kinds, what=what, months=months),
            axes=("subject",),
            span=COUNT if what == "count" else Span(Fraction(0)),
        )
    lies = COUNT if what == "count" else Span(Fraction(0))
    return Quantity(step=call.emit("event", kinds=kinds, what=what, **span), axes=("subject",), span=lies)


def constant_table(call: RuleUse) -> Quantity:
    """Numbers by rater group, item or period, as the source prints them."""
    axis = call.word("along", "axis", "group")
    known = {
        "group": (*call.compiler.draft.groups, *call.compiler.draft.sides),
        "item": (*call.compiler.draft.items, *call.compiler.draft.indicators),
        "period": tuple(key.text for key, _ in call.compiler.reader.pairs(call.main)),
    }
    if axis not in known:
        raise call.invalid("along", N_("只能沿“主体”“内容”或“时期”"), call.fields.get("along"))
    rows: list[list[object]] = []
    labels: list[str] = []
    spans: list[Span] = []
    for key, value in call.compiler.reader.pairs(call.main):
        label = call.compiler.reader.known(key, known[axis], things.GROUP_OR_ITEM)
        number = call.compiler.reader.number(call.compiler.reader.unwrap(value))
        if label and number is not None:
            rows.append([label, num(number)])
            labels.append(label)
            spans.append(exactly(number))
    return Quantity(
        step=call.emit("table", axes=[axis], rows=rows), axes=(axis,), labels={axis: tuple(labels)}, span=either_span(spans)
    )


BALLOT_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        id="grade_points",
        words=("平均分", "grade points"),
        main="items",
        says=N_("把每张票的等次换成分值，求平均；先在每个主体内平均，不把各主体的票混在一起。"),
        expand=grade_points,
        params=(GROUPS, POOLED, MEAN_BASE, *TRIMS),
        example="{平均分: 总体评价}",
    ),
    RuleSpec(
        id="share_of",
        words=("占比", "share of"),
        main="grades",
        says=N_("选某个（或某几个）等次的票占多少，分母写明；各主体的票合在一起算。"),
        expand=share_of,
        params=(ITEM, GROUPS, BY_GROUP, BASE),
        example="{占比: [不称职], 项目: 总体评价, 基数: 有效票}",
    ),
    RuleSpec(
        id="votes",
        words=("票数", "votes"),
        main="grades",
        says=N_("选某个（或某几个）等次的有多少票；“空白”数没有填的。"),
        expand=votes,
        params=(ITEM, GROUPS, BY_GROUP),
        example="{票数: 优秀, 项目: 总体评价}",
    ),
    RuleSpec(
        id="answers",
        words=("作答数", "answers"),
        main="items",
        says=N_("有多少票在这一项上给了等次或分数。"),
        expand=answers,
        params=(GROUPS, BY_GROUP),
        example="{作答数: 总体评价}",
    ),
    RuleSpec(
        id="heads",
        words=("人数", "heads"),
        main="head-count",
        says=N_("应到、到场、发出、收回、投出、有效、空白、无效的数目。"),
        expand=heads,
        params=(GROUPS, BY_GROUP),
        example="{人数: 有效}",
    ),
    RuleSpec(
        id="marks",
        words=("单票", "single ballots"),
        main="items",
        says=N_("每张票各自的分数，供按票去高低分、按票加权。"),
        expand=marks,
        params=(GROUPS,),
        example="{单票: 总体评价}",
    ),
    RuleSpec(
        id="happened",
        words=("发生", "events of"),
        main="events",
        says=N_("某些事项发生的次数，或数额合计，可限起止日期。"),
        expand=happened,
        params=(
            Param("what", ("计", "count by"), "count/amount", N_("次数还是数额")),
            Param("since", ("自", "since"), "date", N_("从这一天起")),
            Param("until", ("至", "until"), "date", N_("到这一天止")),
            Param("months", ("近月", "within months"), "count", N_("只算到本期末为止的几个月：24 是两年内")),
        ),
        example="{发生: [通报批评], 计: 次数}",
    ),
    RuleSpec(
        id="constant_table",
        words=("数表", "numbers by"),
        main="label: number",
        says=N_("按主体、内容或时期列出的常数。"),
        expand=constant_table,
        params=(Param("along", ("沿", "along"), "axis", N_("沿主体（默认）、内容还是时期")),),
        example="{数表: {同事: 3, 领导: 2}, 沿: 主体}",
    ),
)
