"""How one subject stands: grade and score, where it is in its class, how far the next grade is in points and in marks.

Every number here follows from figures that stand on pages anyhow, as they stand there. What others of the class have is not shown
to whoever sees only their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import fixed
from analysis.ops.cells import BandsParams, Stretch
from analysis.spec import PlanStep
from survey_app.i18n import gettext as _
from survey_app.presenting.charts import strips
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import quotas
from survey_app.services.results.cells import Shown
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.pools import Pool, members, pool_of, pool_title, pools


@dataclass(frozen=True, kw_only=True)
class SubjectStanding:
    """The verdict about one subject. `steps`: how far to the next grades, in sentences; `chart`: its class."""

    tier_title: str
    tier: Shown | None
    score_title: str
    score: Shown | None
    pool: str
    place: str
    steps: tuple[str, ...]
    chart: Drawing | None


@dataclass(frozen=True, kw_only=True)
class ScoreLine:
    """What decides grades in a class: the score, and the grades that stretches of it stand for (none where places decide)."""

    tier: str
    score: str
    banded: str = ""
    bands: tuple[Stretch, ...] = ()


def of_subject(loaded: Loaded, code: str) -> SubjectStanding | None:
    """How this subject stands; None where neither a grade nor a score is released about it."""
    if not loaded.lets("scores"):
        return None
    line = line_of(loaded, code)
    if line is None:
        return None
    view, at = loaded.view, {"subject": code}
    tier = view.cell(line.tier, at) if line.tier else None
    score = view.cell(line.score, at) if line.score else None
    pool = pool_of(loaded, code)
    others = loaded.allowed is None
    return SubjectStanding(
        tier_title=view.title(line.tier) if line.tier else "",
        tier=tier,
        score_title=view.title(line.score) if line.score else "",
        score=score,
        pool=pool_title(loaded, pool),
        place=_place(loaded, line, code, pool) if others and score is not None else "",
        steps=tuple(_steps(loaded, line, code, pool)),
        chart=chart_of(loaded, line, pool, code) if others else own_chart(loaded, line, code),
    )


def line_of(loaded: Loaded, code: str) -> ScoreLine | None:
    """What decides the grade of this subject: found by following the grade down, so it is whatever the scheme says."""
    return loaded.view.lately(("line", code), lambda: _line(loaded, code))


def _line(loaded: Loaded, code: str) -> ScoreLine | None:
    layout, view, at = loaded.scheme.layout, loaded.view, {"subject": code}
    tier = next((key for key in layout.tiers if view.cell(key, at).applies), "")
    numbers = [key for key in layout.columns if _is_score(loaded, key) and view.cell(key, at).applies]
    steps = behind(loaded, tier) if tier else ()
    for step in steps:
        if isinstance(step.params, BandsParams) and step.params.of in numbers and view.node(step.name, at) is not None:
            return ScoreLine(tier=tier, score=step.params.of, banded=step.name, bands=step.params.rows)
    there = {step.name for step in steps}
    # of several scores behind a grade the one the scheme lists first: near the grade stand parts and corrections too
    score = next((key for key in numbers if key in there), "") or next(iter(numbers), "")
    return ScoreLine(tier=tier, score=score) if tier or score else None


def _is_score(loaded: Loaded, key: str) -> bool:
    info = loaded.scheme.quantities.get(key)
    return info is not None and info.kind == "number" and tuple(info.axes) == ("subject",)


def behind(loaded: Loaded, name: str) -> tuple[PlanStep, ...]:
    """A step and those it is made from, the near ones first."""
    return loaded.view.once(("behind", name), lambda: tuple(quotas.behind(loaded.report.plan, name)))


def scores(loaded: Loaded, key: str, pool: Pool) -> Mapping[str, Fraction]:
    """The scores of a pool as they stand on the pages: by subject, those that have one."""
    return loaded.view.once(("scores", key, pool), lambda: _scores(loaded, key, pool))


def _scores(loaded: Loaded, key: str, pool: Pool) -> dict[str, Fraction]:
    cells = ((code, loaded.view.cell(key, {"subject": code})) for code in members(loaded, pool))
    return {code: cell.number.exact for code, cell in cells if cell.number is not None and not cell.missing}


def _place(loaded: Loaded, line: ScoreLine, code: str, pool: Pool) -> str:
    values = scores(loaded, line.score, pool)
    if code not in values or len(values) < 2:
        return ""
    ahead, level = (sum(one > values[code] for one in values.values()), sum(one == values[code] for one in values.values()))
    told = _("%(n)s 个里第 %(place)s", n=len(values), place=ahead + 1)
    return _("%(told)s（与 %(n)s 个并列）", told=told, n=level - 1) if level > 1 else told


def _steps(loaded: Loaded, line: ScoreLine, code: str, pool: Pool) -> Iterator[str]:
    """How far the next grades are."""
    own = loaded.view.cell(line.score, {"subject": code}) if line.score else None
    if own is None or own.number is None or own.missing or not line.tier:
        return
    if line.bands:
        yield from _to_bands(loaded, line, code, own.number.exact)
    elif loaded.allowed is None:
        yield from _to_places(loaded, line, code, pool)


def _to_bands(loaded: Loaded, line: ScoreLine, code: str, own: Fraction) -> Iterator[str]:
    row = next((one for one in line.bands if one.holds(own)), None)
    if row is None:
        return
    title = "" if line.banded == line.tier else loaded.view.title(line.banded)
    for other in line.bands:
        called = _grade(loaded, line.banded, str(other.value))
        called = _("%(title)s“%(grade)s”", title=title, grade=called) if title else _("“%(grade)s”", grade=called)
        if row.high is not None and other.low == row.high:
            told = _("再高 %(points)s 分到%(grade)s", points=points(row.high - own), grade=called)
            yield told + _marks(loaded, line, code, row.high - own, beyond=not other.low_in)
        if row.low is not None and other.high == row.low:
            told = _("再低 %(points)s 分到%(grade)s", points=points(own - row.low), grade=called)
            yield told + _marks(loaded, line, code, row.low - own, beyond=not other.high_in)


def _to_places(loaded: Loaded, line: ScoreLine, code: str, pool: Pool) -> Iterator[str]:
    """Where places decide: the last of those a grade better, the first of those a grade worse."""
    values, grades = scores(loaded, line.score, pool), grades_of(loaded, line.tier, pool)
    if code not in grades or code not in values:
        return
    better = [one for one in values if one in grades and grades[one].order > grades[code].order]
    worse = [one for one in values if one in grades and grades[one].order < grades[code].order]
    if better:
        near = min(grades[one].order for one in better)
        edge = min((one for one in better if grades[one].order == near), key=values.__getitem__)
        yield from _edge(loaded, line, code, grades[edge].text, values[edge] - values[code], up=True)
    if worse:
        near = max(grades[one].order for one in worse)
        edge = max((one for one in worse if grades[one].order == near), key=values.__getitem__)
        yield from _edge(loaded, line, code, grades[edge].text, values[edge] - values[code], up=False)


def _edge(loaded: Loaded, line: ScoreLine, code: str, called: str, gap: Fraction, *, up: bool) -> Iterator[str]:
    told = points(abs(gap))
    if up and gap >= 0:
        yield _("比评为“%(grade)s”的最低一名低 %(points)s 分", grade=called, points=told) + _marks(
            loaded, line, code, gap, beyond=False
        )
    elif not up and gap <= 0:
        yield _("比评为“%(grade)s”的最高一名高 %(points)s 分", grade=called, points=told)
    elif up:
        yield _("得分并不低于评为“%(grade)s”的最低一名：等次另有原因，见下面", grade=called)


def _marks(loaded: Loaded, line: ScoreLine, code: str, gap: Fraction, *, beyond: bool) -> str:
    """The same in marks, for the office: the fewest that would have to be given otherwise, all else as it is."""
    if loaded.allowed is not None or not (loaded.lets("answers") and loaded.lets("groups")):
        return ""
    marks = loaded.view.marks_to(line.score, code, gap, beyond=beyond)
    return _("，至少 %(n)s 个评分改变才够", n=marks) if marks else ""


def _grade(loaded: Loaded, key: str, grade: str) -> str:
    info = loaded.scheme.quantities.get(key)
    if info is not None and grade in info.labels:
        return info.labels[grade].in_(loaded.view.language)
    return loaded.view.naming.grades.get(grade, grade)


def grades_of(loaded: Loaded, key: str, pool: Pool) -> Mapping[str, Shown]:
    """The grades of a pool as released: by subject, those that have one."""

    def made() -> dict[str, Shown]:
        cells = ((code, loaded.view.cell(key, {"subject": code})) for code in members(loaded, pool))
        return {code: cell for code, cell in cells if not cell.missing}

    return loaded.view.once(("grades", key, pool), made)


def chart_of(loaded: Loaded, line: ScoreLine, pool: Pool, code: str = "") -> Drawing | None:
    """Everybody of a class along the scale of its score, one of them told apart; None where fewer than two have a score."""
    values = scores(loaded, line.score, pool) if line.score else {}
    if len(values) < 2:
        return None
    title, own = loaded.view.title(line.score), values.get(code)
    text = loaded.view.cell(line.score, {"subject": code}).text if own is not None else ""
    bands = [strips.ScaleBand(_grade(loaded, line.banded, str(row.value)), row.low, row.high) for row in line.bands]
    least, most = min(values.values()), max(values.values())
    told = _(
        "%(pool)s，%(n)s 个，从 %(low)s 到 %(high)s",
        pool=pool_title(loaded, pool),
        n=len(values),
        low=points(least),
        high=points(most),
    )
    told = f"{told}；{text}" if text else told
    return strips.strip(title, told, tuple(values.values()), own=own, own_text=text, bands=bands, many=_each)


def own_chart(loaded: Loaded, line: ScoreLine, code: str) -> Drawing | None:
    """One subject alone in the grades that stretches of its score stand for: for whoever sees nobody else's figures."""
    cell = loaded.view.cell(line.score, {"subject": code}) if line.score else None
    if cell is None or cell.number is None or cell.missing or not line.bands:
        return None
    own, title = cell.number.exact, loaded.view.title(line.score)
    bands = [strips.ScaleBand(_grade(loaded, line.banded, str(row.value)), row.low, row.high) for row in line.bands]
    ends = sorted({end for row in line.bands for end in (row.low, row.high) if end is not None})
    below, above = [end for end in ends if end <= own][-2:], [end for end in ends if end > own][:2]
    called = _("%(score)s在各等次里的位置", score=title)
    return strips.strip(called, f"{title} {cell.text}", (), own=own, own_text=cell.text, bands=bands, holds=(*below, *above))


