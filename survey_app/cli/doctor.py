"""Is this place fit for a vote? One sentence per question; exit 1 when one of them says no. "!" asks a person to look."""

from __future__ import annotations

import json
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import click
from noto_cjk_sans_otc import __file__ as font_package
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from survey_app import clock, schema
from survey_app.cli import doctor_backups, doctor_machine, doctor_surfaces, doctor_traces
from survey_app.cli.doctor_traces import Answer
from survey_app.config import Config
from survey_app.database import make_engine, session_factory
from survey_app.errors import UserError
from survey_app.i18n import gettext as _
from survey_app.i18n import listed
from survey_app.services.operating.standing import LITTLE_ROOM, stand

SIGNS = {True: "✓", False: "✗", None: "!"}


@dataclass(frozen=True)
class PlaceFinding:
    """One answer: which question, whether it is well (None: a person has to look), and the sentence."""

    question: str
    fit: bool | None
    says: str


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="one JSON object for a program to read")
@click.pass_obj
def doctor(data: Path | None, as_json: bool) -> None:
    """Look at machine, database, backups, keys, addresses before a vote, and at who else writes voters down; a sentence each."""
    found = list(_findings(Config.from_environment(data=data)))
    fit = all(one.fit is not False for one in found)
    if as_json:
        click.echo(json.dumps({"fit": fit, "findings": [vars(one) for one in found]}, ensure_ascii=False, indent=1))
    else:
        for one in found:
            click.echo(f"{SIGNS[one.fit]} {one.says}")
    if not fit:
        sys.exit(1)


def _findings(config: Config) -> Iterator[PlaceFinding]:
    for name, ask in OF_THE_PLACE.items():
        yield PlaceFinding(name, *ask(config))
    if not config.data.is_dir():
        return  # looking must not make a database
    engine = make_engine(config.database_url)
    try:
        for name, question in OF_THE_DATABASE.items():
            for answer in _asked(question, engine, config):
                yield PlaceFinding(name, *answer)
    finally:
        engine.dispose()


def _asked(question: Callable[[Engine, Config], list[Answer]], engine: Engine, config: Config) -> list[Answer]:
    try:
        return question(engine, config)
    except UserError as error:
        return [(False, _(error.sentence, **error.parts))]
    except SQLAlchemyError as error:
        return [(False, _("数据库不能用：%(what)s；请检查 PINGYI_DATABASE_URL。", what=str(error).splitlines()[0]))]


def _folder(config: Config) -> Answer:
    if not config.data.is_dir():
        return False, _("还没有数据文件夹 %(path)s；先运行 make run 或 pingyi migrate。", path=config.data)
    mode = stat.S_IMODE(config.data.stat().st_mode)
    if mode & 0o077:
        return False, _("别的用户能进入数据文件夹 %(path)s；请运行 chmod 700。", path=config.data)
    return True, _("数据文件夹 %(path)s 只有本用户能进入。", path=config.data)


def _space(config: Config) -> Answer:
    folder = next(path for path in (config.data, *config.data.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    shown = _("磁盘剩余 %(n)s MB", n=free // (1024 * 1024))
    return (True, shown + _("。")) if free >= LITTLE_ROOM else (False, shown + _("，太少；请先腾出空间，至少 500 MB。"))


def _fonts(_config: Config) -> Answer:
    found = [path for path in Path(font_package).parent.rglob("*") if path.suffix in {".ttc", ".otf", ".ttf"}]
    return (True, _("印刷用的中文字体已就位。")) if found else (False, _("缺少印刷用的中文字体；请重新运行 make setup。"))


def _address(config: Config) -> Answer:
    if _only_here(urlsplit(config.base_url).hostname or ""):
        return True, _("二维码指向 %(address)s，只有这台机器能打开；给手机用须设置 PINGYI_BASE_URL。", address=config.base_url)
    if not config.secure:
        return False, _(
            "二维码指向 %(address)s，没有加密；请用 https 地址，否则同一网络里的人看得到答案。", address=config.base_url
        )
    return True, _("二维码指向 %(address)s，经过加密。", address=config.base_url)


def _only_here(host: str) -> bool:
    """Whether the name or address is this machine's own; a name that only begins like one is anybody's."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tables(engine: Engine) -> Answer:
    found, wanted = schema.current(engine), schema.head()
    if found != wanted:
        return False, _(
            "数据库在版本 %(found)s，程序要 %(wanted)s；请先备份，再运行 pingyi migrate。", found=found or "—", wanted=wanted
        )
    return True, _("数据库的表是这个版本的（%(found)s）。", found=found)


def _durable(engine: Engine) -> Answer:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
            return level == 2, _("SQLite 每次提交都写到磁盘（synchronous=%(level)s）。", level=level)
        weak = [name for name in ("fsync", "full_page_writes") if connection.execute(text(f"SHOW {name}")).scalar() != "on"]
    if weak:
        return False, _("PostgreSQL 的 %(names)s 关着，断电会丢票；请打开。", names=listed(weak))
    return True, _("PostgreSQL 每次提交都写到磁盘。")


def _whole(engine: Engine) -> Answer:
    if engine.dialect.name != "sqlite":
        return True, _("PostgreSQL 自己检查数据页。")
    try:
        with engine.connect() as connection:
            verdict = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            orphans = verdict == "ok" and connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    except DatabaseError as error:
        if isinstance(error, OperationalError):
            raise  # busy or gone, which is another sentence
        verdict, orphans = None, False  # so damaged that it cannot even be looked over
    if verdict != "ok" or orphans:
        return False, _("数据库文件已损坏；请停止使用，从备份恢复。")
    return True, _("数据库文件完好。")


def _backup(engine: Engine, config: Config) -> list[Answer]:
    with session_factory(engine, reading=True)() as session:
        voting = stand(session, config, now=clock.now()).open_campaigns > 0
    return [doctor_machine.backup(config, voting=voting)]


#: Question -> what answers it, in the order in which it is told. A question is a word that programs may rely on.
OF_THE_PLACE: Mapping[str, Callable[[Config], Answer]] = {
    "data folder": _folder,
    "files": doctor_machine.files,
    "disk": _space,
    "clock": lambda _config: doctor_machine.time_kept(),
    "memory": doctor_machine.memory,
    "fonts": _fonts,
    "sheets": doctor_machine.sheets,
    "address": _address,
    "surfaces": doctor_surfaces.surface,
    "core files": lambda _config: doctor_traces.cores(),
    "swap": lambda _config: doctor_traces.swap(),
    "logs in front": doctor_traces.front,
    "backup key": doctor_backups.key,
    "backup left over": doctor_backups.left_over,
}
OF_THE_DATABASE: Mapping[str, Callable[[Engine, Config], list[Answer]]] = {
    "tables": lambda engine, _config: [_tables(engine)],
    "durable": lambda engine, _config: [_durable(engine)],
    "whole": lambda engine, _config: [_whole(engine)],
    "ready": doctor_machine.ready,
    "traces": lambda engine, _config: [doctor_traces.database(engine)],
    "backup": _backup,
    "drill": lambda engine, _config: [doctor_backups.drilled(engine)],
    "campaigns": lambda engine, _config: doctor_machine.open_now(engine),
}
