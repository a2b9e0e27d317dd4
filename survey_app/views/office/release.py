"""The release plan: what will leave a campaign and to whom, chosen while it is a draft, and read from then on."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from analysis.disclosure import floors
from questionnaires.model import Group, Scheme
from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import roster_of
from survey_app.services.editing import field_changes
from survey_app.services.release import forecast, leaks
from survey_app.services.release import plan as release_plan
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import Edit, FormOfFields, hold
from survey_app.views.typed import whole

blueprint = Blueprint("release", __name__, url_prefix="/office/campaigns/<key>/release")
#: Fields of the plan by what they are about: a group's own floor, a group promised nothing, a way out.
OWN, OPEN, EXIT = "floor:", "open:", "exit:"


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """The plan; in a draft as a form."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.PREPARE)
def choose(key: str) -> AnyResponse:
    """Write the plan of a draft down."""
    session, campaign = db_session(), hold(campaign_of(key))
    form, current, typed = _form(campaign), _current(campaign), _typed(campaign)
    settled = form.settle(current, typed)
    final = settled.over(current)
    try:
        if settled.conflicts and campaign.state == CampaignState.DRAFT:
            return _page(campaign, settled.to_show(current), edit=form.disputed(settled, current), status=409)
        plan = release_plan.choose(
            session,
            campaign,
            floor=_number(final["floor"]),
            floors={name.removeprefix(OWN): _number(text) for name, text in final.items() if name.startswith(OWN) and text},
            open_groups=[name.removeprefix(OPEN) for name, text in final.items() if name.startswith(OPEN) and text],
            exits=[name.removeprefix(EXIT) for name, text in final.items() if name.startswith(EXIT) and text],
        )
    except UserError as error:
        session.rollback()
        return _page(campaign, typed, error=_(error.sentence, **error.parts), status=error.status)
    record("release-plan-chosen", campaign, plan.text())
    field_changes.note(session, campaign, form.name, settled.write, account=access.current_account().name, now=now())
    session.commit()
    flash(_("公布计划已经记下，批准时冻结。"))
    if settled.kept:
        return _page(campaign, edit=form.saved(settled, _current(campaign)))
    return redirect(url_for("release.index", key=campaign.key))


@blueprint.get("/scores")
@access.may(Capability.PROPOSE)
def scores(key: str) -> Response:
    """What the scores would show by themselves if everybody came: a count made up, which takes a moment."""
    session, campaign = db_session(), campaign_of(key)
    found, scheme = leaks.forecast(session, campaign), scheme_of(campaign)
    names = {subject.id: subject.name for subject in roster_of(session, campaign)}
    return campaign_page(
        "campaigns/scores.html",
        campaign,
        "forms",
        impossible=found is None,
        told=[one.sentence(scheme, names) for one in found or ()],
        remedy=_(leaks.REMEDY),
    )


def labels(campaign: Campaign) -> Mapping[str, str]:
    """How what is typed into the form is called, by its names in it; boxes that are ticked send keys nobody reads."""
    told = _form(campaign).labels
    own = {f"floor-{place}": told[f"{OWN}{group.key}"] for place, group in enumerate(_anonymous(scheme_of(campaign)))}
    return {"floor": told["floor"], **own}


def _form(campaign: Campaign) -> FormOfFields:
    scheme = scheme_of(campaign)
    labels = {"floor": _("最少人数")}
    for group in _anonymous(scheme):
        labels[f"{OWN}{group.key}"] = _("“%(group)s”的最少人数", group=group.title.in_(language()))
        labels[f"{OPEN}{group.key}"] = _("对“%(group)s”不承诺匿名", group=group.title.in_(language()))
    labels |= {f"{EXIT}{one.key}": _(one.what, **one.parts) for one in release_plan.exits_of(scheme)}

    def worded(name: str, value: str) -> str:
        return value if name == "floor" or name.startswith(OWN) else _("选中") if value else _("不选")

    return FormOfFields("release", campaign, labels, worded)


def _current(campaign: Campaign) -> dict[str, str]:
    """The plan as it stands, field by field: a box that is ticked is "1"."""
    plan, scheme = release_plan.plan_of(db_session(), campaign), scheme_of(campaign)
    found = {"floor": str(plan.floor)}
    for group in _anonymous(scheme):
        found[f"{OWN}{group.key}"] = str(plan.floors.get(group.key, ""))
        found[f"{OPEN}{group.key}"] = "1" if group.key in plan.open_groups else ""
    return found | {f"{EXIT}{one.key}": "1" if plan.lets(one.key) else "" for one in release_plan.exits_of(scheme)}


def _typed(campaign: Campaign) -> dict[str, str]:
    """The form as it was sent. Numbers are compared as numbers; what is none stays as it was typed, to be refused."""
    sent, scheme = request.form, scheme_of(campaign)
    opened, exits = sent.getlist("open"), sent.getlist("exit")
    found = {"floor": sent.get("floor", "").strip()}
    for place, group in enumerate(_anonymous(scheme)):
        if f"floor-{place}" in sent:  # not asked where there is but one group: then not touched
            found[f"{OWN}{group.key}"] = sent[f"floor-{place}"].strip()
        found[f"{OPEN}{group.key}"] = "1" if group.key in opened else ""
    for one in release_plan.exits_of(scheme):  # what always leaves is not asked: its box is never sent
        found[f"{EXIT}{one.key}"] = "1" if one.always or one.key in exits else ""
    return {name: str(_number(text)) if _number(text) else text for name, text in found.items()}


def _page(
    campaign: Campaign,
    values: Mapping[str, str] | None = None,
    *,
    edit: Edit | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    session, current = db_session(), _current(campaign)
    return campaign_page(
        "campaigns/release.html",
        campaign,
        "forms",
        status=status,
        error=error,
        values=values or current,
        edit=edit or _form(campaign).edit(current),
        plan=release_plan.plan_of(session, campaign),
        exits=release_plan.exits_of(scheme_of(campaign)),
        least=floors.PROMISED,
        most=floors.PROMISED_MOST,
        forecast=forecast.forecast(session, campaign),
        groups=_anonymous(scheme_of(campaign)),
        language=language(),
    )


def _anonymous(scheme: Scheme) -> list[Group]:
    return [group for group in scheme.groups.values() if not group.signed]


def _number(typed: str) -> int:
    """A small whole number; 0, which no floor may be, for anything else."""
    return whole(typed, digits=3) or 0
