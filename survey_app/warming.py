"""What a worker makes ready once somebody of the office has come: templates, and the newest results with their schemes.

Who opens the results first after a start would wait for all of it at once: some forty templates of their page's family, a scheme
read from its file, a report. Nothing here is needed: whatever fails is made, or told, when somebody asks for it. In small steps,
and never two at once, so that a ballot that comes meanwhile waits for one of them at the most. Not before: a server that only
takes ballots holds some megabytes less in each worker.

Lives here: what is made ready, and in which steps. May not live here: how any of it is made.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import gevent
from flask import Flask
from jinja2 import TemplateError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from survey_app.errors import UserError
from survey_app.extensions import resources
from survey_app.i18n import language
from survey_app.measuring import Wsgi
from survey_app.models import Campaign, CampaignState
from survey_app.services.results import loaded as results

#: So many rounds, the newest first: what an office looks at is the last round, and beside it the one before.
ROUNDS = 2
#: Between two steps, in seconds: others are served then.
PAUSE = 0.02
#: Not the office's pages.
_NOT_WARMED = ("ballot/", "exports/", "printing/")
log = logging.getLogger("survey_app")


def once_visited(app: Flask) -> Wsgi:
    """The application, which begins to make ready when the first page of the office is asked for."""
    waiting = True

    def visited(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal waiting
        if waiting and environ.get("PATH_INFO", "").startswith("/office"):
            waiting = False
            gevent.spawn(warm_slowly, app)
        return app(environ, start_response)

    return visited


def warm_slowly(app: Flask) -> None:
    """All steps, with others served between them; what fails is left to whoever asks for it."""
    for step in steps(app):
        gevent.sleep(PAUSE)
        try:
            step()
        except (SQLAlchemyError, UserError, TemplateError, OSError) as trouble:
            log.info("not made ready beforehand", exc_info=trouble)


def steps(app: Flask) -> Iterator[Callable[[], object]]:
    """What is made ready, step by step: templates first."""
    yield from templates(app)
    yield from (partial(_read, app, place) for place in range(ROUNDS))


def templates(app: Flask) -> Iterator[Callable[[], object]]:
    """The templates of the office's pages, one a step."""
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith(_NOT_WARMED)):
        yield partial(app.jinja_env.get_template, name)


def _read(app: Flask, place: int) -> None:
    """The results of the round counted last, of the one before …"""
    newest = select(Campaign).where(Campaign.state == CampaignState.COUNTED).order_by(Campaign.counted.desc(), Campaign.id.desc())
    with resources(app).reading() as session:
        if (campaign := session.scalar(newest.offset(place).limit(1))) is not None:
            results.load(session, campaign, language=language())
