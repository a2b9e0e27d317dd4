"""Every revision is tested with data, and the head's tables are the models'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from survey_app import schema
from survey_app.database import make_engine
from survey_app.models import Base
from tests.migrations.testers import TESTERS
from tests.support.postgresql import Cluster

SCRIPTS = ScriptDirectory(str(schema.MIGRATIONS))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
if set(TESTERS) != set(REVISIONS):
    raise LookupError(f"revisions and testers differ: {sorted(set(TESTERS) ^ set(REVISIONS))}")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.clone("template0") as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def test_there_is_one_head() -> None:
    assert len(SCRIPTS.get_heads()) == 1


def test_file_names_carry_date_time_and_revision() -> None:
    files = sorted(path.name for path in (schema.MIGRATIONS / "versions").glob("*.py") if path.name != "__init__.py")
    assert len(files) == len(REVISIONS)
    for name in files:
        assert re.fullmatch(r"\d{8}_\d{4}_[0-9a-f]{12}_\w+\.py", name), name


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_keeps_and_changes_data_as_it_says(empty: Engine, revision: str) -> None:
    below = SCRIPTS.get_revision(revision).down_revision
    if isinstance(below, str):
        schema.upgrade(empty, below)
    with empty.begin() as connection:
        TESTERS[revision].before(connection)
    schema.upgrade(empty, revision)
    with empty.connect() as connection:
        TESTERS[revision].after(connection)
        connection.rollback()


def test_the_heads_tables_are_the_models(empty: Engine) -> None:
    schema.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    assert schema.current(empty) == schema.head()


def test_statement_by_statement_sqlite_makes_the_same_tables(tmp_path: Path) -> None:
    """CHECK constraints and WITHOUT ROWID escape Alembic's comparison; the statements do not."""
    migrated, declared = (make_engine(f"sqlite:///{tmp_path / name}.db") for name in ("migrated", "declared"))
    schema.upgrade(migrated)
    Base.metadata.create_all(declared)
    assert _statements(migrated) == _statements(declared)
    migrated.dispose()
    declared.dispose()


def test_upgrading_twice_changes_nothing(empty: Engine) -> None:
    schema.upgrade(empty)
    schema.upgrade(empty)
    assert schema.current(empty) == schema.head()


def _statements(engine: Engine) -> dict[str, list[str]]:
    """Name -> the statement's parts, in an order of their own."""
    query = text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'")
    with engine.connect() as connection:
        # a table that was rebuilt and renamed has its name in quotes
        rows = [(name, sql.replace(f'CREATE TABLE "{name}"', f"CREATE TABLE {name}")) for name, sql in connection.execute(query)]
    return {name: sorted(part.strip(" ,\t") for part in sql.splitlines()) for name, sql in rows}
