"""Links for readers without an account: which there are and how often they were opened, making one, ending one."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language, listed
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.printing.viewing_link import ViewingSheet, viewing_pdf
from survey_app.roles import Capability
from survey_app.services.campaign import campaigns
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.publishing import publications, viewing_links
from survey_app.services.publishing.viewing_links import NewViewingLink
from survey_app.surfaces import full_address
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import complete, still_as_seen
from survey_app.views.office.printing_acts import Printed
from survey_app.views.office.second_person import About, Told, campaign_in, word, words

blueprint = Blueprint("viewing_links", __name__, url_prefix="/office/campaigns/<key>/viewing-links")
DAYS = 30


@blueprint.get("/")
@access.may(Capability.PROPOSE)
def index(key: str) -> Response:
    """Every link with its standing, and the form."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.PROPOSE)
def make(key: str) -> AnyResponse:
    """Make one. The sheet leaves in this answer, or in that to the asker once a second person agreed, and stays nowhere."""
    campaign, session = campaign_of(key), db_session()
    try:
        complete()
        given = {
            "reader": request.form.get("reader", ""),
            "units": request.form.getlist("unit"),
            "until": request.form.get("until", ""),
        }
        viewing_links.check(session, campaign, _wish(given), now=now())
        return second_person.do_or_ask(AskKind.VIEWING_LINK, campaign, given)
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)


@blueprint.post("/<int:number>/end")
@access.may(Capability.PROPOSE)
def end(key: str, number: int) -> AnyResponse:
    """End one at once."""
    campaign, session = campaign_of(key), db_session()
    try:
        still_as_seen(campaign, "viewing-ended", only=lambda rest: rest.startswith(f"{number} "))
        account, reason = access.current_account().name, request.form.get("reason", "")
        viewing_links.end(session, campaign, number, reason=reason, account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("链接已收回，从现在起打不开。"))
    return redirect(url_for("viewing_links.index", key=key))


def _tell(about: About, given: Given) -> Told:
    campaign, wish = campaign_in(about), _wish(given)
    units = [unit.name for unit in campaigns.units_of(db_session(), campaign) if unit.code in wish.units]
    return [
        (_("给谁看"), wish.reader),
        (_("看哪些单位的"), listed(units)),
        (_("看得到什么"), publications.sentence(db_session(), campaign, now=now())),
        (_("有效到"), times.day(wish.until).isoformat()),
    ]


@second_person.deed(AskKind.VIEWING_LINK, _tell)
def _make_now(about: About, given: Given) -> AnyResponse:
    campaign, session = campaign_in(about), db_session()
    fresh = viewing_links.make(session, campaign, _wish(given), account=access.current_account().name, now=now())
    reader, until = fresh.row.reader, times.day(fresh.row.expires).isoformat()
    session.commit()
    sheet = ViewingSheet(campaign.title, campaign.period, reader, full_address("viewing.index", secret=fresh.secret), until)
    name = _("查看链接")
    return _page(campaign, printed=Printed(f"{campaign.title}-{name}", 1, viewing_pdf(sheet, language=language())))


def _wish(given: Given) -> NewViewingLink:
    return NewViewingLink(" ".join(word(given, "reader").split()), words(given, "units"), _last(word(given, "until")))


def _last(text: str) -> dt.datetime:
    """The end of the day on which a link stops being good, here. Raises UserError."""
    try:
        return times.end_of(dt.date.fromisoformat(text.strip()))
    except (ValueError, OverflowError) as wrong:
        raise UserError(N_("日期请写成 2026-12-31 这样；什么都没有做。")) from wrong


def _page(campaign: Campaign, problem: str = "", status: int = 200, *, printed: Printed | None = None) -> Response:
    session, moment = db_session(), now()
    session.expire_all()
    units = campaigns.units_of(session, campaign)
    names = {unit.code: unit.name for unit in units}
    shown = [
        (one, viewing_links.standing(one, now=moment), [names.get(code, code) for code in viewing_links.units_in(one)])
        for one in viewing_links.all_of(session, campaign)
    ]
    typed = request.form if problem else {}
    return campaign_page(
        "campaigns/viewing_links.html",
        campaign,
        "results",
        status=status,
        counted=campaign.state == CampaignState.COUNTED,
        told=publications.sentence(session, campaign, now=moment),
        shown=shown,
        units=units,
        every=len(units),
        ticked=set(request.form.getlist("unit")) if problem else {unit.code for unit in units},
        reader=typed.get("reader", ""),
        suggested=typed.get("until", "") or (times.day(moment) + dt.timedelta(days=DAYS)).isoformat(),
        most=viewing_links.MOST_DAYS,
        problem=problem,
        printed=printed,
        here=url_for("viewing_links.index", key=campaign.key),
    )
