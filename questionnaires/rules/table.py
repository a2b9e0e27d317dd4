"""The table of rule forms. A new way of writing a rule is a row here; what it may do is whatever the plan's steps can do."""

from __future__ import annotations

from questionnaires.compiling.call import Param, RuleSpec
from questionnaires.rules.arithmetic import deducted, proportional, shortfall, within
from questionnaires.rules.ballots import BALLOT_RULES
from questionnaires.rules.combine import COMBINE_RULES
from questionnaires.rules.outcomes import (
    GRADES,
    WHEN,
    bands,
    bounded,
    cases,
    convert_by,
    filled,
    look_up,
    only_for,
    rounded,
    test,
)
from questionnaires.rules.pools import CAP, FULL, POOL_RULES

FLOOR = Param("floor", ("保底", "floor"), "quantity", "最低不低于", "not under this")
PER = Param("per", ("每单位", "per unit"), "quantity", "每个（每差一个单位）扣多少", "how much per case or unit", required=True)
REFERENCE = Param(
    "reference", ("基准", "reference"), "quantity", "得满分的水平", "the level that earns full points", required=True
)
LIMIT = Param(
    "limit", ("限度", "limit"), "grade", "一个等次，或另一个等次量", "a grade, or another graded quantity", required=True
)
WHEN_OPTIONAL = Param(
    "when", ("当", "when"), "condition", "在什么条件下；不写则总是", "under which condition; always when not written"
)

