"""Over the years: the scheme's rules that look at several years for everybody, and one subject through its rounds."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from survey_app import access
from survey_app.extensions import db_session
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.results import loaded as results
from survey_app.services.results import over_years, year_rules
from survey_app.services.results.cells import FlagShown
from survey_app.services.results.loaded import Loaded, Person
from survey_app.views.office.results import loaded_of
from survey_app.views.typed import page_of

blueprint = Blueprint("over_years", __name__, url_prefix="/office/results/<key>/years")
#: So many subjects stand on a page.
ROWS = 100
#: What may be asked for, by what a rule says.
VERDICTS = {"met": True, "not": False, "open": None}


@blueprint.get("/")
@access.may(Capability.SEE_RESULTS)
def index(key: str) -> Response:
    """Each rule over several years in words, and what it says of whom."""
    loaded = loaded_of(key)
    rules = year_rules.rules(loaded) if loaded.lets("outcomes") else {}
    rule, verdict = request.args.get("rule", ""), request.args.get("verdict", "met")
    rule, verdict = rule if rule in rules else "", verdict if verdict in VERDICTS or verdict == "all" else "met"
    every = [(person, year_rules.verdicts(loaded, person.code)) for person in loaded.visible()] if rules else []
    numbers = {key: sum(flag.raised is True for _person, flags in every for flag in flags if flag.key == key) for key in rules}
    rows = [(person, flags) for person, flags in _asked(every, rule, verdict) if flags]
    pages = max(1, -(-len(rows) // ROWS))
    at = page_of(pages)
    return _page(
        "results/year_rules.html",
        loaded,
        rules=list(rules.values()),
        numbers=numbers,
        rows=rows[(at - 1) * ROWS : at * ROWS],
        found=len(rows),
        rule=rule,
        verdict=verdict,
        page=at,
        pages=pages,
    )


@blueprint.get("/<code>")
@access.may(Capability.SEE_RESULTS)
def subject(key: str, code: str) -> Response:
    """One subject through its rounds, and what each rule over several years says of it."""
    loaded = loaded_of(key)
    person = results.person(loaded, code)
    return _page(
        "results/over_years.html",
        loaded,
        person=person,
        years=over_years.of_subject(db_session(), loaded, code),
        verdicts=year_rules.of_subject(loaded, code) if loaded.lets("outcomes") else [],
    )


def _asked(every: list[tuple[Person, list[FlagShown]]], rule: str, verdict: str) -> list[tuple[Person, list[FlagShown]]]:
    return [
        (
            person,
            [flag for flag in flags if (not rule or flag.key == rule) and (verdict == "all" or flag.raised is VERDICTS[verdict])],
        )
        for person, flags in every
    ]


def _page(template: str, loaded: Loaded, **context: object) -> Response:
    shown = render_template(
        template, loaded=loaded, campaign=loaded.campaign, findings=[], remarks=[], policy=[], _about=_("结果"), **context
    )
    return make_response(shown)
