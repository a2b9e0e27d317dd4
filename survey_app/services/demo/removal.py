"""Taking the demo out as a whole: every demo campaign that may go, in one act; what stays says why and what would let it go.

Threats answered to: as of one campaign's removal (`removal`); and a real campaign, which is never looked at here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Campaign
from survey_app.services.campaign import removal
from survey_app.services.campaign.removal import Going, StaleRemovalError
from survey_app.services.keeping import purge


@dataclass(frozen=True)
class Staying:
    """A demo campaign that does not go, and the sentence that says why."""

    campaign: Campaign
    why: str


@dataclass(frozen=True)
class WholeDemo:
    """Demo campaigns that go, each with what it takes along, and those that stay. `digest`: to be sent back by the form."""

    going: tuple[tuple[Campaign, Going], ...]
    staying: tuple[Staying, ...]

    @property
    def digest(self) -> str:
        """Changes with every campaign and every number listed."""
        going = [(campaign.key, each.digest) for campaign, each in self.going]
        said = (going, [(one.campaign.key, one.why) for one in self.staying])
        return hashlib.sha256(repr(said).encode()).hexdigest()


def of_demo(session: Session) -> WholeDemo:
    """The demo as it stands."""
    going, staying = [], []
    for campaign in session.scalars(_demos()):
        try:
            removal.refuse_campaign(session, campaign)
        except RefusedError as refused:
            staying.append(Staying(campaign, refused.sentence))
        else:
            going.append((campaign, removal.of_campaign(session, campaign)))
    return WholeDemo(tuple(going), tuple(staying))


def remove_demo(session: Session, *, seen: str, secret: str, account: str, now: dt.datetime) -> WholeDemo:
    """Remove every demo campaign that may go, all of them or none; what went. Each that had a log leaves its certificate.

    Parameters
    ----------
    session
        The caller commits, then scrubs.
    seen
        The digest of what the page listed.
    secret
        The server's secret, which opens the logs' signing keys.
    account, now
        Who does this and when.

    Raises
    ------
    RefusedError
        When there is nothing to remove, or something else than the page listed.
    """
    session.scalars(_demos().with_for_update().execution_options(populate_existing=True)).all()
    demo = of_demo(session)
    if seen != demo.digest:
        raise StaleRemovalError(removal.STALE)
    if not demo.going:
        raise RefusedError(N_("没有可以删去的演示评议；什么都没有删。"))
    for campaign, going in demo.going:
        purge.purge(session, campaign, seen=going.digest, secret=secret, account=account, now=now)
    return demo


def _demos() -> Select[Campaign]:
    return select(Campaign).where(Campaign.demo.is_(True)).order_by(Campaign.id)
