"""What the statistics of a count say in plain words: the eight outputs, put together for one page.

The rule decides and the statistic warns: nothing here changes an outcome. Only answers that stand on pages are looked at; a group
of whom too few answered is left out with that reason. Where a figure is undefined the page says why, and prints none. Each output
stands in a file of its own: `answering` (1, 3), `satisfaction` (2, per place), `apart` (4), `agreeing` (5), `steadiness` (6),
`yearly` (7), `data_quality` (8), and `class_figures`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.agreement import FAIR, STRONG
from analysis.statistics.silence import share_bounds
from questionnaires.model import Group
from survey_app.i18n import gettext as _
from survey_app.models import Headcount
from survey_app.presenting import figures
from survey_app.presenting.charts import bars
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import (
    agreeing,
    answering,
    apart,
    attention,
    class_figures,
    data_quality,
    satisfaction,
    steadiness,
    yearly,
)
from survey_app.services.results.agreeing import WORDS, AgreementWithin, BetweenGroups
from survey_app.services.results.apart import RankedClass
from survey_app.services.results.cells import Shown
from survey_app.services.results.class_figures import ClassesBeside
from survey_app.services.results.data_quality import DataQuality
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.sampled_scores import entitled_of
from survey_app.services.results.satisfaction import TypicalMargin
from survey_app.services.results.steadiness import Steadiness
from survey_app.services.results.yearly import RoundBefore, YearOnYear


@dataclass(frozen=True, kw_only=True)
class GroupLine:
    """One rater group over the whole round. `response` and `margin` in words; `agreed`: how many (subject, item) by word;
    `tells`: on how many items its marks tell subjects apart."""

    title: str
    asked: int | None
    answered: int
    response: str
    margin: str
    agreed: tuple[int, ...]
    withheld: int
    tells: str
    means: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class PlainStatistics:
    """Everything the page says."""

    groups: tuple[GroupLine, ...]
    words: tuple[str, ...]
    chart: Drawing | None
    response_chart: Drawing | None
    responses: tuple[answering.ResponseRow, ...]
    judged: AgreementWithin
    between: tuple[BetweenGroups, ...]
    order_words: str
    flags: tuple[answering.FlagLine, ...]
    margins: tuple[TypicalMargin, ...]
    ranked: tuple[RankedClass, ...]
    classes: tuple[ClassesBeside, ...]
    steady: Steadiness
    years: YearOnYear
    quality: DataQuality
    sampled: bool
    silent: tuple[attention.SilentGroup, ...]
    bounds: tuple[str, str]


def of_report(loaded: Loaded, heads: Sequence[Headcount], earlier: RoundBefore | None = None) -> PlainStatistics:
    """The statistics of this report, for the office; `earlier`: the round before it, for what changed."""
    judged, entitled = agreeing.within(loaded), entitled_of(heads)
    between = tuple(agreeing.between(loaded))
    cast = answering.by_group(loaded)
    lines = tuple(_group(loaded, group, heads, judged, cast) for group in loaded.scheme.groups.values())
    words = tuple(_(word) for word in WORDS.values())
    there = [one for one in lines if sum(one.agreed)]
    rows = [bars.BarRow(one.title, one.agreed, _("%(n)s 处", n=sum(one.agreed))) for one in there]
    return PlainStatistics(
        groups=lines,
        words=words,
        chart=bars.stacked(_("各评议主体内部的意见一致程度"), rows, words, steps=(1, 3, 5, 4)) if rows else None,
        response_chart=_response_chart(loaded, lines),
        responses=tuple(answering.responses(loaded, entitled)),
        judged=judged,
        between=between,
        order_words=agreeing.orders(between),
        flags=tuple(answering.flags(loaded, entitled)),
        margins=tuple(satisfaction.margins(loaded, list(heads))),
        ranked=tuple(apart.of_classes(loaded, entitled)),
        classes=tuple(class_figures.of_report(loaded)),
        steady=steadiness.of_report(loaded),
        years=yearly.of_rounds(loaded, entitled, earlier),
        quality=data_quality.of_report(loaded),
        sampled=any(group.sampled for group in loaded.scheme.groups.values()),
        silent=attention.of_report(loaded, lambda: heads).silent,
        bounds=(f"{STRONG:.2f}", f"{FAIR:.2f}"),
    )


def _response_chart(loaded: Loaded, lines: Sequence[GroupLine]) -> Drawing | None:
    """Answered and silent of each group that was asked in full and counted; None where there is none."""
    asked = {group.title.in_(loaded.view.language) for group in loaded.scheme.groups.values() if answering.in_full(group)}
    rows = [
        bars.BarRow(one.title, (one.answered, one.asked - one.answered), _("应到 %(n)s", n=one.asked))
        for one in lines
        if one.title in asked and one.asked and one.answered <= one.asked
    ]
    return bars.stacked(_("各评议主体：作答和没有作答的"), rows, (_("作答"), _("没有作答")), steps=(3, 4)) if rows else None


def _group(
    loaded: Loaded, group: Group, heads: Sequence[Headcount], judged: AgreementWithin, cast: Mapping[str, int]
) -> GroupLine:
    entitled = [head.entitled for head in heads if head.group_key == group.key]
    asked = sum(one or 0 for one in entitled) if entitled and all(one is not None for one in entitled) else None
    answered = cast.get(group.key, 0)
    told, looked = judged.telling.get(group.key, (0, 0))
    return GroupLine(
        title=group.title.in_(loaded.view.language),
        asked=asked,
        answered=answered,
        response=_response(group, answered, asked),
        margin=_margin(loaded, group),
        agreed=tuple(judged.words[group.key][word] for word in WORDS),
        withheld=judged.withheld[group.key],
        tells=_("%(n)s 项里 %(told)s 项", n=looked, told=told) if looked else _("看不出"),
        means=tuple(_means(loaded, group.key)),
    )


def _response(group: Group, answered: int, asked: int | None) -> str:
    if asked is None:
        return _("应到人数没有登记，算不出应答率")
    if not asked:
        return _("应到人数是 0，算不出应答率")
    if answered > asked:
        return _("作答的比应到的多；请查明")
    if group.sampled and not group.drawn:
        return _("抽样：应到是总体人数，不算应答率")
    silent = share_bounds(answered, answered, asked).silent
    return (
        _("%(share)s；%(n)s 人没有作答，他们会怎么说不知道", share=figures.share(Fraction(answered, asked)).text, n=silent)
        if silent
        else _("都答了")
    )


def _margin(loaded: Loaded, group: Group) -> str:
    if not group.sampled:
        return ""
    if any(group.key in question.groups for question in loaded.scheme.layout.satisfaction):
        return _("抽样：换一批人会略有不同，误差写在“满意度”一页")
    return _("抽样：换一批人会略有不同，对得分的影响见“名次”")


def _means(loaded: Loaded, group: str) -> list[tuple[str, str]]:
    """What each group gave on the whole: the mean over subjects of the quantities by group, from figures as released."""
    if not loaded.lets("groups"):
        return []
    found = []
    for key in loaded.scheme.layout.by_group:
        cells = [loaded.view.cell(key, {"subject": person.code, "group": group}) for person in loaded.visible()]
        values = [_exact(cell) for cell in cells if cell.number is not None and not cell.missing]
        if values:
            share = any(cell.number is not None and cell.number.percent for cell in cells)
            mean = sum(values, Fraction(0)) / len(values)
            found.append((loaded.view.title(key), (figures.share(mean) if share else figures.number(mean, 1)).text))
    return found


def _exact(cell: Shown) -> Fraction:
    return cell.number.exact if cell.number is not None else Fraction(0)
