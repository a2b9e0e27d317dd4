"""Publishing results: choose what, to whom and from when; read in sentences what would become visible; do it; stop it again."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language, listed
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState, Publication
from survey_app.roles import Capability
from survey_app.services.bundle import shelf
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.publishing import audience, publications
from survey_app.services.publishing.publications import StalePublicationError, Wish
from survey_app.services.results import loaded as results
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import meanwhile, still_as_seen
from survey_app.views.office.second_person import About, Told, campaign_in, word, words
from survey_app.views.typed import whole

blueprint = Blueprint("publishing", __name__, url_prefix="/office/campaigns/<key>/publish")

#: Acts after which what would become visible is something else.
_BEHIND_A_PUBLICATION = ("count", "recompute", "outcome-ruled", "results-published", "results-unpublished")


@blueprint.get("/")
@access.may(Capability.PROPOSE)
def index(key: str) -> Response:
    """How it stands, the form, and every act so far."""
    return _page(campaign_of(key))


@blueprint.get("/confirm")
@access.may(Capability.PROPOSE)
def confirm(key: str) -> Response:
    """What would become visible to whom, in sentences. Changes nothing."""
    campaign, session, moment = campaign_of(key), db_session(), now()
    try:
        wish = _wish(moment)
        publications.check(session, campaign, wish, now=moment)
    except UserError as error:
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    loaded = results.load(session, campaign, language=language())
    standing = publications.find_standing(session, campaign, now=now())
    return campaign_page(
        "campaigns/publish_confirm.html",
        campaign,
        "results",
        wish=wish,
        later=request.args.get("when") == "later",
        sections=[one for one in publications.SECTIONS if one.key in wish.sections],
        left_out=[one for one in publications.offered(session, campaign) if one.key not in wish.sections],
        units=[unit for unit in campaigns.units_of(session, campaign) if unit.code in wish.units],
        whole=len(wish.units) == len(campaigns.units_of(session, campaign)),
        unsettled=len(audience.not_confirmed(loaded, wish.units)),
        stale=loaded.stale,
        replaces=standing.current is not None or bool(standing.later),
        seen=publications.seen_mark(session, campaign),
    )


@blueprint.post("/")
@access.may(Capability.PROPOSE)
def publish(key: str) -> AnyResponse:
    """Publish what was confirmed."""
    campaign, session, moment = campaign_of(key), db_session(), now()
    try:
        wish, seen = _wish(moment), request.form.get("seen", "")
        publications.refuse_stale(session, campaign, wish, seen=seen, now=moment)
        later = request.form.get("when") == "later"
        starts = wish.starts.isoformat() if later else ""
        what = {"sections": list(wish.sections), "units": list(wish.units), "starts": starts, "seen": seen}
        return second_person.do_or_ask(AskKind.PUBLISH, campaign, what)
    except UserError as error:
        session.rollback()
        who = meanwhile(campaign, *_BEHIND_A_PUBLICATION) if isinstance(error, StalePublicationError) else ""
        return _page(campaign, problem=_(error.sentence, **error.parts) + who, status=error.status)


def _tell_publication(about: About, given: Given) -> Told:
    campaign = campaign_in(about)
    titles, names = {one.key: _(one.title) for one in publications.SECTIONS}, words(given, "units")
    units = [unit.name for unit in campaigns.units_of(db_session(), campaign) if unit.code in names]
    starts = word(given, "starts")
    return [
        (_("公布什么"), listed(titles.get(key, key) for key in words(given, "sections"))),
        (_("给谁"), listed(units)),
        (_("从什么时候起"), times.when(dt.datetime.fromisoformat(starts)) if starts else _("一确认就开始")),
    ]


@second_person.deed(AskKind.PUBLISH, _tell_publication)
def _publish_now(about: About, given: Given) -> AnyResponse:
    campaign, session, moment = campaign_in(about), db_session(), now()
    starts = dt.datetime.fromisoformat(word(given, "starts")) if word(given, "starts") else moment
    wish, account = Wish(words(given, "sections"), words(given, "units"), starts), access.current_account().name
    publications.publish(session, campaign, wish, seen=word(given, "seen"), account=account, now=moment)
    session.commit()
    flash(publications.sentence(session, campaign, now=now()))
    return redirect(url_for("publishing.index", key=campaign.key))


@blueprint.post("/stop")
@access.may(Capability.DECIDE)
def stop(key: str) -> AnyResponse:
    """Stop showing anything to unit staff."""
    campaign, session = campaign_of(key), db_session()
    try:
        account = access.current_account().name
        still_as_seen(campaign, "results-published", "results-unpublished")
        publications.stop(session, campaign, reason=request.form.get("reason", ""), account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    session.commit()
    flash(_("已停止公布。单位人员现在什么也看不到。"))
    return redirect(url_for("publishing.index", key=campaign.key))


def _wish(moment: dt.datetime) -> Wish:
    """What the form says; `moment` is its "now", and what it is judged by. Raises UserError for a day or hour that is none."""
    given = request.values
    if given.get("when") == "later":
        moment = local_hour(given.get("day", ""), given.get("hour", ""))
    return Wish(tuple(dict.fromkeys(given.getlist("section"))), tuple(dict.fromkeys(given.getlist("unit"))), moment)


def local_hour(day: str, hour: str) -> dt.datetime:
    """The moment at which this hour begins in the office's zone. Raises UserError for a day or hour that is none."""
    begins = whole(hour, digits=2)
    try:
        return times.hour_of(dt.date.fromisoformat(day.strip()), -1 if begins is None else begins)
    except (ValueError, OverflowError):
        raise UserError(N_("请写明从哪一天、几点起公布，例如 2026-12-01 和 9 点。")) from None


def _page(campaign: Campaign, *, problem: str = "", status: int = 200) -> Response:
    session, moment = db_session(), now()
    counted = campaign.state == CampaignState.COUNTED
    standing = publications.find_standing(session, campaign, now=moment)
    units = campaigns.units_of(session, campaign)
    offered = publications.offered(session, campaign)
    given = request.values
    typed = bool(problem) and "section" in given
    return campaign_page(
        "campaigns/publish.html",
        campaign,
        "results",
        status=status,
        counted=counted,
        told=publications.sentence(session, campaign, now=moment),
        shown=standing.current is not None,
        live=standing.current is not None or bool(standing.later) or standing.recounted,
        offered=offered,
        ticked=set(given.getlist("section")) if typed else {one.key for one in offered},
        units=units,
        chosen=set(given.getlist("unit")) if typed else {unit.code for unit in units},
        later=given.get("when") == "later",
        here=times.zone(moment),
        day=given.get("day", "") or (times.day(moment) + dt.timedelta(days=1)).isoformat(),
        hour=given.get("hour", "9"),
        history=[_line(campaign, act) for act in publications.history(session, campaign)],
        report=counting.newest_report(session, campaign).digest if counted else "",
        bundle_out=shelf.published(current_config(), campaign.key) is not None,
        asks_words=any(group.comment for group in campaigns.scheme_of(campaign).groups.values()),
        problem=problem,
    )


def _line(campaign: Campaign, act: Publication) -> tuple[Publication, str, str]:
    """An act of the past: what and to whom, in words."""
    titles = {one.key: _(one.title) for one in publications.SECTIONS}
    names = {unit.code: unit.name for unit in campaigns.units_of(db_session(), campaign)}
    whom = publications.units_in(act)
    whole = len(whom) == len(names)
    told = _("全部 %(n)s 个单位", n=len(whom)) if whole else _("、").join(names.get(code, code) for code in whom)
    return act, _("、").join(titles[key] for key in publications.sections_in(act)), told
