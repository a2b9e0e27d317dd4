"""What a campaign says of itself to everybody who is asked: written at its start, reworded until it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import Notice
from survey_app.services.editing import field_changes
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import Edit, FormOfFields, hold, plain

blueprint = Blueprint("notice", __name__, url_prefix="/office/campaigns/<key>/notice")

#: The fields of the form, as the notice has them.
NOTICE = tuple(field.name for field in fields(Notice))
TITLES = {
    "title": N_("名称"),
    "period": N_("年度或时段"),
    "asker": N_("谁在问"),
    "purpose": N_("为什么问"),
    "asks": N_("结果怎么用"),
    "until": N_("截止时间"),
}


def read_notice(form: Mapping[str, str]) -> Notice:
    """The notice as typed. Nobody is asked without being told who asks, why and what for: UserError."""
    typed = Notice(**{name: form.get(name, "") for name in NOTICE})
    if not all(part.strip() for part in (typed.asker, typed.purpose, typed.asks)):
        raise UserError(N_("请写明谁在问、为什么问、结果怎么用；这三样原样显示在每张表和每张回执上。"))
    return typed


@blueprint.get("/")
@access.may(Capability.PREPARE)
def index(key: str) -> Response:
    """The notice as a form; after approval only to be read."""
    campaign = campaign_of(key)
    return _page(campaign, _current(campaign))


@blueprint.post("/")
@access.may(Capability.PREPARE)
def reword(key: str) -> AnyResponse:
    """Other words, while the campaign is a draft."""
    campaign, session = hold(campaign_of(key)), db_session()
    form, current = _form(campaign), _current(campaign)
    settled = form.settle(current, {name: plain(request.form.get(name, "")) for name in NOTICE})
    try:
        if settled.conflicts and campaign.state == CampaignState.DRAFT:
            return _page(campaign, settled.to_show(current), edit=form.disputed(settled, current), status=409)
        campaigns.reword(session, campaign, read_notice(settled.over(current)), now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, request.form, error=_(error.sentence, **error.parts), status=error.status)
    record("campaign-reworded", campaign, campaign.title)
    field_changes.note(session, campaign, form.name, settled.write, account=access.current_account().name, now=now())
    session.commit()
    flash(_("已改好；表单、凭条和海报上从现在起都是这样写。"))
    if settled.kept:
        return _page(campaign, _current(campaign), edit=form.saved(settled, _current(campaign)))
    return redirect(url_for("campaigns.overview", key=key))


def labels(_campaign: Campaign) -> Mapping[str, str]:
    """How the fields of the form are called, by their names in it: the same in every campaign."""
    return {name: _(title) for name, title in TITLES.items()}


def _form(campaign: Campaign) -> FormOfFields:
    return FormOfFields("notice", campaign, labels(campaign))


def _current(campaign: Campaign) -> dict[str, str]:
    return {name: plain(getattr(campaign, name)) for name in NOTICE}


def _page(
    campaign: Campaign, form: Mapping[str, str], *, edit: Edit | None = None, error: str = "", status: int = 200
) -> Response:
    shown = asdict(Notice(**{name: form.get(name, "") for name in NOTICE}))
    limits = {"title_most": campaigns.TITLE_CHARACTERS, "asker_most": campaigns.ASKER_CHARACTERS}
    edit = edit or _form(campaign).edit(_current(campaign))
    words = {"error": error, "here": times.zone(now())}
    return campaign_page("campaigns/notice.html", campaign, "", form=shown, edit=edit, status=status, **words, **limits)
