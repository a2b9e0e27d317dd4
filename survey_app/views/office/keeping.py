"""What is kept of a round: its archive, until when which part is kept, holds, and the purge when its day has come."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.config import cookie_key
from survey_app.errors import NotFoundError, UserError
from survey_app.exports import kept_round
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.proof.checkpoints import fingerprint
from survey_app.roles import Capability
from survey_app.services.campaign import holds, retention
from survey_app.services.campaign.retention import KeptPart
from survey_app.services.counting import counting
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.keeping import archiving, purge
from survey_app.services.log import epochs
from survey_app.views.downloads import ZIP, file_response
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.removal import leave_nothing
from survey_app.views.office.second_person import About, Told, campaign_in, word
from survey_app.views.typed import whole

blueprint = Blueprint("keeping", __name__, url_prefix="/office/campaigns/<key>/keeping")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """Archive, terms, holds."""
    return _page(campaign_of(key))


@blueprint.post("/archive")
@access.may(Capability.PROPOSE)
def archive(key: str) -> AnyResponse:
    """Make the archive of the present result."""
    session, campaign = db_session(), campaign_of(key)
    try:
        still_as_seen(campaign, "archive-made", "recompute", "outcome-ruled", "bundle-published")
        account, secret = access.current_account().name, cookie_key(current_config())
        kept_round.make(session, current_config(), campaign, secret=secret, account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("档案已做好。请下载，存到两个地方，把 SHA-256 抄在登记簿上。"))
    return redirect(url_for("keeping.index", key=campaign.key))


@blueprint.get("/archive.zip")
@access.may(Capability.SEE_RESULTS)
def download(key: str) -> Response:
    """The newest archive."""
    campaign = campaign_of(key)
    made = retention.archive_of(db_session(), campaign)
    data = archiving.on_shelf(current_config(), campaign.key, made.digest) if made else None
    if made is None or data is None:
        raise NotFoundError(N_("这里没有这一轮的档案；请在“归档与保存”页重新做一份。"))
    name = f"{campaign.title}-{campaign.period}-{_('档案')}.zip"
    return file_response(data, name, ZIP, once=True)


@blueprint.post("/term")
@access.may(Capability.DECIDE)
def say_term(key: str) -> AnyResponse:
    """Say to the end of which day a part of the round is kept."""
    session, campaign, form = db_session(), campaign_of(key), request.form
    try:
        still_as_seen(campaign, "keeping-said")
        part, until = _part(form.get("part", "")), _day(form.get("until", ""))
        account = access.current_account().name
        retention.say(session, campaign, part, until, form.get("basis", ""), account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("保存期限已记下；以后只能延长。"))
    return redirect(url_for("keeping.index", key=campaign.key))


@blueprint.post("/hold")
@access.may(Capability.PROPOSE)
def place_hold(key: str) -> AnyResponse:
    """Forbid every destruction, for a reason."""
    campaign = campaign_of(key)
    try:
        still_as_seen(campaign, "hold-placed", "hold-lifted")
        return second_person.do_or_ask(AskKind.HOLD, campaign, {"reason": holds.reason_of(request.form.get("reason", ""))})
    except UserError as error:
        db_session().rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)


@blueprint.post("/lift")
@access.may(Capability.PROPOSE)
def lift_hold(key: str) -> AnyResponse:
    """Lift one hold, for a reason."""
    session, campaign, form = db_session(), campaign_of(key), request.form
    try:
        still_as_seen(campaign, "hold-placed", "hold-lifted")
        number = form.get("hold", "")
        holds.standing_one(session, campaign, whole(number) or 0)
        given = {"hold": number, "reason": holds.reason_of(form.get("reason", ""))}
        return second_person.do_or_ask(AskKind.LIFT_HOLD, campaign, given)
    except NotFoundError:
        raise
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)


@blueprint.post("/purge")
@access.may(Capability.PROPOSE)
def purge_round(key: str) -> AnyResponse:
    """Purge the whole round when its day has come, after its title was typed."""
    session, campaign = db_session(), campaign_of(key)
    if " ".join(request.form.get("title", "").split()) != campaign.title:
        problem = _("输入的名称与“%(title)s”不一样，什么也没有清除；请照原样输入。", title=campaign.title)
        return _page(campaign, problem, 422)
    try:
        still_as_seen(campaign, "hold-placed", "hold-lifted", "keeping-said", "recompute")
        purge.refuse_unless_over(session, campaign, now=now())
        return second_person.do_or_ask(AskKind.PURGE, campaign, {})
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)


def _tell_hold(_about: About, given: Given) -> Told:
    return [(_("理由"), word(given, "reason")), (_("之后"), _("选票内容、钥匙和材料都不能销毁或删除，直到解除。"))]


@second_person.deed(AskKind.HOLD, _tell_hold)
def _hold_now(about: About, given: Given) -> AnyResponse:
    session, campaign = db_session(), campaign_in(about)
    holds.place(session, campaign, word(given, "reason"), account=access.current_account().name, now=now())
    session.commit()
    flash(_("已冻结：什么也不能销毁或删除，直到解除。"))
    return redirect(url_for("keeping.index", key=campaign.key))


def _tell_lift(about: About, given: Given) -> Told:
    hold = holds.standing_one(db_session(), campaign_in(about), whole(word(given, "hold")) or 0)
    return [
        (_("当初的理由"), hold.reason),
        (_("为什么解除"), word(given, "reason")),
        (_("之后"), _("申诉期和保存期限过了的，又可以销毁。")),
    ]


@second_person.deed(AskKind.LIFT_HOLD, _tell_lift)
def _lift_now(about: About, given: Given) -> AnyResponse:
    session, campaign = db_session(), campaign_in(about)
    number, why = whole(word(given, "hold")) or 0, word(given, "reason")
    holds.lift(session, campaign, number, why, account=access.current_account().name, now=now())
    session.commit()
    flash(_("已解除这一条冻结。"))
    return redirect(url_for("keeping.index", key=campaign.key))


def _tell_purge(_about: About, _given: Given) -> Told:
    return [(_("之后"), _("这一轮的一切都从数据库里清除，公开日志也不在了；只留一张签了名的清除证书。没有任何办法恢复。"))]


@second_person.deed(AskKind.PURGE, _tell_purge)
def _purge_now(about: About, _given: Given) -> AnyResponse:
    session, campaign = db_session(), campaign_in(about)
    key, title, account = campaign.key, campaign.title, access.current_account().name
    row = purge.purge_kept(session, campaign, secret=cookie_key(current_config()), account=account, now=now())
    record("round-purged", campaign, title)
    session.commit()
    if leave_nothing([key]):
        flash(_("“%(title)s”已清除。证书在这一页，请打印、签字、存档。", title=title))
    else:
        flash(_("“%(title)s”已清除。数据库正忙，磁盘上的旧痕迹会在下一次结束评议时清理。", title=title), "warn")
    return redirect(url_for("kept_rounds.purged", number=row.id))


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    made, log = retention.archive_of(session, campaign), epochs.log_of(session, campaign)
    current = made is not None and retention.holds_result(made, counting.newest_report(session, campaign).digest)
    return campaign_page(
        "campaigns/keeping.html",
        campaign,
        "",
        status=status,
        problem=problem,
        made=made,
        current=current,
        here=made is not None and archiving.on_shelf(current_config(), campaign.key, made.digest) is not None,
        fingerprint=fingerprint(log.public) if log else "",
        parts=[(part, _(title), retention.term_of(session, campaign, part)) for part, title in retention.TITLES.items()],
        said=retention.terms_said(session, campaign),
        part_titles={part: _(title) for part, title in retention.TITLES.items()},
        holds=holds.history(session, campaign),
        over=_over(campaign),
        form=request.form,
        today=now(),
    )


def _over(campaign: Campaign) -> str | None:
    """None where the round may be purged now; else why not, for rounds that will once be."""
    try:
        purge.refuse_unless_over(db_session(), campaign, now=now())
    except UserError as error:
        return _(error.sentence, **error.parts)
    return None


def _part(word_: str) -> KeptPart:
    try:
        return KeptPart(word_)
    except ValueError as wrong:
        raise UserError(N_("请选一部分：选票内容，或其余全部材料；没有记下。")) from wrong


def _day(text: str) -> dt.datetime:
    try:
        return times.end_of(dt.date.fromisoformat(text.strip()))
    except (ValueError, OverflowError) as wrong:
        raise UserError(N_("保存期限请写成 2036-12-31 这样；没有记下。")) from wrong
