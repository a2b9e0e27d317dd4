"""The office's main navigation: which rooms a caller may enter, and in which one they are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for

from survey_app.access import Caller
from survey_app.i18n import N_, gettext


@dataclass(frozen=True)
class NavigationLink:
    """One link: where it leads, what it says, whether we are there."""

    address: str
    title: str
    here: bool


#: Endpoint, title, roles that see it, and how addresses begin that belong to it: a new page is found by where it stands.
ROOMS = (
    ("campaigns.index", N_("评议活动"), {"office"}, ("/office/campaigns", "/office/demo")),
    ("results.index", N_("结果"), {"office", "staff"}, ("/office/results",)),
    ("accounts.index", N_("账户"), {"office"}, ("/office/account",)),
    ("audit_log.index", N_("操作记录"), {"office"}, ("/office/log",)),
)


def init_navigation(app: Flask) -> None:
    """Give templates `navigation()`."""
    app.jinja_env.globals["navigation"] = navigation


def navigation() -> list[NavigationLink]:
    """The links of the current caller, in order."""
    caller: Caller | None = g.get("caller")
    if caller is None:
        return []
    return [
        NavigationLink(url_for(endpoint), gettext(title), request.path.startswith(addresses))
        for endpoint, title, roles, addresses in ROOMS
        if caller.role in roles and endpoint in current_app.view_functions
    ]
