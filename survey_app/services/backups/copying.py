"""The database copied as what it says, without the order in which it was said, and loaded again.

A copy of the pages keeps that order: in the leaves of an index, in pages freed since, in PostgreSQL's rows as they lie and the
transactions they name. So nothing is copied as it lies. SQLite writes the rows into a new file, table by table in the order of
their keys (`VACUUM INTO`), in one consistent moment, also while people vote. PostgreSQL's tables are written as text in the
order of their keys, all in one snapshot, between what makes the tables and what makes their indexes; its sequences, which count
also what was taken back, are not copied but begin after the highest number in use.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from survey_app.config import Config
from survey_app.database import BUSY_SECONDS, make_engine, normalised, sqlite_file
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.services.backups.archive import Facts
from survey_app.services.backups.refusals import BackupError

SQLITE_MEMBER: Final = "database.sqlite"
#: What pg_dump wrote before backups had no order; still read.
DUMP_MEMBER: Final = "database.dump"
_BEFORE, _ROWS, _AFTER = "postgresql/before.sql", "postgresql/rows/", "postgresql/after.sql"
_PIECE = 1024 * 1024


def is_database(member: str) -> bool:
    """Whether this member of an archive is part of a database, of whichever kind."""
    return member in {SQLITE_MEMBER, DUMP_MEMBER} or member.startswith("postgresql/")


def copy(config: Config, folder: Path) -> tuple[dict[str, Path], Facts]:
    """The copied database as files in the folder, by member, and what is in it.

    Raises BackupError: there is none, it is damaged, or pg_dump is missing or fails.
    """
    file = sqlite_file(config.database_url)
    return _copy_postgresql(config, folder) if file is None else _copy_sqlite(file, folder)


def load(config: Config, folder: Path, members: Iterable[str]) -> None:
    """Bring the copied database into the empty one, whole or not at all. Raises BackupError: of the other kind, or refused."""
    names = sorted(name for name in members if is_database(name))
    file = sqlite_file(config.database_url)
    if (names == [SQLITE_MEMBER]) != (file is not None) or not names:
        raise BackupError(N_("这个备份是另一种数据库的；请把 PINGYI_DATABASE_URL 设成同一种数据库再恢复。"))
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(folder / SQLITE_MEMBER, file)
    elif names == [DUMP_MEMBER]:
        arguments = ("--no-owner", "--exit-on-error", "--single-transaction", "--dbname", _address(config))
        _run("pg_restore", *arguments, str(folder / DUMP_MEMBER))
    else:
        _load_postgresql(config, folder, names)


def refuse_full(config: Config) -> None:
    """Raise RefusedError unless the database is not there (SQLite) or has no tables (PostgreSQL)."""
    file = sqlite_file(config.database_url)
    if file is not None:
        if file.exists():
            raise RefusedError(N_("数据库 %(path)s 已经存在，没有恢复。"), path=file)
        return
    engine = make_engine(config.database_url)
    try:
        if inspect(engine).get_table_names():
            raise RefusedError(N_("PostgreSQL 数据库里已有表，没有恢复；请新建一个空数据库。"))
    finally:
        engine.dispose()


def facts_of(connection: Connection) -> Facts:
    """What a database holds, of whatever revision it is: a backup is made before the tables are brought further."""
    quote = connection.dialect.identifier_preparer.quote
    tables = sorted(inspect(connection).get_table_names())
    rows = {one: connection.scalar(text(f"SELECT count(*) FROM {quote(one)}")) or 0 for one in tables}  # noqa: S608 - quoted
    if "log_epoch" not in tables:
        return Facts(rows, {})
    newest = text("SELECT c.key, e.text FROM log_epoch e JOIN campaign c ON c.id = e.campaign_id ORDER BY c.key, e.number")
    return Facts(rows, {row.key: row.text for row in connection.execute(newest)})


def _copy_sqlite(file: Path, folder: Path) -> tuple[dict[str, Path], Facts]:
    if not file.is_file():
        raise BackupError(N_("没有数据库 %(path)s，没有可备份的；请检查 PINGYI_DATA。"), path=file)
    target = folder / SQLITE_MEMBER
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite takes an empty file, with our rights
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as here:
        here.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target, isolation_level=None)) as there:
        there.execute("PRAGMA journal_mode = DELETE")
        verdict = there.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise BackupError(N_("数据库已损坏（%(what)s），没有备份；请从上一个备份恢复。"), what=verdict)
    engine = create_engine(f"sqlite:///{target}", poolclass=NullPool)
    with engine.connect() as connection:
        return {SQLITE_MEMBER: target}, facts_of(connection)


def _copy_postgresql(config: Config, folder: Path) -> tuple[dict[str, Path], Facts]:
    (folder / _ROWS).mkdir(parents=True)
    members = {_BEFORE: folder / _BEFORE, _AFTER: folder / _AFTER}
    engine = make_engine(config.database_url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
            facts = facts_of(connection)
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            for section, path in (("pre-data", members[_BEFORE]), ("post-data", members[_AFTER])):
                options = ("--schema-only", f"--section={section}", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
                _run("pg_dump", *options, "--encoding=UTF8", "--file", str(path), "--dbname", _address(config))
            connection.execute(text("SET client_encoding TO 'UTF8'"))
            for table in facts.rows:
                members[_ROWS + table] = folder / _ROWS / table
                _write_rows(connection, table, folder / _ROWS / table)
    finally:
        engine.dispose()
    return members, facts


def _write_rows(connection: Connection, table: str, path: Path) -> None:
    """The table's rows in the order of its key, or of all its columns where it has none."""
    columns, named = _columns(connection, table)
    key = inspect(connection).get_pk_constraint(table)["constrained_columns"] or columns
    quote = connection.dialect.identifier_preparer.quote
    order = ", ".join(quote(one) for one in key)
    statement = f"COPY (SELECT {named} FROM {quote(table)} ORDER BY {order}) TO STDOUT"  # noqa: S608 - quoted
    with path.open("wb") as file, _driver(connection).cursor() as cursor, cursor.copy(statement) as rows:
        for piece in rows:
            file.write(piece)


