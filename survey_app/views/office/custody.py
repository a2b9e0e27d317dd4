"""Who keeps the opening key: trustees with keys of their own or with printed shares, or one passphrase; and the rehearsal that
approval waits for."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.printing.shares import ShareSheet, shares_pdf
from survey_app.roles import Capability
from survey_app.services.campaign import rehearsal, trustee_keys
from survey_app.services.sealing import custody, trustees
from survey_app.views.office import opening_form
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import meanwhile, still_as_seen
from survey_app.views.office.printing_acts import Printed
from survey_app.views.typed import whole

blueprint = Blueprint("custody", __name__, url_prefix="/office/campaigns/<key>/custody")
#: Acts after which the key is another one than the page spoke of. One's own: the sheets came as a file, and the page stayed.
KEY_ACTS = ("custody-keys", "custody-passphrase", "custody-trustees", "campaign-approved")

_STALE = N_("这一页显示之后情况变了，或者还没有看过会作废什么；什么都没有作废。请看下面，再决定一次。")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """How the key is kept, whether the opening was rehearsed, and in a draft the ways to change it."""
    return custody_page(campaign_of(key))


@blueprint.get("/<any(shares, passphrase):act>")
@access.may(Capability.PREPARE)
def question(key: str, act: str) -> Response:
    """Which key, and whose shares of it, would open nothing any more; and the fields of what takes its place."""
    return custody_page(campaign_of(key), act=act)


@blueprint.post("/shares")
@access.may(Capability.PREPARE)
def make_shares(key: str) -> AnyResponse:
    """A new key split among trustees. The sheets leave in this answer and stay nowhere."""
    session, campaign = db_session(), campaign_of(key)
    if not _was_asked(campaign):
        return custody_page(campaign, act="shares", problem=_stale(campaign), status=409)
    try:
        still_as_seen(campaign, *KEY_ACTS, own=False)
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
    return custody_page(campaign, printed=Printed(f"{campaign.title}-{_('密钥片')}", len(sheets), made))


@blueprint.post("/passphrase")
@access.may(Capability.PREPARE)
def set_passphrase(key: str) -> AnyResponse:
    """A new key under one passphrase."""
    session, campaign = db_session(), campaign_of(key)
    passphrase = request.form.get("new_passphrase", "")
    if not _was_asked(campaign):
        return custody_page(campaign, act="passphrase", problem=_stale(campaign), status=409)
    try:
        still_as_seen(campaign, *KEY_ACTS, own=False)
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
        still_as_seen(campaign, *KEY_ACTS, own=False)
        session.commit()  # the passphrase takes a second to stretch: no lock meanwhile
        rehearsal.rehearse(session, campaign, *opening_form.read_typed(), account=account, now=now())
    except UserError as error:
        return _refused(campaign, error)
    session.commit()
    flash(_("试开成功：到计票那天也这样打开。请把口令或密钥片收好。"))
    return redirect(url_for("campaigns.overview", key=campaign.key))


def _was_asked(campaign: Campaign) -> bool:
    """Nothing is lost where there is no key yet or none can be changed; else the page must have shown the key in force."""
    return not campaign.wrapped_key or campaign.state != CampaignState.DRAFT or request.form.get("seen", "") == seen_of(campaign)


def refuse_unless_asked(campaign: Campaign) -> None:
    """Raises RefusedError where something would end that the page did not show."""
    if not _was_asked(campaign):
        raise RefusedError(_STALE)


def seen_of(campaign: Campaign) -> str:
    """The key in force, as a page says which one it showed."""
    return hashlib.sha256(campaign.public_key + campaign.wrapped_key).hexdigest()


def _stale(campaign: Campaign) -> str:
    return _(_STALE) + meanwhile(campaign, *KEY_ACTS)


def _refused(campaign: Campaign, error: UserError, act: str = "") -> Response:
    db_session().rollback()
    still = campaign.state == CampaignState.DRAFT
    return custody_page(campaign, _(error.sentence, **error.parts), error.status, act=act if still else "")


def custody_page(
    campaign: Campaign, problem: str = "", status: int = 200, *, act: str = "", printed: Printed | None = None
) -> Response:
    """The page as it is now, with what was refused."""
    answers, terms = trustee_keys.answers_of(db_session(), campaign), custody.terms_of(campaign.wrapped_key)
    return campaign_page(
        "campaigns/custody.html",
        campaign,
        "",
        status=status,
        rehearsal=rehearsal.rehearsal_of(db_session(), campaign),
        answers=answers,
        trustees=[
            (name, trustees.in_fours(trustees.fingerprint_of(public)))
            for name, public in zip(terms.holders, terms.keys, strict=False)
        ],
        typed=opening_form.typed(),
        form=request.form,
        least=custody.PASSPHRASE_LEAST,
        problem=problem,
        act=act,
        seen=seen_of(campaign),
        made=rehearsal.find_making(db_session(), campaign),
        printed=printed,
        here=url_for("custody.index", key=campaign.key),
    )
