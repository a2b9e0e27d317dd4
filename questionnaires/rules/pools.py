"""Rule forms over pools of subjects: places, ratios to the best or the mean, tiers under quotas; and related subjects."""

from __future__ import annotations

from collections.abc import Callable

from analysis.saying import N_
from questionnaires.compiling.call import Param, RuleSpec, RuleUse
from questionnaires.compiling.quantity import GiveUp, Home, Quantity, num
from questionnaires.compiling.span import PLACE, SHARE, Span
from questionnaires.language import things
from questionnaires.rules.combine import need_axis
from questionnaires.rules.tiers import tie_breakers, tiers
from questionnaires.telling import Keyword

POOL = Param(
    "pool",
    ("范围", "pool"),
    "facts",
    N_("在哪个范围内比较：栏目相同者为一组；不写则全体为一组"),
)
ORDER = Param("order", ("次序", "order"), "order", N_("高者在前（默认）还是低者在前"))
BY = Param("by", ("并列看", "ties by"), "quantities", N_("并列时依次比较哪些量；高者在前"))
BY_ORDER = Param(
    "by_order", ("并列看次序", "ties by order"), "order", N_("并列看的量是高者在前（默认）还是低者在前；名次低者在前时必须写明")
)
ALONG = Param(
    "along",
    ("沿", "along"),
    "axis",
    N_("在同一对象的主体、内容或时期之间比较；不写则在对象之间"),
)
RELATION = Param("through", ("经由", "through"), "fact", N_("写着对方编号的名册栏目"), required=True)


def related(how: str) -> Callable[[RuleUse], Quantity]:
    """A value against its pool: place, ratio, mean, best."""

    def expand(call: RuleUse) -> Quantity:
        of = call.numeric()
        pool, over = call.facts("pool"), call.word("along", "axis", "subject")
        need_axis(call, of, over)
        if pool and over != "subject":
            raise call.invalid("pool", N_("“范围”只用于对象之间的比较"), call.fields.get("pool"))
        more: dict[str, object] = {} if over == "subject" else {"over": over}
        if how == "rank":
            by = tie_breakers(call)
            more |= {"ties": "break", "by": by} if by else {"ties": call.settled("ties", "ties")}
        kind = how.removeprefix("pool_")
        step = call.emit("relate", of=of.step, pool=pool, how=kind, order=call.word("order", "order", "high"), **more)
        span = {"rank": PLACE, "minmax": SHARE, "mean": of.span, "best": of.span}.get(kind, Span())
        return Quantity(step=step, axes=of.axes, labels=of.labels, share=kind in {"share", "ratio_best", "ratio_mean"}, span=span)

    return expand


def compared(call: RuleUse) -> Quantity:
    """Points in proportion to the pool's best or mean."""
    of, full = call.numeric(), call.numeric("full")
    need_axis(call, of, "subject")
    how = call.word("to", "reference", "ratio_best")
    ratio = call.emit("relate", of=of.step, pool=call.facts("pool"), how=how, order=call.word("order", "order", "high"))
    expr: list[object] = ["*", ["ref", full.step], ["ref", ratio]]
    if call.has("cap"):
        expr = ["min", expr, ["ref", call.numeric("cap").step]]
    return Quantity(step=call.emit("calc", expr=expr), axes=of.axes, labels=of.labels)


def recency(call: RuleUse) -> Quantity:
    """The place counted from the last label along an axis, over the values that are there: the latest period is 1."""
    of, over = call.numeric(), call.word("along", "axis", "period")
    need_axis(call, of, over)
    order = "low" if call.word("end", "recency_end", "last") == "first" else "high"
    step = call.emit("relate", of=of.step, over=over, how="recency", order=order)
    return Quantity(step=step, axes=of.axes, labels=of.labels, span=PLACE)


