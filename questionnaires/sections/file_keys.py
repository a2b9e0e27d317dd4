"""What may be written at the top of a file, of any quantity, and anywhere: the readers' own table."""

from __future__ import annotations

from analysis.saying import N_
from questionnaires.language.keys import Key, KeyTable

FILE_KEYS = KeyTable(
    section="",
    of=N_("方案"),
    keys=(
        Key(
            name="scheme",
            type="name",
            says=N_("方案的名称。"),
            needed=True,
            example="方案: 年度考核",
        ),
        Key(
            name="version",
            type="date",
            says=N_("这一版从哪天起；改了办法就换一个。"),
            needed=True,
            example="版本: 2026-07-01",
        ),
        Key(
            name="title",
            type="text",
            says=N_("印在表上和结果上的标题。"),
            unwritten=N_("就用它的名称"),
            example="标题: 2026 年度干部考核",
        ),
        Key(
            name="languages",
            type="words",
            says=N_("文字有哪几种语言，第一种是主要的。"),
            default="zh-Hans",
            example=(
                "语言: [zh-Hans, en]\n译文: {en: {示例: Example, 职务: position, "
                "正职: principal, 副职: deputy, 类别: class, 大镇: large town, "
                "小镇: small town}}"
            ),
        ),
        Key(
            name="notes",
            type="name: text",
            says=N_("印在表上的说明。"),
            unwritten=N_("没有"),
            example="说明: {用途: 结果用于年度考核}",
        ),
        Key(
            name="policy",
            type="policy",
            says=N_("原文没有写、由您选定的事。"),
            needed=True,
            example="约定: 常用约定",
        ),
        Key(
            name="facts",
            type="names with settings",
            says=N_("名册有哪几栏。"),
            unwritten=N_("没有"),
            example="名册栏目: {职务: [正职, 副职], 分工: [内勤, 外勤]}",
        ),
        Key(
            name="scales",
            type="names with settings",
            says=N_("选项和分值，由高到低。"),
            unwritten=N_("有测评内容的必须写"),
            example="选项: {满意: {满意: 100, 基本满意: 60, 不满意: 0, 弃权: 不计}}",
        ),
        Key(
            name="groups",
            type="names with settings",
            says=N_("谁来评。"),
            unwritten=N_("有测评内容的必须写"),
            example="评议主体: {同事: {只评本单位: 是}}",
        ),
        Key(
            name="items",
            type="names with settings",
            says=N_("评什么。"),
            unwritten=N_("可以只用其他材料"),
            example="测评内容: {廉洁: 总体}",
        ),
        Key(
            name="lists",
            type="name: items",
            says=N_("给一串内容起名，表和规则里可以用。"),
            unwritten=N_("没有"),
            example="内容清单: {两项: [总体评价, 廉洁]}\n测评表: [{主体: 领导, 填: 两项}]",
        ),
        Key(
            name="forms",
            type="rows",
            says=N_("谁评哪些对象的哪些内容。"),
            unwritten=N_("有测评内容的必须写"),
            example="测评表: [{主体: 同事, 填: 廉洁}]",
        ),
        Key(
            name="ballot_rules",
            type="names with settings",
            says=N_("对一整张票的要求。"),
            unwritten=N_("没有"),
            example="填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 提醒}}",
        ),
        Key(
            name="components",
            type="names with settings",
            says=N_("办公室填报的数。"),
            unwritten=N_("没有"),
            example="其他材料: {投资额: {从: 0}}",
        ),
        Key(
            name="events",
            type="names",
            says=N_("有日期的事。"),
            unwritten=N_("没有"),
            example="事项: [通报批评, 立功]",
        ),
        Key(
            name="earlier",
            type="names with settings",
            says=N_("以前各期的结果。"),
            unwritten=N_("没有"),
            example="往期结果: {往年得分: , 往年等次: [优秀, 称职]}",
        ),
        Key(
            name="decisions",
            type="names with settings",
            says=N_("由会议决定的事。"),
            unwritten=N_("没有"),
            example="集体研究: {党委研究: [维持, 降一等]}",
        ),
        Key(
            name="quantities",
            type="name: rule",
            says=N_("怎么算：左边是名称，右边是一条规则。"),
            needed=True,
            example="计算: {加后: 得分 + 5}",
        ),
        Key(
            name="results",
            type="results",
            says=N_("结果里看什么；没有写进来、也没有别的量用到的，检查时会说。"),
            needed=True,
            example="结果: {列: [得分, 不称职率]}",
        ),
        Key(
            name="words",
            type="language: word: text",
            says=N_("名称在别的语言里怎样印。"),
            unwritten=N_("没有"),
            example=(
                "语言: [zh-Hans, en]\n译文: {en: {示例: Example, 职务: position, "
                "正职: principal, 副职: deputy, 类别: class, 大镇: large town, "
                "小镇: small town}}"
            ),
        ),
    ),
)

ANYWHERE_KEYS = KeyTable(
    section="quantities",
    of=N_("任何一处"),
    keys=(
        Key(
            name="source",
            type="text",
            says=N_("原文怎么写的，随结果印出。"),
            unwritten=N_("没有"),
            example="计算: {得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}, 出处: 领导占六成}}",
        ),
        Key(
            name="because",
            type="text",
            says=N_("原文没写、为什么这样定，随结果印出。"),
            unwritten=N_("没有"),
            example="计算: {得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}, 选定理由: 会议商定}}",
        ),
        Key(
            name="note",
            type="text",
            says=N_("给读方案的人看的话；在一个量里，是随结果印出的备注。"),
            unwritten=N_("没有"),
            example="计算: {得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}, 备注: 见附件}}",
        ),
        Key(
            name="value",
            type="number",
            says=N_("一个单独的数要带出处时写在这里。"),
            unwritten=N_("直接写数"),
            example="计算: {起点: {值: 40, 出处: 基础分四十分}, 总分: 得分 + 起点}",
        ),
    ),
)

QUANTITY_KEYS = KeyTable(
    section="quantities",
    of=N_("计算里的任何一个量"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("结果里怎样称呼。"),
            unwritten=N_("就用它的名称"),
            example="计算: {得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}, 标题: 民主测评得分}}",
        ),
        Key(
            name="digits",
            type="count",
            says=N_("显示几位小数。"),
            unwritten=N_("按“约定”里的显示"),
            example="计算: {得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}, 小数: 3}}",
        ),
        Key(
            name="as",
            family="shown_as",
            says=N_("显示成数、百分比、等次、提示、文字或名次；是好事的提示写“表扬”，和问责的分开列。"),
            unwritten=N_("看它是什么定"),
            example="计算: {得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}, 显示为: 百分比}}",
        ),
        Key(
            name="grade_titles",
            type="grade: text",
            says=N_("各等次在结果里怎样称呼。"),
            unwritten=N_("就用等次的名称"),
            example="计算: {定等: {分段: 得分, 各段: {90 以上: 优, 60 以上: 中, 其余: 差}, 称谓: {优: 优秀班子}}}",
        ),
        Key(
            name="then",
            type="text",
            says=N_("条件成立的后果，印在提示旁边。"),
            unwritten=N_("没有"),
            example="计算: {调整: {判断: 不称职率 >= 1/3, 后果: 调整岗位}}",
        ),
    ),
)
