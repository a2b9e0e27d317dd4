"""Who stands where in a class and who cannot be told apart: places with the range that a sample leaves open (output 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.ranks import Estimate, RankRange, joint_limits, layers, rank_ranges
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.presenting.charts import whiskers
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import sampled_scores, standing
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.pools import pool_title, pools
from survey_app.services.results.sampled_scores import NO_ERROR, Entitled

#: So many are drawn, and so many stand in a table; the rest is told.
DRAWN, LISTED = 40, 500


@dataclass(frozen=True, kw_only=True)
class PlacedRow:
    """One subject of a class: score with margin, place, places it may have, and its layer (from 1) of those not told apart."""

    person: Person
    score: str
    place: str
    layer: int


@dataclass(frozen=True, kw_only=True)
class RankedClass:
    """A class in order. `rows` and `chart` only where somebody was sampled; `left`: how many rows are not listed."""

    title: str
    score: str
    sentence: str
    missing: tuple[str, ...]
    rows: tuple[PlacedRow, ...] = ()
    chart: Drawing | None = None
    left: int = 0


def of_classes(loaded: Loaded, entitled: Entitled) -> list[RankedClass]:
    """Every class with a score."""
    found = []
    for pool, codes in pools(loaded)[0].items():
        line = standing.line_of(loaded, codes[0]) if codes and loaded.lets("scores") else None
        if line is None or not line.score:
            continue
        estimates, missing = sampled_scores.estimates(loaded, line.score, codes, entitled)
        if len(estimates) > 1:
            found.append(_ranked(loaded, pool_title(loaded, pool), line.score, estimates, missing))
    return found


def _ranked(loaded: Loaded, title: str, key: str, estimates: dict[str, Estimate], missing: Counter[str]) -> RankedClass:
    told = tuple(_("%(n)s 个：%(why)s", n=n, why=_(NO_ERROR[reason])) for reason, n in missing.items())
    score, values = loaded.view.title(key), list(estimates.values())
    if not any(one.error for one in values):
        ties = sum(many > 1 for many in Counter(one.score for one in values).values())
        sentence = _("%(n)s 个，该请的都请了：名次没有抽样误差，差一点也是差。", n=len(values))
        sentence += _("同分的并列，有 %(n)s 处。", n=ties) if ties else _("没有同分的。")
        return RankedClass(title=title, score=score, sentence=sentence, missing=told)
    ranges, ground, limits = rank_ranges(values), layers(values), joint_limits(values)
    codes = list(estimates)
    order = sorted(range(len(codes)), key=lambda at: -values[at].score)
    rows = [
        PlacedRow(
            person=loaded.people[codes[at]],
            score=_with_margin(values[at], limits[at]),
            place=place_words(ranges[at]),
            layer=ground[at] + 1,
        )
        for at in order
    ]
    drawn = [
        whiskers.WhiskerRow(
            label=row.person.name,
            value=Fraction(values[at].score),
            low=Fraction(limits[at][0]),
            high=Fraction(limits[at][1]),
            note=row.place,
            ground=ground[at],
        )
        for at, row in zip(order[:DRAWN], rows, strict=False)
    ]
    return RankedClass(
        title=title,
        score=score,
        sentence=_sentence(rows, ground),
        missing=told,
        rows=tuple(rows[:LISTED]),
        chart=whiskers.whiskers(_("%(title)s：名次可能在哪里", title=title or score), drawn),
        left=max(0, len(rows) - LISTED),
    )


def _sentence(rows: Sequence[PlacedRow], ground: Sequence[int]) -> str:
    many = max(ground) + 1
    if many == 1:
        return _("%(n)s 个都和最高的分不出先后：换一批人评就可能换位置，不要按名次奖惩。", n=len(rows))
    if many == len(rows):
        return _("%(n)s 个相邻的都分得出先后。", n=len(rows))
    return _("%(n)s 个分成 %(layers)s 层：同一层的和这一层最高的分不出先后，不要按这一点差别排队。", n=len(rows), layers=many)


def place_words(found: RankRange) -> str:
    """A place and those it may really be."""
    if found.least == found.most:
        return _("第 %(n)s", n=found.rank)
    return _("第 %(n)s，可能第 %(low)s 到第 %(high)s", n=found.rank, low=found.least, high=found.most)


def _with_margin(one: Estimate, limits: tuple[float, float]) -> str:
    score = figures.number(Fraction(one.score), 1).text
    reach = Fraction(limits[1] - one.score)
    return _("%(score)s ± %(reach)s", score=score, reach=figures.number(reach, 1).text) if reach else score
