"""The one table of words for what the count says in short codes: why no number stands here, what a finding means, what an input
is to a number. Pages, files, letters and `pingyi score` all say it from here.
"""

from __future__ import annotations

from collections.abc import Mapping

from survey_app.i18n import N_
from survey_app.i18n import gettext as _

#: What stands where a number would tell of too few people.
WITHHELD = N_("人数太少，不单独列出")
#: What stands where a score, a rank, a tier or a flag would: for their own people's sake, or for those of somebody in their pool.
TELLING = N_("不列：会露出少数人的答案")
#: What stands where a number or a grade waits for a person's word; the same while nobody ruled and where it was set aside.
UNSETTLED = N_("未确定")

#: Why there is no value. "Not rated" is a result of its own and is never shown as zero.
_MISSING: Mapping[str, str] = {
    "not applicable": N_("不适用"),
    "no evidence": N_("未评定：缺材料"),
    "not rated": N_("未评定"),
    "not counted": N_("人数没有清点"),
    "not decided": N_("尚未决定"),
    "no valid result": N_("按方案不出结果"),
    "not eligible": N_("不参加评定"),
    "no result": N_("没有往期结果"),
    "no values": N_("没有可算的数"),
    "no weight": N_("没有可用的权重"),
    "divided by zero": N_("没有人作答，或没有可比的基数"),
    "all trimmed": N_("去掉高低分后没有剩下"),
    "too few values": N_("个数不够"),
    "blank": N_("空白"),
    "unknown": N_("不了解"),
    "no row": N_("表里没有对应的一行"),
    "in no band": N_("不在任何一档"),
    "in no tier": N_("没有进入任何等次"),
    "no case": N_("没有符合的情形"),
    "no such fact": N_("名册里没有填"),
    "no such subject": N_("没有对应的对象"),
    "no such place": N_("没有这个名次"),
    "not a number": N_("不是数"),
    "no root": N_("负数开不出方"),
    "all equal": N_("全部相同，无从比较"),
}

#: Findings of the count, with the parts it names. Older reasons hold the sentence they were given for (`findings.found_of`): one
#: worded anew would leave them without what they speak of.
_FINDINGS: Mapping[str, str] = {
    "quota_unmet": N_("“%(grade)s”少于规定：应有 %(wanted)s，现有 %(placed)s（共 %(n)s）"),
    "limit_exceeded": N_("“%(grade)s”超过规定：最多 %(wanted)s，现有 %(placed)s（共 %(n)s）"),
    "soft_limit_exceeded": N_("“%(grade)s”超过一般控制数：%(wanted)s，现有 %(placed)s（共 %(n)s），需要说明理由"),
    "target_missed": N_("“%(grade)s”与规定的数不同：应为 %(wanted)s，现有 %(placed)s（共 %(n)s）"),
    "in_no_tier": N_("有对象没有进入任何等次（共 %(n)s）"),
    "tie_unbroken": N_("“%(grade)s”的界线上有并列，办法没有分开的依据，按从严处理（共 %(n)s）"),
    "tie_at_edge": N_("“%(grade)s”的界线上有 %(placed)s 个并列，只有 %(wanted)s 个名额，已按约定的办法处理（共 %(n)s）"),
    "remainders_equal": N_("“%(grade)s”与别的等次余数相同，名额给了较好的等次，这一等次仍是 %(wanted)s（共 %(n)s）"),
    "cases_overlap": N_("各条本应互不重叠，却有两条同时成立，按先写的一条计算：%(n)s 个（%(who)s）"),
    "no_case": N_("没有一条管到：%(n)s 个没有这个数（%(who)s）"),
    "in_no_band": N_("不在任何一段里：%(n)s 个没有这个数（%(who)s）"),
    "no_row": N_("表里没有对应的一行：%(n)s 个没有这个数（%(who)s）"),
    "share_above_one": N_("占比超过 100%%，最高为 %(value)s，请核对人数：%(n)s 个（%(who)s）"),
    "weight_without_period": N_("写了权重的时期没有任何结果：%(periods)s"),
    "period_without_weight": N_("有结果的时期没有写权重，没有计入：%(periods)s"),
    "number_forgotten": N_("没有“%(name)s”这个数，因而没有结果，而多数有：%(who)s"),
    "no_ballots": N_("“%(group)s”有表可填，没有收到一张票"),
    "no_ballots_in": N_("“%(group)s”在 %(n)s 个单位有表可填，没有收到一张票：%(units)s"),
    "amount_ignored": N_("“%(kind)s”只数次数，%(rows)s 行写的数量没有用上（%(who)s）"),
    "amount_below_zero": N_("“%(kind)s”有 %(rows)s 行的数量是负数（%(who)s）"),
    "event_outside": N_("“%(kind)s”有 %(rows)s 行不在办法写明的起止日期之内，没有计入（%(who)s）"),
    "event_outside_period": N_("“%(kind)s”有 %(rows)s 行的日期不在 %(period)s 之内，仍已计入（%(who)s）"),
    "events_of_several_years": N_("%(kind)s 的日期从 %(first)s 年到 %(last)s 年，办法没有写起止日期，全部计入了（%(rows)s 行）"),
    "periods_unlike": N_("往期结果“%(quantity)s”的时期写法不一样：%(periods)s"),
    "period_not_earlier": N_("往期结果“%(quantity)s”里有不早于 %(period)s 的时期：%(periods)s"),
    "period_gap": N_("往期结果“%(quantity)s”要看最近 %(last)s 期，其中没有任何结果的：%(periods)s"),
    "period_outside": N_("往期结果“%(quantity)s”只看最近 %(last)s 期，没有用上的：%(periods)s"),
    "period_unlisted": N_("往期结果“%(quantity)s”里没有用上的时期：%(periods)s"),
    "row_unread": N_("“%(name)s”有 %(rows)s 行材料，没有一个结果用到（%(who)s）"),
    "share_among_points": N_("“%(name)s”里有小于 1 的数，别人的都是几十分：%(who)s，请核对是不是百分比"),
    "own_ballot_in_base": N_("所用的人数把本人也算在内，而本人不能评自己：%(n)s 个（%(who)s）"),
    "relation_self": N_("“%(name)s”写的是自己：%(who)s"),
    "relation_elsewhere": N_("“%(name)s”指向别的单位，而多数在本单位：%(who)s"),
    "relation_chain": N_("“%(name)s”指向的对象自己也有“%(name)s”，而多数没有：%(who)s"),
    "relation_missing": N_("没有“%(name)s”，也没有人指向：%(who)s"),
    "decision_idle": N_("“%(name)s”对 %(n)s 个没有结果的对象作了决定，没有起作用（%(who)s）"),
}

