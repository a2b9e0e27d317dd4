"""The front door: visitors read what this is, the office and unit staff go to their work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.access import Caller
from survey_app.extensions import db_session
from survey_app.services.four_eyes import office_size

blueprint = Blueprint("home", __name__)

#: Where work begins: the first of these that is there for the caller. The pages belong to other rooms.
STARTS = ("campaigns.index", "results.index", "own_account.index")


@blueprint.get("/")
@access.public
def front() -> Response:
    """What this is, in a few words; no cookie is set here."""
    here = "accounts.sign_in" in current_app.view_functions  # where voters come nobody is told the office's address
    return make_response(render_template("home/front.html", start=start_of(g.get("caller")), signs_in_here=here))


@blueprint.get("/office/")
@access.signed_in
def work() -> AnyResponse:
    """Each role's own beginning."""
    if access.may_open("people.index") and office_size.should_ask(db_session()):
        return redirect(url_for("people.index"))
    return redirect(start_of(access.current_account()) or url_for("home.front"))


@blueprint.get("/healthy")
@access.public
def healthy() -> Response:
    """For a load balancer: the process answers. Says nothing about data."""
    response = make_response("ok\n")
    response.mimetype = "text/plain"
    return response


def start_of(caller: Caller | None) -> str | None:
    """The address where this caller's work begins; None for visitors."""
    if caller is None:
        return None
    return url_for(next(endpoint for endpoint in STARTS if access.may_open(endpoint)))
