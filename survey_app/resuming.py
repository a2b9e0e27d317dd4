"""A form that was sent when the session had ended: kept in the page that asks to sign in, and sent on afterwards.

Only for signed-in pages; a voter has no session and meets none of this.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from flask import make_response, render_template, request, session
from werkzeug.wrappers import Response

from survey_app.config import cookie_key
from survey_app.extensions import current_config, now
from survey_app.services.editing import kept_fields
from survey_app.services.editing.kept_fields import Kept, NotKeptError

#: In the signed cookie: whose session it was, and the mark of this browser. Neither signs anybody in.
ACCOUNT_KEY, BROWSER_KEY, TOKEN_KEY = "account", "kept_in", "csrf_token"
#: The sealed form in the sign-in page, and the field that names the files and passphrases that are lacking.
KEPT, FILL_AGAIN = "kept", "fill_again"
#: Names of fields that are never kept. A test holds every field of type password in every template, and shares, to this rule.
NEVER = re.compile(r"pass|again|share|secret|token|\Akept\Z|\Afill_again\Z", re.IGNORECASE)
#: Fields that are no secret of anybody's and belong to the page, not to the person: renewed, so their absence is no lack.
RENEWED = frozenset({TOKEN_KEY, KEPT, FILL_AGAIN})
#: What a page knew when it was shown: nobody typed it.
OF_THE_PAGE = frozenset({"edit_base", "seen_act", "seen", "newest", "digest", "shown"})
#: Signing out needs no repetition.
NOT_AGAIN = frozenset({"accounts.sign_out"})
#: The page that asks who is there (`account_gates`): a form that waits in it goes on waiting.
PROVING = "proving.prove"


def ask_to_sign_in() -> Response | None:
    """The sign-in page with the form that was just sent sealed in it; None where it is nobody's or not worth keeping."""
    account = session.get(ACCOUNT_KEY)
    if not isinstance(account, int) or request.endpoint in NOT_AGAIN:
        return None
    if request.endpoint == PROVING:
        waits = request.form.get(KEPT, "")
        return make_response(sign_in_page(kept=waits, ended="kept"), 401) if waits else None
    sealed, lacks = _keep(account)
    return make_response(sign_in_page(kept=sealed or "", ended="kept" if sealed else "large", lacks=lacks), 401)


def ask_who(account: int) -> Response:
    """The page that asks the caller to prove themselves again, with the form that was just sent sealed in it."""
    sealed, lacks = _keep(account)
    return make_response(who_page(kept=sealed or "", large=sealed is None, lacks=lacks), 401)


def who_page(*, wanted: str = "", error: str | None = None, kept: str = "", large: bool = False, lacks: bool = False) -> str:
    """The form that asks for password and code again. `kept`: a sealed form that waits in it; `large`: one that could not be."""
    return render_template("accounts/prove.html", next=wanted, error=error, kept=kept, large=large, lacks=lacks)


def _keep(account: int) -> tuple[str | None, bool]:
    """The form that was just sent, sealed for this account in this browser (None: too large), and whether anything is lacking."""
    browser = session.setdefault(BROWSER_KEY, secrets.token_hex(16))
    given = list(request.form.items(multi=True))
    fields = [(name, value) for name, value in given if not NEVER.search(name)]
    lacks = [name for name, value in given if NEVER.search(name) and name not in RENEWED and value]
    lacks += [name for name, file in request.files.items(multi=True) if file.filename]
    lacks = list(dict.fromkeys([*request.form.get(FILL_AGAIN, "").split(), *lacks]))
    address = request.full_path.rstrip("?")
    sealed = kept_fields.seal(
        Kept(address, fields, lacks), account=account, browser=browser, secret=cookie_key(current_config()), now=now()
    )
    return sealed, bool(lacks)


def sign_in_page(
    *, wanted: str = "", name: str = "", error: str | None = None, kept: str = "", ended: str = "", lacks: bool = False
) -> str:
    """The sign-in form. `kept`: a sealed form that waits in it; `ended`: what to say of a session that ended."""
    return render_template("accounts/sign_in.html", next=wanted, name=name, error=error, kept=kept, ended=ended, lacks=lacks)


def carried(account: int) -> dict[str, object]:
    """What of the cookie outlives signing in again as the same account: forms in other tabs stay good. Of another: nothing."""
    if session.get(ACCOUNT_KEY) != account:
        return {}
    return {key: session[key] for key in (TOKEN_KEY, BROWSER_KEY) if key in session}


def open_waiting(account: int, browser: object) -> Kept | None:
    """The form that waits in the sign-in page that was sent. Raises NotKeptError where one waits and does not open."""
    text = request.form.get(KEPT, "")
    if not text:
        return None
    if not isinstance(browser, str):
        raise NotKeptError
    return kept_fields.unseal(text, account=account, browser=browser, secret=cookie_key(current_config()), now=now())


def sent_on(kept: Kept, labels: Mapping[str, str], *, proven: bool = False) -> Response:
    """The page that says what was kept and sends it on with one click, with a fresh token.

    `labels`: how the form calls its fields; those it does not call anything are counted, not shown. `proven`: it waited because
    its sender was asked who they are, not because a session had ended.
    """
    filled = [(name, value) for name, value in kept.fields if value.strip() and name not in OF_THE_PAGE]
    shown = [(labels[name], value) for name, value in filled if name in labels]
    lacks = list(dict.fromkeys(labels.get(name, "") for name in kept.lacks))
    page = render_template(
        "accounts/resume.html",
        kept=kept,
        shown=shown,
        others=len(filled) - len(shown),
        lacks=[label for label in lacks if label],
        fill_again=FILL_AGAIN,
        proven=proven,
    )
    return make_response(page)
