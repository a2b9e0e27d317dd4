"""Whether a round is ready: each point with what to do, trial sheet, clock, who came with a share; and the report to print."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.config import cookie_key
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign
from survey_app.printing.round_ready import ReadySheet, ready_pdf
from survey_app.printing.slips import SlipSheet, slips_pdf
from survey_app.roles import Capability
from survey_app.services.operating import points, round_readiness, standing
from survey_app.services.operating.points import Point
from survey_app.services.sealing import custody
from survey_app.services.sealing.tokens import secret_text
from survey_app.views.downloads import PDF, file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import still_as_seen
from survey_app.views.typed import whole
from survey_app.views.watching import readiness

#: A whole sheet of them, so that its edges are tried as well.
_TO_A_SHEET = 10
blueprint = Blueprint("round_ready", __name__, url_prefix="/office/campaigns/<key>/ready")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """Every point."""
    return _page(campaign_of(key))


@blueprint.get("/report.pdf")
@access.may(Capability.SEE_PROCEDURE)
def report(key: str) -> Response:
    """The same to print and sign."""
    campaign = campaign_of(key)
    found = _points(campaign)
    states = {state: _(title) for state, title in points.STATES.items()}
    sheet = ReadySheet(
        title=campaign.title,
        period=campaign.period,
        made=now(),
        lines=tuple((states[one.state], one.state, one.title, one.sentence, one.remedy) for one in found),
        verdict=_verdict(round_readiness.worst_of(found)),
    )
    return file_response(ready_pdf(sheet, language=language()), f"{campaign.title}-{_('就绪报告')}.pdf", PDF, inline=True)


@blueprint.get("/trial.pdf")
@access.may(Capability.PREPARE)
def trial(key: str) -> Response:
    """A sheet as slips are printed, with one slip that opens nothing: its code leads to a page that everybody may read."""
    campaign = campaign_of(key)
    slip = round_readiness.trial_slip(campaign, cookie_key(current_config()))
    address = f"{current_config().base_url}/privacy"
    sheet = SlipSheet(
        title=_("样张，不能投票：%(title)s", title=campaign.title), meeting=_("试印"), unit="", group=_("样张"), address=address
    )
    printed = (f"{address}#{secret_text(slip.secret)}", slip.alias)
    made = slips_pdf(sheet, [printed] * _TO_A_SHEET, language=language())
    return file_response(made, f"{campaign.title}-{_('样张')}.pdf", PDF, inline=True)


@blueprint.post("/sheet")
@access.may(Capability.PREPARE)
def read_back(key: str) -> AnyResponse:
    """What was read of the printed sheet."""
    campaign, typed = campaign_of(key), request.form.get("read", "")
    account, secret = access.current_account().name, cookie_key(current_config())

    def take() -> None:
        round_readiness.take_reading(db_session(), campaign, typed, server_secret=secret, account=account, now=now())

    return _done(campaign, take, "readiness-sheet", _("样张读得对，已记下。"))


@blueprint.post("/clock")
@access.may(Capability.PREPARE)
def clock(key: str) -> AnyResponse:
    """What somebody's watch says now."""
    campaign, watch = campaign_of(key), request.form.get("watch", "")
    account = access.current_account().name

    def compare() -> None:
        round_readiness.compare_clock(db_session(), campaign, watch, account=account, now=now())

    return _done(campaign, compare, "readiness-clock", _("时钟比过了，已记下。"))


@blueprint.post("/holders")
@access.may(Capability.PREPARE)
def holders(key: str) -> AnyResponse:
    """Which keepers came with their share."""
    campaign, account = campaign_of(key), access.current_account().name
    numbers = [whole(one) or 0 for one in request.form.getlist("holder")]

    def note() -> None:
        round_readiness.note_holders(db_session(), campaign, numbers, account=account, now=now())

    return _done(campaign, note, "holders-present", _("到场的保管人已记下。"), "custody-trustees", "custody-keys")


def _done(campaign: Campaign, act: Callable[[], object], action: str, told: str, *others: str) -> AnyResponse:
    try:
        still_as_seen(campaign, action, *others)
        act()
    except UserError as error:
        db_session().rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    db_session().commit()
    flash(told)
    return redirect(url_for("round_ready.index", key=campaign.key))


def _points(campaign: Campaign) -> list[Point]:
    session = db_session()
    stands = standing.stand(session, current_config(), now=now())
    return round_readiness.look(session, campaign, readiness(), stands, now=now())


def _verdict(worst: str) -> str:
    told = {
        points.GOOD: _("都好，可以开始。"),
        points.WARN: _("可以开始；有几处请留意。"),
        points.BAD: _("还不能放心开始：有要先办的。"),
    }
    return told[worst]


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    found, session = _points(campaign), db_session()
    terms = custody.terms_of(campaign.wrapped_key)
    return campaign_page(
        "campaigns/ready.html",
        campaign,
        "",
        status=status,
        problem=problem,
        points=found,
        worst=round_readiness.worst_of(found),
        verdict=_verdict(round_readiness.worst_of(found)),
        states={state: _(title) for state, title in points.STATES.items()},
        holders=list(enumerate(terms.holders, 1)) if terms.kind == "trustees" else [],
        present=round_readiness.present(session, campaign),
        typed=request.form,
        at=now(),
    )
