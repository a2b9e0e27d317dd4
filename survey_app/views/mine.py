"""One's own results, by the link of a printed letter: a page that says what opening does, the visit, and the one page it shows.

No account: the cookie of a visit holds a secret of its own, good for half an hour and for this page alone.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import language, say
from survey_app.models import Campaign, Subject
from survey_app.services.four_eyes import alone
from survey_app.services.publishing import own_results
from survey_app.views import own_figures

blueprint = Blueprint("mine", __name__, url_prefix="/mine")


@blueprint.get("/<secret>")
@access.public
def door(secret: str) -> Response:
    """Whose letter it is, and the button that spends the link. Looking spends nothing."""
    subject = own_results.look_at(db_session(), secret, now=now())
    campaign = db_session().get_one(Campaign, subject.campaign_id)
    return make_response(render_template("results/mine_door.html", subject=subject, campaign=campaign))


@blueprint.post("/<secret>")
@access.public
def enter(secret: str) -> AnyResponse:
    """Spend the link into a visit of half an hour in this browser."""
    session = db_session()
    visit = own_results.spend(session, secret, now=now())
    session.commit()
    response = redirect(url_for("mine.page"))
    response.set_cookie(
        access.visit_cookie(),
        visit,
        max_age=int(own_results.VISIT.total_seconds()),
        path="/",
        secure=current_config().secure,
        httponly=True,
        samesite="Strict",
    )
    return response


@blueprint.get("/")
@access.subject
def page() -> Response:
    """The visitor's own figures, as they were published to their unit; no others, and no calculation that names others."""
    subject: Subject = g.visitor
    loaded = own_results.load_own(db_session(), subject, language=language(), now=now())
    shown = render_template(
        "results/mine.html",
        loaded=loaded,
        campaign=loaded.campaign,
        policy=loaded.scheme.policy_told(say),
        one_person=alone.of_campaign(db_session(), loaded.campaign).sentence(),
        **own_figures.of_subject(loaded, subject.code, because=own_figures.own_numbers),
    )
    return make_response(shown)


@blueprint.post("/leave")
@access.subject
def leave() -> AnyResponse:
    """End the visit before its half hour is over, as on somebody else's phone."""
    own_results.leave(db_session(), request.cookies.get(access.visit_cookie(), ""))
    db_session().commit()
    response = redirect(url_for("home.front"))
    response.delete_cookie(access.visit_cookie(), path="/", secure=current_config().secure, httponly=True, samesite="Strict")
    return response
