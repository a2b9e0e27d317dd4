"""Statements as they are written, on a session's transaction or on the driver's own connection: where a hall waits, a mapped row
costs more than its query, and a session more than the statement.

Lives here: sending a statement in either database's spelling, and transactions with nothing around them. May not live here:
statements. One that is not on the way of a ballot is better written with the mapped classes.
"""

from __future__ import annotations

import contextlib
import time
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Given = tuple[Any, ...]


#: PostgreSQL's code for a statement that would write where nothing may: on a standby, as a former primary is one.
READ_ONLY = "25006"
ONLY_READS = "this server only reads: another is the primary now"
#: Of each engine (by its dialect): connections last used before this moment are asked before they are used again.
_distrusted: WeakKeyDictionary[Dialect, float] = WeakKeyDictionary()


def distrust(engine: Engine) -> None:
    """Have every connection that lies in the pool asked before it is used: the server of one of them was gone."""
    _distrusted[engine.dialect] = time.monotonic()


def distrusted_since(dialect: Dialect) -> float:
    """The moment before which connections are not trusted (monotonic); 0 for none."""
    return _distrusted.get(dialect, 0.0)


class FoundRows(Protocol):
    """What a statement found: rows with their columns by name."""

    def first(self) -> Any:
        """The first row, or None."""

    def __iter__(self) -> Iterator[Any]:
        """Each row once."""


class PlainRows:
    """Rows as the driver gives them. With `late` they are fetched when looked at, so that several statements can be under way.

    SQLite's are fetched at once: a statement that nobody fetched to its end keeps its connection in the past.
    """

    def __init__(self, cursor: Any, *, late: bool) -> None:
        self._cursor, self._rows = cursor, None if late else cursor.fetchall()

    def first(self) -> Any:
        """The first row, or None."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator[Any]:
        """Each row once."""
        rows = self._cursor.fetchall() if self._rows is None else self._rows
        named = _named(tuple(column[0] for column in self._cursor.description))
        return iter([named(*row) for row in rows])


class PlainTransaction:
    """One transaction on a connection of the engine's pool; what was done in it is kept when `commit` returned, and not before.

    Without `writing` each statement looks for itself, and nothing has to be ended. SQLAlchemy sees nothing of all this, so no
    mark is left that something else than a ballot was written (`changes`).
    """

    def __init__(self, engine: Engine, *, writing: bool) -> None:
        self._pooled = engine.raw_connection()
        self._commit: Callable[[Any], None] = engine.dialect.do_commit
        raw: Any = self._pooled.driver_connection
        self._raw = raw
        self.dialect = engine.dialect.name
        self._open, self._gone = writing, False
        if self.dialect != "sqlite":
            raw.autocommit = not writing
        elif writing:
            self.send("BEGIN IMMEDIATE", ())

    def send(self, statement: str, given: Given) -> PlainRows:
        """Send a statement spelled for this database."""
        return PlainRows(self._raw.execute(statement, given), late=self.dialect != "sqlite")

    def pipelined(self) -> contextlib.AbstractContextManager[object]:
        """Inside the block several statements travel at once, where the database can; the first row looked at waits for all."""
        if self.dialect == "sqlite":
            return contextlib.nullcontext()
        pipeline: contextlib.AbstractContextManager[object] = self._raw.pipeline()
        return pipeline

    def commit(self) -> None:
        """Keep it: synced when this returns, and on as many servers as PostgreSQL was told to wait for."""
        if self.dialect == "sqlite":
            self._raw.execute("COMMIT")
        else:
            # By the engine's own dialect, which does not take a commit on one server alone for one (`standbys`).
            self._commit(self._raw)
        self._open = False

    def lost(self, trouble: Exception) -> bool:
        """Whether the server went away or gave up its place as the one that writes: the connection is then thrown away."""
        state = getattr(trouble, "sqlstate", "") or ""
        self._gone = state == READ_ONLY or state.startswith(("08", "57P")) or bool(getattr(self._raw, "closed", False))
        return self._gone

    def close(self) -> None:
        """Give the connection back; what was not committed is undone. A connection that broke is thrown away."""
        if self._gone:
            self._pooled.invalidate()
            self._pooled.close()
            return
        try:
            if self._open:
                self._raw.rollback()
            if self.dialect != "sqlite":
                self._raw.autocommit = False
        except BaseException:
            self._pooled.invalidate()
            raise
        self._pooled.close()


@contextlib.contextmanager
def plain(engine: Engine, *, writing: bool) -> Iterator[PlainTransaction]:
    """A transaction for the block.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        What the driver raises, as sessions raise it: OperationalError, IntegrityError …
    """
    driver: Any = engine.dialect.dbapi
    try:
        with contextlib.closing(PlainTransaction(engine, writing=writing)) as transaction:
            try:
                yield transaction
            except driver.Error as trouble:
                if transaction.lost(trouble):
                    distrust(engine)
                raise
    except driver.Error as trouble:
        told = driver.OperationalError(ONLY_READS) if getattr(trouble, "sqlstate", None) == READ_ONLY else trouble
        raise DBAPIError.instance("", None, told, driver.Error, hide_parameters=True, dialect=engine.dialect) from None


def ask(session: Session | PlainTransaction, statement: str, *given: Any, lock: str = "") -> FoundRows:
    """Send a statement with its parameters, each where a `?` stands.

    `lock`: the clause that keeps what is read from others until the transaction ends. SQLite has none and needs none: there a
    writing transaction is alone from its beginning.
    """
    if isinstance(session, PlainTransaction):
        return session.send(_spelled(statement, lock, session.dialect), given)
    connection = session.connection()
    return connection.exec_driver_sql(_spelled(statement, lock, connection.dialect.name), given)


def ask_for_each(session: Session | PlainTransaction, statement: str, rows: Sequence[Given]) -> None:
    """Send a statement once for each row of parameters."""
    if isinstance(session, PlainTransaction):
        for row in rows:
            ask(session, statement, *row)
        return
    connection = session.connection()
    connection.exec_driver_sql(_spelled(statement, "", connection.dialect.name), list(rows))


@lru_cache(maxsize=64)
def _spelled(statement: str, lock: str, dialect: str) -> str:
    return statement if dialect == "sqlite" else f"{statement} {lock}".rstrip().replace("?", "%s")


@lru_cache(maxsize=64)
def _named(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)
