"""Agreement, inside groups and between them (output 5): in words, with the two humps shown and not a coefficient.

Groups that differ see different things; that is no error of any of them, and none is put right by another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.agreement import AgreementFound, agreement, average_deviation
from analysis.statistics.coefficients import kendall
from analysis.statistics.reliability import nested_reliability
from questionnaires.model import Choice
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.presenting.charts import bars
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.pools import pool_title, pools

#: The words of agreement, strongest first, and what they are called.
WORDS: Mapping[str, str] = {
    "strong": N_("很一致"),
    "fair": N_("大体一致"),
    "weak": N_("不一致"),
    "cannot_be_judged": N_("无法判断"),
}
#: So many places where a group is most divided are shown, and so many subjects about whom groups differ most.
DIVIDED, DIFFERING = 5, 5
#: A mean of marks so reliable tells subjects apart: what patient-experience programmes ask for.
TELLS = Fraction(7, 10)
#: How far groups put a class into one order: least concordance for the word (Schmidt, 1997).
SAME_ORDER: tuple[tuple[Fraction, str], ...] = (
    (Fraction(7, 10), N_("大体相同")),
    (Fraction(3, 10), N_("有同有异")),
    (Fraction(-1), N_("各不相同")),
)


@dataclass(frozen=True, kw_only=True)
class DividedCell:
    """Where a group is divided: about whom, on what, how many at each grade; `camps`: two heaps with few between them."""

    subject: str
    name: str
    group: str
    item: str
    counts: tuple[tuple[str, int], ...]
    index: float
    apart: str
    camps: bool


@dataclass(frozen=True, kw_only=True)
class AgreementWithin:
    """Agreement of every group on every item about every subject, counted by word; where it is least; and by group: on how
    many items its marks tell subjects apart, of how many that can be looked at."""

    words: Mapping[str, Counter[str]]
    withheld: Counter[str]
    divided: tuple[DividedCell, ...]
    charts: tuple[Drawing, ...]
    telling: Mapping[str, tuple[int, int]]


def within(loaded: Loaded) -> AgreementWithin:
    """Agreement inside each group."""
    return loaded.view.once("agreement", lambda: _judged(loaded))


def _judged(loaded: Loaded) -> AgreementWithin:
    scheme, view = loaded.scheme, loaded.view
    words: dict[str, Counter[str]] = {key: Counter() for key in scheme.groups}
    withheld, divided = Counter[str](), list[tuple[DividedCell, Sequence[Choice]]]()
    marks = defaultdict[tuple[str, str], list[Counter[Fraction]]](list)
    known = dict[tuple[int, ...], AgreementFound]()
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
            counts = tuple(given.of(choice.code) for choice in choices[item])
            if counts not in known:  # small groups give the same counts over and over
                known[counts] = agreement(counts)
            found = known[counts]
            words[group][found.word] += 1
            points = Counter[Fraction]()
            for choice, count in zip(choices[item], counts, strict=True):
                if choice.value is not None:
                    points[choice.value] += count
            marks[group, item].append(points)
            if found.word == "weak" and found.index is not None:
                divided.append((_divided(loaded, (person.code, group, item), choices[item], counts, found.index), choices[item]))
    divided.sort(key=lambda one: (one[0].index, -sum(n for _label, n in one[0].counts)))
    shown = divided[:DIVIDED]
    return AgreementWithin(
        words=words,
        withheld=withheld,
        divided=tuple(one for one, _choices in shown),
        charts=_charts(shown),
        telling=_telling(marks),
    )


def _divided(
    loaded: Loaded, cell: tuple[str, str, str], choices: Sequence[Choice], counts: Sequence[int], index: float
) -> DividedCell:
    subject, group, item = cell
    language = loaded.view.language
    return DividedCell(
        subject=subject,
        name=loaded.people[subject].name,
        group=loaded.scheme.groups[group].title.in_(language),
        item=loaded.scheme.items[item].text.in_(language),
        counts=tuple((choice.label.in_(language), n) for choice, n in zip(choices, counts, strict=True)),
        index=index,
        apart=figures.number(average_deviation(counts) or Fraction(0), 1).text,
        camps=are_camps(counts),
    )


def are_camps(counts: Sequence[int]) -> bool:
    """Whether ratings make two heaps: the two commonest choices are no neighbours, none between them is as common, and the
    smaller is at least two people and a quarter of all: one alone is no camp."""
    if len(counts) < 3:
        return False
    first, second = sorted(sorted(range(len(counts)), key=lambda at: -counts[at])[:2])
    between, smaller = counts[first + 1 : second], min(counts[first], counts[second])
    return bool(between) and smaller >= 2 and 4 * smaller >= sum(counts) and max(between) < smaller


def _charts(shown: Sequence[tuple[DividedCell, Sequence[Choice]]]) -> tuple[Drawing, ...]:
    """The divided places drawn, those with the same choices in one chart."""
    by_scale = defaultdict[tuple[str, ...], list[bars.BarRow]](list)
    for one, _choices in shown:
        label = f"{one.name} · {one.item}"
        many = sum(n for _label, n in one.counts)
        row = bars.BarRow(label, tuple(n for _label, n in one.counts), _("%(group)s %(n)s 人", group=one.group, n=many))
        by_scale[tuple(label for label, _n in one.counts)].append(row)
    return tuple(bars.stacked(_("分歧最大的几处"), rows, titles) for titles, rows in by_scale.items())


def _telling(marks: Mapping[tuple[str, str], list[Counter[Fraction]]]) -> dict[str, tuple[int, int]]:
    """By group: on how many items its marks tell subjects apart, of how many that can be looked at."""
    found: dict[str, tuple[int, int]] = {}
    for (group, _item), rows in marks.items():
        reliability = nested_reliability(rows)
        if reliability.mean is not None:
            told, looked = found.get(group, (0, 0))
            found[group] = (told + (reliability.mean >= TELLS), looked + 1)
    return found


@dataclass(frozen=True, kw_only=True)
class DifferingSubject:
    """A subject about whom groups differ most: what each gave."""

    code: str
    name: str
    means: tuple[tuple[str, str], ...]
    gap: Fraction


@dataclass(frozen=True, kw_only=True)
class BetweenGroups:
    """One class: how far the groups put it into one order, in a word; `index` None with the reason told in `word`."""

    title: str
    quantity: str
    word: str
    subjects: int
    groups: tuple[str, ...]
    index: Fraction | None
    differing: tuple[DifferingSubject, ...]


def between(loaded: Loaded) -> list[BetweenGroups]:
    """Every class of which two groups or more gave figures that stand on pages."""
    if not (loaded.lets("groups") and loaded.scheme.layout.by_group):
        return []
    found = [_between(loaded, pool_title(loaded, pool), codes) for pool, codes in pools(loaded)[0].items()]
    return [one for one in found if one is not None]


def orders(between: Sequence[BetweenGroups]) -> str:
    """In how many classes the groups put everybody into much the same order, in how many not; in a sentence."""
    count = Counter(one.word for one in between if one.index is not None)
    parts = [_("%(word)s的 %(n)s 类", word=_(word), n=count[_(word)]) for _least, word in SAME_ORDER if count[_(word)]]
    if not parts:
        return _("各方都评了的太少，看不出各方排的先后一样不一样。")
    return _("各方把同一类的对象从好到差排下来：%(parts)s。", parts=_("，").join(parts))


def _between(loaded: Loaded, title: str, codes: Sequence[str]) -> BetweenGroups | None:
    """The first quantity by group of which this class has figures of two groups or more."""
    for key in loaded.scheme.layout.by_group:
        given = {group: _means(loaded, key, group, codes) for group in loaded.scheme.groups}
        groups = [group for group, means in given.items() if len(means) > 1]
        if len(groups) > 1:
            return _told(loaded, (title, key), {group: given[group] for group in groups}, codes)
    return None


def _means(loaded: Loaded, key: str, group: str, codes: Sequence[str]) -> dict[str, Fraction]:
    cells = ((code, loaded.view.cell(key, {"subject": code, "group": group})) for code in codes)
    return {code: cell.number.exact for code, cell in cells if cell.number is not None and not cell.missing}


def _told(
    loaded: Loaded, called: tuple[str, str], given: Mapping[str, Mapping[str, Fraction]], codes: Sequence[str]
) -> BetweenGroups:
    title, key = called
    titles = {group: loaded.scheme.groups[group].title.in_(loaded.view.language) for group in given}
    whole = [code for code in codes if all(code in means for means in given.values())]
    index = kendall([[means[code] for code in whole] for means in given.values()]).value if len(whole) > 2 else None
    differing = []
    for code in codes:
        own = {group: means[code] for group, means in given.items() if code in means}
        if len(own) > 1 and len(set(own.values())) > 1:
            told = tuple((titles[group], figures.number(mean, 1).text) for group, mean in own.items())
            gap = max(own.values()) - min(own.values())
            differing.append(DifferingSubject(code=code, name=loaded.people[code].name, means=told, gap=gap))
    differing.sort(key=lambda one: -one.gap)
    return BetweenGroups(
        title=title,
        quantity=loaded.view.title(key),
        word=_order_word(index, len(whole)),
        subjects=len(whole),
        groups=tuple(titles.values()),
        index=index,
        differing=tuple(differing[:DIFFERING]),
    )


def _order_word(index: Fraction | None, many: int) -> str:
    if index is None:
        return _("各方都评了的不足三个，看不出") if many < 3 else _("各方给的都一样，没有先后")
    return next(_(word) for least, word in SAME_ORDER if index >= least)
