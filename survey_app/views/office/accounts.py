"""Signing in and out, one-time links, the office's account list."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, resuming
from survey_app.config import cookie_key
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Account
from survey_app.roles import GIVEN, TITLES, TOLD, Capability
from survey_app.services.editing.kept_fields import NotKeptError
from survey_app.services.four_eyes import office_size
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.office import (
    account_names,
    account_units,
    accounts,
    audit,
    browsers,
    factors,
    owner_notices,
    passkeys,
    passwords,
    signing_in,
    throttle,
)
from survey_app.surfaces import full_address
from survey_app.views.office import account_endings as endings
from survey_app.views.office import account_roles, second_person
from survey_app.views.office.editing import complete, still_as_seen
from survey_app.views.office.field_labels import labels_of
from survey_app.views.office.second_person import About, Told, account_in, word, words

blueprint = Blueprint("accounts", __name__)

PER_ACCOUNT = throttle.Lane("sign-in of an account", free=5)
PER_BROWSER = throttle.Lane("sign-in from a known browser", free=10)
KNOWN_BROWSER_DAYS = 180


@blueprint.get("/office/sign-in")
@access.public
def sign_in() -> AnyResponse:
    """The sign-in form."""
    if g.get("caller") is not None:
        return redirect(url_for("home.work"))
    return make_response(resuming.sign_in_page(wanted=request.args.get("next", "")))


@blueprint.post("/office/sign-in")
@access.public
def sign_in_now() -> AnyResponse:
    """Check name, password and code. Attempts are counted, and committed, before they are judged."""
    name, wanted = request.form.get("name", ""), request.form.get("next", "")
    db, config, known = db_session(), current_config(), _known_browser(request.form.get("name", ""))
    lane, key = (PER_BROWSER, known) if known else (PER_ACCOUNT, throttle.plain_name(name))
    db.commit()  # whoever waits at the door holds no connection
    try:
        with throttle.DOOR.admitted(known=known is not None):
            throttle.spend(db, lane, key, now=now())
            db.commit()
            account, how = signing_in.admit(
                db, name, request.form.get("password", ""), request.form.get("code", ""),
                cost=config.password_cost, secret=cookie_key(config), now=now(), with_passkey=config.passkey_roles,
            )  # fmt: skip
    except UserError as error:
        db.rollback()
        shown, waits = _(error.sentence, **error.parts), request.form.get(resuming.KEPT, "")
        return make_response(resuming.sign_in_page(wanted=wanted, name=name, error=shown, kept=waits), error.status)
    throttle.forgive(db, lane, key, now=now())
    return _let_in(account, how, wanted)


@blueprint.post("/office/sign-in/passkey")
@access.public
def sign_in_by_passkey() -> AnyResponse:
    """A passkey's answer to the challenge of the sign-in page: it says who, and that the right person holds it."""
    db, config, wanted = db_session(), current_config(), request.form.get("next", "")
    party = passkeys.relying_party(config.own_url)
    try:
        if party is None:
            raise passkeys.PasskeyError(passkeys.NOT_HELD)
        answer, secret = request.form.get("credential", ""), cookie_key(config)
        account = passkeys.check(db, answer, purpose=passkeys.SIGNING_IN, party=party, secret=secret, now=now())
    except UserError as error:
        db.rollback()
        shown, waits = _(error.sentence, **error.parts), request.form.get(resuming.KEPT, "")
        return make_response(resuming.sign_in_page(wanted=wanted, error=shown, kept=waits), error.status)
    return _let_in(account, "passkey", wanted)


@blueprint.post("/office/sign-out")
@access.signed_in
def sign_out() -> AnyResponse:
    """End this browser's session, here and in the database."""
    accounts.close_session(db_session(), session[access.SESSION_KEY])
    db_session().commit()
    session.clear()
    return redirect(url_for("home.front"))


@blueprint.get("/office/link/<secret>")
@access.public
def link(secret: str) -> Response:
    """The form behind a one-time link. Looking never uses it up."""
    account = accounts.look_at_link(db_session(), secret, now=now())
    return _link_form(account, name="", error=None)


@blueprint.post("/office/link/<secret>")
@access.public
def use_link(secret: str) -> AnyResponse:
    """Set the password; the link then stops working and its owner is signed in."""
    db, form = db_session(), request.form
    account = accounts.look_at_link(db, secret, now=now())
    had_password = account is not None and account.password is not None
    try:
        password, cost = same_twice(form), current_config().password_cost
        owner = accounts.use_link(db, secret, name=form.get("name", ""), password=password, cost=cost, now=now())
    except accounts.LinkError:
        raise
    except UserError as error:
        db.rollback()
        return _link_form(account, name=form.get("name", ""), error=_(error.sentence, **error.parts), status=error.status)
    audit.record(db, account=owner.name, action="password-set", detail="one-time link", now=now())
    mark = _known_browser(owner.name) or secrets.token_hex(8)
    if had_password:
        owner_notices.tell(db, owner, "link-used", now=now(), browser=browser_kind(), mark=_digest(mark))
    if factors.standing(db, owner.id).enrolled:  # a link stands in for the password and for nothing else
        db.commit()
        flash(_("口令设好了；请用新口令和第二重验证登录。"))
        return redirect(url_for("accounts.sign_in"))
    return _signed_in(owner, mark, lambda: redirect(url_for("home.work")))


