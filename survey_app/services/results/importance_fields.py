"""Importance against performance: what goes with the satisfaction of the public, beside how well each thing is done.

Importance is derived: no scheme asks for it yet, and the page says so. It follows from distributions as they stand on pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.importance import PLACES, POINTS, Placed, correlation, quadrants
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.presenting.charts import quadrants as drawing
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results.loaded import Loaded, Person

#: What each field is called, and what is to be done there.
FIELDS: Mapping[str, str] = {
    "improve": N_("先改：要紧，做得比别的差"),
    "keep": N_("保持：要紧，做得好"),
    "later": N_("缓一缓：不太要紧，做得也不好"),
    "enough": N_("够了：不太要紧，做得好"),
}


@dataclass(frozen=True, kw_only=True)
class ImportanceRow:
    """One item: how closely it goes with satisfaction on the whole (0 to 1, in words), how well it is done, and its field;
    `switches`: another way to draw the cross would put it elsewhere."""

    item: str
    importance: str
    performance: str
    field: str
    switches: str


@dataclass(frozen=True, kw_only=True)
class ImportanceOfItems:
    """One group: its items in four fields, or the reason why that cannot be said. `overall`: the question importance is derived
    from."""

    group: str
    overall: str
    places: int
    reason: str = ""
    rows: tuple[ImportanceRow, ...] = ()
    chart: Drawing | None = None


def of_report(loaded: Loaded) -> list[ImportanceOfItems]:
    """Every group of the satisfaction page that was asked more than satisfaction on the whole: the first question of the page."""
    asked = loaded.scheme.layout.satisfaction
    if not asked or not (loaded.lets("satisfaction") and loaded.lets("answers")):
        return []
    groups = dict.fromkeys(group for question in asked for group in question.groups)
    found = [_of_group(loaded, group, asked[0].item) for group in groups]
    return [one for one in found if one is not None]


def _of_group(loaded: Loaded, group: str, overall: str) -> ImportanceOfItems | None:
    people = [one for one in loaded.visible() if (group, overall) in loaded.view.asked(one.code)]
    there = {item for one in people for owner, item in loaded.view.asked(one.code) if owner == group and item != overall}
    items = [item for item in loaded.scheme.items if item in there]
    if not people or not items:
        return None
    whole = {one.code: _done(loaded, one, group, overall) for one in people}
    scheme, language = loaded.scheme, loaded.view.language
    points, names, reasons = dict[str, tuple[float, float]](), dict[str, str](), set[str]()
    for item in items:
        done = {one.code: _done(loaded, one, group, item) for one in people}
        pairs = [(mine, other) for code, mine in done.items() if mine is not None and (other := whole[code]) is not None]
        found = correlation([one for one, _other in pairs], [other for _one, other in pairs])
        if found.value is None:
            reasons.add(found.reason)
            continue
        names[item] = scheme.items[item].text.in_(language)
        points[item] = (found.value, float(sum((one for one, _other in pairs), Fraction(0)) / len(pairs)))
    placed = quadrants(points)
    return ImportanceOfItems(
        group=scheme.groups[group].title.in_(language),
        overall=scheme.items[overall].text.in_(language),
        places=len(people),
        reason="" if placed else _reason(len(people), len(items), reasons),
        rows=tuple(_row(names[one.key], one) for one in placed),
        chart=_chart(names, placed) if placed else None,
    )


def _reason(places: int, items: int, reasons: set[str]) -> str:
    if places < PLACES:
        return _("只有 %(n)s 处，看不出哪一项跟着总的满意走；至少要 %(least)s 处。", n=places, least=PLACES)
    if items < POINTS:
        return _("除了总的满意只问了 %(n)s 项，分不出四个区；至少要 %(least)s 项。", n=items, least=POINTS)
    if "no_variation" in reasons:
        return _("有的项目各处都一样，看不出它要不要紧。")
    return _("公布的地方太少，看不出哪一项要紧。")


def _done(loaded: Loaded, person: Person, group: str, item: str) -> Fraction | None:
    """How well an item is done at a place, as a part of full marks; None where nothing may be said or nobody answered."""
    given = loaded.view.answers(person.code, group, item)
    choices = [one for one in loaded.scheme.scales[loaded.scheme.items[item].scale].choices if one.value is not None]
    best = max((one.value for one in choices if one.value is not None), default=Fraction(0))
    if given is None or given.withheld or not best:
        return None
    size = sum(given.of(one.code) for one in choices)
    return (
        sum((one.value * given.of(one.code) for one in choices if one.value is not None), Fraction(0)) / size / best
        if size
        else None
    )


def _row(name: str, one: Placed) -> ImportanceRow:
    return ImportanceRow(
        item=name,
        importance=figures.number(Fraction(one.importance), 2).text,
        performance=figures.share(Fraction(one.performance), 0).text,
        field=_(FIELDS[one.field]),
        switches=_("十字画在正中会换到“%(field)s”", field=_(FIELDS[one.other])) if one.other else "",
    )


def _chart(names: Mapping[str, str], placed: list[Placed]) -> Drawing:
    middle = [sum(values) / len(placed) for values in ([one.performance for one in placed], [one.importance for one in placed])]
    points = [
        drawing.QuadrantPoint(
            label=names[one.key],
            across=Fraction(one.performance),
            up=Fraction(one.importance),
            note=_(FIELDS[one.field]),
        )
        for one in placed
    ]
    short = [_("先改"), _("保持"), _("缓一缓"), _("够了")]
    axes = drawing.Axes(
        across=_("做得怎样"),
        up=_("要不要紧"),
        cross=(Fraction(middle[0]), Fraction(middle[1])),
        fields=(short[0], short[1], short[2], short[3]),
    )
    return drawing.quadrants(_("要紧不要紧，做得怎样"), points, axes)
