"""The office's main navigation: which rooms a caller may enter. A room not built into the application is not linked."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for

from survey_app.access import Caller
from survey_app.i18n import N_, gettext


@dataclass(frozen=True)
class Item:
    """One link: where it leads, what it says, whether we are there."""

    address: str
    title: str
    here: bool


_CAMPAIGN_ROOMS = {
    "campaigns",
    "rosters",
    "forms_table",
    "headcounts",
    "printing",
    "counting",
    "custody",
    "destruction",
    "evidence",
    "earlier",
    "proof_log",
    "publishing",
    "readings",
    "room",
}
#: Endpoint, title, roles that see it, blueprints that belong to it.
ROOMS = (
    ("campaigns.index", N_("评议活动"), {"office"}, _CAMPAIGN_ROOMS),
    ("results.index", N_("结果"), {"office", "staff"}, {"results", "satisfaction", "outcomes", "comments"}),
    ("accounts.index", N_("账户"), {"office"}, {"accounts", "account_units"}),
    ("accounts.log", N_("操作记录"), {"office"}, set[str]()),
)


def init_navigation(app: Flask) -> None:
    """Give templates `navigation()`."""
    app.jinja_env.globals["navigation"] = navigation


def navigation() -> list[Item]:
    """The links of the current caller, in order."""
    caller: Caller | None = g.get("caller")
    if caller is None:
        return []
    here = request.endpoint or ""
    return [
        Item(url_for(endpoint), gettext(title), _is_here(endpoint, blueprints, here))
        for endpoint, title, roles, blueprints in ROOMS
        if caller.role in roles and endpoint in current_app.view_functions
    ]


def _is_here(endpoint: str, blueprints: set[str], here: str) -> bool:
    own_page = {room[0] for room in ROOMS} & {here}
    return here == endpoint if own_page else here.partition(".")[0] in blueprints
