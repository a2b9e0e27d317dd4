"""A round on one page: every step with how it stands, what is still missing, and who did what last, for whoever takes over.

Lives here: reading how each step stands. May not live here: the steps themselves, and what the next one is (`campaign_frame`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from survey_app import times
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Appeal, Campaign, CampaignState
from survey_app.services.books import headcounts, turnout
from survey_app.services.campaign import campaigns, holds, rehearsal, retention
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.retention import KeptPart
from survey_app.services.office import act_sentences, acts
from survey_app.services.paper import stacks
from survey_app.services.publishing import publications
from survey_app.services.release import approval
from survey_app.services.release import plan as release_plan
from survey_app.services.roster import late
from survey_app.services.sealing import custody
from survey_app.services.slips import slips
from survey_app.views.office.campaign_frame import address_of


class StepStanding(StrEnum):
    """How a step stands. `blocked`: something has to be put right before the round goes on."""

    DONE = "done"
    NOW = "now"
    BLOCKED = "blocked"
    FREE = "free"  # may be done, need not
    LATER = "later"


WORDS = {
    StepStanding.DONE: (N_("已办"), "good"),
    StepStanding.NOW: (N_("现在办"), "accent"),
    StepStanding.BLOCKED: (N_("卡在这里"), "bad"),
    StepStanding.FREE: (N_("可以办"), ""),
    StepStanding.LATER: (N_("以后"), ""),
}


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One step as the page shows it. `by`: who did what last, in a sentence; "" where nobody has."""

    title: str
    address: str
    standing: StepStanding
    told: str
    by: str

    @property
    def badge(self) -> tuple[str, str]:
        """The standing in a word, and its colour."""
        title, kind = WORDS[self.standing]
        return _(title), kind


@dataclass(frozen=True)
class _Step:
    title: str
    endpoint: str
    look: Callable[[Campaign], tuple[StepStanding, str]]
    acts: tuple[str, ...] = ()


def lines_of(campaign: Campaign) -> list[StepLine]:
    """Every step, in the order of the road."""
    known = acts.last_of(db_session(), {act for one in _STEPS for act in one.acts}, about=campaign.key)
    found = []
    for step in _STEPS:
        standing, told = step.look(campaign)
        last = max((known[act] for act in step.acts if act in known), key=lambda one: one.at, default=None)
        by = _("%(who)s，%(time)s：%(what)s", who=act_sentences.who(last.by), time=times.moment(last.at),
               what=_(acts.WORDS[last.action])) if last else ""  # fmt: skip
        later = standing == StepStanding.LATER
        address = "" if later else address_of(step.endpoint, campaign)
        found.append(StepLine(title=_(step.title), address=address, standing=standing, told=told, by=by))
    return found


def beside(links: Sequence[tuple[str, str, str]], lines: Sequence[StepLine]) -> list[tuple[str, str, str]]:
    """Of the other rooms those that no step leads to."""
    reached = {line.address for line in lines}
    return [one for one in links if one[0] not in reached]


def _draft(campaign: Campaign) -> bool:
    return campaign.state == CampaignState.DRAFT


def _scheme(campaign: Campaign) -> tuple[StepStanding, str]:
    title = scheme_of(campaign).title.in_(language())
    return StepStanding.DONE, _("%(title)s（版本 %(version)s）", title=title, version=campaign.scheme_version)


def _notice(campaign: Campaign) -> tuple[StepStanding, str]:
    if campaign.asker and campaign.purpose and campaign.asks:
        return StepStanding.DONE, _("谁在问、为什么问、结果怎么用")
    return (StepStanding.FREE if _draft(campaign) else StepStanding.DONE), _("没有写全谁在问、为什么问、结果怎么用")


def _roster(campaign: Campaign) -> tuple[StepStanding, str]:
    units, subjects = campaigns.size(db_session(), campaign)
    if not subjects:
        return StepStanding.NOW, _("还没有名册；表格照原样交上来就行。")
    if waiting := campaigns.absent_rows(db_session(), campaign):
        return StepStanding.BLOCKED, _("有 %(n)s 行最近的表里没有，要选留下还是删去。", n=waiting)
    told = _("%(units)s 个单位，%(subjects)s 个评价对象", units=units, subjects=subjects)
    changed = sum(late.counted(db_session(), campaign).values())
    return StepStanding.DONE, _("%(told)s；批准以后改了 %(n)s 处", told=told, n=changed) if changed else told


def _forms(campaign: Campaign) -> tuple[StepStanding, str]:
    if not campaigns.size(db_session(), campaign)[1]:
        return StepStanding.LATER, _("有了名册才看得到")
    if _draft(campaign):
        return StepStanding.FREE, _("批准之前看一遍谁评谁、手机上什么样")
    return StepStanding.DONE, _("已随批准冻结")


