"""What the reference shows of rule parameters beyond the rule table: the words that answer them, and a value to try."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.compiling.call import Param, RuleSpec
from questionnaires.language.words import CHOICES

#: Types of parameters that are answered by one word of a family.
FAMILIES: Mapping[str, str] = {
    "base": "base",
    "missing": "missing",
    "ties": "ties",
    "axis": "axis",
    "order": "order",
    "end": "end",
    "how": "how",
    "rounding": "round",
    "rule order": "rule_order",
    "reference": "reference",
    "count/amount": "event_what",
    "head-count": "heads",
}
#: Where the type alone does not say it: (rule, parameter) -> family.
OWN_FAMILIES = {
    ("tiers", "rounding"): "quota_rounding",
    ("tiers", "tier_ties"): "tier_ties",
    ("recency", "end"): "recency_end",
    ("most_of_all", "tier_ties"): "leaning",
}
#: (rule or "" for any, the parameter's Chinese word) -> a value to put behind it in the rule's own example, where that does not
#: show it; or a quantity of its own with `{rule}` in the place of the rule's word.
SHOWN: Mapping[tuple[str, str], str] = {
    ("", "主体"): "领导",
    ("", "合并主体"): "是",
    ("", "分主体"): "是",
    ("", "基数"): "有效票",
    ("", "去低"): "1",
    ("", "去高"): "1",
    ("", "多于"): "3",
    ("", "去分基数"): "应到人数",
    ("", "去分舍入"): "舍去",
    ("", "自"): "2026-01-01",
    ("", "至"): "2026-12-31",
    ("", "总和"): "100",
    ("", "缺者"): "不评",
    ("", "归入上级"): "否",
    ("", "只取"): "总评得分 >= 60",
    ("", "权重"): "2",
    ("", "数起"): "从高",
    ("recency", "数起"): "最早",
    ("", "沿"): "{{rule}: 各项均分, 沿: 内容}",
    ("last", "沿"): "时期",
    ("deviation", "沿"): "{{rule}: 各项均分, 沿: 内容, 方式: 四舍五入, 精度: 0.01}",
    ("recency", "沿"): "时期",
    ("", "范围"): "[类别]",
    ("", "次序"): "低者在前",
    ("", "并列"): "连续名次",
    ("", "并列看"): "[目标得分]",
    ("", "并列看次序"): "高者在前",
    ("", "封顶"): "90",
    ("", "保底"): "0",
    ("", "限于"): "总评得分 >= 0",
    ("", "可评最高等次"): "总评得分 >= 60",
    ("", "名额舍入"): "四舍五入",
    ("", "等次并列"): "就高",
    ("", "宽松"): "是",
    ("", "人少时"): "{3: {好: 至多 1, 差: 其余}}",
    ("", "当"): "类别 = 大",
    ("", "规则先后"): "先中先定",
    ("", "等次"): "[好, 中, 差]",
    ("", "近月"): "24",
    ("", "样本"): "是",
}


def family_of(rule: RuleSpec, param: Param) -> str:
    """The family of words that answer a parameter, "" where anything else does."""
    found = OWN_FAMILIES.get((rule.id, param.key)) or FAMILIES.get(param.type, "")
    return found if found in CHOICES else ""