def versus(call: RuleUse) -> Quantity:
    """The values of all the others, beside each subject: what comparisons in pairs are made of."""
    of = call.quantity()
    need_axis(call, of, "subject")
    if "rival" in of.axes:
        raise call.invalid(call.spec.id, N_("这个量已经分对手"), call.main)
    step = call.emit("versus", of=of.step, pool=call.facts("pool"))
    return Quantity(
        step=step,
        axes=(*of.axes, "rival"),
        kind=of.kind,
        grades=of.grades,
        ratio=None,
        labels=of.labels,
        share=of.share,
        span=of.span,
        homes={**of.homes, "rival": Home(of.step, of.axes)},
    )


def taken_from(call: RuleUse) -> Quantity:
    """The value of the related subject."""
    of, relation = call.quantity(), _relation(call)
    need_axis(call, of, "subject")
    return Quantity(
        step=call.emit("follow", of=of.step, relation=relation),
        axes=of.axes,
        kind=of.kind,
        grades=of.grades,
        ratio=of.ratio,
        labels=of.labels,
        share=of.share,
        span=of.span,
    )


def gathered(call: RuleUse) -> Quantity:
    """One value from all subjects whose relation names this one."""
    of, relation, how = call.quantity(), _relation(call), call.word("how", "how")
    need_axis(call, of, "subject")
    if not how:
        raise call.bad("missing-key", key=Keyword("怎样合", "how"), where=f"“{call.name}”")
    more: dict[str, object] = {}
    if where := call.condition("where"):
        more["where"] = where
    missing = "skip" if how == "count" else call.settled("missing", "missing", "missing_part")
    step = call.emit("gather", of=of.step, relation=relation, how=how, missing=missing, **more)
    if missing == "zero":  # nobody at all is no less missing than one of several
        nought = ["truth", False] if of.kind == "truth" else num(0)
        step = call.emit("fill", of=step, reasons=["no values"], **{"with": nought})
    kind = "number" if how == "count" else of.kind
    return Quantity(step=step, axes=of.axes, kind=kind, grades=() if kind == "number" else of.grades, labels=of.labels)


def _relation(call: RuleUse) -> str:
    node = call.fields.known["through"]
    relations = [fact.key for fact in call.compiler.draft.facts.values() if fact.relation]
    name = call.compiler.reader.known(node, relations, things.RELATION)
    if not name:
        raise GiveUp
    return name


TIES = Param("ties", ("并列", "ties"), "ties", N_("并列怎么排；不写则按“约定”"))
FULL = Param("full", ("满分", "full"), "quantity", N_("满分是多少"), required=True)
CAP = Param("cap", ("封顶", "cap"), "quantity", N_("最高不超过"))


def _relate_spec(how: str, chinese: str, english: str, says: str, *more: Param) -> RuleSpec:
    params = (POOL, ALONG, ORDER, *more) if how in {"rank", "ratio_best", "pool_best", "minmax"} else (POOL, ALONG, *more)
    return RuleSpec(
        id=how,
        words=(chinese, english),
        main="quantity",
        says=says,
        expand=related(how),
        params=params,
        example=f"{{{chinese}: 总评得分, 范围: [类别]}}",
    )