def _release(campaign: Campaign) -> tuple[StepStanding, str]:
    session = db_session()
    if not _draft(campaign):
        return StepStanding.DONE, _("已随批准冻结")
    if small := len(approval.objections(session, campaign)) - len(campaigns.objections(session, campaign)):
        return StepStanding.BLOCKED, _("有 %(n)s 处人数太少，称不了不记名。", n=small)
    floor = release_plan.plan_of(session, campaign).floor
    return StepStanding.DONE, _("不足 %(n)s 人的不单独列出；可以改", n=floor)


def _custody(campaign: Campaign) -> tuple[StepStanding, str]:
    if custody.terms_of(campaign.wrapped_key).kind == "none":
        return StepStanding.NOW, _("还没有定谁能打开选票。")
    if _draft(campaign) and rehearsal.rehearsal_of(db_session(), campaign) is None:
        return StepStanding.NOW, _("还没有试开过；没有试开，不能批准。")
    return StepStanding.DONE, _("已经试开过") if _draft(campaign) else _("已随批准冻结")


def _hours(campaign: Campaign) -> tuple[StepStanding, str]:
    told = [_("%(time)s 自动开放", time=times.when(campaign.opens)) if campaign.opens else _("批准后马上开放")]
    told.append(_("%(time)s 自动结束", time=times.when(campaign.closes)) if campaign.closes else _("由人按下结束"))
    free = _draft(campaign) and campaign.opens is None and campaign.closes is None
    return (StepStanding.FREE if free else StepStanding.DONE), _("；").join(told)


def _ready(campaign: Campaign) -> tuple[StepStanding, str]:
    if campaign.state.at_least(CampaignState.CLOSED):
        return StepStanding.DONE, _("已结束")
    known = acts.last_of(db_session(), _TRIED, about=campaign.key)
    told = _("样张、时钟、保管人都试过") if len(known) == len(_TRIED) else _("样张、时钟、保管人、备份、人数，逐项看一遍")
    return StepStanding.FREE, told


def _approval(campaign: Campaign) -> tuple[StepStanding, str]:
    if not _draft(campaign):
        return StepStanding.DONE, times.when(campaign.opened) if campaign.opened else ""
    missing = approval.objections(db_session(), campaign)
    if not missing:
        return StepStanding.NOW, _("都备齐了；批准以后方案、名册、表单和公布计划不能再改。")
    first = missing[0]
    what = _(first.what, **first.parts)
    return StepStanding.LATER, _("还差 %(n)s 处，第一处：%(what)s", n=len(missing), what=f"{first.where} {what}".strip())


def _printing(campaign: Campaign) -> tuple[StepStanding, str]:
    if _draft(campaign):
        return StepStanding.LATER, _("批准以后")
    issued = sum(slips.issued_counts(db_session(), campaign).values())
    if issued:
        return StepStanding.DONE, _("印发了 %(n)s 份凭条和邀请函", n=issued)
    return (StepStanding.NOW if campaign.state == CampaignState.OPEN else StepStanding.DONE), _("还没有印过凭条和邀请函")


def _voting(campaign: Campaign) -> tuple[StepStanding, str]:
    if _draft(campaign):
        return StepStanding.LATER, _("批准以后")
    if campaign.state != CampaignState.OPEN:
        return StepStanding.DONE, _("已结束")
    if campaign.halted:
        return StepStanding.BLOCKED, _("暂停：%(why)s", why=campaign.halted)
    if campaign.halted == "":
        return StepStanding.NOW, _("等到 %(time)s 开放", time=times.when(campaign.opens)) if campaign.opens else _("等人按下开放")
    cast = turnout.turnout(db_session(), campaign).in_all
    return StepStanding.NOW, _("收到至少 %(n)s 张", n=cast) if cast else _("收到不足 10 张")


def _paper(campaign: Campaign) -> tuple[StepStanding, str]:
    if _draft(campaign):
        return StepStanding.LATER, _("批准以后")
    waiting, begun = stacks.left(db_session(), campaign), bool(stacks.of_campaign(db_session(), campaign))
    if campaign.state != CampaignState.OPEN:
        return StepStanding.DONE, _("有没录完的，没有投出") if waiting else _("录完了") if begun else _("没有用纸质表")
    if waiting:
        return StepStanding.NOW, _("还有没录完的；结束以前要录完")
    return (StepStanding.DONE, _("登记的都录完了")) if begun else (StepStanding.FREE, _("给用不惯手机的人：印表，两个人分别录入"))


def _counts(campaign: Campaign) -> tuple[StepStanding, str]:
    if not campaign.state.at_least(CampaignState.CLOSED):
        return StepStanding.LATER, _("结束以后：到会、作废、未用的各点一遍")
    if campaign.state == CampaignState.COUNTED or headcounts.all_counted(db_session(), campaign):
        return StepStanding.DONE, _("各处都点过")
    return StepStanding.NOW, _("还有没点的")


