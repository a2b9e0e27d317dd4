"""Engines and sessions. What an acknowledged ballot's durability rests on is set and checked here.

SQLite: WAL with `synchronous=FULL`, because NORMAL may lose a commit that was already answered "recorded"
(measured); the engine refuses to work weaker. Writers take the lock at BEGIN, so that two of them queue instead of
failing half-way; `secure_delete` overwrites what is deleted; temporary tables stay in memory.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, DisconnectionError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from survey_app import changes
from survey_app.audit_keys import OPTION, AuditKeys
from survey_app.config import Config, cookie_key
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import Base

BUSY_SECONDS = 15
#: Connections a process may have, and keeps once it has them: to open one costs PostgreSQL a process, many times a ballot.
#: Who waits for one holds none (tests/survey_app/views/voter/test_one_connection.py), so nothing dead-locks.
POOL = 10
#: A connection that lay unused for longer is asked whether it is alive before it is used.
UNUSED_SECONDS = 1.0
_USED = "pingyi_used"
#: Parameters are hidden, so that an error's trace in a log never holds a digest, a name or an answer.
_POOLING: dict[str, Any] = {"pool_size": POOL, "max_overflow": 0, "hide_parameters": True}
#: Key of the execution option that chooses how a SQLite transaction begins.
BEGIN = "pingyi_begin"


class WeakDatabaseError(UserError):
    """The database would not keep what it acknowledged; we do not work on it."""

    status = 500


class DamagedDatabaseError(UserError):
    """Part of the database file is not what was written."""

    status = 500


def normalised(url: str) -> URL:
    """The address with our driver: `postgresql://` and `postgres://` mean psycopg 3, whatever SQLAlchemy's default is."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address; None for other databases."""
    parsed = normalised(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def audit_keys(config: Config) -> AuditKeys:
    """The keys with which this place signs its log of acts."""
    return AuditKeys(config.data, lambda: cookie_key(config))


def make_engine(url: str, *, keys: AuditKeys | None = None, more: Mapping[str, Any] | None = None) -> Engine:
    """An engine whose every connection is durable. Nothing is opened yet.

    `keys` sign the log of acts; without them they are looked for beside a SQLite file, and on PostgreSQL no act can be written.
    `more`: what the engine carries for services besides (execution options).

    Raises:
        WeakDatabaseError: from the first connection, when the database cannot be made durable.
    """
    parsed, file = normalised(url), sqlite_file(url)
    if keys is None and file is not None:
        keys = audit_keys(Config(data=file.parent, database_url=url))
    options = {"execution_options": {OPTION: keys, **(more or {})}, **_POOLING}
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, **options)
        event.listen(engine, "do_connect", _make_own_file)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        changes.watch(engine)
        return engine
    engine = create_engine(parsed, **options)
    event.listen(engine, "connect", _check_postgresql)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ask_if_alive, engine.dialect))
    changes.watch(engine)
    return engine


def _note_use(_connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _ask_if_alive(dialect: Any, connection: Any, record: Any, _proxy: object) -> None:
    """A database that was started anew, or another that took over, leaves dead connections lying; one that was used a moment ago
    is not asked, because in a hall the question cost as much as a look for a slip.

    Raises DisconnectionError, upon which the pool opens another.
    """
    used = record.info.get(_USED)
    if used is None or time.monotonic() - used < UNUSED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as dead:
        raise DisconnectionError from dead


def session_factory(engine: Engine, *, reading: bool = False) -> sessionmaker[Session]:
    """Sessions on the engine; commit is explicit. `reading` sessions do not take SQLite's write lock."""
    bind = engine.execution_options(**{BEGIN: "DEFERRED"}) if reading else engine
    return sessionmaker(bind, expire_on_commit=False)


DAMAGED = N_("数据库文件有一处坏了，没有开箱，也没有改动；请停止使用，从备份恢复，再核对存证单上的根。")


def refuse_damaged(session: Session) -> None:
    """Raise DamagedDatabaseError where the file does not hold together: a byte that turned over in the right place takes a ballot
    out of its form without a word, and only the tables' indexes still know of it. PostgreSQL checks its own pages.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    try:
        sound = session.scalar(text("PRAGMA integrity_check(1)")) == "ok"
    except DatabaseError:
        sound = False
    if not sound:
        raise DamagedDatabaseError(DAMAGED)


def scrub(engine: Engine) -> None:
    """Leave no old page versions and no order of casting behind (design §5), by rewriting what was written one by one.

    SQLite: the write-ahead log, which pairs slip and ballot in the order they came, is emptied and the file rebuilt. PostgreSQL
    says of every row which transaction wrote and which locked it: the rows that must have no order are written again by one
    transaction each and laid down in the order of their random keys. Its own log no statement can empty (docs/threat-model.md).

    Raises:
        OperationalError: somebody was at it all the while; nothing is lost, and it can be tried again.
    """
    if engine.dialect.name != "sqlite":
        for table in (one for one in Base.metadata.sorted_tables if one.dialect_options["sqlite"]["with_rowid"] is False):
            key = next(iter(table.primary_key.columns)).name
            _at_once(engine, f'UPDATE "{table.name}" SET "{key}" = "{key}"')  # noqa: S608 - names of our own tables
            _at_once(engine, f'CLUSTER "{table.name}" USING "{table.primary_key.name}"')
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
        return
    # The driver's own connection: SQLAlchemy would begin a transaction, and inside one neither statement is possible.
    pooled = engine.raw_connection()
    try:
        cursor = pooled.cursor()
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            row = cursor.execute(statement).fetchone()
            if row is not None and row[0]:
                raise OperationalError(statement, None, sqlite3.OperationalError("database is busy: a reader holds the log"))
        cursor.close()
    finally:
        pooled.close()


def _at_once(engine: Engine, statement: str) -> None:
    """A transaction of its own that does not wait for ever, and lets others wait no longer than it does."""
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
        connection.execute(text(statement))


def _make_own_file(_dialect: object, _record: object, arguments: Sequence[Any], _named: object) -> None:
    """Before SQLite makes the file with everybody's rights: it may lie outside the data folder. Its journals take them over."""
    with suppress(FileExistsError, FileNotFoundError):  # the second is SQLite's to tell
        os.close(os.open(arguments[0], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    raw: sqlite3.Connection = getattr(connection, "driver_connection", connection)
    raw.isolation_level = None  # we say BEGIN ourselves
    cursor = raw.cursor()
    mode = cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous = FULL")
    synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.execute("PRAGMA trusted_schema = OFF")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.close()
    if mode != "wal" or synchronous < 2:
        raise WeakDatabaseError(
            N_("数据库不能保证断电不丢票（journal_mode=%(mode)s，synchronous=%(synchronous)s）；请把数据文件夹放在本机磁盘上。"),
            mode=mode,
            synchronous=synchronous,
        )


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_isolation_level() == "AUTOCOMMIT":
        return
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(BEGIN, 'IMMEDIATE')}")


def _check_postgresql(connection: Any, _record: object) -> None:
    raw = getattr(connection, "driver_connection", connection)
    with raw.cursor() as cursor:
        commit = cursor.execute("SHOW synchronous_commit").fetchone()[0]
    raw.rollback()
    if commit == "off":
        raise WeakDatabaseError(N_("PostgreSQL 的 synchronous_commit 是 off，断电会丢已确认的票；请改为 on。"))
