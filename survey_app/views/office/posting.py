"""The notice for publication: what was announced, on a page to look at and as a sheet to hang up."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, request

from survey_app import access
from survey_app.errors import RefusedError
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign
from survey_app.printing.papers import notice_pdf
from survey_app.roles import Capability
from survey_app.services.publishing import letters
from survey_app.services.release.readers import NOTICE
from survey_app.services.results import paper_fields, posted
from survey_app.services.results.loaded import Loaded
from survey_app.views.downloads import PDF, file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page

blueprint = Blueprint("posting", __name__, url_prefix="/office/results/<key>/posting")
_LINE = 200


@blueprint.get("/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """The notice as it will hang, and what may be chosen of it."""
    campaign = campaign_of(key)
    try:
        loaded = letters.load_letters(db_session(), campaign, language=language(), now=now(), way=NOTICE)
    except RefusedError as error:
        return _page(campaign, None, _(error.sentence, **error.parts))
    return _page(campaign, loaded)


@blueprint.get("/notice.pdf")
@access.may(Capability.PRINT)
def sheet(key: str) -> Response:
    """The same as a sheet."""
    campaign = campaign_of(key)
    loaded = letters.load_letters(db_session(), campaign, language=language(), now=now(), way=NOTICE)
    table = posted.table(loaded, _chosen(loaded))
    head = paper_fields.of_round(loaded, made=now())
    made = notice_pdf(head, table.heads, table.rows, sentences=_sentences(campaign), language=language())
    return file_response(made, f"{campaign.title}-{_('公示')}.pdf", PDF, once=True)


def _page(campaign: Campaign, loaded: Loaded | None, problem: str = "") -> Response:
    return campaign_page(
        "campaigns/posting.html",
        campaign,
        "results",
        offered=posted.offered(loaded) if loaded else [],
        chosen=_chosen(loaded) if loaded else [],
        posted=posted.table(loaded, _chosen(loaded)) if loaded else None,
        sentences=_sentences(campaign),
        begins=_day("from"),
        ends=_day("until"),
        contact=_line("contact"),
        asked=request.args.to_dict(flat=False),
        problem=problem,
    )


def _chosen(loaded: Loaded) -> list[str]:
    """What was chosen, or what is usual."""
    wanted = request.args.getlist("column")
    return [key for key, _title in posted.offered(loaded) if key in wanted] or posted.usual(loaded)


def _sentences(campaign: Campaign) -> list[str]:
    """Until when it hangs, and what whoever reads it may do."""
    begins, ends, contact = _day("from"), _day("until"), _line("contact")
    found = []
    if begins and ends:
        found.append(_("公示期：%(begins)s 至 %(ends)s。", begins=begins, ends=ends))
    whom = campaign.asker or _("主办单位")
    found.append(_("对公示的结果有异议的，请在公示期内向%(whom)s书面提出，写明是谁、哪一项、什么理由。", whom=whom))
    return [*found, contact] if contact else found


def _day(name: str) -> str:
    """A day from the address; nothing for nonsense."""
    try:
        return date.fromisoformat(request.args.get(name, "").strip()).isoformat()
    except ValueError:
        return ""


def _line(name: str) -> str:
    """A line of free text from the address, on one line and not longer than a notice can show."""
    return " ".join(request.args.get(name, "").split())[:_LINE]
