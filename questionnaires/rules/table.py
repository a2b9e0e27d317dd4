"""The table of rule forms. A new way of writing a rule is a row here; what it may do is whatever the plan's steps can do."""

from __future__ import annotations

from analysis.saying import N_
from questionnaires.compiling.call import Param, RuleSpec
from questionnaires.rules.arithmetic import deducted, proportional, shortfall, within
from questionnaires.rules.ballots import BALLOT_RULES
from questionnaires.rules.combine import COMBINE_RULES
from questionnaires.rules.limiting import bounded, filled, only_for, rounded, withheld
from questionnaires.rules.outcomes import GRADES, WHEN, bands, cases, convert_by, look_up, most_of_all, test
from questionnaires.rules.periods import PERIOD_RULES
from questionnaires.rules.pools import CAP, FULL, POOL_RULES
from questionnaires.rules.roots import ROOT_RULES

FLOOR = Param("floor", ("保底", "floor"), "quantity", N_("最低不低于"))
PER = Param("per", ("每单位", "per unit"), "quantity", N_("每个（每差一个单位）扣多少"), required=True)
REFERENCE = Param("reference", ("基准", "reference"), "quantity", N_("得满分的水平"), required=True)
LIMIT = Param("limit", ("限度", "limit"), "grade", N_("一个等次，或另一个等次量"), required=True)
WHEN_OPTIONAL = Param("when", ("当", "when"), "condition", N_("在什么条件下；不写则总是"))

