"""The voter's pages: form, review, receipt, copy, look-up. No cookie, no account, nothing remembered about who asks.

The form's address is the same for everybody who rates the same, and its page may be cached: what is personal (the slip's
secret) stays in the address fragment until the answers are posted. A GET never spends anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request

from analysis.disclosure import floors
from questionnaires.model import Style
from survey_app import access
from survey_app.assets import KeptPage
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import current_config, db_session
from survey_app.forms import ballot_form, ballot_page, ballot_shape
from survey_app.forms.ballot_form import FilledForm
from survey_app.forms.ballot_page import FormFilling, FormProblem
from survey_app.i18n import N_, counted, language
from survey_app.i18n import gettext as _
from survey_app.models import BallotStyle, Campaign, CampaignState
from survey_app.services.casting import cast, comment_text, forms_at_hand
from survey_app.services.casting.cast import CredentialStanding, Receipt, Signature
from survey_app.services.casting.comment_text import CommentError
from survey_app.services.casting.forms_at_hand import FormAtHand, form_at_hand
from survey_app.services.casting.receipts import is_recorded
from survey_app.services.casting.refusals import (
    BusyError,
    ClosedCampaignError,
    FormError,
    LimitBrokenError,
    MissingItemError,
    NotOpenError,
    SpentSlipError,
    StaleVersionError,
    UnknownSlipError,
    VoidSlipError,
    WrongStyleError,
)
from survey_app.services.casting.rules import BrokenRule, broken_rules, missing_places
from survey_app.services.casting.settled import over, spent
from survey_app.services.sealing import custody
from survey_app.services.sealing.sealed_content import SignatureError, check_signature
from survey_app.services.sealing.tokens import TokenError
from survey_app.views.voter.signed_forms import ink_paths, sealed_copy

blueprint = Blueprint("ballot", __name__)

FORM_TYPE = "application/x-www-form-urlencoded"
FORM_SECONDS = 300  # a hall's phones may share one copy of the form; it never changes once the round is open
SUMMARY_MOST = 10  # so many problems are listed one by one; the form marks all of them
_CODE = "{receipt}"  # stands for the code in a receipt that is kept for everybody; no page of ours has such a word
_CODE_PROBLEMS = (TokenError, UnknownSlipError, WrongStyleError, VoidSlipError)
_ITS_OWN_PROBLEMS = (CommentError, SignatureError, MissingItemError, LimitBrokenError)


def _common(here: FormAtHand) -> Mapping[str, object]:
    """What every page of this form shows, in the language spoken."""
    return here.once(("common", language()), lambda: _shown_always(here))


def _shown_always(here: FormAtHand) -> dict[str, object]:
    scheme = here.paper.scheme
    return {
        "style": here.row,
        "campaign": here.row.campaign,
        "scheme_title": scheme.title.in_(language()),
        "notes": [text.in_(language()) for text in scheme.notes.values()],
        # The scheme's own words fall back to its first language, and the form says so.
        "untranslated": language().split("-")[0] not in {tag.split("-")[0] for tag in scheme.languages},
        "group_title": here.group.title.in_(language()),
        "signed": here.group.signed,
        "words_floor": floors.WORDS,
        # Names, the title and what the office asks are written once, in the scheme's first language.
        "names_language": scheme.languages[0],
        "words_language": language() if language() in scheme.languages else scheme.languages[0],
        "terms": custody.terms_of(here.row.campaign.wrapped_key),
        "comment": ballot_page.free_words(here.asked, language()),
        "exposed": here.open,
        "slots": len(here.paper.slots),
        "subject_count": len(here.subjects),
    }


@blueprint.get("/v/<style_id>")
@access.voter
def form(style_id: str) -> Response:
    """The empty form, the same for everybody of this style."""
    here = _form(style_id)
    stop = _not_now(here, here.row.campaign.state)
    if stop is not None:
        return stop
    if _plainly_asked():
        page = here.once(("page", language(), request.query_string), lambda: _kept_page(here))
    else:
        page = _kept_page(here)
    response = make_response(page.answer(squeezed=bool(request.accept_encodings["gzip"])))
    response.headers["Cache-Control"] = f"public, max-age={FORM_SECONDS}"
    response.vary.update(("Accept-Language", "Accept-Encoding"))
    response.make_conditional(request)
    return response


def _plainly_asked() -> bool:
    """Whether the address has nothing behind it but a language: pages of made-up addresses would fill the memory."""
    return request.query_string in (b"", f"lang={language()}".encode())


def _kept_page(here: FormAtHand) -> KeptPage:
    return KeptPage.of(_form_html(here, FormFilling()).encode())


@blueprint.post("/v/<style_id>")
@access.voter
def post(style_id: str) -> Response:
    """Review, edit or send. The credential in the body is the only authority."""
    here = _form(style_id)
    if request.mimetype != FORM_TYPE:
        raise FormError(N_("收到的不是表格，没有记录；请用页面上的按钮送出。"))
    filled = ballot_form.read_or_bare(list(request.form.items(multi=True)), here.paper)
    if filled.stage == "edit":
        return _page(_form_html(here, FormFilling.of(filled), filled))
    try:
        return _review(here, filled) if filled.stage == "review" else _send(here, filled)
    except (SpentSlipError, ClosedCampaignError) as told:
        return _stop(here, told, code=told.code)
    except NotOpenError as shut:
        return _stop(here, shut)
    except (*_CODE_PROBLEMS, *_ITS_OWN_PROBLEMS, StaleVersionError, BusyError) as wrong:
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
        return _page(render_template("ballot/look_up.html", code=code, problem=_said(wrong)), wrong.status)
    return _page(render_template("ballot/look_up.html", code=code, found=found))


def preview_page(style: BallotStyle, preview: str) -> str:
    """The form of a style as a phone shows it, for the office: it goes to the address of this preview and casts nothing."""
    return _form_html(_form(style.id), FormFilling(), preview=preview)


def planned_page(campaign: Campaign, planned: Style, preview: str) -> str:
    """The form a style would give, before approval stores any: a preview that belongs to nothing and cannot be sent."""
    return _form_html(forms_at_hand.planned_form(db_session(), campaign, planned), FormFilling(), preview=preview)


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
        render_template("ballot/stop.html", sentence=_(sentence), code="", **_common(here)),
        200 if state == CampaignState.DRAFT else 410,
    )


def _review(here: FormAtHand, filled: FilledForm) -> Response:
    """Everything once more before sending; what is wrong leads back to the form. First the slip: a used one has one answer."""
    stop = _not_now(here, cast.state_of(db_session(), here.row.campaign_id))
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
    return _problems(here, filled) or _page(_review_html(here, filled, standing=standing))


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
        return _page(_copy_html(here, filled, receipt, signature))
    return _page(_receipt_html(here, receipt))


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
        summary.append(FormProblem("alias", _said(problem)))
    if here.asked:
        try:
            comment_text.check(filled.comment, here.asked.most)
        except CommentError as problem:
            wrong.append(problem)
            summary.append(FormProblem("comment", _said(problem)))
    if here.group.signed:
        try:
            check_signature(filled.name, filled.ink)
        except SignatureError as problem:
            wrong.append(problem)
            summary.append(FormProblem("name", _said(problem)))
    if not summary:
        return None
    return _page(_form_html(here, FormFilling.of(filled, errors), filled, summary=summary, wrong=wrong), 422)


def _again(here: FormAtHand, filled: FilledForm, wrong: UserError) -> Response:
    """The form with everything kept and the refusal's sentence on top, linked to its place."""
    if filled.flaw is not None:
        raise filled.flaw
    found = _problems(here, filled)
    if found is not None:
        return found
    if isinstance(wrong, StaleVersionError | BusyError) or (isinstance(wrong, LimitBrokenError) and wrong.soft):
        return _page(_review_html(here, filled, wrong), wrong.status)
    target = "alias" if isinstance(wrong, _CODE_PROBLEMS) else "name"
    summary = [FormProblem(target, _said(wrong))]
    return _page(_form_html(here, FormFilling.of(filled), filled, summary=summary, wrong=[wrong]), wrong.status)


