"""Pages. Lives here: parsing a request, calling a service, rendering. May not live here: rules or queries.

Each module exposes `blueprint`; one line in `BLUEPRINTS` puts it on the map.
"""

from __future__ import annotations

from flask import Blueprint

from survey_app.views import accounts, ballot, home

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts.blueprint,
    ballot.blueprint,
    home.blueprint,
)
