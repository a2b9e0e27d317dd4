"""What if: the office sets weights and lines otherwise and reads who would get another grade. Nothing is kept."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from survey_app import access
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.results import firmness, whatif
from survey_app.services.results.loaded import Loaded
from survey_app.views.office.results import loaded_of
from survey_app.views.typed import page_of

blueprint = Blueprint("whatif", __name__, url_prefix="/office/results/<key>/what-if")
#: So many subjects stand on one page.
ROWS = 100


@blueprint.get("/")
@access.may(Capability.SEE_RESULTS)
def ask(key: str) -> Response:
    """The form, and what the change it asks for would do."""
    loaded = _loaded(key)
    given = {one.knob.id: request.args.get(f"k{place}", "") for place, one in enumerate(whatif.offered(loaded))}
    without, problem, outcome = request.args.get("without", ""), "", None
    try:
        outcome = whatif.ask(loaded, given, without)
    except UserError as refused:
        problem = _(refused.sentence, **refused.parts)
    asked = bool(outcome and (outcome.looked_at or outcome.withheld))
    return _page("results/whatif.html", loaded, given=given, without=without, problem=problem, outcome=outcome if asked else None)


@blueprint.get("/firmness")
@access.may(Capability.SEE_RESULTS)
def firm(key: str) -> Response:
    """How little would turn each grade."""
    loaded = _loaded(key)
    rows = firmness.of_report(loaded)
    pages = max(1, -(-len(rows) // ROWS))
    at = page_of(pages)
    return _page(
        "results/firmness.html",
        loaded,
        rows=rows[(at - 1) * ROWS : at * ROWS],
        fragile=sum(one.fragile for one in rows),
        total=len(rows),
        withheld=whatif.open_codes(loaded)[1],
        sets=firmness.sets(loaded),
        page=at,
        pages=pages,
    )


def _loaded(key: str) -> Loaded:
    loaded = loaded_of(key)
    if not (loaded.lets("answers") and loaded.lets("groups") and loaded.lets("scores")):
        raise RefusedError(N_("公布计划里没有票数，不能拿票数作假设；要看，请在下一次评议的公布计划里选上。"))
    return loaded


def _page(template: str, loaded: Loaded, **context: object) -> Response:
    db_session()
    shown = render_template(
        template,
        loaded=loaded,
        campaign=loaded.campaign,
        knobs=whatif.offered(loaded),
        findings=[],
        remarks=[],
        policy=[],
        _about=_("结果"),
        **context,
    )
    return make_response(shown)
