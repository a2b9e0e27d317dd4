"""The office's main navigation: which rooms a caller may enter, and in which one they are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for

from survey_app import access
from survey_app.i18n import N_, gettext


@dataclass(frozen=True)
class NavigationLink:
    """One link: where it leads, what it says, whether we are there."""

    address: str
    title: str
    here: bool


#: Endpoint, title, and how addresses begin that belong to it: a new page is found by where it stands.
ROOMS = (
    ("campaigns.index", N_("评议活动"), ("/office/campaigns", "/office/demo", "/office/keeping")),
    ("scheme_desk.index", N_("方案"), ("/office/schemes", "/office/scheme-language")),
    ("asks.index", N_("待办确认"), ("/office/asks",)),
    ("results.index", N_("结果"), ("/office/results",)),
    ("accounts.index", N_("账户"), ("/office/account",)),
    ("audit_log.index", N_("操作记录"), ("/office/log",)),
    ("machine.index", N_("机器"), ("/office/machine",)),
)


def init_navigation(app: Flask) -> None:
    """Give templates `navigation()`."""
    app.jinja_env.globals["navigation"] = navigation


def navigation() -> list[NavigationLink]:
    """The links of the current caller, in order."""
    return [
        NavigationLink(url_for(endpoint), gettext(title), request.path.startswith(addresses))
        for endpoint, title, addresses in ROOMS
        if access.may_open(endpoint)
    ]
