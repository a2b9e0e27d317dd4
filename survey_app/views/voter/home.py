"""The front door: visitors read what this is, the office and unit staff go to their work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.access import Caller

blueprint = Blueprint("home", __name__)

#: Where each role begins. The pages belong to other rooms; a room not on the map is not linked.
START = {"office": "campaigns.index", "staff": "results.index"}


@blueprint.get("/")
@access.public
def front() -> Response:
    """What this is, in a few words; no cookie is set here."""
    return make_response(render_template("home/front.html", start=start_of(g.get("caller"))))


@blueprint.get("/office/")
@access.signed_in
def work() -> AnyResponse:
    """Each role's own beginning."""
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
    endpoint = START[caller.role]
    return url_for(endpoint if endpoint in current_app.view_functions else "own_account.index")
