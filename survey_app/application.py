"""The application put together: every blueprint, what surrounds a request, and the sweep that every view says who may call it."""

from __future__ import annotations

from flask import Flask, request

from survey_app import access
from survey_app.assets import init_assets
from survey_app.config import Config
from survey_app.error_pages import init_error_pages
from survey_app.extensions import csrf, init_resources
from survey_app.headers import init_headers
from survey_app.i18n import init_i18n
from survey_app.navigation import init_navigation
from survey_app.places import beside
from survey_app.presenting.charts.svg import on_page
from survey_app.refused_requests import init_refused_requests
from survey_app.services.campaign.notice import reasons
from survey_app.sessions import init_sessions
from survey_app.surfaces import SurfaceApp
from survey_app.times import init_times
from survey_app.views import BLUEPRINTS
from survey_app.views.office.editing import init_editing
from survey_app.views.office.help_pages import init_help
from survey_app.views.office.proving import init_proving
from survey_app.views.opening_memory import init_opening_memory
from survey_app.views.typed import RowNumber
from survey_app.views.voter.straight import init_straight

UPLOAD_BYTES = 5 * 1024 * 1024
__all__ = ["create_app"]


def create_app(config: Config) -> Flask:
    """The application with these settings. Raises UndeclaredAccessError if a view does not say who may call it."""
    app = SurfaceApp(config, "survey_app", static_folder=str(beside("static")), static_url_path="/static")
    app.config.update(
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=UPLOAD_BYTES,
        MAX_FORM_PARTS=20_000,  # a table of head-counts is one form; the body's size is what bounds it
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        TRAP_HTTP_EXCEPTIONS=False,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    init_resources(app, config)
    init_sessions(app, config)
    init_i18n(app)
    init_times(app, config.timezone)
    init_navigation(app)
    init_help(app)
    csrf.init_app(app)
    access.init_access(app)
    init_editing(app)
    init_proving(app)
    init_headers(app)
    init_assets(app)
    init_error_pages(app)
    init_opening_memory(app)
    init_refused_requests(app)
    app.url_map.converters["int"] = RowNumber
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.public(app.view_functions["static"])
    app.jinja_env.filters["reasons"] = reasons
    app.jinja_env.filters["chart"] = on_page
    app.context_processor(lambda: {"here": request.endpoint or "", "base_url": config.base_url})
    access.sweep(app)
    init_straight(app)
    return app
