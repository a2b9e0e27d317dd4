"""The help inside the application: its topics, one of them, a search; and the link on every page to what it is about."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, make_response, render_template, request, url_for
from markupsafe import Markup

from survey_app import access
from survey_app.help import texts
from survey_app.help.places import place_of
from survey_app.i18n import language

blueprint = Blueprint("help_pages", __name__, url_prefix="/office/help")


@blueprint.get("")
@access.signed_in
def index() -> Response:
    """All topics; with words to look for, where they stand."""
    spoken = texts.language_for(language())
    query = " ".join(request.args.get("q", "").split())[: texts.LONGEST_QUERY]
    found = texts.search(spoken, query)
    page = render_template("office/help.html", topics=texts.topics(spoken), query=query, found=found, spoken=spoken)
    return make_response(page)


@blueprint.get("/<name>")
@access.signed_in
def one(name: str) -> Response:
    """One topic."""
    spoken = texts.language_for(language())
    topic = texts.topic(spoken, name)
    html = Markup(topic.html)  # noqa: S704 - our own text, rendered with HTML switched off
    return make_response(render_template("office/help_topic.html", topic=topic, html=html, spoken=spoken))


def init_help(app: Flask) -> None:
    """Give templates `help_here()`, the address of what the help says about this page."""
    app.jinja_env.globals["help_here"] = help_here


def help_here() -> str:
    """The address of the section about this page; of the list of topics where there is none."""
    topic, _sign, section = place_of(request.endpoint).partition("#")
    return url_for("help_pages.one", name=topic, _anchor=section) if topic else url_for("help_pages.index")
