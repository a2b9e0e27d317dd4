"""One's own account: what it is, its password, where it is signed in, and what was done to it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, refused_requests
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import gettext as _
from survey_app.models import Account
from survey_app.services.office import (
    account_units,
    accounts,
    audit,
    browsers,
    factors,
    own_sessions,
    owner_notices,
    passwords,
    signing_in,
    throttle,
)
from survey_app.views.office import account_roles
from survey_app.views.office.accounts import browser_kind, internal_address, same_twice
from survey_app.views.office.editing import complete
from survey_app.views.typed import whole

blueprint = Blueprint("own_account", __name__, url_prefix="/office/account")

#: Whoever sits at a desk that somebody left guesses no faster than at the sign-in page.
PROOFS = throttle.Lane("proof of an account", free=5)


@blueprint.get("")
@access.signed_in
def index() -> Response:
    """The caller's own account."""
    return _page()


@blueprint.post("/password")
@access.signed_in
def change_password() -> AnyResponse:
    """A new password, with the old one; every other session of the account ends."""
    db, form, config = db_session(), request.form, current_config()
    account = own_account()
    try:
        complete()
        new = same_twice(form)
        throttled(account)
        with throttle.DOOR.admitted(known=True):
            signing_in.change_password(db, account, form.get("old_password", ""), new, cost=config.password_cost)
    except UserError as error:
        db.rollback()
        refused_requests.remember_proof(error.status, access.current_account().name)
        return _page(error=_(error.sentence, **error.parts), status=error.status)
    throttle.forgive(db, PROOFS, str(account.id), now=now())
    ended = own_sessions.end_others(db, account.id, session[access.SESSION_KEY])
    audit.record(db, account=account.name, action="password-changed", detail="", now=now())
    tell_owner(account, "password-changed")
    session[access.SESSION_KEY] = own_sessions.renew(db, session[access.SESSION_KEY])
    db.commit()
    flash(_("口令改好了；别处的 %(n)s 个登录已经退出。", n=ended))
    return redirect(url_for("own_account.index"))


@blueprint.post("/sessions/end")
@access.signed_in
def end_session() -> AnyResponse:
    """Sign one browser out."""
    db, account = db_session(), own_account()
    own_sessions.end(db, account.id, request.form.get("session", ""), now=now())
    audit.record(db, account=account.name, action="session-ended", detail="", now=now())
    db.commit()
    flash(_("那处登录已经退出。"))
    return redirect(url_for("own_account.index"))


@blueprint.post("/sessions/others")
@access.signed_in
def end_others() -> AnyResponse:
    """Sign every other browser out."""
    db, account = db_session(), own_account()
    ended = own_sessions.end_others(db, account.id, session[access.SESSION_KEY])
    audit.record(db, account=account.name, action="session-ended", detail=f"{ended} others", now=now())
    db.commit()
    flash(_("别处的 %(n)s 个登录已经退出。", n=ended))
    return redirect(url_for("own_account.index"))


@blueprint.get("/notices")
@access.signed_in
def notices() -> AnyResponse:
    """What was done to the account since its owner last took note."""
    found = owner_notices.waiting(db_session(), access.current_account().id, own_mark())
    wanted = request.args.get("next", "")
    if not found:
        return redirect(internal_address(wanted) or url_for("own_account.index"))
    return make_response(render_template("accounts/notices.html", notices=found, sentence=owner_notices.sentence, next=wanted))


@blueprint.post("/notices")
@access.signed_in
def acknowledge() -> AnyResponse:
    """Noted, up to the newest that the page showed."""
    db, shown = db_session(), whole(request.form.get("newest", "")) or 0
    owner_notices.acknowledge(db, access.current_account().id, own_mark(), shown)
    db.commit()
    return redirect(internal_address(request.form.get("next", "")) or url_for("home.work"))


def own_account() -> Account:
    """The caller's row."""
    return accounts.account_by_id(db_session(), access.current_account().id)


def own_mark() -> bytes | None:
    """By which this browser is known again."""
    row = own_sessions.find(db_session(), session[access.SESSION_KEY])
    return row.mark if row else None


def tell_owner(account: Account, kind: str) -> None:
    """Something was done to the account in this browser; its owner hears of it in the others."""
    owner_notices.tell(db_session(), account, kind, now=now(), browser=browser_kind(), mark=own_mark())


def throttled(account: Account) -> None:
    """Count an attempt to prove oneself, and commit it before it is judged. Raises ThrottledError."""
    throttle.spend(db_session(), PROOFS, str(account.id), now=now())
    db_session().commit()


def _page(*, error: str | None = None, status: int = 200) -> Response:
    db, account = db_session(), access.current_account()
    page = render_template(
        "accounts/own.html",
        roles=account_roles.told(account.roles),
        bound=account_units.known_to(db, account.id),
        standing=factors.standing(db, account.id),
        sessions=own_sessions.listed(db, account.id, session[access.SESSION_KEY], now=now()),
        told=owner_notices.newest(db, account.id),
        sentence=owner_notices.sentence,
        browser_words=browsers.in_words,
        least=passwords.LEAST_CHARACTERS,
        error=error,
    )
    return make_response(page, status)
