"""The second factors of one's own account: authenticator, passkeys, recovery codes; the statement that the office needs none."""

from __future__ import annotations

import base64
import json

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.config import cookie_key
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Account
from survey_app.printing import qr
from survey_app.roles import Capability
from survey_app.services.office import audit, factors, passkeys, recovery_codes, totp
from survey_app.views.office.accounts import internal_address
from survey_app.views.office.editing import complete
from survey_app.views.office.own_account import own_account, tell_owner

blueprint = Blueprint("factors", __name__, url_prefix="/office/account/factors")


@blueprint.get("")
@access.signed_in
def index() -> Response:
    """What the account has, and what it may add."""
    return _page()


@blueprint.get("/totp")
@access.signed_in
def totp_page() -> Response:
    """A fresh secret as a QR code and as text; kept by nobody until its first code comes back."""
    return _offered(totp.mint_key())


@blueprint.post("/totp")
@access.signed_in
def begin_totp() -> AnyResponse:
    """The first code of the secret that the page showed."""
    db, account, secret = db_session(), own_account(), _secret()
    try:
        key = totp.taken_up(request.form.get("offer_secret", ""), account.id, secret, now=now())
    except totp.BrokenSealError:  # kept too long, or sent on after signing in again: what was shown then is not good any more
        flash(_("这一页放得太久了；请用验证器重新扫描下面的二维码。"), "warn")
        return redirect(url_for("factors.totp_page", next=request.form.get("next", "")))
    try:
        factors.begin_totp(db, account, key, request.form.get("code", ""), secret=secret, now=now())
    except UserError as error:
        db.rollback()
        return _offered(key, error=_(error.sentence, **error.parts), status=error.status)
    return _added(account, "authenticator")


@blueprint.post("/totp/end")
@access.signed_in
def end_totp() -> AnyResponse:
    """Without the authenticator from now on."""
    account = own_account()
    factors.end_totp(db_session(), account)
    return _ended(account, "authenticator", _("验证器已解除。"))


@blueprint.get("/passkey")
@access.signed_in
def passkey() -> AnyResponse:
    """The page on which a browser makes a passkey."""
    return _passkey_page()


@blueprint.post("/passkey")
@access.signed_in
def add_passkey() -> AnyResponse:
    """What the browser made."""
    db, account, form = db_session(), own_account(), request.form
    try:
        party = _party()
        answer, title = form.get("credential", ""), form.get("title", "")
        passkeys.add(db, account, answer, title=title, party=party, secret=_secret(), now=now())
    except UserError as error:
        db.rollback()
        return _passkey_page(error=_(error.sentence, **error.parts), status=error.status)
    return _added(account, "passkey")


@blueprint.post("/passkey/end")
@access.signed_in
def end_passkey() -> AnyResponse:
    """Without this passkey from now on."""
    account = own_account()
    try:
        named = bytes.fromhex(request.form.get("credential_id", ""))
    except ValueError:
        named = b""
    factors.end_passkey(db_session(), account, named)
    return _ended(account, "passkey", _("这把通行密钥已删除。"))


@blueprint.post("/codes")
@access.signed_in
def renew_codes() -> AnyResponse:
    """New recovery codes; the old ones stop working."""
    db, account = db_session(), own_account()
    if not factors.standing(db, account.id).enrolled:
        raise UserError(N_("还没有第二重验证，恢复码没有用处；请先绑定验证器或通行密钥。"))
    codes = recovery_codes.renew(db, account)
    audit.record(db, account=account.name, action="recovery-renewed", detail="", now=now())
    db.commit()
    return _codes_page(codes, renewed=True)


@blueprint.post("/without")
@access.may(Capability.KEEP_ACCOUNTS)
def state_without() -> AnyResponse:
    """The office states that it signs in with passwords alone; every page of the office says so from now on."""
    db, account = db_session(), own_account()
    complete()
    if request.form.get("understood") != "yes":
        return _page(error=_("请先勾选，说明您知道不用第二重验证意味着什么。"), status=400)
    if current_config().require_passkey:
        raise RefusedError(N_("管服务器的人要求用通行密钥，不能声明不用第二重验证；请先改 PINGYI_REQUIRE_PASSKEY。"))
    factors.state_without(db, by=account.name, now=now())
    audit.record(db, account=account.name, action="factors-waived", detail="", now=now())
    db.commit()
    return redirect(internal_address(request.form.get("next", "")) or url_for("home.work"))


