"""What may be written in items, forms and ballot rules: the readers' own table."""

from __future__ import annotations

from analysis.saying import N_
from questionnaires.language.keys import Key, KeyTable

ITEM_KEYS = KeyTable(
    section="items",
    of=N_("一项测评内容或一个指标"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("指标或内容怎样称呼。"),
            unwritten=N_("就用它的名称"),
            example="测评内容: {廉洁: {用选项: 总体, 标题: 廉洁自律}}",
        ),
        Key(
            name="ask",
            type="text",
            says=N_("表上印的问题。"),
            unwritten=N_("就用标题"),
            example="测评内容: {廉洁: {用选项: 总体, 提问: 您认为该同志廉洁吗？}}",
        ),
        Key(
            name="help",
            type="text",
            says=N_("问题下面的一行解释。"),
            unwritten=N_("没有"),
            example="测评内容: {廉洁: {用选项: 总体, 解释: 指遵守廉洁纪律的情况}}",
        ),
        Key(
            name="scale",
            type="name",
            says=N_("用哪一套选项；子项不写的跟上级。"),
            unwritten=N_("跟上级的"),
            example="测评内容: {廉洁: {用选项: 总体}}",
        ),
        Key(
            name="full",
            type="number",
            says=N_("把选项换成这个满分：最好的一项值这么多。"),
            unwritten=N_("按选项自己的分值"),
            example="测评内容: {廉洁: {用选项: 总体, 满分: 20}}",
        ),
        Key(
            name="required",
            type="yes/no",
            says=N_("不填能不能交。"),
            default="是",
            example="测评内容: {廉洁: {用选项: 总体, 必填: 否}}",
        ),
        Key(
            name="asked_of",
            type="groups",
            says=N_("只问这些评议主体。"),
            unwritten=N_("表上写了它的都问"),
            example="测评内容: {廉洁: {用选项: 总体, 只问: 领导}}",
        ),
        Key(
            name="where",
            type="facts: values",
            says=N_("只对这些对象。"),
            unwritten=N_("所有对象"),
            example="测评内容: {廉洁: {用选项: 总体, 范围: {职务: 正职}}}",
        ),
        Key(
            name="parts",
            type="names with settings",
            says=N_("下面的子项；有它的就是指标。"),
            unwritten=N_("没有"),
            example="测评内容: {德: {用选项: 总体, 内容: [政治, 作风]}}\n测评表: [{主体: 领导, 填: 德}]",
        ),
    ),
)

FORM_KEYS = KeyTable(
    section="forms",
    of=N_("测评表的一行"),
    keys=(
        Key(
            name="group",
            type="groups",
            says=N_("谁填。"),
            needed=True,
            example="测评表: [{主体: [领导, 同事], 填: [总体评价, 廉洁]}]",
        ),
        Key(
            name="on",
            type="facts: values",
            says=N_("评哪些对象。"),
            unwritten=N_("所有对象"),
            example="测评表: [{主体: 领导, 评: {职务: 正职}, 填: 廉洁}]",
        ),
        Key(
            name="ask_items",
            type="items",
            says=N_("填哪些内容、指标或清单。"),
            needed=True,
            example="测评表: [{主体: [领导, 同事], 填: [总体评价, 廉洁]}]",
        ),
        Key(
            name="periods",
            type="words",
            says=N_("只在这几期填；每年同一期写 *-Q4、*-07，“*”代表年份。"),
            unwritten=N_("每期都填"),
            example="测评表: [{主体: 领导, 填: 廉洁}, {主体: 同事, 填: 廉洁, 时期: ['*-Q4']}]",
        ),
        Key(
            name="shape",
            family="shape",
            says=N_("怎样摆：一屏一个人、一屏一项、表格，或全在一页。"),
            unwritten=N_("看长短定"),
            example="测评表: [{主体: 领导, 填: 廉洁, 版式: 表格}]",
        ),
    ),
)

