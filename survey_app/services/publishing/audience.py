"""A report as somebody outside the office reads it: their units, the published sections, and no outcome that nobody confirmed.

Threat answered to: what the count merely proposes must not leave by another door than the one it is confirmed at. A raised
flag, a grade held by a cap, and every number and grade made from such a one are kept back until a person confirmed it and the
office then published; pages and files all read their cells through the result view, which asks here. A flag that is not raised
is not shown either: next to it, the absence of the others would say which were.
A rank or a quota among others is shown although it may have to do with other subjects' outcomes: those are not looked through.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from analysis.errors import AnalysisError
from analysis.explaining.trace import TraceNode
from analysis.explaining.wording import Wording
from analysis.values import Key
from questionnaires.model import Scheme
from survey_app.errors import NotFoundError
from survey_app.i18n import N_
from survey_app.models import Campaign
from survey_app.services.release.plan import OUTCOMES
from survey_app.services.release.readers import PAGES, WayOut
from survey_app.services.results import held_down, outcomes, rulings, unfolding
from survey_app.services.results import loaded as results
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.rulings import RuledWords, Rulings, Spot
from survey_app.services.results.view import ResultView


@dataclass(frozen=True)
class Audience:
    """Whom a publication lets see what: codes of their units, keys of its sections, the last ruling when it was made."""

    units: frozenset[str]
    sections: frozenset[str]
    rulings: int


def load_for(session: Session, campaign: Campaign, audience: Audience, *, language: str, way: WayOut = PAGES) -> Loaded:
    """The newest report as this audience may read it.

    Parameters
    ----------
    session, campaign
        Read only.
    audience
        Units, sections and rulings, as `publications.audience_of` gives them.
    language
        In which words are told.
    way
        By which way out it is read.

    Raises
    ------
    NotCountedError
        When there is no report.
    NotFoundError
        Where none of its units is in this campaign.
    """
    loaded = results.load(session, campaign, language=language)
    allowed = audience.units
    if not any(person.unit in allowed for person in loaded.people.values()):
        raise NotFoundError(N_("没有这个页面。"))
    outlet = _Confirmed(_Ruled.of(loaded), unfolding.wording_of(loaded), audience.rulings, OUTCOMES in audience.sections)
    caller = (campaign.key, audience.sections, audience.rulings, rulings.last_of(loaded.rulings))
    view = loaded.counted.view(language, loaded.roster, outlet, caller=caller, way=way)
    seen = replace(loaded, view=view, allowed=allowed, sections=audience.sections, rulings_until=audience.rulings)
    return replace(seen, stale=False)  # what the office has changed since is the office's own until it publishes anew


def not_confirmed(loaded: Loaded, units: Collection[str]) -> list[Spot]:
    """Outcomes of these units that nobody confirmed: still open, or set aside. They are shown to nobody outside."""
    judge = _judge(loaded)
    codes = [person.code for person in loaded.people.values() if person.unit in units]
    return [spot for code in codes for spot in judge.proposed(code) if not judge.confirmed(spot)]


def ruled_on_by_nobody(loaded: Loaded) -> list[Spot]:
    """Outcomes that nobody confirmed or set aside, of all subjects."""
    judge = _judge(loaded)
    return [spot for code in loaded.people for spot in judge.proposed(code) if not judge.stands(spot)]


def _judge(loaded: Loaded) -> _Confirmed:
    return _Confirmed(_Ruled.of(loaded), unfolding.wording_of(loaded), None, flags_shown=True)


@dataclass(frozen=True, eq=False)
class _Ruled:
    """The whole report as the office reads it, and what people said to it: nothing of the request that asked, for it is kept."""

    view: ResultView
    scheme: Scheme
    digest: str
    rulings: Rulings

    @staticmethod
    def of(loaded: Loaded) -> _Ruled:
        """What was loaded for the office."""
        return _Ruled(loaded.view, loaded.scheme, loaded.stored.digest, loaded.rulings)


@dataclass(frozen=True, eq=False)
class _Confirmed:
    """What a person confirmed. `until`: only rulings up to this one count; None: all there are."""

    ruled: _Ruled
    wording: Wording
    until: int | None
    flags_shown: bool
    #: Cells looked at: whether they rest on an outcome that nobody confirmed.
    _open: dict[tuple[str, Key], bool] = field(default_factory=dict)

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this cell is, or was made from, an outcome nobody confirmed."""
        axes = self.ruled.view.axes(key)
        if axes is None or not set(axes) <= set(labels):
            return False
        node = self.ruled.view.node(key, {axis: labels[axis] for axis in axes})
        try:
            return node is not None and self.hides_node(node)
        except AnalysisError:
            return False  # over single ballots: nothing is kept to walk back through, and no outcome stands below

    def hides_node(self, node: TraceNode) -> bool:
        """The same of a step of a calculation. What was confirmed is not looked through: a person answered for all of it."""
        at = (node.name, node.key)
        if at not in self._open:
            self._open[at] = False  # a cell that reads itself through others adds nothing
            spot = self._outcome(node)
            below = node.own_inputs if spot is None and node.op != "tally" else ()
            self._open[at] = (spot is not None and not self.confirmed(spot)) or any(self.hides_node(one) for one in below)
        return self._open[at]

    def lets_flag(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether a raised flag is shown: the section was published, and a person confirmed it."""
        return self.flags_shown and self.confirmed(_spot(key, labels))

    def confirmed(self, spot: Spot) -> bool:
        """Whether the newest ruling confirms what stands there now, and was there when the office published."""
        said = self.ruled.rulings.get(spot, ())
        late = self.until is not None and bool(said) and said[0].number > self.until
        return bool(said) and said[0].verdict == "confirmed" and not late and self.stands(spot)

    def stands(self, spot: Spot) -> bool:
        """Whether the newest ruling speaks of what stands there now."""
        said = self.ruled.rulings.get(spot, ())
        return bool(said) and (said[0].report == self.ruled.digest or self._same(spot, said[0]))

    def proposed(self, code: str) -> list[Spot]:
        """Every outcome the count proposes for one subject."""
        found = []
        for key in self.ruled.scheme.layout.tiers:
            node = self.ruled.view.node(key, {"subject": code})
            spot = self._outcome(node) if node is not None else None
            found += [spot] if spot is not None else []
        for key in self.ruled.scheme.layout.flags:
            found += [_spot(key, {**labels, "subject": code}) for labels in self.ruled.view.raised(key, code)]
        return found

    def _outcome(self, node: TraceNode) -> Spot | None:
        """The outcome that this cell is: a raised flag, or a grade on which a cap acted."""
        layout = self.ruled.scheme.layout
        if node.name in layout.flags and node.value is True:
            return _spot(node.name, node.labels)
        if node.name in layout.tiers and tuple(node.labels) == ("subject",) and self._held(node):
            return Spot(node.name, node.labels["subject"])
        return None

    def _held(self, node: TraceNode) -> list[held_down.Hold]:
        return held_down.holds(node, held_down.teller(self.wording))

    def _same(self, spot: Spot, said: RuledWords) -> bool:
        """Whether a ruling on an earlier report met the same outcome: a flag is raised or is not, a grade is told by its word."""
        if spot.about not in self.ruled.scheme.layout.tiers:
            return True
        node = self.ruled.view.node(spot.about, {"subject": spot.subject})
        held = self._held(node) if node is not None else []
        return bool(held) and outcomes.graded(self.ruled.scheme, held[-1].grade).standing([said]) is not None


def _spot(key: str, labels: Mapping[str, str]) -> Spot:
    """Where rulings on a flag are kept."""
    return Spot(key, labels.get("subject", ""), "·".join(label for axis, label in labels.items() if axis != "subject"))
