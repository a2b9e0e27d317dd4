"""The code on the wall: the office's projector page, and the voter's page that exchanges it for a form of one's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.model import Admission
from survey_app import access, times
from survey_app.config import cookie_key
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import BallotStyle, Campaign, CampaignState
from survey_app.native_threads import native_pool
from survey_app.printing import qr
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import styles_of
from survey_app.services.casting import cast
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.sealing.tokens import secret_text
from survey_app.services.slips import hall, room_code, slips
from survey_app.services.slips.printings import Stamp
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import SEEN, number_sent, still_as_seen
from survey_app.views.office.second_person import About, Told, campaign_in, word
from survey_app.views.typed import whole

blueprint = Blueprint("room", __name__)


@dataclass(frozen=True)
class HallLine:
    """One form that is handed out by code: seats prepared and taken, and until when its code is good (None: it is not)."""

    style_id: str
    place: str
    seats: int
    taken: int
    until: dt.datetime | None


@blueprint.get("/office/campaigns/<key>/room/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """The forms handed out by code, how many seats are prepared, and how many were taken."""
    return _index(campaign_of(key))


@blueprint.post("/office/campaigns/<key>/room/")
@access.may(Capability.PRINT)
def prepare(key: str) -> AnyResponse:
    """Prepare seats of one form."""
    campaign, session = campaign_of(key), db_session()
    style = _style(campaign, request.form.get("style", ""))
    seats = whole(request.form.get("seats", ""), digits=5) or 0
    try:
        still_as_seen(campaign, "room-prepared")
        meeting = room_code.check_order(style, seats, request.form.get("meeting", ""))
        what = {"style": style.id, "seats": str(seats), "meeting": meeting}
        return second_person.do_or_ask(AskKind.PREPARE_SEATS, campaign, what)
    except UserError as error:
        session.rollback()
        return _index(campaign, _(error.sentence, **error.parts), error.status)


def _tell_seats(about: About, given: Given) -> Told:
    campaign = campaign_in(about)
    return [(_("给谁"), _place(campaign, _style(campaign, word(given, "style")))), (_("张数"), word(given, "seats")),
            (_("会议"), word(given, "meeting"))]  # fmt: skip


@second_person.deed(AskKind.PREPARE_SEATS, _tell_seats)
def _prepare_now(about: About, given: Given) -> AnyResponse:
    campaign, session, config = campaign_in(about), db_session(), current_config()
    style, seats = _style(campaign, word(given, "style")), whole(word(given, "seats"), digits=5) or 0
    session.commit()  # hashing takes seconds and must hold no lock
    with native_pool() as pool:
        made = room_code.prepare(
            style, seats=seats, meeting=word(given, "meeting"), secret=cookie_key(config), cost=config.alias_cost, pool=pool
        )
    if number_sent(SEEN) is not None:  # one person alone, who may have clicked twice meanwhile
        still_as_seen(campaign, "room-prepared")
    room = room_code.store(session, made, Stamp(now(), access.current_account().name))
    record("room-prepared", campaign, f"batch {room.batch_id}, {seats} seats")
    session.commit()
    flash(_("已准备 %(n)s 份评议表，可以投到大屏幕上了。", n=seats))
    return redirect(url_for("room.index", key=campaign.key))


@blueprint.post("/office/campaigns/<key>/room/open")
@access.may(Capability.PRINT)
def open_hall(key: str) -> AnyResponse:
    """Let the code of one form be good for some minutes from now on."""
    campaign, session = campaign_of(key), db_session()
    style = _style(campaign, request.form.get("style", ""))
    try:
        _of_this_hall(campaign, style)
        if campaign.state != CampaignState.OPEN:
            raise RefusedError(N_("这次评议现在不在进行中，不能开放会场公用码。"))
        until = hall.hold_open(session, style, minutes=whole(request.form.get("minutes", ""), digits=4), now=now())
    except UserError as error:
        session.rollback()
        return _index(campaign, _(error.sentence, **error.parts), error.status)
    record("room-opened", campaign, style.id)
    session.commit()
    flash(_("会场公用码已开放，到 %(time)s 自动关闭。", time=times.when(until)))
    return redirect(url_for("room.index", key=campaign.key))


@blueprint.post("/office/campaigns/<key>/room/close")
@access.may(Capability.PRINT)
def close_hall(key: str) -> AnyResponse:
    """From now on the code of one form is good for nothing; forms handed out stay good."""
    campaign, session = campaign_of(key), db_session()
    style = _style(campaign, request.form.get("style", ""))
    try:
        _of_this_hall(campaign, style)
    except UserError as error:
        session.rollback()
        return _index(campaign, _(error.sentence, **error.parts), error.status)
    hall.close(session, style)
    record("room-closed", campaign, style.id)
    session.commit()
    flash(_("会场公用码已关闭；已经领走的评议表照常可以送出。"))
    return redirect(url_for("room.index", key=campaign.key))


@blueprint.get("/office/campaigns/<key>/room/<style_id>")
@access.may(Capability.PRINT)
def wall(key: str, style_id: str) -> Response:
    """The page to project: this minute's code, large, and its QR code. It loads itself again when the code changes."""
    campaign = campaign_of(key)
    style = _style(campaign, style_id)
    if campaign.state != CampaignState.OPEN:
        raise RefusedError(N_("这次评议现在不在进行中，没有码可以投到大屏幕上。"))
    if hall.open_until(db_session(), style.id, now=now()) is None:
        raise RefusedError(N_("会场公用码已经关闭；请在“会场公用码”页再开放一次，码才会显示出来。"))
    seen = room_code.show_code(style.id, secret=cookie_key(current_config()), now=now())
    address = f"{current_config().base_url}/v/{style.id}/room"
    page = render_template(
        "campaigns/wall.html",
        campaign=campaign,
        group=_place(campaign, style),
        shown=seen,
        address=address.removeprefix("http://"),
        # Our own drawing of an address of ours: one path of numbers, no text of anybody's.
        picture=Markup(qr.svg(f"{address}?code={seen.scanned}")),  # noqa: S704 - our own drawing
    )
    response = make_response(page)
    response.headers["Refresh"] = str(seen.seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/v/<style_id>/room")
@access.voter
def door(style_id: str) -> Response:
    """Where the code on the wall is typed; scanned, it stands there already. Nothing is handed out by looking."""
    style = _of_code(style_id)
    return _door(style, request.args.get("code", "")[:40])


@blueprint.post("/v/<style_id>/room")
@access.voter
def enter(style_id: str) -> Response:
    """Exchange the code for a form of one's own."""
    style, session, code = _of_code(style_id), db_session(), request.form.get("code", "")[:40]
    try:
        secret, alias = room_code.hand_out(session, style, code, secret=cookie_key(current_config()), now=now())
    except UserError as error:
        session.rollback()
        return _door(style, code, _(error.sentence, **error.parts), error.status)
    session.commit()
    link = f"{url_for('ballot.form', style_id=style.id, lang=request.args.get('lang'))}#{secret_text(secret)}"
    return _own(style, 200, link=link, alias=alias)


def _door(style: BallotStyle, code: str, problem: str = "", status: int = 200) -> Response:
    return _own(style, status, style=style, code=code, problem=problem)


def _own(of: BallotStyle, status: int, **shown: object) -> Response:
    """The page for one person, so that no cache keeps it."""
    names = scheme_of(of.campaign).languages[0]
    response = make_response(render_template("ballot/room.html", campaign=of.campaign, names_language=names, **shown), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _of_code(style_id: str) -> BallotStyle:
    session = db_session()
    cast.begin_reading(session)
    style = session.get(BallotStyle, style_id)
    if style is None or scheme_of(style.campaign).groups[style.group_key].admission != Admission.CODE:
        raise NotFoundError(N_("没有这个领取页面；请重新扫描大屏幕上的二维码。"))
    return style


def _of_this_hall(campaign: Campaign, style: BallotStyle) -> None:
    """Refuse what was decided on a page from before somebody else opened or closed this hall. Raises StaleActError."""
    still_as_seen(campaign, "room-opened", "room-closed", only=lambda rest: rest == style.id)


def _style(campaign: Campaign, style_id: str) -> BallotStyle:
    style = db_session().get(BallotStyle, style_id)
    if style is None or style.campaign_id != campaign.id or not _by_code(campaign, style):
        raise NotFoundError(N_("这次评议没有用公用码的这张表；请从“会场公用码”页重新进入。"))
    return style


def _by_code(campaign: Campaign, style: BallotStyle) -> bool:
    return scheme_of(campaign).groups[style.group_key].admission == Admission.CODE


def _place(campaign: Campaign, style: BallotStyle) -> str:
    group = scheme_of(campaign).groups[style.group_key].title.in_(language())
    return f"{style.unit.name} · {group}" if style.unit else group


def _index(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    handed = room_code.handed(session, campaign)
    lines = []
    for loaded in styles_of(session, campaign):
        if _by_code(campaign, loaded.row):
            halls = [one for one in slips.batches(session, campaign) if one.id in handed and one.style_id == loaded.row.id]
            seats = sum(one.issued for one in halls if not one.void)
            lines.append(
                HallLine(
                    style_id=loaded.row.id,
                    place=_place(campaign, loaded.row),
                    seats=seats,
                    taken=sum(handed[one.id] for one in halls),
                    until=hall.open_until(session, loaded.row.id, now=now()),
                )
            )
    return campaign_page(
        "campaigns/room.html",
        campaign,
        "print",
        status=status,
        lines=lines,
        form=request.form,
        problem=problem,
        usual=hall.USUAL_MINUTES,
    )
