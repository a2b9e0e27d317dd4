"""How the classes lie: the middle and the quarters of each, from scores as they stand on pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.classes import ClassSummary, between_classes, summarise
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.presenting.charts import whiskers
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import standing
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.pools import pool_title, pools


@dataclass(frozen=True, kw_only=True)
class ClassRow:
    """One class in words: how many, middle, the stretch of the middle half, lowest and highest; `without`: how many have no
    score."""

    title: str
    size: int
    without: int
    middle: str
    half: str
    ends: str
    mean: str


@dataclass(frozen=True, kw_only=True)
class ClassesBeside:
    """Classes that one score grades, beside each other. `sentence`: how much of the differences is one between classes."""

    score: str
    rows: tuple[ClassRow, ...]
    sentence: str
    chart: Drawing


def of_report(loaded: Loaded) -> list[ClassesBeside]:
    """Every score with the classes it is of."""
    by_score = defaultdict[str, dict[str, tuple[list[Fraction], int]]](dict)
    for pool, codes in pools(loaded)[0].items():
        line = standing.line_of(loaded, codes[0]) if codes and loaded.lets("scores") else None
        if line is not None and line.score:
            values = list(standing.scores(loaded, line.score, pool).values())
            if values:
                title = pool_title(loaded, pool) or _("全部")
                by_score[line.score][title] = (values, len(codes) - len(values))
    return [_beside(loaded, key, classes) for key, classes in by_score.items()]


def _beside(loaded: Loaded, key: str, classes: dict[str, tuple[list[Fraction], int]]) -> ClassesBeside:
    rows, drawn = [], []
    for title, (values, without) in classes.items():
        found = summarise(values)
        if found is None:
            continue
        rows.append(_row(title, found, without))
        note = _("中间 %(middle)s，%(n)s 个", middle=_points(found.middle), n=found.size)
        drawn.append(whiskers.WhiskerRow(label=title, value=found.middle, low=found.low, high=found.high, note=note))
    part = between_classes({title: values for title, (values, _without) in classes.items()}).part
    score = loaded.view.title(key)
    return ClassesBeside(
        score=score,
        rows=tuple(rows),
        sentence=_part(part) if part is not None else "",
        chart=whiskers.whiskers(_("%(score)s：各类的中间和中间一半", score=score), drawn),
    )


def _part(part: Fraction) -> str:
    told = _("对象之间的差别，一百份里约 %(n)s 份是类与类之间的，其余是同一类里面的。", n=figures.number(part * 100, 0).text)
    return told + _("各类评的人和题目不同，哪一类高哪一类低不等于谁做得好；只在同一类里比。")


def _row(title: str, found: ClassSummary, without: int) -> ClassRow:
    stretch = _("%(low)s 到 %(high)s", low=_points(found.low), high=_points(found.high))
    ends = _("%(low)s 到 %(high)s", low=_points(found.least), high=_points(found.most))
    return ClassRow(
        title=title,
        size=found.size,
        without=without,
        middle=_points(found.middle),
        half=stretch,
        ends=ends,
        mean=_points(found.mean),
    )


def _points(value: Fraction) -> str:
    return figures.number(value, 1).text
