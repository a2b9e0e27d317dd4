"""How long the statistics of a round take: 500 subjects rated by six groups of 200 on five items, beside an earlier round of
the same.

The evidence is made up in memory and so is everything around the report; what is timed is what the statistics page stands on: the
count, and the eight outputs with their charts. Nothing is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import asdict, dataclass

from analysis.evaluate import evaluate
from analysis.evidence import Evidence
from questionnaires.model import Scheme
from questionnaires.worlds.measuring import county
from survey_app.bounded import Bounded
from survey_app.i18n import language
from survey_app.models import Campaign, Headcount, StoredReport
from survey_app.services.counting.counting import Opening
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held
from survey_app.services.results import firmness, plain_statistics, sampled_scores
from survey_app.services.results.loaded import Counted, Loaded, People, Person
from survey_app.services.results.yearly import RoundBefore

SUBJECTS, RATERS = 500, 200
_EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class StatisticsFigures:
    """Seconds of one core: to count, to make the eight outputs, and both. `ranked`, `compared`, `bounded`: so much was made.

    `firm_seconds` comes on top: whether grades stand under all weights nearby, which a page of this size computes when asked.
    """

    subjects: int
    groups: int
    raters: int
    count_seconds: float
    statistics_seconds: float
    seconds: float
    firm_seconds: float | None
    ranked: int
    compared: int
    bounded: int


def run(*, subjects: int = SUBJECTS, raters: int = RATERS, firm: bool = True) -> StatisticsFigures:
    """Measure once, from the counts to everything the page says."""
    earlier, asked_then = made_up(subjects, raters, year=0)
    start = time.process_time()
    loaded, asked = made_up(subjects, raters, year=1)
    counted = time.process_time()
    heads, then = _heads(asked), sampled_scores.entitled_of(_heads(asked_then))
    found = plain_statistics.of_report(loaded, heads, RoundBefore(earlier, then))
    done = time.process_time()
    firm_seconds = None
    if firm:
        firmness.of_report(loaded)
        firm_seconds = time.process_time() - done
    return StatisticsFigures(
        subjects=subjects,
        groups=len(found.groups),
        raters=raters,
        count_seconds=counted - start,
        statistics_seconds=done - counted,
        seconds=done - start,
        firm_seconds=firm_seconds,
        ranked=sum(len(one.rows) for one in found.ranked),
        compared=len(found.years.rows) + found.years.left,
        bounded=sum(one.bounded for one in found.flags),
    )


def _heads(asked: dict[str, int]) -> list[Headcount]:
    return [Headcount(group_key=group, entitled=many) for group, many in asked.items()]


def made_up(subjects: int, raters: int, *, year: int) -> tuple[Loaded, dict[str, int]]:
    """A counted round of a county, and by group how many are entitled."""
    scheme, evidence, asked = county(subjects, raters, year=year)
    return in_memory(scheme, evidence, year=year), asked


def in_memory(scheme: Scheme, evidence: Evidence, *, year: int) -> Loaded:
    """A counted round as the office reads it, without a database."""
    report = evaluate(scheme.plan, evidence)
    counted = Counted(report, scheme, Held(report=report, scheme=scheme, plan=ReleasePlan()), Bounded(2))
    people = People({one.id: Person(one.id, one.id, "", "", "") for one in report.subjects})
    return Loaded(
        campaign=Campaign(key=f"bench{year}", title="", period=str(2025 + year), scheme_key=scheme.key),
        view=counted.view(language(), people),
        counted=counted,
        stored=StoredReport(),
        opening=Opening(report.tally, (), _EPOCH, "", ""),
        roster=people,
        allowed=None,
        stale=False,
    )


def describe(one: StatisticsFigures) -> str:
    """The figures for a person."""
    told = (
        f"{one.subjects} subjects, {one.groups} groups of {one.raters} raters: counted in {one.count_seconds:.1f} s, "
        f"the eight outputs in {one.statistics_seconds:.1f} s, {one.seconds:.1f} s in all; "
        f"{one.ranked} places, {one.compared} changes, {one.bounded} verdicts bounded"
    )
    if one.firm_seconds is None:
        return told
    return f"{told}\nwhether grades stand under all weights nearby: {one.firm_seconds:.1f} s more, when asked for"


def as_record(one: StatisticsFigures) -> dict[str, object]:
    """The same for machines."""
    return asdict(one)
