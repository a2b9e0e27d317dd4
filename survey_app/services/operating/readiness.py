"""Whether this place may take ballots now: database, tables, disk, clock. Every lack is a sentence with what to do.

Asked every few seconds by whoever spreads requests over several hosts, so nothing here is slow, waits for a lock or leaves
anything behind. Answers to strangers are yes or no (`views.watching`); the sentences are for the office and the command line.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from survey_app import clock, schema, times
from survey_app.database import BEGIN
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import AuditEvent

#: With less than this a commit may fail any moment: better that another host takes the next ballot.
LEAST_BYTES = 64 * 1024 * 1024
#: Clocks of two honest machines differ by less; a lost time server takes days to come so far.
MOST_APART = dt.timedelta(minutes=1)
#: An answer holds this long, so that asking often costs nothing.
HOLDS_SECONDS = 5.0


class Part(StrEnum):
    """What was looked at."""

    DATABASE = "database"
    TABLES = "tables"
    DISK = "disk"
    CLOCK = "clock"


@dataclass(frozen=True)
class Lack:
    """Why no ballot should come here: a sentence and what stands in it."""

    part: Part
    sentence: str
    parts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Readiness:
    """What was found: every lack, and how many seconds a synced write of one page took (None where it failed)."""

    lacks: tuple[Lack, ...]
    write_seconds: float | None


def look(engine: Engine, data: Path, *, now: dt.datetime, serving: bool = False) -> Readiness:
    """Look at everything; never raises for what it finds.

    Parameters
    ----------
    engine
        The application's.
    data
        The data folder.
    now
        What this machine's clock says.
    serving
        This process began on tables of its own version. That a newer program has brought them further since is then no lack:
        revisions only add (migrations/README.md), so that one host after the other can be renewed while people vote.
    """
    lacks, seconds = _disk(data)
    return Readiness((*_database(engine, now, serving), *lacks), seconds)


class SteadyLook:
    """`look`, at most once in five seconds a process; whoever asks in between is told what was found."""

    def __init__(self, engine: Engine, data: Path, *, steady: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._data, self._steady = engine, data, steady
        self._seen: tuple[float, Readiness] | None = None

    def readiness(self, *, now: dt.datetime | None = None) -> Readiness:
        """What was found within the last five seconds."""
        at = self._steady()
        if self._seen is None or at - self._seen[0] >= HOLDS_SECONDS:
            self._seen = at, look(self._engine, self._data, now=now or clock.now(), serving=True)
        return self._seen[1]


def write_seconds(folder: Path) -> float:
    """Seconds that a synced write of one page takes there; the file has no name and is gone at once. Raises OSError."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(4096))
        os.fsync(file.fileno())
    return time.perf_counter() - begun


def _disk(data: Path) -> tuple[list[Lack], float | None]:
    try:
        seconds = write_seconds(data)
        free = shutil.disk_usage(data).free
    except OSError as error:
        sentence = N_("数据文件夹 %(folder)s 写不进去（%(what)s）；请检查磁盘是否已满、是否只读。")
        return [Lack(Part.DISK, sentence, {"folder": data, "what": error.strerror or error})], None
    if free < LEAST_BYTES:
        sentence = N_("磁盘只剩 %(free)s MB，随时可能存不下选票；请马上腾出空间，至少 500 MB。")
        return [Lack(Part.DISK, sentence, {"free": free // (1024 * 1024)})], seconds
    return [], seconds


def _database(engine: Engine, now: dt.datetime, serving: bool) -> list[Lack]:
    reading = engine.execution_options(**{BEGIN: "DEFERRED"})  # who looks takes no lock, and waits for none
    try:
        found, wanted = schema.current(reading), schema.head()
        if found != wanted and not (serving and schema.is_newer(found)):
            sentence = N_("数据库在版本 %(found)s，程序要 %(wanted)s；请先备份，再运行 pingyi migrate。")
            return [Lack(Part.TABLES, sentence, {"found": found or "—", "wanted": wanted})]
        with reading.connect() as connection:
            return [*_writable(connection), *_clock(connection, now)]
    except UserError as error:
        return [Lack(Part.DATABASE, error.sentence, error.parts)]
    except (SQLAlchemyError, OSError) as error:
        sentence = N_("数据库不能用：%(what)s；请检查数据库和 PINGYI_DATABASE_URL。")
        return [Lack(Part.DATABASE, sentence, {"what": str(error).splitlines()[0]})]


def _writable(connection: Connection) -> list[Lack]:
    """SQLite's file is written by the disk's probe, and reading the tables proved the file: a lock is not waited for."""
    if connection.dialect.name == "sqlite":
        return []
    if connection.scalar(text("SELECT pg_is_in_recovery()")) or connection.scalar(text("SHOW transaction_read_only")) == "on":
        return [Lack(Part.DATABASE, N_("数据库只能读（是备机，或设成了只读），存不下选票；请把 PINGYI_DATABASE_URL 指向主机。"))]
    return []


def _clock(connection: Connection, now: dt.datetime) -> list[Lack]:
    """Held against what this clock said before, as the log of acts knows it, and against the database's own."""
    last = connection.scalar(select(func.max(AuditEvent.at)))
    if last is not None and last - now > MOST_APART:
        sentence = N_("时钟是 %(now)s，比操作记录的最后一条 %(last)s 还早；请校准这台机器的时钟。")
        return [Lack(Part.CLOCK, sentence, {"now": times.second(now), "last": times.second(last)})]
    if connection.dialect.name == "sqlite":
        return []
    there: dt.datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    if abs(there - now) > MOST_APART:
        sentence = N_("时钟是 %(now)s，数据库的是 %(there)s，相差超过一分钟；请校准两边的时钟。")
        return [Lack(Part.CLOCK, sentence, {"now": times.second(now), "there": times.second(there)})]
    return []
