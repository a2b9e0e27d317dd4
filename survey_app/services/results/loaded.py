"""What the result pages and files show: the newest report, read with the roster's names and narrowed to what the caller may see.

Lives here: choosing and ordering. May not live here: how a value is worded (`results.cells`), how a number came about
(`unfolding`), findings (`results.findings`), satisfaction (`satisfaction`), anything about requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report import Report
from questionnaires.model import Scheme
from survey_app import bridge, earlier_digests
from survey_app.errors import NotFoundError
from survey_app.i18n import N_
from survey_app.models import Campaign, StoredReport, Subject, Unit
from survey_app.presenting import charts
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.counting import counting
from survey_app.services.counting.counting import Opening
from survey_app.services.release import kept
from survey_app.services.release import plan as release_plan
from survey_app.services.release.plan import COMMENTS, OUTCOMES, ReleasePlan
from survey_app.services.release.withholding import Held
from survey_app.services.results import rulings
from survey_app.services.results.cells import FlagShown, Reading, Shown
from survey_app.services.results.rulings import Rulings

#: Sections that a release plan has under another name.
PLANNED = {OUTCOMES: "scores"}
#: So many rows of the overview stand on one page.
PAGE_ROWS = 300


@dataclass(frozen=True)
class Person:
    """A subject as the roster names it."""

    code: str
    name: str
    duty: str
    unit: str
    unit_name: str


@dataclass(frozen=True, eq=False)
class Loaded:
    """Everything a result page stands on. `allowed` None: every unit; else only subjects of these units are shown.

    `sections`: what was published to whoever reads; None for the office, which reads all the plan has. `rulings_until`: the last
    ruling he may know of. `stale`: evidence, head-counts or roster changed after the count. `told`: what is published, in words.
    """

    campaign: Campaign
    reading: Reading
    stored: StoredReport
    opening: Opening
    people: dict[str, Person]
    allowed: frozenset[str] | None
    stale: bool
    rulings: Rulings = field(default_factory=dict)
    sections: frozenset[str] | None = None
    rulings_until: int | None = None
    told: str = ""

    @property
    def scheme(self) -> Scheme:
        """The frozen scheme."""
        return self.reading.scheme

    @property
    def report(self) -> Report:
        """The report shown."""
        return self.reading.report

    @property
    def asks_words(self) -> bool:
        """Whether some form asked for comments."""
        return self.lets(COMMENTS) and any(group.comment for group in self.scheme.groups.values())

    def lets(self, exit_: str) -> bool:
        """Whether the release plan lets this leave, and, outside the office, whether it was published."""
        planned = self.reading.held is None or self.reading.held.plan.lets(PLANNED.get(exit_, exit_))
        return planned and (self.sections is None or exit_ in self.sections)

    @property
    def has_subjects(self) -> bool:
        """Whether there is anything to read subject by subject."""
        return self.sections is None or not self.sections.isdisjoint({"scores", OUTCOMES, "groups", "answers"})

    def may_see(self, subject: str) -> bool:
        """Whether this subject is the caller's business."""
        person = self.people.get(subject)
        return person is not None and (self.allowed is None or person.unit in self.allowed)

    def visible(self) -> list[Person]:
        """The subjects shown, in roster order."""
        return [person for person in self.people.values() if self.may_see(person.code)]


@dataclass(frozen=True)
class Row:
    """One subject in the overview: a cell per column and tier, and its flags."""

    person: Person
    cells: tuple[Shown, ...]
    tiers: tuple[Shown, ...]
    flags: tuple[FlagShown, ...]


@dataclass(frozen=True)
class PoolTable:
    """One comparison pool: its facts in words, how many subjects it has in all, and the rows the caller may see."""

    title: str
    size: int
    rows: tuple[Row, ...]

    def columns_used(self) -> list[int]:
        """Places of the columns that apply to at least one row: a quantity of teams says nothing about persons.

        A value that is missing for a reason stays: "not rated" is a result.
        """
        return _used([row.cells for row in self.rows])

    def tiers_used(self) -> list[int]:
        """The same for tiers."""
        return _used([row.tiers for row in self.rows])


def _used(lines: list[tuple[Shown, ...]]) -> list[int]:
    return [place for place in range(len(lines[0])) if any(line[place].applies for line in lines)] if lines else []


