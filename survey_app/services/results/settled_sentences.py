"""What a scheme took from its policy, one sentence each, and what the other answers would give."""

from __future__ import annotations

from questionnaires.doubting.settled import OtherAnswer, PolicyChoice
from survey_app.i18n import gettext as _
from survey_app.services.results.world_sentences import WorldSentences


def told(one: PolicyChoice, words: WorldSentences | None = None) -> list[str]:
    """The choice in a sentence, then each other answer in one; with `words`, by the small world that shows the difference."""
    first = _(
        "%(setting)s：方案没有另写的地方都取“%(answer)s”（第 %(line)s 行）。",
        setting=one.setting,
        answer=one.answer,
        line=one.line,
    )
    if one.others and all(other.idle for other in one.others):
        return [first + _("没有一处用到它。")]
    return [first, *(_other(other, words) for other in one.others if not other.idle)]


def _other(other: OtherAnswer, words: WorldSentences | None) -> str:
    if other.telling is not None and words is not None:
        shown = other.telling
        return _(
            "改取“%(answer)s”：例如%(world)s时，“%(quantity)s”由 %(one)s 变为 %(other)s。",
            answer=other.answer,
            world=words.world(shown.world),
            quantity=words.title(shown.quantity),
            one=words.value(shown.quantity, shown.written),
            other=words.value(shown.quantity, shown.instead),
        )
    if other.refused:
        return _("改取“%(answer)s”：方案读不通。", answer=other.answer)
    if other.tiers is None:
        return _("改取“%(answer)s”：结果可能不同。", answer=other.answer)
    if not (other.tiers or other.flags or other.numbers):
        return _("改取“%(answer)s”：按现有数据，没有一个结果不同。", answer=other.answer)
    return _(
        "改取“%(answer)s”：按现有数据，%(tiers)s 个对象等次不同，%(flags)s 个提示不同，%(numbers)s 个得分不同。",
        answer=other.answer,
        tiers=other.tiers,
        flags=other.flags,
        numbers=other.numbers,
    )
