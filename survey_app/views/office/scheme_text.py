"""A draft as text: edited as it is, checked while it is typed, and every text it ever had, compared and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask import Blueprint, Response, flash, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.editing.comparing import ComparedLine, ComparedRule, compare_lines, compare_rules
from questionnaires.editing.places import UnplacedError
from questionnaires.language.nodes import MOST_CHARACTERS
from questionnaires.teaching.offering import EditorOffers, offer
from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_, say
from survey_app.i18n import gettext as _
from survey_app.models import SchemeDraft
from survey_app.roles import Capability
from survey_app.services.scheme_desk import drafts
from survey_app.services.scheme_desk.checking import check
from survey_app.services.scheme_desk.drafts import UnchangedDraftError
from survey_app.views.downloads import YAML, file_response
from survey_app.views.office.scheme_frame import address, draft_of, draft_page, keep, seen_text, told
from survey_app.views.typed import whole

blueprint = Blueprint("scheme_text", __name__, url_prefix="/office/schemes/<draft>")

#: What the editor says of itself, by its own English words (its `EditorState.phrases`).
EDITOR_PHRASES = {
    "Completions": N_("这里可以写"),
    "Diagnostics": N_("要改的地方"),
    "No diagnostics": N_("检查没有问题"),
    "Find": N_("查找"),
    "Replace": N_("替换为"),
    "next": N_("下一处"),
    "previous": N_("上一处"),
    "all": N_("全部选中"),
    "match case": N_("区分大小写"),
    "regexp": N_("正则表达式"),
    "by word": N_("整个词"),
    "replace": N_("替换"),
    "replace all": N_("全部替换"),
    "close": N_("关闭"),
    "current match": N_("当前一处"),
    "replaced match on line $": N_("已替换第 $ 行的一处"),
    "replaced $ matches": N_("已替换 $ 处"),
    "on line": N_("在行"),
    "Go to line": N_("到第几行"),
    "go": N_("去"),
    "Control character": N_("控制字符"),
    "Selection deleted": N_("选中的已删去"),
}


@blueprint.get("/text")
@access.may(Capability.PREPARE)
def page(draft: str) -> Response:
    """The text, with its problems at their lines."""
    return _page(draft_of(draft))


@blueprint.post("/text")
@access.may(Capability.PREPARE)
def save(draft: str) -> AnyResponse:
    """Save the text as it was typed, right or wrong; over what somebody else saved meanwhile only after it was shown."""
    session, found = db_session(), draft_of(draft)
    text = request.form.get("text", "")
    try:
        shown = seen_text(found, "text")
        drafts.hold(session, found)
        newest = drafts.newest(session, found)
        if newest.number != shown.number and newest.text != shown.text:
            session.rollback()
            return _page(found, text=text, meanwhile=compare_lines(shown.text, newest.text), status=409)
        stored = keep(found, text)
    except UnchangedDraftError as nothing:
        session.rollback()
        flash(_(nothing.sentence))
        return redirect(address(found, "text"))
    except UserError as error:
        session.rollback()
        return _page(found, text=text, error=_(error.sentence, **error.parts), status=error.status)
    session.commit()
    problems = check(stored.text).problems
    if problems:
        flash(_("已保存；还有 %(n)s 处要改，见下面。", n=len(problems)), "warn")
    else:
        flash(_("已保存，检查没有问题。"))
    return redirect(f"{address(found, 'text')}?changed={stored.number}")


@blueprint.post("/check")
@access.may(Capability.PREPARE)
def look(draft: str) -> Response:
    """What the checker says of a text that is being typed; nothing is saved."""
    draft_of(draft)
    try:
        text = drafts.tidy(request.form.get("text", ""))
    except UserError as error:
        whole_text = {"where": _("整个文件"), "line": 0, "column": 0, "what": _(error.sentence, **error.parts), "remedy": ""}
        return jsonify(problems=[whole_text], words=_("有 %(n)s 处要改。", n=1))
    problems = check(text).problems
    words = _("检查没有问题。") if not problems else _("有 %(n)s 处要改。", n=len(problems))
    return jsonify(problems=[told(one) for one in problems], words=words)


@blueprint.post("/offers")
@access.may(Capability.PREPARE)
def offers(draft: str) -> Response:
    """What may be written where the cursor stands; nothing is saved."""
    draft_of(draft)
    before, after = (request.form.get(part, "").replace("\r\n", "\n") for part in ("before", "after"))
    found = offer(before, after, say) if len(before) + len(after) <= MOST_CHARACTERS else EditorOffers("", ())
    return jsonify(asdict(found))


@blueprint.get("/scheme.yml")
@access.may(Capability.PREPARE)
def file(draft: str) -> Response:
    """The newest text as a file; its SHA-256 is the digest shown."""
    found = draft_of(draft)
    return file_response(drafts.newest(db_session(), found).text.encode(), f"{found.key}.yml", YAML)


@blueprint.get("/versions")
@access.may(Capability.PREPARE)
def versions(draft: str) -> Response:
    """Every text with its day and digest, and any two of them rule by rule."""
    session, found = db_session(), draft_of(draft)
    listed = drafts.texts_of(session, found)
    new = drafts.numbered(session, found, whole(request.args.get("new", "")) or found.number)
    old = drafts.numbered(session, found, whole(request.args.get("old", "")) or max(listed[-1].number, new.number - 1))
    rules: Sequence[ComparedRule] = ()
    lines: Sequence[ComparedLine] = ()
    unreadable = False
    if old.number != new.number:
        lines = compare_lines(old.text, new.text)
        try:
            rules = compare_rules(old.text, new.text)
        except UnplacedError:
            unreadable = True
    return draft_page(
        "schemes/versions.html",
        found,
        "versions",
        texts=listed,
        old=old,
        new=new,
        rules=rules,
        lines=lines,
        unreadable=unreadable,
    )


@blueprint.post("/versions")
@access.may(Capability.PREPARE)
def bring_back(draft: str) -> AnyResponse:
    """An earlier text as the newest one; what stood in between stays readable."""
    session, found = db_session(), draft_of(draft)
    drafts.hold(session, found)
    number = whole(request.form.get("number", "")) or 0
    try:
        if seen_text(found).number != found.number:
            raise drafts.StaleDraftError(N_("这份方案刚刚又有人保存过；没有恢复，请看过再定。"))
        stored = keep(found, drafts.numbered(session, found, number).text)
    except UserError as error:
        session.rollback()
        flash(_(error.sentence, **error.parts), "warn")
        return redirect(address(found, "versions"))
    session.commit()
    flash(_("第 %(n)s 稿已恢复，现在是第 %(now)s 稿。", n=number, now=stored.number))
    return redirect(address(found, "versions"))


def _page(
    draft: SchemeDraft,
    *,
    text: str | None = None,
    error: str = "",
    meanwhile: Sequence[ComparedLine] = (),
    status: int = 200,
) -> Response:
    phrases = {phrase: _(words) for phrase, words in EDITOR_PHRASES.items()}
    return draft_page(
        "schemes/text.html", draft, "text", status=status, text=text, error=error, meanwhile=meanwhile, phrases=phrases
    )
