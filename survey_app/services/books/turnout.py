"""How many ballots are in: in coarse steps while the campaign is open, exactly once it is closed.

A step (`floors.TURNOUT`), because "eleven" after "ten" tells the clerk at the door whose ballot just came in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.disclosure import floors
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Ballot, BallotStyle, Campaign, CampaignState


@dataclass(frozen=True)
class TurnoutLine:
    """Ballots in force of one style, group or unit: at least `at_least`, a multiple of the step; 0 says "fewer than one step"."""

    style_id: str
    group_key: str
    unit_id: int | None
    at_least: int


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """Turnout by style, and summed by rater group, by unit and by both (each sum is made exactly, then coarsened)."""

    lines: tuple[TurnoutLine, ...]
    by_group: Mapping[str, int] = field(default_factory=dict)
    by_unit: Mapping[int | None, int] = field(default_factory=dict)
    in_all: int = 0
    by_place: Mapping[tuple[int | None, str], int] = field(default_factory=dict)  # (unit id, group key): all its styles
    step: int = floors.TURNOUT


@dataclass(frozen=True)
class BooksLine:
    """One style's ballots, exactly: every row ever stored, and those a later version replaced."""

    style_id: str
    group_key: str
    unit_id: int | None
    cast: int
    superseded: int


def coarse(count: int) -> int:
    """The count rounded down to a full step."""
    return count - count % floors.TURNOUT


def turnout(session: Session, campaign: Campaign) -> Turnout:
    """Turnout in steps, for anybody in the office, in any state."""
    by_group: Counter[str] = Counter()
    by_unit: Counter[int | None] = Counter()
    by_place: Counter[tuple[int | None, str]] = Counter()
    lines = []
    for line in _count(session, campaign):
        in_force = line.cast - line.superseded
        by_group[line.group_key] += in_force
        by_unit[line.unit_id] += in_force
        by_place[line.unit_id, line.group_key] += in_force
        lines.append(TurnoutLine(line.style_id, line.group_key, line.unit_id, coarse(in_force)))
    return Turnout(
        lines=tuple(lines),
        by_group={group: coarse(count) for group, count in by_group.items()},
        by_unit={unit: coarse(count) for unit, count in by_unit.items()},
        in_all=coarse(by_group.total()),
        by_place={place: coarse(count) for place, count in by_place.items()},
    )


def books(session: Session, campaign: Campaign) -> tuple[BooksLine, ...]:
    """Exact counts per style. Raises RefusedError while the campaign is not closed."""
    if not campaign.state.at_least(CampaignState.CLOSED):
        raise RefusedError(N_("评议还没有结束，只能看 %(step)s 个一档的进度；结束后才有准确的票数。"), step=floors.TURNOUT)
    return tuple(_count(session, campaign))


def _count(session: Session, campaign: Campaign) -> list[BooksLine]:
    counted = select(Ballot.style_id, func.count()).where(Ballot.campaign_id == campaign.id).group_by(Ballot.style_id)
    cast = dict(session.execute(counted).all())
    superseded = dict(session.execute(counted.where(Ballot.superseded.is_(True))).all())
    styles = session.scalars(select(BallotStyle).where(BallotStyle.campaign_id == campaign.id).order_by(BallotStyle.id))
    return [
        BooksLine(style.id, style.group_key, style.unit_id, cast.get(style.id, 0), superseded.get(style.id, 0))
        for style in styles
    ]