BALLOT_RULE_KEYS = KeyTable(
    section="ballot_rules",
    of=N_("一条填写要求"),
    keys=(
        Key(
            name="title",
            type="text",
            says=N_("提示里印的一句话。"),
            unwritten=N_("就用它的名称"),
            example=("填写要求: {限额: {标题: 优秀不超过两成, 主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 提醒}}"),
        ),
        Key(
            name="group",
            type="groups",
            says=N_("管谁的票。"),
            needed=True,
            example="填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 提醒}}",
        ),
        Key(
            name="on",
            type="facts: values",
            says=N_("只数这些对象的格子。"),
            unwritten=N_("所有对象"),
            example=("填写要求: {限额: {主体: 同事, 评: {职务: 正职}, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 提醒}}"),
        ),
        Key(
            name="over",
            type="items",
            says=N_("数哪些内容。"),
            needed=True,
            example="填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 提醒}}",
        ),
        Key(
            name="grades",
            type="grades",
            says=N_("数哪些等次。"),
            unwritten=N_("所有等次"),
            example="填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 提醒}}",
        ),
        Key(
            name="most",
            type="amount",
            says=N_("最多几个，或最多占多少。"),
            unwritten=N_("不限"),
            example=("填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 20%, 基数: 应填项, 超出时: 不收}}"),
        ),
        Key(
            name="least",
            type="amount",
            says=N_("最少几个，或最少占多少。"),
            unwritten=N_("不限"),
            example="填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 不称职, 至少: 1, 超出时: 不收}}",
        ),
        Key(
            name="base",
            family="limit_base",
            says=N_("份额按应填的格子算，还是按已填的。"),
            unwritten=N_("写份额时必须写明"),
            example=("填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 20%, 基数: 已填项, 超出时: 不收}}"),
        ),
        Key(
            name="rounding",
            family="limit_rounding",
            says=N_("份额不是整数时怎样取整。"),
            unwritten=N_("按“约定”里的限额舍入"),
            example=(
                "填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 20%, 基数: 应填项, 舍入: 进一, 超出时: 不收}}"
            ),
        ),
        Key(
            name="never_below",
            type="count",
            says=N_("份额再小也至少许这么多个。"),
            default="0",
            example=(
                "填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 20%, 基数: 应填项, 不少于: 1, 超出时: 不收}}"
            ),
        ),
        Key(
            name="each",
            type="facts",
            says=N_("按名册栏目分开数，一类一个限额。"),
            unwritten=N_("全票一起数"),
            example="填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 分别按: 职务, 超出时: 提醒}}",
        ),
        Key(
            name="effect",
            family="effect",
            says=N_("不合要求时怎样：不收、提醒、整票作废，或记为不全。"),
            needed=True,
            example="填写要求: {限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 作废}}",
        ),
        Key(
            name="not_all",
            type="yes/no or grades",
            says=N_("不得全选同一个；写等次的，只管那个等次。"),
            default="否",
            example="填写要求: {全同: {主体: 同事, 内容: [总体评价, 廉洁], 不得全选: 优秀, 超出时: 作废}}",
        ),
        Key(
            name="from_count",
            type="count",
            says=N_("填了几格以上才管。"),
            default="2",
            example="填写要求: {全同: {主体: 同事, 内容: [总体评价, 廉洁], 不得全选: 优秀, 起算: 3, 超出时: 作废}}",
        ),
        Key(
            name="sum",
            type="count",
            says=N_("一张票上的数合计必须是这个。"),
            unwritten=N_("不管"),
            example=(
                "选项: {份额: {形式: 分配, 从: 0, 到: 10}}\n"
                "测评内容: {贡献: 份额}\n"
                "测评表: [{主体: 领导, 填: 贡献}]\n"
                "填写要求: {分完: {主体: 领导, 内容: 贡献, 合计: 10, 超出时: 不收}}"
            ),
        ),
        Key(
            name="sum_most",
            type="number",
            says=N_("一张票上的分数合计不大于。"),
            unwritten=N_("不限"),
            example="填写要求: {总分限: {主体: 同事, 内容: 总体评价, 合计至多: 160, 超出时: 不收}}",
        ),
        Key(
            name="sum_least",
            type="number",
            says=N_("一张票上的分数合计不小于。"),
            unwritten=N_("不限"),
            example="填写要求: {总分限: {主体: 同事, 内容: 总体评价, 合计至少: 60, 超出时: 不收}}",
        ),
        Key(
            name="mean_most",
            type="number",
            says=N_("一张票上的分数平均不大于。"),
            unwritten=N_("不限"),
            example="填写要求: {总分限: {主体: 同事, 内容: 总体评价, 平均至多: 90, 超出时: 不收}}",
        ),
        Key(
            name="mean_least",
            type="number",
            says=N_("一张票上的分数平均不小于。"),
            unwritten=N_("不限"),
            example="填写要求: {总分限: {主体: 同事, 内容: 总体评价, 平均至少: 60, 超出时: 不收}}",
        ),
        Key(
            name="different",
            type="yes/no",
            says=N_("各格不得重复（排序）。"),
            default="否",
            example=(
                "选项: {位次: {形式: 排序, 从: 1, 到: 9}}\n"
                "测评内容: {次序: 位次}\n"
                "测评表: [{主体: 领导, 填: 次序}]\n"
                "填写要求: {一人一位: {主体: 领导, 内容: 次序, 不得重复: 是, 超出时: "
                "作废}}"
            ),
        ),
    ),
)