POOL_RULES: tuple[RuleSpec, ...] = (
    _relate_spec("rank", "名次", "rank", N_("在比较范围内排第几。"), TIES, BY, BY_ORDER),
    _relate_spec("ratio_best", "与最好之比", "ratio to best", N_("除以范围内最好的值。")),
    _relate_spec("ratio_mean", "与平均之比", "ratio to mean", N_("除以范围内的平均值。")),
    _relate_spec("pool_mean", "同类平均", "pool mean", N_("范围内的平均值。")),
    _relate_spec("pool_best", "同类最好", "pool best", N_("范围内最好的值。")),
    _relate_spec("minmax", "极差标准化", "min-max", N_("把范围内最差到最好拉伸为 0 到 1；低者在前时最低的是 1。")),
    _relate_spec("pool_share", "占同类合计", "share of pool", N_("占范围内合计的份额。")),
    RuleSpec(
        id="compared",
        words=("比例折算", "points by ratio"),
        main="quantity",
        says=N_("按与同类最好（或平均）之比折算成分数。"),
        expand=compared,
        params=(
            FULL,
            Param("to", ("对照", "compared to"), "reference", N_("同类最好（默认）或同类平均")),
            POOL,
            ORDER,
            CAP,
        ),
        example="{比例折算: 目标得分, 满分: 20, 对照: 同类最好, 范围: [类别]}",
    ),
    RuleSpec(
        id="recency",
        words=("先后", "recency"),
        main="quantity",
        says=N_("由后往前数是第几个：最近一期是 1，再前一期是 2；只数有值的，所以是“该对象自己的最近几期”。"),
        expand=recency,
        params=(
            Param("along", ("沿", "along"), "axis", N_("沿哪一维；不写则沿时期")),
            Param("end", ("数起", "from"), "end", N_("最近（默认）或最早为 1")),
        ),
        example="{先后: 往年得分}",
    ),
    RuleSpec(
        id="versus",
        words=("对手之值", "others' values"),
        main="quantity",
        says=N_("把每个对象与其他每个对象两两并列，取对方的值；再写比较式，沿“对手”或“评议人”合计，就是两两对比。"),
        expand=versus,
        params=(POOL,),
        example="{对手之值: 总评得分}",
    ),
    RuleSpec(
        id="taken_from",
        words=("取自", "taken from"),
        main="quantity",
        says=N_("取关联对象（如所在班子）的值。"),
        expand=taken_from,
        params=(RELATION,),
        example="{取自: 总评得分, 经由: 班子编号}",
    ),
    RuleSpec(
        id="gathered",
        words=("汇自", "gathered from"),
        main="quantity",
        says=N_("由所有指向本对象的对象（如班子的成员）合成一个值。"),
        expand=gathered,
        params=(
            RELATION,
            Param("how", ("怎样合", "how"), "how", N_("合计、平均、最小、任一……"), required=True),
            Param("where", ("只取", "only where"), "condition", N_("只算符合条件的")),
            Param("missing", ("缺者", "if missing"), "missing", N_("缺一项时怎么办；不写则按“约定”")),
        ),
        example="{汇自: 总评得分, 经由: 班子编号, 怎样合: 平均}",
    ),
    RuleSpec(
        id="tiers",
        words=("分等次", "tiers"),
        main="quantity",
        says=N_("在每个比较范围内由高到低分到各等次，名额写明至多、至少或约占，舍入与并列写明。"),
        expand=tiers,
        params=(
            Param(
                "quotas",
                ("名额", "quotas"),
                "grade: quota",
                N_("各等次的名额，由高到低"),
                required=True,
            ),
            POOL,
            Param("only", ("限于", "only for"), "condition", N_("只分这些对象")),
            Param(
                "eligible",
                ("可评最高等次", "eligible"),
                "condition",
                N_("谁可以进最高等次；不写则都可以"),
            ),
            Param(
                "rounding",
                ("名额舍入", "quota rounding"),
                "rounding",
                N_("名额怎样取整；不写则按“约定”"),
            ),
            Param(
                "tier_ties",
                ("等次并列", "tier ties"),
                "ties",
                N_("名额边上并列怎么办；不写则按“约定”"),
            ),
            BY,
            BY_ORDER,
            ORDER,
            Param(
                "lenient",
                ("宽松", "lenient"),
                "yes/no",
                N_("是：至多、约占只作提示，不据此下调等次"),
            ),
            Param(
                "small",
                ("人少时", "small pools"),
                "size: quotas",
                N_("不超过这个人数时改用的名额"),
            ),
        ),
        example="{分等次: 总评得分, 范围: [类别], 名额: {好: 至多 20%, 中: 约 60%, 差: 其余}}",
    ),
)
