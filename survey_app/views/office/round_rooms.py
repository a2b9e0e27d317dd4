"""Other rooms of a campaign than its eight steps: which of them have something to say now, and what.

May not live here: the steps and what is next (`campaign_frame`).
"""

from __future__ import annotations

from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.publishing import publications
from survey_app.views.office.campaign_frame import address_of


def of(campaign: Campaign) -> list[tuple[str, str, str]]:
    """Other rooms of this campaign that exist and have something to say now: address, title, what is there."""
    rooms = [
        ("release.index", _("公布计划"), _("公布什么、给谁、多少人以下不单独列出")),
        ("evidence.index", _("其他材料"), _("目标得分、组织考察、年内事项等，用表格导入")),
    ]
    rooms.append(("again.index", _("演练，或者再办一轮"), _("正式办之前真做一遍；明年照这一轮再办")))
    if campaign.state != CampaignState.DRAFT:
        rooms.append(("missing.index", _("谁还没有送出"), _("署名的评价人，提醒单和名单")))
        rooms.append(("proof_log.index", _("存证"), _("清单的根：印出、宣读；公开日志和核对包")))
    if campaign.state.at_least(CampaignState.CLOSED):
        rooms.append(("headcounts.index", _("清点票箱"), _("到会、作废、未用，与系统的账对一对")))
    if campaign.state == CampaignState.COUNTED:
        rooms.append(("publishing.index", _("公布"), publications.sentence(db_session(), campaign, now=now())))
        rooms.append(("own_results.index", _("本人的结果函"), _("公布以后，给每个评价对象一张只能用一次的链接")))
        rooms.append(("viewing_links.index", _("查看链接"), _("给没有账户的领导：只能看已经公布的，到期失效，可以收回")))
        rooms.append(("files.index", _("文件和纸质材料"), _("Excel、CSV、报告、结果通知书、公示")))
        rooms.append(("matters.index", _("结果之后"), _("异议、谈话、整改：号码、期限和答复")))
        rooms.append(("counting.index", _("计票记录"), _("开箱、重算和摘要")))
        if any(group.signed for group in scheme_of(campaign).groups.values()):
            rooms.append(("readings.index", _("查阅记名评议表"), _("凭理由逐张开启；每一次查阅都记下，填表人看得到")))
        rooms.append(("keeping.index", _("归档与保存"), _("一个签了名的文件；保存到哪一天；冻结")))
        rooms.append(("destruction.index", _("申诉期与销毁"), _("选票内容留到哪一天；过后销毁，出具证书")))
        rooms.append(("results.satisfied", _("满意度"), _("各单位、各群体的满意率")))
    found = [(address_of(endpoint, campaign), title, about) for endpoint, title, about in rooms]
    return [line for line in found if line[0]]
