"""The release plan: what will leave a campaign and to whom, chosen while it is a draft, and read from then on."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.model import Group, Scheme
from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign
from survey_app.services import anonymity, leaks, release_plan
from survey_app.services.campaigns import scheme_of
from survey_app.services.styles import roster_of
from survey_app.views.campaigns_common import campaign_of, campaign_page, record

blueprint = Blueprint("release", __name__, url_prefix="/office/campaigns/<key>/release")


@blueprint.get("/")
@access.office
def index(key: str) -> Response:
    """The plan; in a draft as a form."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.office
def choose(key: str) -> AnyResponse:
    """Write the plan of a draft down."""
    session, campaign = db_session(), campaign_of(key)
    scheme = scheme_of(campaign)
    try:
        plan = release_plan.choose(
            session,
            campaign,
            floor=_number(request.form.get("floor", "")),
            floors={
                group.key: _number(typed)
                for place, group in enumerate(_anonymous(scheme))
                if (typed := request.form.get(f"floor-{place}", "").strip())
            },
            open_groups=[group for group in request.form.getlist("open") if group in scheme.groups],
            exits=request.form.getlist("exit"),
        )
    except UserError as error:
        session.rollback()
        return _page(campaign, error=_(error.sentence, **error.parts), status=error.status)
    record("release-plan-chosen", campaign, plan.text())
    session.commit()
    flash(_("公布计划已经记下，批准时冻结。"))
    return redirect(url_for("release.index", key=campaign.key))


@blueprint.get("/scores")
@access.office
def scores(key: str) -> Response:
    """What the scores would show by themselves if everybody came: a count made up, which takes a moment."""
    session, campaign = db_session(), campaign_of(key)
    found, scheme = leaks.forecast(session, campaign), scheme_of(campaign)
    names = {subject.id: subject.name for subject in roster_of(session, campaign)}
    return campaign_page(
        "campaigns/scores.html",
        campaign,
        "forms",
        impossible=found is None,
        told=[one.sentence(scheme, names) for one in found or ()],
        remedy=_(leaks.REMEDY),
    )


def _page(campaign: Campaign, *, error: str | None = None, status: int = 200) -> Response:
    session = db_session()
    return campaign_page(
        "campaigns/release.html",
        campaign,
        "forms",
        status=status,
        error=error,
        plan=release_plan.plan_of(session, campaign),
        exits=release_plan.exits_of(scheme_of(campaign)),
        least=release_plan.LEAST_FLOOR,
        most=release_plan.MOST_FLOOR,
        forecast=anonymity.forecast(session, campaign),
        groups=_anonymous(scheme_of(campaign)),
        language=language(),
    )


def _anonymous(scheme: Scheme) -> list[Group]:
    return [group for group in scheme.groups.values() if not group.signed]


def _number(typed: str) -> int:
    """A small whole number; 0, which no floor may be, for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
