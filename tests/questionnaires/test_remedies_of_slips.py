"""One slip in a file that is right, and what its message tells to do: with the broken files every code of the loader is tried."""

from __future__ import annotations

import pytest

from questionnaires.language.messages import MESSAGES
from questionnaires.language.nodes import MOST_CHARACTERS
from tests.questionnaires.test_remedies import BROKEN, problems_of

RIGHT = """方案: 小方案
版本: 2026-01-01
约定: 常用约定
名册栏目: {职务: [正职, 副职]}
选项:
  总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}
评议主体:
  领导: {署名: 是}
  同事: {只评本单位: 是}
测评内容: {总体评价: 总体, 廉洁: 总体}
测评表:
  - {主体: [领导, 同事], 填: [总体评价, 廉洁]}
填写要求:
  限额: {主体: 同事, 内容: 总体评价, 等次: 优秀, 至多: 2, 超出时: 提醒}
其他材料: {目标: {从: 0, 到: 100}}
事项: {批评: {计: 数额, 从: 1, 到: 5}}
往期结果: {往年: {最近: 2}}
集体研究: {研究: [维持, 降等]}
计算:
  主体均分: {平均分: 总体评价}
  得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}}
  廉洁均分: {平均分: 廉洁, 合并主体: 是}
  不称职率: {占比: 不称职, 项目: 总体评价}
  否决: {判断: 不称职率 >= 1/3}
  档次: {分段: 得分, 各段: {60 以上: 好, 其余: 差}}
  例: {名次: 得分}
结果: {列: [得分, 廉洁均分], 等次: [档次, 例], 提示: [否决]}
"""
PLACE = "{名次: 得分}"
LIMIT = "等次: 优秀, 至多: 2"
SCALE = "  总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}\n"
ITEMS = RIGHT[RIGHT.index(SCALE) : RIGHT.index("  限额:")]
OTHER = ITEMS.replace(SCALE, SCALE + "  两档: {好: 50, 优秀: 10}\n").replace("廉洁: 总体", "廉洁: 两档")
WIDE = "  全表: {主体: 同事, 内容: [总体评价, 廉洁], 等次: 优秀, 至多: 2, 超出时: 提醒}\n"

SAME_GRADES = (
    "{判断: 档次 > 同档}\n  另档: {分段: 得分, 各段: {90 以上: 高, 其余: 低}}\n"
    "  同档: {对照表: 另档, 表: {高: 好, 低: 差}, 等次: [好, 差]}"
)
PARENTS = (
    RIGHT.replace("{", "{{")
    .replace("}", "}}")
    .replace("{{总体评价: 总体, 廉洁: 总体}}", "{{品德: {{用选项: 总体, 内容: [总体评价, 廉洁]}}}}")
    .replace(
        "  例: {{名次: 得分}}",
        "  各项: {{平均分: 品德, 合并主体: 是}}\n"
        "  指标: {{按内容加权: 各项, 权重: {{总体评价: 60, 廉洁: {weight}}}, 归入上级: 是}}\n"
        "  例: {{合计: 指标, 沿: 内容}}",
    )
)

