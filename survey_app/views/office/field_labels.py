"""How the fields of the office's forms are called where they are shown away from their form, after signing in again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.views.office import headcounts, notice, release
from survey_app.views.office.campaign_frame import campaign_of

_REASON, _PASSPHRASE, _AGAIN, _SHARE = N_("理由"), N_("开启口令"), N_("再输入一次"), N_("密钥片")
_OPENING = {"passphrase": _PASSPHRASE, "share": _SHARE}
#: Fields with a label of their own and a value a person reads, not what a choice is called inside.
LABELS: Mapping[str, Mapping[str, str]] = {
    "accounts.create": {"name": N_("账户名")},
    "campaigns.close": {"title": N_("请照原样输入名称，以确认结束的是这一次")},
    "campaigns.create": {**notice.TITLES, "file": N_("或者上传自己的方案文件"), "passphrase": _PASSPHRASE, "again": _AGAIN},
    "comments.rule": {"reason": _REASON},
    "counting.open_box": _OPENING,
    "custody.make_shares": {"holders": N_("保管人，每行一位"), "needed": N_("几位到场才能开启")},
    "custody.rehearse": _OPENING,
    "custody.set_passphrase": {"new_passphrase": N_("新的开启口令"), "again": _AGAIN},
    "destruction.destroy": {"title": N_("评议的名称")},
    "destruction.fix": {"until": N_("申诉期到哪一天为止")},
    "evidence.enter": {
        "subject": N_("对象的编号"),
        "name": N_("哪一项数据"),
        "value": N_("数值"),
        "on": N_("日期"),
        "decider": N_("决定人"),
        "reason": N_("依据或理由"),
    },
    "evidence.upload": {"file": N_("填好的材料表（xlsx 或 csv）")},
    "evidence.withdraw": {"why": N_("为什么撤回")},
    "keeping.lift_hold": {"reason": N_("为什么解除")},
    "keeping.place_hold": {"reason": N_("为什么冻结")},
    "keeping.purge_round": {"title": N_("评议的名称")},
    "keeping.say_term": {"until": N_("保存到哪一天为止"), "basis": N_("依据哪条规定")},
    "outcomes.confirm_all": {"reason": _REASON},
    "outcomes.rule": {"reason": _REASON},
    "printing.print_slips": {"meeting": N_("会议或发放地点"), "count": N_("张数")},
    "printing.take_digests": {"file": N_("带回来的指纹文件")},
    "proof_log.add": {"name": N_("哪一场会议")},
    "proof_log.publish": _OPENING,
    "publishing.stop": {"reason": N_("理由（留在记录里，单位人员看不到）")},
    "readings.read": {"reason": _REASON},
    "room.prepare": {"meeting": N_("会议或发放地点"), "seats": N_("份数")},
    "round_ready.clock": {"watch": N_("您的手表或手机现在几点")},
    "rosters.upload": {"files": N_("名册文件")},
}
#: Forms of which a campaign says what their fields are.
_BY_CAMPAIGN: Mapping[str, Callable[[Campaign], Mapping[str, str]]] = {
    "headcounts.save": headcounts.labels,
    "notice.reword": notice.labels,
    "release.choose": release.labels,
}


def labels_of(address: str) -> Mapping[str, str]:
    """Names and labels of the form that goes to this address, in the reader's language; nothing for one we do not know."""
    try:
        endpoint, values = current_app.url_map.bind("").match(address.partition("?")[0], method="POST")
        if endpoint in _BY_CAMPAIGN:
            return _BY_CAMPAIGN[endpoint](campaign_of(values["key"]))
    except (HTTPException, RequestRedirect, UserError):  # gone or closed meanwhile: whoever sends it on is told
        return {}
    return {name: _(label) for name, label in LABELS.get(endpoint, {}).items()}
