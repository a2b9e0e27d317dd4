"""Making a backup: database, keys and files into one file, whole or not at all, readable by who holds the backup key."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from survey_app.config import Config
from survey_app.database import sqlite_file
from survey_app.i18n import N_
from survey_app.services.backups import archive, copying, keys, made
from survey_app.services.backups.archive import Facts
from survey_app.services.backups.refusals import BackupError
from survey_app.services.backups.sealed_stream import SealedWriter
from survey_app.services.backups.spool import spool

#: The running database's own files are never copied as files; the copy inside the archive is made by the database.
_DATABASE_SUFFIXES = ("", "-wal", "-shm", "-journal")


def write(config: Config, target: Path, *, now: dt.datetime, unsealed: bool = False) -> list[str]:
    """Write the backup, whole or not at all, readable by its owner only. Gives the names of what it holds.

    Parameters
    ----------
    config
        Where the data stands.
    target
        The file to be written; outside the data folder.
    now
        When this is.
    unsealed
        The named weaker way: a file that whoever finds it can read.

    Raises
    ------
    BackupError
        The target exists or lies in the data folder, there is no database or no backup key, a disk is full, or pg_dump is missing
        or fails.
    """
    if target.exists():
        raise BackupError(N_("%(path)s 已经存在，没有覆盖；请换一个文件名。"), path=target)
    if target.resolve().is_relative_to(config.data.resolve()):
        raise BackupError(N_("备份 %(path)s 不能放在数据文件夹里：丢了一个就两个都丢；请放到别的地方。"), path=target)
    public = None if unsealed else keys.public_key(config)
    if public is None and not unsealed:
        raise BackupError(
            N_(
                "还没有备份密钥，没有备份。请运行 pingyi backup-key 密钥文件，把密钥文件放到别处，"
                "再运行 pingyi backup-key --use 公钥；一定要不加密的，请加 --unsealed："
                "那样谁拿到备份，谁就能读到里面的全部内容和服务器的密钥。"
            )
        )
    try:
        with spool(config) as folder:
            database, facts = copying.copy(config, folder)
            members = {**database, **_files(config)}
            with _appearing(target) as file:
                _fill(file, public, now.isoformat(), facts, members)
    except (OSError, sqlite3.Error, psycopg.Error, SQLAlchemyError) as problem:
        what = getattr(problem, "strerror", None) or str(problem).splitlines()[0]
        raise BackupError(N_("备份没有做成（%(what)s），没有留下半个文件；请检查磁盘和数据库。"), what=what) from problem
    with suppress(OSError):  # the backup is there; a data folder that cannot be written is told by whoever looks at it
        made.remember(config, now)
    return sorted(members)


def _fill(file: IO[bytes], public: bytes | None, made: str, facts: Facts, members: Mapping[str, Path]) -> None:
    if public is None:
        archive.pack(file, made, facts, members)
        return
    sealed = SealedWriter(file, public)
    archive.pack(sealed, made, facts, members)
    sealed.finish()


@contextmanager
def _appearing(target: Path) -> Iterator[IO[bytes]]:
    """A file that has its name once it is whole and on the disk. What a killed process leaves is hidden, and goes next time."""
    half = target.with_name(f".{target.name}.part")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.rename(target)
    except BaseException:
        with suppress(FileNotFoundError):
            half.unlink()
        raise


def _files(config: Config) -> dict[str, Path]:
    """Everything in the data folder but the database's own files and what is hidden."""
    database = sqlite_file(config.database_url)
    own = {database.resolve().with_name(database.name + suffix) for suffix in _DATABASE_SUFFIXES} if database else set()
    found = (path for path in sorted(config.data.rglob("*")) if path.is_file() and path.resolve() not in own)
    named = ((path.relative_to(config.data), path) for path in found)
    return {f"files/{name.as_posix()}": path for name, path in named if not any(part.startswith(".") for part in name.parts)}
