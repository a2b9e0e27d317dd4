"""What `pingyi doctor` says of the machine before a vote opens: clock, writing, age of backups, memory, sheets, keys."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from sqlalchemy import Engine

from survey_app import audit_keys, clock, times
from survey_app.cli.doctor_traces import Answer
from survey_app.config import SECRET_KEY_FILE, Config
from survey_app.database import session_factory
from survey_app.i18n import gettext as _
from survey_app.i18n import listed
from survey_app.printing.poster import Poster, poster_pdf
from survey_app.services.backups import made
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.operating import readiness
from survey_app.services.operating.points import SLOW_WRITE
from survey_app.services.operating.standing import BACKUP_FRESH

#: What a worker is meant to stay under (docs/serving.md), and what one start of the program takes besides.
WORKER_BYTES = 120 * 1024 * 1024
#: What signs for this server.
KEY_FILES = (SECRET_KEY_FILE, audit_keys.NAME)
_MEGABYTE = 1024 * 1024
#: adjtimex(2): the kernel's own word for "nobody keeps this clock right".
_UNSYNCHRONISED = 0x0040
_ERROR_STATE = 5


def time_kept() -> Answer:
    """Whether the kernel knows of a time server that keeps its clock right."""
    state = _kernel_clock()
    now = times.second(clock.now())
    if state is None:
        return None, _("现在是 %(now)s；从这里看不到有没有对时，请与准确的钟比一比。", now=now)
    if state:
        return True, _("现在是 %(now)s，由时间服务器校准。", now=now)
    return None, _(
        "现在是 %(now)s；没有时间服务器在校准这台机器的时钟，请与准确的钟比一比，或打开对时（chrony、systemd-timesyncd）。",
        now=now,
    )


def ready(engine: Engine, config: Config) -> list[Answer]:
    """What would keep ballots out at this moment, and how long a synced write takes."""
    found = readiness.look(engine, config.data, now=clock.now())
    told: list[Answer] = [
        (False, _(one.sentence, **one.parts))
        for one in found.lacks
        if one.part is not readiness.Part.TABLES  # said by itself
    ]
    if not told:
        told.append((True, _("数据库连得上、写得进，时钟与从前的记录和数据库的时钟相符。")))
    if found.write_seconds is not None:
        ms = round(found.write_seconds * 1000, 1)
        slow = found.write_seconds > SLOW_WRITE
        told.append(
            (None, _("写一页并落盘要 %(ms)s 毫秒，太慢，人人都要等；请换一块快的磁盘，或停下别的在写磁盘的程序。", ms=ms))
            if slow
            else (True, _("写一页并落盘要 %(ms)s 毫秒。", ms=ms))
        )
    return told


def files(config: Config) -> Answer:
    """Whether every file with keys in it is its owner's alone, and ours."""
    if not config.data.is_dir():
        return True, _("还没有数据文件。")
    wrong = sorted(name for name in KEY_FILES if (path := config.data / name).exists() and path.stat().st_mode & 0o077)
    ours = {os.geteuid(), config.data.stat().st_uid}
    others = sorted(path.name for path in config.data.iterdir() if path.stat().st_uid not in ours)
    if wrong:
        return False, _("数据文件夹里的 %(names)s 别的用户能读；请运行 chmod 600。", names=listed(wrong))
    if others:
        return False, _(
            "数据文件夹里的 %(names)s 属于别的用户，程序可能写不进去；请改回运行程序的用户（chown）。", names=listed(others)
        )
    return True, _("数据文件夹里的密钥文件只有本用户能读。")


def backup(config: Config, *, voting: bool) -> Answer:
    """How much would be lost with this disk."""
    last = made.last(config)
    if last is None:
        return (False if voting else None), _("从来没有做过备份；开始评议前请运行 pingyi backup 文件名。")
    if clock.now() - last > BACKUP_FRESH:
        return (False if voting else None), _(
            "上一次备份是 %(when)s，超过一天；请再运行 pingyi backup 文件名。", when=times.moment(last)
        )
    return True, _("上一次备份是 %(when)s。", when=times.moment(last))


def memory(config: Config, table: Path = Path("/proc/meminfo")) -> Answer:
    """Whether the workers find room."""
    lines = table.read_text(encoding="ascii").splitlines() if table.is_file() else []
    free = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
    wanted, cores = config.workers * WORKER_BYTES, os.cpu_count() or 1
    if free is None:
        return None, _("看不到有多少内存；%(n)s 个工作进程要 %(wanted)s MB。", n=config.workers, wanted=wanted // _MEGABYTE)
    parts = {"n": config.workers, "wanted": wanted // _MEGABYTE, "free": free // _MEGABYTE, "cores": cores}
    if free < wanted:
        return False, _(
            "可用内存 %(free)s MB，%(n)s 个工作进程要 %(wanted)s MB；请把 PINGYI_WORKERS 设小，或停下别的程序。", **parts
        )
    if config.workers > 2 * cores:
        return None, _("%(n)s 个工作进程分 %(cores)s 个处理器核，多了反而慢；请把 PINGYI_WORKERS 设成核数。", **parts)
    return True, _("可用内存 %(free)s MB，够 %(n)s 个工作进程用（%(wanted)s MB）。", **parts)


def sheets(_config: Config) -> Answer:
    """Whether a sheet can be set: fonts, templates and the type-setter together."""
    try:
        size = len(poster_pdf(Poster(title="评议", meeting="试排", unit="", group="")))
    except Exception as error:  # whatever keeps a sheet from being set is the answer
        return False, _("印不出 PDF（%(what)s）；请重新运行 make setup。", what=type(error).__name__)
    return True, _("试排了一页 PDF（%(n)s KB），字体和排版都在。", n=size // 1024)


def open_now(engine: Engine) -> list[Answer]:
    """Each campaign that people vote in, with its announced end; and drafts whose opening was never rehearsed."""
    told: list[Answer] = []
    with session_factory(engine, reading=True)() as session:
        for campaign in campaigns.all_campaigns(session):
            parts = {"title": campaign.title, "until": campaign.until or "—"}
            if campaign.state == "open":
                told.append((None, _("“%(title)s”正在评议，公布的截止时间是 %(until)s；请不要在这时停机或改动时钟。", **parts)))
            elif campaign.state == "draft" and rehearsal.rehearsal_of(session, campaign) is None:
                told.append((None, _("“%(title)s”还没有演练过开箱；批准之前请在“开启密钥”页演练。", **parts)))
    return told or [(True, _("没有正在进行的评议，也没有缺演练的草稿。"))]


def _kernel_clock() -> bool | None:
    if sys.platform != "linux":
        return None
    room = ctypes.create_string_buffer(512)  # struct timex with modes = 0: only asks; its status is the fifth long
    state = ctypes.CDLL(None, use_errno=True).adjtimex(room)
    if state < 0:
        return None
    status = ctypes.c_int.from_buffer(room, 5 * ctypes.sizeof(ctypes.c_long)).value
    return state != _ERROR_STATE and not status & _UNSYNCHRONISED