@dataclass(frozen=True)
class Bar:
    """One rater group's answers on one item: counts by choice in the scale's order, blank lines apart.

    `withheld`: too few answered; then every count here is 0 and none is to be printed.
    """

    group: str
    choices: tuple[tuple[str, int], ...]
    blank: int
    answered: int
    chart: charts.StackedBar
    withheld: bool = False


@dataclass(frozen=True)
class ItemDistribution:
    """One item with a bar per group, and the indicator it belongs to."""

    item: str
    title: str
    indicator: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class GroupRow:
    """One rater group of one subject: its by-group quantities, and how many ballots stand behind them."""

    group: str
    title: str
    cells: tuple[Shown, ...]


def load(session: Session, campaign: Campaign, *, language: str) -> Loaded:
    """The newest report with what is needed to show it to the office; others read it as `audience` lets them.

    Raises NotCountedError.
    """
    stored = counting.newest_report(session, campaign)
    opening = counting.stored_opening(session, campaign)
    people = _people(session, campaign)
    evidence = bridge.evidence_of(session, campaign, opening.tally)
    report, scheme = _report(stored.digest, stored.content), scheme_of(campaign)
    reading = Reading(report, scheme, language, _held(stored, report, scheme, release_plan.plan_of(session, campaign)))
    stale = not earlier_digests.still(evidence, stored.evidence_digest)
    said = rulings.of_campaign(session, campaign)
    return Loaded(campaign, reading, stored, opening, people, None, stale, said)


def _held(stored: StoredReport, report: Report, scheme: Scheme, plan: ReleasePlan) -> Held:
    """What is held back, read once for all requests: neither report nor plan ever changes."""
    found = _HELD.get((stored.digest, plan))
    if found is None:
        while len(_HELD) >= 8:
            _HELD.pop(next(iter(_HELD)))
        found = _HELD[stored.digest, plan] = kept.kept(stored.held, report, scheme, plan)
    return found


_HELD: dict[tuple[str, ReleasePlan], Held] = {}


@lru_cache(maxsize=8)
def _report(digest: str, content: str) -> Report:
    """The report in memory; a stored row never changes, so its digest names it."""
    del digest
    return Report.from_json(content)


def _people(session: Session, campaign: Campaign) -> dict[str, Person]:
    rows = session.scalars(
        select(Subject)
        .join(Subject.unit)
        .where(Subject.campaign_id == campaign.id)
        .order_by(Unit.place, Unit.id, Subject.place, Subject.id)
    )
    return {row.code: Person(row.code, row.name, row.duty, row.unit.code, row.unit.name) for row in rows}


def columns(loaded: Loaded) -> list[tuple[str, str]]:
    """The overview's columns: quantity and title; none where the scores were not published."""
    return [(key, loaded.reading.title(key)) for key in loaded.scheme.layout.columns if loaded.lets("scores")]


def overview(loaded: Loaded, *, sort: str = "", down: bool = True, unit: str = "", page: int | None = None) -> list[PoolTable]:
    """A table per comparison pool, in roster order or by a column; equal values keep the roster's order, missing stand last.

    `unit`: only its subjects. `page`: so many rows as a page holds, counted over all pools; None: every row.
    """
    facts = {subject.id: subject.facts for subject in loaded.report.subjects}
    pools: dict[tuple[str, ...], list[str]] = {}
    for code in loaded.people:
        pools.setdefault(tuple(facts.get(code, {}).get(fact, "") for fact in loaded.scheme.layout.pools), []).append(code)
    tables, left = [], PAGE_ROWS if page else len(loaded.people)
    before = (page - 1) * PAGE_ROWS if page else 0
    for labels, members in pools.items():
        shown = _sorted(loaded, [code for code in members if _shown(loaded, code, unit)], sort, down=down)
        here = shown[before : before + left]
        before, left = max(0, before - len(shown)), left - len(here)
        if here:
            rows = tuple(_row(loaded, code) for code in here)
            tables.append(PoolTable(pool_title(loaded, labels), len(members), rows))
    return tables


