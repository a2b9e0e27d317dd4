"""The audit of what leaves, put in words for the office: by person and group what each kind of reader can say.

Lives here: order and words. May not live here: the inference (`release.auditing`), pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from analysis.numerals import shortened
from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.services.counting import counting
from survey_app.services.release import auditing, kept, reckoning
from survey_app.services.release.auditing import INSIDER, VERDICTS, AuditLine, InferredRange
from survey_app.services.release.readers import TITLES, ReaderKind
from survey_app.services.results.loaded import Loaded

VERDICT_WORDS: Mapping[str, str] = {
    "known": N_("推得出"),
    "narrow": N_("范围太窄"),
    "unproven": N_("没有证明藏得住"),
    "safe": N_("藏得住"),
}
STANDING_WORDS: Mapping[str, str] = {
    "signed": N_("署名"),
    "open": N_("不承诺匿名"),
    "shown": N_("照列"),
    "held": N_("不单独列出"),
}


@dataclass(frozen=True)
class ReaderShown:
    """What one kind of reader can say, in words. `verdict`: a key of `VERDICT_WORDS`."""

    reader: str
    verdict: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """One group's answers about one subject, in words, and as facts."""

    subject: str
    name: str
    group: str
    standing: str
    people: int
    readers: tuple[ReaderShown, ...]
    facts: AuditLine


def of_campaign(session: Session, campaign: Campaign, loaded: Loaded) -> list[AuditLine]:
    """The audit as facts: all that leaves now, and what left by earlier reports of this round. As it was kept with the decision;
    else worked out, once for one view."""

    def made() -> list[AuditLine]:
        found = kept.audit_of(loaded.stored.held, loaded.plan)
        if found is not None:
            return list(found.lines)
        return auditing.audit(loaded.counted.held, counting.left_before(session, campaign, loaded.stored))

    return loaded.view.once("audit", made)


def rows(loaded: Loaded, lines: list[AuditLine], *, held_only: bool = False) -> list[AuditRow]:
    """In words, the worst first; with `held_only` without groups of which nothing is held back."""
    found = [_row(loaded, line) for line in lines if line.ranges or not held_only]
    return sorted(found, key=lambda one: min((VERDICTS.index(reader.verdict) for reader in one.readers), default=len(VERDICTS)))


@dataclass(frozen=True)
class CostShown:
    """What was given up of one quantity, in words: at how many subjects it is not said, at how many it has fewer digits."""

    title: str
    gone: int
    coarser: int


def cost(loaded: Loaded) -> list[CostShown]:
    """What leaves less than the scheme says so that nothing can be inferred."""
    found = reckoning.given_up(loaded.counted.held)
    return [CostShown(loaded.view.title(key), one.gone, one.coarser) for key, one in found.items()]


def weighed(loaded: Loaded) -> list[str]:
    """What the decision took into account, sentence by sentence."""
    told = [
        _("票数、均分、得分和比例，按公布的位数"),
        _("名次、等次和提示，以及计算里走了哪一条：当作大于、小于的关系，连同上下的对象；假定看的人知道别的对象的准确得分"),
        _("本轮以前算出过的结果；本群体的人知道自己那一份"),
    ]
    return told if loaded.counted.held.verdicts_weighed else [told[0], told[2]]


def not_weighed(loaded: Loaded) -> list[str]:
    """What it did not, sentence by sentence: the quantities of this round first."""

    def made() -> Mapping[str, int]:
        found = kept.audit_of(loaded.stored.held, loaded.plan)
        return found.unweighed if found is not None else reckoning.unweighed(loaded.counted.held)

    found = loaded.view.once("not weighed", made)
    named = [_("“%(title)s”（%(n)s 个对象）", title=loaded.view.title(key), n=n) for key, n in found.items()]
    told = [_("%(which)s：不是按票数加权相加得来的，或由这样的数得来", which=listed(named))] if named else []
    if not loaded.counted.held.verdicts_weighed:
        told.append(_("名次、等次和提示：本轮计票时程序还不算它们"))
    return [
        *told,
        _("往年和别的测评公布过的数：只把接过来的算作已知"),
        _("看的人从别处知道的事；几种可能里哪一种更像（只看推得出的两端）"),
    ]


def _row(loaded: Loaded, line: AuditLine) -> AuditRow:
    person, group = loaded.people.get(line.subject), loaded.scheme.groups[line.group]
    return AuditRow(
        subject=line.subject,
        name=person.name if person else line.subject,
        group=group.title.in_(loaded.view.language),
        standing=_(STANDING_WORDS[line.standing]),
        people=line.people,
        readers=tuple(_shown(loaded, one) for one in line.ranges),
        facts=line,
    )


def _shown(loaded: Loaded, one: InferredRange) -> ReaderShown:
    reader = _("本群体的一个人") if one.reader == INSIDER else _(TITLES[ReaderKind(one.reader)])
    low, high = _number(one.least), _number(one.most)
    if one.item:
        item = loaded.scheme.items[one.item]
        choices = loaded.scheme.scales[item.scale].choices
        choice = next((two.label for two in choices if str(two.code) == one.choice), None)
        what = choice.in_(loaded.view.language) if choice else one.choice
        title = item.text.in_(loaded.view.language)
        told = _(
            "%(item)s：%(n)s 人里选“%(choice)s”的有 %(low)s 到 %(high)s 人",
            item=title,
            choice=what,
            n=one.people,
            low=low,
            high=high,
        )
    else:
        told = _(
            "%(figure)s里 %(n)s 人占的部分：%(low)s 到 %(high)s",
            figure=loaded.view.title(one.figure),
            n=one.people,
            low=low,
            high=high,
        )
    return ReaderShown(reader, one.verdict, told)


def _number(value: Fraction) -> str:
    return shortened(value, 2)
