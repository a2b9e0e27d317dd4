"""The roster page: template, upload, what the roster says now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response

from questionnaires.model import Scheme
from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.roles import Capability
from survey_app.services.campaign import removal
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.roster import importing, late, reading
from survey_app.services.roster.columns import HEADS, RATERS, SUBJECTS, UNITS, sheet_name
from survey_app.services.roster.importing import RosterProblem, RosterProblemsError, RosterReport
from survey_app.services.uploads import MOST_BYTES, Upload
from survey_app.views.downloads import XLSX, file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.typed import files_sent

blueprint = Blueprint("rosters", __name__, url_prefix="/office/campaigns/<key>/roster")
#: The roster has four sheets; as csv that is four files. Many more are a slip of the mouse.
MOST_FILES = 12


@blueprint.get("/")
@access.may(Capability.SEE_ROSTER)
def index(key: str) -> Response:
    """The roster as it stands."""
    return roster_page(campaign_of(key))


@blueprint.get("/template.xlsx")
@access.may(Capability.PREPARE)
def template(key: str) -> Response:
    """An empty roster for this scheme."""
    campaign = campaign_of(key)
    return file_response(importing.template_xlsx(scheme_of(campaign)), _("名册模板") + ".xlsx", XLSX)


@blueprint.post("/")
@access.may(Capability.PREPARE)
def upload(key: str) -> Response:
    """Import files: all of them or nothing."""
    campaign, session = campaign_of(key), db_session()
    try:
        still_as_seen(campaign, "roster-imported", "roster-kept", "roster-removed", "campaign-approved")
        report = importing.import_roster(session, campaign, _files())
    except RosterProblemsError as wrong:
        session.rollback()
        return roster_page(campaign, problems=wrong.problems, status=wrong.status)
    except UserError as error:
        session.rollback()
        return roster_page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    record(
        "roster-imported",
        campaign,
        f"+{sum(report.added.values())} ~{sum(report.changed.values())}, {report.absent} not in the file",
    )
    session.commit()
    return roster_page(campaign, report=report)


def _files() -> list[Upload]:
    """What was sent, each at most one byte over what is read anyway. Raises UserError."""
    sent = files_sent("files", most=MOST_BYTES)
    if not sent:
        raise UserError(N_("没有选文件；请选择填好的名册再导入。"))
    if len(sent) > MOST_FILES:
        raise UserError(
            N_("一次最多上传 %(most)s 个文件，现在有 %(found)s 个；请只选名册的文件。"), most=MOST_FILES, found=len(sent)
        )
    return sent


def roster_page(
    campaign: Campaign,
    *,
    problems: Sequence[RosterProblem] = (),
    problem: str = "",
    report: RosterReport | None = None,
    status: int = 200,
) -> Response:
    """The roster as it stands, with what is wrong with a file, why nothing was done, or what an import did."""
    scheme = scheme_of(campaign)
    return campaign_page(
        "campaigns/roster.html",
        campaign,
        "roster",
        status=status,
        parts=reading.by_unit(db_session(), campaign),
        groups={group.key: group.title.in_(language()) for group in scheme.groups.values()},
        facts=_fact_titles(scheme),
        values=_value_titles(scheme),
        relations={fact.key for fact in scheme.facts if fact.relation},
        problems=problems,
        problem=problem,
        absent=removal.absent(db_session(), campaign),
        late=sum(late.counted(db_session(), campaign).values()),
        report=_lines(report) if report else None,
    )


def _lines(report: RosterReport) -> list[tuple[str, int, int, int]]:
    """Per sheet: added, changed, unchanged."""
    return [
        (sheet_name(sheet), report.added.get(sheet, 0), report.changed.get(sheet, 0), report.unchanged.get(sheet, 0))
        for sheet in (UNITS, SUBJECTS, RATERS, HEADS)
    ]


def _fact_titles(scheme: Scheme) -> Mapping[str, str]:
    return {fact.key: fact.title.in_(language()) for fact in scheme.facts}


def _value_titles(scheme: Scheme) -> Mapping[tuple[str, str], str]:
    return {(fact.key, value): text.in_(language()) for fact in scheme.facts for value, text in fact.values.items()}
