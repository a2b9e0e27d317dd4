"""From a round to another: the rehearsal of a draft, next year's round; what each takes along is said first."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.models import REHEARSAL_MARK, Campaign
from survey_app.roles import Capability
from survey_app.services.campaign import campaigns
from survey_app.services.release import next_round
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import complete

blueprint = Blueprint("again", __name__, url_prefix="/office/campaigns/<key>/again")


@blueprint.get("/")
@access.may(Capability.PREPARE)
def index(key: str) -> Response:
    """What can be made of this round."""
    return _page(campaign_of(key))


@blueprint.post("/rehearsal")
@access.may(Capability.PREPARE)
def rehearse(key: str) -> AnyResponse:
    """A round like this draft that counts for nothing."""
    campaign = campaign_of(key)
    return _made(campaign, lambda: next_round.rehearse_round(db_session(), campaign, now=now()))


@blueprint.post("/next")
@access.may(Capability.PREPARE)
def make_next(key: str) -> AnyResponse:
    """A draft for another period."""
    campaign, form = campaign_of(key), request.form
    title, period = form.get("title", ""), form.get("period", "")
    return _made(campaign, lambda: next_round.next_round(db_session(), campaign, title=title, period=period, now=now()))


def _made(campaign: Campaign, make: Callable[[], Campaign]) -> AnyResponse:
    try:
        complete()
        made = make()
    except UserError as error:
        db_session().rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    record("campaign-created", made, f"{made.title} {made.scheme_key}/{made.scheme_version}")
    db_session().commit()
    flash(_("已建立“%(title)s”，名册、告诉大家的话和公布计划都带来了。", title=made.title))
    return redirect(url_for("campaigns.overview", key=made.key))


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    return campaign_page(
        "campaigns/again.html",
        campaign,
        "",
        status=status,
        problem=problem,
        form=request.form,
        most=campaigns.TITLE_CHARACTERS,
        mark=REHEARSAL_MARK,
    )
