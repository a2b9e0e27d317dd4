"""Who may call what. Every endpoint declares it with one of these marks; an application with an unmarked one does not start.

The marks only mark: one hook before every request enforces them, so a view cannot forget to ask. A page that is none of
the caller's business answers "not found", as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import BadRequest, ClientDisconnected, Forbidden, NotFound, RequestTimeout
from werkzeug.wrappers import Response

from survey_app import account_gates, i18n, resuming
from survey_app.errors import NotFoundError
from survey_app.extensions import SAFE_METHODS, csrf, current_config, db_session, now, resources
from survey_app.i18n import N_
from survey_app.models import Account
from survey_app.services.office import accounts

View = TypeVar("View", bound=Callable[..., Any])
RULES = ("public", "voter", "signed_in", "staff", "office")
#: What anybody at all may send: a filled form, and no more. Whoever signed in before may send a whole workbook.
STRANGER_BYTES = 64 * 1024
#: A form that waited in the sign-in page comes back with the password (`resuming`).
RETURNING_BYTES = 2 * 1024 * 1024
_MARK = "access_rule"
SESSION_KEY = "sign_in"
LANGUAGE_KEY = "language"


class UndeclaredAccessError(RuntimeError):
    """An endpoint without a declared access rule: a mistake of ours, found at start-up."""


@dataclass(frozen=True)
class Caller:
    """The signed-in account as views and templates see it."""

    id: int
    name: str
    role: str
    #: Campaign and unit code: a code alone is another place in every campaign.
    units: frozenset[tuple[int, str]]

    @property
    def is_office(self) -> bool:
        """Whether this is the evaluation office, which may see every unit."""
        return self.role == "office"

    def units_in(self, campaign_id: int) -> frozenset[str]:
        """The codes of the units of this campaign that the account stands for."""
        return frozenset(code for campaign, code in self.units if campaign == campaign_id)


def _marker(rule: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, rule)
        return view

    return mark


#: Anybody; forms are protected against forgery.
public = _marker("public")
#: A voter: the credential in the body is the authority; no cookie is read or set; small bodies only.
voter = _marker("voter")
#: Any signed-in account.
signed_in = _marker("signed_in")
#: Staff of a unit, or the office. The view itself narrows what is shown to the caller's units.
staff = _marker("staff")
#: The evaluation office.
office = _marker("office")


def rule_of(app: Flask, endpoint: str | None) -> str | None:
    """The declared rule of an endpoint; None for an address that does not exist."""
    return getattr(app.view_functions[endpoint], _MARK, None) if endpoint in app.view_functions else None


def is_voter_request() -> bool:
    """Whether the current request is a voter's, so that no cookie may be touched."""
    return rule_of(current_app, request.endpoint) == "voter"


def init_access(app: Flask) -> None:
    """Enforce the marks before every request."""
    app.before_request(_enforce)
    app.context_processor(lambda: {"caller": g.get("caller"), "factors_waived": g.get("factors_waived")})
    app.jinja_env.globals["proven_lately"] = lambda: account_gates.is_fresh(session.get(SESSION_KEY))


def sweep(app: Flask) -> None:
    """Refuse to start with an endpoint that does not say who may call it. Raises UndeclaredAccessError naming all."""
    silent = sorted({rule.endpoint for rule in app.url_map.iter_rules() if rule_of(app, rule.endpoint) not in RULES})
    if silent:
        raise UndeclaredAccessError(f"endpoints without an access rule: {', '.join(silent)}")


def current_account() -> Caller:
    """The signed-in caller. Only for endpoints that require one."""
    caller: Caller | None = g.get("caller")
    if caller is None:
        raise NotFoundError(N_("没有这个页面。"))
    return caller


def keep_language() -> None:
    """A signed-in account's choice of language goes into its cookie, and its later pages speak it. Never on a voter's page."""
    chosen, kept = i18n.find_asked(), session.get(LANGUAGE_KEY)
    if chosen is not None and chosen != kept:
        session[LANGUAGE_KEY] = chosen
    elif "lang" not in request.args and isinstance(kept, str):
        i18n.remember(kept)


def _enforce() -> Response | None:
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        return None  # no such address: the error pages answer
    if request.method not in SAFE_METHODS:
        _from_our_own_pages()
        if (most := _most_bytes(rule)) is not None:
            request.max_content_length = most
        _read_whole_body()
    if rule == "voter":
        return None
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()
    if request.endpoint == "static":
        return None
    caller = g.caller = _caller()
    if caller is not None:
        keep_language()
    if rule == "public":
        return None
    if caller is None:
        return _to_sign_in()
    if rule == "office" and not caller.is_office:
        raise NotFound
    return account_gates.stop(caller.id, session[SESSION_KEY])


def _read_whole_body() -> None:
    """Before any transaction begins: a slow sender must never hold the write lock. Raises RequestTimeout, BadRequest."""
    try:
        request.form  # noqa: B018 - parsing is the effect
        request.get_data()
    except ClientDisconnected as gone:
        if isinstance(gone.__context__, TimeoutError):  # too slow, or silent in the middle (`waiting_line`)
            raise RequestTimeout from None
        raise
    except OSError:  # chunks that are none (`body_reading`): not what a form of ours sends
        raise BadRequest from None


def _most_bytes(rule: str) -> int | None:
    """The largest body of this request; None for the application's own limit. Decided by the cookie, before anything is read."""
    if rule == "voter" or not isinstance(session.get(resuming.ACCOUNT_KEY), int):
        return STRANGER_BYTES
    return RETURNING_BYTES if rule == "public" else None


def _from_our_own_pages() -> None:
    """Refuse what a page of somebody else's makes a browser send, with a cookie or without.

    `Sec-Fetch-Site` is the browser's own word and is believed before `Origin`, which a proxy that renames us makes look
    strange. A browser too old to send either is let in as far as the form's token goes. Raises Forbidden.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        ours = site in {"same-origin", "none"}
    else:
        ours = origin is None or origin == _origin(current_config().base_url) or origin.partition("://")[2] == request.host
    if not ours:
        raise Forbidden


def _origin(address: str) -> str:
    """The part of an address of ours that a browser calls its origin."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _caller() -> Caller | None:
    secret = session.get(SESSION_KEY)
    if not isinstance(secret, str):
        return None
    moment = now()
    account = accounts.account_of_session(db_session(), secret, now=moment)
    if account is None:
        session.pop(SESSION_KEY, None)
        return None
    _touch(secret)
    session.setdefault(resuming.ACCOUNT_KEY, account.id)
    return caller_for(account)


def caller_for(account: Account) -> Caller:
    """The account as views and templates see it."""
    units = frozenset((one.unit.campaign_id, one.unit.code) for one in account.bound_units)
    return Caller(account.id, account.name, account.role, units)


def _touch(secret: str) -> None:
    """Push the idle limit forward, in a transaction of its own and at most once a minute."""
    with resources().reading() as look:
        if not accounts.is_stale(look, secret, now=now()):
            return
    if request.method in SAFE_METHODS:
        with resources().writing() as write:
            accounts.touch(write, secret, now=now())
            write.commit()
    else:
        accounts.touch(db_session(), secret, now=now())


def _to_sign_in() -> Response:
    """Back to the same page after signing in; a form that was sent when the session had ended waits in the sign-in page."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    return resuming.ask_to_sign_in() or redirect(url_for("accounts.sign_in"))
