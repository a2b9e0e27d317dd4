"""Earlier rounds of the same: how one subject stood then, its own best, who held the post before, and what a difference means.

Every figure of an earlier round is read at that round's own door, as whoever asks may read it there now; a difference is one of
two figures as they stand on pages, so it says nothing that they do not. Rounds are of the same scheme, counted before this one,
of another period; a demonstration is nobody's earlier round but a demonstration's.

Threat answered to: somebody else's figures under one's name. A code alone is not enough: the name has to be the same, or the unit
and the post, and then it says who that was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.statistics.change import Change, change, fences, reach
from analysis.statistics.ranks import Estimate
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState, Headcount
from survey_app.presenting.charts import trends
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import noise
from survey_app.services.results.cells import Shown
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.points import signed
from survey_app.services.results.standing import ScoreLine, line_of, points

#: So many earlier rounds are looked back on.
ROUNDS = 4
#: A grade so many steps from the one before has changed a lot.
_STEPS = 2


@dataclass(frozen=True, eq=False)
class EarlierRound:
    """A round counted before this one, as the reader of this one may read it."""

    loaded: Loaded
    heads: Callable[[], Sequence[Headcount]]


@dataclass(frozen=True, kw_only=True)
class YearLine:
    """How it was in one round. `who`: whose figure, where it was somebody else's; `change`: of this one's against it;
    `error`: its standard error, where whoever reads may know of it."""

    period: str
    title: str
    who: str
    score: Shown
    tier: Shown | None
    change: str = ""
    meaning: str = ""
    changed_scheme: bool = False
    error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Years:
    """A subject over the rounds: the latest first, this one first of all; `best` its own best earlier one, in words."""

    score_title: str
    tier_title: str
    lines: tuple[YearLine, ...]
    best: str
    chart: Drawing | None


@dataclass(frozen=True, kw_only=True)
class LargeChange:
    """Somebody whose score or grade changed far more than the others' since the last round."""

    person: Person
    before: str
    after: str
    difference: Fraction | None

    @property
    def sentence(self) -> str:
        """What it was and is."""
        told = _("上次%(before)s，这次%(after)s", before=self.before, after=self.after)
        return told if self.difference is None else _("%(told)s，%(by)s", told=told, by=signed(self.difference))


def campaigns_before(session: Session, campaign: Campaign) -> list[Campaign]:
    """The rounds before this one, the latest first, however many there are; of one period the one counted last."""
    if campaign.counted is None:
        return []
    rows = session.scalars(
        select(Campaign)
        .where(
            Campaign.state == CampaignState.COUNTED,
            Campaign.scheme_key == campaign.scheme_key,
            Campaign.demo.is_(campaign.demo),
            Campaign.period != campaign.period,
            Campaign.counted < campaign.counted,
        )
        .order_by(Campaign.counted.desc(), Campaign.id.desc())
    )
    latest: dict[str, Campaign] = {}
    for row in rows:
        latest.setdefault(row.period, row)
    return list(latest.values())


def of_subject(loaded: Loaded, code: str, before: Sequence[EarlierRound], heads: Sequence[Headcount]) -> Years | None:
    """One subject over the rounds; None where no earlier one says anything about it."""
    line = line_of(loaded, code)
    if line is None or not line.score or not loaded.lets("scores"):
        return None
    person = loaded.people[code]
    own = loaded.view.cell(line.score, {"subject": code})
    tier = loaded.view.cell(line.tier, {"subject": code}) if line.tier else None
    now = YearLine(
        period=loaded.campaign.period,
        title=loaded.campaign.title,
        who="",
        score=own,
        tier=tier,
        error=_error(loaded, heads, line.score, code),
    )
    found = [then for one in before if (then := _then(loaded, person, one, line, now)) is not None]
    if not found:
        return None
    lines = (now, *found)
    return Years(
        score_title=loaded.view.title(line.score),
        tier_title=loaded.view.title(line.tier) if line.tier else "",
        lines=lines,
        best=_best(lines),
        chart=_drawn(loaded, line.score, lines, person),
    )


def counterpart(person: Person, earlier: Loaded) -> Person | None:
    """Who stood in this one's place in an earlier round: the same one, or who held the same post in the same unit."""
    then = earlier.people.get(person.code)
    if then is None or not earlier.may_see(then.code):
        return None
    same_post = then.unit_name == person.unit_name and then.duty == person.duty
    return then if then.name == person.name or same_post else None


def _then(loaded: Loaded, person: Person, one: EarlierRound, line: ScoreLine, now: YearLine) -> YearLine | None:
    """How it was in one earlier round; None where that says nothing about it."""
    earlier, then = one.loaded, counterpart(person, one.loaded)
    if then is None or not _comparable(loaded, earlier, line.score):
        return None
    cell = earlier.view.cell(line.score, {"subject": then.code})
    shown = line.tier in (*earlier.scheme.layout.columns, *earlier.scheme.layout.tiers)
    error = _error(earlier, one.heads(), line.score, then.code)
    by = _difference(now.score, cell)
    return (
        YearLine(
            period=earlier.campaign.period,
            title=earlier.campaign.title,
            who="" if then.name == person.name else then.name,
            score=cell,
            tier=earlier.view.cell(line.tier, {"subject": then.code}) if shown else None,
            change="" if by is None else signed(by),
            meaning="" if by is None or loaded.allowed is not None else _meaning(by, error, now.error),
            changed_scheme=earlier.campaign.scheme_digest != loaded.campaign.scheme_digest,
            error=error,
        )
        if cell.applies
        else None
    )


