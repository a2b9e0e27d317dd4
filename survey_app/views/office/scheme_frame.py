"""The frame of a draft's pages: its tabs, what the checker says of it, what the last save changed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, render_template, request, url_for

from questionnaires.editing.comparing import ComparedLine, compare_lines
from questionnaires.language.problems import Problem
from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language, say
from survey_app.i18n import gettext as _
from survey_app.models import SchemeDraft, SchemeDraftText
from survey_app.services.office import audit
from survey_app.services.scheme_desk import drafts, trial
from survey_app.services.scheme_desk.checking import CheckedDraft, check
from survey_app.views.typed import whole

TABS = (
    ("items", N_("评什么")),
    ("raters", N_("谁来评")),
    ("judged", N_("限额与等次")),
    ("policy", N_("约定")),
    ("text", N_("文本")),
    ("phone", N_("手机上")),
    ("trial", N_("试算")),
    ("regulation", N_("条文")),
    ("versions", N_("各稿")),
)
#: What the form was shown from: the number of the draft's text.
SEEN = "seen"


def draft_of(key: str) -> SchemeDraft:
    """The draft in the address. Raises NotFoundError."""
    return drafts.by_key(db_session(), key)


def draft_page(template: str, draft: SchemeDraft, tab: str, *, status: int = 200, **context: object) -> Response:
    """A page of a draft inside its frame."""
    newest = drafts.newest(db_session(), draft)
    seen: CheckedDraft = check(newest.text)
    page = render_template(
        template,
        draft=draft,
        newest=newest,
        tab=tab,
        tabs=[(key, _(title), address(draft, key)) for key, title in TABS],
        checked=seen,
        problems=[told(one) for one in seen.problems],
        difference=_difference(draft, newest),
        tried=trial.find(db_session(), draft),
        language=language(),
        **context,
    )
    return make_response(page, status)


def address(draft: SchemeDraft, tab: str) -> str:
    """Where a tab of the draft is."""
    if tab in ("items", "raters", "judged", "policy"):
        return url_for("scheme_forms.page", draft=draft.key, tab=tab)
    endpoints = {"text": "scheme_text.page", "versions": "scheme_text.versions"}
    return url_for(endpoints.get(tab, f"scheme_shown.{tab}"), draft=draft.key)


def told(problem: Problem) -> dict[str, object]:
    """A problem as the problem list shows it."""
    place = _("第 %(line)s 行", line=problem.line) if problem.line else _("整个文件")
    return {
        "where": place,
        "what": problem.what(say),
        "remedy": problem.remedy(say),
        "line": problem.line,
        "column": problem.column,
    }


def seen_text(draft: SchemeDraft, needs: str = SEEN) -> SchemeDraftText:
    """The text the form was shown from. Raises UserError for a form that does not say, or lacks a field that it `needs`."""
    number = whole(request.form.get(SEEN, ""))
    if number is None or needs not in request.form:
        raise UserError(N_("收到的表不完整，没有保存；请回到这一页再试。"))
    try:
        return drafts.numbered(db_session(), draft, number)
    except NotFoundError as gone:
        raise UserError(N_("收到的表不完整，没有保存；请回到这一页再试。")) from gone


def keep(draft: SchemeDraft, text: str) -> SchemeDraftText:
    """Save a text of a held draft, with its line in the log; the caller commits. Raises UnchangedDraftError, UserError."""
    session = db_session()
    stored = drafts.save(session, draft, text, account=access.current_account().name, now=now())
    scheme = check(stored.text).scheme
    if scheme is not None:
        drafts.rename(draft, scheme.title.in_("zh-Hans"))
    note("scheme-saved", draft, f"{stored.number} {stored.digest}")
    return stored


def note(action: str, draft: SchemeDraft, detail: str) -> None:
    """Write an act on a draft into the office's log; committed with the change it tells of."""
    told_ = f"{draft.key} {detail}".rstrip()
    audit.record(db_session(), account=access.current_account().name, action=action, detail=told_, now=now())


def _difference(draft: SchemeDraft, newest: SchemeDraftText) -> Sequence[ComparedLine]:
    """What the last save changed, right after it: the address says which one it was."""
    number = whole(request.args.get("changed", ""))
    if number != newest.number or number < 2:
        return ()
    return compare_lines(drafts.numbered(db_session(), draft, number - 1).text, newest.text)
