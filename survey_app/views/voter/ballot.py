"""The voter's pages: form, review, receipt, copy, look-up. No cookie, no account, nothing remembered about who asks.

The form's address is the same for everybody who rates the same, and its page may be cached: what is personal (the slip's
secret) stays in the address fragment until the answers are posted. A GET never spends anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template, request

from questionnaires.model import Style
from survey_app import access, times
from survey_app.assets import KeptPage
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import current_config, db_session, resources
from survey_app.forms import ballot_form
from survey_app.forms.ballot_form import FilledForm
from survey_app.forms.ballot_page import FormFilling, FormProblem
from survey_app.i18n import N_, counted, language
from survey_app.i18n import gettext as _
from survey_app.models import BallotStyle, Campaign, CampaignState
from survey_app.services.casting import cast, comment_text, forms_at_hand
from survey_app.services.casting.comment_text import CommentError
from survey_app.services.casting.forms_at_hand import FormAtHand, form_at_hand
from survey_app.services.casting.receipts import is_recorded
from survey_app.services.casting.refusals import (
    BusyError,
    ClosedCampaignError,
    FormError,
    HaltedError,
    LimitBrokenError,
    MissingItemError,
    NotOpenError,
    SpentSlipError,
    StaleVersionError,
    VoidSlipError,
)
from survey_app.services.casting.rules import broken_rules, missing_places
from survey_app.services.casting.settled import over, spent
from survey_app.services.casting.unconfirmed import make_sure
from survey_app.services.sealing.sealed_content import SignatureError, check_signature
from survey_app.services.sealing.tokens import TokenError
from survey_app.views.voter.shown import (
    CODE_PROBLEMS,
    common,
    copy_html,
    form_html,
    is_plainly_asked,
    keep_review,
    receipt_html,
    review_html,
    sentence_of,
)

blueprint = Blueprint("ballot", __name__)

FORM_TYPE = "application/x-www-form-urlencoded"
FORM_SECONDS = 300  # a hall's phones may share one copy of the form; it never changes once the round is open
SUMMARY_MOST = 10  # so many problems are listed one by one; the form marks all of them
_ITS_OWN_PROBLEMS = (CommentError, SignatureError, MissingItemError, LimitBrokenError)


@blueprint.get("/v/<style_id>")
@access.voter
def form(style_id: str) -> Response:
    """The empty form, the same for everybody of this style."""
    here = _form(style_id)
    stop = _not_now(here, here.row.campaign.state) or _halted(here)
    if stop is not None:
        return stop
    if is_plainly_asked():
        page = here.once(("page", language(), request.query_string), lambda: _kept_page(here))
    else:
        page = _kept_page(here)
    response = make_response(page.answer(squeezed=bool(request.accept_encodings["gzip"])))
    response.headers["Cache-Control"] = f"public, max-age={FORM_SECONDS}"
    response.vary.update(("Accept-Language", "Accept-Encoding"))
    response.make_conditional(request)
    return response


def _kept_page(here: FormAtHand) -> KeptPage:
    return KeptPage.of(form_html(here, FormFilling()).encode())


@blueprint.post("/v/<style_id>")
@access.voter
def post(style_id: str) -> Response:
    """Review, edit or send. The credential in the body is the only authority."""
    here = _form(style_id)
    if request.mimetype != FORM_TYPE:
        raise FormError(N_("收到的不是表格，没有记录；请用页面上的按钮送出。"))
    filled = ballot_form.read_or_bare(list(request.form.items(multi=True)), here.paper)
    if filled.stage == "edit":
        return _page(form_html(here, FormFilling.of(filled), filled))
    try:
        return _review(here, filled) if filled.stage == "review" else _send(here, filled)
    except (SpentSlipError, ClosedCampaignError) as told:
        return _stop(here, told, code=told.code)
    except NotOpenError as shut:
        return _stop(here, shut)
    except (*CODE_PROBLEMS, *_ITS_OWN_PROBLEMS, StaleVersionError, BusyError, HaltedError) as wrong:
        return _again(here, filled, wrong)


@blueprint.get("/r")
@access.voter
def look_up() -> Response:
    """Where a receipt code is typed in."""
    return make_response(render_template("ballot/look_up.html"))


@blueprint.post("/r")
@access.voter
def looked_up() -> Response:
    """Whether a ballot with this receipt code is recorded."""
    code = request.form.get("code", "")
    if set(request.form) != {"code"} or len(request.form.getlist("code")) != 1 or len(code) > 80:
        raise FormError(N_("收到的表格不完整；请重新打开查询页再试。"))
    cast.begin_reading(db_session())
    try:
        found = is_recorded(db_session(), code)
    except TokenError as wrong:
        return _page(render_template("ballot/look_up.html", code=code, problem=sentence_of(wrong)), wrong.status)
    if found:
        db_session().commit()
        make_sure(resources().engine)
    return _page(render_template("ballot/look_up.html", code=code, found=found))


def preview_page(style: BallotStyle, preview: Mapping[str, str]) -> str:
    """The form of a style as a phone shows it, for the office: it goes to its own address in each language and casts nothing."""
    return form_html(_form(style.id), FormFilling(), preview=preview)


def planned_page(campaign: Campaign, planned: Style, preview: Mapping[str, str]) -> str:
    """The form a style would give, before approval stores any: a preview that belongs to nothing and cannot be sent."""
    return form_html(forms_at_hand.planned_form(db_session(), campaign, planned), FormFilling(), preview=preview)


def _form(style_id: str) -> FormAtHand:
    try:
        return form_at_hand(db_session(), style_id)
    except NotFoundError as unknown:
        raise NotFoundError(
            N_("没有这张评议表；请重新扫描凭条上的二维码，或核对网址。如果还是打不开，请把凭条给会场工作人员看。")
        ) from unknown


def _not_now(here: FormAtHand, state: CampaignState) -> Response | None:
    """The page of a campaign that takes no ballots, or None when it is open."""
    if state == CampaignState.OPEN:
        return None
    sentence = (
        N_("这次评议还没有开始；请在主办单位宣布开始后，再扫描凭条打开本页。")
        if state == CampaignState.DRAFT
        else N_("这次评议已经结束，不再接收选票；感谢您的参与。如果您有回执码，可以查询它是否已记录。")
    )
    return _page(
        render_template("ballot/stop.html", sentence=_(sentence), code="", **common(here)),
        200 if state == CampaignState.DRAFT else 410,
    )


def _halted(here: FormAtHand) -> Response | None:
    """The page of a round whose voting waits for its hour or is paused; None while it runs. It spends nothing to look."""
    campaign = here.row.campaign
    if campaign.halted is None:
        return None
    if campaign.halted:
        sentence = _("投票暂停：%(why)s。凭条没有用掉，恢复以后再扫一次。", why=campaign.halted.rstrip("。.!！"))
    elif campaign.opens:
        sentence = _("投票还没有开放；%(time)s 开放。凭条没有用掉，到时候再扫一次。", time=times.when(campaign.opens))
    else:
        sentence = _("投票还没有开放；凭条没有用掉，主办单位宣布开放以后再扫一次。")
    page = render_template("ballot/stop.html", sentence=sentence, code="", checks=True, **common(here))
    return _page(page)


def _review(here: FormAtHand, filled: FilledForm) -> Response:
    """Everything once more before sending; what is wrong leads back to the form. First the slip: a used one has one answer."""
    stop = _not_now(here, cast.state_of(resources().engine, here.row.campaign_id))
    try:
        standing = cast.find_standing(
            db_session(), style_id=here.row.id, credential=filled.credential(), alias_cost=current_config().alias_cost
        )
    except UserError:
        if stop is None:
            raise
        return stop
    if standing.code and not here.group.signed:
        raise spent(standing.code)
    if stop is not None:
        if standing.code:
            raise over(standing.version, standing.code)
        return stop
    if standing.void:
        raise VoidSlipError(N_("这批凭条已声明作废并换发，没有记录；请向会场工作人员换一张新凭条。"))
    if filled.flaw is not None:
        raise filled.flaw
    keep_review(here)
    return _problems(here, filled) or _page(review_html(here, filled, standing=standing))


def _send(here: FormAtHand, filled: FilledForm) -> Response:
    """Cast, and say "recorded" only now. What is wrong with the form is told by the cast in its turn, after the slip."""
    signature, flaw = filled.to_send(signed=here.group.signed)
    receipt = cast.cast(
        db_session(),
        style_id=here.row.id,
        credential=filled.credential(),
        submission_id=filled.submission or b"",
        marks=filled.marks,
        signature=signature,
        version=filled.version or 0,
        confirmed=filled.confirmed,
        comment=filled.comment,
        language=language(),
        flaw=flaw,
        alias_cost=current_config().alias_cost,
    )
    # No copy of a repeat: what was recorded is sealed, and this request may hold other marks than the one it repeats.
    if signature is not None and not receipt.repeated:
        return _page(copy_html(here, filled, receipt, signature))
    return _page(receipt_html(here, receipt))


def _problems(here: FormAtHand, filled: FilledForm) -> Response | None:
    """The form again when anything in it must be changed before sending, every problem at once."""
    missing = [place for place in missing_places(here.paper, filled.marks) if place not in filled.problems]
    errors = {place: _("这一项还没有填；请填上。") for place in missing}
    summary = [
        FormProblem(f"f{place}", _named(here, place, said)) for place, said in sorted({**filled.problems, **errors}.items())
    ]
    if len(summary) > SUMMARY_MOST:
        rest = summary[SUMMARY_MOST:]
        summary[SUMMARY_MOST:] = [FormProblem(rest[0].target, counted("另有 %(count)s 处，都已在表上标出", len(rest)))]
    hard = [] if summary else [rule for rule in broken_rules(here.paper, filled.marks, language()) if rule.hard]
    summary += [FormProblem(f"f{rule.table.slots[0]}", _(rule.sentence, **rule.parts)) for rule in hard]
    wrong: list[UserError] = []
    try:
        filled.credential()
    except TokenError as problem:
        wrong.append(problem)
        summary.append(FormProblem("alias", sentence_of(problem)))
    if here.asked:
        try:
            comment_text.check(filled.comment, here.asked.most)
        except CommentError as problem:
            wrong.append(problem)
            summary.append(FormProblem("comment", sentence_of(problem)))
    if here.group.signed:
        try:
            check_signature(filled.name, filled.ink)
        except SignatureError as problem:
            wrong.append(problem)
            summary.append(FormProblem("name", sentence_of(problem)))
    if not summary:
        return None
    return _page(form_html(here, FormFilling.of(filled, errors), filled, summary=summary, wrong=wrong), 422)


def _again(here: FormAtHand, filled: FilledForm, wrong: UserError) -> Response:
    """The form with everything kept and the refusal's sentence on top, linked to its place."""
    if filled.flaw is not None:
        raise filled.flaw
    found = _problems(here, filled)
    if found is not None:
        return found
    if isinstance(wrong, StaleVersionError | BusyError | HaltedError) or (isinstance(wrong, LimitBrokenError) and wrong.soft):
        return _page(review_html(here, filled, wrong), wrong.status)
    target = "alias" if isinstance(wrong, CODE_PROBLEMS) else "name"
    summary = [FormProblem(target, sentence_of(wrong))]
    return _page(form_html(here, FormFilling.of(filled), filled, summary=summary, wrong=[wrong]), wrong.status)


def _named(here: FormAtHand, place: int, said: str) -> str:
    return _("%(place)s：%(said)s", place=here.paper.place_name(place, language()), said=said)


def _stop(here: FormAtHand, error: UserError, code: str = "") -> Response:
    return _page(render_template("ballot/stop.html", sentence=sentence_of(error), code=code, **common(here)), error.status)


def _page(html: str, status: int = 200) -> Response:
    """An answer to a POST: belongs to one voter, so no cache keeps it."""
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response
