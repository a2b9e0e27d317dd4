"""What the result pages and files show: the newest report, read with the roster's names and narrowed to what the caller may see.

Lives here: choosing and ordering. May not live here: how a value is worded (`results.cells`), how a number came about
(`unfolding`), findings (`results.findings`), satisfaction (`satisfaction`), anything about requests.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report import Report
from questionnaires.model import Scheme
from survey_app import i18n, times
from survey_app.bounded import Bounded
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
from survey_app.services.release.readers import PAGES, WayOut
from survey_app.services.release.withholding import Held
from survey_app.services.results import naming, rulings
from survey_app.services.results.gate import NoTest, Tested, Untested
from survey_app.services.results.rulings import Rulings
from survey_app.services.results.view import Outlet, ResultView
from survey_app.services.roster import late

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
class People:
    """The subjects by code, in roster order: one object as long as the roster says the same, so that it can name what is kept."""

    by_code: Mapping[str, Person]


@dataclass(frozen=True, eq=False)
class Counted:
    """A report with what is held back of it, and how those who came lately read it: the same for every request."""

    report: Report
    scheme: Scheme
    held: Held
    views: Bounded[Hashable, ResultView]

    def view(
        self, language: str, people: People, outlet: Outlet | None = None, *, caller: Hashable = None, way: WayOut = PAGES
    ) -> ResultView:
        """The report as `caller` reads it (None: the office), at one way out. `caller` is everything that `outlet` goes by."""
        key = (language, i18n.language(), times.here(), people, caller, way)
        return self.views.of(
            key,
            lambda: ResultView(
                report=self.report,
                naming=naming.of_scheme(self.scheme, language),
                gate=Tested(self.held, way),
                outlet=outlet,
                makings=lambda: self.held.union.origins,
            ),
        )

    def untested(self, why: NoTest) -> ResultView:
        """The report as it is, for a use that needs no test, named."""
        return ResultView(report=self.report, naming=naming.of_scheme(self.scheme, i18n.language()), gate=Untested(why))


@dataclass(frozen=True, eq=False, kw_only=True)
class Loaded:
    """Everything a result page stands on: the view with its figures, and what this request knows besides.

    `allowed` None: every unit; else only subjects of these units are shown. `sections`: what was published to whoever reads; None
    for the office, which reads all the plan has. `rulings_until`: the last ruling to be known of. `stale`: evidence, head-counts
    or roster changed after the count. `told`: what is published, in words. `gone`: subjects who left after the approval, with
    why, which is the office's to read.
    """

    campaign: Campaign
    view: ResultView
    counted: Counted
    stored: StoredReport
    opening: Opening
    roster: People
    allowed: frozenset[str] | None
    stale: bool
    rulings: Rulings = field(default_factory=dict)
    sections: frozenset[str] | None = None
    rulings_until: int | None = None
    told: str = ""
    gone: Mapping[str, str] = field(default_factory=dict)

    @property
    def scheme(self) -> Scheme:
        """The frozen scheme."""
        return self.counted.scheme

    @property
    def people(self) -> Mapping[str, Person]:
        """The subjects by code, in roster order."""
        return self.roster.by_code

    @property
    def report(self) -> Report:
        """The report shown."""
        return self.counted.report

    @property
    def plan(self) -> ReleasePlan:
        """What may leave the campaign."""
        return self.counted.held.plan

    @property
    def asks_words(self) -> bool:
        """Whether some form asked for comments."""
        return self.lets(COMMENTS) and any(group.comment for group in self.scheme.groups.values())

    def lets(self, exit_: str) -> bool:
        """Whether the release plan lets this leave, and, outside the office, whether it was published."""
        return self.plan.lets(PLANNED.get(exit_, exit_)) and (self.sections is None or exit_ in self.sections)

    @property
    def has_subjects(self) -> bool:
        """Whether there is anything to read subject by subject."""
        return self.sections is None or not self.sections.isdisjoint({"scores", OUTCOMES, "groups", "answers"})

    def may_see(self, subject: str) -> bool:
        """Whether this subject is the caller's business."""
        person = self.people.get(subject)
        return person is not None and (self.allowed is None or person.unit in self.allowed)

    def left(self) -> list[tuple[Person, str]]:
        """Subjects shown who left after the approval; why, for the office alone."""
        office = self.allowed is None and self.sections is None
        return [(one, self.gone[one.code] if office else "") for one in self.visible() if one.code in self.gone]

    def visible(self) -> list[Person]:
        """The subjects shown, in roster order."""
        return [person for person in self.people.values() if self.may_see(person.code)]


def load(session: Session, campaign: Campaign, *, language: str) -> Loaded:
    """The newest report with what is needed to show it to the office; others read it as `audience` lets them.

    Raises NotCountedError.
    """
    stored = counting.newest_report(session, campaign)
    opening = counting.stored_opening(session, campaign)
    people = _ROSTERS.get(session, campaign, lambda: _people(session, campaign))
    counted = _counted(stored, scheme_of(campaign), release_plan.plan_of(session, campaign))
    stale = is_stale(session, campaign, stored)
    said = rulings.of_campaign(session, campaign)
    return Loaded(
        campaign=campaign,
        view=counted.view(language, people),
        counted=counted,
        stored=stored,
        opening=opening,
        roster=people,
        allowed=None,
        stale=stale,
        rulings=said,
        gone={code: one.reason for code, one in late.gone_subjects(session, campaign).items()},
    )


_COUNTED = Bounded[tuple[str, str, ReleasePlan], Counted](8)
_PEOPLE = Bounded[tuple[tuple[str, ...], ...], People](16)


def _counted(stored: StoredReport, scheme: Scheme, plan: ReleasePlan) -> Counted:
    """Report and decisions in memory, read once for all requests: a stored row never changes, so its digest names it."""

    def read() -> Counted:
        report = counting.report_of(stored)
        return Counted(report, scheme, kept.load_held(stored.held, report, scheme, plan), Bounded(16))

    return _COUNTED.of((stored.digest, scheme.digest, plan), read)


def _people(session: Session, campaign: Campaign) -> People:
    rows = session.execute(
        select(Subject.code, Subject.name, Subject.duty, Unit.code, Unit.name)
        .join(Subject.unit)
        .where(Subject.campaign_id == campaign.id)
        .order_by(Unit.place, Unit.id, Subject.place, Subject.id)
    )
    listed = tuple(map(tuple, rows))
    return _PEOPLE.of(listed, lambda: People({row[0]: Person(*row) for row in listed}))


#: The roster is part of the evidence: as long as that has the same version, nobody was renamed.
_ROSTERS = ByVersion[People](4)


def person(loaded: Loaded, code: str) -> Person:
    """A subject the caller may see. Raises NotFoundError alike for one that is not there and one that is none of theirs."""
    if not loaded.may_see(code):
        raise NotFoundError(N_("没有这个页面。"))
    return loaded.people[code]