@blueprint.get("/office/accounts")
@access.may(Capability.KEEP_ACCOUNTS)
def index() -> Response:
    """Every account and what can be done with it."""
    return make_response(account_list())


@blueprint.post("/office/accounts")
@access.may(Capability.KEEP_ACCOUNTS)
def create() -> AnyResponse:
    """A new office account; answers with its one-time link, shown this once. Unit accounts are made in `account_units`."""
    db, form = db_session(), request.form
    try:
        complete()
        name, roles = accounts.free_name(db, form.get("name", "")), account_roles.chosen(form)
        first = not office_size.was_ever_two(db)  # the second person there is to be cannot ask a second person
        return second_person.do_or_ask(AskKind.NEW_ACCOUNT, None, {"name": name, "roles": sorted(roles)}, free=first)
    except UserError as error:
        db.rollback()
        return make_response(account_list(form=form, error=_(error.sentence, **error.parts)), error.status)


def _tell_account(_about: About, given: Given) -> Told:
    return [(_("账户名"), word(given, "name")), (_("角色"), account_roles.told(account_roles.read(words(given, "roles"))))]


@second_person.deed(AskKind.NEW_ACCOUNT, _tell_account)
def _create_now(_about: About, given: Given) -> AnyResponse:
    db, roles = db_session(), account_roles.read(words(given, "roles"))
    cost = current_config().password_cost
    account = accounts.create_account(db, name=word(given, "name"), roles=roles, cost=cost, now=now())
    detail = f"{account.name} ({' '.join(sorted(roles))})"
    audit.record(db, account=_me(), action="account-created", detail=detail, now=now())
    return show_link(account)


@blueprint.post("/office/accounts/<int:account_id>/link")
@access.may(Capability.KEEP_ACCOUNTS)
def renew_link(account_id: int) -> AnyResponse:
    """A fresh one-time link with which the account sets a new password."""
    account = accounts.account_by_id(db_session(), account_id)
    if not endings.was_asked(account):
        return endings.ask(account, "link", status=409)
    try:
        still_as_seen(account, *endings.DEALT_WITH, only=lambda rest: not rest)
        own = account.id == access.current_account().id
        alone = not office_size.was_ever_two(db_session())
        return second_person.do_or_ask(AskKind.NEW_LINK, account, {}, free=own or alone)
    except UserError as error:
        return _told(error)


def _tell_link(_about: About, _given: Given) -> Told:
    told = _("以前发出、还没有用的链接立即失效。拿到新链接的人可以设新口令，从此用这个账户登录；原来的人就登录不了了。")
    return [(_("之后"), told)]


@second_person.deed(AskKind.NEW_LINK, _tell_link)
def _link_now(about: About, _given: Given) -> AnyResponse:
    account = account_in(about)
    audit.record(db_session(), account=_me(), action="link-created", detail=account.name, now=now())
    if account.password is not None:
        owner_notices.tell(db_session(), account, "link-made", now=now(), by=_me())
    return show_link(account)


@blueprint.post("/office/accounts/<int:account_id>/lock")
@access.may(Capability.KEEP_ACCOUNTS)
def lock(account_id: int) -> AnyResponse:
    """Disable or enable an account; disabling signs it out at once."""
    db = db_session()
    account = accounts.account_by_id(db, account_id)
    disable = request.form.get("disabled") == "yes"
    if disable and not endings.was_asked(account):
        return endings.ask(account, "lock", status=409)
    try:
        still_as_seen(account, *endings.DEALT_WITH, only=lambda rest: not rest)
        accounts.set_disabled(db, account, disabled=disable)
    except UserError as error:
        return _told(error)
    audit.record(db, account=_me(), action="account-disabled" if disable else "account-enabled", detail=account.name, now=now())
    db.commit()
    flash(_("账户“%(name)s”已停用。", name=account.name) if disable else _("账户“%(name)s”已恢复。", name=account.name))
    return redirect(url_for("accounts.index"))


def internal_address(wanted: str) -> str | None:
    """Rebuild a wanted address from our own route names; None for anything that is not a page of ours.

    The text itself is never redirected to: its path is only matched, so `//elsewhere`, `https:…` and the like lead nowhere, and
    its query is written anew.
    """
    path, _mark, query = wanted.partition("?")
    with contextlib.suppress(HTTPException, RequestRedirect):
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
        if endpoint != "static" and access.needs_account(current_app, endpoint):
            asked = urlencode(parse_qsl(query, keep_blank_values=True))
            return url_for(endpoint, **values) + (f"?{asked}" if asked else "")
    return None


