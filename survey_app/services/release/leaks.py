"""What scores alone give away about few people, said to the office: before approval as a forecast, after the count as it is.

Lives here: a leak in a sentence with what to do about it, and the made-up count of a forecast. May not live here: how a leak is
found (`analysis.disclosure.leaks`), what is held back (`release`).

The forecast lets everybody who is entitled come and answer, not all of one mind, gives every other number the middle of its
range, and looks at what the scores of that count would show. A group whose size nobody said counts as large.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.leaks import Leak
from analysis.errors import AnalysisError
from analysis.evaluate import evaluate
from analysis.evidence import Component, Decision, Evidence, StyleBooks, Tally
from questionnaires.model import Scheme, Style
from questionnaires.styles import matches
from survey_app import bridge
from survey_app.i18n import N_, language, listed
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, Headcount, Rater
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import planned_styles
from survey_app.services.release import deciding
from survey_app.services.release import plan as release_plan
from survey_app.services.release.figure import Figure
from survey_app.services.release.union import Union
from survey_app.services.release.withholding import Held

#: What to do about a score that shows a small group.
REMEDY = N_("得分是结果，不能藏；请把这一类人与别的主体合并，或请他们署名，或在公布计划里写明不承诺匿名。")
REMEDY_COUNTED = N_("得分是结果，不能藏；公布以前请想好给谁看，不要再公布能与它相减的数，下一轮请把这一类人合并或改为署名。")
_MANY = 100  # raters of a group whose size nobody said
_NAMED = 5  # so many subjects are named


@dataclass(frozen=True)
class LeakNotice:
    """A leak: whose people (`groups`), how many, by which quantities it shows, and about whom (`subjects`, codes)."""

    groups: tuple[str, ...]
    raters: int
    insider: bool
    quantities: tuple[str, ...]
    subjects: tuple[str, ...]

    def sentence(self, scheme: Scheme, names: Mapping[str, str]) -> str:
        """One sentence: which numbers show how many people of which groups, and about whom."""
        tag = language()
        titles = [scheme.quantities[one].title.in_(tag) if one in scheme.quantities else one for one in self.quantities]
        groups = [scheme.groups[one].title.in_(tag) for one in self.groups]
        about = [names.get(one, one) for one in self.subjects[:_NAMED]]
        parts = {"what": listed(titles), "who": listed(groups), "n": self.raters}
        shown = _("%(what)s：合起来只关系到%(who)s的 %(n)s 人。", **parts)
        if self.insider:
            shown = _(
                "%(what)s：合起来只关系到%(who)s的 %(n)s 人，其中一人除去自己那份，就得出其余 %(rest)s 人的。",
                rest=self.raters - 1,
                **parts,
            )
        return shown + _("涉及 %(many)s 个对象：%(about)s。", many=len(self.subjects), about=listed(about))


def of_report(held: Held) -> list[LeakNotice]:
    """What the scores of a count show, as was found when it was decided what is held back."""
    return _told((subject, leak) for subject, decision in held.decided.items() for leak in decision.leaks)


def _told(leaks: Iterable[tuple[str, Leak]]) -> list[LeakNotice]:
    """Leaks by subject, put together where the same scores show as many people of the same groups; most subjects first."""
    found: dict[tuple[tuple[str, ...], int, bool, tuple[str, ...]], list[str]] = {}
    for subject, leak in leaks:
        quantities = tuple(dict.fromkeys(name.quantity for name, _factor in leak.combo if isinstance(name, Figure)))
        found.setdefault((leak.bodies, leak.raters, leak.kind == "insider", quantities), []).append(subject)
    every = [LeakNotice(*what, tuple(dict.fromkeys(subjects))) for what, subjects in found.items()]
    return sorted(every, key=lambda one: (-len(one.subjects), one.groups, one.raters))


def forecast(session: Session, campaign: Campaign) -> list[LeakNotice] | None:
    """What the scores would show of few people if everybody came.

    Parameters
    ----------
    session, campaign
        Read only; a draft's roster will do.

    Returns
    -------
    list of LeakNotice, or None
        None where such a count cannot be made up.
    """
    scheme, plan = scheme_of(campaign), release_plan.plan_of(session, campaign)
    styles = planned_styles(session, campaign, scheme)
    if not styles:
        return []
    raters = _raters(session, campaign)
    tally = _made_up(scheme, [(style, raters(style)) for style in styles])
    evidence = replace(bridge.evidence_of(session, campaign, tally), components=(), decisions=(), past=(), events=())
    try:
        report = evaluate(scheme.plan, _completed(scheme, evidence))
    except AnalysisError:
        return None
    return _told(
        (subject, leak) for subject, leaks in deciding.shown_by_scores(Union(report, scheme, plan)).items() for leak in leaks
    )


def _raters(session: Session, campaign: Campaign) -> Callable[[Style], int]:
    """How many people fill a style if everybody comes."""
    heads = {
        (head.unit.code if head.unit else "", head.group_key): head.entitled
        for head in session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id))
    }
    signed = Counter(session.scalars(select(Rater.group_key).where(Rater.campaign_id == campaign.id)))
    groups = scheme_of(campaign).groups

    def of(style: Style) -> int:
        if groups[style.group].signed:
            return 1 if style.excluded else signed[style.group]
        entitled = heads.get((style.unit, style.group))
        return _MANY if entitled is None else entitled

    return of


def _made_up(scheme: Scheme, sizes: list[tuple[Style, int]]) -> Tally:
    """Answers that go round the choices, so that no cell is of one mind."""
    counts: Counter[tuple[str, str, str, int]] = Counter()
    cells: dict[tuple[str, str, str], int] = {}
    books = []
    for at, (style, raters) in enumerate(sizes):
        for slot in style.slots:
            cell = (slot.subject, style.group, slot.item)
            choices = [one.code for one in scheme.scales[scheme.items[slot.item].scale].choices if one.kind != "unknown"]
            cells[cell] = max(choices, default=0)
            for rater in range(raters):
                counts[(*cell, choices[rater % len(choices)])] += 1
        books.append(
            StyleBooks(
                style=str(at),
                group=style.group,
                unit=style.unit,
                slots=style.slots,
                cast=raters,
                valid=raters,
                blank=0,
                invalid=0,
                superseded=0,
            )
        )
    return Tally({cell: tuple(counts[(*cell, code)] for code in range(most + 1)) for cell, most in cells.items()}, tuple(books))


def _completed(scheme: Scheme, evidence: Evidence) -> Evidence:
    """Other numbers in the middle of their range and the first of every choice, so that no score stays empty for want of them."""
    components = [
        Component(subject=subject.id, name=one.key, value=_middle(one.least, one.most))
        for one in scheme.components
        for subject in evidence.subjects
        if matches(one.where, subject.facts)
    ]
    decisions = [
        Decision(subject=subject.id, name=name, choice=choices[0], decider="", reason="", on="")
        for name, choices in scheme.decisions.items()
        for subject in evidence.subjects
    ]
    return replace(evidence, components=tuple(components), decisions=tuple(decisions))


def _middle(least: Fraction | None, most: Fraction | None) -> Fraction:
    return ((least or Fraction(0)) + (most if most is not None else (least or Fraction(0)) + 100)) / 2
