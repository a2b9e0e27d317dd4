"""The end of the openings: until when they are kept, their destruction after that day, and the certificate to print."""

from __future__ import annotations

import datetime as dt
import logging

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.config import cookie_key
from survey_app.database import scrub
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import current_config, db_session, now, resources
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Appeal, Campaign
from survey_app.printing.destruction import DestructionSheet, destruction_pdf
from survey_app.proof import checkpoints
from survey_app.roles import Capability
from survey_app.services.counting import destruction
from survey_app.services.four_eyes import alone
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.log import epochs
from survey_app.views.downloads import PDF, file_response
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.second_person import About, Told, campaign_in

blueprint = Blueprint("destruction", __name__, url_prefix="/office/campaigns/<key>/appeal")
log = logging.getLogger("survey_app")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """Until when the openings are kept, and what can be done now."""
    return _page(campaign_of(key))


@blueprint.post("/fix")
@access.may(Capability.DECIDE)
def fix(key: str) -> AnyResponse:
    """Say, once, to the end of which day, here, the openings are kept."""
    session, campaign = db_session(), campaign_of(key)
    try:
        still_as_seen(campaign, "appeal-fixed")
        day = times.end_of(_day(request.form.get("until", "")))
        destruction.fix(session, campaign, day, account=access.current_account().name, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("申诉期已定下，不能再改。"))
    return redirect(url_for("destruction.index", key=campaign.key))


@blueprint.post("/destroy")
@access.may(Capability.PROPOSE)
def destroy(key: str) -> AnyResponse:
    """Destroy every opening and the key, for good, after the campaign's title was typed; then leave no old pages behind."""
    session, campaign = db_session(), campaign_of(key)
    if " ".join(request.form.get("title", "").split()) != campaign.title:
        problem = _("输入的名称与“%(title)s”不一样，什么也没有销毁；请照原样输入。", title=campaign.title)
        return _page(campaign, problem, 422)
    try:
        still_as_seen(campaign, "appeal-fixed", "openings-destroyed", "recompute")
        destruction.refuse_unless_over(session, campaign, now=now())
        return second_person.do_or_ask(AskKind.DESTROY, campaign, {})
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)


def _tell_destruction(_about: About, _given: Given) -> Told:
    told = _("每张选票里的答案和署名、锁着的开启密钥都会被抹掉；票数、结果、账目和存证日志留下。没有任何办法恢复。")
    return [(_("之后"), told)]


@second_person.deed(AskKind.DESTROY, _tell_destruction)
def _destroy_now(about: About, _given: Given) -> AnyResponse:
    session, campaign = db_session(), campaign_in(about)
    account, secret = access.current_account().name, cookie_key(current_config())
    destruction.destroy(session, campaign, secret=secret, account=account, now=now())
    session.commit()
    flash(_("选票内容和开启密钥已经销毁。请打印证书，并把含有这次评议的旧备份一并销毁。"))
    try:
        scrub(resources().engine)
    except OperationalError as busy:
        log.warning("database not scrubbed after the destruction of campaign %s", campaign.key, exc_info=busy)
        flash(_("数据库正忙，被销毁内容的旧页还没有清理；请几分钟后在评议首页点“清理数据库痕迹”。"), "warn")
    return redirect(url_for("destruction.index", key=campaign.key))


@blueprint.get("/certificate.pdf")
@access.may(Capability.SEE_PROCEDURE)
def certificate(key: str) -> Response:
    """The certificate to print and sign."""
    session, campaign = db_session(), campaign_of(key)
    said, kept = destruction.certificate_of(session, campaign), session.get(Appeal, campaign.id)
    signed = epochs.log_of(session, campaign)
    if said is None or kept is None or signed is None:
        raise NotFoundError(N_("这次评议的选票内容还没有销毁，没有证书。"))
    sheet = DestructionSheet(
        title=campaign.title,
        period=campaign.period,
        ballots=said.ballots,
        root=said.root,
        tally=said.tally,
        result=said.result,
        by=said.by,
        destroyed=times.moment(said.moment),
        text=kept.certificate,
        fingerprint=checkpoints.fingerprint(signed.public),
        one_person=alone.of_campaign(session, campaign).sentence(),
    )
    made = destruction_pdf(sheet, language=language())
    return file_response(made, "destruction.pdf", PDF, inline=True)


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    kept = session.get(Appeal, campaign.id)
    return campaign_page(
        "campaigns/destruction.html",
        campaign,
        "",
        status=status,
        until=kept.until if kept else None,
        over=bool(kept and now() > kept.until),
        certificate=destruction.certificate_of(session, campaign),
        most=destruction.MOST_DAYS,
        suggested=times.day(now() + dt.timedelta(days=30)).isoformat(),
        today=now(),
        refused=_refused(campaign),
        problem=problem if problem != _refused(campaign) else "",
    )


def _refused(campaign: Campaign) -> str:
    """Why it cannot be destroyed although the appeal period is over; "" where it can, or where the page says so anyway."""
    try:
        destruction.refuse_unless_over(db_session(), campaign, now=now())
    except destruction.AppealError:
        return ""
    except UserError as error:
        return _(error.sentence, **error.parts)
    return ""


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise UserError(N_("申诉期的日期请写成 2026-12-31 这样；没有记下。")) from wrong
