"""The counted hamlet, built once and copied: every test has a database of its own, on SQLite (nothing here is about engines)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import create_app
from survey_app.config import Config
from survey_app.costs import PasswordCost
from survey_app.database import make_engine, scrub, session_factory
from survey_app.extensions import resources
from survey_app.models import Campaign
from tests.towns import hamlet


@pytest.fixture(scope="session")
def hamlet_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the hamlet in it; beside it, in voting.db, the hamlet with every form in and the vote still open."""
    path = tmp_path_factory.mktemp("hamlet") / "hamlet.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    with session_factory(engine)() as session:
        campaign = hamlet.vote(session)
        session.close()
        scrub(engine)
        shutil.copy(path, path.with_name("voting.db"))
        hamlet.finish(session, session.merge(campaign))
    scrub(engine)  # everything into the one file that is copied
    engine.dispose()
    return path


@pytest.fixture
def hamlet_server(hamlet_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """The server that made the hamlet's log, on a copy of its database."""
    (tmp_path / "pingyi.db").write_bytes(hamlet_file.read_bytes())
    url, quick = f"sqlite:///{tmp_path / 'pingyi.db'}", PasswordCost(time=1, memory=64)
    app = create_app(
        Config(
            data=tmp_path / "data",
            database_url=url,
            base_url="http://pingyi.test",
            alias_cost=hamlet.QUICK,
            password_cost=quick,
            secret_key=hamlet.SECRET,
            timezone="UTC",
        )
    )
    yield app
    resources(app).engine.dispose()


@pytest.fixture
def counted(hamlet_file: Path, tmp_path: Path) -> Iterator[tuple[Session, Campaign]]:
    """A writing session on a copy, and the campaign."""
    yield from _copied(hamlet_file, tmp_path / "copy.db")


@pytest.fixture
def voting(hamlet_file: Path, tmp_path: Path) -> Iterator[tuple[Session, Campaign]]:
    """The same before the close."""
    yield from _copied(hamlet_file.with_name("voting.db"), tmp_path / "voting.db")


def _copied(origin: Path, path: Path) -> Iterator[tuple[Session, Campaign]]:
    shutil.copy(origin, path)
    engine = make_engine(f"sqlite:///{path}")
    with session_factory(engine)() as session:
        yield session, session.scalars(select(Campaign)).one()
    engine.dispose()