@blueprint.post("/with")
@access.may(Capability.KEEP_ACCOUNTS)
def take_back() -> AnyResponse:
    """The office asks every account for a second factor again."""
    db, account = db_session(), own_account()
    factors.take_back(db)
    audit.record(db, account=account.name, action="factors-required", detail="", now=now())
    db.commit()
    flash(_("从现在起，评议办的每个账户都要绑定第二重验证。"))
    return redirect(url_for("factors.index"))


def _secret() -> str:
    return cookie_key(current_config())


def _party() -> passkeys.RelyingParty:
    party = passkeys.relying_party(current_config().own_url)
    if party is None:
        raise UserError(N_("在这个网址上不能用通行密钥：要有域名，并且是 https；请改用验证器。"))
    return party


def _page(*, error: str | None = None, status: int = 200) -> Response:
    db, account, config = db_session(), access.current_account(), current_config()
    page = render_template(
        "accounts/factors.html",
        standing=factors.standing(db, account.id),
        passkeys=passkeys.of_account(db, account.id),
        possible=passkeys.relying_party(config.own_url) is not None,
        may_do_without=account.may(Capability.KEEP_ACCOUNTS) and factors.may_do_without(db) and not config.require_passkey,
        passkey_needed=not account.roles.isdisjoint(config.passkey_roles),
        next=request.values.get("next", ""),
        error=error,
    )
    return make_response(page, status)


def _offered(key: bytes, *, error: str | None = None, status: int = 200) -> Response:
    account, config = access.current_account(), current_config()
    host = config.own_url.partition("://")[2]
    picture = base64.b64encode(qr.svg(totp.address(key, account.name, host)).encode()).decode()
    page = render_template(
        "accounts/totp.html",
        picture=f"data:image/svg+xml;base64,{picture}",
        written=totp.written(key),
        offer=totp.offer(key, account.id, _secret(), now=now()),
        digits=totp.DIGITS,
        next=request.values.get("next", ""),
        error=error,
    )
    return make_response(page, status)


def _passkey_page(*, error: str | None = None, status: int = 200) -> Response:
    account = own_account()
    asked = passkeys.challenge(passkeys.purpose_of_adding(account.id), _secret(), now=now())
    known = [one.credential for one in passkeys.of_account(db_session(), account.id)]
    page = render_template(
        "accounts/passkey.html",
        options=json.dumps(passkeys.making(_party(), asked, account, known)),
        title=request.form.get("title", ""),
        most=passkeys.MOST_TITLE,
        next=request.values.get("next", ""),
        error=error,
    )
    return make_response(page, status)


def _added(account: Account, what: str) -> AnyResponse:
    """Record, tell the owner, and show recovery codes where there are none."""
    db = db_session()
    audit.record(db, account=account.name, action="factor-added", detail=what, now=now())
    tell_owner(account, "factor-added")
    codes = recovery_codes.renew(db, account) if recovery_codes.left(db, account.id) == 0 else []
    db.commit()
    if codes:
        return _codes_page(codes)
    flash(_("第二重验证已加上。"))
    return redirect(internal_address(request.form.get("next", "")) or url_for("factors.index"))


def _ended(account: Account, what: str, said: str) -> AnyResponse:
    audit.record(db_session(), account=account.name, action="factor-ended", detail=what, now=now())
    tell_owner(account, "factor-ended")
    db_session().commit()
    flash(said)
    return redirect(url_for("factors.index"))


def _codes_page(codes: list[str], *, renewed: bool = False) -> Response:
    wanted = internal_address(request.form.get("next", "")) or url_for("factors.index")
    return make_response(render_template("accounts/codes.html", codes=codes, renewed=renewed, onwards=wanted))
