"""What the operator's page says, point by point: how it stands, and what to do where it does not stand well.

From facts to sentences; may not live here: gathering facts (`readiness`, `standing`, `measuring`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from survey_app import times
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.measuring import Kind, Outcome, Reading
from survey_app.services.operating.readiness import Part, Readiness
from survey_app.services.operating.standing import BACKUP_FRESH, DRILL_FRESH, LITTLE_ROOM, Standing

GOOD, WARN, BAD = "good", "warn", "bad"
STATES = {GOOD: N_("好"), WARN: N_("请留意"), BAD: N_("要处理")}
#: A synced write slower than this keeps every voter waiting.
SLOW_WRITE = 0.2
#: So late, people notice that nothing happens.
LATE = 1.0
#: A worker is meant to stay under 120 MB; at three times that something holds on to memory.
LARGE_WORKER = 360 * 1024 * 1024
KINDS = {
    Kind.FORM: N_("打开评议表"),
    Kind.SEND: N_("核对和提交"),
    Kind.VOTER: N_("评议人的其他页面"),
    Kind.LOG: N_("公开日志"),
    Kind.OFFICE: N_("主办单位的页面"),
    Kind.OTHER: N_("首页、样式和其他"),
}
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Point:
    """One thing to know. `remedy` is "" where nothing is to be done."""

    title: str
    state: str
    sentence: str
    remedy: str = ""


@dataclass(frozen=True)
class SpeedLine:
    """How fast one kind of page was answered. Seconds; None where more than the bounds, or nothing, is known."""

    title: str
    count: int
    half: float | None
    most: float | None
    failed: int


def points(readiness: Readiness, stands: Standing, reading: Reading | None, faults: Sequence[str] | None) -> list[Point]:
    """All points, what has to be acted on first.

    Parameters
    ----------
    readiness, stands
        What was found.
    reading
        The counts of the server that answers; None where it keeps none.
    faults
        What is wrong with the log of acts; None where it was not gone through.
    """
    found = [*_taking(readiness), disk(readiness, stands)]
    found += [_queue(reading), _memory(reading)] if reading is not None and reading.memory else [_uncounted()]
    found += [*_restored(stands), backup(stands), drill_point(stands), _acts(stands, faults)]
    return sorted(found, key=lambda point: (BAD, WARN, GOOD).index(point.state))


def speed(reading: Reading) -> list[SpeedLine]:
    """How fast each kind of page was answered, where any was."""
    lines = []
    for kind, title in KINDS.items():
        waits = reading.waits[kind]
        if waits.count:
            lines.append(SpeedLine(_(title), waits.count, waits.within(0.5), waits.within(0.95), waits.outcomes[Outcome.FAILED]))
    return lines


def _taking(readiness: Readiness) -> list[Point]:
    title = _("能不能收票")
    if not readiness.lacks:
        return [Point(title, GOOD, _("数据库、表、磁盘和时钟都好，现在能收票。"))]
    return [Point(title, BAD, _(lack.sentence, **lack.parts)) for lack in readiness.lacks]


def disk(readiness: Readiness, stands: Standing) -> Point:
    """Room and speed of the disk."""
    title, free = _("磁盘"), _("还剩 %(n)s MB。", n=stands.free // _MEGABYTE)
    if any(lack.part is Part.DISK for lack in readiness.lacks) or readiness.write_seconds is None:
        return Point(title, BAD, free, _("请先处理上面说的磁盘问题。"))
    told = free + _("写一页并落盘用了 %(ms)s 毫秒。", ms=round(readiness.write_seconds * 1000, 1))
    if stands.free < LITTLE_ROOM:
        return Point(title, WARN, told, _("请腾出空间，至少留 500 MB。"))
    if readiness.write_seconds > SLOW_WRITE:
        return Point(title, WARN, told, _("磁盘写得慢，人人都要等；请停下别的在写磁盘的程序，或换一块快的磁盘。"))
    return Point(title, GOOD, told)


def _queue(reading: Reading) -> Point:
    title = _("排队")
    told = _(
        "在等对方发来内容的连接 %(waiting)s 个（按十个一档），正在答复的 %(answering)s 个。过去一分钟里最多晚了 %(late)s 秒。",
        waiting=reading.waited_for,
        answering=reading.answering,
        late=round(reading.late_seconds, 1),
    )
    if reading.late_seconds > LATE:
        return Point(title, WARN, told, _("处理器忙不过来；请停下别的程序，或把 PINGYI_WORKERS 设成处理器核数，再重新启动。"))
    return Point(title, GOOD, told)


def _memory(reading: Reading) -> Point:
    title = _("内存")
    told = _(
        "%(n)s 个工作进程，一共 %(all)s MB，最大的一个 %(most)s MB。",
        n=len(reading.memory),
        all=sum(reading.memory) // _MEGABYTE,
        most=max(reading.memory) // _MEGABYTE,
    )
    if max(reading.memory) > LARGE_WORKER:
        return Point(title, WARN, told, _("有一个占得太多；评议中也可以换一批工作进程：kill -HUP 服务器的进程号，不会丢票。"))
    return Point(title, GOOD, told)


def _uncounted() -> Point:
    return Point(
        _("排队和内存"), WARN, _("答复这一页的进程没有计数。"), _("刚启动时请过几秒再看；请用 pingyi serve 启动服务器。")
    )


def backup(stands: Standing) -> Point:
    """How old the last backup is."""
    title = _("备份")
    if stands.backup_age is None:
        return Point(title, BAD if stands.open_campaigns else WARN, _("从来没有做过备份。"), _("请运行 pingyi backup 文件名。"))
    told = _("上一次备份在 %(age)s前。", age=_age(stands.backup_age))
    if stands.open_campaigns and stands.backup_age > BACKUP_FRESH:
        return Point(title, BAD, told, _("有评议正在进行：磁盘坏了，这以后的选票就没有了。请马上再做一次。"))
    return Point(title, GOOD, told)


def _restored(stands: Standing) -> list[Point]:
    """A place out of a backup lacks what was cast after it, and nobody can tell from here how much."""
    if stands.restored is None:
        return []
    at, made = stands.restored
    told = _(
        "这里是 %(at)s 从备份恢复的，备份做于 %(made)s。这之间交来的选票不在这里，它们的凭条在这里算没用过，回执码查不到。",
        at=times.moment(at),
        made=times.moment(made),
    )
    remedy = _(
        "请告诉评议人：查不到回执码的，用原来的凭条再交一次。结束后清点票箱，账目会写明凭条和选票差多少。"
        "请把“存证”页的根与印出的存证单核对。"
    )
    return [Point(_("从备份恢复"), BAD if stands.open_campaigns else WARN, told, remedy)]


def drill_point(stands: Standing) -> Point:
    """How long ago a backup was last restored to try it."""
    title = _("恢复演练")
    remedy = _("请做一次备份，再运行 pingyi restore --drill。")
    if stands.drill_age is None:
        return Point(title, WARN, _("还没有做过恢复演练，不知道备份能不能恢复。"), remedy)
    told = _("上一次恢复演练在 %(age)s前。", age=_age(stands.drill_age))
    return Point(title, WARN, told, remedy) if stands.drill_age > DRILL_FRESH else Point(title, GOOD, told)


def _acts(stands: Standing, faults: Sequence[str] | None) -> Point:
    title = _("操作记录")
    last = times.moment(stands.last_act) if stands.last_act else "—"
    told = _("共 %(n)s 条，最后一条是 %(last)s。", n=stands.acts, last=last)
    if faults:
        return Point(title, BAD, told + " ".join(faults), _("请打开“操作记录”页，照那里说的做。"))
    if faults is None:
        return Point(title, GOOD, told, _("记录很长，没有逐条核对；要核对请打开“操作记录”页。"))
    return Point(title, GOOD, told + _("逐条核对无误。"))


def _age(age: dt.timedelta) -> str:
    hours = max(0, int(age.total_seconds() // 3600))
    return _("%(n)s 天", n=hours // 24) if hours >= 48 else _("%(n)s 小时", n=hours)
