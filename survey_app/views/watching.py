"""For machines that watch machines: does the process live, may ballots come here, and the server's counts.

Strangers are told yes or no and never why: which part fails is the office's business (`office.machine`). No cookie, no turnout.
"""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, make_response, request
from werkzeug.exceptions import NotFound

from survey_app import access, metrics
from survey_app.extensions import current_config, db_session, now, resources
from survey_app.measuring import ENVIRON, Measures
from survey_app.services.operating import standing
from survey_app.services.operating.readiness import Readiness, SteadyLook

blueprint = Blueprint("watching", __name__)
_WATCH = "pingyi.watch"


@blueprint.get("/healthz")
@access.public
def lives() -> Response:
    """The process answers. Nothing else is asked."""
    return _plain("ok\n", 200)


@blueprint.get("/readyz")
@access.public
def ready() -> Response:
    """Whether ballots may come here: database, tables, disk, clock."""
    return _plain("not ready\n", 503) if readiness().lacks else _plain("ready\n", 200)


@blueprint.get("/metrics")
@access.public
def counts() -> Response:
    """The server's counts, for who has the token; to everybody else, and where none is set, there is no such page."""
    token = current_config().metrics_token
    sent = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        raise NotFound
    stands = standing.stand(db_session(), current_config(), now=now())
    counted = measures()
    answer = make_response(metrics.text(counted.read() if counted else None, readiness(), stands))
    answer.headers["Content-Type"] = metrics.TYPE
    return answer


def measures() -> Measures | None:
    """The counts of the server that answers; None where it is not ours (tests, another server)."""
    found: Measures | None = request.environ.get(ENVIRON)
    return found


def readiness() -> Readiness:
    """What was found within the last five seconds."""
    watch: SteadyLook = current_app.extensions.setdefault(_WATCH, SteadyLook(resources().engine, current_config().data))
    return watch.readiness(now=now())


def _plain(text: str, status: int) -> Response:
    answer = make_response(text, status)
    answer.mimetype = "text/plain"
    return answer
