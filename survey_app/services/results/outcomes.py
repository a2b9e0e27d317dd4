"""Outcomes as proposals: raised flags with their consequences and grades held by a cap, each with what people said to it.

The count proposes; a person confirms or sets aside with a reason. Setting aside changes no computed number. Findings of the
count (a quota exceeded) stand here too: those of a soft limit need a recorded reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy.orm import Session

from analysis.canonical import canonical
from analysis.explaining.trace import TraceNode
from questionnaires.model import Scheme
from survey_app.errors import NotFoundError, RefusedError
from survey_app.i18n import N_, spellings
from survey_app.languages import languages_of
from survey_app.services.release.plan import OUTCOMES
from survey_app.services.results import findings, held_down, rulings, unfolding
from survey_app.services.results import loaded as results
from survey_app.services.results.findings import NEEDS_REASON
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.rulings import RuledFact, RuledWords, Spot


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One outcome the count proposes for a subject. `why` in words, `rulings` newest first; `found` is what is ruled on.

    `praise`: the scheme shows it as good news; it stands apart from what calls somebody to account.
    """

    spot: Spot
    person: Person
    title: str
    outcome: str
    why: tuple[str, ...]
    source: str
    stands: RuledFact
    rulings: tuple[RuledWords, ...] = ()
    praise: bool = False

    @property
    def found(self) -> str:
        """What stands here, as it is stored with a ruling."""
        return self.stands.fact

    @property
    def standing(self) -> RuledWords | None:
        """The ruling in force: the newest, unless the outcome came out otherwise since."""
        return self.stands.standing(self.rulings)

    @property
    def outdated(self) -> bool:
        """Whether somebody ruled on it, and it came out otherwise afterwards."""
        return bool(self.rulings) and self.standing is None

    @property
    def status(self) -> str:
        """ "open", "confirmed" or "set_aside"."""
        return self.standing.verdict if self.standing else "open"


@dataclass(frozen=True)
class ExplainableFinding:
    """A finding of the count that a person may explain. `needed`: the rule wants a recorded reason."""

    spot: Spot
    sentence: str
    needed: bool
    stands: RuledFact
    rulings: tuple[RuledWords, ...]

    @property
    def found(self) -> str:
        """What stands here, as it is stored with a reason."""
        return self.stands.fact

    @property
    def standing(self) -> RuledWords | None:
        """The reason in force: the newest, unless the finding is another since."""
        return self.stands.standing(self.rulings)


def of_subject(loaded: Loaded, code: str) -> list[Proposal]:
    """What the count proposes for this subject: grades held by a cap, then raised flags, in the scheme's order.

    Outside the office: what a person confirmed, where it was published; a proposal is nobody else's business.
    """
    person, outlet = results.person(loaded, code), loaded.view.outlet
    if not loaded.lets(OUTCOMES):
        return []
    # what is proposed follows from the report; what people said to it is read anew by every request
    proposed = loaded.view.once(("proposed", code), lambda: (*_held(loaded, person), *_raised(loaded, person)))
    found = [replace(one, rulings=said) if (said := _said(loaded, one.spot)) else one for one in proposed]
    if outlet is None:
        return found
    # what was said before the confirmation stays with the office
    return [replace(one, rulings=one.rulings[:1]) for one in found if outlet.confirmed(one.spot)]


def all_of(loaded: Loaded) -> Iterator[Proposal]:
    """The proposals for every subject the caller may see, in roster order."""
    for person in loaded.visible():
        yield from of_subject(loaded, person.code)


def _raised(loaded: Loaded, person: Person) -> Iterator[Proposal]:
    for key in loaded.scheme.layout.flags:
        info = loaded.scheme.quantities.get(key)
        for flag in loaded.view.flags(key, person.code):
            if not flag.raised:
                continue
            spot = Spot(key, person.code, flag.at)
            counted_words = " ".join(part for part in (flag.fraction, flag.sentence) if part)
            why = tuple(part for part in (counted_words or because(loaded, key, flag.labels), flag.turning) if part)
            title = f"{flag.title}（{flag.place}）" if flag.place else flag.title
            yield Proposal(
                spot=spot,
                person=person,
                title=title,
                outcome=flag.note,
                why=why,
                source=info.source if info else "",
                stands=_raised_flag(),
                praise=info is not None and info.praise,
            )


def _held(loaded: Loaded, person: Person) -> Iterator[Proposal]:
    for key in loaded.scheme.layout.tiers:
        acted = holds(loaded, key, person.code)
        if acted:
            spot = Spot(key, person.code)
            now = acted[-1].after
            source = "；".join(dict.fromkeys(one.source for one in acted if one.source))
            why = tuple(one.sentence for one in acted)
            stands = graded(loaded.scheme, acted[-1].grade)
            yield Proposal(
                spot=spot, person=person, title=loaded.view.title(key), outcome=now, why=why, source=source, stands=stands
            )


@lru_cache(maxsize=1)
def _raised_flag() -> RuledFact:
    """What stands where a flag is raised; older rulings hold the word."""
    return RuledFact(canonical(["raised"]), spellings(N_("成立")))


