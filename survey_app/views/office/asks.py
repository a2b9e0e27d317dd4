"""What waits for a second person: the list, one of them in plain words, and the answers to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Ask, AskStanding, Campaign
from survey_app.roles import Capability
from survey_app.services.four_eyes import asks, office_size
from survey_app.services.four_eyes.kinds import KINDS, AskKind
from survey_app.services.office import accounts
from survey_app.views.office.second_person import DEEDS, About, Told, caller_asking

blueprint = Blueprint("asks", __name__, url_prefix="/office/asks")

STANDINGS = {
    AskStanding.WAITING: N_("等第二个人确认"),
    AskStanding.CONFIRMED: N_("已确认，等提出的人来办"),
    AskStanding.DONE: N_("办了"),
    AskStanding.WITHDRAWN: N_("提出的人撤回了"),
    AskStanding.DECLINED: N_("第二个人没有同意"),
}


@dataclass(frozen=True, kw_only=True)
class AskLine:
    """An ask as lists show it. `mine`: the caller made it; `waits`: it waits for the caller; `over`: it expired."""

    ask: Ask
    title: str
    where: str
    standing: str
    mine: bool
    waits: bool
    over: bool


@blueprint.get("/")
@access.may(Capability.SEE_LOG)
def index() -> Response:
    """What waits, for the caller or for others, and what ended. Whoever monitors reads it too, and answers nothing."""
    waiting = [_line(one) for one in asks.all_open(db_session(), now=now())]
    ended = [_line(one) for one in asks.ended_asks(db_session(), now=now())]
    alone = office_size.is_alone(db_session())
    return make_response(render_template("asks/index.html", waiting=waiting, ended=ended, alone=alone))


@blueprint.get("/<int:ask_id>")
@access.may(Capability.SEE_LOG)
def one(ask_id: int) -> Response:
    """What would be done, to what, who asks; and, for whoever may give one, the two answers."""
    return _page(asks.by_id(db_session(), ask_id))


@blueprint.post("/<int:ask_id>/confirm")
@access.may(Capability.WITNESS)
def confirm(ask_id: int) -> AnyResponse:
    """Say yes to what the page showed; what needs no collecting is done by it."""
    ask, session = _found(ask_id), db_session()
    try:
        about = _about(session, ask, hold=True)
        asks.confirm(session, ask, about, shown=request.form.get("shown", ""), by=caller_asking(), now=now())
        if ask.standing == AskStanding.DONE:
            return DEEDS[AskKind(ask.kind)].do(about, asks.given_in(ask))
    except UserError as error:
        return _refused(ask_id, error)
    session.commit()
    flash(_("已确认。%(name)s 现在可以办，只能办一次。", name=ask.asked_by))
    return redirect(url_for("asks.index"))


@blueprint.post("/<int:ask_id>/collect")
@access.may(Capability.WITNESS)
def collect(ask_id: int) -> AnyResponse:
    """The asker does what was confirmed, once; the answer is what was asked for."""
    ask, session = _found(ask_id), db_session()
    try:
        about = _about(session, ask, hold=True)
        asks.spend(session, ask, about, by=caller_asking(), now=now())
        return DEEDS[AskKind(ask.kind)].do(about, asks.given_in(ask))
    except UserError as error:
        return _refused(ask_id, error)


@blueprint.post("/<int:ask_id>/end")
@access.may(Capability.WITNESS)
def end(ask_id: int) -> AnyResponse:
    """Take it back, or say no."""
    ask, session = _found(ask_id), db_session()
    try:
        asks.end(session, ask, by=caller_asking(), now=now())
    except UserError as error:
        return _refused(ask_id, error)
    session.commit()
    flash(_("这一件已经了结，没有办。"))
    return redirect(url_for("asks.index"))


def waiting_lines(campaign: Campaign | None = None) -> list[AskLine]:
    """What the front desk, or a campaign's page, says is waiting; nothing for whoever is no second person in anything."""
    if not access.current_account().may(Capability.WITNESS):
        return []
    return [_line(one) for one in asks.open_asks(db_session(), caller_asking(), now=now(), campaign=campaign)]


def _found(ask_id: int) -> Ask:
    """The ask, for whoever asked or could confirm. Raises NotFoundError for everybody else."""
    ask, by = asks.by_id(db_session(), ask_id), caller_asking()
    if ask.asked_by != by.name and KINDS[AskKind(ask.kind)].confirms not in by.granted:
        raise NotFoundError(N_("没有这一件待办；请到“待办确认”里看。"))
    return ask


def _about(session: Session, ask: Ask, *, hold: bool = False) -> About:
    """What it is about; `hold`: for this writer alone until the commit. None where it has gone."""
    if ask.campaign_id is not None:
        found: About = session.get(Campaign, ask.campaign_id)
    else:
        found = accounts.account_named(session, ask.about) if ask.about else None
    if found is not None and hold:
        session.refresh(found, with_for_update={"of": type(found)})
    return found


def _told(ask: Ask, about: About) -> Told:
    """Never an error: what is gone or changed is said by the refusal, the page still shows who asked."""
    try:
        return DEEDS[AskKind(ask.kind)].tell(about, asks.given_in(ask))
    except (UserError, TypeError):
        return []


def _refused(ask_id: int, error: UserError) -> AnyResponse:
    if isinstance(error, NotFoundError):
        raise error
    db_session().rollback()
    db_session().expire_all()
    return _page(_found(ask_id), problem=_(error.sentence, **error.parts), status=error.status)


def _page(ask: Ask, *, problem: str = "", status: int = 200) -> Response:
    session, by = db_session(), caller_asking()
    about = _about(session, ask)
    stale = ""
    if ask.standing in (AskStanding.WAITING, AskStanding.CONFIRMED):
        try:
            asks.refuse_stale(session, ask, about)
        except asks.StaleAskError as error:
            stale = _(error.sentence, **error.parts)
    others = [one.name for one in office_size.seconds(session) if one.name != ask.asked_by and not one.disabled]
    page = render_template(
        "asks/one.html",
        line=_line(ask),
        about=about,
        campaign=about if isinstance(about, Campaign) else None,
        told=_told(ask, about),
        collected=KINDS[AskKind(ask.kind)].collected,
        may_confirm=KINDS[AskKind(ask.kind)].confirms in by.granted,
        others=others,
        stale=stale,
        problem=problem if problem != stale else "",
    )
    return make_response(page, status)


def _line(ask: Ask) -> AskLine:
    by, title = caller_asking(), _(KINDS[AskKind(ask.kind)].title)
    found = db_session().get(Campaign, ask.campaign_id) if ask.campaign_id else None
    over = ask.expires <= now() and ask.standing in (AskStanding.WAITING, AskStanding.CONFIRMED)
    return AskLine(
        ask=ask,
        title=title,
        where=f"{found.title} {found.period}" if found else ask.about,
        standing=_("过期了，没有办") if over else _(STANDINGS[ask.standing]),
        mine=ask.asked_by == by.name,
        waits=not over and asks.waits_for(ask, by),
        over=over,
    )
