"""What the statistics of a count say in plain words: who answered, how far each group agrees with itself, how groups differ.

The rule decides and the statistic warns: nothing here changes an outcome. Only answers that stand on pages are looked at; a group
of whom too few answered is left out with that reason. Where a figure is undefined the page says why, and prints none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.agreement import FAIR, STRONG, agreement
from analysis.statistics.silence import share_bounds
from questionnaires.model import Group
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Headcount
from survey_app.presenting import figures
from survey_app.presenting.charts import bars
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import attention
from survey_app.services.results.cells import Shown
from survey_app.services.results.loaded import Loaded

#: The words of agreement, strongest first, and what they are called.
WORDS: Mapping[str, str] = {
    "strong": N_("很一致"),
    "fair": N_("大体一致"),
    "weak": N_("不一致"),
    "cannot_be_judged": N_("无法判断"),
}
#: So many subjects on whom a group is most divided are named.
DIVIDED = 5


@dataclass(frozen=True, kw_only=True)
class GroupLine:
    """One rater group over the whole round. `response` and `margin` in words; `agreed`: how many (subject, item) by word."""

    title: str
    asked: int | None
    answered: int
    response: str
    margin: str
    agreed: tuple[int, ...]
    withheld: int
    means: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class DividedCell:
    """Where a group is divided: about whom, on what, with how many answers at each grade."""

    subject: str
    name: str
    group: str
    item: str
    counts: tuple[tuple[str, int], ...]
    index: float


@dataclass(frozen=True)
class FlagLine:
    """One flag with a line: about how many it was decided, raised, near its line, and not decided."""

    title: str
    decided: int
    raised: int
    near: int
    undecided: int


@dataclass(frozen=True, kw_only=True)
class PlainStatistics:
    """Everything the page says."""

    groups: tuple[GroupLine, ...]
    words: tuple[str, ...]
    chart: Drawing | None
    divided: tuple[DividedCell, ...]
    flags: tuple[FlagLine, ...]
    sampled: bool
    silent: tuple[attention.SilentGroup, ...]
    bounds: tuple[str, str]


def of_report(loaded: Loaded, heads: Sequence[Headcount]) -> PlainStatistics:
    """The statistics of this report, for the office."""
    judged = loaded.view.once("agreement", lambda: _judged(loaded))
    lines = tuple(_group(loaded, group, heads, judged) for group in loaded.scheme.groups.values())
    words = tuple(_(word) for word in WORDS.values())
    there = [one for one in lines if sum(one.agreed)]
    rows = [bars.BarRow(one.title, one.agreed, _("%(n)s 处", n=sum(one.agreed))) for one in there]
    return PlainStatistics(
        groups=lines,
        words=words,
        chart=bars.stacked(_("各评议主体内部的意见一致程度"), rows, words) if rows else None,
        divided=judged.divided,
        flags=tuple(_flags(loaded)),
        sampled=any(group.sampled for group in loaded.scheme.groups.values()),
        silent=attention.of_report(loaded, lambda: heads).silent,
        bounds=(f"{STRONG:.2f}", f"{FAIR:.2f}"),
    )


@dataclass(frozen=True)
class _Judged:
    """Agreement of every group on every item about every subject, counted by word; and where it is least."""

    words: Mapping[str, Counter[str]]
    withheld: Counter[str]
    divided: tuple[DividedCell, ...]


def _judged(loaded: Loaded) -> _Judged:
    scheme, view, language = loaded.scheme, loaded.view, loaded.view.language
    words: dict[str, Counter[str]] = {key: Counter() for key in scheme.groups}
    withheld, divided = Counter[str](), list[DividedCell]()
    choices = {
        key: [choice for choice in scheme.scales[item.scale].choices if choice.kind != "unknown"]
        for key, item in scheme.items.items()
    }
    for person in loaded.visible():
        for group, item in sorted(view.asked(person.code)):
            given = view.answers(person.code, group, item)
            if given is None:
                continue
            if given.withheld:
                withheld[group] += 1
                continue
            counts = [given.of(choice.code) for choice in choices[item]]
            found = agreement(counts)
            words[group][found.word] += 1
            if found.word == "weak" and found.index is not None:
                told = tuple((choice.label.in_(language), n) for choice, n in zip(choices[item], counts, strict=True))
                title, text = scheme.groups[group].title.in_(language), scheme.items[item].text.in_(language)
                divided.append(
                    DividedCell(subject=person.code, name=person.name, group=title, item=text, counts=told, index=found.index)
                )
    divided.sort(key=lambda one: (one.index, -sum(n for _label, n in one.counts)))
    return _Judged(words, withheld, tuple(divided[:DIVIDED]))


def _group(loaded: Loaded, group: Group, heads: Sequence[Headcount], judged: _Judged) -> GroupLine:
    entitled = [head.entitled for head in heads if head.group_key == group.key]
    asked = sum(one or 0 for one in entitled) if entitled and all(one is not None for one in entitled) else None
    books = [book for book in loaded.view.books() if book.group == group.key]
    answered = sum(book.cast - book.superseded for book in books)
    return GroupLine(
        title=group.title.in_(loaded.view.language),
        asked=asked,
        answered=answered,
        response=_response(group, answered, asked),
        margin=_margin(group),
        agreed=tuple(judged.words[group.key][word] for word in WORDS),
        withheld=judged.withheld[group.key],
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


def _margin(group: Group) -> str:
    if group.sampled:
        return _("抽样：换一批人会略有不同，误差写在“满意度”一页")
    return _("该请的都请了：没有抽样误差，没有作答的不是误差")


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


def _flags(loaded: Loaded) -> list[FlagLine]:
    close, raised = Counter(one.flag.key for one in attention.near(loaded)), attention.raised(loaded)
    found = []
    for key in loaded.scheme.layout.flags:
        flags = [flag for person in loaded.visible() for flag in loaded.view.flags(key, person.code)]
        decided = sum(flag.raised is not None for flag in flags)
        if decided and any(flag.votes is not None for flag in flags):
            found.append(FlagLine(loaded.view.title(key), decided, len(raised[key]), close[key], len(flags) - decided))
    return found
