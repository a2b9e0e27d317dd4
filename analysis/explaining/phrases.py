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
    "trimmed": NC_("explanation", "（{of}个中去掉{n}个：{values}）"),
    "trimmed low": NC_("explanation", "最低的 {values}"),
    "trimmed high": NC_("explanation", "最高的 {values}"),
    "list": NC_("explanation", "、"),
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
    "none because": NC_("explanation", "“{title}”没有结果：{causes}"),
    "cause": NC_("explanation", "{title}{reason}"),
    "cause nought": NC_("explanation", "{titles}是 0，没有可以除的数"),
    "part": NC_("explanation", "{title}的{part}"),
    "part condition": NC_("explanation", "条件"),
    "part number": NC_("explanation", "中间数"),
    "part points": NC_("explanation", "分数合计"),
    "part answered": NC_("explanation", "作答数"),
    "part count": NC_("explanation", "票数"),
    "part entitled": NC_("explanation", "应到人数"),
    "part present": NC_("explanation", "到场人数"),
    "part issued": NC_("explanation", "发出票"),
    "part returned": NC_("explanation", "收回票"),
    "part cast": NC_("explanation", "投出票"),
    "part valid": NC_("explanation", "有效票"),
    "part blank": NC_("explanation", "空白票"),
    "part invalid": NC_("explanation", "无效票"),
}

#: Why there is no value: the code a report has, and its word.
REASONS: Mapping[Reason, str] = {
    Reason.NO_EVIDENCE: NC_("why a value is missing", "没有报来"),
    Reason.NOT_COUNTED: NC_("why a value is missing", "没有清点"),
    Reason.NO_VALUES: NC_("why a value is missing", "没有一个可用的数"),
    Reason.DIVIDED_BY_ZERO: NC_("why a value is missing", "没有可以除的数"),
    Reason.NOT_APPLICABLE: NC_("why a value is missing", "不适用"),
    Reason.NOT_RATED: NC_("why a value is missing", "没有评定"),
    Reason.NO_VALID_RESULT: NC_("why a value is missing", "按方案不出结果"),
    Reason.NOT_ELIGIBLE: NC_("why a value is missing", "不参加评定"),
    Reason.IN_NO_TIER: NC_("why a value is missing", "没有进入任何等次"),
    Reason.NO_SUCH_FACT: NC_("why a value is missing", "名册里没有填"),
    Reason.NO_SUCH_SUBJECT: NC_("why a value is missing", "没有对应的对象"),
    Reason.NOT_DECIDED: NC_("why a value is missing", "还没有决定"),
    Reason.NO_RESULT: NC_("why a value is missing", "没有往期结果"),
    Reason.IN_NO_BAND: NC_("why a value is missing", "不在任何一档"),
    Reason.NO_CASE: NC_("why a value is missing", "没有符合的情形"),
    Reason.NO_ROW: NC_("why a value is missing", "表里没有对应的一行"),
    Reason.BLANK: NC_("why a value is missing", "没有填"),
    Reason.UNKNOWN: NC_("why a value is missing", "不了解"),
    Reason.ALL_EQUAL: NC_("why a value is missing", "全部相等，分不出高低"),
    Reason.ALL_TRIMMED: NC_("why a value is missing", "去掉高低分后没有剩下"),
    Reason.TOO_FEW_VALUES: NC_("why a value is missing", "个数不够"),
    Reason.NO_SUCH_PLACE: NC_("why a value is missing", "没有这个名次"),
    Reason.NO_WEIGHT: NC_("why a value is missing", "没有可用的权重"),
    Reason.NO_ROOT: NC_("why a value is missing", "负数开不出方"),
    Reason.NOT_A_NUMBER: NC_("why a value is missing", "不是数"),
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
