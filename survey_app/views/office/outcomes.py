"""Outcomes to confirm or set aside, and reasons for soft limits. Staff read those of their own units; the office rules."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.i18n import say
from survey_app.models.ruling import VERDICTS
from survey_app.roles import Capability
from survey_app.services.office import audit
from survey_app.services.release.plan import OUTCOMES
from survey_app.services.results import outcomes
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.rulings import Spot
from survey_app.views.office.campaign_frame import campaign_of
from survey_app.views.office.editing import hold, still_as_seen
from survey_app.views.office.results import loaded_of
from survey_app.views.typed import page_of

blueprint = Blueprint("outcomes", __name__, url_prefix="/office/results/<key>/outcomes")
PAGE = 50
STATUSES = ("open", "confirmed", "set_aside")


@blueprint.get("/")
@access.may(Capability.SEE_PUBLISHED)
def index(key: str) -> Response:
    """What the count proposes, and what people said to it."""
    return _page(loaded_of(key, OUTCOMES))


@blueprint.post("/")
@access.may(Capability.CONFIRM_OUTCOMES)
def rule(key: str) -> AnyResponse:
    """Confirm or set aside one outcome, or record the reason for one finding."""
    hold(campaign_of(key))
    loaded, session, form = loaded_of(key), db_session(), request.form
    spot = Spot(form.get("about", ""), form.get("subject", ""), form.get("place", ""))
    verdict, account = form.get("verdict", ""), access.current_account().name
    try:
        still_as_seen(loaded.campaign, "outcome-ruled", only=lambda rest: _concerns(rest, spot))
        outcomes.rule(
            session,
            loaded,
            spot,
            verdict=verdict,
            reason=form.get("reason", ""),
            seen=form.get("seen", ""),
            account=account,
            now=now(),
        )
    except UserError as error:
        session.rollback()
        return _page(loaded, problem=_(error.sentence, **error.parts), status=error.status)
    detail = f"{key} {verdict} {spot.about} {spot.subject} {spot.place}".rstrip()
    audit.record(session, account=account, action="outcome-ruled", detail=detail, now=now())
    session.commit()
    flash(_("已记录。计算出的数和等次没有改动。"))
    return redirect(_back(key))


@blueprint.post("/all")
@access.may(Capability.CONFIRM_OUTCOMES)
def confirm_all(key: str) -> AnyResponse:
    """Confirm every outcome of one kind that nobody has ruled on yet."""
    hold(campaign_of(key))
    loaded, session = loaded_of(key), db_session()
    about, account = request.form.get("about", ""), access.current_account().name
    try:
        still_as_seen(loaded.campaign, "outcome-ruled", only=lambda rest: f" {about} " in rest)
        still_as_seen(loaded.campaign, "recompute")
        done = outcomes.confirm_all(session, loaded, about, reason=request.form.get("reason", ""), account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(loaded, problem=_(error.sentence, **error.parts), status=error.status)
    audit.record(session, account=account, action="outcome-ruled", detail=f"{key} confirmed {about} x{done}", now=now())
    session.commit()
    flash(_("确认了 %(n)s 项。", n=done))
    return redirect(_back(key))


def _concerns(rest: str, spot: Spot) -> bool:
    """Whether a line of the log, after the campaign's key, is about this spot: by itself, or with all of its kind."""
    one = f" {spot.about} {spot.subject} {spot.place}".rstrip()
    return any(rest == f"{verdict}{one}" for verdict in VERDICTS) or rest.startswith(f"confirmed {spot.about} x")


def _back(key: str) -> str:
    """Where the form stood: the subject's page, or the list as it was filtered."""
    form = request.form
    if form.get("from") == "subject":
        return url_for("results.subject", key=key, code=form.get("subject", "")) + "#outcomes-title"
    return url_for("outcomes.index", key=key, kind=form.get("kind") or None, status=form.get("status") or None)


def _page(loaded: Loaded, *, problem: str = "", status: int = 200) -> Response:
    asked = request.values
    everything = outcomes.apart(outcomes.all_of(loaded))
    kinds = outcomes.kinds(loaded, everything)
    kind = asked.get("kind", "") if asked.get("kind", "") in {key for key, _title, _n in kinds} else ""
    wanted = asked.get("status", "") if asked.get("status", "") in STATUSES else ""
    of_kind = [one for one in everything if not kind or one.spot.about == kind]
    shown = [one for one in of_kind if not wanted or one.status == wanted]
    pages = max(1, -(-len(shown) // PAGE))
    page = page_of(pages)
    return make_response(
        render_template(
            "results/outcomes.html",
            loaded=loaded,
            campaign=loaded.campaign,
            policy=loaded.scheme.policy_told(say),
            findings=[],
            remarks=[],
            told=outcomes.remarks(loaded),
            proposals=shown[(page - 1) * PAGE : page * PAGE],
            total=len(shown),
            page=page,
            pages=pages,
            kinds=kinds,
            kind=kind,
            status=wanted,
            numbers=outcomes.count_by_status(of_kind),
            may_rule=loaded.allowed is None,
            problem=problem,
            form=request.form if problem else {},
        ),
        status,
    )