OUTCOME_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        "look_up",
        ("查表", "look up"),
        "rows",
        "按名册栏目查一张表。",
        "A table by facts of the subject.",
        look_up,
        (GRADES,),
        "{查表: [{类别: 大, 值: 1}, {类别: 小, 值: 0.8}]}",
    ),
    RuleSpec(
        "convert_by",
        ("对照表", "converted"),
        "quantity",
        "按另一个量的值（等次、名次、个数）查一张表。",
        "A table by another quantity's value: a grade, a place, a count.",
        convert_by,
        (
            Param(
                "table",
                ("表", "table"),
                "value: value",
                "每行“值: 结果”，可写“其余”",
                "rows value: result, perhaps “otherwise”",
                required=True,
            ),
            GRADES,
        ),
        "{对照表: 总评名次, 表: {1: 10, 2: 8, 其余: 5}}",
    ),
    RuleSpec(
        "bands",
        ("分段", "bands of"),
        "quantity",
        "按分数段给等次或分数；“以上”含本数，“不足”不含。",
        "Grades or points by band; “from” includes the number, “under” does not.",
        bands,
        (
            Param(
                "rungs",
                ("各段", "bands"),
                "band: value",
                "90 以上、80 至不足 90、不足 60、其余……",
                "from 90, from 80 to under 90, under 60, otherwise …",
                required=True,
            ),
            GRADES,
        ),
        "{分段: 总评得分, 各段: {90 以上: 好, 60 以上: 中, 其余: 差}}",
    ),
    RuleSpec(
        "cases",
        ("分情况", "cases"),
        "cases",
        "依次看条件，第一个成立的决定取什么。",
        "The first condition that holds decides.",
        cases,
        (
            Param(
                "order",
                ("规则先后", "rule order"),
                "rule order",
                "先中先定，或各条互不重叠；不写则按“约定”",
                "first match, or exclusive; the policy's when not written",
            ),
            GRADES,
        ),
        "{分情况: [{当: 类别 = 大, 取: 总评得分}, {其余: 总评得分 × 0.9}]}",
    ),
    RuleSpec(
        "at_most",
        ("不高于", "no higher than"),
        "graded quantity",
        "在某条件下，等次不得高于限度。",
        "A grade held down to a limit under a condition.",
        bounded("at_most"),
        (LIMIT, WHEN_OPTIONAL),
        "{不高于: 总评等次, 限度: 中, 当: 通报批评 >= 2}",
    ),
    RuleSpec(
        "at_least",
        ("不低于", "no lower than"),
        "graded quantity",
        "在某条件下，等次不得低于限度。",
        "A grade held up to a limit under a condition.",
        bounded("at_least"),
        (LIMIT, WHEN_OPTIONAL),
        "{不低于: 总评等次, 限度: 中, 当: 立功 >= 1}",
    ),
    RuleSpec(
        "test",
        ("判断", "test"),
        "condition",
        "一个提示：精确比较，“≥”与“>”不同，保留分子、分母与差距。",
        "A flag: an exact comparison, “>=” and “>” distinct, with numerator, denominator and distance kept.",
        test,
        (),
        "{判断: 不称职率 >= 1/3, 后果: 调整岗位}",
    ),
    RuleSpec(
        "only_for",
        ("仅对", "only for"),
        "quantity",
        "同一个量，只用于符合条件的对象；其他对象没有这个量。",
        "The same quantity, only where a condition holds; elsewhere it does not apply.",
        only_for,
        (WHEN,),
        "{仅对: 总评得分, 当: 类别 = 大}",
    ),
    RuleSpec(
        "filled",
        ("补缺", "filled"),
        "quantity",
        "没有值时以什么代替。",
        "What stands in for a missing value.",
        filled,
        (
            Param(
                "with",
                ("以", "with"),
                "quantity or value",
                "一个数、一个等次或一个量",
                "a number, a grade or a quantity",
                required=True,
            ),
        ),
        "{补缺: 目标得分, 以: 0}",
    ),
    RuleSpec(
        "rounded",
        ("取整", "rounded"),
        "quantity",
        "只在这里取整，以后都用取整后的数。",
        "Rounded here; later steps use the rounded number.",
        rounded,
        (
            Param(
                "mode",
                ("方式", "mode"),
                "rounding",
                "四舍五入、四舍六入五成双、舍去、进一",
                "half up, half even, down, up",
                required=True,
            ),
            Param(
                "step",
                ("精度", "to"),
                "number",
                "0.01 是两位小数，1 是整数",
                "0.01 for two places, 1 for whole numbers",
                required=True,
            ),
        ),
        "{取整: 总评得分, 方式: 四舍五入, 精度: 0.1}",
    ),
    RuleSpec(
        "within",
        ("限定在", "within"),
        "quantity",
        "数值不低于保底、不高于封顶。",
        "A number kept between a floor and a cap.",
        within,
        (FLOOR, CAP),
        "{限定在: 总评得分 + 加分, 保底: 0, 封顶: 90}",
    ),
    RuleSpec(
        "deducted",
        ("扣分", "deducted"),
        "quantity",
        "从满分起每个扣若干，不低于保底。",
        "Full points less so much per case, not under a floor.",
        deducted,
        (FULL, PER, FLOOR),
        "{扣分: 通报批评, 满分: 10, 每单位: 2, 保底: 0}",
    ),
    RuleSpec(
        "proportional",
        ("按基准折算", "proportional"),
        "quantity",
        "完成值 ÷ 基准 × 满分，可封顶。",
        "Value ÷ reference × full points, perhaps capped.",
        proportional,
        (FULL, REFERENCE, CAP),
        "{按基准折算: 目标得分, 满分: 30, 基准: 100, 封顶: 30}",
    ),
    RuleSpec(
        "shortfall",
        ("差额扣分", "shortfall"),
        "quantity",
        "达到基准得满分，每差一个单位扣若干，不低于保底（不写则 0）。",
        "Full at the reference, less a step for each unit below, not under the floor (0).",
        shortfall,
        (FULL, REFERENCE, PER, FLOOR),
        "{差额扣分: 目标得分, 满分: 10, 基准: 95, 每单位: 0.5}",
    ),
)

RULES: tuple[RuleSpec, ...] = (*BALLOT_RULES, *COMBINE_RULES, *OUTCOME_RULES, *POOL_RULES)
