"""The public page of a round: who asks and why, how it stands, what is released to whom, the method, and what was published.

For anybody, without a cookie. A page is rendered once for everybody and kept while nothing it says has changed, a minute at the
longest; addresses with anything else behind them lead back to it, so that made-up ones render nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.bounded import Bounded
from survey_app.errors import NotFoundError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.services.bundle import shelf
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.notice import reasons
from survey_app.services.casting import cast
from survey_app.services.publishing import public_round
from survey_app.services.release import plan as release_plan
from survey_app.services.results import posted
from survey_app.services.scheme_desk import counted
from survey_app.services.scheme_desk.regulation import recite

blueprint = Blueprint("public_round", __name__, url_prefix="/round/<key>")
#: So many rows stand on a page.
ROWS = 200
MOST_PAGES = 9999
SECONDS = 60

_KEPT = Bounded[Hashable, str](64)


@blueprint.get("/")
@access.voter
def index(key: str) -> AnyResponse:
    """How the round stands, and what was published of it."""
    page = request.args.get("page", "1")
    if not set(request.args) <= {"lang", "page"} or not page.isascii() or not page.isdigit() or int(page[:5]) > MOST_PAGES:
        return redirect(url_for("public_round.index", key=key))
    campaign = _campaign(key)
    standing = public_round.find(db_session(), campaign, now=now())
    has_bundle = shelf.path_of(current_config(), campaign.key).is_file()
    return _kept(campaign, (int(page), standing.state, has_bundle), lambda: _index(campaign, standing, has_bundle, int(page)))


@blueprint.get("/method")
@access.voter
def method(key: str) -> AnyResponse:
    """The frozen method as a regulation."""
    if not set(request.args) <= {"lang"}:
        return redirect(url_for("public_round.method", key=key))
    campaign = _campaign(key)
    return _kept(campaign, ("method",), lambda: _method(campaign))


def _index(campaign: Campaign, standing: public_round.PublicStanding, has_bundle: bool, page: int) -> str:
    session, scheme = db_session(), scheme_of(campaign)
    table = None
    if standing.act is not None:
        loaded = public_round.load(session, campaign, standing.act, language=language())
        table = posted.table(loaded, posted.usual(loaded))
    pages = max(1, -(-len(table.rows) // ROWS)) if table is not None else 1
    page = min(pages, max(1, page))
    return render_template(
        "round/index.html",
        campaign=campaign,
        names_language=scheme.languages[0],
        scheme_title=scheme.title.in_(language()),
        reasons=[(_(name), said) for name, said in reasons(campaign)],
        standing=standing,
        plan=release_plan.plan_of(session, campaign),
        exits=release_plan.exits_of(scheme),
        table_shown=table,
        rows=table.rows[(page - 1) * ROWS : page * ROWS] if table is not None else (),
        published=standing.act.starts if standing.act is not None else None,
        page=page,
        pages=pages,
        has_bundle=has_bundle,
    )


def _method(campaign: Campaign) -> str:
    scheme = scheme_of(campaign)
    return render_template(
        "round/method.html",
        campaign=campaign,
        names_language=scheme.languages[0],
        scheme=scheme,
        chapters=recite(scheme),
        head=_(counted.HEAD),
    )


def _kept(campaign: Campaign, what: tuple[object, ...], make: Callable[[], str]) -> Response:
    """The page, rendered at most once while everything it depends on is the same; browsers ask whether theirs still is."""
    told = (campaign.title, campaign.period, campaign.asker, campaign.purpose, campaign.asks, campaign.state, campaign.halted)
    when = (campaign.opens, campaign.closes, campaign.until, int(now().timestamp()) // SECONDS)
    here = (str(current_config().data), campaign.key, campaign.scheme_digest, language(), request.args.get("lang", ""))
    key = (here, told, when, what)
    response = make_response(_KEPT.of(key, make))
    response.headers["Cache-Control"] = (
        "no-cache"  # kept by browsers, and asked about each time: what was stopped is gone at once
    )
    response.add_etag()
    response.make_conditional(request)
    return response


def _campaign(key: str) -> Campaign:
    session = db_session()
    cast.begin_reading(session)
    campaign = campaigns.by_key(session, key)
    if campaign.state == CampaignState.DRAFT:
        raise NotFoundError(N_("这次评议还没有批准；批准之后才有公开页。"))
    return campaign
