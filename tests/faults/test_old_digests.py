"""Digests of before that were made over answers: after the update no row and no file of the database holds one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from survey_app import schema
from survey_app.config import Config
from survey_app.database import make_engine
from survey_app.starting import prepared
from tests.support.postgresql import Cluster

BELOW = "e1b85c0a37d4"
BALLOTS = 400
NEEDLE = b"made over answers: "  # and 13 bytes of their own


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a database without tables, and the folder its tables lie in."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'pingyi.db'}", tmp_path / "data"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.clone("template0") as url:
        yield url, cluster.folder / "data" / "base"


def test_bringing_a_database_up_to_date_leaves_no_old_digest_in_its_files(place: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = place
    (tmp_path / "data").mkdir(mode=0o700)
    engine = make_engine(url)
    schema.upgrade(engine, BELOW)
    _fill(engine)
    assert held(engine, folder) == BALLOTS
    engine.dispose()
    updated = prepared(Config(data=tmp_path / "data", database_url=url))
    with updated.connect() as connection:
        rows = connection.execute(text("SELECT count(*), count(submission) FROM ballot")).one()
    assert tuple(rows) == (BALLOTS, 0)
    assert held(updated, folder) == 0
    updated.dispose()


def held(engine: Engine, folder: Path) -> int:
    """How many different digests stand in the files of the tables (of PostgreSQL's own log: docs/threat-model.md)."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
    data = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return sum(NEEDLE + f"{number:013}".encode() in data for number in range(BALLOTS))


def _fill(engine: Engine) -> None:
    """Ballots of an open campaign, each in a transaction of its own, as they are cast."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, asker, purpose, until, state, scheme_key, scheme_version,"
                " scheme_text, scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (1, 'k', 't', '2026', '', '', '', '', 'open', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"x", "now": "2026-11-01 08:00:00"},
        )
        connection.execute(
            text(
                "INSERT INTO ballot_style (id, campaign_id, group_key, content, digest, leaf_version)"
                " VALUES ('s', 1, 'g', '{}', '', 1)"
            )
        )
    for number in range(BALLOTS):
        key, digest = f"{number * 7919 % BALLOTS:032}".encode(), NEEDLE + f"{number:013}".encode()
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO ballot (key, campaign_id, style_id, kind, superseded, sealed, submission, leaf)"
                    " VALUES (:key, 1, 's', 'anonymous', false, :sealed, :digest, :key)"
                ),
                {"key": key, "digest": digest, "sealed": b"s" * 120},
            )