def _difference(now: Shown, then: Shown) -> Fraction | None:
    """Of two figures as they stand on pages."""
    if now.number is None or then.number is None or now.missing or then.missing:
        return None
    return now.number.exact - then.number.exact


def _error(loaded: Loaded, heads: Sequence[Headcount], key: str, code: str) -> float | None:
    """For the office alone, which reads the counts it follows from."""
    return noise.error_of(loaded, noise.entitled(heads), key, code) if loaded.allowed is None else None


def _comparable(loaded: Loaded, earlier: Loaded, key: str) -> bool:
    """Whether the earlier round has the same figure, released: a quantity of that name, of that kind, on the pages."""
    mine, theirs = loaded.scheme.quantities.get(key), earlier.scheme.quantities.get(key)
    shown = key in (*earlier.scheme.layout.columns, *earlier.scheme.layout.tiers)
    return shown and earlier.lets("scores") and mine is not None and theirs is not None and mine.kind == theirs.kind


def _meaning(by: Fraction, before: float | None, after: float | None) -> str:
    """What a difference says, beside the noise of samples."""
    if before is None or after is None:
        return _("误差没有算：不是各票数的简单合计，或有票数没有列出")
    return _said(change(Estimate(0.0, before), Estimate(float(by), after)))


def _said(found: Change) -> str:
    if found.verdict == "counted" or found.noise is None:
        return _("两次背后都没有抽样，没有抽样误差")
    around = points(Fraction(found.noise).limit_denominator(100))
    if found.verdict == "clear":
        return _("超过抽样误差（±%(n)s 分）", n=around)
    return _("在抽样误差（±%(n)s 分）以内，说明不了变化", n=around)


def _best(lines: Sequence[YearLine]) -> str:
    """Its own best round, where there is more than one to choose from and no other is as good."""
    own = [one for one in lines if not one.who and one.score.number is not None and not one.score.missing]
    if len(own) < 2:
        return ""
    best = max(own, key=lambda one: one.score.order)
    level = sum(one.score.order == best.score.order for one in own) > 1
    told = _("本人最好的一次是 %(period)s，%(score)s", period=best.period, score=best.score.text)
    return _("%(told)s（另有相同的）", told=told) if level else told


def _drawn(loaded: Loaded, score: str, lines: Sequence[YearLine], person: Person) -> Drawing | None:
    some = [one for one in lines if one.score.number is not None and not one.score.missing]
    if len(some) < 2:
        return None
    several = any(one.who for one in lines)
    return trends.trend(
        _("%(score)s：历次", score=loaded.view.title(score)),
        [
            trends.TrendPoint(
                period=one.period,
                value=one.score.number.exact if one.score.number is not None and not one.score.missing else None,
                text=one.score.text,
                who=(one.who or person.name) if several else "",
                margin=Fraction(reach(one.error)).limit_denominator(1000) if one.error else None,
            )
            for one in reversed(lines)
        ],
    )


def large_changes(loaded: Loaded, last: EarlierRound) -> tuple[LargeChange, ...]:
    """Whose score changed unlike the others' since the last round, or whose grade moved by more than a step; largest first."""
    key = ("large changes", last.loaded.stored.digest, last.loaded.roster, last.loaded.allowed, loaded.allowed)
    return loaded.view.once(key, lambda: tuple(_large(loaded, last.loaded)))


def _large(loaded: Loaded, earlier: Loaded) -> list[LargeChange]:
    if not loaded.lets("scores"):
        return []
    pairs = list(_pairs(loaded, earlier))
    ends: Mapping[str, tuple[Fraction, Fraction] | None] = {
        key: fences([by for _p, other, _then_, by, _t in pairs if other == key and by is not None])
        for key in {other for _p, other, _then_, _by, _t in pairs}
    }
    found = []
    for person, key, then, by, tiers in pairs:
        fence = ends[key]
        far = by is not None and fence is not None and not fence[0] <= by <= fence[1]
        moved = tiers is not None and _steps_between(tiers) >= _STEPS
        if far or moved:
            now = loaded.view.cell(key, {"subject": person.code})
            before, after = then.text, now.text
            if tiers is not None and tiers[0].text != tiers[1].text:
                before, after = f"{before} {tiers[0].text}", f"{after} {tiers[1].text}"
            found.append(LargeChange(person=person, before=before, after=after, difference=by))
    return sorted(found, key=lambda one: -abs(one.difference or Fraction(0)))


#: Who, the score's quantity, what it was, by how much it changed, and the grades then and now.
_Pair = tuple[Person, str, Shown, Fraction | None, tuple[Shown, Shown] | None]


def _pairs(loaded: Loaded, earlier: Loaded) -> Iterator[_Pair]:
    """Everybody who was the same one in both rounds and has figures in both."""
    for person in loaded.visible():
        line, then = line_of(loaded, person.code), counterpart(person, earlier)
        if line is None or not line.score or then is None or then.name != person.name:
            continue
        if not _comparable(loaded, earlier, line.score):
            continue
        at = {"subject": person.code}
        before, now = earlier.view.cell(line.score, at), loaded.view.cell(line.score, at)
        tiers = None
        if line.tier and line.tier in earlier.scheme.layout.tiers:
            pair = (earlier.view.cell(line.tier, at), loaded.view.cell(line.tier, at))
            tiers = None if any(one.missing for one in pair) else pair
        yield person, line.score, before, _difference(now, before), tiers


def _steps_between(tiers: tuple[Shown, Shown]) -> int:
    """How many steps of grades lie between two, as far as both rounds order them alike."""
    (kind, before, _b), (other, after, _a) = tiers[0].order, tiers[1].order
    return int(abs(after - before)) if kind == other == 0 else 0
