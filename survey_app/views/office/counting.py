"""Opening the box and counting."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now, resources
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.books import attendance, headcounts
from survey_app.services.campaign.campaigns import scheme_of, units_of
from survey_app.services.counting import beside, counting
from survey_app.services.counting.beside import CountNote
from survey_app.services.counting.opening import STEPS, CountStep
from survey_app.services.evidence import lacking
from survey_app.services.results import words
from survey_app.services.sealing import custody
from survey_app.services.sealing.one_time_keys import OpeningAct
from survey_app.views.office import opening_form
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import still_as_seen

#: How often the page of a count under way loads itself again, unless the reader stops it.
REFRESH_SECONDS = 2

blueprint = Blueprint("counting", __name__, url_prefix="/office/campaigns/<key>/count")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """The passphrase form before, the books after."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.OPEN)
def open_box(key: str) -> AnyResponse:
    """Open every ballot with the passphrase, count, and keep tally and report."""
    campaign, session = campaign_of(key), db_session()
    account = access.current_account().name
    try:
        still_as_seen(campaign, "count", "counts-entered")
        said = opening_form.read_opening(campaign, OpeningAct.COUNT)
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()  # the write lock is let go: other campaigns go on casting while this box is opened
    try:
        with resources().reading() as reading:
            if beside.is_long(reading, campaign):
                counting.refuse_unless_ready(reading, campaign)
                custody.unwrap(campaign.wrapped_key, *said)  # a slip of the pen is told at once, not on the next page
                beside.start(current_config(), campaign, said=said, account=account)
                return redirect(url_for("counting.index", key=campaign.key))
            counting.open_and_count(session, campaign, passphrase=said, account=account, now=now(), reading=reading)
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("计票完成。请看账目是否守恒，再补充其他材料。"))
    return redirect(url_for("counting.index", key=campaign.key))


@blueprint.post("/again")
@access.may(Capability.COUNT)
def recompute(key: str) -> AnyResponse:
    """A new report from the stored tally and the evidence as it is now."""
    campaign, session = campaign_of(key), db_session()
    try:
        still_as_seen(campaign, "recompute")
        counting.recompute(session, campaign, account=access.current_account().name, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("已按现有材料重新计算；先前的结果仍然保存。"))
    return redirect(url_for("results.overview", key=campaign.key))


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    titles = {group.key: group.title.in_(language()) for group in scheme_of(campaign).groups.values()}
    units = {unit.code: unit.name for unit in units_of(session, campaign)}
    books, remarks, findings = [], [], []
    if campaign.state == CampaignState.COUNTED:
        opening = counting.stored_opening(session, campaign)
        books = sorted(opening.tally.books, key=lambda book: (list(units).index(book.unit) if book.unit else -1, book.group))
        remarks = [(words.remark(one.what, one.rule), one.receipt) for one in opening.remarks]
    if campaign.state.at_least(CampaignState.CLOSED):
        findings = [
            f"{line.unit_name} {line.group.title.in_(language())}：{_(found.sentence, **found.parts)}"
            for line in headcounts.reconcile(session, campaign)
            for found in line.findings
        ]
    note = beside.notes_of(current_config(), campaign).find()
    running = note is not None and note.running
    watching = running and request.args.get("reload") != "no"
    response = campaign_page(
        "counting/index.html",
        campaign,
        "counting",
        books=books,
        remarks=remarks,
        findings=findings,
        unattended=_unattended(campaign),
        lacking=lacking.count_undecided(session, campaign),
        titles=titles,
        units=units,
        typed=opening_form.typed() if problem else [],
        opening=opening_form.offer(campaign, OpeningAct.COUNT),
        problem=problem,
        status=status,
        note=note,
        running=running,
        steps_of_count=_steps(note) if note is not None and running else [],
        told=_told(note) if note is not None and not running else "",
        watching=watching,
        seconds=REFRESH_SECONDS,
    )
    if watching:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _steps(note: CountNote) -> list[tuple[str, str]]:
    """Every step of a count with "done", "here" or "": what the page shows while it goes on."""
    order = list(CountStep)
    at = order.index(note.step)
    return [(_(STEPS[step]), "done" if place < at else "here" if place == at else "") for place, step in enumerate(order)]


def _told(note: CountNote) -> str:
    """Why a count beside the server came to nothing."""
    if note.refused:
        return _(note.sentence, **note.parts)
    return _("上一次开箱中途停了，什么也没有存：服务器重启过，或那个进程被中断。请再开一次。")


def _unattended(campaign: Campaign) -> list[dict[str, str]]:
    """Every place whose attendance is missing, as a list of problems; the box stays shut until it is empty."""
    if campaign.state != CampaignState.CLOSED:
        return []
    return [
        {
            "where": f"{unit or _('全部单位')} · {group}",
            "what": _("没有到会人数，也没有写明为什么没有清点。"),
            "remedy": _("在“关闭与清点”页填到会人数，或写明原因。"),
        }
        for unit, group in attendance.missing(db_session(), campaign)
    ]
