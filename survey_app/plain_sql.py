"""Statements as they are written, on a session's own transaction: where a hall waits, a mapped row costs more than its query.

Lives here: sending a statement in either database's spelling. May not live here: statements. One that is not on the way of a
ballot is better written with the mapped classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

Given = tuple[Any, ...]


def ask(session: Session, statement: str, *given: Any, lock: str = "") -> CursorResult[Any]:
    """Send a statement with its parameters, each where a `?` stands.

    `lock`: the clause that keeps what is read from others until the transaction ends. SQLite has none and needs none: there a
    writing transaction is alone from its beginning.
    """
    connection = session.connection()
    return connection.exec_driver_sql(_spelled(statement, lock, connection.dialect.name), given)


def ask_for_each(session: Session, statement: str, rows: Sequence[Given]) -> None:
    """Send a statement once for each row of parameters."""
    connection = session.connection()
    connection.exec_driver_sql(_spelled(statement, "", connection.dialect.name), list(rows))


@lru_cache(maxsize=64)
def _spelled(statement: str, lock: str, dialect: str) -> str:
    return statement if dialect == "sqlite" else f"{statement} {lock}".rstrip().replace("?", "%s")