def _form_html(
    here: FormAtHand,
    filling: FormFilling,
    filled: FilledForm | None = None,
    *,
    summary: list[FormProblem] | None = None,
    wrong: list[UserError] | None = None,
    preview: str = "",
) -> str:
    wrong = wrong or []
    sections = ballot_page.sections(here.paper, here.subjects, filling, language())
    shape = ballot_shape.shape_of(here.paper.scheme.shapes.get(here.group.key), sections)
    return render_template(
        "ballot/form.html",
        shape=shape,
        sections=sections,
        pages=ballot_shape.item_pages(sections) if shape == "item" else [],
        tables=ballot_shape.tables(sections) if shape == "grid" else [],
        coach=ballot_page.coach(here.paper, language()),
        filled=filled,
        summary=summary or [],
        code_problem=next((_said(one) for one in wrong if isinstance(one, _CODE_PROBLEMS)), ""),
        comment_problem=next((_said(one) for one in wrong if isinstance(one, CommentError)), ""),
        name_problem=next((_said(one) for one in wrong if isinstance(one, SignatureError)), ""),
        strokes=ink_paths(filled.ink) if filled else [],
        preview=preview,
        **_common(here),
    )


def _review_html(
    here: FormAtHand, filled: FilledForm, wrong: UserError | None = None, standing: CredentialStanding | None = None
) -> str:
    broken = broken_rules(here.paper, filled.marks, language())
    soft = isinstance(wrong, LimitBrokenError)
    sections = ballot_page.sections(here.paper, here.subjects, FormFilling.of(filled), language())
    version = standing.version if standing else wrong.current if isinstance(wrong, StaleVersionError) else filled.version or 0
    return render_template(
        "ballot/review.html",
        sections=sections,
        grades=ballot_page.by_grade(sections),
        filled=filled,
        submission=(filled.submission or secrets.token_bytes(cast.SUBMISSION_BYTES)).hex(),
        version=version,
        warnings=[_warning(rule) for rule in broken],
        confirm=",".join(sorted({rule.table.rule for rule in broken})),
        confirmed=filled.confirmed.issuperset(rule.table.rule for rule in broken),
        problem=_said(wrong)
        if wrong and not soft
        else _("还没有送出：您没有勾选确认。最下面有提示：要么“返回修改”，要么勾选确认，再按“确认送出”。")
        if soft
        else "",
        rater_name=standing.rater_name if standing else "",
        strokes=ink_paths(filled.ink),
        words=ballot_page.words(),
        open_places=sum(1 for mark in filled.marks if not mark),
        **_common(here),
    )


