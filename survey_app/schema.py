"""The tables' version: bringing a database to the head, and asking where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run what is missing, in one transaction: a failing revision leaves everything as it was."""
    config = _config()
    with changing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be rebuilt without losing a row that refers to them.

    SQLite cannot alter a column: the table is copied, dropped and renamed. With foreign keys enforced, dropping it deletes its
    rows first, and with a campaign go all its units, raters and ballots. So they are off meanwhile (only before a transaction can
    they be switched) and checked as a whole at its end; anything that then refers to nothing takes the whole change back.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        raw = connection.connection.driver_connection
        if raw is None:
            raise RuntimeError("no connection to the database file")
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError(f"a row of {lost[0]} would refer to nothing in {lost[2]}")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def head() -> str:
    """The newest revision of this code."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("no revision in migrations/versions")
    return newest


def current(engine: Engine) -> str | None:
    """The revision the database stands at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
