"""What may be written in other evidence, events, earlier results and decisions: the readers' own table."""

from __future__ import annotations

from analysis.saying import N_
from questionnaires.language.keys import Key, KeyTable

COMPONENT_KEYS = KeyTable(
    section="components",
    of=N_("一个其他材料"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("填报表上怎样称呼。"),
            unwritten=N_("就用它的名称"),
            example="其他材料: {完成率: {标题: 目标完成率, 从: 0, 到: 200}}",
        ),
        Key(
            name="where",
            type="facts: values",
            says=N_("哪些对象才有这个数。"),
            unwritten=N_("所有对象"),
            example="其他材料: {分管得分: {范围: {职务: 副职}, 从: 0, 到: 100}}",
        ),
        Key(
            name="from",
            type="number",
            says=N_("不小于。"),
            unwritten=N_("不限"),
            example="其他材料: {完成率: {从: 0, 到: 200}}",
        ),
        Key(
            name="to",
            type="number",
            says=N_("不大于。"),
            unwritten=N_("不限"),
            example="其他材料: {完成率: {从: 0, 到: 200}}",
        ),
        Key(
            name="if_empty",
            type="number",
            says=N_("空着当多少。"),
            unwritten=N_("空着就是缺，按“约定”办"),
            example="其他材料: {加分: {从: 0, 到: 10, 空缺作: 0}}",
        ),
    ),
)

EVENT_KEYS = KeyTable(
    section="events",
    of=N_("一种事项"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("填报表上怎样称呼。"),
            unwritten=N_("就用它的名称"),
            example="事项: {通报批评: {标题: 受县委通报批评}}",
        ),
        Key(
            name="count_by",
            family="event_what",
            says=N_("名称直接写进算式时，是次数还是数额合计。"),
            default="次数",
            example="事项: {通报批评: , 信访: {计: 数额}}\n计算: {信访扣分: 信访 × 2}",
        ),
        Key(
            name="from",
            type="number",
            says=N_("一件事的数量不小于。"),
            unwritten=N_("不限"),
            example="事项: {通报批评: , 信访: {计: 数额, 从: 1, 到: 5}}",
        ),
        Key(
            name="to",
            type="number",
            says=N_("一件事的数量不大于。"),
            unwritten=N_("不限"),
            example="事项: {通报批评: , 信访: {计: 数额, 从: 1, 到: 5}}",
        ),
    ),
)


EARLIER_KEYS = KeyTable(
    section="earlier",
    of=N_("一种往期结果"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("给读方案的人看的名称。"),
            unwritten=N_("就用它的名称"),
            example="往期结果: {往年得分: {标题: 以前的得分}}",
            silent=True,
        ),
        Key(
            name="grades",
            type="words",
            says=N_("它是等次时，由高到低列出；不写的是数。"),
            unwritten=N_("是数"),
            example=(
                "往期结果: {往年等次: {等次: [优秀, 称职, 不称职]}}\n"
                "计算: {两年优秀: {个数: 往年等次, 沿: 时期, 只取: 往年等次 = "
                "优秀}}"
            ),
        ),
        Key(
            name="taken",
            type="name",
            says=N_("往期材料里它叫什么，所以方案可以读自己上一期的结果。"),
            unwritten=N_("就用它的名称"),
            example="往期结果: {往年得分: {取: 得分}}\n计算: {上次: {最近: 往年得分}}",
        ),
        Key(
            name="last",
            type="count",
            says=N_("只看最近几期；缺了的一期不拿更早的顶。"),
            unwritten=N_("有几期看几期"),
            example="往期结果: {往年得分: {最近: 3}}\n计算: {上次: {平均: 往年得分, 沿: 时期, 缺者: 按其余折算}}",
        ),
        Key(
            name="back",
            type="count",
            says=N_("所计算的这一期以前的几期，不管有没有结果。"),
            unwritten=N_("有几期看几期"),
            example=("往期结果: {往年得分: {往前: 5}}\n计算: {上次: {平均: 往年得分, 沿: 时期, 缺者: 按其余折算}}"),
        ),
        Key(
            name="periods",
            type="words",
            says=N_("只看列出的这几期，数字要加引号。"),
            unwritten=N_("都看"),
            example=(
                "往期结果: {往年得分: {时期: ['2024', '2025']}}\n计算: {上次: {平均: 往年得分, 沿: 时期, 缺者: 按其余折算}}"
            ),
        ),
    ),
)

DECISION_KEYS = KeyTable(
    section="decisions",
    of=N_("一个集体研究的事项"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("给读方案的人看的名称。"),
            unwritten=N_("就用它的名称"),
            example="集体研究: {党委研究: {标题: 党委会研究, 取值: [维持, 降一等]}}",
            silent=True,
        ),
        Key(
            name="values",
            type="words",
            says=N_("可以作出的结论。"),
            unwritten=N_("写数的用“从”“到”"),
            example="集体研究: {党委研究: {取值: [维持, 降一等, 升一等]}}\n计算: {研究: {补缺: 党委研究, 以: 维持}}",
        ),
        Key(
            name="from",
            type="number",
            says=N_("由人定一个数时，最小的。"),
            default="0",
            example="集体研究: {党委研究: [维持, 降一等], 酌情扣分: {从: 1, 到: 3}}",
        ),
        Key(
            name="to",
            type="number",
            says=N_("由人定一个数时，最大的；结论是数的必须有它。"),
            unwritten=N_("结论是词"),
            example="集体研究: {党委研究: [维持, 降一等], 酌情扣分: {从: 0, 到: 3}}",
        ),
        Key(
            name="step",
            type="number",
            says=N_("由人定一个数时，相邻两个数差多少。"),
            default="1",
            example="集体研究: {党委研究: [维持, 降一等], 酌情扣分: {从: 0, 到: 3, 间隔: 0.5}}",
        ),
        Key(
            name="where",
            type="facts: values",
            says=N_("可以对哪些对象作决定。"),
            unwritten=N_("所有对象"),
            example="集体研究: {党委研究: {取值: [维持, 降一等], 范围: {职务: 正职}}}",
        ),
    ),
)
