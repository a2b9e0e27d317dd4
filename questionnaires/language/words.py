"""The words of the language: every keyword has one Chinese and one English spelling, and a file may use either.

`KEYWORDS` are the names before the colon, `CHOICES` the words that answer a keyword. The left side is what the code calls them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from questionnaires.telling import Keyword, Listed

KEYWORDS: Mapping[str, tuple[str, str]] = {
    # the file
    "scheme": ("方案", "scheme"),
    "version": ("版本", "version"),
    "title": ("标题", "title"),
    "languages": ("语言", "languages"),
    "notes": ("说明", "notes"),
    "policy": ("约定", "policy"),
    "facts": ("名册栏目", "facts"),
    "scales": ("选项", "scales"),
    "groups": ("评议主体", "groups"),
    "items": ("测评内容", "items"),
    "lists": ("内容清单", "item lists"),
    "forms": ("测评表", "forms"),
    "ballot_rules": ("填写要求", "ballot rules"),
    "components": ("其他材料", "components"),
    "events": ("事项", "events"),
    "earlier": ("往期结果", "earlier results"),
    "decisions": ("集体研究", "decisions"),
    "quantities": ("计算", "quantities"),
    "results": ("结果", "results"),
    "words": ("译文", "words"),
    # anywhere
    "source": ("出处", "source"),
    "because": ("选定理由", "chosen because"),
    "value": ("值", "value"),
    "note": ("备注", "note"),
    # facts
    "values": ("取值", "values"),
    "umbrellas": ("统称", "umbrellas"),
    "of": ("属于", "of"),
    "relation": ("指向", "relation"),
    "number": ("数字", "number"),
    "required": ("必填", "required"),
    "where": ("范围", "where"),
    # scales, items, groups
    "scale": ("用选项", "scale"),
    "points": ("分值", "points"),
    "unknown": ("不了解", "unknown"),
    "from": ("从", "from"),
    "to": ("到", "to"),
    "step": ("间隔", "step"),
    "kind": ("形式", "kind"),
    "full": ("满分", "full"),
    "help": ("解释", "help"),
    "ask": ("提问", "ask"),
    "parts": ("内容", "parts"),
    "asked_of": ("只问", "only for"),
    "signed": ("署名", "signed"),
    "admission": ("凭据", "admission"),
    "own_unit": ("只评本单位", "own unit"),
    "sampled": ("抽样", "sampled"),
    "rated": ("本身被评", "rated"),
    "comment": ("意见", "comment"),
    "characters": ("字数", "characters"),
    "count_by": ("计", "count by"),
    "if_empty": ("空缺作", "if empty"),
    # earlier results
    "taken": ("取", "take"),
    "last": ("最近", "latest"),
    "periods": ("时期", "periods"),
    # forms and ballot rules
    "group": ("主体", "group"),
    "on": ("评", "on"),
    "ask_items": ("填", "ask"),
    "shape": ("版式", "layout"),
    "most": ("至多", "at most"),
    "least": ("至少", "at least"),
    "grades": ("等次", "grades"),
    "over": ("内容", "items"),
    "effect": ("超出时", "effect"),
    "base": ("基数", "base"),
    "rounding": ("舍入", "rounding"),
    "never_below": ("不少于", "never below"),
    "each": ("分别按", "each"),
    "not_all": ("不得全选", "not all"),
    "from_count": ("起算", "from"),
    "sum": ("合计", "sum"),
    "different": ("不得重复", "all different"),
    # results
    "columns": ("列", "columns"),
    "by_group": ("分主体", "by group"),
    "by_item": ("分内容", "by item"),
    "tiers": ("等次", "tiers"),
    "flags": ("提示", "flags"),
    "pools": ("比较范围", "pools"),
    "satisfaction": ("满意度", "satisfaction"),
    "item": ("项目", "item"),
    "satisfied": ("满意", "satisfied"),
    "asked": ("主体", "groups"),
    "index": ("指数", "index"),
    # policy
    "preset": ("依照", "as in"),
    "display": ("显示", "display"),
    "ties": ("并列", "ties"),
    "tier_ties": ("等次并列", "tier ties"),
    "empty_group": ("缺主体", "empty group"),
    "empty_item": ("缺项目", "empty item"),
    "missing_part": ("缺材料", "missing part"),
    "quota_rounding": ("名额舍入", "quota rounding"),
    "limit_rounding": ("限额舍入", "limit rounding"),
    "rule_order": ("规则先后", "rule order"),
    # quantities, shared
    "digits": ("小数", "digits"),
    "then": ("后果", "consequence"),
    "total": ("总和", "total"),
    "as": ("显示为", "shown as"),
    "grade_titles": ("称谓", "grade titles"),
}

CHOICES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "admission": {"slip": ("纸条", "slip"), "link": ("专属链接", "link"), "code": ("公用码", "shared code")},
    "fact_of": {"subject": ("对象", "subject"), "unit": ("单位", "unit")},
    "scale_kind": {
        "grades": ("等次", "grades"),
        "numbers": ("打分", "numbers"),
        "ranks": ("排序", "ranks"),
        "points": ("分配", "points"),
    },
    "shape": {
        "subject": ("逐个对象", "by subject"),
        "item": ("逐项", "by item"),
        "grid": ("表格", "grid"),
        "all": ("一页", "one page"),
    },
    "effect": {
        "refuse": ("不收", "refuse"),
        "warn": ("提醒", "warn"),
        "void": ("作废", "void"),
        "incomplete": ("记为不全", "incomplete"),
    },
    "limit_base": {"asked": ("应填项", "asked"), "answered": ("已填项", "answered")},
    "limit_rounding": {
        "inside": ("不越限", "inside the limit"),
        "half_up": ("四舍五入", "half up"),
        "down": ("舍去", "down"),
        "up": ("进一", "up"),
    },
    "base": {
        "answered": ("有效作答", "answered"),
        "valid": ("有效票", "valid"),
        "returned": ("收回票", "returned"),
        "issued": ("发出票", "issued"),
        "present": ("到场人数", "present"),
        "entitled": ("应到人数", "entitled"),
        "marked": ("已填票", "marked"),
    },
    "missing": {"skip": ("按其余折算", "renormalise"), "zero": ("计零", "zero"), "fail": ("不评", "not rated")},
    "ties": {"share": ("同名次", "share the place"), "dense": ("连续名次", "dense"), "last": ("取末位", "last place")},
    "tier_ties": {"promote": ("就高", "promote"), "demote": ("就低", "demote"), "share_worst": ("同取末位", "share the worst")},
    "round": {
        "half_up": ("四舍五入", "half up"),
        "half_even": ("四舍六入五成双", "half even"),
        "down": ("舍去", "down"),
        "up": ("进一", "up"),
    },
    "quota_rounding": {
        "half_up": ("四舍五入", "half up"),
        "half_even": ("四舍六入五成双", "half even"),
        "down": ("舍去", "down"),
        "up": ("进一", "up"),
        "largest_remainder": ("最大余数", "largest remainder"),
    },
    "rule_order": {"first": ("先中先定", "first match"), "exclusive": ("互不重叠", "exclusive")},
    "order": {"high": ("高者在前", "high first"), "low": ("低者在前", "low first")},
    "axis": {
        "subject": ("对象", "subject"),
        "group": ("主体", "group"),
        "item": ("内容", "item"),
        "period": ("时期", "period"),
        "rater": ("评议人", "rater"),
        "rival": ("对手", "rival"),
    },
    "how": {
        "sum": ("合计", "sum"),
        "mean": ("平均", "mean"),
        "median": ("中位数", "median"),
        "least": ("最小", "least"),
        "most": ("最大", "most"),
        "count": ("个数", "count"),
        "all": ("全部", "all"),
        "any": ("任一", "any"),
        "kth": ("第几", "kth"),
        "last": ("最近", "last"),
    },
    "heads": {
        "entitled": ("应到", "entitled"),
        "present": ("到场", "present"),
        "issued": ("发出", "issued"),
        "returned": ("收回", "returned"),
        "cast": ("投出", "cast"),
        "valid": ("有效", "valid"),
        "blank": ("空白", "blank"),
        "invalid": ("无效", "invalid"),
    },
    "shown_as": {
        "number": ("数", "number"),
        "share": ("百分比", "percent"),
        "grade": ("等次", "grade"),
        "flag": ("提示", "flag"),
        "text": ("文字", "text"),
        "rank": ("名次", "rank"),
    },
    "event_what": {"count": ("次数", "count"), "amount": ("数额", "amount")},
    "reference": {"ratio_best": ("同类最好", "best"), "ratio_mean": ("同类平均", "mean")},
    "recency_end": {"last": ("最近", "latest"), "first": ("最早", "earliest")},
    "end": {"top": ("从高", "top"), "bottom": ("从低", "bottom")},
}

YES = {"是", "true"}
NO = {"否", "false"}
UNCERTAIN = {"yes", "no", "on", "off", "y", "n"}


def spelled(names: Iterable[str], table: Mapping[str, tuple[str, str]] = KEYWORDS) -> Listed:
    """The keywords `names` as a person would write them, listed for a sentence."""
    return Listed(tuple(Keyword(*table[name]) for name in names if name in table))
