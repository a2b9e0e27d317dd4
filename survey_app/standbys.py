"""PostgreSQL with standbys: what a commit's answer is worth, and servers that gave up their place.

A commit that waits for a standby and is cancelled is *kept on this server alone*, and PostgreSQL says so with a warning only.
Such a commit is unknown, never recorded: the next primary may not have it. And what anybody reads may be one of those, so a
receipt for what an earlier request stored waits for a commit of its own, which a standby gets after everything before it.

Lives here: the warnings, that wait, the address of several hosts. May not live here: what a voter is told (`casting.cast`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError, OperationalError

from survey_app.plain_sql import ONLY_READS, READ_ONLY, plain

#: libpq's spelling of several hosts: user, hosts with or without ports, the rest.
_SEVERAL = re.compile(
    r"(?P<scheme>postgres(?:ql)?(?:\+\w+)?)://(?P<user>[^/@]*@)?(?P<hosts>[^/@?]*,[^/@?]*)(?P<rest>/[^?]*)?(?:\?(?P<more>.*))?"
)
#: What an address of several hosts means where it does not say otherwise: the one that writes; a dead host is left after seconds,
#: also by who waits for its answer and has nothing under way that could be missed (keepalives).
_MEANT = {
    "target_session_attrs": "read-write",
    "connect_timeout": "2",
    "tcp_user_timeout": "3000",
    "keepalives_idle": "3",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}
_LIVE = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
_warned: WeakKeyDictionary[Any, list[str]] = WeakKeyDictionary()


def spelled_out(url: str) -> str:
    """An address with several hosts (`h1,h2:5433/name`) as SQLAlchemy reads it, with what it means; any other as it is."""
    found = _SEVERAL.fullmatch(url)
    if found is None:
        return url
    hosts = [host if ":" in host else f"{host}:5432" for host in found["hosts"].split(",")]
    said = found["more"] or ""
    names = {part.partition("=")[0] for part in said.split("&")}
    more = [f"host={host}" for host in hosts] + ([said] if said else [])
    more += [f"{name}={value}" for name, value in _MEANT.items() if name not in names]
    return f"{found['scheme']}://{found['user'] or ''}{found['rest'] or '/'}?{'&'.join(more)}"


def watch(engine: Engine) -> None:
    """Hear the warnings of every connection; a commit that got one is an OperationalError, for sessions as well.

    A server that refuses to write because another took its place is one that is gone: its connections are thrown away.
    """
    dialect: Any = engine.dialect
    event.listen(engine, "connect", _listen)
    dialect.do_commit = lambda connection: commit(connection, dialect.loaded_dbapi.OperationalError)

    def gave_up(context: Any) -> Exception | None:
        if getattr(context.original_exception, "sqlstate", None) != READ_ONLY:
            return None
        context.is_disconnect = True  # upon which the whole pool is thrown away
        gone: Exception = OperationalError(None, None, dialect.loaded_dbapi.OperationalError(ONLY_READS), hide_parameters=True)
        return gone

    event.listen(engine, "handle_error", gave_up, retval=True)


def commit(connection: Any, unknown: Callable[[str], Exception]) -> None:
    """Commit on the driver's connection.

    Raises
    ------
    OperationalError
        `unknown`, when PostgreSQL warned while it committed. The warnings that it may give there are that its wait for a standby
        was cancelled, in the server's language; none other is known, and one more would be no reason to say "recorded" either.
    """
    warned = _warned.get(getattr(connection, "driver_connection", connection))
    if warned is not None:
        warned.clear()
    connection.commit()
    if warned:
        raise unknown("committed on one server alone, as far as is known: PostgreSQL warned instead of waiting for a standby")


def check_primary(connection: Any) -> None:
    """Raise InvalidatePoolError for a server that only reads: another took its place, and no connection to it is any use."""
    with connection.cursor() as cursor:
        (gave_up,) = cursor.execute(_LIVE).fetchone()
    connection.rollback()
    if gave_up:
        raise InvalidatePoolError


def wait_until_kept(engine: Engine) -> None:
    """Until what was read on this engine before is on as many servers as a commit waits for. SQLite has one, and it is synced.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        It is not known to be.
    """
    if engine.dialect.name == "sqlite":
        return
    with plain(engine, writing=True) as transaction:
        transaction.send("SELECT pg_logical_emit_message(true, 'pingyi', '')", ())  # a commit that wrote nothing waits for nobody
        transaction.commit()


def _listen(connection: Any, _record: object) -> None:
    raw = getattr(connection, "driver_connection", connection)
    warned = _warned[raw] = []

    def note(said: Any) -> None:
        if said.severity_nonlocalized == "WARNING":
            warned.append(said.sqlstate or "")

    raw.add_notice_handler(note)
