"""Other evidence: template, import, single entries, and what is on record."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.services import audit, evidence, evidence_sheet
from survey_app.services.campaigns import scheme_of
from survey_app.services.evidence import EvidenceProblemsError, EvidenceReport
from survey_app.services.evidence_sheet import Entry
from survey_app.services.styles import roster_of
from survey_app.views.campaigns_common import campaign_of, campaign_page

blueprint = Blueprint("evidence", __name__, url_prefix="/office/campaigns/<key>/evidence")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 400


@blueprint.get("/")
@access.office
def index(key: str) -> Response:
    """What is on record, and the ways to bring more."""
    return _page(campaign_of(key))


@blueprint.get("/template.xlsx")
@access.office
def template(key: str) -> Response:
    """The sheet to fill in: every subject with what the scheme asks of it."""
    campaign = campaign_of(key)
    response = make_response(evidence.template_xlsx(db_session(), campaign, language()))
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_('材料表'))}.xlsx"
    return response


@blueprint.post("/")
@access.office
def upload(key: str) -> AnyResponse:
    """Import a filled sheet: all of it or nothing."""
    campaign, session = campaign_of(key), db_session()
    account = access.current_account().name
    try:
        report = evidence.import_evidence(session, campaign, *_chosen(), account=account, now=now())
    except EvidenceProblemsError as wrong:
        session.rollback()
        return _page(campaign, problems=wrong.problems, status=wrong.status)
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    detail = f"{campaign.key} +{report.added} ~{report.replaced}"
    audit.record(session, account=account, action="evidence-imported", detail=detail, now=now())
    session.commit()
    return _page(campaign, report=report)


@blueprint.post("/entry")
@access.office
def enter(key: str) -> AnyResponse:
    """One entry typed in, with its reason."""
    campaign, session, form = campaign_of(key), db_session(), request.form
    account = access.current_account().name
    kind, _sep, name = form.get("what", "").partition(":")
    entry = Entry(form.get("subject", ""), kind, name, form.get("value", "").strip(), form.get("on", ""), form.get("reason", ""))
    try:
        evidence.enter(session, campaign, entry, account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    audit.record(session, account=account, action="evidence-entered", detail=f"{campaign.key} {entry.subject} {name}", now=now())
    session.commit()
    flash(_("已记录。"))
    return redirect(url_for("evidence.index", key=campaign.key))


def _chosen() -> tuple[str, bytes]:
    """The name and content of the uploaded sheet. Raises UserError when none was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise UserError(N_("请先选择填好的材料表。"))
    return file.filename, file.read()


def _page(
    campaign: Campaign, *, problems: object = (), problem: str = "", report: EvidenceReport | None = None, status: int = 200
) -> Response:
    session, scheme, tongue = db_session(), scheme_of(campaign), language()
    whats = [(f"component:{field.key}", field.title.in_(tongue)) for field in scheme.components]
    whats += [(f"event:{kind}", text.in_(tongue)) for kind, text in scheme.event_kinds.items()]
    whats += [(f"decision:{name}", name) for name in scheme.decisions]
    roster = roster_of(session, campaign)
    titles = dict(pair for pair in ((what.partition(":")[2], title) for what, title in whats))
    live = evidence.live(session, campaign)
    asked = sum(len(evidence_sheet.asked(scheme, subject)) for subject in roster)
    return campaign_page(
        "evidence/index.html",
        campaign,
        "counting",
        live=live[:SHOWN],
        total=len(live),
        asked=asked,
        history=evidence.history(session, campaign)[:SHOWN],
        whats=whats,
        titles=titles,
        subjects=[(subject.id, f"{subject.name}（{subject.id}）") for subject in roster],
        problems=problems,
        problem=problem,
        report=report,
        form=request.form,
        status=status,
    )
