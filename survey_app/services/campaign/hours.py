"""When a round's voting runs: opened and closed by the clock or by hand, and paused with a reason that voters read.

Lives here: the hours, and what is due by them. May not live here: closing (`campaigns.close`), pages, the clock itself.

Threats answered to: voting that begins while slips are still being handed out, because approval opened it; a round that nobody
closes because whoever should have is away. A pause loses nothing: slips stay good, and what was filled in stays on the phone.
The clock never closes a round that is paused: whoever was kept from voting then is for people to decide about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, CampaignState

REASON_CHARACTERS = 120
#: A round that lasts longer is a slip of the hand in the year.
LONGEST = dt.timedelta(days=366)


class HourError(UserError):
    """Hours, or a reason, that cannot be."""

    status = 422


class Due(StrEnum):
    """What the clock does to a round."""

    OPEN = "open"
    CLOSE = "close"


@dataclass(frozen=True)
class Hours:
    """When the clock opens and closes the voting; None: by hand, which for the opening is with the approval."""

    opens: dt.datetime | None = None
    closes: dt.datetime | None = None


def check(campaign: Campaign, hours: Hours, *, now: dt.datetime) -> None:
    """Raise HourError for hours that cannot be, RefusedError for a round whose hours are past."""
    if campaign.state not in (CampaignState.DRAFT, CampaignState.OPEN):
        raise RefusedError(N_("这次评议已经结束，开放和结束的时间不能再改。"))
    begun = campaign.state == CampaignState.OPEN and campaign.halted != ""
    if begun and hours.opens != campaign.opens:
        raise RefusedError(N_("投票已经开放，开放时间不能再改；可以改结束时间。"))
    if hours.opens is not None and not begun and hours.opens <= now:
        raise HourError(N_("开放时间已经过了；请写以后的时间，或者留空。"))
    if hours.closes is not None and hours.closes <= now:
        raise HourError(N_("结束时间已经过了；请写以后的时间，或者留空。"))
    if hours.closes is not None and hours.closes <= (hours.opens or now):
        raise HourError(N_("结束时间要在开放时间之后；请改正。"))
    if hours.closes is not None and hours.closes - (hours.opens or now) > LONGEST:
        raise HourError(N_("从开放到结束超过一年；请核对年份。"))


def choose(session: Session, campaign: Campaign, hours: Hours, *, now: dt.datetime) -> None:
    """Set the hours. Raises as `check`; the caller commits."""
    session.refresh(campaign, with_for_update=True)
    check(campaign, hours, now=now)
    campaign.opens, campaign.closes = hours.opens, hours.closes  # one that waits and has no hour any more waits for a hand


def at_approval(campaign: Campaign, *, now: dt.datetime) -> None:
    """Let an approved round wait for its hour, where it has one that has not come."""
    campaign.halted = "" if campaign.opens is not None and campaign.opens > now else None


def begin(session: Session, campaign: Campaign) -> None:
    """Let the voting run: its hour has come, somebody opens it by hand, or a pause is over. Raises RefusedError."""
    session.refresh(campaign, with_for_update=True)
    refuse_unless_halted(campaign)
    campaign.halted = None


def refuse_unless_halted(campaign: Campaign) -> None:
    """Raise RefusedError where the voting runs already, or can run no more."""
    if campaign.state != CampaignState.OPEN or campaign.halted is None:
        raise RefusedError(N_("投票没有在等候或暂停，不用开放；请看页面上现在的情况。"))


def pause(session: Session, campaign: Campaign, reason: str) -> None:
    """Stop taking ballots for a while; voters read why. Raises HourError, RefusedError; the caller commits."""
    session.refresh(campaign, with_for_update=True)
    why = " ".join(reason.split())
    if campaign.state != CampaignState.OPEN or campaign.halted is not None:
        raise RefusedError(N_("投票现在没有在进行，不能暂停；请看页面上现在的情况。"))
    if not why or len(why) > REASON_CHARACTERS:
        raise HourError(N_("请写明暂停的原因，最多 %(most)s 个字；投票的人会看到这一句。"), most=REASON_CHARACTERS)
    campaign.halted = why


def find_due(session: Session, *, now: dt.datetime) -> Sequence[tuple[int, Due]]:
    """Ids of the rounds whose hour has come, and what it is the hour of. A paused round is never due."""
    rows = session.execute(
        select(Campaign.id, Campaign.opens, Campaign.closes, Campaign.halted).where(Campaign.state == CampaignState.OPEN)
    )
    found = []
    for campaign_id, opens, closes, halted in rows:
        if halted == "" and opens is not None and opens <= now:
            found.append((campaign_id, Due.OPEN))
        elif halted is None and closes is not None and closes <= now:
            found.append((campaign_id, Due.CLOSE))
    return found
