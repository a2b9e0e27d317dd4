"""What may be written in facts, scales and groups: the readers' own table."""

from __future__ import annotations

from analysis.saying import N_
from questionnaires.language.keys import Key, KeyTable

FACT_KEYS = KeyTable(
    section="facts",
    of=N_("名册栏目里的一栏"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("表格上方和结果里怎样称呼它。"),
            unwritten=N_("就用它的名称"),
            example="名册栏目: {职务: {标题: 现任职务, 取值: [正职, 副职]}}",
        ),
        Key(
            name="values",
            type="words",
            says=N_("可以填的值；写成“值: 称谓”时，称谓是给人看的。"),
            unwritten=N_("随便填什么文字"),
            example="名册栏目: {职务: {取值: [正职, 副职, 班子]}}",
        ),
        Key(
            name="umbrellas",
            type="name: words",
            says=N_("给几个值一个总名，写范围和条件时可以用。"),
            unwritten=N_("没有"),
            example=(
                "名册栏目: {职务: {取值: [正职, 副职, 班子], 统称: {个人: [正职, "
                "副职]}}}\n测评表: [{主体: 领导, 评: {职务: 个人}, 填: 廉洁}]"
            ),
        ),
        Key(
            name="of",
            family="fact_of",
            says=N_("这一栏说的是对象，还是他的单位：单位的栏目写在单位表里，同一单位都一样。"),
            default="对象",
            example="名册栏目: {类别: {属于: 单位, 取值: [大镇, 小镇]}}",
        ),
        Key(
            name="relation",
            type="yes/no",
            says=N_("栏里填的是另一个对象的编号（所在班子、前任）。"),
            default="否",
            example="名册栏目: {班子编号: {指向: 是, 必填: 否}}",
        ),
        Key(
            name="number",
            type="yes/no",
            says=N_("栏里填的是数，可以直接进算式。"),
            default="否",
            example="名册栏目: {编制数: {数字: 是}}",
        ),
        Key(
            name="required",
            type="yes/no",
            says=N_("是不是每个对象都要填；写了“范围”的，只管范围里的。"),
            default="是",
            example="名册栏目: {任职年限: {必填: 否}}",
        ),
        Key(
            name="where",
            type="facts: values",
            says=N_("这一栏只对哪些对象。"),
            unwritten=N_("所有对象"),
            example="名册栏目: {分管线: {取值: [农业, 工业], 范围: {职务: 副职}}}",
        ),
    ),
)

SCALE_KEYS = KeyTable(
    section="scales",
    of=N_("一套选项"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("给读方案的人看的名称，表上不印。"),
            unwritten=N_("就用它的名称"),
            example="选项: {总体: {标题: 总体等次, 优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}",
            silent=True,
        ),
        Key(
            name="kind",
            family="scale_kind",
            says=N_("等次、打一个数、排第几位，或把若干分分给各人。"),
            unwritten=N_("写了“从”“到”的是打分，写等次的是等次"),
            example=(
                "选项: {总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}, "
                "位次: {形式: 排序, 从: 1, 到: 9}}\n"
                "测评内容: {推荐次序: 位次}\n"
                "测评表: [{主体: 领导, 填: 推荐次序}]"
            ),
        ),
        Key(
            name="from",
            type="number",
            says=N_("最小的数。"),
            unwritten=N_("打分和分配从 0，排序从 1"),
            example="选项: {十分: {从: 1, 到: 10}}",
        ),
        Key(
            name="to",
            type="number",
            says=N_("最大的数；写数的选项必须有它。"),
            unwritten=N_("没有"),
            example="选项: {十分: {从: 1, 到: 10}}",
        ),
        Key(
            name="step",
            type="number",
            says=N_("相邻两个数差多少。"),
            default="1",
            example="选项: {十分: {从: 0, 到: 10, 间隔: 0.5}}",
        ),
        Key(
            name="points",
            type="numbers",
            says=N_("一个一个列出可以打的数，由高到低。"),
            unwritten=N_("按“从”“到”“间隔”"),
            example="选项: {五档: {形式: 打分, 分值: [10, 8, 6, 4, 0]}}",
        ),
    ),
)