def _receipt_html(here: FormAtHand, receipt: Receipt) -> str:
    """The receipt. But for its code it is the same for everybody who sent a form without a name."""
    if here.group.signed or not _plainly_asked():
        return render_template("ballot/receipt.html", receipt=receipt, **_common(here))
    blank = replace(receipt, code=_CODE)
    key = receipt_key(language(), request.query_string.decode())
    return receipt_of(here.once(key, lambda: render_template("ballot/receipt.html", receipt=blank, **_common(here))), receipt)


def receipt_key(tag: str, query: str) -> tuple[str, ...]:
    """Under what the receipt of a form without a name is kept with it, for a code to be put in."""
    return ("receipt", tag, query)


def receipt_of(page: str, receipt: Receipt) -> str:
    """The kept page with this receipt's code."""
    return page.replace(_CODE, receipt.code)


def _copy_html(here: FormAtHand, filled: FilledForm, receipt: Receipt, signature: Signature) -> str:
    return render_template(
        "ballot/copy.html",
        sections=ballot_page.sections(here.paper, here.subjects, FormFilling.of(filled), language()),
        filled=filled,
        receipt=receipt,
        signature=signature,
        strokes=ink_paths(signature.ink),
        **sealed_copy(receipt.leaf, filled.marks, signature),
        **_common(here),
    )


def _warning(rule: BrokenRule) -> dict[str, str]:
    return {
        "sentence": _(rule.sentence, **rule.parts),
        "rule": rule.rule_text,
        "effect": str(ballot_page.words().get(rule.verdict.effect, "")),
    }


def _named(here: FormAtHand, place: int, said: str) -> str:
    return _("%(place)s：%(said)s", place=here.paper.place_name(place, language()), said=said)


def _said(error: UserError) -> str:
    return _(error.sentence, **error.parts)


def _stop(here: FormAtHand, error: UserError, code: str = "") -> Response:
    return _page(render_template("ballot/stop.html", sentence=_said(error), code=code, **_common(here)), error.status)


def _page(html: str, status: int = 200) -> Response:
    """An answer to a POST: belongs to one voter, so no cache keeps it."""
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response
