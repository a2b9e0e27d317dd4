"""A roster changed after the approval: what can be changed of one row, the question, and the list of what was changed.

May not live here: what a round can bear (`services.roster.late_wishes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState, Headcount, Rater, Subject
from survey_app.models.late_change import LateKind
from survey_app.roles import Capability
from survey_app.services.campaign import removal
from survey_app.services.campaign.campaigns import scheme_of, units_of
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.roster import late, late_wishes, reading
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.second_person import About, Told, campaign_in, word
from survey_app.views.typed import whole

blueprint = Blueprint("late_changes", __name__, url_prefix="/office/campaigns/<key>/roster/late")
#: What each kind of change is called.
TITLES: Mapping[LateKind, str] = {
    LateKind.ADDED: N_("添一位署名评价人"),
    LateKind.WITHDRAWN: N_("收回邀请，不再请他评"),
    LateKind.MOVED: N_("换单位或评议主体"),
    LateKind.RESPELT: N_("改字"),
    LateKind.LEFT: N_("记为批准以后退出"),
    LateKind.BACK: N_("没有退出，取消先前的记录"),
    LateKind.ENTITLED: N_("改应到人数"),
}
FIELDS = ("act", "name", "code", "group", "unit", "subject", "duty", "entitled", "reason")
_NO_ROW = N_("名册里没有这一行；请从名册页重新选择。")


@dataclass(frozen=True, kw_only=True)
class LateRow:
    """One row as its page shows it. `sent`: a signed rater whose form is in the box; `prints`: whose letter would die."""

    address: str
    name: str
    about: str
    row: removal.Row | None
    acts: tuple[LateKind, ...]
    sent: bool = False
    prints: bool = False


@blueprint.get("/")
@access.may(Capability.SEE_ROSTER)
def index(key: str) -> Response:
    """Everything that was changed after the approval, and what can be."""
    campaign = campaign_of(key)
    return campaign_page(
        "campaigns/late_changes.html",
        campaign,
        "roster",
        changes=late.changes_of(db_session(), campaign),
        happened=late.HAPPENED,
    )


@blueprint.get("/<row>")
@access.may(Capability.PREPARE)
def question(key: str, row: str) -> Response:
    """What can be changed of this row, and what each change would do."""
    return _page(campaign_of(key), row)


@blueprint.post("/<row>")
@access.may(Capability.PREPARE)
def change(key: str, row: str) -> AnyResponse:
    """Ask for the change, or make it where one person may."""
    campaign = campaign_of(key)
    wish = {name: request.form.get(name, "") for name in FIELDS} | {"row": row}
    try:
        still_as_seen(campaign, "roster-changed-late", only=lambda rest: rest.startswith(f"{row} "))
        late_wishes.judge(db_session(), campaign, wish)
        given = {name: said for name, said in wish.items() if said} | {"asked_by": access.current_account().name}
        return second_person.do_or_ask(AskKind.LATE_CHANGE, campaign, given)
    except NotFoundError:
        raise
    except UserError as error:
        db_session().rollback()
        return _page(campaign, row, _(error.sentence, **error.parts), error.status)


def _tell(about: About, given: Given) -> Told:
    judged = late_wishes.judge(db_session(), campaign_in(about), _wish(given))
    told = [(_("改什么"), _(TITLES[judged.kind])), (_("谁"), f"{judged.name} {judged.code}".strip())]
    if judged.before:
        told.append((_("现在"), judged.before))
    if judged.after:
        told.append((_("改成"), judged.after))
    return [*told, (_("理由"), judged.reason), *((_("之后"), one) for one in judged.effects)]


@second_person.deed(AskKind.LATE_CHANGE, _tell)
def _change_now(about: About, given: Given) -> AnyResponse:
    campaign, session, wish = campaign_in(about), db_session(), _wish(given)
    by = access.current_account().name
    made = late_wishes.make(session, campaign, wish, asked_by=word(given, "asked_by"), made_by=by, now=now())
    record(
        "roster-changed-late", campaign, f"{wish['row']} {made.number} {made.kind.value} {made.code} {made.name}: {made.reason}"
    )
    session.commit()
    flash(_("已改好，记为第 %(n)s 处改动。", n=made.number))
    return redirect(url_for("late_changes.index", key=campaign.key))


def _wish(given: Given) -> dict[str, str]:
    return {name: word(given, name) for name in (*FIELDS, "row")}


def _page(campaign: Campaign, row: str, problem: str = "", status: int = 200) -> Response:
    session, scheme = db_session(), scheme_of(campaign)
    found = _late_row(campaign, row)
    subjects = [one for part in reading.by_unit(session, campaign) for one in part.subjects] if row == "new" else []
    return campaign_page(
        "campaigns/late_change.html",
        campaign,
        "roster",
        status=status,
        found=found,
        titles=TITLES,
        groups=[(key, group.title.in_(language())) for key, group in scheme.groups.items() if group.signed],
        units=[("", "")] + [(one.code, f"{one.name}（{one.code}）") for one in units_of(session, campaign)],
        subjects=[("", _("不是"))] + [(one.code, f"{one.name}（{one.code}）") for one in subjects],
        typed=request.form,
        most=late_wishes.REASON_CHARACTERS,
        problem=problem,
    )


def _late_row(campaign: Campaign, row: str) -> LateRow:
    if row == "new":
        may = (LateKind.ADDED,) if campaign.state == CampaignState.OPEN else ()
        return LateRow(address=row, name=_(TITLES[LateKind.ADDED]), about="", row=None, acts=may)
    session = db_session()
    kind, _dash, number = row.partition("-")
    at = whole(number)
    if at is None:
        raise NotFoundError(_NO_ROW)
    one = removal.row_of(session, campaign, kind, at)
    groups = scheme_of(campaign).groups
    unit = "" if not isinstance(one, Rater | Subject | Headcount) or one.unit is None else one.unit.name
    if isinstance(one, Headcount):
        name, about = _("应到人数"), " · ".join(part for part in (unit, groups[one.group_key].title.in_(language())) if part)
    else:
        group = groups[one.group_key].title.in_(language()) if isinstance(one, Rater) else ""
        name, about = one.name, " · ".join(part for part in (one.code, group, unit) if part)
    acts = () if campaign.state == CampaignState.DRAFT else tuple(late.possible(session, campaign, one))
    rater = one if isinstance(one, Rater) else None
    sent = rater is not None and late.has_sent(session, rater)
    prints = rater is not None and rater.tag is not None
    return LateRow(address=row, name=name, about=about, row=one, acts=acts, sent=sent, prints=prints)