def _load_postgresql(config: Config, folder: Path, names: list[str]) -> None:
    """Tables, rows, then indexes, constraints and triggers, in one transaction."""
    engine = make_engine(config.database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SET client_encoding TO 'UTF8'"))
            schema = connection.scalar(text("SELECT current_schema()"))
            _say(connection, folder / _BEFORE, schema)
            for name in names:
                if name.startswith(_ROWS):
                    _read_rows(connection, name.removeprefix(_ROWS), folder / name)
            _go_on_counting(connection)
            _say(connection, folder / _AFTER, schema)
    except (psycopg.Error, SQLAlchemyError) as problem:
        what = str(problem).splitlines()[0]
        raise BackupError(N_("数据库没有收下这个备份（%(what)s），什么也没有恢复；请换一个备份文件。"), what=what) from problem
    finally:
        engine.dispose()


def _say(connection: Connection, script: Path, schema: str) -> None:
    """Run what pg_dump wrote, but for its words to psql; it forgets where tables are looked for, which is then said again."""
    lines = script.read_text(encoding="utf-8").splitlines(keepends=True)
    with _driver(connection).cursor() as cursor:
        cursor.execute("".join(line for line in lines if not line.startswith(("\\restrict", "\\unrestrict"))), prepare=False)
    connection.execute(text("SELECT set_config('search_path', quote_ident(:schema), false)"), {"schema": schema})


def _read_rows(connection: Connection, table: str, path: Path) -> None:
    _, named = _columns(connection, table)
    statement = f"COPY {connection.dialect.identifier_preparer.quote(table)} ({named}) FROM STDIN"
    with path.open("rb") as file, _driver(connection).cursor() as cursor, cursor.copy(statement) as rows:
        while piece := file.read(_PIECE):
            rows.write(piece)


def _go_on_counting(connection: Connection) -> None:
    """Each sequence after the highest number in use."""
    quote = connection.dialect.identifier_preparer.quote
    owned = text(
        "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) FROM"
        " information_schema.columns WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'"
    )
    for table, column, sequence in connection.execute(owned).all():
        highest = f"SELECT setval(:sequence, max({quote(column)})) FROM {quote(table)}"  # noqa: S608 - quoted
        connection.execute(text(f"{highest} HAVING max({quote(column)}) IS NOT NULL"), {"sequence": sequence})


def _columns(connection: Connection, table: str) -> tuple[list[str], str]:
    """The columns in the order of their names, so that both ways agree, and the same as SQL."""
    columns = sorted(one["name"] for one in inspect(connection).get_columns(table))
    return columns, ", ".join(connection.dialect.identifier_preparer.quote(one) for one in columns)


def _driver(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    """The driver's own connection: SQLAlchemy knows no COPY."""
    found = connection.connection.driver_connection
    if not isinstance(found, psycopg.Connection):
        raise TypeError(f"{found!r} is no connection to PostgreSQL")
    return found


def _address(config: Config) -> str:
    return normalised(config.database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(N_("备份和恢复 PostgreSQL 要用 %(program)s；请安装软件包 postgresql-client。"), program=program)
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        what = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise BackupError(N_("%(program)s 没有成功：%(what)s"), program=program, what=what)
