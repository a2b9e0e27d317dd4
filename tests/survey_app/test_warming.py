"""What an idle worker makes ready is what the first reader would have waited for, and nothing depends on it."""

from __future__ import annotations

import gevent
import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import Client

from survey_app import warming
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.services.results import loaded as results
from tests.towns import two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_templates_and_the_newest_results_are_made_ready_step_by_step(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = two_towns.build(session)
    session.commit()
    read: list[str] = []
    monkeypatch.setattr(results, "load", lambda _session, one, **_: read.append(one.key))
    monkeypatch.setattr(warming, "PAUSE", 0)
    warming.warm_slowly(app)
    assert read == [campaign.key]
    cache = app.jinja_env.cache
    assert cache is not None
    assert {"results/overview.html", "results/subject.html"} <= {name for _loader, name in cache}


@on_sqlite
def test_what_cannot_be_made_ready_is_left_to_whoever_asks_for_it(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_towns.build(session)
    session.commit()
    tried: list[int] = []

    def refused(*_: object, **__: object) -> None:
        tried.append(1)
        raise RefusedError(N_("存下的结果和它的摘要对不上，数据库可能被改动过；请从备份核对，或重新计算。"))

    monkeypatch.setattr(results, "load", refused)
    monkeypatch.setattr(warming, "PAUSE", 0)
    warming.warm_slowly(app)
    assert tried == [1]


@on_sqlite
def test_nothing_is_made_ready_before_somebody_of_the_office_has_come_and_then_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    monkeypatch.setattr(gevent, "spawn", lambda *what: begun.append(what))
    client = Client(warming.once_visited(app))
    client.get("/log")
    assert begun == []
    client.get("/office/sign-in")
    client.get("/office/sign-in")
    assert begun == [(warming.warm_slowly, app)]
