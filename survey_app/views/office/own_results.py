"""The office's side of one's own results: whose link is printed, used or over, and printing them, again too."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, request, url_for

from survey_app import access, times
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.printing.own_results import OwnResultSheet, own_results_pdf
from survey_app.roles import Capability
from survey_app.services.four_eyes import alone
from survey_app.services.publishing import own_results
from survey_app.surfaces import full_address
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import complete
from survey_app.views.office.printing_acts import Printed

blueprint = Blueprint("own_results", __name__, url_prefix="/office/campaigns/<key>/own-results")
DAYS = 30


@blueprint.get("/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """Every subject with its link's standing, and the form."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.PRINT)
def make(key: str) -> Response:
    """Fresh links for those chosen; what they had before dies. The sheets leave in this answer and stay nowhere."""
    campaign, session, moment = campaign_of(key), db_session(), now()
    try:
        complete()
        letters = own_results.make(
            session,
            campaign,
            request.form.getlist("subject"),
            until=own_results.last_day(_day(request.form.get("until", ""))),
            seen=request.form.get("seen", ""),
            account=access.current_account().name,
            now=moment,
        )
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    sheets = [
        OwnResultSheet(one.subject.name, one.subject.unit.name, full_address("mine.door", secret=one.secret)) for one in letters
    ]
    told = alone.of_campaign(session, campaign).sentence()
    until = times.day(own_results.last_day(_day(request.form.get("until", "")))).isoformat()
    made = own_results_pdf(sheets, title=campaign.title, until=until, one_person=told, language=language())
    letter = _("结果函")
    return _page(campaign, printed=Printed(f"{campaign.title}-{letter}", len(sheets), made))


def _page(campaign: Campaign, problem: str = "", status: int = 200, *, printed: Printed | None = None) -> Response:
    session, moment = db_session(), now()
    session.expire_all()
    shown = own_results.lines(session, campaign, now=moment)
    return campaign_page(
        "campaigns/own_results.html",
        campaign,
        "results",
        status=status,
        shown=shown,
        seen=own_results.state_of(shown),
        today=moment,
        any_published=any(one.published for one in shown),
        suggested=request.form.get("until", "") or (times.day(moment) + dt.timedelta(days=DAYS)).isoformat(),
        ticked=set(request.form.getlist("subject")) if problem else set(),
        problem=problem,
        printed=printed,
        here=url_for("own_results.index", key=campaign.key),
    )


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise UserError(N_("日期请写成 2026-12-31 这样；什么都没有印。")) from wrong
