"""The application on a copy of the counted hamlet, long after: what is kept of it is asked there."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from survey_app import create_app
from survey_app.config import SECRET_KEY_FILE, Config
from survey_app.extensions import resources
from tests.support.application import QUICK_ALIAS, QUICK_PASSWORD
from tests.support.clock import NOON
from tests.towns import hamlet


@pytest.fixture
def app(hamlet_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """500 days after the count."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(hamlet_file, data / "pingyi.db")
    (data / SECRET_KEY_FILE).write_text(hamlet.SECRET, encoding="ascii")
    app = create_app(
        Config(
            data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", base_url="http://pingyi.test",
            alias_cost=QUICK_ALIAS, password_cost=QUICK_PASSWORD, timezone="UTC",
        )
    )  # fmt: skip
    app.config["PINGYI_CLOCK"] = lambda: NOON + dt.timedelta(days=500)
    yield app
    resources(app).engine.dispose()
