"""The log of acts in sentences: what stands behind each act, read from the facts that were stored, in the reader's language.

Stored are facts alone; here they are told. An act whose facts have another shape (of an older version, or newer than this list)
is told by its name and shown as stored, never left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from survey_app import times
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import AuditEvent
from survey_app.paper_reasons import REASONS
from survey_app.services.office import acts, audit, refusals

#: Acts that are about no campaign; of every other act the first word of the detail is a campaign's key.
_PLACE_WIDE = re.compile(
    r"account-|sign-in|sign-out|session-|password-|link-|code-|page-|origin-|recovery-|factor|backup-|audit-|scheme-"
)
_HEX = r"(?P<digest>[0-9a-f]{16})[0-9a-f]*"
_NAMED = N_("账户“%(name)s”")
_PLACED = N_("存证的根 %(digest)s…")
_RESULT = N_("结果的摘要 %(digest)s…")
_TIMES = N_("%(n)s 次")
_OF_ACCOUNT = N_("账户“%(name)s”，%(n)s 次")
_REFUSED_NAME = ((r"(?P<n>\d+) (?P<name>.+)", _OF_ACCOUNT), (r"(?P<n>\d+)", N_("没有这个名字的账户，%(n)s 次")))
_ENTRY = ((r"(?P<text>.+)", N_("%(text)s")),)


def _late(kind: str) -> str:
    """The facts of a late change of this kind."""
    return rf"\S+ (?P<n>\d+) {kind} (?P<code>\S*) (?P<name>.+?): (?P<why>.+)"


#: Act -> shapes of its facts, the first that fits, each with its sentence.
SHAPES: dict[str, tuple[tuple[str, str], ...]] = {
    "account-bound": ((r"(?P<name>.+) \(\w+\) (?P<key>\S+) (?P<units>.+)", N_("账户“%(name)s”，评议 %(key)s 的单位 %(units)s")),),
    "account-code-dropped": ((r"(?P<name>.+) (?P<code>\S+)", N_("账户“%(name)s”，编号 %(code)s")),),
    "account-created": (
        (r"(?P<name>.+) \(office\)", N_("账户“%(name)s”，主办单位")),
        (r"(?P<name>.+) \(staff\) (?P<key>\S+) (?P<units>.+)", N_("账户“%(name)s”，评议 %(key)s 的单位 %(units)s")),
        (r"(?P<name>.+) \((?P<role>\w+)\)", N_("账户“%(name)s”（%(role)s）")),
    ),
    "account-disabled": ((r"(?P<name>.+)", _NAMED),),
    "account-enabled": ((r"(?P<name>.+)", _NAMED),),
    "account-removed": ((r"(?P<name>.+)", _NAMED),),
    "account-unbound": ((r"(?P<name>.+) \d+ (?P<code>\S+)", N_("账户“%(name)s”，单位 %(code)s")),),
    "appeal-fixed": ((r"(?P<time>\S+)", N_("到 %(time)s 为止")),),
    "archive-made": ((_HEX, N_("档案的 SHA-256 是 %(digest)s…")),),
    "backup-drilled": ((r"(?P<file>.+) (?P<time>\S+)", N_("备份文件 %(file)s，是 %(time)s 做的")),),
    "backup-restored": ((r"(?P<file>.+) (?P<time>\S+)", N_("备份文件 %(file)s，是 %(time)s 做的")),),
    "backup-key-set": ((_HEX, N_("公钥 %(digest)s…")),),
    "bundle-made": (
        (r"0 auditors", N_("公开的")),
        (r"(?P<n>\d+) auditors", N_("给 %(n)s 位审计员")),
    ),
    "bundle-published": (
        (r"0 faults", N_("核对程序全部通过")),
        (r"(?P<n>\d+) faults", N_("核对程序指出 %(n)s 处不对")),
    ),
    "campaign-approved": (
        (
            r"(?P<subjects>\d+) subjects, (?P<units>\d+) units, scheme (?P<scheme>\w+), release plan (?P<plan>\w+)",
            N_("%(subjects)s 个评价对象，%(units)s 个单位；方案的摘要 %(scheme)s…，公布计划的摘要 %(plan)s…"),
        ),
    ),
    "campaign-closed": ((_HEX, _PLACED),),
    "campaign-created": ((r"(?P<title>.+) (?P<scheme>\S+)", N_("“%(title)s”，方案 %(scheme)s")),),
    "campaign-removed": ((r"(?P<title>.+): (?P<text>.*)", N_("“%(title)s”，一并删去：%(text)s")),),
    "campaign-reworded": ((r"(?P<title>.+)", N_("“%(title)s”")),),
    "code-refused": _REFUSED_NAME,
    "comment-hidden": ((r"(?P<n>\d+) (?P<why>.+)", N_("第 %(n)s 条，理由：%(why)s")),),
    "comment-shown": ((r"(?P<n>\d+) (?P<why>.+)", N_("第 %(n)s 条，理由：%(why)s")),),
    "count": ((_HEX, _RESULT),),
    "counts-entered": _ENTRY,
    "custody-trustees": ((r"(?P<k>\d+)/(?P<n>\d+)", N_("%(n)s 人中任何 %(k)s 人能开启")),),
    "earlier-taken": (
        (
            r"<- (?P<key>\S+) (?P<period>.+) \+(?P<added>\d+) ~(?P<changed>\d+)",
            N_("取自评议 %(key)s（%(period)s），接来 %(added)s 条，更正 %(changed)s 条"),
        ),
    ),
    "evidence-entered": _ENTRY,
    "evidence-imported": ((r"\+(?P<added>\d+) ~(?P<changed>\d+)", N_("新增 %(added)s 条，更正 %(changed)s 条")),),
    "evidence-kept": _ENTRY,
    "evidence-withdrawn": _ENTRY,
    "hold-lifted": ((r"(?P<n>\d+) (?P<why>.+)", N_("第 %(n)s 条，理由：%(why)s")),),
    "hold-placed": ((r"(?P<why>.+)", N_("理由：%(why)s")),),
    "holders-present": ((r"(?P<n>[\d,]+)/(?P<all>\d+) \w+", N_("第 %(n)s 位，共 %(all)s 位")),),
    "hours-set": (
        (r"- -", N_("由人按下开放和结束")),
        (r"- (?P<time>\S+)", N_("%(time)s 结束")),
        (r"(?P<time>\S+) -", N_("%(time)s 开放")),
        (r"(?P<opens>\S+) (?P<time>\S+)", N_("%(opens)s 开放，%(time)s 结束")),
    ),
    "invitations-printed": (
        (r"(?P<title>.+): (?P<n>\d+)(?: \((?P<code>[^()]+)\))?, (?P<again>\d+) in place of earlier ones",
         N_("%(title)s，%(n)s 封，其中 %(again)s 封代替先前的")),
        (r"(?P<title>.+): (?P<n>\d+)(?: \((?P<code>[^()]+)\))?", N_("%(title)s，%(n)s 封")),
    ),
    "keeping-said": (
        (r"forms (?P<time>\S+) (?P<why>.+)", N_("选票内容和开启密钥保存到 %(time)s，依据：%(why)s")),
        (r"records (?P<time>\S+) (?P<why>.+)", N_("全部材料保存到 %(time)s，依据：%(why)s")),
    ),
    "link-created": ((r"(?P<name>.+)", _NAMED),),
    "link-refused": ((r"(?P<n>\d+)", _TIMES),),
    "log-close": ((_HEX, _PLACED), (r"already there", N_("先前已经做过"))),
    "log-meeting": ((rf"(?P<n>\d+) {_HEX}", N_("第 %(n)s 节，存证的根 %(digest)s…")),),
    "openings-destroyed": ((r"(?P<n>\d+)", N_("%(n)s 张")),),
    "origin-refused": ((r"(?P<n>\d+)", _TIMES),),
    "outcome-ruled": (
        (r"confirmed (?P<about>\S+) x(?P<n>\d+)", N_("一次确认 %(about)s 的 %(n)s 项")),
        (r"confirmed (?P<about>.+)", N_("确认：%(about)s")),
        (r"(?P<verdict>\S+) (?P<about>.+)", N_("不采纳（%(verdict)s）：%(about)s")),
    ),
    "page-refused": ((r"(?P<n>\d+) (?P<page>\S+)", N_("%(page)s 页，%(n)s 次")),),
    "paper-again": ((r"(?P<stack>\d+)/(?P<sheet>\d+)", N_("第 %(stack)s 叠第 %(sheet)s 张")),),
    "paper-aside": (
        (r"(?P<stack>\d+)/(?P<sheet>\d+) (?P<reason>[a-z])", N_("第 %(stack)s 叠第 %(sheet)s 张，理由：%(reason)s")),
    ),
    "paper-stack": ((r"(?P<stack>\d+): (?P<n>\d+)", N_("第 %(stack)s 叠，%(n)s 张")),),
    "password-set": ((r"one-time link", N_("用一次性链接")),),
    "readiness-clock": ((r"(?P<n>-?\d+)", N_("差 %(n)s 秒")),),
    "readiness-sheet": ((r"qr", N_("扫出来的网址对")), (r"alias", N_("照样张打的编号对"))),
    "recompute": ((_HEX, _RESULT),),
    "reminders-mailed": ((r"(?P<n>\d+)", N_("%(n)s 封")),),
    "results-published": (
        (r"(?P<id>\d+) (?P<digest>\w{16})\w* \[.*?\] \[(?P<units>.*)\] (?P<time>\S+)",
         N_("结果的摘要 %(digest)s…，给单位 %(units)s，从 %(time)s 起")),
    ),
    "results-unpublished": ((r"(?P<why>.+)", N_("理由：%(why)s")),),
    "room-closed": _ENTRY,
    "room-opened": _ENTRY,
    "room-prepared": ((r"batch (?P<batch>\d+), (?P<n>\d+) seats", N_("第 %(batch)s 批，%(n)s 个座位")),),
    "roster-changed-late": (
        (_late("added"), N_("第 %(n)s 处：添了 %(name)s（%(code)s），理由：%(why)s")),
        (_late("withdrawn"), N_("第 %(n)s 处：收回了 %(name)s（%(code)s）的邀请，理由：%(why)s")),
        (_late("moved"), N_("第 %(n)s 处：%(name)s（%(code)s）换了单位或评议主体，理由：%(why)s")),
        (_late("respelt"), N_("第 %(n)s 处：改成 %(name)s（%(code)s），理由：%(why)s")),
        (_late("left"), N_("第 %(n)s 处：%(name)s（%(code)s）退出，理由：%(why)s")),
        (_late("back"), N_("第 %(n)s 处：%(name)s（%(code)s）没有退出，理由：%(why)s")),
        (_late("entitled"), N_("第 %(n)s 处：%(name)s 的应到人数，理由：%(why)s")),
    ),
    "roster-drafted": ((r"(?P<n>\d+) sheets", N_("%(n)s 张工作表")),),
    "roster-imported": (
        (r"\+(?P<added>\d+) ~(?P<changed>\d+), (?P<absent>\d+) not in the file",
         N_("新增 %(added)s 行，更正 %(changed)s 行，文件里没有的 %(absent)s 行")),
    ),
    "roster-kept": ((r"(?P<n>\d+) rows that the file lacked", N_("%(n)s 行")),),
    "roster-removed": _ENTRY,
    "round-purged": ((r"(?P<title>.+)", N_("“%(title)s”")),),
    "scheme-drafted": ((r"\S+ (?P<title>.+)", N_("方案“%(title)s”")),),
    "scheme-removed": ((r"\S+ (?P<title>.+)", N_("方案“%(title)s”")),),
    "campaign-replaced-scheme": ((rf"(?P<scheme>\S.*/\S+) {_HEX}", N_("方案 %(scheme)s，摘要 %(digest)s…")),),
    "scheme-saved": ((rf"\S+ (?P<n>\d+) {_HEX}", N_("第 %(n)s 稿，摘要 %(digest)s…")),),
    "scheme-tried": ((r"\S+ (?P<key>\S+)", N_("试算 %(key)s")),),
    "sign-in-failed": _REFUSED_NAME,
    "sign-in-throttled": _REFUSED_NAME,
    "signed-form-read": ((r"(?P<code>\S+) (?P<version>\d+) (?P<why>.+)", N_("%(code)s 的第 %(version)s 版，理由：%(why)s")),),
    "slips-printed": (
        (r"(?P<place>.+): (?P<n>\d+), in place of batch (?P<old>\d+)", N_("%(place)s，%(n)s 张，代替第 %(old)s 批")),
        (r"(?P<place>.+): (?P<n>\d+)", N_("%(place)s，%(n)s 张")),
    ),
    "slips-registered": ((r"batch (?P<batch>\d+), (?P<n>\d+) slips made elsewhere", N_("第 %(batch)s 批，%(n)s 张")),),
    "viewing-ended": ((r"(?P<n>\d+) (?P<why>.+)", N_("第 %(n)s 个，理由：%(why)s")),),
    "viewing-made": (
        (r"(?P<n>\d+) until (?P<time>\S+) for (?P<who>.+)", N_("第 %(n)s 个，给“%(who)s”，有效到 %(time)s")),
    ),
    "voting-paused": ((r"(?P<why>.+)", N_("理由：%(why)s")),),
    "slips-void": ((r"batch (?P<batch>\d+), (?P<n>\d+) slips", N_("第 %(batch)s 批，%(n)s 张")),),
}  # fmt: skip
_NOBODY = N_("没有登录的人")
_SERVER = N_("服务器")
_COMMAND_LINE = N_("命令行")


@dataclass(frozen=True, kw_only=True)
class ToldAct:
    """A line as a person reads it. `about`: the campaign's title, its key where it is gone, "" for none; `more`: what stands
    behind the act; `stored`: what no sentence tells, as stored."""

    number: int
    at: dt.datetime
    who: str
    what: str
    key: str
    about: str
    more: str
    stored: str
    digest: str
    signed: bool
    refused: bool


def tell(line: AuditEvent, titles: Mapping[str, str]) -> ToldAct:
    """A line in words. `titles`: of the campaigns there are, by key."""
    key, _blank, rest = ("", "", line.detail) if is_place_wide(line.action) else line.detail.partition(" ")
    more = _more(line.action, rest)
    known = line.action in acts.WORDS
    return ToldAct(
        number=line.id,
        at=line.at,
        who=who(line.account),
        what=_(acts.WORDS[line.action]) if known else _(acts.ANOTHER, action=line.action),
        key=key,
        about=titles.get(key, key),
        more=more or "",
        stored=rest if more is None else "",
        digest=line.digest.hex(),
        signed=line.signature is not None,
        refused=line.action in refusals.KINDS,
    )


def is_place_wide(action: str) -> bool:
    """Whether the act is about no campaign."""
    return _PLACE_WIDE.match(action) is not None


def who(account: str) -> str:
    """Who acted, in words where it was no account."""
    named = {refusals.NOBODY: _NOBODY, audit.SERVER: _SERVER, "command line": _COMMAND_LINE}
    return _(named[account]) if account in named else account


def _more(action: str, rest: str) -> str | None:
    """What stands behind the act; "" for nothing, None where no sentence fits."""
    for shape, sentence in SHAPES.get(action, ()):
        found = re.fullmatch(shape, rest, re.DOTALL)
        if found:
            parts = {name: _WORDED.get(name, str)(text) for name, text in found.groupdict().items()}
            return _(sentence, **parts)
    return None if rest else ""


def _moment(text: str) -> str:
    try:
        return times.when(dt.datetime.fromisoformat(text))
    except ValueError:
        return text


#: Parts that are stored in another way than they are told.
_WORDED: Mapping[str, Callable[[str], str]] = {"time": _moment, "opens": _moment, "reason": lambda key: _(REASONS.get(key, key))}
