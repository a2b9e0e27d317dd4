"""Who is missing among those who sign, and their reminders: on paper, or as a file for the office's own messaging system."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response

from questionnaires.tables import xlsx
from questionnaires.tables.sheet import Sheet
from survey_app import access
from survey_app.errors import RefusedError
from survey_app.extensions import db_session
from survey_app.i18n import N_, language, when
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.printing.reminders import ReminderSlip, reminders_pdf
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.roster.reading import turnout_by_group
from survey_app.services.signed.missing import MissingRater, missing_raters, signed_in_all
from survey_app.views.downloads import CSV, PDF, XLSX, file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page

blueprint = Blueprint("missing", __name__, url_prefix="/office/campaigns/<key>/missing")
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """The names of who signs and has sent nothing; of the others how many are in, in steps."""
    campaign = _voting(campaign_of(key))
    session = db_session()
    anonymous = [line for line in turnout_by_group(session, campaign) if not line.group.signed]
    return campaign_page(
        "campaigns/missing.html",
        campaign,
        "voting",
        missing=missing_raters(session, campaign),
        in_all=signed_in_all(session, campaign),
        titles=_titles(campaign),
        anonymous=anonymous,
        language=language(),
    )


@blueprint.get("/reminders.xlsx")
@access.may(Capability.PRINT)
def as_xlsx(key: str) -> Response:
    """The list with a sentence for each, as a workbook."""
    campaign = _voting(campaign_of(key))
    heads, rows = _table(campaign)
    content = xlsx.write([Sheet(_("还没有送出的"), tuple(heads), tuple(tuple(row) for row in rows))])
    return file_response(content, _file_name(campaign, "xlsx"), XLSX, once=True)


def _file_name(campaign: Campaign, ending: str) -> str:
    called = _("提醒名单")
    return f"{campaign.title}-{called}.{ending}"


@blueprint.get("/reminders.csv")
@access.may(Capability.PRINT)
def as_csv(key: str) -> Response:
    """The same as csv, as messaging systems take it: UTF-8 with its mark, nothing that a spreadsheet would calculate."""
    campaign = _voting(campaign_of(key))
    heads, rows = _table(campaign)
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(heads)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return file_response("\ufeff" + target.getvalue(), _file_name(campaign, "csv"), CSV, once=True)


@blueprint.get("/reminders.pdf")
@access.may(Capability.PRINT)
def as_pdf(key: str) -> Response:
    """Reminders to cut out and hand over. They hold no code: the letter that somebody has stays good."""
    campaign = _voting(campaign_of(key))
    titles = _titles(campaign)
    slips = [
        ReminderSlip(name=one.name, place=" · ".join(part for part in (one.unit, titles[one.group_key]) if part), said=said)
        for one, said in ((one, _sentence(campaign, one)) for one in missing_raters(db_session(), campaign))
    ]
    content = reminders_pdf(slips, title=campaign.title, language=language())
    return file_response(content, f"{campaign.title}-{_('提醒')}.pdf", PDF, once=True)


def _voting(campaign: Campaign) -> Campaign:
    if campaign.state == CampaignState.DRAFT:
        raise RefusedError(N_("这次评议还没有批准，还没有人能送出。"))
    return campaign


def _titles(campaign: Campaign) -> Mapping[str, str]:
    return {key: group.title.in_(language()) for key, group in scheme_of(campaign).groups.items()}


def _table(campaign: Campaign) -> tuple[Sequence[str], list[list[str]]]:
    titles = _titles(campaign)
    heads = (_("编号"), _("姓名"), _("单位"), _("评议主体"), _("邀请函"), _("提醒的话"))
    rows = [
        [one.code, one.name, one.unit, titles[one.group_key], _("已印") if one.printed else _("没有印"), _sentence(campaign, one)]
        for one in missing_raters(db_session(), campaign)
    ]
    return heads, rows


def _sentence(campaign: Campaign, one: MissingRater) -> str:
    """What is said to one person: nothing in it helps anybody else to answer in their name."""
    until = _("截止时间是 %(until)s。", until=when(campaign.until)) if campaign.until else ""
    said = _("%(name)s，您好：“%(title)s”还没有收到您的评议表。", name=one.name, title=campaign.title)
    way = _("请用先前给您的邀请函扫码填写；找不到了，请向评议办公室要求重印。") if one.printed else _("邀请函随后送到。")
    return f"{said}{way}{until}"