CHOICE_KEYS = KeyTable(
    section="scales",
    of=N_("选项里的一项"),
    keys=(
        Key(
            name="points",
            type="number or numbers",
            says=N_("这一项折多少分；列几个数就是同一等次的几档。"),
            unwritten=N_("不计的要写明“不了解”"),
            example="选项: {总体: {优秀: {分值: [100, 95]}, 称职: 80, 基本称职: 60, 不称职: 0}}",
        ),
        Key(
            name="value",
            type="number",
            says=N_("同“分值”，一个数。"),
            unwritten=N_("写“分值”的不用写"),
            example="选项: {总体: {优秀: {值: 100}, 称职: 80, 基本称职: 60, 不称职: 0}}",
        ),
        Key(
            name="title",
            type="text",
            says=N_("表上怎样印。"),
            unwritten=N_("就用它的名称"),
            example="选项: {总体: {优秀: {分值: 100, 标题: 优秀等次}, 称职: 80, 基本称职: 60, 不称职: 0}}",
        ),
        Key(
            name="unknown",
            type="yes/no",
            says=N_("这一项不折分，也不算作答（不了解、弃权）。也可以直接写“不计”。"),
            default="否",
            example="选项: {总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0, 不了解情况: {不了解: 是}}}",
        ),
    ),
)

GROUP_KEYS = KeyTable(
    section="groups",
    of=N_("一个评议主体"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("表上和结果里怎样称呼。"),
            unwritten=N_("就用它的名称"),
            example="评议主体: {同事: {标题: 本单位干部, 只评本单位: 是}}",
        ),
        Key(
            name="signed",
            type="yes/no",
            says=N_("署名：每人一个专属链接，办公室看得到谁填了什么。"),
            default="否",
            example="评议主体: {同事: {署名: 是, 只评本单位: 是}}",
        ),
        Key(
            name="admission",
            family="admission",
            says=N_("凭什么进来：每人一张的纸条、专属链接，或大家共用的码（结果仅供参考）。"),
            unwritten=N_("署名的用专属链接，不署名的用纸条"),
            example="评议主体: {同事: {凭据: 公用码, 只评本单位: 是}}",
        ),
        Key(
            name="own_unit",
            type="yes/no",
            says=N_("只评自己单位的对象；不写则每个单位都评。"),
            default="否",
            example="评议主体: {同事: {只评本单位: 是}}",
        ),
        Key(
            name="sampled",
            type="yes/no or word",
            says=N_("这些人是从更大的公众里抽出来的，结果带误差；写“全体”表示应到的就是公众全体。"),
            default="否",
            example="评议主体: {同事: {抽样: 是, 只评本单位: 是}}",
        ),
        Key(
            name="rated",
            type="yes/no",
            says=N_("这些人自己也被评，名册可以写明谁是谁，免得自己评自己。"),
            default="否",
            example="评议主体: {同事: {本身被评: 是, 只评本单位: 是}}",
        ),
        Key(
            name="oneself",
            family="oneself",
            says=N_("本身被评的人评不评自己：不评，和别人一样也评自己，或只评自己（自评，要署名）。"),
            default="不评",
            example="评议主体: {同事: {评自己: 也评, 只评本单位: 是}}",
        ),
        Key(
            name="barred",
            type="yes/no",
            says=N_("评议人旁边写的对象不是他本人，而是他要回避、不能评的对象。"),
            default="否",
            example="评议主体: {同事: {回避: 是, 署名: 是, 只评本单位: 是}}",
        ),
        Key(
            name="comment",
            type="yes/no or more",
            says=N_("表上多一个可以不填的意见格。"),
            default="否",
            example="评议主体: {同事: {意见: 是, 只评本单位: 是}}",
        ),
        Key(
            name="groups",
            type="names with settings",
            says=N_("这是一“方”，由下面几个主体组成；它自己不发表。"),
            unwritten=N_("没有"),
            example=("评议主体: {上级: {评议主体: {县领导: {署名: 是}, 部门: {署名: 是}}}}\n测评表: [{主体: 上级, 填: 廉洁}]"),
        ),
    ),
)

COMMENT_KEYS = KeyTable(
    section="groups",
    of=N_("评议主体的意见格"),
    keys=(
        Key(
            name="ask",
            type="text",
            says=N_("格子上方的问题。"),
            unwritten=N_("通用的一句"),
            example="评议主体: {同事: {意见: {提问: 还有什么想说的？}, 只评本单位: 是}}",
        ),
        Key(
            name="characters",
            type="count",
            says=N_("最多写多少字，1 到 1000。"),
            default="200",
            example="评议主体: {同事: {意见: {字数: 300}, 只评本单位: 是}}",
        ),
    ),
)
