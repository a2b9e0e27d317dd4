"""The scheme desk: the office's drafts, and the ways to begin one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from analysis.numerals import decimal
from questionnaires.authoring.outline import BEST
from questionnaires.loader import load_scheme
from questionnaires.methods import methods
from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.campaign import campaigns
from survey_app.services.scheme_desk import asked, drafts, starts, trial
from survey_app.services.scheme_desk.checking import check
from survey_app.services.scheme_desk.starts import DraftStart, OwnEntry, UnusableSheetError
from survey_app.services.uploads import MOST_BYTES, SpreadsheetError, read_files
from survey_app.views.office import scheme_upload
from survey_app.views.office.editing import complete
from survey_app.views.office.scheme_frame import SEEN, address, draft_of, note
from survey_app.views.typed import file_sent, whole

blueprint = Blueprint("scheme_desk", __name__, url_prefix="/office/schemes")

#: A regulation of a hundred pages has fewer characters.
MOST_PASTED = 200_000
OWN = tuple(one.name for one in fields_of(OwnEntry))


@blueprint.get("/")
@access.may(Capability.PREPARE)
def index() -> Response:
    """Every draft, the last saved first."""
    listed = [(draft, newest, check(newest.text)) for draft, newest in drafts.all_drafts(db_session())]
    return make_response(render_template("schemes/index.html", drafts=listed))


@blueprint.get("/new")
@access.may(Capability.PREPARE)
def new() -> Response:
    """The ways to begin."""
    return _new_page({})


@blueprint.post("/new")
@access.may(Capability.PREPARE)
def begin() -> AnyResponse:
    """Begin a draft; or the page again with everything that is wrong, and all that was typed."""
    session, form = db_session(), request.form
    try:
        complete()
        start = _start(form)
        account = access.current_account().name
        draft = drafts.begin(session, title=start.title, origin=start.origin, text=start.text, account=account, now=now())
    except (UserError, SpreadsheetError) as error:
        session.rollback()
        return _new_page(form, error)
    note("scheme-drafted", draft, start.title)
    session.commit()
    flash(_("方案“%(title)s”已起草。下面逐页看一看；每次保存都会检查。", title=draft.title))
    if start.unused:
        lines = _("；").join(line[:40] for line in start.unused[:12])
        flash(_("有 %(n)s 行没有用上，请看看有没有漏掉的：%(lines)s", n=len(start.unused), lines=lines), "warn")
    for title, said, come in start.uneven[:12]:
        parts = {"title": title, "said": decimal(said), "sum": decimal(come)}
        flash(_("“%(title)s”写着 %(said)s 分，下面各项合计 %(sum)s 分：请看看有没有漏掉、读错的。", **parts), "warn")
    return redirect(address(draft, "items"))


@blueprint.get("/methods")
@access.may(Capability.PREPARE)
def methods_page() -> Response:
    """The published methods, each with its paragraph and a picture of its form."""
    return make_response(
        render_template("schemes/methods.html", methods=methods(), shipped=scheme_upload.shipped_schemes(), language=language())
    )


@blueprint.get("/methods/<method>")
@access.may(Capability.PREPARE)
def method(method: str) -> AnyResponse:
    """One published method: what it does, its form as a phone shows it, its text."""
    found = next((one for one in methods() if one.key == method), None)
    if found is None:
        return redirect(url_for("scheme_desk.methods_page"))
    return make_response(
        render_template(
            "schemes/method.html", method=found, forms=bool(load_scheme(found.text, method).forms), language=language()
        )
    )


@blueprint.post("/<draft>/remove")
@access.may(Capability.PREPARE)
def remove(draft: str) -> AnyResponse:
    """Remove a draft and its trial; the page it stood on said what goes."""
    session, found = db_session(), draft_of(draft)
    drafts.hold(session, found)
    title = found.title
    trial.clear(session, found, now=now())
    drafts.remove(session, found, seen=whole(request.form.get(SEEN, "")) or 0)
    note("scheme-removed", found, title)
    session.commit()
    flash(_("方案草稿“%(title)s”已删去。", title=title))
    return redirect(url_for("scheme_desk.index"))


def _start(form: Mapping[str, str]) -> DraftStart:
    kind = form.get("kind", "")
    if kind not in STARTS:
        raise UserError(N_("请选从哪里开始。"))
    return STARTS[kind](form)


def _own(form: Mapping[str, str]) -> OwnEntry:
    return OwnEntry(**{name: form.get(name, "") for name in OWN})


def _pasted(form: Mapping[str, str]) -> DraftStart:
    lines = form.get("lines", "")
    if len(lines) > MOST_PASTED:
        raise UserError(N_("粘贴的文字太多（%(n)s 个字）；请只粘贴写测评内容的部分。"), n=len(lines))
    return starts.pasted(_own(form), lines, now=now())


def _sheet(form: Mapping[str, str]) -> DraftStart:
    upload = file_sent("sheet", most=MOST_BYTES)
    if upload is None:
        raise UserError(N_("请选择一张表格（xlsx 或 csv）。"))
    return starts.from_sheet(_own(form), read_files([upload]), now=now())


def _file(_form: Mapping[str, str]) -> DraftStart:
    """A scheme file of one's own: taken letter for letter."""
    file = scheme_upload.brought({})
    if file is None:
        raise UserError(N_("请选择方案文件（.yml）。"))
    scheme = check(drafts.tidy(file.text)).scheme
    return DraftStart(scheme.title.in_(language()) if scheme else file.name, f"file {file.name}", file.text)


STARTS: Mapping[str, Callable[[Mapping[str, str]], DraftStart]] = {
    "pasted": _pasted,
    "sheet": _sheet,
    "votes": lambda form: starts.votes(_own(form), now=now()),
    "shipped": lambda form: starts.from_shipped(form.get("shipped", ""), now=now()),
    "method": lambda form: starts.from_method(form.get("method", ""), now=now()),
    "campaign": lambda form: starts.from_campaign(campaigns.by_key(db_session(), form.get("campaign", "")), now=now()),
    "file": _file,
}


def _new_page(form: Mapping[str, str], error: UserError | None = None) -> Response:
    problems: list[dict[str, str]] = []
    if isinstance(error, UnusableSheetError):
        problems = [
            {"where": _("第 %(n)s 行", n=one.row) if one.row else _("表格"), "what": starts.tell(one), "remedy": ""}
            for one in error.problems
        ]
    elif isinstance(error, SpreadsheetError):
        problems = [
            {"where": f"{one.sheet} {one.row or ''} {one.column}".strip(), "what": one.what, "remedy": one.remedy}
            for one in error.problems
        ]
    page = render_template(
        "schemes/new.html",
        form=form,
        error=_(error.sentence, **error.parts) if error else None,
        problems=problems,
        scales=asked.ready_scales(),
        vote_scales=[one for one in asked.ready_scales() if one[0] in BEST],
        shipped=[(one.key, one.title.in_(language())) for one in scheme_upload.shipped_schemes()],
        methods=[(one.key, one.title.in_(language())) for one in methods()],
        rounds=[(one.key, f"{one.title} · {one.period}") for one in campaigns.all_campaigns(db_session()) if not one.demo],
    )
    return make_response(page, error.status if error else 200)
