"""What ends something of an account: each act says first, on a page of its own, what stops working, and asks."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.models import Account
from survey_app.roles import Capability
from survey_app.services.office import account_ends, accounts, audit
from survey_app.views.office import account_roles
from survey_app.views.office.editing import meanwhile

blueprint = Blueprint("account_endings", __name__, url_prefix="/office/accounts/<int:account_id>")

#: Acts on an account after which its pages show something else: a link made anew kills the one just handed out.
DEALT_WITH = ("link-created", "account-disabled", "account-enabled")


@blueprint.get("/<any(link, lock, remove):act>")
@access.may(Capability.KEEP_ACCOUNTS)
def question(account_id: int, act: str) -> Response:
    """Whose it is, what of it is in use, what would stop."""
    return ask(accounts.account_by_id(db_session(), account_id), act)


@blueprint.post("/remove")
@access.may(Capability.KEEP_ACCOUNTS)
def remove(account_id: int) -> AnyResponse:
    """Remove an account nobody ever used; one that has done something is disabled instead, and stays in the log."""
    db = db_session()
    account = accounts.account_by_id(db, account_id)
    if not was_asked(account):
        return ask(account, "remove", status=409)
    name = account.name
    account_ends.remove(db, account)
    audit.record(db, account=access.current_account().name, action="account-removed", detail=name, now=now())
    db.commit()
    flash(_("账户“%(name)s”已删除。", name=name))
    return redirect(url_for("accounts.index"))


def was_asked(account: Account) -> bool:
    """Whether the form comes from a page that showed the account as it is now, and as it stays until the commit."""
    db_session().refresh(account, with_for_update={"of": Account})  # a colleague's act waits, or was waited for
    return request.form.get("seen", "") == account_ends.find_standing(db_session(), account, now=now()).digest


def ask(account: Account, act: str, *, status: int = 200) -> Response:
    """The page that asks; 409 when somebody wanted to go on without it, or from an older one."""
    standing = account_ends.find_standing(db_session(), account, now=now())
    who = meanwhile(account, *DEALT_WITH, only=lambda rest: not rest) if status == 409 else ""
    roles = account_roles.told(account.roles)
    shown = {"account": account, "act": act, "roles": roles, "standing": standing, "stale": status == 409, "who": who}
    page = render_template("accounts/ask.html", **shown)
    return make_response(page, status)
