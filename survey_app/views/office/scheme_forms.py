"""A draft by forms: what is asked, who rates, what a ballot may hold, what was left open. Every save writes the text in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, flash, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.editing.places import UnplacedError, Written, place
from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import SchemeDraft
from survey_app.roles import Capability
from survey_app.services.editing import edits
from survey_app.services.editing.edits import FieldDifference
from survey_app.services.scheme_desk import asked, changing, drafts, judged, policy, raters
from survey_app.services.scheme_desk.checking import beside, check
from survey_app.services.scheme_desk.drafts import UnchangedDraftError
from survey_app.services.scheme_desk.fields import SEVERAL, DeskField, DeskPanel, fields_of, write_fields
from survey_app.views.office.editing import CHOICE
from survey_app.views.office.scheme_frame import SEEN, address, draft_of, draft_page, keep, seen_text, told

blueprint = Blueprint("scheme_forms", __name__, url_prefix="/office/schemes/<draft>")

PANELS: Mapping[str, Callable[[Written], tuple[DeskPanel, ...]]] = {
    "items": asked.panels,
    "raters": raters.panels,
    "judged": judged.panels,
    "policy": policy.panels,
}
#: The form's last field: one that did not come says that the form was cut off on its way.
WHOLE = "whole"
_PLACES = "any(items,raters,judged,policy)"


@dataclass(frozen=True, kw_only=True)
class DeskConflict:
    """A field that somebody else changed, too: its label, and the three values."""

    difference: FieldDifference
    label: str


@blueprint.get(f"/<{_PLACES}:tab>")
@access.may(Capability.PREPARE)
def page(draft: str, tab: str) -> Response:
    """A form of the draft, with what is wrong beside the fields."""
    return _page(draft_of(draft), tab)


@blueprint.post(f"/<{_PLACES}:tab>")
@access.may(Capability.PREPARE)
def save(draft: str, tab: str) -> AnyResponse:
    """Write what was changed into the text. Where somebody else changed the same field, both values are put side by side."""
    session, found = db_session(), draft_of(draft)
    try:
        shown = seen_text(found, WHOLE)
        drafts.hold(session, found)
        current = drafts.newest(session, found).text
        base, theirs = (fields_of(PANELS[tab](place(text))) for text in (shown.text, current))
        mine = _sent(base)
        settled = edits.settle(
            {name: one.value for name, one in base.items()},
            mine,
            {name: one.value for name, one in theirs.items()},
            asked=[name.removeprefix(CHOICE) for name in request.form if name.startswith(CHOICE)],
            chosen={name.removeprefix(CHOICE): value for name, value in request.form.items() if name.startswith(CHOICE)},
        )
        if settled.conflicts:
            session.rollback()
            return _page(found, tab, typed=mine, conflicts=settled.conflicts, status=409)
        lost = [name for name, value in mine.items() if name not in theirs and value != base[name].value]
        if lost:
            raise drafts.StaleDraftError(
                N_("您改的“%(name)s”刚刚被别人删去；没有保存，页面上是现在的样子。"), name=base[lost[0]].label
            )
        written = {name: replace(theirs[name], value=value) for name, value in settled.write.items()}
        stored = keep(found, write_fields(current, written))
    except UnchangedDraftError as nothing:
        session.rollback()
        flash(_(nothing.sentence))
        return redirect(address(found, tab))
    except (UserError, UnplacedError) as error:
        session.rollback()
        return _page(found, tab, error=_said(error), status=getattr(error, "status", 422))
    session.commit()
    _tell(stored.text)
    return redirect(f"{address(found, tab)}?changed={stored.number}")


@blueprint.post(f"/<{_PLACES}:tab>/<word>")
@access.may(Capability.PREPARE)
def act(draft: str, tab: str, word: str) -> AnyResponse:
    """A line added or taken out, on whatever the text is now."""
    session, found = db_session(), draft_of(draft)
    try:
        drafts.hold(session, found)
        typed, current = request.form.to_dict(flat=False), drafts.newest(session, found).text
        if word == "remove":
            changing.refuse_if_moved(seen_text(found).text, current, typed)
        stored = keep(found, changing.act(current, word, typed))
    except (UserError, UnplacedError) as error:
        session.rollback()
        return _page(found, tab, error=_said(error), typed_act=request.form, act=word, status=getattr(error, "status", 422))
    session.commit()
    _tell(stored.text)
    return redirect(f"{address(found, tab)}?changed={stored.number}")


def _sent(base: Mapping[str, DeskField]) -> dict[str, str]:
    """The fields as sent; a text field that did not come was not touched, a box that did not come is not ticked.

    Raises BadRequest for a second value of a field that has one (`access.SEVERAL`).
    """
    mine: dict[str, str] = {}
    for name, one in base.items():
        if one.kind != "many" and len(request.form.getlist(name)) > 1:
            raise BadRequest
        if one.kind == "many":
            picked, had = request.form.getlist(name), [part for part in one.value.split(SEVERAL) if part]
            kept = [part for part in had if part in picked]
            mine[name] = SEVERAL.join([*kept, *(part for part in picked if part not in kept)])
        elif one.kind == "check":
            mine[name] = "是" if name in request.form else ""
        elif name in request.form:
            mine[name] = " ".join(request.form[name].split())
    return mine


def _page(
    draft: SchemeDraft,
    tab: str,
    *,
    error: str = "",
    typed: Mapping[str, str] | None = None,
    conflicts: Sequence[FieldDifference] = (),
    typed_act: MultiDict[str, str] | None = None,
    act: str = "",
    status: int = 200,
) -> Response:
    newest = drafts.newest(db_session(), draft)
    seen = check(newest.text)
    panels = PANELS[tab](seen.root) if seen.root is not None else ()
    fields = fields_of(panels)
    return draft_page(
        "schemes/form.html",
        draft,
        tab,
        status=status,
        panels=panels,
        error=error,
        typed=typed or {},
        beside={name: [told(one) for one in found] for name, found in beside(seen.problems, fields).items()},
        conflicts=[
            DeskConflict(difference=one, label=fields[one.field].label if one.field in fields else "") for one in conflicts
        ],
        typed_act=typed_act or {},
        act=act,
        seen_name=SEEN,
        scales=asked.ready_scales(),
        own_scales=asked.scale_names(seen.root) if seen.root else [],
        indicators=[name for _way, name, spot, _level in asked.walk_items(seen.root) if spot.under("parts")] if seen.root else [],
        groups=raters.group_options(seen.root) if seen.root else [],
        items=raters.item_options(seen.root) if seen.root else [],
        grades=judged.grades_of(seen.root) if seen.root else [],
        quantities=judged.quantity_names(seen.root) if seen.root else [],
        effects=judged.effect_options(),
        bases=judged.base_options(),
    )


def _said(error: UserError | UnplacedError) -> str:
    if isinstance(error, UserError):
        return _(error.sentence, **error.parts)
    return _("这里改不了：文本里没有这个地方，或写法特别。请在“文本”一页改。")


def _tell(text: str) -> None:
    problems = check(text).problems
    if problems:
        flash(_("已保存；还有 %(n)s 处要改，见下面。", n=len(problems)), "warn")
    else:
        flash(_("已保存，检查没有问题。"))
