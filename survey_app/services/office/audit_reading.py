"""Looking into the log of acts: by campaign, person, day and kind, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.i18n import N_
from survey_app.models import Account, AuditEvent, Campaign
from survey_app.services.office import act_sentences, refusals
from survey_app.services.office.act_sentences import ToldAct

#: Kind -> its name, and how the acts begin that belong to it. Refusals are told apart first.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "refused": (N_("被拒绝的"), tuple(refusals.KINDS)),
    "accounts": (N_("账户和登录"), ("account-", "link-", "password-", "sign-", "session-", "recovery-", "factor")),
    "setup": (N_("准备"), ("campaign-", "roster-", "release-plan-", "custody-", "opening-")),
    "paper": (N_("凭条和邀请函"), ("slips-", "invitations-", "room-")),
    "box": (N_("存证和清点"), ("log-", "counts-", "database-")),
    "count": (N_("计票和结论"), ("count", "recompute", "outcome-", "evidence-", "earlier-", "comment-", "signed-form-")),
    "publish": (N_("公布和销毁"), ("results-", "bundle-", "appeal-", "openings-")),
    "server": (N_("服务器"), ("backup-", "audit-")),
}


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is looked for; "" and None for everything."""

    campaign: str = ""
    person: str = ""
    kind: str = ""
    day: dt.date | None = None

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.campaign or self.person or self.kind or self.day)


def find(session: Session, sought: Sought, *, limit: int | None, before: int | None = None) -> list[ToldAct]:
    """The newest lines first, at most `limit` (None: all), older than the line `before` when given."""
    query = select(AuditEvent).where(*_conditions(sought)).order_by(AuditEvent.id.desc()).limit(limit)
    lines = session.scalars(query if before is None else query.where(AuditEvent.id < before))
    titles = campaigns(session)
    return [act_sentences.tell(line, titles) for line in lines]


def campaigns(session: Session) -> dict[str, str]:
    """Title by key, newest campaign first."""
    rows = session.execute(select(Campaign.key, Campaign.title).order_by(Campaign.id.desc()))
    return {row.key: row.title for row in rows}


def people(session: Session) -> Sequence[tuple[str, str]]:
    """Everybody who stands in the log or has an account: as stored, and in words."""
    names = {*session.scalars(select(AuditEvent.account).distinct()), *session.scalars(select(Account.name))}
    return sorted((name, act_sentences.who(name)) for name in names if name)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.campaign:
        begins = AuditEvent.detail.startswith(f"{sought.campaign} ", autoescape=True)
        found.append(or_(AuditEvent.detail == sought.campaign, begins))
    if sought.person:
        # An attempt in somebody's name is nobody's act, and belongs to what that person wants to see.
        attempted = and_(AuditEvent.action.in_(refusals.KINDS), AuditEvent.detail.endswith(f" {sought.person}", autoescape=True))
        found.append(or_(AuditEvent.account == sought.person, attempted))
    if sought.kind in KINDS:
        found.append(_of_kind(sought.kind))
    if sought.day:
        found.append(AuditEvent.at >= times.hour_of(sought.day, 0))
        found.append(AuditEvent.at <= times.end_of(sought.day) + dt.timedelta(microseconds=999_999))
    return found


def _of_kind(kind: str) -> ColumnElement[bool]:
    refused = AuditEvent.action.in_(refusals.KINDS)
    if kind == "refused":
        return refused
    return and_(not_(refused), or_(*(AuditEvent.action.startswith(one, autoescape=True) for one in KINDS[kind][1])))
