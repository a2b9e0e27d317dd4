"""Real change or noise (output 7): this round beside the last one of the same scheme, figures of both as they stand on pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.statistics.change import Change, change
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.presenting import figures
from survey_app.presenting.charts import whiskers
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.books import headcounts
from survey_app.services.results import loaded as results
from survey_app.services.results import sampled_scores, standing
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.pools import pools
from survey_app.services.results.sampled_scores import Entitled

#: What is said of a change.
VERDICTS: Mapping[str, str] = {
    "counted": N_("两次都是全数"),
    "clear": N_("大于抽样的波动"),
    "noise": N_("分不清是变了还是抽样的波动"),
}
DRAWN, LISTED = 30, 500


@dataclass(frozen=True, kw_only=True)
class YearPair:
    """One subject in both rounds: scores, the change, what chance alone produces ("" where nobody was sampled), and the
    verdict."""

    person: Person
    before: str
    now: str
    change: str
    noise: str
    verdict: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class YearOnYear:
    """Two rounds beside each other. `reason`: why there is nothing to compare, "" where there is."""

    reason: str = ""
    period: str = ""
    sentences: tuple[str, ...] = ()
    rows: tuple[YearPair, ...] = ()
    chart: Drawing | None = None
    left: int = 0


@dataclass(frozen=True)
class RoundBefore:
    """The last round before this one, as its pages show it to the office, with its head-counts."""

    loaded: Loaded
    entitled: Entitled


def earlier_round(session: Session, loaded: Loaded) -> RoundBefore | None:
    """The last counted round of the same scheme and another period, made before this one; None where there is none."""
    here = loaded.campaign
    found = session.scalars(
        select(Campaign)
        .where(
            Campaign.scheme_key == here.scheme_key,
            Campaign.id < here.id,
            Campaign.state == CampaignState.COUNTED,
            Campaign.period != here.period,
            Campaign.demo == here.demo,
        )
        .order_by(Campaign.id.desc())
    ).first()
    if found is None:
        return None
    before = results.load(session, found, language=loaded.view.language)
    return RoundBefore(before, sampled_scores.entitled_of(headcounts.rows_of(session, found)))


def of_rounds(loaded: Loaded, entitled: Entitled, earlier: RoundBefore | None) -> YearOnYear:
    """Everybody who has a score in both rounds."""
    if earlier is None:
        return YearOnYear(reason=_("这里没有同一个办法更早的、已经计票的一轮，没有可比的。"))
    if not (loaded.lets("scores") and earlier.loaded.lets("scores")):
        return YearOnYear(reason=_("有一轮的得分没有公布，不能比。"))
    pairs, strangers = _pairs(loaded, entitled, earlier)
    if not pairs:
        return YearOnYear(reason=_("没有两轮都有得分的对象（按编号和姓名对照）。"))
    order = sorted(pairs, key=lambda code: -abs(pairs[code][2].difference))
    rows = [_row(loaded, code, *pairs[code]) for code in order]
    return YearOnYear(
        period=earlier.loaded.campaign.period,
        sentences=tuple(_sentences(loaded, earlier, rows, strangers)),
        rows=tuple(rows[:LISTED]),
        chart=_chart(loaded, order, pairs),
        left=max(0, len(rows) - LISTED),
    )


def _pairs(loaded: Loaded, entitled: Entitled, earlier: RoundBefore) -> tuple[dict[str, tuple[float, float, Change]], int]:
    """Scores before and now with the change, by subject; and how many of this round are not to be found in the other."""
    found, strangers = dict[str, tuple[float, float, Change]](), 0
    for codes in pools(loaded)[0].values():
        line = standing.line_of(loaded, codes[0]) if codes else None
        if line is None or not line.score:
            continue
        known = [code for code in codes if _same(loaded, earlier.loaded, code)]
        strangers += len(codes) - len(known)
        now, _missing = sampled_scores.estimates(loaded, line.score, known, entitled)
        before, _missing = sampled_scores.estimates(earlier.loaded, line.score, known, earlier.entitled)
        for code in known:
            if code in now and code in before:
                found[code] = (before[code].score, now[code].score, change(before[code], now[code]))
    return found, strangers


def _same(loaded: Loaded, before: Loaded, code: str) -> bool:
    other = before.people.get(code)
    return other is not None and other.name == loaded.people[code].name


def _row(loaded: Loaded, code: str, before: float, now: float, found: Change) -> YearPair:
    return YearPair(
        person=loaded.people[code],
        before=_points(before),
        now=_points(now),
        change=signed(found.difference),
        noise=_("±%(n)s", n=_points(found.noise)) if found.noise is not None else "",
        verdict=_(VERDICTS[found.verdict]),
        kind=found.verdict,
    )


def _sentences(loaded: Loaded, earlier: RoundBefore, rows: list[YearPair], strangers: int) -> list[str]:
    kinds = Counter(one.kind for one in rows)
    told = [_("和 %(period)s 比，%(n)s 个对象两轮都有得分。", period=earlier.loaded.campaign.period, n=len(rows))]
    if kinds["noise"]:
        told.append(_("其中 %(n)s 个的变动不大于抽样本身的波动：换一批人评也会差这么多，不能说变了。", n=kinds["noise"]))
    if kinds["clear"]:
        told.append(_("%(n)s 个的变动大于抽样的波动。", n=kinds["clear"]))
    if kinds["counted"]:
        told.append(_("%(n)s 个两次都是全数评议：没有抽样的波动，变动就是这两次票数的差。", n=kinds["counted"]))
    if earlier.loaded.scheme.digest != loaded.scheme.digest:
        told.append(_("两轮之间办法改过：变动里有一部分可能是题目、主体或权重不同造成的。"))
    told.append(_("上次最低的这次多半会高一些，最高的会低一些，哪怕什么都没有做；只看两头，容易看错。"))
    if strangers:
        told.append(_("%(n)s 个在上一轮找不到（按编号和姓名对照），没有比。", n=strangers))
    return told


def _chart(loaded: Loaded, order: list[str], pairs: Mapping[str, tuple[float, float, Change]]) -> Drawing:
    drawn = []
    for code in order[:DRAWN]:
        found = pairs[code][2]
        noise = found.noise
        drawn.append(
            whiskers.WhiskerRow(
                label=loaded.people[code].name,
                value=Fraction(found.difference),
                low=Fraction(found.difference - noise) if noise is not None else None,
                high=Fraction(found.difference + noise) if noise is not None else None,
                note=signed(found.difference),
            )
        )
    return whiskers.whiskers(_("和上一轮比，得分变了多少"), drawn, line=Fraction(0))


def _points(value: float) -> str:
    return figures.number(Fraction(value), 1).text


def signed(value: float) -> str:
    """A change with its sign, one digit after the point."""
    told = _points(abs(value))
    if float(told.replace(",", "")) == 0:
        return told
    return f"+{told}" if value > 0 else f"−{told}"
