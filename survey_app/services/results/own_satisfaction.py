"""What the public said of one subject: the index as the scheme computes it, the share satisfied by group, with a margin only
where the group is a sample. The same figures as on the page of satisfaction, through the same doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from questionnaires.model import SatisfactionQuestion
from survey_app.i18n import gettext as _
from survey_app.models import Headcount
from survey_app.presenting import figures
from survey_app.presenting.charts import dots
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import noise
from survey_app.services.results.cells import Answers, Shown
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.satisfaction import margin_of, margin_words
from survey_app.services.results.words import WITHHELD


@dataclass(frozen=True, kw_only=True)
class SaidByGroup:
    """One group's answers to one question: `share` in words, `told` its margin or why there is none; `part` for drawing."""

    group: str
    share: str
    told: str
    part: Fraction | None = None
    ends: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, kw_only=True)
class SaidOfSubject:
    """One question of the satisfaction page about this subject."""

    title: str
    index_title: str
    index: Shown | None
    groups: tuple[SaidByGroup, ...]
    chart: Drawing | None


def of_subject(loaded: Loaded, code: str, heads: Sequence[Headcount]) -> list[SaidOfSubject]:
    """Every question of the satisfaction page that was asked about this subject; none where the plan releases none."""
    if not loaded.lets("satisfaction"):
        return []
    view, people, found = loaded.view, noise.entitled(heads), []
    for question in loaded.scheme.layout.satisfaction:
        groups = [group for group in question.groups if (group, question.item) in view.asked(code)]
        said = tuple(_said(loaded, question, code, group, people) for group in groups)
        if not said:
            continue
        title = loaded.scheme.items[question.item].text.in_(view.language)
        found.append(
            SaidOfSubject(
                title=title,
                index_title=view.title(question.index) if question.index else "",
                index=view.cell(question.index, {"subject": code}) if question.index else None,
                groups=said,
                chart=_drawn(title, said),
            )
        )
    return found


def _said(loaded: Loaded, question: SatisfactionQuestion, code: str, group: str, people: noise.Entitled) -> SaidByGroup:
    own, title = loaded.scheme.groups[group], loaded.scheme.groups[group].title.in_(loaded.view.language)
    given = loaded.view.answers(code, group, question.item) or Answers()
    if given.withheld:
        return SaidByGroup(group=title, share=_(WITHHELD), told="")
    choices = loaded.scheme.scales[loaded.scheme.items[question.item].scale].choices
    answered = sum(given.of(choice.code) for choice in choices if choice.kind != "unknown")
    found = sum(given.of(choice.code) for choice in choices if choice.code in question.satisfied)
    asked = people.get((loaded.people[code].unit if own.own_unit else "", group))
    margin = margin_of(own, found, answered, asked)
    part = Fraction(found, answered) if answered else None
    ends = None
    if margin.least is not None and margin.most is not None:
        ends = (Fraction(margin.least), Fraction(margin.most))
    share = (
        "" if part is None else _("%(found)s / %(all)s = %(share)s", found=found, all=answered, share=figures.share(part).text)
    )
    return SaidByGroup(group=title, share=share, told=margin_words(margin, own, asked), part=part, ends=ends)


def _drawn(title: str, said: Sequence[SaidByGroup]) -> Drawing | None:
    rows = [
        dots.DotRow(
            label=one.group,
            share=one.part,
            note=figures.share(one.part).text,
            low=one.ends[0] if one.ends else None,
            high=one.ends[1] if one.ends else None,
        )
        for one in said
        if one.part is not None
    ]
    return dots.dots(_("%(title)s：满意率", title=title), rows) if rows else None
