"""What a regulation leaves open, asked in plain words: every question with its answers, and what is answered when nobody says."""

from __future__ import annotations

from questionnaires.editing.places import Written
from questionnaires.language.words import CHOICES
from questionnaires.sections.policy import POLICY, PRESETS
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.scheme_desk.fields import DeskPanel, DeskRow, field

#: Keyword -> the question, and what each answer means.
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "base": (
        N_("“得票率”这样的比例，分母是什么？"),
        {
            "answered": N_("给了等次的票；不了解、弃权的不算"),
            "valid": N_("有效票；弃权、没填这一项的也算"),
            "returned": N_("收回的票，连作废的"),
            "issued": N_("发出的票"),
            "present": N_("到会的人"),
            "entitled": N_("应到的人"),
            "marked": N_("填过至少一项的票"),
        },
    ),
    "ties": (
        N_("两个人分数一样，名次怎么排？"),
        {
            "share": N_("并列，后面的空出名次：1、2、2、4"),
            "dense": N_("并列，后面的接着排：1、2、2、3"),
            "last": N_("并列的都取后一个名次：1、3、3、4"),
        },
    ),
    "tier_ties": (
        N_("最好的等次只有几个名额，正好卡在分数一样的人中间，怎么办？"),
        {
            "promote": N_("一样分的都评上，超过名额"),
            "demote": N_("一样分的都不评上，空着名额"),
            "share_worst": N_("按并列里最后一名的名次算"),
        },
    ),
    "empty_group": (
        N_("有一类评议人一张票也没有，怎么办？"),
        {
            "skip": N_("按其余几类的权重折算"),
            "zero": N_("这一类算零分"),
            "fail": N_("不评，不出总分"),
        },
    ),
    "empty_item": (
        N_("有一项没有人填，怎么办？"),
        {
            "skip": N_("按其余各项折算"),
            "zero": N_("这一项算零分"),
            "fail": N_("不评，不出总分"),
        },
    ),
    "missing_part": (
        N_("总分由几块合成，缺了一块，怎么办？"),
        {
            "skip": N_("按其余几块折算"),
            "zero": N_("缺的算零分"),
            "fail": N_("不评，不出总分"),
        },
    ),
    "quota_rounding": (
        N_("20% 的名额算出来是 3.6 个，取几个？"),
        {
            "half_up": N_("四舍五入，4 个"),
            "half_even": N_("四舍六入五成双"),
            "down": N_("舍去，3 个"),
            "up": N_("进一，4 个"),
            "largest_remainder": N_("各等次按余数大小补齐，总数正好"),
        },
    ),
    "limit_rounding": (
        N_("一张票上至多 20%，算出来是 1.6 个，许几个？"),
        {
            "inside": N_("不越过写明的比例，1 个"),
            "half_up": N_("四舍五入，2 个"),
            "down": N_("舍去，1 个"),
            "up": N_("进一，2 个"),
        },
    ),
    "rule_order": (
        N_("一种情况碰到两条规定，听哪一条？"),
        {
            "first": N_("写在前面的"),
            "exclusive": N_("不许有这种情况，碰到就报错"),
        },
    ),
}


def panels(root: Written) -> tuple[DeskPanel, ...]:
    """The form: one question a line; what is not answered is as the common policy has it, where the file goes by it."""
    policy = root.under("policy")
    preset = policy.under("preset") if policy is not None and policy.kind == "map" else policy
    usual = _usual(preset.text if preset is not None else "")
    rows = [_display(root, usual)]
    for key, (question, answers) in QUESTIONS.items():
        words = CHOICES[POLICY[key]]
        unsaid = _("照常用约定：%(answer)s", answer=_(answers[usual[key]])) if key in usual else _("没有定")
        options = [("", unsaid), *((words[answer][0], _(told)) for answer, told in answers.items())]
        rows.append(
            DeskRow(title=_(question), fields=(field(root, ("@policy", f"@{key}"), _("怎么定"), kind="select", options=options),))
        )
    rows.append(DeskRow(title=_("为什么这样定？"), fields=(field(root, ("@policy", "@because"), _("理由，随结果印出")),)))
    told = _("原文没有写明、由您选定的事。没有选的，用到时检查会说。")
    return (DeskPanel(key="policy", title=_("没写明的，这样定"), help=told, rows=tuple(rows)),)


def _display(root: Written, usual: dict[str, str]) -> DeskRow:
    modes = CHOICES["round"]
    options = [
        ("", _("照常用约定：四舍五入，两位小数") if usual else _("有几位写几位")),
        *(
            (f"{modes[mode][0]} {digits}", _("%(mode)s，%(digits)s 位小数", mode=modes[mode][0], digits=digits))
            for mode in ("half_up", "down")
            for digits in range(5)
        ),
    ]
    return DeskRow(
        title=_("结果显示几位小数？往下算仍用精确值。"),
        fields=(field(root, ("@policy", "@display"), _("怎么定"), kind="select", options=options),),
    )


def _usual(preset: str) -> dict[str, str]:
    """What the named policy says, by the words the code has for it."""
    for *names, settings in PRESETS.values():
        if preset.casefold() in names:
            known = {key: {both[0]: answer for answer, both in CHOICES[family].items()} for key, family in POLICY.items()}
            return {key: known[key][word] for key, word in settings.items() if key in known}
    return {}
