"""Trustees who have keys of their own: their public keys entered and compared, sealed shares handed out, answers taken, and
one-time keys made for an opening. No share is in any answer of this room, nor in anything it is sent.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.config import cookie_key
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, LogKey
from survey_app.roles import Capability
from survey_app.services.campaign import rehearsal, trustee_keys
from survey_app.services.sealing import age_files, custody, opening_notes, trustees
from survey_app.services.sealing.one_time_keys import OpeningAct
from survey_app.services.sealing.share_letters import KeyHolder
from survey_app.views.downloads import file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.custody import KEY_ACTS, custody_page, refuse_unless_asked, seen_of
from survey_app.views.office.editing import still_as_seen
from survey_app.views.opening_memory import opening_memory
from survey_app.views.typed import files_sent, whole

blueprint = Blueprint("trustee_keys", __name__, url_prefix="/office/campaigns/<key>/custody/keys")
AGE = "application/age"
_TEXT = "text/plain; charset=utf-8"
#: Where the form stands that a one-time key is made for.
_BACK = {OpeningAct.COUNT: "counting.index", OpeningAct.BUNDLE: "proof_log.index"}


@blueprint.get("/deal")
@access.may(Capability.SEE_PROCEDURE)
def enter(key: str) -> Response:
    """Names and public keys, and what would open nothing any more."""
    return _page(campaign_of(key))


@blueprint.post("/compare")
@access.may(Capability.PREPARE)
def compare(key: str) -> Response:
    """The fingerprints, to be read to each other. Nothing is written."""
    campaign = campaign_of(key)
    try:
        holders = _read_holders()
        custody.check_holders([one.name for one in holders], _needed())
    except UserError as error:
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    return _page(campaign, holders=holders)


@blueprint.post("/deal")
@access.may(Capability.PREPARE)
def deal(key: str) -> AnyResponse:
    """A new key, its shares sealed to the keys that were compared."""
    session, campaign = db_session(), campaign_of(key)
    holders: tuple[KeyHolder, ...] = ()
    try:
        holders = _read_holders()
        refuse_unless_asked(campaign)
        still_as_seen(campaign, *KEY_ACTS, own=False)
        trustee_keys.deal(
            session,
            campaign,
            holders,
            needed=_needed(),
            compared=request.form.getlist("compared"),
            account=access.current_account().name,
            now=now(),
        )
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status, holders=holders)
    session.commit()
    flash(_("密钥片已分别封给各位保管人。下一步：把每一份交给它的保管人，收回答码。"))
    return redirect(url_for("custody.index", key=campaign.key))


@blueprint.get("/<int:number>.age")
@access.may(Capability.PREPARE)
def sealed(key: str, number: int) -> Response:
    """One trustee's share as it was sealed: of no use to anybody else."""
    campaign = campaign_of(key)
    name, content = trustee_keys.sealed_share(campaign, number)
    return file_response(content, f"{campaign.title}-{number}-{name}.age", AGE, once=True)


@blueprint.post("/answer")
@access.may(Capability.PREPARE)
def answer(key: str) -> AnyResponse:
    """A trustee's answer. It says nothing of the share."""
    session, campaign = db_session(), campaign_of(key)
    try:
        still_as_seen(campaign, *KEY_ACTS, own=False)
        name = trustee_keys.take_answer(
            session, campaign, request.form.get("answer", "")[:100], account=access.current_account().name, now=now()
        )
    except UserError as error:
        session.rollback()
        return custody_page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("%(name)s 的回答码对：本人打得开自己的那一份。", name=name))
    return redirect(url_for("custody.index", key=campaign.key))


@blueprint.post("/one-time/<act>")
@access.may(Capability.OPEN)
def prepare(key: str, act: str) -> AnyResponse:
    """A one-time key for an opening; back to the form that asks for it."""
    what = _act(act)
    session, campaign = db_session(), campaign_of(key)
    trustee_keys.prepare(session, campaign, what, opening_memory(), account=access.current_account().name, now=now())
    session.commit()
    if what in _BACK:
        return redirect(url_for(_BACK[what], key=campaign.key))
    return redirect(url_for("readings.ask", key=campaign.key, rater=whole(request.form.get("rater", ""), digits=9) or 0))


@blueprint.get("/one-time/<act>.txt")
@access.may(Capability.SEE_PROCEDURE)
def one_time(key: str, act: str) -> Response:
    """The public half as a file for trustees who are not in the room. A draft has no log: its file says that nobody signed."""
    what = _act(act)
    campaign = campaign_of(key)
    waiting = opening_memory().find(campaign.id, what, now=now())
    if waiting is None:
        raise NotFoundError(N_("现在没有为这一步准备好的一次性公钥；请先在开启的那一页制作。"))
    log_key = db_session().get(LogKey, campaign.id)
    sealed_key = None if log_key is None else log_key.sealed
    text = opening_notes.write(campaign.key, what, waiting, sealed=sealed_key, secret=cookie_key(current_config()))
    name = _("一次性公钥")
    return file_response(text, f"{campaign.title}-{name}.txt", _TEXT, once=True)


def _act(text: str) -> OpeningAct:
    try:
        return OpeningAct(text)
    except ValueError as wrong:
        raise NotFoundError(N_("没有这样一步要开启；请回到开启的那一页。")) from wrong


def _needed() -> int:
    return whole(request.form.get("needed", ""), digits=3) or 0


def _read_holders() -> tuple[KeyHolder, ...]:
    """Lines typed, and those of files sent, one trustee a line."""
    return trustee_keys.read_holders(_lines())


def _lines() -> str:
    sent = [one.data.decode("utf-8-sig", "replace") for one in files_sent("file", most=age_files.MOST_BYTES)]
    return "\n".join([request.form.get("holder_keys", ""), *sent]).strip()[: 2 * age_files.MOST_BYTES]


def _page(campaign: Campaign, problem: str = "", status: int = 200, *, holders: tuple[KeyHolder, ...] = ()) -> Response:
    """The lines to fill in; once they are whole, the fingerprints to compare."""
    terms = custody.terms_of(campaign.wrapped_key)
    in_force = "\n".join(f"{name} {public}" for name, public in zip(terms.holders, terms.keys, strict=False))
    lines = trustee_keys.without_secrets(_lines()) if request.method == "POST" else in_force
    keys = [age_files.read_recipient(one.key) for one in holders]
    return campaign_page(
        "campaigns/trustee_keys.html",
        campaign,
        "",
        status=status,
        problem=problem,
        lines=lines,
        needed=request.form.get("needed", "") or terms.needed or 2,
        compared=request.form.getlist("compared"),
        holders=[
            (one.name, key, trustees.fingerprint_of(key), trustees.in_fours(trustees.fingerprint_of(key)))
            for one, key in zip(holders, keys, strict=True)
        ],
        seen=seen_of(campaign),
        rehearsal=rehearsal.rehearsal_of(db_session(), campaign),
        made=rehearsal.find_making(db_session(), campaign),
    )