#: Findings of the opening: why a ballot did not count.
_REMARKS: Mapping[str, str] = {
    "unopenable": N_("打不开：不是封给这次评议的，或已被改动"),
    "damaged": N_("打开后不是本系统的格式"),
    "leaf_differs": N_("内容与投票时的回执对不上"),
    "no_credential": N_("没有对应的凭条或邀请"),
    "foreign_style": N_("填的不是这次评议的表"),
    "wrong_length": N_("项数与表不符"),
    "unknown_mark": N_("有表上没有的选项"),
    "limit_broken": N_("违反投票时就应拒收的限额“%(rule)s”"),
    "void_by_rule": N_("按办法作废：%(rule)s"),
}

_ROLES: Mapping[str, str] = {
    "weight": N_("权重"),
    "where": N_("条件"),
    "condition": N_("条件"),
    "when": N_("条件"),
    "case": N_("取"),
    "otherwise": N_("其余取"),
    "base": N_("基数"),
    "pool": N_("分组"),
    "rival": N_("同组"),
    "by": N_("并列时看"),
    "limit": N_("限"),
    "with": N_("补以"),
    "key": N_("按"),
    "left": N_("左边"),
    "right": N_("右边"),
    "numerator": N_("分子"),
    "denominator": N_("分母"),
}

#: Chosen where one sentence fits the verdict of a test: comparison sign -> words for "reaches" and for "does not".
_REACHED: Mapping[str, tuple[str, str]] = {
    ">=": (N_("达到 %(line)s"), N_("没有达到 %(line)s")),
    ">": (N_("超过 %(line)s"), N_("没有超过 %(line)s")),
    "<=": (N_("不超过 %(line)s"), N_("超过了 %(line)s")),
    "<": (N_("不到 %(line)s"), N_("没有低于 %(line)s")),
    "=": (N_("等于 %(line)s"), N_("不等于 %(line)s")),
}


def missing(reason: str) -> str:
    """Why there is no value, in words; an unknown code as it stands."""
    return _(_MISSING[reason]) if reason in _MISSING else reason


def finding(code: str, parts: Mapping[str, str]) -> str:
    """A finding of the count as a sentence; when its parts do not fill the sentence, code and parts as they stand."""
    if code in _FINDINGS:
        try:
            return _(_FINDINGS[code], **parts)
        except KeyError:
            pass
    return " · ".join([code, *(f"{name} {value}" for name, value in parts.items())])


def remark(what: str, rule: str) -> str:
    """Why a ballot did not count."""
    return _(_REMARKS[what], rule=rule) if what in _REMARKS else what


def role(word: str) -> str:
    """What an input is to the number above it; nothing for the ordinary operand."""
    return _(_ROLES[word]) if word in _ROLES else ""


def reached(sign: str, line: str, *, verdict: bool) -> str:
    """How a share stands to its line."""
    yes, no = _REACHED[sign]
    return _(yes if verdict else no, line=line)


def turning(votes: int | None) -> str:
    """How far from the line in whole votes."""
    if votes is None or votes == 0:
        return ""
    if votes > 0:
        return _("再多 %(n)s 票，结论就会改变", n=votes)
    return _("再少 %(n)s 票，结论就会改变", n=-votes)
