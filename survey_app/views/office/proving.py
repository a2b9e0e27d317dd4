"""The page that asks a signed-in caller who they are before what cannot be undone, and what a page needs to ask for a passkey."""

from __future__ import annotations

import json

from flask import Blueprint, Flask, make_response, request, session, url_for
from werkzeug.wrappers import Response

from survey_app import access, refused_requests, resuming
from survey_app.config import cookie_key
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import gettext as _
from survey_app.models import Account
from survey_app.services.office import own_sessions, passkeys, signing_in, throttle
from survey_app.views.office.accounts import internal_address, onwards
from survey_app.views.office.own_account import PROOFS, own_account, throttled

blueprint = Blueprint("proving", __name__, url_prefix="/office/account/prove")


@blueprint.get("")
@access.signed_in
def ask() -> Response:
    """The page by itself, for a page that shows a form with what is never kept."""
    return make_response(resuming.who_page(wanted=request.args.get("next", "")))


@blueprint.post("")
@access.signed_in
def prove() -> Response:
    """Password and, where there is one, the authenticator's code; then on with what was interrupted."""
    db, form, config, account = db_session(), request.form, current_config(), own_account()
    try:
        throttled(account)
        with throttle.DOOR.admitted(known=True):
            signing_in.prove(
                db, account, form.get("password", ""), form.get("code", ""),
                cost=config.password_cost, secret=cookie_key(config), now=now(), with_passkey=config.passkey_roles,
            )  # fmt: skip
    except UserError as error:
        return _refused(error)
    throttle.forgive(db, PROOFS, str(account.id), now=now())
    return _proven(account)


@blueprint.post("/passkey")
@access.signed_in
def prove_by_passkey() -> Response:
    """The same with one of the account's own passkeys."""
    db, config, account = db_session(), current_config(), own_account()
    party = passkeys.relying_party(config.own_url)
    try:
        if party is None:
            raise passkeys.PasskeyError(passkeys.NOT_HELD)
        answer, purpose = request.form.get("credential", ""), passkeys.purpose_of_proving(account.id)
        holder = passkeys.check(db, answer, purpose=purpose, party=party, secret=cookie_key(config), now=now())
        if holder.id != account.id:
            raise passkeys.PasskeyError(passkeys.NOT_HELD)
    except UserError as error:
        return _refused(error)
    return _proven(account)


def init_proving(app: Flask) -> None:
    """Give templates what a browser is asked for a passkey: to sign in, or to prove oneself again; "" where it cannot be."""
    app.jinja_env.globals.update(passkey_to_sign_in=_to_sign_in, passkey_to_prove=_to_prove)


def _to_sign_in() -> str:
    party, secret = passkeys.relying_party(current_config().own_url), cookie_key(current_config())
    return json.dumps(passkeys.asking(party, passkeys.challenge(passkeys.SIGNING_IN, secret, now=now()), [])) if party else ""


def _to_prove() -> str:
    party, account = passkeys.relying_party(current_config().own_url), access.current_account().id
    known = [one.credential for one in passkeys.of_account(db_session(), account)] if party else []
    if party is None or not known:
        return ""
    asked = passkeys.challenge(passkeys.purpose_of_proving(account), cookie_key(current_config()), now=now())
    return json.dumps(passkeys.asking(party, asked, known))


def _proven(account: Account) -> Response:
    """A new session id, and on with what waited."""
    db, browser = db_session(), session.get(resuming.BROWSER_KEY)
    session[access.SESSION_KEY] = own_sessions.renew(db, session[access.SESSION_KEY], proven=now())
    db.commit()
    return onwards(account, browser, internal_address(request.form.get("next", "")) or url_for("home.work"), proven=True)


def _refused(error: UserError) -> Response:
    db_session().rollback()
    refused_requests.remember_proof(error.status, access.current_account().name)
    waits, wanted = request.form.get(resuming.KEPT, ""), request.form.get("next", "")
    page = resuming.who_page(wanted=wanted, error=_(error.sentence, **error.parts), kept=waits)
    return make_response(page, error.status)
