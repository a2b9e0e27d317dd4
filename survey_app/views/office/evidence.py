"""Other evidence: template, import, single entries, withdrawal, and what is on record."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of, units_of
from survey_app.services.campaign.styles import roster_of
from survey_app.services.evidence import entries, lacking, listing
from survey_app.services.evidence.columns import Entry
from survey_app.services.evidence.entries import EvidenceProblemsError, EvidenceReport
from survey_app.services.evidence.listing import Wanted
from survey_app.services.office import audit
from survey_app.services.uploads import MOST_BYTES, SpreadsheetError
from survey_app.views.downloads import XLSX, file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import complete, hold, number_sent, still_as_seen
from survey_app.views.typed import file_sent, page_of, whole

blueprint = Blueprint("evidence", __name__, url_prefix="/office/campaigns/<key>/evidence")
#: So many subjects are offered as suggestions while typing; of more, only those of the unit looked at.
SUGGESTED = 1000
#: More pages than any list has; the list itself knows how many it has.
MOST_PAGES = 10**6
#: The last entry a page knew of.
NEWEST = "newest"


@blueprint.get("/")
@access.may(Capability.SEE_RESULTS)
def index(key: str) -> Response:
    """What is on record, and the ways to bring more."""
    return _page(campaign_of(key))


@blueprint.get("/template.xlsx")
@access.may(Capability.COUNT)
def template(key: str) -> Response:
    """The sheet to fill in: every subject with what the scheme asks of it."""
    campaign = campaign_of(key)
    return file_response(entries.template_xlsx(db_session(), campaign, language()), _("材料表") + ".xlsx", XLSX)


@blueprint.post("/")
@access.may(Capability.COUNT)
def upload(key: str) -> AnyResponse:
    """Import a filled sheet: all of it or nothing."""
    campaign, session = campaign_of(key), db_session()
    account = access.current_account().name
    try:
        complete()
        hold(campaign)
        seen = number_sent(NEWEST)
        report = entries.import_evidence(session, campaign, *_chosen(), account=account, now=now(), seen=seen)
    except (EvidenceProblemsError, SpreadsheetError) as wrong:
        session.rollback()
        if wrong.problems:
            return _page(campaign, problems=wrong.problems, status=wrong.status)
        return _page(campaign, problem=_(wrong.sentence, **wrong.parts), status=wrong.status)
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    detail = f"{campaign.key} +{report.added} ~{report.replaced}"
    audit.record(session, account=account, action="evidence-imported", detail=detail, now=now())
    session.commit()
    return _page(campaign, report=report)


@blueprint.post("/entry")
@access.may(Capability.COUNT)
def enter(key: str) -> AnyResponse:
    """One entry typed in, with its reason."""
    campaign, session, form = campaign_of(key), db_session(), request.form
    account = access.current_account().name
    kind, name, subject = form.get("kind", ""), form.get("name", ""), form.get("subject", "").strip()
    on = form.get("on", "").strip()
    entry = Entry(
        subject=subject,
        kind=kind,
        name=name,
        value=form.get("value", ""),
        on=on,
        reason=form.get("reason", ""),
        decider=form.get("decider", ""),
    )
    try:
        hold(campaign)
        done = entries.enter(session, campaign, entry, account=account, now=now(), seen=number_sent(NEWEST))
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status, kind=kind)
    if done != "unchanged":
        audit.record(session, account=account, action="evidence-entered", detail=f"{campaign.key} {subject} {name}", now=now())
    session.commit()
    flash({"added": _("已记录。"), "replaced": _("已更正；原来的一条留在记录里。"), "unchanged": _("同样的一条已经有了。")}[done])
    return redirect(url_for("evidence.index", key=campaign.key, kind=kind))


@blueprint.post("/entry/<int:entry>/withdraw")
@access.may(Capability.COUNT)
def withdraw(key: str, entry: int) -> AnyResponse:
    """Take one entry back, with a reason; it stays on record."""
    campaign, session = campaign_of(key), db_session()
    account = access.current_account().name
    try:
        row = entries.withdraw(session, campaign, entry, request.form.get("why", ""), account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    detail = f"{campaign.key} {row.subject.code} {row.name} #{row.id}"
    audit.record(session, account=account, action="evidence-withdrawn", detail=detail, now=now())
    session.commit()
    flash(_("已撤回；这一条留在记录里，以后的计算不再看它。"))
    return redirect(url_for("evidence.index", key=campaign.key, kind=row.kind))


@blueprint.post("/lacking")
@access.may(Capability.COUNT)
def settle(key: str) -> AnyResponse:
    """Entries the last sheet lacked: kept, or withdrawn with one reason for all that were chosen."""
    campaign, session, form = campaign_of(key), db_session(), request.form
    account, moment = access.current_account().name, now()
    try:
        still_as_seen(campaign, "evidence-imported", "evidence-withdrawn", "evidence-kept")
        numbers = [number for one in form.getlist("row") if (number := whole(one)) is not None]
        rows = lacking.chosen(session, campaign, numbers)
        if form.get("do") == "withdraw":
            for row in rows:
                entries.withdraw(session, campaign, row.id, form.get("why", ""), account=account, now=moment)
        else:
            lacking.keep(rows)
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    said = ", ".join(f"{row.subject.code} {row.name} #{row.id}" for row in rows)
    withdrawn = form.get("do") == "withdraw"
    action = "evidence-withdrawn" if withdrawn else "evidence-kept"
    audit.record(session, account=account, action=action, detail=f"{campaign.key} {said}", now=moment)
    session.commit()
    flash(_("撤回了 %(n)s 条，都留在记录里。", n=len(rows)) if withdrawn else _("留下了 %(n)s 条。", n=len(rows)))
    return redirect(url_for("evidence.index", key=campaign.key))


def _chosen() -> tuple[str, bytes]:
    """The name and content of the uploaded sheet. Raises UserError when none was chosen."""
    file = file_sent("file", most=MOST_BYTES)
    if file is None:
        raise UserError(N_("请先选择填好的材料表。"))
    return file.name, file.data


def _wanted(kinds: list[str], kind: str) -> Wanted:
    """What the address asks for; anything else in it is as if it were not there."""
    asked = request.args
    kind = kind or asked.get("kind", "")
    return Wanted(
        kind if kind in kinds else "",
        asked.get("unit", "")[:40],
        asked.get("q", "").strip()[:80],
        asked.get("ended") == "1",
        page_of(MOST_PAGES),
    )


def _page(
    campaign: Campaign,
    *,
    problems: object = (),
    problem: str = "",
    report: EvidenceReport | None = None,
    status: int = 200,
    kind: str = "",
) -> Response:
    session, scheme, tongue = db_session(), scheme_of(campaign), language()
    kinds = listing.kinds_of(scheme)
    wanted = _wanted([one for one, _title in kinds], kind)
    found = listing.find(session, campaign, wanted)
    counts = listing.counts(session, campaign)
    names = {one: listing.names_of(scheme, one, tongue) for one, _title in kinds}
    roster = roster_of(session, campaign)
    offered = [one for one in roster if not wanted.unit or one.unit == wanted.unit][:SUGGESTED]
    return campaign_page(
        "evidence/index.html",
        campaign,
        "counting",
        wanted=wanted,
        found=found,
        newest=entries.newest(session, campaign),
        kinds=[(one, title, counts.get((one, False), 0)) for one, title in kinds],
        names=names,
        titles={(one, name): title for one, pairs in names.items() for name, title in pairs},
        choices=[(choice, choice) for choice in dict.fromkeys(one for group in scheme.decisions.values() for one in group)],
        asked=listing.asked_cells(session, campaign),
        live=sum(count for (_kind, ended), count in counts.items() if not ended),
        ended=sum(count for (_kind, ended), count in counts.items() if ended),
        units=[(unit.code, unit.name) for unit in units_of(session, campaign)],
        subjects=[(subject.id, subject.name) for subject in offered],
        lacking=lacking.first_undecided(session, campaign),
        waiting=lacking.count_undecided(session, campaign),
        problems=problems,
        problem=problem,
        report=report,
        form=request.form if problem else {},
        status=status,
    )
