"""Attendance: how many people were present at every place, or the stated reason why nobody counted them.

Lives here: the reasons, and which places have neither. May not live here: the numbers themselves (`headcounts`).

Threat answered to: ballots added beside those of the people who came. Against the slips alone whoever holds the unused ones can
add as many; against the people in the hall they cannot. So nothing is counted while a place has neither, and a reason goes into
the bundle, where the checker names the place.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_, language, listed
from survey_app.models import BallotStyle, Campaign, Headcount, Uncounted, Unit
from survey_app.services.campaign.campaigns import scheme_of

#: Characters of a reason.
LONGEST = 200
_At = tuple[int | None, str]  # id of the unit or None, group key


class MissingAttendanceError(RefusedError):
    """Places without attendance and without a reason; `places` names each as (unit's name or "", group's title)."""

    def __init__(self, places: list[tuple[str, str]]) -> None:
        names = listed(f"{unit} {group}".strip() for unit, group in places)
        super().__init__(
            N_("有 %(n)s 处既没有到会人数，也没有写明为什么没有清点：%(places)s。请在“关闭与清点”页逐处填写，再开箱计票。"),
            n=len(places),
            places=names,
        )
        self.places = places


def reasons(session: Session, campaign: Campaign) -> dict[_At, str]:
    """Why nobody counted, by place."""
    return {(row.unit_id, row.group_key): row.reason for row in _rows(session, campaign)}


def keep_reason(session: Session, campaign: Campaign, at: _At, reason: str) -> None:
    """Put the reason of one place in place of an earlier one; "" takes it away. The caller commits."""
    reason = " ".join(reason.split())
    row = next((one for one in _rows(session, campaign) if (one.unit_id, one.group_key) == at), None)
    if row is not None and not reason:
        session.delete(row)
    elif row is not None:
        row.reason = reason
    elif reason:
        session.add(Uncounted(campaign_id=campaign.id, unit_id=at[0], group_key=at[1], reason=reason))


def missing(session: Session, campaign: Campaign) -> list[tuple[str, str]]:
    """The places that have ballots to expect and neither attendance nor reason, in the order of units and groups, by name."""
    scheme = scheme_of(campaign)
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.campaign_id == campaign.id))}
    order = {key: number for number, key in enumerate(scheme.groups)}
    counted = select(Headcount.unit_id, Headcount.group_key).where(
        Headcount.campaign_id == campaign.id, Headcount.present.is_not(None)
    )
    given = {(unit_id, group) for unit_id, group in session.execute(counted)} | set(reasons(session, campaign))
    asked = select(BallotStyle.unit_id, BallotStyle.group_key).where(BallotStyle.campaign_id == campaign.id)
    places = {(unit_id, group) for unit_id, group in session.execute(asked)} - given
    return [
        (units[unit_id].name if unit_id else "", scheme.groups[group].title.in_(language()))
        for unit_id, group in sorted(places, key=lambda at: (units[at[0]].place if at[0] else -1, order[at[1]]))
    ]


def refuse_unless_given(session: Session, campaign: Campaign) -> None:
    """Refuse, naming every place, unless each has its attendance or a reason.

    Parameters
    ----------
    session, campaign
        Read only.

    Raises
    ------
    MissingAttendanceError
        While a place has neither; its `places` are all of them.
    """
    places = missing(session, campaign)
    if places:
        raise MissingAttendanceError(places)


def _rows(session: Session, campaign: Campaign) -> list[Uncounted]:
    return list(session.scalars(select(Uncounted).where(Uncounted.campaign_id == campaign.id)))
