"""Who rates whom as a matrix: units × groups with counts, one unit's subjects × groups, head-counts to be put right, and how much
each form asks of whoever fills it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.roster import importing, loads, settling
from survey_app.services.roster.columns import HEADS, columns_of
from survey_app.services.roster.importing import RosterProblemsError
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.typed import page_of

blueprint = Blueprint("who_rates", __name__, url_prefix="/office/campaigns/<key>/forms/who")
#: Units, subjects and forms a page, so that a round of thousands is still a page.
PAGE = 60
#: What stands before a head-count's field: unit's code and group follow.
FIELD = "heads:"
#: The page as sent holds at most so many head-counts.
MOST_SENT = 2000


@blueprint.get("/")
@access.may(Capability.SEE_ROSTER)
def index(key: str) -> Response:
    """Units × groups; with `unit` that unit's subjects × groups."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.PREPARE)
def save(key: str) -> AnyResponse:
    """Take the head-counts typed into the matrix, all or none."""
    campaign, session = campaign_of(key), db_session()
    try:
        still_as_seen(campaign, "roster-imported", "roster-kept", "roster-removed", "campaign-approved")
        report = importing.import_sheets(session, campaign, {HEADS: _typed(campaign)}, whole=frozenset())
    except RosterProblemsError as wrong:
        session.rollback()
        told = " ".join(f"{one.what}{one.remedy}" for one in wrong.problems[:5])
        return _page(campaign, told, wrong.status)
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    changed = sum(report.added.values()) + sum(report.changed.values())
    record("roster-imported", campaign, f"+{sum(report.added.values())} ~{sum(report.changed.values())}, 0 not in the file")
    session.commit()
    flash(_("改了 %(n)s 处人数。", n=changed))
    return redirect(url_for("who_rates.index", key=campaign.key, page=request.args.get("page")))


def _typed(campaign: Campaign) -> list[list[str]]:
    """The fields as a sheet of head-counts; an empty one says nothing."""
    scheme, rows = scheme_of(campaign), []
    sent = {name: said.strip() for name, said in request.form.items() if name.startswith(FIELD) and said.strip()}
    if not sent or len(sent) > MOST_SENT:
        raise UserError(N_("没有写人数；请把人数写进格子再记下。"))
    for name, said in sent.items():
        group, _colon, unit = name.removeprefix(FIELD).partition(":")
        if group not in scheme.groups or scheme.groups[group].signed:
            raise NotFoundError(N_("方案里没有这个不署名的评议主体。"))
        rows.append({"unit": unit, "group": scheme.groups[group].title.in_(language()), "entitled": said[:40]})
    columns = columns_of(scheme, HEADS)
    return [[one.title for one in columns], *([row[one.key] for one in columns] for row in rows)]


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session, scheme = db_session(), scheme_of(campaign)
    ratings = loads.ratings_of(session, campaign)
    code = request.args.get("unit", "")
    unit = next((one for one in ratings.units if one.code == code), None)
    if code and unit is None:
        raise NotFoundError(N_("名册里没有这个单位；请重新选择。"))
    rows = ratings.in_unit(unit) if unit is not None else ratings.by_unit()
    pages = max(1, -(-len(rows) // PAGE))
    page = page_of(pages)
    forms = [one for one in ratings.loads() if one.people != 0]
    draft = campaign.state == CampaignState.DRAFT
    remarks = settling.remarks_of(session, campaign) if draft and unit is None else []
    return campaign_page(
        "campaigns/who_rates.html",
        campaign,
        "forms",
        status=status,
        problem=problem,
        unit=unit,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        page=page,
        pages=pages,
        groups=[scheme.groups[key] for key in ratings.groups()],
        titles={group.key: group.title.in_(language()) for group in scheme.groups.values()},
        heavy=[one for one in forms if one.heavy],
        forms=forms[:PAGE],
        forms_in_all=len(forms),
        sensible=loads.SENSIBLE_LINES,
        typed=request.form,
        field=FIELD,
        may_change=draft and access.current_account().may(Capability.PREPARE),
        remarks=[_(sentence, **parts) for sentence, parts in remarks[:PAGE]],
        remarks_in_all=len(remarks),
        language=language(),
    )
