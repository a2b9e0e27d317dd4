"""What the voter's pages show, rendered: form, review, receipt, copy. What is the same for everybody is kept with the form.

Lives here: from a form, and what was filled in, to HTML. May not live here: what is asked and answered (`ballot`, `straight`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from flask import render_template, request

from analysis.disclosure import floors
from survey_app.errors import UserError
from survey_app.forms import ballot_page, ballot_shape
from survey_app.forms.ballot_form import FilledForm
from survey_app.forms.ballot_page import FormFilling, FormProblem
from survey_app.forms.review_pieces import GAPS, ReviewGaps, ReviewPieces, signs_for
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.services.casting import cast
from survey_app.services.casting.cast import CredentialStanding, Receipt, Signature
from survey_app.services.casting.comment_text import CommentError
from survey_app.services.casting.forms_at_hand import FormAtHand
from survey_app.services.casting.refusals import (
    LimitBrokenError,
    StaleVersionError,
    UnknownSlipError,
    VoidSlipError,
    WrongStyleError,
)
from survey_app.services.casting.rules import BrokenRule, broken_rules
from survey_app.services.sealing import custody
from survey_app.services.sealing.sealed_content import SignatureError
from survey_app.services.sealing.tokens import TokenError
from survey_app.views.voter.signed_forms import ink_paths, sealed_copy

_CODE = "{receipt}"  # stands for the code in a receipt that is kept for everybody; no page of ours has such a word
#: What is wrong with the credential: told beside its field.
CODE_PROBLEMS = (TokenError, UnknownSlipError, WrongStyleError, VoidSlipError)


def common(here: FormAtHand) -> Mapping[str, object]:
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


def is_plainly_asked() -> bool:
    """Whether the address has nothing behind it but a language: pages of made-up addresses would fill the memory."""
    return request.query_string in (b"", f"lang={language()}".encode())


def form_html(
    here: FormAtHand,
    filling: FormFilling,
    filled: FilledForm | None = None,
    *,
    summary: list[FormProblem] | None = None,
    wrong: list[UserError] | None = None,
    preview: Mapping[str, str] | None = None,
) -> str:
    """A form. `preview`: of a form that is only shown, its address in each language, which casts nothing."""
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
        code_problem=next((sentence_of(one) for one in wrong if isinstance(one, CODE_PROBLEMS)), ""),
        comment_problem=next((sentence_of(one) for one in wrong if isinstance(one, CommentError)), ""),
        name_problem=next((sentence_of(one) for one in wrong if isinstance(one, SignatureError)), ""),
        strokes=ink_paths(filled.ink) if filled else [],
        preview=preview,
        **common(here),
    )


def review_html(
    here: FormAtHand,
    filled: FilledForm,
    wrong: UserError | None = None,
    standing: CredentialStanding | None = None,
    gaps: ReviewGaps | None = None,
) -> str:
    broken = [] if gaps else broken_rules(here.paper, filled.marks, language())
    soft = isinstance(wrong, LimitBrokenError)
    sections = ballot_page.sections(here.paper, here.subjects, FormFilling.of(filled), language())
    version = standing.version if standing else wrong.current if isinstance(wrong, StaleVersionError) else filled.version or 0
    return render_template(
        "ballot/review.html",
        sections=sections,
        grades=ballot_page.by_grade(sections),
        filled=filled,
        submission=gaps.submission if gaps else (filled.submission or secrets.token_bytes(cast.SUBMISSION_BYTES)).hex(),
        gaps=gaps,
        version=version,
        warnings=[_warning(rule) for rule in broken],
        confirm=",".join(sorted({rule.table.rule for rule in broken})),
        confirmed=filled.confirmed.issuperset(rule.table.rule for rule in broken),
        problem=sentence_of(wrong)
        if wrong and not soft
        else _("还没有送出：您没有勾选确认。最下面有提示：要么“返回修改”，要么勾选确认，再按“确认送出”。")
        if soft
        else "",
        rater_name=standing.rater_name if standing else "",
        strokes=ink_paths(filled.ink),
        words=ballot_page.words(),
        open_places=sum(1 for mark in filled.marks if not mark),
        **common(here),
    )


def review_key(tag: str, query: str) -> tuple[str, ...]:
    """Under what the pieces of a form's review are kept with it."""
    return ("review", tag, query)


def keep_review(here: FormAtHand) -> None:
    """Keep the pieces of a review with nothing wrong in it, for whoever comes next (`straight`)."""
    if not here.group.signed and here.asked is None and is_plainly_asked():
        here.once(review_key(language(), request.query_string.decode()), lambda: _review_pieces(here))


def _review_pieces(here: FormAtHand) -> ReviewPieces:
    blank = FilledForm(stage="review", marks=(0,) * len(here.paper.slots), secret=GAPS.secret)
    sections = ballot_page.sections(here.paper, here.subjects, FormFilling.of(blank), language())
    return ReviewPieces(
        review_html(here, blank, gaps=GAPS),
        sections,
        answered=render_template("ballot/answers.html", sections=signs_for(sections), **common(here)),
        left_open=render_template("ballot/answers.html", sections=sections, **common(here)),
        labels=[{one.code: one.label.in_(language()) for one in here.paper.choices(at)} for at in range(len(blank.marks))],
    )


def receipt_key(tag: str, query: str) -> tuple[str, ...]:
    """Under what the receipt of a form without a name is kept with it, for a code to be put in."""
    return ("receipt", tag, query)


def receipt_of(page: str, receipt: Receipt) -> str:
    """The kept page with this receipt's code."""
    return page.replace(_CODE, receipt.code)


def receipt_html(here: FormAtHand, receipt: Receipt) -> str:
    """The receipt. But for its code it is the same for everybody who sent a form without a name."""
    if here.group.signed or not is_plainly_asked():
        return render_template("ballot/receipt.html", receipt=receipt, **common(here))
    blank = replace(receipt, code=_CODE)
    key = receipt_key(language(), request.query_string.decode())
    return receipt_of(here.once(key, lambda: render_template("ballot/receipt.html", receipt=blank, **common(here))), receipt)


def copy_html(here: FormAtHand, filled: FilledForm, receipt: Receipt, signature: Signature) -> str:
    return render_template(
        "ballot/copy.html",
        sections=ballot_page.sections(here.paper, here.subjects, FormFilling.of(filled), language()),
        filled=filled,
        receipt=receipt,
        signature=signature,
        strokes=ink_paths(signature.ink),
        **sealed_copy(receipt.leaf, filled.marks, signature),
        **common(here),
    )


def _warning(rule: BrokenRule) -> dict[str, str]:
    return {
        "sentence": _(rule.sentence, **rule.parts),
        "rule": rule.rule_text,
        "effect": str(ballot_page.words().get(rule.verdict.effect, "")),
    }


def sentence_of(error: UserError) -> str:
    return _(error.sentence, **error.parts)
