"""What if: the office sets weights and lines otherwise and reads who would get another grade. Nothing is kept."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from survey_app import access
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.results import firmness, other_scheme, whatif
from survey_app.services.results.loaded import Loaded
from survey_app.views.office.results import loaded_of
from survey_app.views.typed import page_of

blueprint = Blueprint("whatif", __name__, url_prefix="/office/results/<key>/what-if")
#: So many subjects stand on one page.
ROWS = 100
LONGEST = 20
#: Where there is more to compute than this (subjects times replays) the page says so, and waits for a second click.
AT_ONCE = 4000


@blueprint.get("/")
@access.may(Capability.SEE_RESULTS)
def ask(key: str) -> Response:
    """The form, and what the change it asks for would do."""
    loaded = _loaded(key)
    knobs = whatif.offered(loaded)
    places = {one.knob.id: place for place, one in enumerate(knobs)}
    given = {id_: request.args.get(f"k{place}", "").strip()[:LONGEST] for id_, place in places.items()}
    without, problem, outcome = request.args.get("without", ""), "", None
    schemes = other_scheme.offered(db_session(), loaded.campaign)
    other = next((one for one in schemes if one.campaign.key == request.args.get("scheme", "")), None)
    reasons: tuple[str, ...] = ()
    try:
        if other is not None:
            other_scheme.refuse_stale(loaded)
            supposed = other_scheme.ask(db_session(), loaded, other.campaign)
            outcome, reasons = supposed.outcome, supposed.reasons
        else:
            outcome = whatif.ask(loaded, given, without)
    except UserError as refused:
        problem = _(refused.sentence, **refused.parts)
    asked = bool(outcome and (outcome.looked_at or outcome.withheld))
    return _page(
        "results/whatif.html",
        loaded,
        knobs=knobs,
        places=places,
        given=given,
        changed_ids=[one.knob.id for one in knobs if given[one.knob.id] not in ("", one.knob.now)],
        without=without,
        schemes=schemes,
        other=other,
        reasons=reasons,
        problem=problem,
        outcome=outcome if asked else None,
    )


@blueprint.get("/firmness")
@access.may(Capability.SEE_RESULTS)
def firm(key: str) -> Response:
    """How little would turn each grade."""
    loaded = _loaded(key)
    if firmness.work(loaded) > AT_ONCE and request.args.get("go") != "1":
        return _page(
            "results/firmness.html", loaded, rows=[], many=len(loaded.people), sets=[], total=0, fragile=0, withheld=0, pages=1
        )
    rows = firmness.of_report(loaded)
    pages = max(1, -(-len(rows) // ROWS))
    at = page_of(pages)
    return _page(
        "results/firmness.html",
        loaded,
        rows=[(one, firmness.votes(loaded, one.person.code)) for one in rows[(at - 1) * ROWS : at * ROWS]],
        fragile=sum(one.fragile for one in rows),
        total=len(rows),
        withheld=whatif.open_codes(loaded)[1],
        sets=firmness.sets(loaded),
        not_moved=firmness.not_moved(loaded),
        moved=list(dict.fromkeys(loaded.view.title(one.step) for one in firmness.sets(loaded))),
        page=at,
        pages=pages,
    )


def _loaded(key: str) -> Loaded:
    loaded = loaded_of(key)
    if not (loaded.lets("answers") and loaded.lets("groups") and loaded.lets("scores")):
        raise RefusedError(N_("公布计划里没有票数，不能拿票数作假设；要看，请在下一次评议的公布计划里选上。"))
    return loaded


def _page(template: str, loaded: Loaded, **context: object) -> Response:
    shown = render_template(
        template,
        loaded=loaded,
        campaign=loaded.campaign,
        findings=[],
        remarks=[],
        policy=[],
        _about=_("结果"),
        **context,
    )
    return make_response(shown)
