"""A draft's text into a round that is not approved yet: the page says what of the roster no longer fits, then it is done."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.editing.comparing import ComparedRule, compare_rules
from questionnaires.language.problems import SchemeProblems
from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.scheme_desk import drafts, into_round
from survey_app.services.scheme_desk.into_round import SchemeReplacement
from survey_app.views.office import scheme_upload
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record

blueprint = Blueprint("scheme_replacing", __name__, url_prefix="/office/campaigns/<key>/scheme/replace")


@blueprint.get("/")
@access.may(Capability.PREPARE)
def index(key: str) -> Response:
    """Which draft, and what the change does."""
    campaign, chosen = campaign_of(key), request.args.get("draft", "")
    if not chosen:
        return _page(campaign)
    try:
        text = _text(chosen)
        found = into_round.preview(db_session(), campaign, text)
        return _page(campaign, chosen, found, compare_rules(campaign.scheme_text, text))
    except (UserError, SchemeProblems) as error:
        return _page(campaign, chosen, error=error)


@blueprint.post("/")
@access.may(Capability.PREPARE)
def replace(key: str) -> AnyResponse:
    """Do it, exactly as the page said."""
    session, campaign, chosen = db_session(), campaign_of(key), request.form.get("draft", "")
    try:
        found = into_round.replace(session, campaign, _text(chosen), seen=request.form.get("seen", ""))
    except (UserError, SchemeProblems) as error:
        session.rollback()
        return _page(campaign_of(key), chosen, error=error)
    record("campaign-replaced-scheme", campaign, f"{found.scheme.key}/{found.scheme.version} {found.scheme.digest}")
    session.commit()
    flash(_("方案已换成“%(title)s”。", title=found.scheme.title.in_(language())))
    return redirect(url_for("campaigns.scheme", key=campaign.key))


def _text(chosen: str) -> str:
    session = db_session()
    return drafts.newest(session, drafts.by_key(session, chosen.removeprefix(scheme_upload.DRAFT))).text


def _page(
    campaign: Campaign,
    chosen: str = "",
    found: SchemeReplacement | None = None,
    rules: Sequence[ComparedRule] = (),
    error: UserError | SchemeProblems | None = None,
) -> Response:
    said = ""
    if isinstance(error, UserError):
        said = _(error.sentence, **error.parts)
    elif error is not None:
        said = _("这份草稿还有要改的地方；请先在方案页改好。")
    elif campaign.state != CampaignState.DRAFT:
        said = _("这次评议已经批准，方案已冻结，不能再换；真要换，请另建一次评议。")
    return campaign_page(
        "campaigns/replace_scheme.html",
        campaign,
        "scheme",
        status=getattr(error, "status", 422) if error else 200,
        drafts=scheme_upload.drafts_offered(),
        chosen=chosen,
        found=found,
        rules=rules,
        said=said,
        language=language(),
        parts=(
            (N_("这些评价人删去，新方案不请他们署名："), found.raters if found else ()),
            (N_("这些人数删去，新方案不再这样请他们："), found.heads if found else ()),
            (
                N_("这些栏目清空，新方案没有这一栏或这个值："),
                tuple(f"{one.name} · {one.fact} {one.value}" for one in found.forgotten) if found else (),
            ),
            (N_("换了以后要在名册里补填："), found.missing if found else ()),
        ),
    )
