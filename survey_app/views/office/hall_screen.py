"""The hall's screen for slips: how to vote, how many are in, in steps, how long there is; at the end the root, to be read out."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, make_response, render_template

from survey_app import access
from survey_app.errors import RefusedError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.books import turnout
from survey_app.services.log import epochs
from survey_app.views.office.campaign_frame import campaign_of

blueprint = Blueprint("hall_screen", __name__, url_prefix="/office/campaigns/<key>/screen")
REFRESH_SECONDS = 20
#: Digits of the root in one group: what one breath reads out.
_GROUP = 8


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """The page to project. It loads itself again, and holds nothing that not everybody in the hall may see."""
    campaign = campaign_of(key)
    if campaign.state == CampaignState.DRAFT:
        raise RefusedError(N_("这次评议还没有批准，还没有什么可以投到大屏幕上。"))
    log = epochs.log_of(db_session(), campaign)
    root = log.epochs[-1].root.hex() if log and log.epochs and campaign.state != CampaignState.OPEN else ""
    page = render_template(
        "campaigns/hall_screen.html",
        campaign=campaign,
        cast=turnout.turnout(db_session(), campaign).in_all,
        minutes=_minutes_left(campaign),
        root=[root[at : at + _GROUP] for at in range(0, len(root), _GROUP)],
    )
    response = make_response(page)
    response.headers["Refresh"] = str(REFRESH_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _minutes_left(campaign: Campaign) -> int | None:
    """Whole minutes until the clock closes the voting; None where a hand does, or it is over."""
    if campaign.closes is None or campaign.state != CampaignState.OPEN:
        return None
    return max(0, -(-int((campaign.closes - now()).total_seconds()) // int(dt.timedelta(minutes=1).total_seconds())))
