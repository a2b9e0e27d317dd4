"""Confidential letters: everybody's at once with their progress, one person's, and the office's own Word templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.exports import word, word_default
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.printing.papers import letters_pdf
from survey_app.roles import Capability
from survey_app.services.office import audit
from survey_app.services.publishing import letter_making, letters
from survey_app.services.results import loaded as results
from survey_app.services.results.paper_fields import LETTER, REPORT, PaperField
from survey_app.services.uploads import Upload
from survey_app.views.downloads import DOCX, PDF, ZIP, file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import still_as_seen
from survey_app.views.typed import file_sent

blueprint = Blueprint("letters", __name__, url_prefix="/office/results/<key>/letters")
#: How often the page of letters under way loads itself again, unless the reader stops it.
REFRESH_SECONDS = 2
#: What a template may be of: its fields, and what is filled while there is none of the office's.
TEMPLATES: Mapping[str, tuple[str, tuple[PaperField, ...], Callable[[], bytes]]] = {
    "letter": (N_("结果通知书"), LETTER, word_default.letter),
    "report": (N_("评议结果报告"), REPORT, word_default.report),
}


@blueprint.get("/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """Whose letters there are, how far they are, and the templates."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.PRINT)
def make(key: str) -> AnyResponse:
    """Begin to write everybody's letter."""
    campaign, kind = campaign_of(key), request.form.get("kind", "")
    try:
        letter_making.refuse_kind(kind)
        still_as_seen(campaign, "letters-made")
        letters.load_letters(db_session(), campaign, language=language(), now=now())  # refused here, not on the next page
        account = access.current_account().name
        audit.record(db_session(), account=account, action="letters-made", detail=f"{campaign.key} {kind}", now=now())
        letter_making.start(current_config(), campaign, kind, account=account, language=language())
    except UserError as error:
        db_session().rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    db_session().commit()
    return redirect(url_for("letters.index", key=key))


@blueprint.post("/take")
@access.may(Capability.PRINT)
def take(key: str) -> AnyResponse:
    """The written letters, once."""
    campaign = campaign_of(key)
    try:
        content, kind = letter_making.take(current_config(), campaign)
    except UserError as error:
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    ending, type_ = ("pdf", PDF) if kind == "pdf" else ("zip", ZIP)
    return file_response(content, f"{campaign.title}-{_('结果通知书')}.{ending}", type_, once=True)


@blueprint.get("/<code>.<any(docx, pdf):kind>")
@access.may(Capability.PRINT)
def one(key: str, code: str, kind: str) -> Response:
    """One person's letter."""
    campaign, session = campaign_of(key), db_session()
    loaded = letters.load_letters(session, campaign, language=language(), now=now())
    person = results.person(loaded, code)
    content, name = letters.content_of(loaded, person, now=now()), f"{person.name}-{_('结果通知书')}"
    if kind == "pdf":
        return file_response(letters_pdf([content], language=language()), f"{name}.pdf", PDF, once=True)
    return file_response(next(word.filled(template_now(campaign, "letter"), [content])), f"{name}.docx", DOCX, once=True)


@blueprint.get("/templates/<kind>.docx")
@access.may(Capability.PRINT)
def template(key: str, kind: str) -> Response:
    """The template in force: the office's own, or ours to begin with."""
    campaign = campaign_of(key)
    title, word_for_it = _(_template(kind)[0]), _("模板")
    return file_response(template_now(campaign, kind), f"{title}-{word_for_it}.docx", DOCX)


@blueprint.post("/templates/<kind>")
@access.may(Capability.PRINT)
def bring(key: str, kind: str) -> AnyResponse:
    """Take a template of the office's own, whole or not at all."""
    campaign, session = campaign_of(key), db_session()
    _title, fields, _ours = _template(kind)
    try:
        upload = _sent()
        word.check(upload.data, fields)
        still_as_seen(campaign, "paper-template", only=lambda rest: rest.startswith(f"{kind} "))
        account = access.current_account().name
        letters.bring(session, campaign, kind, upload.data, name=upload.name, account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("模板已换好，从现在起用它。"))
    return redirect(url_for("letters.index", key=key) + "#templates-title")


@blueprint.post("/templates/<kind>/ours")
@access.may(Capability.PRINT)
def take_back(key: str, kind: str) -> AnyResponse:
    """Go back to our template."""
    campaign, session = campaign_of(key), db_session()
    _template(kind)
    try:
        still_as_seen(campaign, "paper-template", only=lambda rest: rest.startswith(f"{kind} "))
        letters.take_back(session, campaign, kind, account=access.current_account().name, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("已改回自带的模板。"))
    return redirect(url_for("letters.index", key=key) + "#templates-title")


def template_now(campaign: Campaign, kind: str) -> bytes:
    """What is filled for this kind now."""
    own = letters.template_of(db_session(), campaign, kind)
    return own.content if own is not None else _template(kind)[2]()


def _sent() -> Upload:
    upload = file_sent("file", most=word.MOST_BYTES)
    if upload is None:
        raise UserError(N_("还没有选文件；请选一个 .docx 文件。"))
    return upload


def _template(kind: str) -> tuple[str, tuple[PaperField, ...], Callable[[], bytes]]:
    if kind not in TEMPLATES:
        raise NotFoundError(N_("没有这个页面。"))
    return TEMPLATES[kind]


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    session.expire_all()
    try:
        loaded = letters.load_letters(session, campaign, language=language(), now=now())
    except RefusedError:
        loaded = None
    note = letter_making.notes_of(current_config(), campaign).find()
    running = note is not None and note.running
    watching = running and request.args.get("reload") != "no"
    response = campaign_page(
        "campaigns/letters.html",
        campaign,
        "results",
        status=status,
        loaded=loaded,
        people=loaded.visible() if loaded else [],
        note=note,
        running=running,
        stopped=_stopped(note) if note is not None and not running and not note.ready else "",
        watching=watching,
        seconds=REFRESH_SECONDS,
        templates=[
            (kind, _(title), fields, letters.template_of(session, campaign, kind))
            for kind, (title, fields, _ours) in TEMPLATES.items()
        ],
        problem=problem,
    )
    if watching:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _stopped(note: letter_making.LettersNote) -> str:
    """Why letters beside the server came to nothing."""
    if note.sentence:
        return _(note.sentence, **note.parts)
    return _("上一次写信中途停了，什么也没有留下；请再写一次。")
