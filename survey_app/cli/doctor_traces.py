"""What this machine writes down about voters beside our database: memory on disk, logs of others. Read by `pingyi doctor`.

Each question answers True (fit), False (it does write) or None (nobody can tell from here, so a person has to look).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, text

from survey_app.config import Config
from survey_app.i18n import gettext as _
from survey_app.i18n import listed
from survey_app.private_memory import is_private

Answer = tuple[bool | None, str]
#: Where web servers put in front of us keep their logs unless told otherwise.
LOGS = ("nginx", "caddy", "apache2", "httpd", "haproxy", "traefik", "lighttpd")
TAIL = 4 * 1024 * 1024
_VOTER = re.compile(rb"(?:GET|POST|HEAD) /(?:v/[0-9A-HJKMNP-TV-Z]{10}|r|log/)[ ?/\"]|\"uri\": ?\"/(?:v/|r\"|log/)")
#: Settings of PostgreSQL by which it writes down when which row came: name -> the only value that does not.
QUIET = {
    "track_commit_timestamp": "off",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_duration": "off",
    "log_parameter_max_length_on_error": "0",
}


def cores() -> Answer:
    """Whether a crash leaves our memory in a file."""
    if is_private():
        return True, _("程序出错停下时，不把内存写成文件。")
    return False, _("程序出错停下时，会把内存写成文件，里面可能有答案；请用 pingyi 命令启动，不要绕过它。")


def swap(table: Path = Path("/proc/swaps")) -> Answer:
    """Whether the system may put our memory on a disk; compressed memory (zram) is no disk."""
    lines = table.read_text(encoding="utf-8").splitlines()[1:] if table.is_file() else []
    places = [line.split()[0] for line in lines if line.strip() and "zram" not in line.split()[0]]
    if not places:
        return True, _("没有交换区，内存不会写到磁盘上。")
    return None, _(
        "交换区 %(places)s 会把内存写到磁盘上，里面可能有答案和口令；请运行 swapoff -a，或确认它是加密的。", places=listed(places)
    )


def front(config: Config, logs: Path = Path("/var/log")) -> Answer:
    """Whether a web server in front of us has written down who opened voters' pages. Its settings cannot be seen from here."""
    found = [str(path) for path in _log_files(logs) if _names_voters(path)]
    if found:
        return False, _(
            "%(files)s 里记着谁在什么时候打开过评议表；请在前置的网页服务器上对评议网址关掉访问日志，再删掉这些文件。",
            files=listed(found),
        )
    if urlsplit(config.base_url).netloc == config.bind:
        return True, _("手机直接连到本程序，本程序不记访问日志。")
    return None, _("前面有另一个网页服务器（%(address)s）；从这里看不到它记不记访问日志，请确认已关掉。", address=config.base_url)


def database(engine: Engine) -> Answer:
    """Whether PostgreSQL writes down when which row came, or keeps its write-ahead log for longer than it must."""
    if engine.dialect.name == "sqlite":
        return True, _("SQLite 不记时间；评议结束时清空它的预写日志。")
    with engine.connect() as connection:
        loud = sorted(name for name, quiet in QUIET.items() if _setting(connection, name) not in (quiet, None))
        keeps = _setting(connection, "archive_mode") != "off"
        slots = connection.scalar(text("SELECT count(*) FROM pg_replication_slots")) or 0
        keeps = keeps or slots > 0 or _setting(connection, "wal_keep_size") != "0"
    if loud:
        return False, _("PostgreSQL 的 %(names)s 会记下哪一行什么时候写入；请改回默认值。", names=listed(loud))
    if keeps:
        return None, _("PostgreSQL 的预写日志另有存档或备机，里面有每张票送达的先后和时间；请确认评议结束后会销毁。")
    return True, _("PostgreSQL 不记每张票的时间；它的预写日志过后会被盖掉（见 docs/threat-model.md）。")


def _setting(connection: Connection, name: str) -> str | None:
    """The value as the server counts it; None where this version has no such setting."""
    found = connection.scalar(text("SELECT setting FROM pg_settings WHERE name = :name"), {"name": name})
    return None if found is None else str(found)


def _log_files(logs: Path) -> Iterator[Path]:
    for folder in LOGS:
        if (logs / folder).is_dir():
            yield from sorted(path for path in (logs / folder).rglob("*") if path.is_file())
        yield from sorted(logs.glob(f"{folder}*.log"))


def _names_voters(path: Path) -> bool:
    """Whether the end of the file holds a request for a voter's page. What we may not read, we cannot see."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            return _VOTER.search(file.read(TAIL)) is not None
    except OSError:
        return False
