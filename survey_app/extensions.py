"""What a request can reach: the settings, the database session, the clock, forgery protection."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from survey_app import clock
from survey_app.config import Config
from survey_app.database import audit_keys, make_engine, session_factory
from survey_app.services.office import stolen_passwords

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
csrf = CSRFProtect()


@dataclass(frozen=True)
class Resources:
    """What one application holds: its settings, its engine, sessions that write and sessions that only read."""

    config: Config
    engine: Engine
    writing: sessionmaker[Session]
    reading: sessionmaker[Session]


def init_resources(app: Flask, config: Config) -> None:
    """Give the application its engine; sessions are opened per request on first use and closed at its end."""
    more = {stolen_passwords.OPTION: config.stolen_passwords}
    engine = make_engine(config.database_url, keys=audit_keys(config), more=more)
    app.extensions["pingyi"] = Resources(config, engine, session_factory(engine), session_factory(engine, reading=True))
    app.teardown_appcontext(_close_session)


def resources(app: Flask | None = None) -> Resources:
    """The resources of the running application (or of `app`)."""
    return cast("Resources", (app or current_app).extensions["pingyi"])


def current_config() -> Config:
    """The settings of the running application."""
    return resources().config


def db_session() -> Session:
    """The request's database session. What was not committed explicitly is rolled back at the end of the request.

    A request that may not change anything (GET, HEAD) gets a session that does not take SQLite's write lock.
    """
    session: Session | None = g.get("db_session")
    if session is None:
        session = resources().reading() if request and request.method in SAFE_METHODS else resources().writing()
        g.db_session = session
    return session


def now() -> dt.datetime:
    """The time, in UTC: read here, at the edge, and handed on as an argument. Never stored about an anonymous ballot."""
    told = current_app.config.get("PINGYI_CLOCK")
    return cast("dt.datetime", told()) if told else clock.now()


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db_session", None)
    if session is not None:
        session.close()
