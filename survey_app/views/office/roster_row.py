"""One row of the roster, put right by hand until the approval."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.roles import Capability
from survey_app.services.campaign import removal
from survey_app.services.roster import one_row
from survey_app.services.roster.importing import RosterProblemsError
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.typed import whole

blueprint = Blueprint("roster_row", __name__, url_prefix="/office/campaigns/<key>/roster/row")


@blueprint.get("/<row>")
@access.may(Capability.PREPARE)
def index(key: str, row: str) -> Response:
    """The row as a form."""
    return _page(campaign_of(key), row)


@blueprint.post("/<row>")
@access.may(Capability.PREPARE)
def change(key: str, row: str) -> AnyResponse:
    """Put it right."""
    campaign = campaign_of(key)
    try:
        still_as_seen(campaign, "roster-imported", "roster-kept", "roster-removed", "campaign-approved")
        report = one_row.change(db_session(), campaign, _row(campaign, row), request.form)
    except RosterProblemsError as wrong:
        db_session().rollback()
        said = "".join(f"{one.column}：{one.what}{one.remedy}" for one in wrong.problems)
        return _page(campaign, row, said, wrong.status)
    except UserError as error:
        db_session().rollback()
        return _page(campaign, row, _(error.sentence, **error.parts), error.status)
    record("roster-imported", campaign, f"+0 ~{sum(report.changed.values())}, 0 not in the file")
    db_session().commit()
    flash(_("已改好。"))
    return redirect(url_for("rosters.index", key=campaign.key))


def _row(campaign: Campaign, row: str) -> one_row.RosterLine:
    kind, _dash, number = row.partition("-")
    at = whole(number)
    if at is None:
        raise NotFoundError(N_("名册里没有这一行；请从名册页重新选择。"))
    return removal.row_of(db_session(), campaign, kind, at)


def _page(campaign: Campaign, row: str, problem: str = "", status: int = 200) -> Response:
    found = _row(campaign, row)
    fields = one_row.fields_of(db_session(), campaign, found)
    return campaign_page(
        "campaigns/roster_row.html", campaign, "roster", status=status, fields=fields, row=row, problem=problem, form=request.form
    )