def graded(scheme: Scheme, grade: str) -> RuledFact:
    """What stands where a cap held this grade; older rulings hold what the grade was called."""
    labels = {
        choice.label.in_(tag)
        for scale in scheme.scales.values()
        for choice in scale.choices
        if choice.key == grade
        for tag in languages_of("office")
    }
    return RuledFact(canonical(["grade", grade]), frozenset({grade, *labels}))


def because(loaded: Loaded, key: str, labels: Mapping[str, str]) -> str:
    """Why a condition of the scheme holds at these labels, in words; "" where its name says all, or too much would be said."""
    node = loaded.view.node(key, labels)
    return held_down.because(node, _teller(loaded)) if node is not None else ""


def _teller(loaded: Loaded) -> held_down.Teller:
    """The report's words; numbers that rest on answers of too few people are left out of them, but for those
    that stand as figures of their own on the page."""
    gate, outlet = loaded.view.gate, loaded.view.outlet

    def hidden(node: TraceNode) -> bool:
        return gate.hides_step(node) or (outlet is not None and outlet.hides_node(node))

    return held_down.teller(unfolding.wording_of(loaded), hidden, lambda node: _released(loaded, node))


def _released(loaded: Loaded, node: TraceNode) -> str:
    """A score or a grade of the result as whoever reads finds it on a page; "" where it stands on none of theirs."""
    layout = loaded.scheme.layout
    if node.name not in (*layout.columns, *layout.tiers) or not loaded.lets("scores"):
        return ""
    cell = loaded.view.cell(node.name, node.labels) if loaded.may_see(node.labels.get("subject", "")) else None
    return cell.text if cell is not None and not cell.missing else ""


def holds(loaded: Loaded, key: str, code: str) -> list[held_down.Hold]:
    """The caps that acted on one grade of one subject."""
    node = loaded.view.node(key, {"subject": code})
    return held_down.holds(node, _teller(loaded)) if node is not None else []


def _said(loaded: Loaded, spot: Spot) -> tuple[RuledWords, ...]:
    return tuple(loaded.rulings.get(spot, ()))


def remarks(loaded: Loaded) -> list[ExplainableFinding]:
    """The count's findings the caller may see, those that need a reason first."""
    found = []
    for one, sentence in findings.tell(loaded):
        spot = findings.spot_of(one)
        found.append(
            ExplainableFinding(spot, sentence, one.code in NEEDS_REASON, findings.found_of(loaded, one), _said(loaded, spot))
        )
    return sorted(found, key=lambda remark: not remark.needed)


def unexplained(loaded: Loaded) -> list[ExplainableFinding]:
    """Soft limits exceeded for which nobody has recorded a reason yet."""
    return [one for one in remarks(loaded) if one.needed and one.standing is None]


def rule(
    session: Session,
    loaded: Loaded,
    spot: Spot,
    *,
    verdict: str,
    reason: str,
    seen: str,
    account: str,
    now: dt.datetime,
) -> None:
    """Confirm or set aside one proposal, or explain one finding. The caller commits.

    `seen` is what the person looked at. Raises NotFoundError for a spot where nothing is proposed, RefusedError when it came
    out otherwise meanwhile, UserError without a reason where one is needed.
    """
    places: dict[Spot, str] = {one.spot: one.found for one in remarks(loaded)}
    if verdict != "explained":
        places = {one.spot: one.found for one in of_subject(loaded, spot.subject)}
    if spot not in places:
        raise NotFoundError(N_("这里没有要确认的结论；请从页面重新选择。"))
    if places[spot] != seen:
        raise RefusedError(N_("这个结论在您查看之后变了；请再看一遍，再确认。"))
    _add(session, loaded, {spot: seen}, verdict=verdict, reason=reason, account=account, now=now)


def confirm_all(session: Session, loaded: Loaded, about: str, *, reason: str, account: str, now: dt.datetime) -> int:
    """Confirm every proposal of one kind that nobody has ruled on yet; how many. The caller commits."""
    waiting = {one.spot: one.found for one in all_of(loaded) if one.spot.about == about and one.status == "open"}
    return _add(session, loaded, waiting, verdict="confirmed", reason=reason, account=account, now=now)


def _add(
    session: Session, loaded: Loaded, spots: dict[Spot, str], *, verdict: str, reason: str, account: str, now: dt.datetime
) -> int:
    report = loaded.stored.digest
    return rulings.add(session, loaded.campaign, spots, verdict=verdict, reason=reason, report=report, account=account, now=now)


def apart(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Praise behind what calls somebody to account, each as it was: the two are never mixed."""
    return sorted(proposals, key=lambda one: one.praise)


def count_by_status(proposals: Iterable[Proposal]) -> dict[str, int]:
    """How many proposals there are by status."""
    found = {"open": 0, "confirmed": 0, "set_aside": 0}
    for one in proposals:
        found[one.status] += 1
    return found


def kinds(loaded: Loaded, proposals: Sequence[Proposal]) -> list[tuple[str, str, int]]:
    """The kinds of proposals there are: quantity, title, how many."""
    numbers: dict[str, int] = {}
    for one in proposals:
        numbers[one.spot.about] = numbers.get(one.spot.about, 0) + 1
    order = (*loaded.scheme.layout.tiers, *loaded.scheme.layout.flags)
    return [(key, loaded.view.title(key), numbers[key]) for key in dict.fromkeys(order) if key in numbers]
