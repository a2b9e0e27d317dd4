"""What a scheme says in made-up situations, and what other answers of its policy would give: to hold against the source."""

from __future__ import annotations

from flask import Blueprint, Response

from survey_app import access
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.results.scheme_reading import reading_of
from survey_app.views.office.campaign_frame import campaign_of, campaign_page

blueprint = Blueprint("scheme_reading", __name__, url_prefix="/office/campaigns/<key>/scheme/reading")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """The choices taken from the policy, and the table of situations."""
    campaign = campaign_of(key)
    return campaign_page("campaigns/reading.html", campaign, "scheme", reading=reading_of(scheme_of(campaign)))
