"""Every revision is tested with data, and the head's tables are the models'."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, Engine, MetaData, text

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


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_no_revision_loses_a_row_that_refers_to_another(empty: Engine, revision: str) -> None:
    """A table that is rebuilt is dropped in between; what hangs on its rows must not fall with it."""
    script = SCRIPTS.get_revision(revision)
    assert isinstance(script.down_revision, str)
    schema.upgrade(empty, script.down_revision)
    hanging = {"unit": "campaign", "subject": "unit", "rater": "subject", "evidence_entry": "subject", "slip": "slip_batch"}
    with empty.begin() as connection:
        _fill(connection)
    schema.upgrade(empty, revision)
    with empty.connect() as connection:
        found = {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in hanging}  # noqa: S608
        assert found == dict.fromkeys(hanging, 1)
        if empty.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_change_that_leaves_a_row_without_its_campaign_is_taken_back(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    schema.upgrade(engine)
    with engine.begin() as connection:
        _fill(connection)
    with pytest.raises(RuntimeError, match="would refer to nothing in"), schema.changing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM campaign")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM campaign")).scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def _fill(connection: Connection) -> None:
    """One row of every table that hangs on another, with whatever columns the tables have at this revision."""
    tables = MetaData()
    tables.reflect(
        connection, only=["campaign", "unit", "subject", "rater", "ballot_style", "evidence_entry", "slip_batch", "slip"]
    )
    for table in tables.sorted_tables:
        row = {column.name: _some(column) for column in table.columns if not column.nullable or column.foreign_keys}
        row |= {"state": "draft"} if table.name == "campaign" else {}
        connection.execute(table.insert().values(row))


def _some(column: Column[object]) -> object:
    """A value that fits; every number and every reference is 1, every text "1"."""
    if isinstance(column.type, JSON):
        return {}
    kind = column.type.python_type
    return {int: 1, str: "1", bytes: b"1" * 32, bool: False, dt.datetime: dt.datetime(2026, 11, 1)}[kind]  # noqa: DTZ001


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


def test_on_postgresql_the_triggers_are_the_models(postgresql: Cluster) -> None:
    """Alembic compares no triggers; there they are no part of a table's statement."""
    found = []
    for make in (schema.upgrade, Base.metadata.create_all):
        with postgresql.clone("template0") as url:
            engine = make_engine(url)
            make(engine)
            with engine.connect() as connection:
                triggers = text("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
                functions = text(
                    "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
                )
                found.append([*connection.execute(triggers).scalars(), *connection.execute(functions).scalars()])
            engine.dispose()
    migrated, declared = found
    assert len(migrated) > 30
    assert migrated == declared


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
