"""How a campaign is approved and closed once it may be: by the second person's confirmation, or at once where one person does it.

May not live here: the pages that ask (`campaigns`).
"""

from __future__ import annotations

import logging

from flask import flash, redirect, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from survey_app import times
from survey_app.config import cookie_key
from survey_app.database import scrub as scrub_database
from survey_app.extensions import current_config, db_session, now, resources
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign
from survey_app.proof.checkpoints import SigningKeyError
from survey_app.services.books import turnout
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.log import epochs
from survey_app.services.release import approval
from survey_app.services.release import plan as release_plan
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import record
from survey_app.views.office.second_person import About, Told, campaign_in

log = logging.getLogger("survey_app")


def _tell_approval(about: About, _given: Given) -> Told:
    campaign = campaign_in(about)
    units, subjects = campaigns.size(db_session(), campaign)
    scheme, plan = scheme_of(campaign), release_plan.plan_of(db_session(), campaign)
    return [
        (_("方案"), f"{scheme.title.in_(language())} · {campaign.scheme_version} · {campaign.scheme_digest[:16]}"),
        (_("名册"), _("%(units)s 个单位，%(subjects)s 个评价对象", units=units, subjects=subjects)),
        (_("公布计划"), plan.digest()[:16]),
        (_("投票"), _begins(campaign)),
        (_("之后"), _("方案、名册、表单和公布计划冻结，不能撤回。请先看过“核对并批准”那一页。")),
    ]


def _begins(campaign: Campaign) -> str:
    """When the voting begins and ends, as approval freezes it."""
    begins = _("%(time)s 自动开放", time=times.when(campaign.opens)) if campaign.opens else _("批准后马上开放")
    return _("%(begins)s，%(time)s 自动结束", begins=begins, time=times.when(campaign.closes)) if campaign.closes else begins


@second_person.deed(AskKind.APPROVE, _tell_approval)
def _approve_now(about: About, _given: Given) -> AnyResponse:
    session, campaign = db_session(), campaign_in(about)
    plan = approval.approve(session, campaign, now=now())
    epochs.begin(session, campaign, secret=cookie_key(current_config()), now=now())
    units, subjects = campaigns.size(session, campaign)
    frozen = f"scheme {campaign.scheme_digest[:16]}, release plan {plan.digest()[:16]}"
    record("campaign-approved", campaign, f"{subjects} subjects, {units} units, {frozen}")
    session.commit()
    if campaign.halted is None:
        flash(_("已批准，投票开放。下一步：印凭条和邀请函。"))
    else:
        flash(_("已批准，还没有开放投票。下一步：印凭条和邀请函，试扫一张。"))
    return redirect(url_for("campaigns.overview", key=campaign.key))


def _tell_close(about: About, _given: Given) -> Told:
    campaign = campaign_in(about)
    cast = turnout.turnout(db_session(), campaign).in_all
    return [
        (_("收到的票"), _("至少 %(n)s", n=cast) if cast else _("不足 10")),
        (_("之后"), _("不再接收任何选票，没有用的凭条全部失效；不能再开放。")),
    ]


@second_person.deed(AskKind.CLOSE, _tell_close)
def _close_now(about: About, _given: Given) -> AnyResponse:
    session, campaign = db_session(), campaign_in(about)
    campaigns.close(session, campaign, now=now())
    record("campaign-closed", campaign, _last_root(campaign))
    session.commit()
    flash(_("评议已结束，不再接收选票。下一步：清点票箱。"))
    leave_no_order(campaign)
    return redirect(url_for("headcounts.index", key=campaign.key))


def _last_root(campaign: Campaign) -> str:
    """The root of the log's last epoch, made with the close. The close stands also when the log cannot be signed just now."""
    try:
        last = epochs.add_close(db_session(), campaign, secret=cookie_key(current_config()), now=now())
    except SigningKeyError as error:
        flash(_(error.sentence, **error.parts), "warn")
        return ""
    return last.root.hex() if last else ""


def leave_no_order(campaign: Campaign) -> bool:
    """The close stands whatever happens here; a database too busy to be rebuilt is said, and can be tried again."""
    try:
        scrub_database(resources().engine)
    except OperationalError as busy:
        log.warning("database not scrubbed after the close of campaign %s", campaign.key, exc_info=busy)
        flash(_("数据库正忙，旧痕迹还没有清理；请几分钟后在评议首页点“清理数据库痕迹”。"), "warn")
        return False
    return True
