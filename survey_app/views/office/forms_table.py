"""The table unit × position × rater group -> items, the forms it gives, and each form as a phone shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from analysis.evidence import Slot
from questionnaires.model import Group, Scheme, Style
from survey_app import access
from survey_app.errors import NotFoundError
from survey_app.extensions import db_session
from survey_app.i18n import N_, language, listed, speaking
from survey_app.i18n import gettext as _
from survey_app.languages import languages
from survey_app.models import BallotStyle, Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.campaign import campaigns, form_matrix
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import planned_styles, roster_of, styles_of
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.typed import whole
from survey_app.views.voter import ballot

blueprint = Blueprint("forms_table", __name__, url_prefix="/office/campaigns/<key>/forms")

_PLANNED = "planned-"
_NO_FORM = N_("这次评议没有这张表；请从表单页面重新选择。")


@dataclass(frozen=True)
class FormRow:
    """One ballot style of a group: whose it is, who is left out, how much there is to fill, where to look at it."""

    unit: str
    excluded: str
    subjects: int
    slots: int
    preview: str


@dataclass(frozen=True)
class AskedCell:
    """What one group is asked about one kind of subject: items by the indicator above them."""

    count: int
    blocks: Sequence[tuple[str, Sequence[str]]]


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """Who rates whom on what, and the forms that come of it."""
    campaign = campaign_of(key)
    scheme = scheme_of(campaign)
    asking = [
        group
        for group in scheme.groups.values()
        if any(line.group == group.key and line.asked_in(campaign.period) for line in scheme.forms)
    ]
    rows = [
        (_who(scheme, row.facts), {key: _asked(scheme, items) for key, items in row.cells.items()})
        for row in form_matrix.matrix(scheme, campaign.period)
    ]
    return campaign_page(
        "campaigns/forms.html",
        campaign,
        "forms",
        groups=asking,
        rows=rows,
        forms=_forms(campaign, scheme),
        language=language(),
    )


@blueprint.get("/<form>/preview")
@access.may(Capability.SEE_PROCEDURE)
def preview(key: str, form: str) -> AnyResponse:
    """A form in a frame as wide as a phone. `form` is a style's id, or before approval "planned-" and its number from 1."""
    campaign = campaign_of(key)
    found = _found(campaign, form)
    if found is None:
        return redirect(url_for("forms_table.index", key=campaign.key))
    return campaign_page("campaigns/preview.html", campaign, "forms", form=form, language=language())


@blueprint.route("/<form>/preview/<tag>", methods=["GET", "POST"])
@access.may(Capability.SEE_PROCEDURE)
def shown(key: str, form: str, tag: str) -> AnyResponse:
    """What stands in the frame: the voters' own page and script, in the path's language. What is sent here is thrown away."""
    campaign = campaign_of(key)
    found = _found(campaign, form) if tag in languages() else None
    if found is None:
        raise NotFoundError(_NO_FORM)
    here = {one: url_for("forms_table.shown", key=campaign.key, form=form, tag=one) for one in languages()}
    with speaking(tag):
        if request.method == "POST":
            return make_response(render_template("campaigns/previewed.html", back=here[tag]))
        if isinstance(found, BallotStyle):
            return make_response(ballot.preview_page(found, here))
        return make_response(ballot.planned_page(campaign, found, here))


def _found(campaign: Campaign, form: str) -> BallotStyle | Style | None:
    """The form of this name; None for one that was planned before the campaign was approved. Raises NotFoundError."""
    if form.startswith(_PLANNED):
        if campaign.state != CampaignState.DRAFT:
            return None
        styles, number = planned_styles(db_session(), campaign, scheme_of(campaign)), form.removeprefix(_PLANNED)
        if 1 <= (place := whole(number) or 0) <= len(styles):
            return styles[place - 1]
        raise NotFoundError(_NO_FORM)
    style = db_session().get(BallotStyle, form)
    if style is None or style.campaign_id != campaign.id:
        raise NotFoundError(_NO_FORM)
    return style


def _who(scheme: Scheme, facts: Mapping[str, Sequence[str]]) -> str:
    """A kind of subjects in words."""
    titles = {fact.key: {key: text.in_(language()) for key, text in fact.values.items()} for fact in scheme.facts}
    said = [listed(titles.get(fact, {}).get(value, value) for value in values) for fact, values in facts.items()]
    return " · ".join(said) or _("全部评价对象")


def _asked(scheme: Scheme, items: Sequence[str]) -> AskedCell:
    blocks: dict[str, list[str]] = {}
    for item in (scheme.items[key] for key in items):
        parent = scheme.indicators.get(item.parent)
        blocks.setdefault(parent.in_(language()) if parent else "", []).append(item.text.in_(language()))
    return AskedCell(len(items), list(blocks.items()))


def _forms(campaign: Campaign, scheme: Scheme) -> list[tuple[Group, list[FormRow]]]:
    """Every ballot style by rater group: as stored, or before approval as it would be stored now."""
    session = db_session()
    units = {unit.code: unit.name for unit in campaigns.units_of(session, campaign)}
    found: dict[str, list[FormRow]] = {}
    if campaign.state == CampaignState.DRAFT:
        names = {subject.id: subject.name for subject in roster_of(session, campaign)}
        for number, style in enumerate(planned_styles(session, campaign, scheme), start=1):
            address = url_for("forms_table.preview", key=campaign.key, form=f"{_PLANNED}{number}")
            row = _row(units.get(style.unit, ""), names.get(style.excluded, ""), style.slots, address)
            found.setdefault(style.group, []).append(row)
    else:
        for loaded in styles_of(session, campaign):
            unit, excluded = loaded.row.unit, loaded.row.excluded
            address = url_for("forms_table.preview", key=campaign.key, form=loaded.row.id)
            row = _row(unit.name if unit else "", excluded.name if excluded else "", loaded.slots, address)
            found.setdefault(loaded.row.group_key, []).append(row)
    return [(group, found[key]) for key, group in scheme.groups.items() if key in found]


def _row(unit: str, excluded: str, slots: Sequence[Slot], address: str) -> FormRow:
    return FormRow(unit, excluded, len({slot.subject for slot in slots}), len(slots), address)
