"""What a campaign says of itself to everybody who is asked: written at its start, reworded until it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services import campaigns
from survey_app.services.campaigns import Notice
from survey_app.views.campaigns_common import campaign_of, campaign_page, record

blueprint = Blueprint("notice", __name__, url_prefix="/office/campaigns/<key>/notice")

#: The fields of the form, as the notice has them.
NOTICE = tuple(field.name for field in fields(Notice))


def said(form: Mapping[str, str]) -> Notice:
    """The notice as typed. Nobody is asked without being told who asks, why and what for: UserError."""
    typed = Notice(**{name: form.get(name, "") for name in NOTICE})
    if not all(part.strip() for part in (typed.asker, typed.purpose, typed.asks)):
        raise UserError(N_("请写明谁在问、为什么问、结果怎么用；这三样原样显示在每张表和每张回执上。"))
    return typed


@blueprint.get("/")
@access.office
def index(key: str) -> Response:
    """The notice as a form; after approval only to be read."""
    campaign = campaign_of(key)
    return _page(key, {name: getattr(campaign, name) for name in NOTICE})


@blueprint.post("/")
@access.office
def reword(key: str) -> AnyResponse:
    """Other words, while the campaign is a draft."""
    campaign, session = campaign_of(key), db_session()
    try:
        campaigns.reword(session, campaign, said(request.form), now=now())
    except UserError as error:
        session.rollback()
        return _page(key, request.form, error=_(error.sentence, **error.parts), status=error.status)
    record("campaign-reworded", campaign, campaign.title)
    session.commit()
    flash(_("已改好；表单、凭条和海报上从现在起都是这样写。"))
    return redirect(url_for("campaigns.overview", key=key))


def _page(key: str, form: Mapping[str, str], *, error: str = "", status: int = 200) -> Response:
    shown = asdict(Notice(**{name: form.get(name, "") for name in NOTICE}))
    limits = {"title_most": campaigns.TITLE_CHARACTERS, "asker_most": campaigns.ASKER_CHARACTERS}
    return campaign_page("campaigns/notice.html", campaign_of(key), "", form=shown, error=error, status=status, **limits)
