"""What was done since a page was looked at, read from the office's log: nobody acts on something else than the page showed.

Every act writes its line into the log in its own transaction, so the number of the last line a page knew says how old it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import AuditEvent

#: So many acts are named; of more, how many.
NAMED = 5
ANOTHER = N_("做了改动（%(action)s）")
WORDS = {
    "account-bound": N_("给这个账户对应了单位"),
    "account-code-dropped": N_("去掉了这个账户的一个旧编号"),
    "account-created": N_("建立了账户"),
    "account-disabled": N_("停用了这个账户"),
    "account-enabled": N_("恢复了这个账户"),
    "account-removed": N_("删除了这个账户"),
    "account-unbound": N_("取消了这个账户对应的单位"),
    "appeal-fixed": N_("定下了申诉期"),
    "archive-made": N_("做了这一轮的档案"),
    "ask-confirmed": N_("确认了别人提出的事"),
    "ask-declined": N_("没有同意别人提出的事"),
    "ask-made": N_("提出了一件要两个人办的事"),
    "ask-withdrawn": N_("撤回了提出的事"),
    "audit-signed": N_("从这一条起，操作记录逐条签名"),
    "backup-drilled": N_("做了恢复演练"),
    "backup-restored": N_("从备份恢复了这个地方"),
    "backup-key-set": N_("换了备份密钥"),
    "bundle-made": N_("制作了核对包"),
    "bundle-published": N_("公布了核对包"),
    "campaign-approved": N_("批准了这次评议"),
    "campaign-closed": N_("结束了这次评议"),
    "campaign-created": N_("建立了这次评议"),
    "campaign-removed": N_("删除了这次评议"),
    "campaign-reworded": N_("改了告诉大家的话"),
    "code-refused": N_("输入的验证码不对，被拒绝了"),
    "comment-hidden": N_("隐去了这条意见"),
    "comment-shown": N_("重新显示了这条意见"),
    "count": N_("开箱计了票"),
    "counts-entered": N_("改了清点数"),
    "custody-keys": N_("把密钥片封给了保管人各自的钥匙"),
    "custody-passphrase": N_("换了开启口令"),
    "custody-trustees": N_("换了密钥片"),
    "database-scrubbed": N_("清理了数据库"),
    "earlier-taken": N_("接用了往期结果"),
    "evidence-entered": N_("记了一条材料"),
    "evidence-imported": N_("导入了材料表"),
    "evidence-kept": N_("留下了材料表里没有的材料"),
    "evidence-withdrawn": N_("撤回了一条材料"),
    "factor-added": N_("加了第二重验证"),
    "factor-ended": N_("去掉了第二重验证"),
    "factor-reset": N_("清除了这个账户的第二重验证"),
    "factors-required": N_("要求每个账户都用第二重验证"),
    "factors-waived": N_("声明不用第二重验证"),
    "hold-lifted": N_("解除了冻结"),
    "hold-placed": N_("冻结了这一轮，什么也不许销毁"),
    "holders-present": N_("记下了哪些保管人到场"),
    "hours-set": N_("定了投票开放和结束的时间"),
    "invitations-printed": N_("印了这些邀请函，先前的链接已经失效"),
    "keeping-said": N_("定了保存期限"),
    "letters-made": N_("写了所有人的结果通知书"),
    "link-created": N_("生成了新的一次性链接"),
    "link-refused": N_("用了不存在或失效的一次性链接，被拒绝了"),
    "log-close": N_("做了最后一次存证"),
    "log-meeting": N_("做了会议的存证"),
    "office-one": N_("说明今后由一个人办理"),
    "office-two": N_("说明今后要两个人办理"),
    "opening-rehearsed": N_("试开了一次"),
    "matter-opened": N_("记了一件跟办的事"),
    "matter-written": N_("写了跟办的进展或答复"),
    "one-time-key-made": N_("制作了一次性公钥"),
    "openings-destroyed": N_("销毁了选票内容"),
    "origin-refused": N_("从别的网站发来请求，被拒绝了"),
    "outcome-ruled": N_("对结论作了处理"),
    "own-links-printed": N_("印了本人的结果函"),
    "page-refused": N_("要打开不归自己看的页面，被拒绝了"),
    "paper-again": N_("让一张纸质表重新录入"),
    "paper-aside": N_("搁置了一张纸质表"),
    "paper-stack": N_("登记了一叠纸质表"),
    "paper-template": N_("换了信或报告的 Word 模板"),
    "password-changed": N_("改了口令"),
    "password-set": N_("设了口令"),
    "readiness-clock": N_("比了时钟"),
    "readiness-sheet": N_("试读了样张"),
    "recompute": N_("重新计算了结果"),
    "recovery-renewed": N_("换了恢复码"),
    "reminders-mailed": N_("用邮件提醒了署名评价人"),
    "release-plan-chosen": N_("改了公布计划"),
    "results-published": N_("公布了结果"),
    "results-unpublished": N_("停止公布了结果"),
    "roles-changed": N_("改了这个账户的角色"),
    "room-closed": N_("关闭了会场公用码"),
    "room-opened": N_("开放了会场公用码"),
    "room-prepared": N_("准备了会场评议表"),
    "roster-changed-late": N_("在批准以后改了名册"),
    "roster-drafted": N_("整理了带来的名册表"),
    "roster-imported": N_("导入了名册"),
    "roster-kept": N_("留下了文件里没有的名册行"),
    "roster-removed": N_("从名册删去了几行"),
    "round-purged": N_("清除了整个一轮"),
    "scheme-drafted": N_("起草了这份方案"),
    "scheme-removed": N_("删去了这份方案草稿"),
    "campaign-replaced-scheme": N_("换了这次评议的方案"),
    "scheme-saved": N_("保存了这份方案"),
    "scheme-tried": N_("试算了这份方案"),
    "session-ended": N_("退出了别处的登录"),
    "sign-in": N_("登录了"),
    "sign-in-failed": N_("登录没有成功：账户名、口令或验证码不对"),
    "sign-in-throttled": N_("登录太频繁，没有核对口令"),
    "signed-form-read": N_("查阅了记名评议表"),
    "slips-printed": N_("印了凭条"),
    "slips-registered": N_("登记了在别处制作的凭条"),
    "slips-void": N_("作废了一批凭条"),
    "trustee-answered": N_("收下了保管人的回答码"),
    "viewing-ended": N_("收回了一个查看链接"),
    "viewing-made": N_("做了一个查看链接"),
    "voting-opened": N_("开放了投票"),
    "voting-paused": N_("暂停了投票"),
}  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One line of the log, as far as it matters to whoever did not know of it."""

    by: str
    at: dt.datetime
    action: str

    def sentence(self) -> str:
        """Who, when and what, in the reader's language."""
        what = _(WORDS[self.action]) if self.action in WORDS else _(ANOTHER, action=self.action)
        return _("%(who)s（%(time)s）%(what)s", who=self.by, time=times.when(self.at), what=what)


