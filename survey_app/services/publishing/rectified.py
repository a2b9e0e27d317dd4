"""Before and after rectification: what was to be put right after the last round, and what the public says now.

For the office alone, which keeps the matters. Figures are those that stand on the satisfaction pages of both rounds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from analysis.statistics.change import share_change
from questionnaires.model import SatisfactionQuestion
from survey_app.i18n import gettext as _
from survey_app.services.publishing import matters
from survey_app.services.publishing.matters import MatterLine
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.sampled_scores import Entitled
from survey_app.services.results.satisfaction import GroupShare, share_of
from survey_app.services.results.yearly import RoundBefore, signed


@dataclass(frozen=True, kw_only=True)
class BeforeAfter:
    """One question and group about the subject of a rectification: shares of satisfied before and after, and what the change
    means."""

    question: str
    group: str
    before: str
    after: str
    change: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Rectified:
    """One rectification of the last round: about whom, what, from when, done when (None: not yet), and what is said since."""

    person: Person
    said: str
    opened: dt.datetime
    done: dt.datetime | None
    period: str
    compared: tuple[BeforeAfter, ...]


def of_rounds(
    session: Session, loaded: Loaded, entitled: Entitled, earlier: RoundBefore | None, *, now: dt.datetime
) -> list[Rectified]:
    """Every rectification of the last round about somebody who is in this one, the newest first."""
    if earlier is None or loaded.allowed is not None or not (loaded.lets("satisfaction") and earlier.loaded.lets("satisfaction")):
        return []
    lines = [one for one in matters.lines(session, earlier.loaded.campaign, now=now) if one.kind.key == "rectification"]
    found = [_one(loaded, entitled, earlier, one) for one in lines if one.matter.subject in loaded.people]
    return sorted(found, key=lambda one: one.opened, reverse=True)


def _one(loaded: Loaded, entitled: Entitled, earlier: RoundBefore, line: MatterLine) -> Rectified:
    person = loaded.people[line.matter.subject]
    return Rectified(
        person=person,
        said=line.matter.said,
        opened=line.matter.opened,
        done=line.closing.written if line.closing is not None else None,
        period=earlier.loaded.campaign.period,
        compared=tuple(_compared(loaded, entitled, earlier, person)),
    )


def _compared(loaded: Loaded, entitled: Entitled, earlier: RoundBefore, person: Person) -> list[BeforeAfter]:
    """Every question that both rounds asked a group about this subject, where both figures stand on pages."""
    then = {question.item: question for question in earlier.loaded.scheme.layout.satisfaction}
    there = earlier.loaded.people.get(person.code)
    found = []
    for question in loaded.scheme.layout.satisfaction:
        old = then.get(question.item)
        for group in question.groups if old is not None and there is not None and there.name == person.name else ():
            if old is None or there is None or group not in old.groups or not _asked(loaded, person, group, question):
                continue
            if not _asked(earlier.loaded, there, group, old) or _labels(loaded, question) != _labels(earlier.loaded, old):
                continue
            before = share_of(earlier.loaded, old, there, group, earlier.entitled)
            after = share_of(loaded, question, person, group, entitled)
            if before.part is not None and after.part is not None:
                found.append(told(loaded, question, before, after))
    return found


def _asked(loaded: Loaded, person: Person, group: str, question: SatisfactionQuestion) -> bool:
    return (group, question.item) in loaded.view.asked(person.code)


def _labels(loaded: Loaded, question: SatisfactionQuestion) -> list[tuple[str, bool]]:
    """The choices and which of them count as satisfied: other words make another figure."""
    choices = loaded.scheme.scales[loaded.scheme.items[question.item].scale].choices
    return [(one.key, one.code in question.satisfied) for one in choices]


def told(loaded: Loaded, question: SatisfactionQuestion, before: GroupShare, after: GroupShare) -> BeforeAfter:
    """Two shares of one question and group beside each other, and what their difference means."""
    difference = float((after.part or 0) - (before.part or 0)) * 100
    return BeforeAfter(
        question=loaded.scheme.items[question.item].text.in_(loaded.view.language),
        group=after.group,
        before=_("%(share)s（%(found)s/%(all)s）", share=before.share, found=before.found, all=before.answered),
        after=_("%(share)s（%(found)s/%(all)s）", share=after.share, found=after.found, all=after.answered),
        change=_("%(n)s 个百分点", n=signed(difference)),
        sentence=_meaning(before, after),
    )


def _meaning(before: GroupShare, after: GroupShare) -> str:
    """Whether the change is more than chance makes between two samples; a complete count has no chance in it."""
    if before.ends is None and after.ends is None:
        return _("两次都不是抽样：变动就是票数的差；是不是整改带来的，要看做了什么。")
    low, high = share_change((before.found, before.answered), (after.found, after.answered))
    if low <= 0 <= high:
        return _("变动不大于抽样本身的波动，不能说变好或变坏了。")
    told = _("变动大于抽样的波动（%(low)s 到 %(high)s 个百分点）", low=signed(low * 100), high=signed(high * 100))
    return _("%(told)s；是不是整改带来的，要看做了什么。", told=told)
