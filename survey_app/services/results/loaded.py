"""What the result pages and files show: the newest report, read with the roster's names and narrowed to what the caller may see.

Lives here: choosing and ordering. May not live here: how a value is worded (`results.cells`), how a number came about
(`unfolding`), findings (`results.findings`), satisfaction (`satisfaction`), anything about requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report import Report
from questionnaires.model import Scheme
from survey_app.errors import NotFoundError
from survey_app.i18n import N_
from survey_app.models import Campaign, StoredReport, Subject, Unit
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.counting import counting
from survey_app.services.counting.by_version import ByVersion
from survey_app.services.counting.counting import Opening
from survey_app.services.counting.staleness import is_stale
from survey_app.services.release import kept
from survey_app.services.release import plan as release_plan
from survey_app.services.release.plan import COMMENTS, OUTCOMES, ReleasePlan
from survey_app.services.release.withholding import Held
from survey_app.services.results import rulings
from survey_app.services.results.cells import Reading
from survey_app.services.results.rulings import Rulings

#: Sections that a release plan has under another name.
PLANNED = {OUTCOMES: "scores"}


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
    people: Mapping[str, Person]
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


def load(session: Session, campaign: Campaign, *, language: str) -> Loaded:
    """The newest report with what is needed to show it to the office; others read it as `audience` lets them.

    Raises NotCountedError.
    """
    stored = counting.newest_report(session, campaign)
    opening = counting.stored_opening(session, campaign)
    people = _PEOPLE.get(session, campaign, lambda: _people(session, campaign))
    report, scheme = _report(stored), scheme_of(campaign)
    reading = Reading(report, scheme, language, _held(stored, report, scheme, release_plan.plan_of(session, campaign)))
    stale = is_stale(session, campaign, stored)
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


def _report(stored: StoredReport) -> Report:
    """The report in memory; a stored row never changes, so its digest names it, and its content is read once."""
    found = _REPORTS.get(stored.digest)
    if found is None:
        while len(_REPORTS) >= 8:
            _REPORTS.pop(next(iter(_REPORTS)))
        found = _REPORTS[stored.digest] = Report.from_json(stored.content)
    return found


_REPORTS: dict[str, Report] = {}


def _people(session: Session, campaign: Campaign) -> Mapping[str, Person]:
    rows = session.execute(
        select(Subject.code, Subject.name, Subject.duty, Unit.code, Unit.name)
        .join(Subject.unit)
        .where(Subject.campaign_id == campaign.id)
        .order_by(Unit.place, Unit.id, Subject.place, Subject.id)
    )
    return {row[0]: Person(*row) for row in rows}


#: The roster is part of the evidence: as long as that has the same version, nobody was renamed.
_PEOPLE = ByVersion[Mapping[str, Person]](4)


def person(loaded: Loaded, code: str) -> Person:
    """A subject the caller may see. Raises NotFoundError alike for one that is not there and one that is none of his business."""
    if not loaded.may_see(code):
        raise NotFoundError(N_("没有这个页面。"))
    return loaded.people[code]
