"""After the close: what was counted by hand, beside what the books say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.books import headcounts
from survey_app.services.books.headcounts import Counts, ReconcileLine
from survey_app.services.editing import field_changes
from survey_app.services.roster import reading
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import Edit, FormOfFields, hold
from survey_app.views.typed import whole

blueprint = Blueprint("headcounts", __name__, url_prefix="/office/campaigns/<key>/counts")

TITLES = {"present": N_("到会"), "spoiled": N_("作废"), "unused": N_("未用")}
REASON = N_("没有清点到会的原因")
DIGITS = 8  # more digits than `headcounts.MOST` has are no head-count


@dataclass(frozen=True)
class CountField:
    """One box of the table: its form name, what stands in it, what it is called, what is wrong with it."""

    name: str
    value: str
    label: str
    error: str


@dataclass(frozen=True)
class CountLine:
    """A line of the books with its boxes by column; a column without a box is not counted for this group."""

    books: ReconcileLine
    place: str
    fields: Mapping[str, CountField]
    entitled: int | None


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """The form and the books; before the close, where to close."""
    campaign = campaign_of(key)
    return _page(campaign)


@blueprint.post("/")
@access.may(Capability.COUNT)
def save(key: str) -> AnyResponse:
    """Keep what was counted; empty means nobody counted, and why is to be said. One number that is none, and nothing is kept."""
    campaign, session = hold(campaign_of(key)), db_session()
    lines = headcounts.reconcile(session, campaign)
    typed = _typed(lines)
    wrong = {name: value for name, value in typed.items() if not name.startswith("reason:") and not _is_number(value)}
    if wrong:
        return _page(campaign, typed=typed, wrong=wrong, status=422)
    form, current = _form(campaign, lines), _current(lines)
    settled = form.settle(
        current, {name: value if name.startswith("reason:") else _plain(value) for name, value in typed.items()}
    )
    if settled.conflicts:
        return _page(campaign, typed=settled.to_show(current), edit=form.disputed(settled, current), status=409)
    final = settled.over(current)
    entries = {(line.unit_code, line.group.key): _counts(line, final) for line in lines}
    changes = [change for line in lines for change in _changes(line, entries[line.unit_code, line.group.key])]
    try:
        headcounts.save_counts(session, campaign, entries)
    except UserError as error:
        session.rollback()
        return _page(campaign, typed=typed, problem=_(error.sentence, **error.parts), status=error.status)
    if changes:
        record("counts-entered", campaign, "; ".join(changes))
        field_changes.note(session, campaign, form.name, settled.write, account=access.current_account().name, now=now())
    session.commit()
    flash(_("已保存。请看下面有没有对不上的地方。"))
    if settled.kept:
        return _page(campaign, edit=form.saved(settled, final))
    return redirect(url_for("headcounts.index", key=campaign.key))


def _page(
    campaign: Campaign,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    problem: str = "",
    edit: Edit | None = None,
    status: int = 200,
) -> Response:
    wrong = wrong or {}
    over = campaign.state.at_least(CampaignState.CLOSED)
    named = reading.entitled_by_code(db_session(), campaign)
    books = headcounts.reconcile(db_session(), campaign) if over else []
    lines = [_line(line, typed or {}, wrong, named.get((line.unit_code, line.group.key))) for line in books]
    return campaign_page(
        "campaigns/counts.html",
        campaign,
        "counts",
        status=status,
        lines=lines,
        edit=edit or _form(campaign, books).edit(_current(books)),
        titles={column: _(title) for column, title in TITLES.items()},
        problems=[
            {"where": field.label, "what": field.error, "remedy": _("请填不带小数的数字；没有清点就留空。")}
            for line in lines
            for field in line.fields.values()
            if field.error
        ],
        findings=[(line.place, _(found.sentence, **found.parts)) for line in lines for found in line.books.findings],
        unattended=sum(1 for line in books if line.present is None and not line.reason),
        uncounted=sum(1 for line in lines if _is_uncounted(line.books)),
        problem=problem,
        over=over,
    )


def _line(line: ReconcileLine, typed: Mapping[str, str], wrong: Mapping[str, str], entitled: int | None) -> CountLine:
    place = _place_of(line)
    fields = {}
    for column, name in _names(line).items():
        kept = getattr(line, column)
        title = _(TITLES.get(column, REASON))
        error = _("“%(value)s”不是人数或张数。", value=wrong[name]) if name in wrong else ""
        value = typed.get(name, "" if kept is None else str(kept))
        fields[column] = CountField(name, value, _("%(place)s · %(column)s", place=place, column=title), error)
    return CountLine(line, place, fields, entitled)


def labels(campaign: Campaign) -> Mapping[str, str]:
    """How the boxes of the form are called, by their names in it."""
    return _form(campaign, headcounts.reconcile(db_session(), campaign)).labels


def _form(campaign: Campaign, books: Sequence[ReconcileLine]) -> FormOfFields:
    labels = {
        name: _("%(place)s · %(column)s", place=_place_of(line), column=_(TITLES.get(column, REASON)))
        for line in books
        for column, name in _names(line).items()
    }
    return FormOfFields("counts", campaign, labels)


def _current(books: Sequence[ReconcileLine]) -> dict[str, str]:
    """What stands in the boxes."""
    kept = {name: getattr(line, column) for line in books for column, name in _names(line).items()}
    return {name: "" if number is None else str(number) for name, number in kept.items()}


def _place_of(line: ReconcileLine) -> str:
    return f"{line.unit_name or _('全部单位')} · {line.group.title.in_(language())}"


def _typed(lines: Sequence[ReconcileLine]) -> dict[str, str]:
    """What was sent, tidied. One reason may be given for all places that are left without attendance and reason."""
    rest = " ".join(request.form.get("rest", "").split())
    typed: dict[str, str] = {}
    for line in lines:
        names = _names(line)
        typed |= {name: " ".join(request.form.get(name, "").split()) for name in names.values()}
        if typed[names["present"]]:
            typed[names["reason"]] = ""
        elif not typed[names["reason"]]:
            typed[names["reason"]] = rest
    return typed


def _names(line: ReconcileLine) -> dict[str, str]:
    """Column -> form name. Signed raters draw no slips, so nothing of theirs is in the box to be counted.

    Names carry codes, never positions: two servers must agree on them whatever order they list the books in.
    """
    columns: Sequence[str] = ("present", "reason") if line.group.signed else (*TITLES, "reason")
    return {column: f"{column}:{line.unit_code}:{line.group.key}" for column in columns}


def _is_number(value: str) -> bool:
    return not value or whole(value, digits=DIGITS) is not None


def _plain(value: str) -> str:
    number = whole(value, digits=DIGITS)
    return "" if number is None else str(number)


def _counts(line: ReconcileLine, typed: Mapping[str, str]) -> Counts:
    found: dict[str, int | None] = {column: getattr(line, column) for column in TITLES}
    names = _names(line)
    reason = typed[names.pop("reason")]
    for column, name in names.items():
        found[column] = whole(typed[name], digits=DIGITS)
    return Counts(**found, reason=reason)


def _changes(line: ReconcileLine, counts: Counts) -> list[str]:
    """What the log says: place, column, old and new number."""
    place = f"{line.unit_code or '-'}/{line.group.key}"
    return [
        f"{place} {column} {'-' if before in (None, '') else before}→{'-' if after in (None, '') else after}"
        for column in (*TITLES, "reason")
        if (before := getattr(line, column)) != (after := getattr(counts, column))
    ]


def _is_uncounted(line: ReconcileLine) -> bool:
    return not line.group.signed and (line.spoiled is None or line.unused is None)