OUTCOME_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        id="look_up",
        words=("查表", "look up"),
        main="rows",
        says=N_("按名册栏目查一张表。"),
        expand=look_up,
        params=(GRADES,),
        example="{查表: [{类别: 大, 值: 1}, {类别: 小, 值: 0.8}]}",
    ),
    RuleSpec(
        id="convert_by",
        words=("对照表", "converted"),
        main="quantity",
        says=N_("按另一个量的值（等次、名次、个数）查一张表。"),
        expand=convert_by,
        params=(
            Param(
                "table",
                ("表", "table"),
                "value: value",
                N_("每行“值: 结果”，可写“其余”"),
                required=True,
            ),
            GRADES,
        ),
        example="{对照表: 总评名次, 表: {1: 10, 2: 8, 其余: 5}}",
    ),
    RuleSpec(
        id="bands",
        words=("分段", "bands of"),
        main="quantity",
        says=N_("按分数段给等次或分数；“以上”含本数，“不足”不含。"),
        expand=bands,
        params=(
            Param(
                "rungs",
                ("各段", "bands"),
                "band: value",
                N_("90 以上、80 至不足 90、不足 60、其余……"),
                required=True,
            ),
            GRADES,
        ),
        example="{分段: 总评得分, 各段: {90 以上: 好, 60 以上: 中, 其余: 差}}",
    ),
    RuleSpec(
        id="cases",
        words=("分情况", "cases"),
        main="cases",
        says=N_("依次看条件，第一个成立的决定取什么。"),
        expand=cases,
        params=(
            Param(
                "order",
                ("规则先后", "rule order"),
                "rule order",
                N_("先中先定，或各条互不重叠；不写则按“约定”"),
            ),
            GRADES,
        ),
        example="{分情况: [{当: 类别 = 大, 取: 总评得分}, {其余: 总评得分 × 0.9}]}",
    ),
    RuleSpec(
        id="at_most",
        words=("不高于", "no higher than"),
        main="graded quantity",
        says=N_("在某条件下，等次不得高于限度。"),
        expand=bounded("at_most"),
        params=(LIMIT, WHEN_OPTIONAL),
        example="{不高于: 总评等次, 限度: 中, 当: 通报批评 >= 2}",
    ),
    RuleSpec(
        id="at_least",
        words=("不低于", "no lower than"),
        main="graded quantity",
        says=N_("在某条件下，等次不得低于限度。"),
        expand=bounded("at_least"),
        params=(LIMIT, WHEN_OPTIONAL),
        example="{不低于: 总评等次, 限度: 中, 当: 立功 >= 1}",
    ),
    RuleSpec(
        id="test",
        words=("判断", "test"),
        main="condition",
        says=N_("一个提示：精确比较，“≥”与“>”不同，保留分子、分母与差距。"),
        expand=test,
        params=(),
        example="{判断: 不称职率 >= 1/3, 后果: 调整岗位}",
    ),
    RuleSpec(
        id="only_for",
        words=("仅对", "only for"),
        main="quantity",
        says=N_("同一个量，只用于符合条件的对象；其他对象没有这个量。"),
        expand=only_for,
        params=(WHEN,),
        example="{仅对: 总评得分, 当: 类别 = 大}",
    ),
    RuleSpec(
        id="withheld",
        words=("不出结果", "no result for"),
        main="quantity",
        says=N_("同一个量，在某条件下整个不出结果，并说明是方案不出；其他情况照旧。"),
        expand=withheld,
        params=(WHEN,),
        example="{不出结果: 总评得分, 当: 通报批评 >= 2}",
    ),
    RuleSpec(
        id="most_of_all",
        words=("最大者", "greatest among"),
        main="grade: quantity",
        says=N_("几个量里哪个最大，就取它前面的等次（最大隶属度）；由高到低写，并列就高或就低。"),
        expand=most_of_all,
        params=(
            Param("tier_ties", ("等次并列", "tier ties"), "ties", N_("一样大时取高的（就高）还是低的（就低）"), required=True),
        ),
        example="{最大者: {好: 优秀率, 差: 不称职率}, 等次并列: 就低}",
    ),
    RuleSpec(
        id="filled",
        words=("补缺", "filled"),
        main="quantity",
        says=N_("没有值时以什么代替。"),
        expand=filled,
        params=(
            Param(
                "with",
                ("以", "with"),
                "quantity or value",
                N_("一个数、一个等次或一个量"),
                required=True,
            ),
        ),
        example="{补缺: 目标得分, 以: 0}",
    ),
    RuleSpec(
        id="rounded",
        words=("取整", "rounded"),
        main="quantity",
        says=N_("只在这里取整，以后都用取整后的数。"),
        expand=rounded,
        params=(
            Param(
                "mode",
                ("方式", "mode"),
                "rounding",
                N_("四舍五入、四舍六入五成双、舍去、进一"),
                required=True,
            ),
            Param(
                "step",
                ("精度", "to"),
                "number",
                N_("0.01 是两位小数，1 是整数"),
                required=True,
            ),
        ),
        example="{取整: 总评得分, 方式: 四舍五入, 精度: 0.1}",
    ),
    RuleSpec(
        id="within",
        words=("限定在", "within"),
        main="quantity",
        says=N_("数值不低于保底、不高于封顶。"),
        expand=within,
        params=(FLOOR, CAP),
        example="{限定在: 总评得分 + 加分, 保底: 0, 封顶: 90}",
    ),
    RuleSpec(
        id="deducted",
        words=("扣分", "deducted"),
        main="quantity",
        says=N_("从满分起每个扣若干，不低于保底。"),
        expand=deducted,
        params=(FULL, PER, FLOOR),
        example="{扣分: 通报批评, 满分: 10, 每单位: 2, 保底: 0}",
    ),
    RuleSpec(
        id="proportional",
        words=("按基准折算", "proportional"),
        main="quantity",
        says=N_("完成值 ÷ 基准 × 满分，可封顶。"),
        expand=proportional,
        params=(FULL, REFERENCE, CAP),
        example="{按基准折算: 目标得分, 满分: 30, 基准: 100, 封顶: 30}",
    ),
    RuleSpec(
        id="shortfall",
        words=("差额扣分", "shortfall"),
        main="quantity",
        says=N_("达到基准得满分，每差一个单位扣若干，不低于保底（不写则 0）。"),
        expand=shortfall,
        params=(FULL, REFERENCE, PER, FLOOR),
        example="{差额扣分: 目标得分, 满分: 10, 基准: 95, 每单位: 0.5}",
    ),
)

RULES: tuple[RuleSpec, ...] = (*BALLOT_RULES, *COMBINE_RULES, *OUTCOME_RULES, *POOL_RULES, *PERIOD_RULES, *ROOT_RULES)
