"""The roster read back for the office's pages: by unit, and set beside the turnout.

Lives here: reading. May not live here: changing the roster (`rosters`), HTML.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.model import Group
from survey_app.models import Campaign, Headcount, Rater, Subject, Unit
from survey_app.services.books import turnout
from survey_app.services.campaign.campaigns import scheme_of, units_of

Place = tuple[int | None, str]  # unit id (None for groups of no unit), group key


@dataclass
class UnitPart:
    """What the roster says of one unit; `unit` None: raters and head-counts that belong to no unit."""

    unit: Unit | None
    subjects: list[Subject] = field(default_factory=list)
    raters: dict[str, list[Rater]] = field(default_factory=lambda: defaultdict(list))
    heads: dict[str, Headcount] = field(default_factory=dict)


@dataclass(frozen=True)
class TurnoutPlace:
    """One group in one unit: ballots in (a multiple of ten, 0 for "fewer than ten") and those entitled, None if unknown."""

    unit: str
    at_least: int
    entitled: int | None


@dataclass(frozen=True)
class GroupTurnout:
    """One group over all units."""

    group: Group
    at_least: int
    entitled: int | None
    places: tuple[TurnoutPlace, ...]


def by_unit(session: Session, campaign: Campaign) -> list[UnitPart]:
    """The whole roster in its neutral order; the part without a unit comes last, and only when it holds something."""
    parts = {unit.id: UnitPart(unit) for unit in units_of(session, campaign)}
    nowhere = UnitPart(None)
    for subject in session.scalars(select(Subject).where(Subject.campaign_id == campaign.id).order_by(Subject.place)):
        parts[subject.unit_id].subjects.append(subject)
    for rater in session.scalars(select(Rater).where(Rater.campaign_id == campaign.id).order_by(Rater.id)):
        (parts[rater.unit_id] if rater.unit_id else nowhere).raters[rater.group_key].append(rater)
    for head in session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id)):
        (parts[head.unit_id] if head.unit_id else nowhere).heads[head.group_key] = head
    return [*parts.values(), *([nowhere] if nowhere.raters or nowhere.heads else [])]


def entitled(session: Session, campaign: Campaign) -> dict[Place, int | None]:
    """How many people may take part: the head-count of anonymous groups, the named raters of signed ones."""
    groups = scheme_of(campaign).groups
    found: dict[Place, int | None] = {
        (head.unit_id, head.group_key): head.entitled
        for head in session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id))
        if not groups[head.group_key].signed
    }
    named: Counter[Place] = Counter()
    counted = select(Rater.unit_id, Rater.group_key, func.count()).where(Rater.campaign_id == campaign.id)
    for unit_id, group_key, count in session.execute(counted.group_by(Rater.unit_id, Rater.group_key)):
        named[unit_id if groups[group_key].own_unit else None, group_key] += count
    return {**found, **named}


def entitled_by_code(session: Session, campaign: Campaign) -> dict[tuple[str, str], int | None]:
    """The same by unit code ("" for groups of no unit) and group key."""
    codes = {unit.id: unit.code for unit in units_of(session, campaign)}
    people = entitled(session, campaign).items()
    return {(codes[unit_id] if unit_id else "", group): number for (unit_id, group), number in people}


def turnout_by_group(session: Session, campaign: Campaign) -> list[GroupTurnout]:
    """Every group that has a form, in the scheme's order, with its units in the roster's order."""
    told, people = turnout.turnout(session, campaign), entitled(session, campaign)
    units: Mapping[int | None, Unit] = {unit.id: unit for unit in units_of(session, campaign)}
    order = {unit_id: place for place, unit_id in enumerate(units)}
    lines = []
    for key, group in scheme_of(campaign).groups.items():
        places = sorted((unit_id for unit_id, group_key in told.by_place if group_key == key), key=lambda at: order.get(at, -1))
        if not places:
            continue
        of_units = tuple(
            TurnoutPlace(units[at].name, told.by_place[at, key], people.get((at, key))) for at in places if at is not None
        )
        known = [people.get((at, key)) for at in places]
        lines.append(GroupTurnout(group, told.by_group[key], _sum(known), of_units))
    return lines


def _sum(numbers: Sequence[int | None]) -> int | None:
    """The sum, or None when one of them is not known."""
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
