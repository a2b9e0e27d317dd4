"""What every page of one campaign shares: finding it by its address, and the frame with the eight steps.

A step leads to a page of some room; a room that is not built into the application is named but not linked.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, make_response, render_template, url_for

from survey_app import access
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.services.books import headcounts
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.four_eyes import alone
from survey_app.services.office import audit
from survey_app.services.publishing import publications
from survey_app.services.sealing import custody
from survey_app.services.slips import slips

STATE_TITLES = {
    CampaignState.DRAFT: N_("准备中"),
    CampaignState.OPEN: N_("进行中"),
    CampaignState.CLOSED: N_("已结束，待计票"),
    CampaignState.COUNTED: N_("已计票"),
}
STATE_KINDS = {CampaignState.DRAFT: "", CampaignState.OPEN: "accent", CampaignState.CLOSED: "warn", CampaignState.COUNTED: "good"}
#: Step name, title, endpoint, the first state in which its page has something to say.
STEPS = (
    ("scheme", N_("方案"), "campaigns.scheme", CampaignState.DRAFT),
    ("roster", N_("名册"), "rosters.index", CampaignState.DRAFT),
    ("forms", N_("表单"), "forms_table.index", CampaignState.DRAFT),
    ("print", N_("印发"), "printing.index", CampaignState.OPEN),
    ("voting", N_("投票中"), "campaigns.progress", CampaignState.OPEN),
    ("counts", N_("关闭与清点"), "headcounts.index", CampaignState.OPEN),
    ("counting", N_("开箱计票"), "counting.index", CampaignState.CLOSED),
    ("results", N_("结果"), "results.overview", CampaignState.COUNTED),
)


@dataclass(frozen=True)
class RoundStep:
    """One of the eight steps as shown: `address` "" when there is nothing to look at yet."""

    title: str
    address: str
    here: bool
    done: bool


@dataclass(frozen=True)
class NextStep:
    """What the office does next: one button and one sentence why."""

    title: str
    address: str
    why: str


def campaign_of(key: str) -> Campaign:
    """The campaign of this address. Raises NotFoundError, which the edge answers with 404."""
    return campaigns.by_key(db_session(), key)


def address_of(endpoint: str, campaign: Campaign) -> str:
    """The address of a room's page on this campaign; "" where there is no such page for the caller."""
    return url_for(endpoint, key=campaign.key) if access.may_open(endpoint) else ""


def campaign_page(template: str, campaign: Campaign, step: str, *, status: int = 200, **context: object) -> Response:
    """Render a page of a campaign inside its frame; `step` is a name of `STEPS`, or "" for the overview."""
    page = render_template(
        template,
        campaign=campaign,
        steps=steps_of(campaign, step),
        state_title=_(STATE_TITLES[campaign.state]),
        state_kind=STATE_KINDS[campaign.state],
        terms=custody.terms_of(campaign.wrapped_key),
        one_person=alone.of_campaign(db_session(), campaign).sentence(),
        **context,
    )
    return make_response(page, status)


def steps_of(campaign: Campaign, here: str) -> list[RoundStep]:
    """The eight steps of this campaign, with where we are and what is behind us."""
    state = campaign.state
    rostered = state != CampaignState.DRAFT or campaigns.size(db_session(), campaign)[1] > 0
    printed = state.at_least(CampaignState.CLOSED) or (state == CampaignState.OPEN and something_issued(campaign))
    done = {
        "scheme": True,
        "roster": rostered,
        "forms": state.at_least(CampaignState.OPEN),
        "print": printed,
        "voting": state.at_least(CampaignState.CLOSED),
        "counts": state.at_least(CampaignState.COUNTED),
        "counting": state.at_least(CampaignState.COUNTED),
        "results": False,
    }
    return [
        RoundStep(_(title), address_of(endpoint, campaign) if state.at_least(least) else "", name == here, done[name])
        for name, title, endpoint, least in STEPS
    ]


def next_step(campaign: Campaign) -> NextStep | None:
    """The one thing to do now; None when its room is not built in."""
    endpoint, title, why = _next(campaign)
    address = address_of(endpoint, campaign)
    return NextStep(_(title), address, _(why)) if address else None


def _next(campaign: Campaign) -> tuple[str, str, str]:
    by_state = {
        CampaignState.DRAFT: _next_of_draft,
        CampaignState.OPEN: _next_of_open,
        CampaignState.CLOSED: _next_of_closed,
        CampaignState.COUNTED: _next_of_counted,
    }
    return by_state[campaign.state](campaign)


def _next_of_draft(campaign: Campaign) -> tuple[str, str, str]:
    if campaigns.size(db_session(), campaign)[1] == 0:
        return "roster_desk.index", N_("导入名册"), N_("单位自己的表照原样交上来：单位、评价对象、署名评价人、应到人数。")
    if rehearsal.rehearsal_of(db_session(), campaign) is None:
        return "custody.index", N_("演练开启"), N_("用口令或密钥片试开一次；没有试开过，不能批准。")
    return "campaigns.approval", N_("核对并批准"), N_("批准之后方案、名册和表单就冻结，可以印凭条、开始投票。")


def _next_of_open(campaign: Campaign) -> tuple[str, str, str]:
    if not something_issued(campaign) and address_of("print_once.index", campaign):
        return "print_once.index", N_("一次印好凭条和邀请函"), N_("已经批准；还没有印发任何凭证。")
    if campaign.halted is not None:
        return "hours.index", N_("开放与结束"), N_("投票现在不在收：没有到点，或者暂停了。")
    return "campaigns.progress", N_("看投票进度"), N_("投票正在进行；结束之前没有人能看到得分。")


def _next_of_closed(campaign: Campaign) -> tuple[str, str, str]:
    if headcounts.all_counted(db_session(), campaign) and address_of("counting.index", campaign):
        return "counting.index", N_("开箱计票"), N_("票箱已经清点。录入其他材料之后，用开启口令计票。")
    return "headcounts.index", N_("清点票箱"), N_("把到会人数、作废和未用的凭条数填进来，与系统的账对一对。")


def _next_of_counted(campaign: Campaign) -> tuple[str, str, str]:
    standing = publications.find_standing(db_session(), campaign, now=now())
    if standing.current is None and not standing.later:
        return (
            "publishing.index",
            N_("公布结果"),
            N_("计票完了，只有主办单位看得到结果。先确认结论，再公布：给谁看什么，由您定；不公布，单位人员什么也看不到。"),
        )
    return "results.overview", N_("看结果"), N_("得分、等次和每个数的来历都在这里。")


def something_issued(campaign: Campaign) -> bool:
    """Whether any slip or invitation of the campaign was printed."""
    return any(slips.issued_counts(db_session(), campaign).values())


def record(action: str, campaign: Campaign, detail: str) -> None:
    """Write an act on a campaign into the office's log; committed with the change it tells of."""
    told = f"{campaign.key} {detail}".rstrip()
    audit.record(db_session(), account=access.current_account().name, action=action, detail=told, now=now())
