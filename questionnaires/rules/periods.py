"""Rule forms about the period that is counted: it among earlier ones, and rules that hold in some periods only."""

from __future__ import annotations

from fractions import Fraction

from analysis.saying import N_
from questionnaires.compiling.call import Param, RuleSpec, RuleUse
from questionnaires.compiling.quantity import Quantity, num
from questionnaires.language.periods import periods_meant
from questionnaires.rules.combine import need_axis


def with_this_period(call: RuleUse) -> Quantity:
    """Results of earlier periods, and that of the period being counted among them."""
    of, now = call.quantity(), call.quantity(call.fields.known["now"])
    need_axis(call, of, "period")
    if "period" in now.axes or now.kind != of.kind or (of.kind == "text" and now.grades != of.grades):
        raise call.invalid("now", N_("要与往期的量同样是数，或同样的等次，而不分时期"), call.fields.get("now"))
    here = call.emit("this_period", of=now.step)
    gone: list[object] = ["is_missing", ["ref", here]]
    step = call.emit("calc", expr=["if", gone, ["ref", of.step], ["ref", here]])
    return Quantity(step=step, axes=of.axes, kind=of.kind, grades=of.grades, labels=of.labels, share=of.share)


def counted_period(call: RuleUse) -> Quantity:
    """Whether the period being counted is one of those named: a rule that changed, and the one before it, in one file."""
    reader = call.compiler.reader
    names: list[str] = []
    for node in reader.entries(call.main):
        text = reader.plain(node)
        if not (meant := periods_meant(text)):
            raise call.invalid(call.spec.id, N_("“*”代表年份，如 *-Q4、*-07"), node)
        names += meant
    if not names:
        raise call.bad("empty-list", call.main)
    one = call.compiler.constant(call.name, call.node.line, Fraction(1))
    here = call.emit("this_period", of=one.step)
    rows: list[list[object]] = [["*", name, num(1)] for name in dict.fromkeys(names)]
    found = call.emit("lookup", keys=[here, "@period"], rows=rows, otherwise=num(0))
    named = call.emit("reduce", of=found, over="period", how="sum", missing="skip", into=None)
    return Quantity(step=call.emit("calc", expr=["=", ["ref", named], num(1)]), axes=(), kind="truth")


PERIOD_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        id="with_this_period",
        words=("连同本期", "with this period"),
        main="quantity",
        says=N_("往期的各个值，加上正在计的这一期。"),
        expand=with_this_period,
        params=(Param("now", ("本期", "this period"), "quantity", N_("这一期的量"), required=True),),
        example="{连同本期: 往年得分, 本期: 总评得分}",
    ),
    RuleSpec(
        id="counted_period",
        words=("本期是", "counted period is"),
        main="words",
        says=N_("正在计的是不是所列的某一期：办法改了，改前改后的两条规则写在一个文件里。“*”代表年份，如 *-Q4。"),
        expand=counted_period,
        example="{分情况: [{当: {本期是: ['2024', '2025']}, 取: 总评得分}, {其余: 总评得分 + 5}]}",
    ),
)
