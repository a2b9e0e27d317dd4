"""Giving and taking the roles of an account, and what a role is called. Made known as changed, the account is signed out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.models import Account
from survey_app.roles import GIVEN, TITLES, TOLD, Capability, Role, refused
from survey_app.services.four_eyes import office_size
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.office import accounts, audit
from survey_app.views.office import second_person
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.second_person import About, Told, account_in, words

blueprint = Blueprint("account_roles", __name__, url_prefix="/office/accounts/<int:account_id>/roles")
#: Acts on an account after which its page of roles shows something else.
_DEALT_WITH = ("roles-changed", "account-disabled", "account-enabled", "account-removed")


@blueprint.get("")
@access.may(Capability.KEEP_ACCOUNTS)
def index(account_id: int) -> Response:
    """The roles of one account, to tick."""
    return _page(_of_office(account_id))


@blueprint.post("")
@access.may(Capability.KEEP_ACCOUNTS)
def save(account_id: int) -> AnyResponse:
    """Give and take, or ask for it."""
    account, db = _of_office(account_id), db_session()
    try:
        still_as_seen(account, *_DEALT_WITH, only=lambda rest: not rest or rest.startswith("("))
        roles = chosen(request.form)
        if roles == account.roles:
            raise UserError(N_("没有改什么：这些就是它现在的角色。"))  # noqa: TRY301 - told like every other refusal
        accounts.refuse_roles(db, account, roles)
        alone = not office_size.was_ever_two(db)
        return second_person.do_or_ask(AskKind.CHANGE_ROLES, account, {"roles": sorted(roles)}, free=alone)
    except UserError as error:
        db.rollback()
        return _page(account, problem=_(error.sentence, **error.parts), status=error.status)


def _tell_roles(about: About, given: Given) -> Told:
    return [(_("现在的角色"), told(account_in(about).roles)), (_("改成"), told(read(words(given, "roles"))))]


@second_person.deed(AskKind.CHANGE_ROLES, _tell_roles)
def _change_now(about: About, given: Given) -> AnyResponse:
    account, roles, db = account_in(about), read(words(given, "roles")), db_session()
    accounts.change_roles(db, account, roles)
    detail = f"{account.name} ({' '.join(sorted(roles))})"
    audit.record(db, account=access.current_account().name, action="roles-changed", detail=detail, now=now())
    db.commit()
    flash(_("“%(name)s”现在是：%(roles)s。它在各处的登录都已退出。", name=account.name, roles=told(roles)))
    mine = account.id == access.current_account().id
    return redirect(url_for("accounts.sign_in" if mine else "accounts.index"))


def chosen(form: MultiDict[str, str]) -> frozenset[Role]:
    """The roles that were ticked. Raises UserError for none, for a word that is none, and for those that do not go together."""
    roles = read(form.getlist("role"))
    if sentence := refused(roles):
        raise UserError(sentence)
    return roles


def read(said: Iterable[str]) -> frozenset[Role]:
    """The roles of the office by their words. Raises UserError for a word that is none."""
    found = list(said)
    if set(found) - set(GIVEN):
        raise UserError(N_("请选择账户的角色。"))
    return frozenset(Role(one) for one in found)


def told(roles: Collection[Role]) -> str:
    """Their names, in the order pages list them."""
    return listed(_(title) for role, title in TITLES.items() if role in roles)


def _of_office(account_id: int) -> Account:
    account = accounts.account_by_id(db_session(), account_id)
    if Role.STAFF in account.roles:
        raise NotFoundError(N_("单位账户没有别的角色可改；请从账户列表重新进入。"))
    return account


def _page(account: Account, *, problem: str = "", status: int = 200) -> Response:
    db_session().refresh(account)
    ticked = set(request.form.getlist("role")) if problem else account.roles
    two = office_size.was_ever_two(db_session()) and not office_size.is_alone(db_session())
    page = render_template(
        "accounts/roles.html",
        account=account,
        given=GIVEN,
        titles=TITLES,
        explained=TOLD,
        ticked=ticked,
        two=two,
        problem=problem,
    )
    return make_response(page, status)
