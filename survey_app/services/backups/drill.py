"""The drill: a backup is restored aside and held against what it said of itself and against the place in use, then thrown away.

Proven by it: the key opens the file, every byte is as it was written, the database loads, is whole and comes to this program's
version, its rows are as many as were copied, the log of acts is one chain, every ballot stands in its log or waits for it, and
each root of the log is the signed one, here as there; and the server's secret in it opens the keys that sign the logs.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from survey_app import schema
from survey_app.config import SECRET_KEY_FILE, Config
from survey_app.database import make_engine, session_factory, sqlite_file
from survey_app.i18n import N_
from survey_app.models import AuditEvent, Campaign, LogKey
from survey_app.proof import checkpoints, tree
from survey_app.services.backups import copying
from survey_app.services.backups.archive import Manifest
from survey_app.services.backups.refusals import BackupError
from survey_app.services.backups.restoring import opened
from survey_app.services.backups.spool import spool
from survey_app.services.log import epochs
from survey_app.services.office import audit
from survey_app.services.sealing.custody import OpeningKey

#: The act in the log of acts by which it is known when the last drill was.
ACTION = "backup-drilled"
_ASIDE = "drilled"
_DAMAGED = N_("演练没有通过：恢复出来的数据库不完好；请重新备份，再演练一次。")


class DrillError(BackupError):
    """A backup that does not hold."""


@dataclass(frozen=True)
class Drilled:
    """What was proven: when the backup was made, how many files and rows it holds, the newest root of each campaign's log."""

    made: dt.datetime
    files: int
    rows: int
    roots: dict[str, str]


def drill(session: Session, config: Config, source: Path, *, key: OpeningKey | None, database: str = "") -> Drilled:
    """Restore the backup aside, check it against what it says of itself and against the session's database, throw it away.

    Parameters
    ----------
    session
        On the live database. It only reads: a drill may take a while, and people may be voting.
    config
        Where this server's data stands.
    source
        The backup's file.
    key
        The opened backup key; None for an unsealed backup.
    database
        The address of an empty PostgreSQL database to restore into; SQLite needs none.

    Raises
    ------
    BackupError
        For a file that restores nothing.
    DrillError
        For one that restores something else than was copied.
    """
    with spool(config) as folder:
        manifest = opened(source, folder, key)
        aside = _place_aside(config, folder, database)
        with _loaded(aside, folder, manifest) as engine:
            try:
                roots = _held(engine, manifest, session)
            except DatabaseError as damage:
                raise DrillError(_DAMAGED) from damage
            _signs(engine, folder / "files" / SECRET_KEY_FILE, config)
    return Drilled(
        made=dt.datetime.fromisoformat(manifest.made),
        files=sum(not copying.is_database(name) for name in manifest.members),
        rows=sum(manifest.facts.rows.values()) if manifest.facts else 0,
        roots=roots,
    )


def note(session: Session, source: Path, found: Drilled, *, account: str, now: dt.datetime) -> None:
    """Write the drill into the log of acts. The caller commits."""
    audit.record(session, account=account, action=ACTION, detail=f"{source.name} {found.made.isoformat()}", now=now)


def last(session: Session) -> dt.datetime | None:
    """When the last drill was that held."""
    return session.scalar(select(func.max(AuditEvent.at)).where(AuditEvent.action == ACTION))


def _place_aside(config: Config, folder: Path, database: str) -> Config:
    if sqlite_file(config.database_url) is not None:
        return dataclasses.replace(config, database_url=f"sqlite:///{folder / _ASIDE / 'pingyi.db'}")
    if not database:
        raise BackupError(N_("PostgreSQL 的演练要有一个空的数据库，演练完又清空；请用 --database 给出它的地址。"))
    return dataclasses.replace(config, database_url=database)


@contextmanager
def _loaded(aside: Config, folder: Path, manifest: Manifest) -> Iterator[Engine]:
    """The restored database; gone afterwards."""
    copying.refuse_full(aside)
    copying.load(aside, folder, manifest.members)
    engine = make_engine(aside.database_url)
    try:
        yield engine
    finally:
        if engine.dialect.name == "postgresql":
            _empty(engine)
        engine.dispose()


def _empty(engine: Engine) -> None:
    """What the drill brought into a database that was empty before."""
    with engine.begin() as connection:
        owned = connection.scalar(text("SELECT quote_ident(current_schema())"))
        connection.execute(text(f"DROP SCHEMA {owned} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {owned}"))


def _held(engine: Engine, manifest: Manifest, here: Session) -> dict[str, str]:
    """The root of each campaign's log. Raises DrillError."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            damage = connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok"
            if damage or connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise DrillError(_DAMAGED)
        if manifest.facts is not None and copying.facts_of(connection) != manifest.facts:
            raise DrillError(N_("演练没有通过：恢复出来的行数或存证与备份时不同；请重新备份，再演练一次。"))
    schema.upgrade(engine)
    with session_factory(engine)() as there:
        if audit.broken_at(there) is not None:
            raise DrillError(N_("演练没有通过：恢复出来的操作记录不连贯；请用 pingyi doctor 检查正在使用的数据库。"))
        return {one.key: _root(there, one, here) for one in there.scalars(select(Campaign).order_by(Campaign.id))}


def _root(there: Session, campaign: Campaign, here: Session) -> str:
    """The newest root of the restored log, worked out from its leaves, and the same that the place in use has at that length."""
    log = epochs.log_of(there, campaign)
    if log is None or not log.epochs:
        return ""
    newest = log.epochs[-1]
    whole = tree.root(list(log.leaves[: newest.size])) == newest.root and len(log.leaves) == newest.size
    if not whole or epochs.missing(there, campaign) != (0, 0):
        raise DrillError(
            N_("演练没有通过：“%(title)s”恢复出来的票与它的存证对不上；请重新备份，再演练一次。"), title=campaign.title
        )
    ours = here.scalar(select(Campaign).where(Campaign.key == campaign.key))
    used = epochs.log_of(here, ours) if ours else None
    if used is not None and [one.text for one in used.epochs][: len(log.epochs)] != [one.text for one in log.epochs]:
        raise DrillError(
            N_("演练没有通过：“%(title)s”的存证与正在使用的数据库不同；请与印出的存证单核对，看哪一份是真的。"),
            title=campaign.title,
        )
    return newest.root.hex()


def _signs(engine: Engine, secret_file: Path, config: Config) -> None:
    """Raise DrillError unless the restored place could go on with its logs."""
    with session_factory(engine)() as there:
        sealed = there.scalars(select(LogKey.sealed)).all()
    if config.secret_key is None and sealed and not secret_file.is_file():
        raise DrillError(N_("演练没有通过：备份里没有服务器的密钥 secret-key，恢复以后存证日志不能继续；请检查数据文件夹。"))
    secret = config.secret_key or (secret_file.read_text(encoding="ascii") if secret_file.is_file() else "")
    for one in sealed:
        checkpoints.sign_bytes(b"pingyi/drill/v1", one, secret)  # says in a sentence of its own that the key does not open