class StaleActError(RefusedError):
    """The page was of before; what others did meanwhile is in the sentence. Nothing was done."""

    def __init__(self, found: Collection[Act]) -> None:
        super().__init__(
            N_("您打开这一页之后有了改动：%(acts)s。所以这一次什么都没有做；页面上现在是最新的样子，请看过再决定。"),
            acts=_in_words(found),
        )


def tell(found: Collection[Act]) -> str:
    """A sentence of its own to stand behind a refusal that says what is stale but not by whose hand; "" for nothing."""
    return _("这期间：%(acts)s。", acts=_in_words(found)) if found else ""


def _in_words(found: Collection[Act]) -> str:
    shown = [one.sentence() for one in list(found)[-NAMED:]]
    if len(found) > NAMED:
        shown.insert(0, _("另有 %(n)s 处改动", n=len(found) - NAMED))
    return _("；").join(shown)


def newest(session: Session) -> int:
    """The number of the log's last line."""
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def last_of(session: Session, actions: Collection[str], *, about: str) -> dict[str, Act]:
    """The last act of each of these kinds on a campaign (its key), so that whoever takes over sees who did what."""
    mine = or_(AuditEvent.detail == about, AuditEvent.detail.startswith(f"{about} ", autoescape=True))
    newest_of = select(func.max(AuditEvent.id)).where(AuditEvent.action.in_(actions), mine).group_by(AuditEvent.action)
    rows = session.scalars(select(AuditEvent).where(AuditEvent.id.in_(newest_of)))
    return {row.action: Act(row.account, row.at, row.action) for row in rows}


def since(
    session: Session,
    seen: int,
    actions: Collection[str],
    *,
    about: str,
    only: Callable[[str], bool] | None = None,
    but_not_by: str | None = None,
) -> list[Act]:
    """The acts of these kinds after the line `seen`, in order.

    `about`: the key of the campaign (or name of the account) with which a line's detail begins; `only`: what the rest of the
    detail must be; `but_not_by`: whose own acts do not count. A number that the log never reached has seen nothing.
    """
    seen = seen if 0 <= seen <= newest(session) else 0
    rows = session.scalars(select(AuditEvent).where(AuditEvent.id > seen, AuditEvent.action.in_(actions)).order_by(AuditEvent.id))
    return [
        Act(row.account, row.at, row.action)
        for row in rows
        if row.account != but_not_by
        and (row.detail == about or row.detail.startswith(f"{about} "))
        and (only is None or only(row.detail.removeprefix(about).removeprefix(" ")))
    ]
