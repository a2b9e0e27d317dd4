"""Who rates whom, counted: units × groups, one unit's subjects × groups, and how much each form asks of whoever fills it.

Lives here: counting over ballot styles, planned or stored. May not live here: which items a form has (`campaign.form_matrix`),
changing the roster.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.styles import form_of
from survey_app.models import Campaign, CampaignState, Rater, Subject, Unit
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import planned_styles, styles_of
from survey_app.services.roster import reading

#: A form of more lines than this is filled without thought towards its end: whoever sets the round up should see it first.
SENSIBLE_LINES = 120
Place = tuple[str, str, str]  # group, unit's code or "", code of the subject left out or ""


@dataclass(frozen=True, kw_only=True)
class FormLoad:
    """One form: whose it is, how many fill it (None: nobody has said), how much there is to fill."""

    group: str
    unit: str
    excluded: str
    people: int | None
    subjects: int
    lines: int

    @property
    def heavy(self) -> bool:
        """Whether it asks for more than is sensible."""
        return self.lines > SENSIBLE_LINES


@dataclass(frozen=True)
class RatingCell:
    """A group beside a unit or a subject: how many people rate, None where nobody has said; how many subjects, and lines."""

    people: int | None
    subjects: int
    lines: int


@dataclass(frozen=True)
class RatingRow:
    """A unit or a subject with a cell for each group that rates it."""

    code: str
    name: str
    row_id: int
    cells: Mapping[str, RatingCell]


@dataclass(frozen=True)
class Ratings:
    """Everything the pages count from: slots by form, people by form, names."""

    slots: Mapping[Place, Sequence[tuple[str, str]]]
    people: Mapping[Place, int | None]
    units: Sequence[Unit]
    subjects: Mapping[str, Subject]

    def groups(self) -> list[str]:
        """Groups that have a form."""
        return list(dict.fromkeys(group for group, _unit, _own in self.slots))

    def loads(self) -> list[FormLoad]:
        """Every form that somebody may fill, the longest first."""
        names = {unit.code: unit.name for unit in self.units}
        found = [
            FormLoad(
                group=group,
                unit=names.get(unit, ""),
                excluded=self.subjects[own].name if own in self.subjects else "",
                people=self.people.get((group, unit, own)),
                subjects=len({subject for subject, _item in slots}),
                lines=len(slots),
            )
            for (group, unit, own), slots in self.slots.items()
        ]
        return sorted(found, key=lambda one: -one.lines)

    def by_unit(self) -> list[RatingRow]:
        """A row for each unit whose people are rated."""
        of_unit: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        raters: dict[tuple[str, str], list[int | None]] = defaultdict(list)
        codes = {unit.id: unit.code for unit in self.units}
        for place, slots in self.slots.items():
            here = {codes[self.subjects[subject].unit_id] for subject, _item in slots}
            for code in here:
                raters[place[0], code].append(self.people.get(place))
            for subject, number in Counter(subject for subject, _item in slots).items():
                cell = of_unit[place[0], codes[self.subjects[subject].unit_id]]
                cell[subject] = max(cell.get(subject, 0), number)
        return [
            RatingRow(
                unit.code,
                unit.name,
                unit.id,
                {
                    group: RatingCell(_sum(raters[group, unit.code]), len(known), sum(known.values()))
                    for group in self.groups()
                    if (known := of_unit.get((group, unit.code)))
                },
            )
            for unit in self.units
        ]

    def in_unit(self, unit: Unit) -> list[RatingRow]:
        """A row for each subject of a unit."""
        lines: dict[tuple[str, str], int] = Counter()
        raters: dict[tuple[str, str], list[int | None]] = defaultdict(list)
        for place, slots in self.slots.items():
            counted = Counter(subject for subject, _item in slots)
            for subject, number in counted.items():
                lines[subject, place[0]] = max(lines[subject, place[0]], number)
                raters[subject, place[0]].append(self.people.get(place))
        return [
            RatingRow(
                one.code,
                one.name,
                one.id,
                {
                    group: RatingCell(_sum(raters[one.code, group]), 1, lines[one.code, group])
                    for group in self.groups()
                    if (one.code, group) in raters
                },
            )
            for one in self.subjects.values()
            if one.unit_id == unit.id
        ]


def ratings_of(session: Session, campaign: Campaign) -> Ratings:
    """The forms as stored, or before approval as this roster would give them, with the people who fill each."""
    scheme, units = scheme_of(campaign), [part.unit for part in reading.by_unit(session, campaign) if part.unit is not None]
    wanted = select(Subject).where(Subject.campaign_id == campaign.id).order_by(Subject.place)
    subjects = {one.code: one for one in session.scalars(wanted)}
    slots: dict[Place, Sequence[tuple[str, str]]] = {}
    if campaign.state == CampaignState.DRAFT:
        for planned in planned_styles(session, campaign, scheme):
            slots[planned.group, planned.unit, planned.excluded] = [(one.subject, one.item) for one in planned.slots]
    else:
        for stored in styles_of(session, campaign):
            row = stored.row
            at = (row.group_key, row.unit.code if row.unit else "", row.excluded.code if row.excluded else "")
            slots[at] = [(one.subject, one.item) for one in stored.slots]
    people: dict[Place, int | None] = {
        (group, unit, ""): number
        for (unit, group), number in reading.entitled_by_code(session, campaign).items()
        if not scheme.groups[group].signed
    }
    codes, named = {unit.id: unit.code for unit in units}, {one.id: one.code for one in subjects.values()}
    signed: Counter[Place] = Counter()
    for rater in session.scalars(select(Rater).where(Rater.campaign_id == campaign.id)):
        group = scheme.groups[rater.group_key]
        own = form_of(group, named.get(rater.subject_id, "")) if rater.subject_id else ""
        signed[group.key, codes.get(rater.unit_id, "") if group.own_unit and rater.unit_id else "", own] += 1
    absent = {place: 0 for place in slots if scheme.groups[place[0]].signed and place not in signed}
    return Ratings(slots, {**people, **absent, **signed}, units, subjects)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
