"""Who keeps the opening key: one passphrase or trustees with printed shares, and the rehearsal that approval waits for."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.printing.shares import ShareSheet, shares_pdf
from survey_app.roles import Capability
from survey_app.services.campaign import rehearsal
from survey_app.services.sealing import custody
from survey_app.views.office import opening_form
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import meanwhile, still_as_seen
from survey_app.views.office.printing_acts import Printed
from survey_app.views.typed import whole

blueprint = Blueprint("custody", __name__, url_prefix="/office/campaigns/<key>/custody")
#: Acts after which the key is another one than the page spoke of. One's own: the sheets came as a file, and the page stayed.
_KEY = ("custody-passphrase", "custody-trustees", "campaign-approved")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """How the key is kept, whether the opening was rehearsed, and in a draft the ways to change it."""
    return _page(campaign_of(key))


@blueprint.get("/<any(shares, passphrase):act>")
@access.may(Capability.PREPARE)
def question(key: str, act: str) -> Response:
    """Which key, and whose shares of it, would open nothing any more; and the fields of what takes its place."""
    return _page(campaign_of(key), act=act)


@blueprint.post("/shares")
@access.may(Capability.PREPARE)
def make_shares(key: str) -> AnyResponse:
    """A new key split among trustees. The sheets leave in this answer and stay nowhere."""
    session, campaign = db_session(), campaign_of(key)
    if not _was_asked(campaign):
        return _page(campaign, act="shares", problem=_stale(campaign), status=409)
    try:
        still_as_seen(campaign, *_KEY, own=False)
        shares = rehearsal.choose_trustees(
            session,
            campaign,
            request.form.get("holders", "").splitlines(),
            needed=whole(request.form.get("needed", ""), digits=3) or 0,
            account=access.current_account().name,
            now=now(),
        )
    except UserError as error:
        return _refused(campaign, error, "shares")
    session.commit()
    needed = custody.terms_of(campaign.wrapped_key).needed
    sheets = [
        ShareSheet(title=campaign.title, holder=name, number=place, total=len(shares), needed=needed, share=text)
        for place, (name, text) in enumerate(shares, 1)
    ]
    made = shares_pdf(sheets, language=language())
    return _page(campaign, printed=Printed(f"{campaign.title}-{_('密钥片')}", len(sheets), made))


@blueprint.post("/passphrase")
@access.may(Capability.PREPARE)
def set_passphrase(key: str) -> AnyResponse:
    """A new key under one passphrase."""
    session, campaign = db_session(), campaign_of(key)
    passphrase = request.form.get("new_passphrase", "")
    if not _was_asked(campaign):
        return _page(campaign, act="passphrase", problem=_stale(campaign), status=409)
    try:
        still_as_seen(campaign, *_KEY, own=False)
        if passphrase != request.form.get("again", ""):
            raise UserError(N_("两次输入的开启口令不一样；请重新输入。"))  # noqa: TRY301 - told like every other refusal
        rehearsal.choose_passphrase(session, campaign, passphrase, account=access.current_account().name, now=now())
    except UserError as error:
        return _refused(campaign, error, "passphrase")
    session.commit()
    flash(_("开启口令已定下。下一步：用它试开一次。"))
    return redirect(url_for("custody.index", key=campaign.key))


@blueprint.post("/rehearse")
@access.may(Capability.OPEN)
def rehearse(key: str) -> AnyResponse:
    """Open a test box with what will open the real one."""
    session, campaign = db_session(), campaign_of(key)
    account = access.current_account().name
    try:
        still_as_seen(campaign, *_KEY, own=False)
        session.commit()  # the passphrase takes a second to stretch: no lock meanwhile
        rehearsal.rehearse(session, campaign, *opening_form.read_opening(), account=account, now=now())
    except UserError as error:
        return _refused(campaign, error)
    session.commit()
    flash(_("试开成功：到计票那天也这样打开。请把口令或密钥片收好。"))
    return redirect(url_for("campaigns.overview", key=campaign.key))


def _was_asked(campaign: Campaign) -> bool:
    """Nothing is lost where there is no key yet or none can be changed; else the page must have shown the key in force."""
    return not campaign.wrapped_key or campaign.state != CampaignState.DRAFT or request.form.get("seen", "") == _seen(campaign)


def _seen(campaign: Campaign) -> str:
    return hashlib.sha256(campaign.public_key + campaign.wrapped_key).hexdigest()


def _stale(campaign: Campaign) -> str:
    told = _("这一页显示之后情况变了，或者还没有看过会作废什么；什么都没有作废。请看下面，再决定一次。")
    return told + meanwhile(campaign, *_KEY)


def _refused(campaign: Campaign, error: UserError, act: str = "") -> Response:
    db_session().rollback()
    still = campaign.state == CampaignState.DRAFT
    return _page(campaign, _(error.sentence, **error.parts), error.status, act=act if still else "")


def _page(campaign: Campaign, problem: str = "", status: int = 200, *, act: str = "", printed: Printed | None = None) -> Response:
    return campaign_page(
        "campaigns/custody.html",
        campaign,
        "",
        status=status,
        rehearsal=rehearsal.rehearsal_of(db_session(), campaign),
        typed=opening_form.typed(),
        form=request.form,
        least=custody.PASSPHRASE_LEAST,
        problem=problem,
        act=act,
        seen=_seen(campaign),
        made=rehearsal.find_making(db_session(), campaign),
        printed=printed,
        here=url_for("custody.index", key=campaign.key),
    )
