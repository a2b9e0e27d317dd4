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
from werkzeug.exceptions import BadRequest, ClientDisconnected, Forbidden, HTTPException, NotFound, RequestTimeout
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from survey_app import account_gates, i18n, refused_requests, resuming
from survey_app.errors import NotFoundError
from survey_app.extensions import SAFE_METHODS, csrf, current_config, db_session, now, resources
from survey_app.i18n import N_
from survey_app.models import Account, Subject
from survey_app.roles import Capability, Role, granted
from survey_app.services.office import accounts
from survey_app.services.publishing import own_results

View = TypeVar("View", bound=Callable[..., Any])
#: What a mark may say besides a capability.
RULES = ("public", "voter", "signed_in", "subject")
#: What anybody at all may send: a filled form, and no more. Whoever signed in before may send a whole workbook.
STRANGER_BYTES = 64 * 1024
#: A form that waited in the sign-in page comes back with the password (`resuming`).
RETURNING_BYTES = 2 * 1024 * 1024
#: Fields of which a page sends as many as are ticked or typed. Of any other a second one is refused, so that nobody who reads a
#: request, a proxy, a log, a colleague's check, can take another one than we do (ASVS 15.3.7).
SEVERAL = frozenset(
    {"column", "compared", "exit", "holder", "open", "role", "row", "section", "share", "subject", "unit", "withhold"}
)
#: How fields begin that are named by a place in a scheme's text; the desk itself refuses a second value where it asks for one.
PLACED = "@"
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
    roles: frozenset[Role]
    #: Campaign and unit code: a code alone is another place in every campaign.
    units: frozenset[tuple[int, str]]

    def may(self, capability: Capability | str) -> bool:
        """Whether one of the roles grants this. Raises ValueError for a word that is no capability."""
        return Capability(capability) in granted(self.roles)

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
#: Somebody who was rated, on a visit that their one-time link opened: no account, and no other page.
subject = _marker("subject")
#: Any signed-in account.
signed_in = _marker("signed_in")


def may(capability: Capability) -> Callable[[View], View]:
    """An account one of whose roles grants this (`survey_app.roles`); to everybody else there is no such page.

    Parameters
    ----------
    capability
        What the page asks for. Where it is `SEE_PUBLISHED`, the view itself narrows what is shown to what was published to the
        caller.
    """
    return _marker(capability)


def rule_of(app: Flask, endpoint: str | None) -> str | None:
    """The declared rule of an endpoint; None for an address that does not exist."""
    return getattr(app.view_functions[endpoint], _MARK, None) if endpoint in app.view_functions else None


def needs_account(app: Flask, endpoint: str | None) -> bool:
    """Whether an endpoint lets nobody in who has not signed in."""
    rule = rule_of(app, endpoint)
    return rule is not None and rule not in {"public", "voter", "subject"}


def may_open(endpoint: str) -> bool:
    """Whether the page is there for the current caller: pages link, and buttons stand, only where this holds."""
    rule, caller = rule_of(current_app, endpoint), g.get("caller")
    if rule is None or rule in {"public", "voter", "subject"}:
        return rule is not None
    return caller is not None and (not isinstance(rule, Capability) or caller.may(rule))


def leads_somewhere(address: str, method: str = "GET") -> bool:
    """Whether an address of ours is there for the current caller; for macros that show a button or leave it out."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(address).path, method=method)
    except (HTTPException, RequestRedirect):
        return False
    return may_open(endpoint)


def is_voter_request() -> bool:
    """Whether the current request is a voter's, so that no cookie may be touched."""
    return rule_of(current_app, request.endpoint) == "voter"


def init_access(app: Flask) -> None:
    """Enforce the marks before every request."""
    app.before_request(_enforce)
    app.context_processor(lambda: {"caller": g.get("caller"), "factors_waived": g.get("factors_waived")})
    app.jinja_env.globals["leads_somewhere"] = leads_somewhere
    app.jinja_env.globals["proven_lately"] = lambda: account_gates.is_fresh(session.get(SESSION_KEY))


def sweep(app: Flask) -> None:
    """Refuse to start with an endpoint that does not say who may call it. Raises UndeclaredAccessError naming all."""
    marks = {rule.endpoint: rule_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    silent = sorted(one for one, mark in marks.items() if not isinstance(mark, Capability) and mark not in RULES)
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
    try:
        return _judge(rule)
    except Forbidden:
        if rule != "voter":
            refused_requests.remember("origin-refused")
        raise
    except NotFound:
        refused_requests.remember("page-refused", name=g.caller.name)
        raise


def _judge(rule: str) -> Response | None:
    """What this caller gets before the page is asked; None goes on to it. Raises Forbidden, NotFound, and for a broken body."""
    if request.method not in SAFE_METHODS:
        _from_our_own_pages()
        if (most := _most_bytes(rule)) is not None:
            request.max_content_length = most
        _read_whole_body()
    if rule == "voter":
        return None
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()
    if request.method not in SAFE_METHODS:
        _no_field_twice()
    if rule == "subject":
        g.visitor = _visitor()
    elif request.endpoint != "static":
        return _admit(rule)
    return None


def _no_field_twice() -> None:
    """Raises BadRequest for a field that came twice. What a page does not ask for is not read: each takes its fields by name."""
    if any(len(values) > 1 and name not in SEVERAL and not name.startswith(PLACED) for name, values in request.form.lists()):
        raise BadRequest


def _admit(rule: str) -> Response | None:
    """Let the signed-in account in, or not. Raises NotFound for a page that none of its roles opens."""
    caller = g.caller = _caller()
    if caller is not None:
        keep_language()
    if rule == "public":
        return None
    if caller is None:
        return _to_sign_in()
    if isinstance(rule, Capability) and not caller.may(rule):
        raise NotFound
    return account_gates.stop(caller.id, session[SESSION_KEY])


def visit_cookie() -> str:
    """The name of the cookie of a rated person's visit; apart from that of accounts, so that neither stands in for the other."""
    return "__Host-pingyi-own" if current_config().secure else "pingyi-own"


def _visitor() -> Subject:
    found = own_results.visitor(db_session(), request.cookies.get(visit_cookie(), ""), now=now())
    if found is None:
        raise NotFoundError(N_("这一页要用结果函上的链接打开；它只能打开一次，可看半小时。要再看，请向主办单位要一份新的。"))
    return found


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
    if not is_ours(site, origin, current_config().own_url) and (
        site is not None or str(origin).partition("://")[2] != request.host
    ):
        raise Forbidden


def is_ours(site: str | None, origin: str | None, own_url: str) -> bool:
    """Whether these two headers are those of a page at our own address."""
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or origin == _origin(own_url)


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
    return Caller(account.id, account.name, account.roles, units)


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
