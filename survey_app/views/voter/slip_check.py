"""Is this slip good? Asked before the voting opens, or while it is paused. The answer spends nothing."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session
from survey_app.forms.ballot_form import FilledForm
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.casting import cast
from survey_app.services.casting.forms_at_hand import form_at_hand
from survey_app.services.casting.refusals import FormError
from survey_app.views.voter.shown import common

blueprint = Blueprint("slip_check", __name__)
#: A scanned secret has 26 characters, a typed alias 13 and what people put between them.
LONGEST = 80


@blueprint.post("/v/<style_id>/slip")
@access.voter
def check(style_id: str) -> Response:
    """Whether a ballot can be recorded with this slip or link, once the voting runs."""
    here, code = form_at_hand(db_session(), style_id), request.form.get("code", "").strip()
    if set(request.form) != {"code"} or len(request.form.getlist("code")) != 1 or len(code) > LONGEST:
        raise FormError(N_("收到的表格不完整；请重新扫描凭条再试。"))
    scanned = code.removeprefix("#")
    filled = FilledForm(stage="review", marks=(), secret=scanned if len(scanned) == 26 else "", alias=code)
    try:
        standing = cast.find_standing(
            db_session(), style_id=style_id, credential=filled.credential(), alias_cost=current_config().alias_cost
        )
    except UserError as wrong:
        return _page(style_id, _(wrong.sentence, **wrong.parts), wrong.status, again=True)
    if standing.code and not here.group.signed:
        return _page(style_id, _("这张凭条已经用过：先前的选票已收到。"), 200)
    if standing.void:
        return _page(style_id, _("这批凭条已声明作废；请向会场工作人员换一张新凭条。"), 410)
    return _page(style_id, _("这张凭条是好的，还没有用。查一查不会把它用掉；开放以后再扫一次，就能投票。"), 200)


def _page(style_id: str, sentence: str, status: int, *, again: bool = False) -> Response:
    here = form_at_hand(db_session(), style_id)
    page = render_template("ballot/stop.html", sentence=sentence, code="", checks=again, **common(here))
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