def onwards(account: Account, browser: object, address: str, *, proven: bool = False) -> AnyResponse:
    """To the page that was wanted; or, where a form waited in the page that asked who it is, to the page that sends it on."""
    g.caller = access.caller_for(account)
    try:
        kept = resuming.open_waiting(account.id, browser)
    except NotKeptError as error:
        if error.stranger:
            flash(_("登录之前那一页是另一个账户填的，没有带过来。"), "warn")
        else:
            flash(_("登录之前填的内容没能留住（时间太久，或换了浏览器）；请重新填写。"), "warn")
        return redirect(address)
    return resuming.sent_on(kept, labels_of(kept.address), proven=proven) if kept else redirect(address)


def browser_kind() -> str:
    """Which browser sends this, as far as it is kept."""
    return browsers.kind_of(request.headers.get("User-Agent", ""))


def _let_in(account: Account, how: str, wanted: str) -> AnyResponse:
    """Somebody proved who they are: record it, tell the owner of what they may not know, and go on."""
    db, known = db_session(), _known_browser(account.name)
    mark = known or secrets.token_hex(8)
    audit.record(db, account=account.name, action="sign-in", detail=how, now=now())
    news = [*(["new-browser"] if known is None else []), *(["recovery-used"] if how == "recovery code" else [])]
    for one in news:
        owner_notices.tell(db, account, one, now=now(), browser=browser_kind(), mark=_digest(mark))
    browser = session.get(resuming.BROWSER_KEY)
    return _signed_in(account, mark, lambda: onwards(account, browser, internal_address(wanted) or url_for("home.work")))


def _digest(mark: str) -> bytes:
    return hashlib.sha256(f"pingyi/browser/v1\0{mark}".encode()).digest()


def _browser_cookie() -> str:
    return "__Host-pingyi-browser" if current_config().secure else "pingyi-browser"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known-browser")


def _known_browser(name: str) -> str | None:
    """The mark of a browser that signed this account in before: it has a lane of its own."""
    try:
        owner, mark = _signer().loads(request.cookies.get(_browser_cookie(), ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(mark) if owner == account_names.tidy_name(name) else None


def _signed_in(account: Account, mark: str, answer: Callable[[], AnyResponse]) -> AnyResponse:
    """A new session id on every sign-in; the browser becomes known for this account."""
    db = db_session()
    old = session.get(access.SESSION_KEY)
    if isinstance(old, str):
        accounts.close_session(db, old)
    secret = accounts.open_session(db, account, now=now(), browser=browser_kind(), mark=_digest(mark))
    db.commit()
    outlives = resuming.carried(account.id)
    session.clear()
    session.update(outlives)
    session[access.SESSION_KEY], session[resuming.ACCOUNT_KEY] = secret, account.id
    access.keep_language()
    response = answer()
    response.set_cookie(
        _browser_cookie(),
        str(_signer().dumps([account.name, mark])),
        max_age=KNOWN_BROWSER_DAYS * 86_400,
        path="/",
        secure=current_config().secure,
        httponly=True,
        samesite="Strict",
    )
    return response


def _link_form(account: Account | None, *, name: str, error: str | None, status: int = 200) -> Response:
    page = render_template("accounts/link.html", account=account, name=name, error=error, least=passwords.LEAST_CHARACTERS)
    return make_response(page, status)


def same_twice(form: Mapping[str, str]) -> str:
    """A new password that was typed twice. Raises UserError where the two differ."""
    if form.get("password", "") != form.get("again", ""):
        raise UserError(N_("两次输入的口令不一样；请重新输入。"))
    return form.get("password", "")


def account_list(
    *, form: Mapping[str, str] = MappingProxyType({}), error: str | None = None, unit_error: str | None = None
) -> str:
    """The page of all accounts; the errors belong to the form of office accounts and to that of unit accounts."""
    db = db_session()
    listed = accounts.all_accounts(db)
    bound = account_units.of_accounts(db, [account.id for account in listed])
    return render_template(
        "accounts/index.html",
        accounts=listed,
        bound={account: account_units.by_campaign(ones) for account, ones in bound.items()},
        unbound=account_units.unbound(db),
        campaigns=account_units.campaigns_with_units(db),
        given=GIVEN,
        titles=TITLES,
        explained=TOLD,
        told=account_roles.told,
        form=form,
        error=error,
        unit_error=unit_error,
        me=access.current_account().id,
    )


def _told(error: UserError) -> Response:
    """The list again, with the sentence that says why nothing was done."""
    db_session().rollback()
    return make_response(account_list(error=_(error.sentence, **error.parts)), error.status)


def show_link(account: Account) -> Response:
    """Commit, and show the account's fresh one-time link."""
    secret = accounts.new_link(db_session(), account, now=now())
    db_session().commit()
    address = full_address("accounts.link", secret=secret)
    return make_response(render_template("accounts/new_link.html", account=account, address=address))


def _me() -> str:
    return access.current_account().name
