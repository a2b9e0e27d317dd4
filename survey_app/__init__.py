"""The web application: storage, casting, opening, pages, command line.

Lives here: Flask, SQLAlchemy models, services, views, templates, exports. May not live here: rules of counting
(analysis) or the reading of scheme files (questionnaires).

Importing this package loads nothing: `pingyi serve` must hand the standard library to gevent before anything takes hold of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from survey_app.config import Config

__all__ = ["create_app"]


def create_app(config: Config) -> Flask:
    """The application with these settings. Raises UndeclaredAccessError if a view does not say who may call it."""
    from survey_app import application  # noqa: PLC0415 - see above: this package loads nothing before it is asked to

    return application.create_app(config)
