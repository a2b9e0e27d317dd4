"""What may be written in the policy and in the results: the readers' own table."""

from __future__ import annotations

from analysis.saying import N_
from questionnaires.language.keys import Key, KeyTable

POLICY_KEYS = KeyTable(
    section="policy",
    of=N_("约定"),
    keys=(
        Key(
            name="preset",
            type="name",
            says=N_("先照一份写好的约定，再写例外。"),
            unwritten=N_("没有"),
            example="约定: {依照: 常用约定, 并列: 连续名次}",
        ),
        Key(
            name="display",
            type="rounding and digits",
            says=N_("结果显示时怎样取整、几位小数；往下算仍用精确值。"),
            unwritten=N_("显示精确值能写出的位数"),
            example="约定: {依照: 常用约定, 显示: 四舍五入 1}",
        ),
        Key(
            name="base",
            family="base",
            says=N_("占比的分母；见下面“基数”。平均分不看它。"),
            unwritten=N_("用到时要求写明"),
            example="约定: {依照: 常用约定, 基数: 应到人数}",
        ),
        Key(
            name="ties",
            family="ties",
            says=N_("名次并列怎么排。"),
            unwritten=N_("用到时要求写明"),
            example="约定: {依照: 常用约定, 并列: 连续名次}\n计算: {位次: {名次: 得分}}",
        ),
        Key(
            name="tier_ties",
            family="tier_ties",
            says=N_("等次名额边上并列怎么办。"),
            unwritten=N_("用到时要求写明"),
            example=("约定: {依照: 常用约定, 等次并列: 就高}\n计算: {档次: {分等次: 得分, 名额: {优: 至多 1, 良: 其余}}}"),
        ),
        Key(
            name="empty_group",
            family="missing",
            says=N_("某个评议主体没有人评时怎么办。"),
            unwritten=N_("用到时要求写明"),
            example="约定: {依照: 常用约定, 缺主体: 不评}",
        ),
        Key(
            name="empty_item",
            family="missing",
            says=N_("某一项没有人评时怎么办。"),
            unwritten=N_("用到时要求写明"),
            example=(
                "约定: {依照: 常用约定, 缺项目: 不评}\n计算: {分项: {平均分: [总体评价, 廉洁]}, 平均项: {平均: 分项, 沿: 内容}}"
            ),
        ),
        Key(
            name="missing_part",
            family="missing",
            says=N_("合成时少一个部分怎么办。"),
            unwritten=N_("用到时要求写明"),
            example="约定: {依照: 常用约定, 缺材料: 计零}\n计算: {综合: {加权合成: {得分: 60, 完成率: 40}}}",
        ),
        Key(
            name="quota_rounding",
            family="quota_rounding",
            says=N_("等次名额不是整数时怎样取整。"),
            unwritten=N_("用到时要求写明"),
            example=("约定: {依照: 常用约定, 名额舍入: 四舍五入}\n计算: {档次: {分等次: 得分, 名额: {优: 至多 20%, 良: 其余}}}"),
        ),
        Key(
            name="limit_rounding",
            family="limit_rounding",
            says=N_("一张票上的限额不是整数时怎样取整。"),
            unwritten=N_("用到时要求写明"),
            example=(
                "约定: {依照: 常用约定, 限额舍入: 进一}\n"
                "填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: "
                "20%, 基数: 应填项, 超出时: 不收}}"
            ),
        ),
        Key(
            name="rule_order",
            family="rule_order",
            says=N_("几条都管同一种情况时：先写的先定，还是不许重叠。"),
            unwritten=N_("用到时要求写明"),
            example=(
                "约定: {依照: 常用约定, 规则先后: 先中先定}\n"
                "计算: {档: {分情况: [{当: 得分 >= 90, 取: 1}, {当: 得分 >= 60, "
                "取: 2}, {其余: 3}]}}"
            ),
        ),
    ),
)

RESULT_KEYS = KeyTable(
    section="results",
    of=N_("结果"),
    keys=(
        Key(
            name="columns",
            type="quantities",
            says=N_("总表里一人一个的数。"),
            unwritten=N_("没有"),
            example="结果: {列: [得分]}",
        ),
        Key(
            name="by_group",
            type="quantities",
            says=N_("分评议主体的数。"),
            unwritten=N_("没有"),
            example="结果: {分主体: [主体均分]}",
        ),
        Key(
            name="by_item",
            type="quantities",
            says=N_("分内容的数。"),
            unwritten=N_("没有"),
            example="计算: {分项: {平均分: [总体评价, 廉洁]}}\n结果: {分内容: [分项]}",
        ),
        Key(
            name="tiers",
            type="quantities",
            says=N_("等次。"),
            unwritten=N_("没有"),
            example="结果: {等次: [定等]}",
        ),
        Key(
            name="flags",
            type="quantities",
            says=N_("提示：条件成立的。"),
            unwritten=N_("没有"),
            example="结果: {提示: [调整]}",
        ),
        Key(
            name="pools",
            type="facts",
            says=N_("结果页上谁和谁比。"),
            unwritten=N_("全体"),
            example="结果: {比较范围: [职务]}",
        ),
        Key(
            name="satisfaction",
            type="rows",
            says=N_("满意度页的问题。"),
            unwritten=N_("没有"),
            example="结果: {满意度: [{项目: 廉洁, 满意: [优秀, 称职]}]}",
        ),
    ),
)

QUESTION_KEYS = KeyTable(
    section="results",
    of=N_("满意度的一个问题"),
    keys=(
        Key(
            name="item",
            type="item",
            says=N_("哪一项内容。"),
            needed=True,
            example="结果: {满意度: [{项目: 廉洁, 满意: [优秀, 称职]}]}",
        ),
        Key(
            name="satisfied",
            type="grades",
            says=N_("哪些等次算满意。"),
            needed=True,
            example="结果: {满意度: [{项目: 廉洁, 满意: [优秀, 称职]}]}",
        ),
        Key(
            name="asked",
            type="groups",
            says=N_("问了谁。"),
            unwritten=N_("表上有这一项的"),
            example="结果: {满意度: [{项目: 廉洁, 满意: 优秀, 主体: 同事}]}",
        ),
        Key(
            name="index",
            type="quantity",
            says=N_("满意指数是哪个量。"),
            unwritten=N_("分值的平均"),
            example="结果: {满意度: [{项目: 廉洁, 满意: 优秀, 指数: 得分}]}",
        ),
    ),
)
