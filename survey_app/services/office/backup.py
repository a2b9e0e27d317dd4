"""One file that holds everything: the database, the keys, the files. And the way back from it.

Format: a tar archive whose first member `manifest.json` names every other member with its length and SHA-256. SQLite is copied
by its own backup call, so that a backup taken while people vote is one consistent moment; PostgreSQL by `pg_dump`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import inspect

from analysis import records
from analysis.records import Record, plain
from survey_app.config import Config
from survey_app.database import make_engine, normalised, sqlite_file
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_

FORMAT: Final = "pingyi-backup/1"
SQLITE_MEMBER = "database.sqlite"
POSTGRESQL_MEMBER = "database.dump"
_PIECE = 1024 * 1024
#: The running database's own files are never copied as files; the copy inside the archive is made by the database.
_DATABASE_SUFFIXES = ("", "-wal", "-shm", "-journal")


class _Member(Record, frozen=True):
    bytes: int
    sha256: str


class _Manifest(Record, frozen=True):
    """What the archive holds beside it, by name."""

    format: Literal["pingyi-backup/1"]
    made: str
    members: dict[str, _Member]


class BackupError(UserError):
    """A backup that cannot be made or read; nothing was changed."""


def write(config: Config, target: Path, *, now: dt.datetime) -> list[str]:
    """Write the backup, whole or not at all, readable by its owner only. Gives the names of what it holds.

    Raises:
        BackupError: the target exists, there is no database, or pg_dump is missing or fails.
    """
    if target.exists():
        raise BackupError(N_("%(path)s 已经存在，没有覆盖；请换一个文件名。"), path=target)
    with tempfile.TemporaryDirectory(prefix=".pingyi-backup-", dir=target.resolve().parent) as folder:
        members = {_database_member(config): _dump(config, Path(folder)), **_files(config)}
        half = Path(folder) / "archive.tar"
        described = {name: _Member(path.stat().st_size, _digest(path)) for name, path in members.items()}
        manifest = _Manifest(format=FORMAT, made=now.isoformat(), members=described)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _pack(file, manifest, members)
            file.flush()
            os.fsync(file.fileno())
        half.rename(target)
    return sorted(members)


def read(config: Config, source: Path) -> list[str]:
    """Bring a backup back into an empty place, after checking every digest. Gives the names of what was restored.

    Raises:
        RefusedError: the data folder or the database is not empty.
        BackupError: not a backup of ours, of the other kind of database, or damaged.
    """
    _refuse_full(config)
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=config.data) as folder:
        names = _unpack(source, Path(folder))
        member = _database_member(config)
        if member not in names:
            raise BackupError(N_("这个备份是另一种数据库的；请把 PINGYI_DATABASE_URL 设成同一种数据库再恢复。"))
        _load(config, Path(folder) / member)
        for name in names:
            if name != member:
                place = config.data / name.removeprefix("files/")
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                (Path(folder) / name).rename(place)
    return sorted(names)


def _database_member(config: Config) -> str:
    return SQLITE_MEMBER if sqlite_file(config.database_url) else POSTGRESQL_MEMBER


def _dump(config: Config, folder: Path) -> Path:
    file = sqlite_file(config.database_url)
    if file is None:
        _postgresql(config, "pg_dump", "--format=custom", "--file", str(folder / POSTGRESQL_MEMBER))
        return folder / POSTGRESQL_MEMBER
    if not file.is_file():
        raise BackupError(N_("没有数据库 %(path)s，没有可备份的；请检查 PINGYI_DATA。"), path=file)
    copy = folder / SQLITE_MEMBER
    with closing(sqlite3.connect(file)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode = DELETE")
        verdict = there.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise BackupError(N_("数据库已损坏（%(what)s），没有备份；请从上一个备份恢复。"), what=verdict)
    return copy


def _load(config: Config, dump: Path) -> None:
    file = sqlite_file(config.database_url)
    if file is None:
        _postgresql(config, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(dump))
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    dump.chmod(0o600)
    shutil.move(dump, file)


def _postgresql(config: Config, program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(N_("备份和恢复 PostgreSQL 要用 %(program)s；请安装软件包 postgresql-client。"), program=program)
    address = normalised(config.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run([found, *arguments, "--dbname", address], capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        raise BackupError(
            N_("%(program)s 没有成功：%(what)s"), program=program, what=(done.stderr.strip().splitlines() or ["?"])[-1]
        )


def _files(config: Config) -> dict[str, Path]:
    """Everything in the data folder but the database's own files and what is hidden."""
    database = sqlite_file(config.database_url)
    own = {database.resolve().with_name(database.name + suffix) for suffix in _DATABASE_SUFFIXES} if database else set()
    found = (path for path in sorted(config.data.rglob("*")) if path.is_file() and path.resolve() not in own)
    named = ((path.relative_to(config.data), path) for path in found)
    return {f"files/{name.as_posix()}": path for name, path in named if not any(part.startswith(".") for part in name.parts)}


def _pack(file: io.BufferedWriter, manifest: _Manifest, members: Mapping[str, Path]) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        text = json.dumps(plain(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
        first = tarfile.TarInfo("manifest.json")
        first.size, first.mode = len(text), 0o600
        archive.addfile(first, io.BytesIO(text))
        for name, path in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = path.stat().st_size, 0o600
            with path.open("rb") as content:
                archive.addfile(member, content)


def _unpack(source: Path, folder: Path) -> list[str]:
    """Unpack what the manifest names, and nothing else, checking lengths and digests. Raises BackupError."""
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _manifest(archive)
            for name, told in manifest.items():
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                content = archive.extractfile(name)
                if content is None or not place.resolve().is_relative_to(folder.resolve()):
                    raise BackupError(N_("备份 %(path)s 里的 %(name)s 不对，没有恢复。"), path=source, name=name)
                with place.open("xb") as file:
                    shutil.copyfileobj(content, file, _PIECE)
                place.chmod(0o600)
                if place.stat().st_size != told.bytes or _digest(place) != told.sha256:
                    raise BackupError(
                        N_("备份 %(path)s 里的 %(name)s 与清单不符，可能已损坏，没有恢复。"), path=source, name=name
                    )
    except (tarfile.TarError, KeyError, ValueError, TypeError) as bad:
        raise BackupError(N_("%(path)s 不是完整的评议备份，没有恢复；请换一个备份文件。"), path=source) from bad
    return list(manifest)


def _manifest(archive: tarfile.TarFile) -> dict[str, _Member]:
    file = archive.extractfile("manifest.json")
    return records.read(file.read(_PIECE) if file else b"", _Manifest).members


def _refuse_full(config: Config) -> None:
    if config.data.exists() and any(config.data.iterdir()):
        raise RefusedError(N_("数据文件夹 %(path)s 不是空的，没有恢复；请用 --data 指定一个新文件夹。"), path=config.data)
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


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
