"""Who keeps the opening key: one passphrase or trustees with printed shares, and the rehearsal that approval waits for."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.printing.shares import ShareSheet, shares_pdf
from survey_app.services import custody, custody_setup
from survey_app.views import opening_form
from survey_app.views.campaigns_common import campaign_of, campaign_page
from survey_app.views.editing import still_as_seen
from survey_app.views.printing import pdf_once

blueprint = Blueprint("custody", __name__, url_prefix="/office/campaigns/<key>/custody")
#: Acts after which the key is another one than the page spoke of. One's own: the sheets came as a file, and the page stayed.
_KEY = ("custody-passphrase", "custody-trustees", "campaign-approved")


@blueprint.get("/")
@access.office
def index(key: str) -> Response:
    """How the key is kept, whether the opening was rehearsed, and in a draft the ways to change it."""
    return _page(campaign_of(key))


@blueprint.post("/shares")
@access.office
def make_shares(key: str) -> AnyResponse:
    """A new key split among trustees. The sheets leave in this answer and stay nowhere."""
    session, campaign = db_session(), campaign_of(key)
    try:
        still_as_seen(campaign, *_KEY, own=False)
        shares = custody_setup.choose_trustees(
            session,
            campaign,
            request.form.get("holders", "").splitlines(),
            needed=_number(request.form.get("needed", "")),
            account=access.current_account().name,
            now=now(),
        )
    except UserError as error:
        return _refused(campaign, error)
    session.commit()
    needed = custody.terms_of(campaign.wrapped_key).needed
    sheets = [ShareSheet(campaign.title, name, place, len(shares), needed, text) for place, (name, text) in enumerate(shares, 1)]
    made = shares_pdf(sheets, language="zh" if language().startswith("zh") else language())
    return pdf_once(made, f"{campaign.title}-{_('密钥片')}")


@blueprint.post("/passphrase")
@access.office
def set_passphrase(key: str) -> AnyResponse:
    """A new key under one passphrase."""
    session, campaign = db_session(), campaign_of(key)
    passphrase = request.form.get("new_passphrase", "")
    try:
        still_as_seen(campaign, *_KEY, own=False)
        if passphrase != request.form.get("again", ""):
            raise UserError(N_("两次输入的开启口令不一样；请重新输入。"))  # noqa: TRY301 - told like every other refusal
        custody_setup.choose_passphrase(session, campaign, passphrase, account=access.current_account().name, now=now())
    except UserError as error:
        return _refused(campaign, error)
    session.commit()
    flash(_("开启口令已定下。下一步：用它试开一次。"))
    return redirect(url_for("custody.index", key=campaign.key))


@blueprint.post("/rehearse")
@access.office
def rehearse(key: str) -> AnyResponse:
    """Open a test box with what will open the real one."""
    session, campaign = db_session(), campaign_of(key)
    account = access.current_account().name
    try:
        still_as_seen(campaign, *_KEY, own=False)
        session.commit()  # the passphrase takes a second to stretch: no lock meanwhile
        custody_setup.rehearse(session, campaign, *opening_form.said(), account=account, now=now())
    except UserError as error:
        return _refused(campaign, error)
    session.commit()
    flash(_("试开成功：到计票那天也这样打开。请把口令或密钥片收好。"))
    return redirect(url_for("campaigns.overview", key=campaign.key))


def _refused(campaign: Campaign, error: UserError) -> Response:
    db_session().rollback()
    return _page(campaign, _(error.sentence, **error.parts), error.status)


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    return campaign_page(
        "campaigns/custody.html",
        campaign,
        "",
        status=status,
        rehearsal=custody_setup.rehearsal_of(db_session(), campaign),
        typed=opening_form.typed(),
        form=request.form,
        least=custody.PASSPHRASE_LEAST,
        problem=problem,
    )


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
