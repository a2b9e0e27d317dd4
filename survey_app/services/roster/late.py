"""What was changed of a roster after its approval, read back, and what can be changed of a row.

Lives here: reading. May not live here: judging a change and carrying it out (`late_wishes`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.i18n import N_
from survey_app.models import Ballot, Campaign, CampaignState, LateChange, Rater, Subject
from survey_app.models.late_change import LateKind
from survey_app.services.campaign import removal

#: What can be done to a row of each kind. "new": a signed rater who is on no row yet.
ACTS: Mapping[str, tuple[LateKind, ...]] = {
    "new": (LateKind.ADDED,),
    "rater": (LateKind.WITHDRAWN, LateKind.RESPELT, LateKind.MOVED),
    "subject": (LateKind.RESPELT, LateKind.LEFT, LateKind.BACK),
    "unit": (LateKind.RESPELT,),
    "head": (LateKind.ENTITLED,),
}
#: What may be said of a round that is over, too.
ANY_TIME = {LateKind.LEFT, LateKind.BACK}
#: What happened, as the public log says it.
HAPPENED: Mapping[LateKind, str] = {
    LateKind.ADDED: N_("添了署名评价人"),
    LateKind.WITHDRAWN: N_("收回了署名评价人的邀请"),
    LateKind.MOVED: N_("署名评价人换了单位或评议主体"),
    LateKind.RESPELT: N_("改了名字的写法"),
    LateKind.LEFT: N_("评价对象退出"),
    LateKind.BACK: N_("取消了退出的记录"),
    LateKind.ENTITLED: N_("改了应到人数"),
}


def changes_of(session: Session, campaign: Campaign) -> list[LateChange]:
    """Every late change, in their order."""
    return list(session.scalars(select(LateChange).where(LateChange.campaign_id == campaign.id).order_by(LateChange.number)))


def counted(session: Session, campaign: Campaign) -> dict[LateKind, int]:
    """How many there were of each kind: what anybody may know."""
    rows = session.execute(
        select(LateChange.kind, func.count()).where(LateChange.campaign_id == campaign.id).group_by(LateChange.kind)
    )
    found = [(kind, number) for kind, number in rows]
    return dict(sorted(found, key=lambda one: list(LateKind).index(one[0])))


def gone_subjects(session: Session, campaign: Campaign) -> dict[str, LateChange]:
    """Subjects who left after the approval, by code, with the change that says so."""
    found: dict[str, LateChange] = {}
    for one in changes_of(session, campaign):
        if one.kind == LateKind.LEFT:
            found[one.code] = one
        elif one.kind == LateKind.BACK:
            found.pop(one.code, None)
    return found


def possible(session: Session, campaign: Campaign, row: removal.Row) -> list[LateKind]:
    """What can be done to this row now."""
    kind = next(name for name, table in removal.KINDS.items() if isinstance(row, table))
    gone = isinstance(row, Subject) and row.code in gone_subjects(session, campaign)
    never = {LateKind.LEFT if gone else LateKind.BACK}
    if isinstance(row, Rater) and has_sent(session, row):
        return []
    return [one for one in ACTS[kind] if one not in never and (campaign.state == CampaignState.OPEN or one in ANY_TIME)]


def has_sent(session: Session, rater: Rater) -> bool:
    """Whether a form of this signed rater is in the box."""
    return session.scalar(select(Ballot.key).where(Ballot.rater_id == rater.id).limit(1)) is not None