def _evidence(campaign: Campaign) -> tuple[StepStanding, str]:
    return (StepStanding.DONE if campaign.state == CampaignState.COUNTED else StepStanding.FREE), _(
        "目标得分、组织考察等；方案里有的才要"
    )


def _log(campaign: Campaign) -> tuple[StepStanding, str]:
    if _draft(campaign):
        return StepStanding.LATER, _("批准时自动开始")
    return StepStanding.DONE, _("根可以印出来、当众宣读；谁都能核对")


def _counting(campaign: Campaign) -> tuple[StepStanding, str]:
    if not campaign.state.at_least(CampaignState.CLOSED):
        return StepStanding.LATER, _("结束以后，用口令或密钥片开箱")
    if campaign.state == CampaignState.COUNTED:
        return StepStanding.DONE, times.when(campaign.counted) if campaign.counted else ""
    ready = headcounts.all_counted(db_session(), campaign)
    return (StepStanding.NOW if ready else StepStanding.LATER), _("用口令或密钥片开箱")


def _publishing(campaign: Campaign) -> tuple[StepStanding, str]:
    if campaign.state != CampaignState.COUNTED:
        return StepStanding.LATER, _("计票以后，先确认结论，再公布")
    standing = publications.find_standing(db_session(), campaign, now=now())
    done = standing.current is not None or bool(standing.later)
    return (StepStanding.DONE if done else StepStanding.NOW), publications.sentence(db_session(), campaign, now=now())


def _appeal(campaign: Campaign) -> tuple[StepStanding, str]:
    if campaign.state != CampaignState.COUNTED:
        return StepStanding.LATER, _("计票以后，定申诉期；过后销毁选票内容")
    appeal = db_session().get(Appeal, campaign.id)
    if appeal is not None and appeal.certificate:
        return StepStanding.DONE, _("已销毁，有证书")
    return StepStanding.FREE, _("申诉期已定") if appeal is not None else _("还没有定申诉期")


def _keeping(campaign: Campaign) -> tuple[StepStanding, str]:
    session = db_session()
    held = holds.standing(session, campaign)
    term = retention.term_of(session, campaign, KeptPart.RECORDS)
    until = _("保存到 %(day)s", day=times.moment(term.until)) if term else _("还没有定保存期限")
    if held:
        return StepStanding.BLOCKED, _("冻结中：%(reason)s", reason=held[0].reason) + _("；") + until
    if campaign.state != CampaignState.COUNTED:
        return StepStanding.LATER, _("计票以后，做档案，定保存期限")
    made = retention.archive_of(session, campaign) is not None
    told = (_("已归档") if made else _("还没有归档")) + _("；") + until
    return (StepStanding.DONE if made and term else StepStanding.NOW), told


#: What is tried by hand before the opening.
_TRIED = ("readiness-sheet", "readiness-clock", "holders-present")
_STEPS = (
    _Step(N_("方案"), "campaigns.scheme", _scheme, ("campaign-created",)),
    _Step(N_("告诉大家的话"), "notice.index", _notice, ("campaign-reworded",)),
    _Step(N_("名册"), "rosters.index", _roster,
          ("roster-imported", "roster-kept", "roster-removed", "roster-changed-late")),
    _Step(N_("谁评谁、填什么"), "forms_table.index", _forms),
    _Step(N_("公布计划"), "release.index", _release, ("release-plan-chosen",)),
    _Step(N_("开启钥匙"), "custody.index", _custody,
          ("custody-passphrase", "custody-trustees", "custody-keys", "opening-rehearsed")),
    _Step(N_("开放与结束"), "hours.index", _hours, ("hours-set",)),
    _Step(N_("准备好了没有"), "round_ready.index", _ready, _TRIED),
    _Step(N_("核对并批准"), "campaigns.approval", _approval, ("campaign-approved",)),
    _Step(N_("印发"), "printing.index", _printing, ("slips-printed", "slips-registered", "slips-void", "invitations-printed")),
    _Step(N_("投票"), "campaigns.progress", _voting, ("voting-opened", "voting-paused", "campaign-closed")),
    _Step(N_("纸质表"), "paper_forms.index", _paper, ("paper-stack",)),
    _Step(N_("清点票箱"), "headcounts.index", _counts, ("counts-entered",)),
    _Step(N_("其他材料"), "evidence.index", _evidence, ("evidence-imported", "evidence-entered")),
    _Step(N_("存证"), "proof_log.index", _log, ("log-meeting", "log-close")),
    _Step(N_("开箱计票"), "counting.index", _counting, ("count", "recompute")),
    _Step(N_("公布"), "publishing.index", _publishing, ("results-published", "results-unpublished", "outcome-ruled")),
    _Step(N_("归档与保存"), "keeping.index", _keeping, ("archive-made", "keeping-said", "hold-placed", "hold-lifted")),
    _Step(N_("申诉期与销毁"), "destruction.index", _appeal, ("appeal-fixed", "openings-destroyed")),
)  # fmt: skip
