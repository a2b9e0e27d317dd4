"""What a round has to print, as one table: for each meeting its forms with suggested numbers, for each unit its letters.

Lives here: reading what is expected and what was printed. May not live here: codes (`slips`, `invitations`), sheets of paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from questionnaires.model import Admission
from survey_app.i18n import language
from survey_app.models import BallotStyle, Campaign
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import styles_of
from survey_app.services.roster.reading import entitled
from survey_app.services.slips import invitations, slips
from survey_app.services.slips.invitations import InvitationLine

#: Spare slips beyond the head-count: one in ten, at least two. Where nobody is counted, so many slips in all.
SPARE, UNCOUNTED = 10, 20


@dataclass(frozen=True, kw_only=True)
class SlipLine:
    """One form that takes slips: `entitled` None where nobody has said; `issued` in force; `wanted` and `spare` suggested."""

    style: BallotStyle
    unit: str
    group: str
    entitled: int | None
    issued: int
    wanted: int
    spare: int


@dataclass(frozen=True)
class PrintingTable:
    """All of it: forms by the roster's order of units, letters by group and unit."""

    slips: Sequence[SlipLine]
    letters: Sequence[InvitationLine]


def table_of(session: Session, campaign: Campaign) -> PrintingTable:
    """The table of this campaign."""
    groups, people = scheme_of(campaign).groups, entitled(session, campaign)
    issued = slips.issued_counts(session, campaign)
    lines = []
    for loaded in styles_of(session, campaign):
        row = loaded.row
        if groups[row.group_key].admission == Admission.SLIP:
            place = (row.unit_id, row.group_key)
            expected, there = people.get(place), issued.get(place, 0)
            wanted = (expected or UNCOUNTED) if not there else 0
            lines.append(
                SlipLine(
                    style=row,
                    unit=row.unit.name if row.unit else "",
                    group=groups[row.group_key].title.in_(language()),
                    entitled=expected,
                    issued=there,
                    wanted=wanted,
                    spare=max(2, -(-wanted // SPARE)) if wanted and expected else 0,
                )
            )
    return PrintingTable(lines, invitations.lines(session, campaign))
