"""Legal holds: for a reason that somebody gave, nothing of a round is destroyed or removed until the hold is lifted.

Threats answered to: evidence in a dispute that is destroyed because its day had come; a hold lifted without anybody saying why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, LegalHold
from survey_app.services.office import audit

REASON_CHARACTERS = 300


class HeldRoundError(RefusedError):
    """Nothing of this round may be destroyed or removed now."""


def reason_of(text: str) -> str:
    """The reason as it is kept. Raises UserError for none and for one that is too long."""
    reason = " ".join(text.split())
    if not reason:
        raise UserError(N_("请写明理由；没有理由，不能冻结，也不能解除。"))
    if len(reason) > REASON_CHARACTERS:
        raise UserError(N_("理由最多 %(most)s 个字，这里有 %(n)s 个；请写短些。"), most=REASON_CHARACTERS, n=len(reason))
    return reason


def place(session: Session, campaign: Campaign, reason: str, *, account: str, now: dt.datetime) -> LegalHold:
    """Forbid that anything of this round is destroyed.

    Parameters
    ----------
    session, campaign
        The caller commits.
    reason
        Why.
    account, now
        Who does this and when.

    Raises
    ------
    UserError
        Without a reason.
    HeldRoundError
        When a hold for the same reason stands already.
    """
    kept = reason_of(reason)
    session.refresh(campaign, with_for_update=True)
    if any(one.reason == kept for one in standing(session, campaign)):
        raise HeldRoundError(N_("同一个理由已经冻结着；没有再记一次。"))
    hold = LegalHold(campaign_id=campaign.id, reason=kept, placed=now, placed_by=account)
    session.add(hold)
    session.flush()
    audit.record(session, account=account, action="hold-placed", detail=f"{campaign.key} {kept}", now=now)
    return hold


def lift(session: Session, campaign: Campaign, hold_id: int, why: str, *, account: str, now: dt.datetime) -> LegalHold:
    """Lift one hold. Raises UserError without a reason, NotFoundError, HeldRoundError for a lifted one. The caller commits."""
    kept = reason_of(why)
    session.refresh(campaign, with_for_update=True)
    hold = standing_one(session, campaign, hold_id)
    hold.lifted, hold.lifted_by, hold.lifted_why = now, account, kept
    audit.record(session, account=account, action="hold-lifted", detail=f"{campaign.key} {hold.id} {kept}", now=now)
    return hold


def standing_one(session: Session, campaign: Campaign, hold_id: int) -> LegalHold:
    """A hold of this round that stands. Raises NotFoundError, HeldRoundError for one that was lifted."""
    hold = session.get(LegalHold, hold_id)
    if hold is None or hold.campaign_id != campaign.id:
        raise NotFoundError(N_("没有这一条冻结；请从归档与保存页重新选择。"))
    if hold.lifted is not None:
        raise HeldRoundError(
            N_("这一条已经由 %(who)s 在 %(time)s 解除；没有再做什么。"), who=hold.lifted_by, time=times.moment(hold.lifted)
        )
    return hold


def history(session: Session, campaign: Campaign) -> Sequence[LegalHold]:
    """Every hold there was, oldest first."""
    return session.scalars(select(LegalHold).where(LegalHold.campaign_id == campaign.id).order_by(LegalHold.id)).all()


def standing(session: Session, campaign: Campaign) -> list[LegalHold]:
    """The holds in force."""
    return [one for one in history(session, campaign) if one.lifted is None]


def refuse_if_held(session: Session, campaign: Campaign) -> None:
    """Raise HeldRoundError, naming the reason, while a hold stands."""
    held = standing(session, campaign)
    if held:
        raise HeldRoundError(
            N_("这次评议冻结着，什么也不能销毁或删除：%(reason)s（%(who)s，%(time)s）。先解除冻结。"),
            reason=held[0].reason,
            who=held[0].placed_by,
            time=times.moment(held[0].placed),
        )