# code · what is written · the slip in its place · what the message tells to write there
SLIPS: list[tuple[str, str, str, str]] = [
    ("bad-character", "小方案", "小方案\x07", "小方案"),
    ("file-too-big", "方案: 小方案\n", "方案: 小方案\n" + "#" * MOST_CHARACTERS + "\n", "方案: 小方案\n"),
    ("not-a-scheme", RIGHT, "- 方案\n", RIGHT),
    ("key-not-text", "{列: [得分", "{[列]: [得分", "{列: [得分"),
    ("want-date", "2026-01-01", "二〇二六年", "2026-01-01"),
    ("want-number", "{从: 0, 到: 100}", "{从: 零, 到: 100}", "{从: 0, 到: 100}"),
    ("want-share", LIMIT, "等次: 优秀, 至多: 120%, 基数: 应填项", "等次: 优秀, 至多: 20%, 基数: 应填项"),
    ("want-yes", "署名: 是", "署名: 对", "署名: 是"),
    ("want-map", "名册栏目: {职务: [正职, 副职]}", "名册栏目: 职务", "名册栏目: {职务: [正职, 副职]}"),
    ("want-text", "方案: 小方案", "方案: 小方案\n标题: [甲, 乙]", "方案: 小方案\n标题: 甲乙"),
    ("bad-name", "{批评:", "{3批评:", "{批评:"),
    ("reserved-name", "{批评:", "{且:", "{批评:"),
    ("empty-list", "[维持, 降等]", "[]", "[维持]"),
    ("no-words-in", "方案: 小方案", "方案: 小方案\n语言: [zh-Hans, en]\n标题: {zh-Hans: 甲}", "方案: 小方案\n标题: 甲"),
    ("scale-values", "称职: 80, 基本", "称职: 60, 基本", "称职: 80, 基本"),
    ("group-never-asked", "  同事: {只评本单位: 是}", "  同事: {只评本单位: 是}\n  群众:", "  同事: {只评本单位: 是}"),
    ("self-unsigned", "  同事: {只评本单位: 是}", "  同事: {评自己: 只评}", "  同事: {评自己: 只评, 署名: 是}"),
    ("barred-and-rated", "{只评本单位: 是}", "{回避: 是, 本身被评: 是}", "{本身被评: 是}"),
    ("form-periods", "廉洁]}", "廉洁], 时期: '*-Q5'}", "廉洁], 时期: '*-Q4'}"),
    (
        "form-empty",
        "廉洁: 总体}\n测评表:\n",
        "廉洁: {用选项: 总体, 只问: 领导}}\n测评表:\n  - {主体: 同事, 填: 廉洁}\n",
        "廉洁: 总体}\n测评表:\n",
    ),
    ("limit-empty", LIMIT, "等次: 优秀", "等次: 优秀, 至多: 2"),
    ("limit-order", LIMIT, "等次: 优秀, 至多: 2, 至少: 3", "等次: 优秀, 至多: 3, 至少: 2"),
    ("limit-two", LIMIT, "合计至多: 90, 平均至多: 80", "合计至多: 90"),
    ("rule-codes", ITEMS, OTHER + WIDE, ITEMS + WIDE),
    ("rule-points", ITEMS, OTHER + WIDE.replace(LIMIT, "合计至多: 90"), ITEMS + WIDE),
    ("if-empty-beyond", "{从: 0, 到: 100}", "{从: 0, 到: 100, 空缺作: 200}", "{从: 0, 到: 100, 空缺作: 0}"),
    ("range-order", "{从: 0, 到: 100}", "{从: 100, 到: 0}", "{从: 0, 到: 100}"),
    ("bounds-of-counted", "{计: 数额, 从: 1, 到: 5}", "{从: 1, 到: 5}", "{计: 数额, 从: 1, 到: 5}"),
    ("two-windows", "{最近: 2}", "{最近: 2, 往前: 3}", "{往前: 3}"),
    ("weight-missing", "{领导: 60, 同事: 40}", "{领导: 100}", "{领导: 60, 同事: 40}"),
    ("no-rule", PLACE, "{名茨: 得分}", PLACE),
    ("bound-beyond", PLACE, "{判断: 得分 > 200}", "{判断: 得分 > 90}"),
    ("share-bound", PLACE, "{判断: 不称职率 >= 33}", "{判断: 不称职率 >= 33%}"),
    ("percent-of-points", PLACE, "{判断: 得分 >= 60%}", "{判断: 得分 >= 60}"),
    ("with-itself", PLACE, "{判断: 得分 > 得分}", "{判断: 得分 > 廉洁均分}"),
    ("cases-gap", PLACE, "{分情况: [{当: 得分 >= 60, 取: 1}]}", "{分情况: [{当: 得分 >= 60, 取: 1}, {其余: 0}]}"),
    ("table-gap", PLACE, "{对照表: 档次, 表: {好: 1}}", "{对照表: 档次, 表: {好: 1, 其余: 0}}"),
    ("fill-never", PLACE, "{补缺: 得分, 以: 得分 × 0.9}", "{补缺: 得分, 以: 0}"),
    ("grade-none-beyond", PLACE, "{判断: 档次 > 好}", "{判断: 档次 >= 好}"),
    ("grades-unordered", PLACE, "{判断: 职务 > 正职}", "{判断: 职务 = 正职}"),
    (
        "grades-differ",
        PLACE,
        "{判断: 档次 > 另档}\n  另档: {分段: 得分, 各段: {90 以上: 高, 其余: 低}}",
        SAME_GRADES,
    ),
    (
        "open-order",
        PLACE,
        "{名次: 得分, 次序: 低者在前, 并列看: [廉洁均分]}",
        "{名次: 得分, 次序: 低者在前, 并列看: [廉洁均分], 并列看次序: 高者在前}",
    ),
    (
        "rule-value",
        PLACE,
        "{平均分: 总体评价, 去高: 1, 去低: 10%, 合并主体: 是}",
        "{平均分: 总体评价, 去高: 1, 去低: 1, 合并主体: 是}",
    ),
    (
        "name-ambiguous",
        "  例: {名次: 得分}",
        "  not 否决: {判断: 得分 > 60}\n  例: {判断: not 否决}",
        "  过六十: {判断: 得分 > 60}\n  例: {判断: 过六十}",
    ),
    ("no-points", ITEMS, OTHER.replace("{好: 50, 优秀: 10}", "[留任, 调整]"), OTHER),
    ("weights-sum-in", RIGHT, PARENTS.format(weight=30), PARENTS.format(weight=40)),
]

#: What the reader of YAML itself says where none of the kinder sentences fits: no text is known that leads there.
NEVER_SEEN = {"yaml"}


@pytest.mark.parametrize(("code", "right", "slip", "mended"), SLIPS, ids=[row[0] for row in SLIPS])
def test_a_slip_is_told_and_what_is_told_to_do_mends_it(code: str, right: str, slip: str, mended: str) -> None:
    broken = RIGHT.replace(right, slip, 1)
    assert {one.code for one in problems_of(broken)} == {code}
    assert [one.sentence() for one in problems_of(broken.replace(slip, mended, 1))] == []


def test_every_code_of_the_loader_has_a_slip_whose_remedy_was_tried() -> None:
    told = {one.code for text in BROKEN.values() for one in problems_of(text)} | {row[0] for row in SLIPS}
    assert set(MESSAGES) == told | NEVER_SEEN
