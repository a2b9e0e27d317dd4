"""Earlier results taken over from campaigns counted here before: choose one, see what would be read, confirm."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.evidence import entries, listing
from survey_app.services.office import audit
from survey_app.services.results import earlier
from survey_app.services.results.earlier import Preview
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import hold, number_sent
from survey_app.views.office.evidence import NEWEST

blueprint = Blueprint("earlier", __name__, url_prefix="/office/campaigns/<key>/earlier")
#: So many lines are shown of what would be taken; the sentence above says how many there are.
SHOWN = 60


@blueprint.get("/")
@access.may(Capability.COUNT)
def index(key: str) -> Response:
    """The campaigns to choose from; with `from`, what would be read from one of them."""
    campaign = campaign_of(key)
    if not request.args.get("from"):
        return _page(campaign)
    try:
        return _page(campaign, seen=_preview(campaign, request.args.get("from", "")))
    except UserError as error:
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)


@blueprint.post("/")
@access.may(Capability.COUNT)
def take(key: str) -> AnyResponse:
    """Store what was looked at as entries of earlier periods."""
    campaign, session = campaign_of(key), db_session()
    account = access.current_account().name
    try:
        hold(campaign)
        seen, digest = _preview(campaign, request.form.get("from", "")), request.form.get("digest", "")
        known = number_sent(NEWEST)
        done = earlier.take(session, campaign, seen, digest, account=account, now=now(), known=known)
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    detail = f"{campaign.key} <- {seen.source.key} {seen.period} +{done['added']} ~{done['replaced']}"
    audit.record(session, account=account, action="earlier-taken", detail=detail, now=now())
    session.commit()
    told = _("接来 %(a)s 条，更正 %(c)s 条，未变 %(u)s 条。", a=done["added"], c=done["replaced"], u=done["unchanged"])
    flash(told)
    return redirect(url_for("evidence.index", key=campaign.key, kind="past"))


def _preview(campaign: Campaign, source: str) -> Preview:
    given = request.values
    names = scheme_of(campaign).earlier
    chosen = {name: given.get(f"q{place}", "") for place, name in enumerate(names)} if "q0" in given else None
    return earlier.preview(
        db_session(), campaign, source, mapping=chosen, period=given.get("period", ""), renamed=given.get("renamed") == "1"
    )


def _page(campaign: Campaign, *, seen: Preview | None = None, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    newest = entries.newest(session, campaign)
    lines = seen.lines[:SHOWN] if seen else ()
    return campaign_page(
        "evidence/earlier.html",
        campaign,
        "counting",
        sources=earlier.sources(session, campaign),
        seen=seen,
        newest=newest,
        lines=[(line, _(line.problem, **dict(line.parts)) if line.problem else "") for line in lines],
        wanted=listing.names_of(scheme_of(campaign), "past", language()),
        renamed=request.values.get("renamed") == "1",
        problem=problem,
        status=status,
    )
