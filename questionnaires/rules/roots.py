"""Rule forms whose outcome has no end and is therefore rounded as stated: powers, geometric means, standard deviations."""

from __future__ import annotations

from dataclasses import replace

from analysis.numerals import decimal
from analysis.roots import GREATEST, is_exponent
from analysis.saying import N_
from questionnaires.compiling.call import Param, RuleSpec, RuleUse
from questionnaires.compiling.quantity import Quantity, drop_axis, num
from questionnaires.compiling.span import Span
from questionnaires.rules.combine import ALONG, MISSING, WHERE, need_axis
from questionnaires.rules.pools import ALONG as AMONG
from questionnaires.rules.pools import POOL

MODE = Param("mode", ("方式", "mode"), "rounding", N_("四舍五入、四舍六入五成双、舍去、进一"), required=True)
TO = Param("step", ("精度", "to"), "number", N_("0.01 是两位小数，1 是整数"), required=True)
EXPONENT = Param("exponent", ("次", "exponent"), "number", N_("几次方：2 是平方，1/2 是开平方，1.81 也可以"), required=True)
SAMPLE = Param("sample", ("样本", "of a sample"), "yes/no", N_("是：除以个数减一；不写或写否：除以个数"))


def _raised(call: RuleUse, of: str, exponent: object) -> str:
    """A power with the rounding that stands beside it."""
    mode, step = call.word("mode", "round"), call.number("step")
    if not mode or step is None or step <= 0:
        raise call.invalid("step", N_("要写明方式，以及大于零的精度"), call.fields.get("step"))
    return call.emit("power", of=of, exponent=exponent, mode=mode, step=decimal(step))


def power(call: RuleUse) -> Quantity:
    """A quantity to the power of a number."""
    of, exponent = call.numeric(), call.number("exponent")
    if exponent is None or not is_exponent(exponent):
        raise call.invalid("exponent", N_("要写一个数，分子、分母都不超过 {most}"), call.fields.get("exponent"), most=GREATEST)
    return Quantity(step=_raised(call, of.step, str(exponent)), axes=of.axes, labels=of.labels, span=Span())


def geometric_mean(call: RuleUse) -> Quantity:
    """The root of a product along an axis, of as high a degree as there are values."""
    of, axis = call.numeric(), call.word("along", "axis")
    if not axis:
        raise call.invalid("along", N_("要写明沿哪一维"))
    need_axis(call, of, axis)
    more = {"where": where} if (where := call.condition("where")) else {}
    policy = {"group": "empty_group", "item": "empty_item"}.get(axis, "missing_part")
    missing = "skip" if axis == "rater" else call.settled("missing", "missing", policy)
    together = call.emit("reduce", of=of.step, over=axis, how="product", missing=missing, into=None, **more)
    if missing == "zero":  # a nought makes the product nought, whatever its root
        return replace(drop_axis(of, axis, _raised(call, together, "1")), span=Span())
    many = call.emit("reduce", of=of.step, over=axis, how="count", missing=missing, into=None, **more)
    degree = call.emit("calc", expr=["/", num(1), ["ref", many]])
    return replace(drop_axis(of, axis, _raised(call, together, {"step": degree})), span=Span())


def deviation(call: RuleUse) -> Quantity:
    """How far values lie from their mean: the root of the mean square, over a pool or along an axis."""
    of, over = call.numeric(), call.word("along", "axis", "subject")
    need_axis(call, of, over)
    pool = call.facts("pool")
    if pool and over != "subject":
        raise call.invalid("pool", N_("“范围”只用于对象之间的比较"), call.fields.get("pool"))
    where: dict[str, object] = {"pool": pool} if over == "subject" else {"pool": [], "over": over}
    mean = call.emit("relate", of=of.step, how="mean", **where)
    off: list[object] = ["-", ["ref", of.step], ["ref", mean]]
    square = call.emit("calc", expr=["*", off, off])
    total = call.emit("relate", of=square, how="sum", **where)
    many = call.emit("relate", of=square, how="count", **where)
    under: list[object] = ["-", ["ref", many], num(1)] if call.yes("sample") else ["ref", many]
    variance = call.emit("calc", expr=["/", ["ref", total], under])
    return Quantity(step=_raised(call, variance, "1/2"), axes=of.axes, labels=of.labels, span=Span())


ROOT_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        id="power",
        words=("乘方", "power of"),
        main="quantity",
        says=N_("几次方或开几次方；没有尽头的数，所以当场取整。"),
        expand=power,
        params=(EXPONENT, MODE, TO),
        example="{乘方: 目标得分, 次: 1/2, 方式: 四舍五入, 精度: 0.01}",
    ),
    RuleSpec(
        id="geometric_mean",
        words=("几何平均", "geometric mean of"),
        main="quantity",
        says=N_("沿一维相乘，再按个数开方。"),
        expand=geometric_mean,
        params=(ALONG, WHERE, MISSING, MODE, TO),
        example="{几何平均: 各项均分, 沿: 内容, 方式: 四舍五入, 精度: 0.01}",
    ),
    RuleSpec(
        id="deviation",
        words=("标准差", "standard deviation of"),
        main="quantity",
        says=N_("范围内的标准差；标准分写成 (值 − 同类平均) ÷ 标准差。"),
        expand=deviation,
        params=(POOL, AMONG, SAMPLE, MODE, TO),
        example="{标准差: 总评得分, 范围: [类别], 方式: 四舍五入, 精度: 0.01}",
    ),
)
