"""Databases and applications for tests. Pure tests ask for none of this and load none of it (see `tests/conftest.py`)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from survey_app import create_app
from survey_app.config import Config
from survey_app.costs import AliasCost, PasswordCost
from survey_app.database import make_engine, session_factory
from survey_app.extensions import resources
from survey_app.models import OwnerNotice
from survey_app.roles import EVERYTHING, Role
from survey_app.schema import upgrade
from survey_app.services.four_eyes import office_size
from survey_app.services.office import accounts, factors
from tests.support.chromium import chromium
from tests.support.clock import NOON
from tests.support.postgresql import Cluster

OFFICE_NAME, OTHER_NAME = "评议办", "李四办"
OFFICE_PASSWORD = "窗外的梧桐 seven green kites"
#: Cheap hashes: what is tested is not how long argon2 takes.
QUICK_ALIAS = AliasCost(time=1, memory=64)
QUICK_PASSWORD = PasswordCost(time=1, memory=64)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests of a process; each test opens a context of its own."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A real PostgreSQL of this test process's own, with a migrated template database."""
    with Cluster.started() as cluster:
        cluster.create("template_pingyi")
        engine = make_engine(cluster.url("template_pingyi"))
        upgrade(engine)
        engine.dispose()
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "pingyi.db")
        yield f"sqlite:///{tmp_path / 'pingyi.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.clone("template_pingyi") as url:
        yield url


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings of an application of the test's own."""
    return Config(
        data=tmp_path / "data",
        database_url=database_url,
        base_url="http://pingyi.test",
        timezone="UTC",  # what pages say is typed by hand, wherever the tests run
        alias_cost=QUICK_ALIAS,
        password_cost=QUICK_PASSWORD,
    )


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application."""
    app = create_app(config)
    yield app
    resources(app).engine.dispose()


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's engine."""
    return resources(app).engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A writing session. Commit before asking the application: on SQLite an open one holds the write lock."""
    with session_factory(engine)() as session:
        yield session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


def do_without_factors(app: Flask) -> None:
    """The office of these tests states that it signs in with passwords alone; what a second factor does has tests of its own."""
    with resources(app).writing() as session:
        factors.state_without(session, by=OFFICE_NAME, now=NOON)
        session.commit()


def take_note(app: Flask) -> None:
    """Everybody has acknowledged what was told so far: the first sign-ins of these accounts, in browsers nobody knew."""
    with resources(app).writing() as session:
        session.execute(update(OwnerNotice).values(seen=True))
        session.commit()


@pytest.fixture
def office_client(app: Flask) -> FlaskClient:
    """A browser in which an office account is signed in; `csrf(client)` gives the token its forms must carry.

    The office has said that it has one person: what two people do has tests of its own (`services.four_eyes`).
    """
    office_account(app, OFFICE_NAME)
    with resources(app).writing() as session:
        office_size.say(session, alone=True, account=OFFICE_NAME, now=NOON)
        session.commit()
    client = app.test_client()
    answer = client.post("/office/sign-in", data={"name": OFFICE_NAME, "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    take_note(app)
    return client


@pytest.fixture
def other_client(app: Flask, office_client: FlaskClient) -> FlaskClient:
    """A second clerk of the office, in a browser of their own."""
    office_account(app, OTHER_NAME)
    client = app.test_client()
    client.post("/office/sign-in", data={"name": OTHER_NAME, "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
    take_note(app)
    return client


def office_account(app: Flask, name: str, roles: Collection[Role] = EVERYTHING) -> None:
    """An account that can sign in with the tests' password alone, in an office that does without second factors. Committed."""
    do_without_factors(app)
    with resources(app).writing() as session:
        accounts.create_account(session, name=name, roles=roles, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON)
        session.commit()


def csrf(client: FlaskClient) -> str:
    """The forgery token of the client's session, read from a page as a browser would."""
    for address in ("/office/sign-in", "/office/account"):
        answer = client.get(address, follow_redirects=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.get_data(as_text=True))
        if found:
            return found.group(1)
    raise AssertionError("no page carries a forgery token")
