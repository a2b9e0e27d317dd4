"""Comments let out of a counted campaign: read and hidden by the office, taken away as a workbook. Staff never meet them here."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from analysis.disclosure import floors
from questionnaires.tables import xlsx
from questionnaires.tables.sheet import Sheet
from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language, say
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.counting import comments
from survey_app.services.counting.comments import CommentLine, Released
from survey_app.services.release import plan
from survey_app.services.results.loaded import Loaded
from survey_app.views.downloads import XLSX, file_response
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.results import loaded_of, to_take_away
from survey_app.views.typed import page_of, whole

blueprint = Blueprint("comments", __name__, url_prefix="/office/results/<key>/comments")
PAGE = 50


@blueprint.get("/")
@access.may(Capability.SEE_RESULTS)
def index(key: str) -> Response:
    """The comments by group and place, in the order in which they were shuffled."""
    return _page(loaded_of(key))


@blueprint.post("/")
@access.may(Capability.CONFIRM_OUTCOMES)
def rule(key: str) -> AnyResponse:
    """Hide one comment, or show it again."""
    loaded, session, form = loaded_of(key), db_session(), request.form
    _released(loaded)
    number = whole(form.get("number", "")) or 0
    try:
        still_as_seen(loaded.campaign, "comment-hidden", "comment-shown", only=lambda rest: rest.startswith(f"{number} "))
        comments.rule(
            session,
            loaded.campaign,
            number,
            hidden=form.get("hidden") != "no",
            reason=form.get("reason", ""),
            account=access.current_account().name,
            now=now(),
        )
    except UserError as error:
        session.rollback()
        if isinstance(error, NotFoundError):
            raise
        return _page(loaded, problem=_(error.sentence, **error.parts), status=error.status)
    session.commit()
    flash(_("已记录。原文没有改动。"))
    return redirect(url_for("comments.index", key=key, group=form.get("group") or None, page=form.get("page") or None))


@blueprint.get("/comments.xlsx")
@access.may(Capability.SEE_RESULTS)
def as_xlsx(key: str) -> Response:
    """Every comment that nobody hid."""
    loaded = to_take_away(key)
    shown = _released(loaded).shown
    rows = tuple(
        (one.number, _group(loaded, one.group), _place(loaded, one), one.by, _("已隐去") if one.hidden else one.text)
        for one in shown
    )
    heads = (_("编号"), _("评议主体"), _("单位"), _("署名"), _("意见"))
    made = xlsx.write([Sheet(_("意见"), heads, rows)])
    return file_response(made, f"{loaded.campaign.title}-{_('意见')}.xlsx", XLSX, once=True)


def _released(loaded: Loaded) -> Released:
    """What was let out. Raises NotFoundError where no form asked for words, or the plan lets none out."""
    found = comments.released(db_session(), loaded.campaign) if loaded.lets(plan.COMMENTS) else None
    if found is None:
        raise NotFoundError(N_("这次评议没有收集意见。"))
    return found


def _group(loaded: Loaded, key: str) -> str:
    return loaded.scheme.groups[key].title.in_(language())


def _place(loaded: Loaded, one: CommentLine) -> str:
    if one.unit is None:
        return _("几个单位合在一起")
    return next((person.unit_name for person in loaded.people.values() if person.unit == one.unit), "")


def _page(loaded: Loaded, *, problem: str = "", status: int = 200) -> Response:
    found = _released(loaded)
    asked = {key: group for key, group in loaded.scheme.groups.items() if group.comment}
    group = request.values.get("group", "")
    shown = [one for one in found.shown if group not in asked or one.group == group]
    pages = max(1, -(-len(shown) // PAGE))
    page = page_of(pages)
    units = {person.unit: person.unit_name for person in loaded.people.values()}
    page_html = render_template(
        "results/comments.html",
        loaded=loaded,
        campaign=loaded.campaign,
        policy=loaded.scheme.policy_told(say),
        findings=[],
        remarks=[],
        titles={key: one.title.in_(language()) for key, one in asked.items()},
        silent=[one.title.in_(language()) for key, one in asked.items() if key not in {said.group for said in found.shown}],
        numbers={key: sum(one.group == key for one in found.shown) for key in asked},
        group=group if group in asked else "",
        entries=[(one, _place(loaded, one)) for one in shown[(page - 1) * PAGE : page * PAGE]],
        odd=[(_group(loaded, one.group), units.get(one.unit, ""), one) for one in found.odd],
        damaged=found.damaged,
        floor=floors.WORDS,
        page=page,
        pages=pages,
        problem=problem,
        form=request.form if problem else {},
    )
    return make_response(page_html, status)
