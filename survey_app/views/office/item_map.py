"""Who stands how on what: the map of subjects or units and items, sorted and turned over by the address alone."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for

from survey_app import access
from survey_app.i18n import gettext as _
from survey_app.i18n import say
from survey_app.roles import Capability
from survey_app.services.campaign import campaigns
from survey_app.services.results import item_map
from survey_app.services.results.item_map import PAGE_ROWS
from survey_app.views.office.results import loaded_of
from survey_app.views.typed import page_of

blueprint = Blueprint("item_map", __name__, url_prefix="/office/results/<key>/items")

#: What draws the chart that can be touched; fetched when somebody asks for it.
TOUCHED = "vendor/charts/echarts.js"


@blueprint.get("/")
@access.may(Capability.SEE_PUBLISHED)
def index(key: str) -> Response:
    """One page of the map, and the table behind it."""
    loaded = loaded_of(key, "answers")
    offered = item_map.by_name(item_map.measures(loaded))
    if not offered:
        raise campaigns.unknown()
    given = request.args
    measure = offered.get(given.get("of", ""), next(iter(offered.values())))
    wished = given.get("by", "")
    by_unit = wished == "unit" or (wished != "subject" and item_map.units_first(loaded))
    found = item_map.of_measure(loaded, measure, by_unit=by_unit)
    pools = list(dict.fromkeys(row.pool for row in found.rows if row.pool))
    pool = given.get("pool", "") if given.get("pool", "") in pools else ""
    sort = given.get("sort", "") if given.get("sort", "") in {"all", *(item for item, _title in found.columns)} else ""
    down = given.get("order", "down") != "up"
    rows = [row for row in item_map.sorted_rows(found, sort, down=down) if not pool or row.pool == pool]
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = page_of(pages)
    here = rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    asked = {"of": measure.name, "by": "unit" if by_unit else "subject", "pool": pool or None}
    shown = render_template(
        "results/items.html",
        loaded=loaded,
        campaign=loaded.campaign,
        policy=loaded.scheme.policy_told(say),
        remarks=[],
        _about=_("结果"),
        measures=list(offered.values()),
        found=found,
        rows=here,
        many=len(rows),
        chart=item_map.drawn(found, here),
        script=url_for("static", filename=TOUCHED),
        pools=pools,
        pool=pool,
        asked=asked,
        sort=sort,
        down=down,
        page=page,
        pages=pages,
        findings=[],
    )
    return make_response(shown)
