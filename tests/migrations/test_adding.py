"""A revision only adds, so that hosts of the version before serve on beside it (migrations/README.md)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from survey_app import schema
from survey_app.database import make_engine
from tests.migrations.adding import Shape, shape, taken_away

SCRIPTS = ScriptDirectory(str(schema.MIGRATIONS))
#: The head when the rule came; what stands before it was for one host.
SINCE = "c91e5d7a30b4"
#: Revisions that take away what the release before has stopped to use, each with the reason why nobody misses it.
CONTRACTS: dict[str, str] = {}
NEWER = [one.revision for one in reversed(list(SCRIPTS.iterate_revisions(schema.head(), SINCE)))]


def test_every_revision_since_the_rule_leaves_older_hosts_what_they_use(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    schema.upgrade(engine, SINCE)
    shapes: list[tuple[str, Shape]] = []
    for revision in [SINCE, *NEWER]:
        schema.upgrade(engine, revision)
        with engine.connect() as connection:
            shapes.append((revision, shape(connection)))
    engine.dispose()
    for (_, before), (revision, after) in pairwise(shapes):
        assert not taken_away(before, after) or revision in CONTRACTS, f"{revision}: {taken_away(before, after)}"
    assert len(shapes) == len(NEWER) + 1


@pytest.fixture
def small(tmp_path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{tmp_path / 'small.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE paper (n INTEGER NOT NULL, word TEXT, PRIMARY KEY (n))")
        connection.exec_driver_sql("CREATE TABLE other (n INTEGER NOT NULL, PRIMARY KEY (n))")
    return engine


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE paper ADD COLUMN more TEXT", []),
        ("ALTER TABLE paper ADD COLUMN more TEXT NOT NULL DEFAULT ''", []),
        ("CREATE TABLE third (n INTEGER NOT NULL UNIQUE)", []),
        ("CREATE INDEX ix ON paper (word)", []),
        ("DROP TABLE other", ["table other is gone"]),
        ("ALTER TABLE paper DROP COLUMN word", ["paper.word is gone"]),
        ("ALTER TABLE paper RENAME COLUMN word TO saying", ["paper.word is gone"]),
        ("CREATE UNIQUE INDEX ux ON paper (word)", ["paper demands what it did not: unique ['word']"]),
        (
            "DROP TABLE other; CREATE TABLE other (n INTEGER NOT NULL, m TEXT NOT NULL, PRIMARY KEY (n))",
            ["other.m is new and must be filled, which an older program does not"],
        ),
        (
            "DROP TABLE paper; CREATE TABLE paper (n INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (n))",
            ["paper.word could be left empty before"],
        ),
        (
            "DROP TABLE paper; CREATE TABLE paper (n INTEGER NOT NULL, word INTEGER, PRIMARY KEY (n))",
            ["paper.word was TEXT and is INTEGER"],
        ),
        (
            "DROP TABLE other; CREATE TABLE other (n INTEGER NOT NULL, PRIMARY KEY (n), CHECK (n > 1))",
            ["other demands what it did not: check n > 1"],
        ),
    ],
)
def test_what_an_older_program_would_miss_is_named(small: Engine, change: str, told: list[str]) -> None:
    with small.connect() as connection:
        before = shape(connection)
    with small.begin() as connection:
        for statement in change.split(";"):
            connection.exec_driver_sql(statement)
    with small.connect() as connection:
        assert taken_away(before, shape(connection)) == told
    small.dispose()
