"""The phrases of an explanation, and the words for why a value is missing: sentences of the source language, told by a `Say`."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.reasons import Reason
from analysis.saying import NC_, Say

PHRASES: Mapping[str, str] = {
    "missing": NC_("explanation", "缺（{reason}）"),
    "true": NC_("explanation", "是"),
    "false": NC_("explanation", "否"),
    "and so on": NC_("explanation", "……共{n}项"),
    "line": NC_("explanation", "第{line}行"),
    "source": NC_("explanation", "来源：{source}"),
    "note": NC_("explanation", "依据：{note}"),
    "note decided": NC_("explanation", "{facts}：{reason}"),
    "note amount": NC_("explanation", "{told}（{amount}）"),
    "note origin": NC_("explanation", "接自“{title}”（{period}）的“{quantity}”"),
    "note entered": NC_("explanation", "{by} {day} 录入"),
    "if": NC_("explanation", "若 {condition} 则 {then}，否则 {otherwise}"),
    "and": NC_("explanation", " 且 "),
    "or": NC_("explanation", " 或 "),
    "not": NC_("explanation", "非"),
    "min": NC_("explanation", "取小"),
    "max": NC_("explanation", "取大"),
    "abs": NC_("explanation", "绝对值"),
    "neg": NC_("explanation", "负"),
    "is_missing": NC_("explanation", "缺失"),
    "trimmed": NC_("explanation", "（{of}个中去掉{n}个）"),
    "left out": NC_("explanation", "（缺{n}个，不计）"),
    "not kept": NC_("explanation", "由单张票算出（单张票不保存）"),
    "how sum": NC_("explanation", "和"),
    "how product": NC_("explanation", "积"),
    "how mean": NC_("explanation", "平均"),
    "how median": NC_("explanation", "中位数"),
    "how least": NC_("explanation", "最小"),
    "how most": NC_("explanation", "最大"),
    "how count": NC_("explanation", "个数"),
    "how all": NC_("explanation", "全部为是"),
    "how any": NC_("explanation", "至少一个为是"),
    "kth top": NC_("explanation", "从高数第{k}个"),
    "kth bottom": NC_("explanation", "从低数第{k}个"),
    "how last": NC_("explanation", "最后一个"),
    "look up": NC_("explanation", "查表（{keys}）"),
    "band": NC_("explanation", "x = {x}，{band}"),
    "at most": NC_("explanation", "{grade}，不得高于{limit}"),
    "at least": NC_("explanation", "{grade}，不得低于{limit}"),
    "not bound": NC_("explanation", "{grade}，限定不适用"),
    "votes": NC_("explanation", "（再{way}{n}票结论即变）"),
    "more": NC_("explanation", "多"),
    "fewer": NC_("explanation", "少"),
    "follow": NC_("explanation", "取自{title}"),
    "filled": NC_("explanation", "{value}，按方案补"),
    "pool": NC_("explanation", "（同组{n}个）"),
    "round": NC_("explanation", "{value}，{mode}到{step}"),
    "power": NC_("explanation", "{value} 的 {exponent} 次方，{mode}到{step}"),
    "half_up": NC_("explanation", "四舍五入"),
    "half_even": NC_("explanation", "四舍六入五成双"),
    "down": NC_("explanation", "舍去"),
    "up": NC_("explanation", "进位"),
    "relate mean": NC_("explanation", "{value}所在组的平均"),
    "relate best": NC_("explanation", "{value}所在组的最优"),
    "relate worst": NC_("explanation", "{value}所在组的最差"),
    "relate sum": NC_("explanation", "{value}所在组的合计"),
    "relate count": NC_("explanation", "{value}所在组的个数"),
    "relate rank": NC_("explanation", "{value}在组内的名次"),
    "relate recency": NC_("explanation", "{value}由后往前的次序"),
    "allocate": NC_("explanation", "{value}，{n}个中列第{place}"),
    "equals": NC_("explanation", " = "),
    "open": NC_("explanation", "（"),
    "close": NC_("explanation", "）"),
    "semicolon": NC_("explanation", "；"),
    "comma": NC_("explanation", "，"),
    "labels": NC_("explanation", "{title}〔{labels}〕"),
}

#: Why there is no value: the code a report has, and its word.
REASONS: Mapping[Reason, str] = {
    Reason.NO_EVIDENCE: NC_("why a value is missing", "无依据"),
    Reason.NOT_COUNTED: NC_("why a value is missing", "未清点"),
    Reason.NO_VALUES: NC_("why a value is missing", "无数据"),
    Reason.DIVIDED_BY_ZERO: NC_("why a value is missing", "除数为零"),
    Reason.NOT_APPLICABLE: NC_("why a value is missing", "不适用"),
    Reason.NOT_RATED: NC_("why a value is missing", "未评"),
    Reason.NO_VALID_RESULT: NC_("why a value is missing", "按方案不出结果"),
    Reason.NOT_ELIGIBLE: NC_("why a value is missing", "不参评"),
    Reason.IN_NO_TIER: NC_("why a value is missing", "未入等次"),
    Reason.NO_SUCH_FACT: NC_("why a value is missing", "无此属性"),
    Reason.NO_SUCH_SUBJECT: NC_("why a value is missing", "无此对象"),
    Reason.NOT_DECIDED: NC_("why a value is missing", "未决定"),
    Reason.NO_RESULT: NC_("why a value is missing", "无往期结果"),
    Reason.IN_NO_BAND: NC_("why a value is missing", "不在任何档"),
    Reason.NO_CASE: NC_("why a value is missing", "无适用情形"),
    Reason.NO_ROW: NC_("why a value is missing", "表中无此行"),
    Reason.BLANK: NC_("why a value is missing", "未填"),
    Reason.UNKNOWN: NC_("why a value is missing", "不了解"),
    Reason.ALL_EQUAL: NC_("why a value is missing", "全部相等"),
    Reason.ALL_TRIMMED: NC_("why a value is missing", "全部去掉"),
    Reason.TOO_FEW_VALUES: NC_("why a value is missing", "数量不足"),
    Reason.NO_SUCH_PLACE: NC_("why a value is missing", "没有这个名次"),
    Reason.NO_WEIGHT: NC_("why a value is missing", "权重为零"),
    Reason.NO_ROOT: NC_("why a value is missing", "负数开不出方"),
    Reason.NOT_A_NUMBER: NC_("why a value is missing", "不是数值"),
}


def tell_reason(reason: Reason, say: Say) -> str:
    """Why a value is missing, in words.

    Parameters
    ----------
    reason
        The code a report holds.
    say
        Tells the word in some language.
    """
    return say(REASONS[reason])
