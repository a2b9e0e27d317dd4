"""Another round's scheme on this round's counts: who would get another grade or place, or why it cannot be computed.

Nothing here changes a result, and nothing is kept. The evidence is that of the count; where it changed since, that is refused.

Threat answered to: another scheme is another weighing of the same answers, and several of them would give away what one holds
back. It is supposed about subjects alone of whom nothing is held back, who under neither scheme are made from, or compete with,
anybody of whom something is (`whatif.open_codes`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis import evaluate
from analysis.errors import AnalysisError
from analysis.header import Header
from analysis.plan import parse_plan
from questionnaires.model import Scheme
from survey_app import bridge
from survey_app.bounded import Bounded
from survey_app.errors import RefusedError
from survey_app.i18n import N_, say
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.counting.counting import needs_ballots
from survey_app.services.results import naming, standing, whatif
from survey_app.services.results.gate import Supposed
from survey_app.services.results.loaded import Counted, Loaded
from survey_app.services.results.view import ResultView
from survey_app.services.results.whatif import Replaced, WhatIfOutcome

#: So many reasons why a scheme does not fit are told; one is enough to give it up, more are no help.
TOLD = 12


@dataclass(frozen=True)
class SchemeOffered:
    """A round whose scheme may be supposed, and what it is called in a list."""

    campaign: Campaign
    title: str


@dataclass(frozen=True)
class OtherOutcome:
    """What would come out, or (`reasons`, sentences) why nothing does."""

    outcome: WhatIfOutcome | None
    reasons: tuple[str, ...] = ()


def offered(session: Session, campaign: Campaign) -> list[SchemeOffered]:
    """Rounds that were approved on another scheme file, those of the same method first, the newest first; each file once."""
    query = select(Campaign).where(Campaign.id != campaign.id, Campaign.state != CampaignState.DRAFT).order_by(Campaign.id.desc())
    rows = [one for one in session.scalars(query) if one.scheme_digest != campaign.scheme_digest]
    first = {one.scheme_digest: one for one in reversed(rows)}
    found = sorted(first.values(), key=lambda one: (one.scheme_key != campaign.scheme_key, -one.id))
    return [SchemeOffered(one, f"{one.title} {one.period} · {one.scheme_key} {one.scheme_version}") for one in found]


def ask(session: Session, loaded: Loaded, other: Campaign) -> OtherOutcome:
    """What this round's counts would give by another round's scheme.

    Parameters
    ----------
    session
        Read only.
    loaded
        The result as the office reads it, not stale (`refuse_stale`).
    other
        A round that was approved on another scheme file.

    Returns
    -------
    OtherOutcome
        Who would get another grade or place, or why nothing can be computed.
    """
    scheme = scheme_of(other)
    key = ("other scheme", other.scheme_digest)
    return loaded.view.lately(key, lambda: _asked(session, loaded, scheme))


def _asked(session: Session, loaded: Loaded, scheme: Scheme) -> OtherOutcome:
    reasons = list(_why_not(loaded, scheme))
    if reasons:
        return OtherOutcome(None, tuple(reasons[:TOLD]))
    try:
        then = _under(session, loaded, scheme)
    except AnalysisError as error:
        return OtherOutcome(None, (_("按那份办法算不出来：%(why)s", why=error.tell(say)),))
    return OtherOutcome(_compared(loaded, then))


def refuse_stale(loaded: Loaded) -> None:
    """Raises RefusedError where evidence, head-counts or roster changed after the count: two things would differ at once."""
    if loaded.stale:
        raise RefusedError(N_("材料、人数或名册在这次计算之后有改动；请先重新计算，再拿别的办法作假设。"))


def _why_not(loaded: Loaded, scheme: Scheme) -> Iterator[str]:
    """What of the evidence does not fit the other scheme, in sentences."""
    here, there = loaded.report.plan.header, parse_plan(scheme.plan).header
    if needs_ballots(scheme):
        yield _("那份办法有按单张选票计算的规则，冻结的票数里没有单张选票。")
    for axis, word in _ASKED.items():
        ours, theirs = set(_asked_of(here, axis)), set(_asked_of(there, axis))
        for key in sorted(theirs - ours):
            yield _("那份办法要%(what)s，这次没有。", what=_(word, what=_named(loaded, scheme, axis, key)))
        for key in sorted(ours - theirs):
            yield _("这次有%(what)s，那份办法里没有。", what=_(word, what=_named(loaded, scheme, axis, key)))
    for item in sorted(set(here.item_scale) & set(there.item_scale)):
        if here.choices(item) != there.choices(item):
            yield _("“%(item)s”的选项和那份办法里的不同。", item=_named(loaded, scheme, "item", item))
    for kind, word in _BESIDE.items():
        for key in sorted(set(there.names.get(kind) or ()) - set(here.names.get(kind) or ())):
            yield _("那份办法要%(what)s，这次没有。", what=_(word, what=key))


#: What stands in the counts, along which axis, and what it is called.
_ASKED = {"group": N_("评议主体“%(what)s”"), "item": N_("测评内容“%(what)s”")}
#: What stands beside them.
_BESIDE = {
    "components": N_("材料“%(what)s”"),
    "event_kinds": N_("事项“%(what)s”"),
    "facts": N_("名册栏目“%(what)s”"),
    "past": N_("往期结果“%(what)s”"),
    "decisions": N_("集体研究“%(what)s”"),
}


def _asked_of(header: Header, axis: str) -> Collection[str]:
    return header.groups if axis == "group" else header.item_scale


def _named(loaded: Loaded, scheme: Scheme, axis: str, key: str) -> str:
    language = loaded.view.language
    here = naming.label_name(loaded.scheme, axis, key, language)
    return here if here != key else naming.label_name(scheme, axis, key, language)


def _under(session: Session, loaded: Loaded, scheme: Scheme) -> Loaded:
    """The round as it would be loaded under the other scheme; only what may be supposed about is shown of it."""
    evidence = bridge.evidence_of(session, loaded.campaign, loaded.report.tally)
    plan = parse_plan(scheme.plan)
    names = plan.header.names

    def known(kind: str, name: str) -> bool:
        listed = names.get(kind)
        return listed is None or name in listed

    evidence = replace(
        evidence,
        components=tuple(one for one in evidence.components if known("components", one.name)),
        events=tuple(one for one in evidence.events if known("event_kinds", one.kind)),
        past=tuple(one for one in evidence.past if known("past", one.quantity)),
        decisions=tuple(one for one in evidence.decisions if known("decisions", one.name)),
    )
    report = evaluate(plan, evidence)
    held, (open_, _withheld) = loaded.counted.held, whatif.open_codes(loaded)
    view = ResultView(report=report, naming=naming.of_scheme(scheme, loaded.view.language), gate=Supposed(held, scheme, open_))
    return replace(loaded, view=view, counted=Counted(report, scheme, held, Bounded(1)))


def _compared(loaded: Loaded, then: Loaded) -> WhatIfOutcome:
    open_ = _open_under(loaded, then)
    found = []
    for one in whatif.classes(loaded, open_):
        before = whatif.places(loaded.view, one)
        lines = {code: standing.line_of(then, code) for code in one.codes}
        score = next((line.score for line in lines.values() if line is not None), "")
        after = whatif.places(then.view, replace(one, score=score)) if score else {}
        for code in one.codes:
            line, at = lines[code], {"subject": code}
            was, now = loaded.view.cell(one.tier, at).text if one.tier else "", ""
            points, then_points = loaded.view.cell(one.score, at).text if one.score else "", ""
            if line is not None:
                now = then.view.cell(line.tier, at).text if line.tier else ""
                then_points = then.view.cell(line.score, at).text if line.score else ""
            found.append(
                Replaced(
                    person=loaded.people[code],
                    score=points,
                    then_score=then_points,
                    tier=was,
                    then_tier=now,
                    place=before.get(code, 0),
                    then_place=after.get(code, 0),
                )
            )
    shown = [one for one in found if one.score != one.then_score or one.of_grade or one.place != one.then_place]
    shown.sort(key=lambda one: (not one.of_grade, one.place == one.then_place))
    return WhatIfOutcome(tuple(shown), len(found), len(loaded.people) - len(found))


def _open_under(loaded: Loaded, then: Loaded) -> frozenset[str]:
    """Those who may be supposed about under both schemes."""
    open_, hidden = whatif.open_codes(loaded)[0], loaded.counted.held.hidden
    keys = {code: whatif.keys_of(then, code) for code in open_}
    open_ = frozenset(code for code in open_ if not any(then.view.rests_on(key, code, hidden) for key in keys[code]))
    closed = loaded.people.keys() - open_
    return frozenset(code for code in open_ if not whatif.competes(then, code, closed))