def pages(loaded: Loaded, unit: str = "") -> int:
    """How many pages the overview has."""
    return max(1, -(-sum(_shown(loaded, code, unit) for code in loaded.people) // PAGE_ROWS))


def _shown(loaded: Loaded, code: str, unit: str) -> bool:
    return loaded.may_see(code) and (not unit or loaded.people[code].unit == unit)


def units(loaded: Loaded) -> list[tuple[str, str]]:
    """The units of the subjects shown, code and name, in roster order."""
    return list(dict.fromkeys((person.unit, person.unit_name) for person in loaded.visible()))


def pool_title(loaded: Loaded, labels: Sequence[str]) -> str:
    """A pool's facts in the scheme's words."""
    facts = {fact.key: fact for fact in loaded.scheme.facts}
    words = []
    for key, value in zip(loaded.scheme.layout.pools, labels, strict=True):
        fact = facts.get(key)
        words.append(fact.values[value].in_(loaded.reading.language) if fact and value in fact.values else value)
    return " · ".join(word for word in words if word)


def _row(loaded: Loaded, code: str) -> Row:
    layout, reading = loaded.scheme.layout, loaded.reading
    at, scores = {"subject": code}, loaded.lets("scores")
    return Row(
        loaded.people[code],
        tuple(reading.cell(key, at) for key in layout.columns if scores),
        tuple(reading.cell(key, at) for key in layout.tiers if scores),
        tuple(flag for key in layout.flags for flag in reading.flags(key, code)),
    )


def _sorted(loaded: Loaded, codes: list[str], sort: str, *, down: bool) -> list[str]:
    if sort not in (*loaded.scheme.layout.columns, *loaded.scheme.layout.tiers) or not loaded.lets("scores"):
        return codes
    cells = {code: loaded.reading.cell(sort, {"subject": code}) for code in codes}
    there = [code for code in codes if not cells[code].missing]
    return sorted(there, key=lambda code: cells[code].order, reverse=down) + [code for code in codes if cells[code].missing]


def person(loaded: Loaded, code: str) -> Person:
    """A subject the caller may see. Raises NotFoundError alike for one that is not there and one that is none of his business."""
    if not loaded.may_see(code):
        raise NotFoundError(N_("没有这个页面。"))
    return loaded.people[code]


def row(loaded: Loaded, code: str) -> Row:
    """One subject's outcomes."""
    return _row(loaded, person(loaded, code).code)


def by_group(loaded: Loaded, code: str) -> list[GroupRow]:
    """The by-group quantities, for the groups that were asked about this subject; none where the plan does not release them."""
    if not loaded.lets("groups"):
        return []
    reading, layout = loaded.reading, loaded.scheme.layout
    asked = {group for subject, group, _ in loaded.report.tally.counts if subject == code}
    rows = []
    for group, info in loaded.scheme.groups.items():
        cells = tuple(reading.cell(key, {"subject": code, "group": group}) for key in layout.by_group)
        if group in asked or any(not cell.missing for cell in cells):
            rows.append(GroupRow(group, info.title.in_(reading.language), cells))
    return rows


def distributions(loaded: Loaded, code: str) -> list[ItemDistribution]:
    """How every group answered every item asked about this subject, in the scheme's order; nothing where the plan says so."""
    if not loaded.lets("answers"):
        return []
    reading, scheme, counts = loaded.reading, loaded.scheme, loaded.report.tally.counts
    found = []
    for item in scheme.items.values():
        groups = [group for group in scheme.groups if (code, group, item.key) in counts]
        if not groups:
            continue
        bars = tuple(bar(loaded, code, group, item.key) for group in groups)
        indicator = scheme.indicators[item.parent].in_(reading.language) if item.parent in scheme.indicators else ""
        found.append(ItemDistribution(item.key, item.text.in_(reading.language), indicator, bars))
    return found


def bar(loaded: Loaded, code: str, group: str, item: str) -> Bar:
    """One group's answers on one item. Blank lines and "do not know" stand beside the bar of grades, never inside it."""
    scheme, language = loaded.scheme, loaded.reading.language
    scale = scheme.scales[scheme.items[item].scale]
    withheld = held(loaded, code, group, item)
    counts = () if withheld else loaded.report.tally.counts.get((code, group, item), ())
    choices = [(choice, counts[choice.code] if choice.code < len(counts) else 0) for choice in scale.choices]
    graded = [(choice.label.in_(language), count) for choice, count in choices if choice.kind != "unknown"]
    return Bar(
        scheme.groups[group].title.in_(language),
        tuple((choice.label.in_(language), count) for choice, count in choices),
        counts[0] if counts else 0,
        sum(count for _, count in graded),
        charts.stacked([count for _, count in graded], [label for label, _ in graded]),
        withheld,
    )


def held(loaded: Loaded, code: str, group: str, item: str) -> bool:
    """Whether too few people stand behind these answers to show them."""
    return loaded.reading.held is not None and loaded.reading.held.cell(code, group, item)