@dataclass(frozen=True, kw_only=True)
class ClassPicture:
    """A class as a whole: everybody along the scale of its score, and how many have each grade, with the places for it."""

    title: str
    score: str
    with_score: int
    size: int
    tiers: tuple[tuple[str, int | None, str], ...]
    chart: Drawing


def classes(loaded: Loaded) -> list[ClassPicture]:
    """Every class that has a score, in roster order. For whoever sees all of it."""
    return loaded.view.once("classes", lambda: list(_classes(loaded)))


def _classes(loaded: Loaded) -> Iterator[ClassPicture]:
    for pool, codes in pools(loaded)[0].items():
        line = line_of(loaded, codes[0]) if codes and loaded.lets("scores") else None
        chart = chart_of(loaded, line, pool) if line is not None else None
        if line is not None and chart is not None:
            score = loaded.view.title(line.score)
            with_score = len(scores(loaded, line.score, pool))
            yield ClassPicture(
                title=pool_title(loaded, pool),
                score=score,
                with_score=with_score,
                size=len(codes),
                tiers=_tiers(loaded, line, pool),
                chart=chart,
            )


def _tiers(loaded: Loaded, line: ScoreLine, pool: Pool) -> tuple[tuple[str, int | None, str], ...]:
    """How many of a class have each grade, best first, and how many there are places for where places give the grade.

    Places that are called otherwise than the grades stand last, without a number of subjects.
    """
    grades = grades_of(loaded, line.tier, pool) if line.tier else {}
    order = {cell.text: cell.order for cell in grades.values()}
    count = Counter(cell.text for cell in grades.values())
    step, places = quotas.of_pool(loaded.report, line.tier, members(loaded, pool)) if grades else ("", {})
    named = {_grade(loaded, step, grade): words for grade, words in places.items()}
    listed = sorted(order, key=order.__getitem__, reverse=True)
    counted = [(text, count[text], named.pop(text, "")) for text in listed]
    return (*counted, *((text, None, words) for text, words in named.items()))


def _each(n: int) -> str:
    return _("每一点代表 %(n)s 个", n=n)


def points(value: Fraction) -> str:
    """A distance in points: two digits are enough to act on, and a small one is not none."""
    shown = fixed(value, 2).rstrip("0").rstrip(".") if value.denominator != 1 else str(value)
    return shown if Fraction(shown) or not value else _("不到 0.01")
