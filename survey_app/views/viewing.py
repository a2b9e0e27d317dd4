"""What was published, by a link with an end: the list and one subject. For somebody without an account, who only reads.

No cookie and no session: the link's secret stands in the address of every page, and opens these pages alone.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from survey_app import access
from survey_app.extensions import db_session, now, resources
from survey_app.i18n import language
from survey_app.models import Campaign, ViewingLink
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.publishing import publications, viewing_links
from survey_app.services.results import overview
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.overview import Search
from survey_app.views import own_figures
from survey_app.views.typed import page_of

blueprint = Blueprint("viewing", __name__, url_prefix="/look/<secret>")
SEARCH_MOST = 100


@blueprint.get("/")
@access.voter
def index(secret: str) -> Response:
    """Everybody the link shows, a table per class; what is not published yet is said."""
    row, loaded = _opened(secret)
    if loaded is None:
        return _page("results/viewing_waits.html", row, starts=_starts(row))
    words = request.args.get("q", "").strip()[:SEARCH_MOST]
    search = Search(words=words)
    pages = overview.pages(loaded, search)
    at = page_of(pages)
    return _page(
        "results/viewing.html",
        row,
        loaded=loaded,
        secret=secret,
        pools=overview.overview(loaded, search=search, page=at) if loaded.has_subjects else [],
        columns=overview.columns(loaded),
        words=words,
        page=at,
        pages=pages,
    )


@blueprint.get("/<code>")
@access.voter
def subject(secret: str, code: str) -> Response:
    """One subject as its unit reads it."""
    row, loaded = _opened(secret)
    if loaded is None:
        return _page("results/viewing_waits.html", row, starts=_starts(row))
    return _page("results/viewing_subject.html", row, loaded=loaded, secret=secret, **own_figures.of_subject(loaded, code))


def _opened(secret: str) -> tuple[ViewingLink, Loaded | None]:
    """The link, and what it shows now. Counts the page. Raises ViewingLinkError."""
    session, moment = db_session(), now()
    row = viewing_links.find(session, secret, now=moment)
    loaded = viewing_links.load(session, row, language=language(), now=moment)
    if request.method == "GET":
        with resources().writing() as write:
            viewing_links.note_view(write, row.id, now=moment)
            write.commit()
    return row, loaded


def _starts(row: ViewingLink) -> object:
    """When something will be published to the units of the link; None where no act says so."""
    session = db_session()
    campaign = session.get_one(Campaign, row.campaign_id)
    later = publications.find_standing(session, campaign, now=now()).later
    shown = frozenset(viewing_links.units_in(row))
    return next((act.starts for act in later if not shown.isdisjoint(publications.units_in(act))), None)


def _page(template: str, link: ViewingLink, **context: object) -> Response:
    campaign = db_session().get_one(Campaign, link.campaign_id)
    response = make_response(
        render_template(
            template, link=link, campaign=campaign, names_language=scheme_of(campaign).languages[0], caller=None, **context
        )
    )
    response.headers["X-Robots-Tag"] = "noindex"  # the address holds the secret
    return response
