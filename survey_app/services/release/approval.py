"""Approval as far as it is a promise: a group that is not signed and too small to hide anybody is refused, or open and told so.

Lives here: what stands against approval, and approval itself, which everybody calls here. May not live here: freezing scheme and
roster (`campaign.campaigns.approve`), how many are too few (`forecast`).

Threat answered to: a form that says "not signed" to the one leader of a unit. Whatever is withheld afterwards, their colleagues
know who it was; so either nobody promises it, or the group is merged or signed.
"""

from __future__ import annotations

import datetime as dt
import secrets as system_random

from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_, language
from survey_app.models import Campaign
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import Objection
from survey_app.services.release import forecast, plan
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.sealing.tokens import Rng


def objections(session: Session, campaign: Campaign) -> list[Objection]:
    """Everything that keeps the campaign from being approved: what is missing, and promises that nobody could keep."""
    return [*campaigns.objections(session, campaign), *_too_small(session, campaign)]


def _too_small(session: Session, campaign: Campaign) -> list[Objection]:
    if not campaigns.size(session, campaign)[1]:
        return []
    told, promised = language(), plan.plan_of(session, campaign)
    return [
        Objection(
            line.unit,
            N_("“%(group)s”应到 %(n)s 人，不到最少人数 %(floor)s，称不了不记名；请合并、改为署名，或在公布计划里不承诺匿名。"),
            {"group": line.group.title.in_(told), "n": line.entitled or 0, "floor": promised.floor_of(line.group.key)},
        )
        for line in forecast.forecast(session, campaign)
        if line.standing == "small"
    ]


def refuse_unless_ready(session: Session, campaign: Campaign) -> None:
    """Raises RefusedError for what cannot be approved: no draft any more, something missing, or a promise nobody could keep."""
    campaigns.refuse_unless_ready(session, campaign)
    _refuse_too_small(session, campaign)


def _refuse_too_small(session: Session, campaign: Campaign) -> None:
    if small := _too_small(session, campaign):
        raise RefusedError(
            N_("有 %(count)s 处不署名的人数太少，称不了不记名，不能批准；请按页面所列合并、改为署名，或写明不承诺匿名。"),
            count=len(small),
        )


def open_small_groups(session: Session, campaign: Campaign) -> ReleasePlan:
    """Write into a draft's plan that every group which is somewhere too small is not promised anonymity.

    Raises RefusedError once casting has opened.
    """
    now = plan.plan_of(session, campaign)
    small = {line.group.key for line in forecast.forecast(session, campaign) if line.standing == "small"}
    return plan.choose(
        session, campaign, floor=now.floor, floors=now.floors, open_groups=now.open_groups | small, exits=now.exits
    )


def approve(session: Session, campaign: Campaign, *, now: dt.datetime, rng: Rng = system_random.token_bytes) -> ReleasePlan:
    """Approve a campaign all of whose promises can be kept, and write its release plan down.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    now, rng
        The moment, and the source of random bytes.

    Returns
    -------
    ReleasePlan
        What was promised.

    Raises
    ------
    RefusedError
        When something stands against it, and as `campaigns.approve`.
    """
    if campaign.state == campaign.state.DRAFT:
        _refuse_too_small(session, campaign)
    campaigns.approve(session, campaign, now=now, rng=rng)
    return plan.fix(session, campaign)
