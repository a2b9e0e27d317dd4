"""When the voting of a round runs: hours for the clock, opening by hand, and a pause whose reason the voters read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.campaign import hours
from survey_app.services.campaign.hours import HourError, Hours
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.second_person import About, Told, campaign_in

blueprint = Blueprint("hours", __name__, url_prefix="/office/campaigns/<key>/hours")
#: What makes a page with hours on it stale.
ACTS = ("hours-set", "voting-opened", "voting-paused", "campaign-approved", "campaign-closed")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """The hours as they stand, and what a hand may do now."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.PROPOSE)
def choose(key: str) -> AnyResponse:
    """Set the hours: of a draft at once, because approval freezes them; of an approved round as two people do."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        given = {name: request.form.get(name, "").strip() for name in ("opens", "closes")}
        hours.check(campaign, _hours(given), now=now())
        if campaign.state == CampaignState.DRAFT:
            return _choose_now(campaign, given)
        return second_person.do_or_ask(AskKind.SET_HOURS, campaign, given)

    return _or_say_why(campaign, act)


@blueprint.post("/begin")
@access.may(Capability.PROPOSE)
def begin(key: str) -> AnyResponse:
    """Open the voting before its hour, or end a pause: as two people do."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        hours.refuse_unless_halted(campaign)
        return second_person.do_or_ask(AskKind.BEGIN_VOTING, campaign, {})

    return _or_say_why(campaign, act)


@blueprint.post("/pause")
@access.may(Capability.PROPOSE)
def pause(key: str) -> AnyResponse:
    """Stop for a while, at once and by one person: it takes nothing from anybody, and ends only as two people say."""
    campaign, reason = campaign_of(key), request.form.get("reason", "")

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        hours.pause(db_session(), campaign, reason)
        record("voting-paused", campaign, str(campaign.halted))
        db_session().commit()
        flash(_("投票已暂停；打开表的人看到这一句。凭条没有一张作废。"))
        return redirect(url_for("hours.index", key=campaign.key))

    return _or_say_why(campaign, act)


def _tell_hours(about: About, given: Given) -> Told:
    campaign, wanted = campaign_in(about), _hours(given)
    lines = ((_("开放"), campaign.opens, wanted.opens), (_("结束"), campaign.closes, wanted.closes))
    return [(name, _("%(new)s（现在是 %(old)s）", new=_moment(new), old=_moment(old))) for name, old, new in lines]


@second_person.deed(AskKind.SET_HOURS, _tell_hours)
def _choose_now(about: About, given: Given) -> AnyResponse:
    campaign, wanted = campaign_in(about), _hours(given)
    hours.choose(db_session(), campaign, wanted, now=now())
    record("hours-set", campaign, f"{_plain(wanted.opens)} {_plain(wanted.closes)}")
    db_session().commit()
    flash(_("开放和结束的时间已记下。"))
    return redirect(url_for("hours.index", key=campaign.key))


def _tell_begin(about: About, _given: Given) -> Told:
    campaign = campaign_in(about)
    now_is = _("暂停：%(why)s", why=campaign.halted) if campaign.halted else _("已批准，等候开放")
    return [(_("现在"), now_is), (_("之后"), _("凭条和链接马上可以投票。"))]


@second_person.deed(AskKind.BEGIN_VOTING, _tell_begin)
def _begin_now(about: About, _given: Given) -> AnyResponse:
    campaign = campaign_in(about)
    hours.begin(db_session(), campaign)
    record("voting-opened", campaign, "")
    db_session().commit()
    flash(_("投票开放。"))
    return redirect(url_for("hours.index", key=campaign.key))


def _hours(given: Mapping[str, object]) -> Hours:
    """The hours as typed. Raises HourError."""
    try:
        return Hours(*(times.typed(str(given.get(name, ""))) for name in ("opens", "closes")))
    except (ValueError, OverflowError) as wrong:
        raise HourError(N_("时间写得认不出来；请写成 2026-12-20 17:00 这样。")) from wrong


def _moment(at: object) -> str:
    return times.when(at) if at else _("由人按下")  # type: ignore[arg-type]  # a moment, or None


def _plain(at: object) -> str:
    return times.iso(at) if at else "-"  # type: ignore[arg-type]  # as above


def _or_say_why(campaign: Campaign, act: Callable[[], AnyResponse]) -> AnyResponse:
    try:
        return act()
    except UserError as error:
        db_session().rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    return campaign_page(
        "campaigns/hours.html",
        campaign,
        "voting" if campaign.state != CampaignState.DRAFT else "",
        status=status,
        problem=problem,
        opens=request.form.get("opens", times.field(campaign.opens)),
        closes=request.form.get("closes", times.field(campaign.closes)),
        reason=request.form.get("reason", ""),
        most=hours.REASON_CHARACTERS,
        kind="datetime-local",
        zone=times.zone(now()),
    )
