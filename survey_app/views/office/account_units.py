"""Binding unit accounts to units of campaigns: choose a campaign, choose units by name, read what was chosen, save.

Three plain pages, complete without script. Nothing is stored before the names were shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Account, Campaign, Unit
from survey_app.roles import Capability, Role
from survey_app.services.campaign import campaigns
from survey_app.services.office import account_units, accounts, audit
from survey_app.services.office.account_units import ChosenUnits, StaleUnitsError
from survey_app.views.office.accounts import account_list, show_link
from survey_app.views.office.editing import meanwhile, still_as_seen
from survey_app.views.typed import whole

blueprint = Blueprint("account_units", __name__, url_prefix="/office/accounts")


@dataclass(frozen=True)
class _Asked:
    """What the address or the form says: for whom (an account there is, or the name of a new one), and which units."""

    account: Account | None
    name: str
    campaign: str
    codes: tuple[str, ...]

    @property
    def whose(self) -> str:
        return self.account.name if self.account else self.name


@blueprint.get("/units")
@access.may(Capability.KEEP_ACCOUNTS)
def choose() -> Response:
    """The units of one campaign by name, to tick; or their codes, to type."""
    asked = _Asked(None, request.args.get("name", ""), request.args.get("campaign", ""), ())
    try:
        asked = _asked()
        return _choose(asked)
    except UserError as error:
        return _refused(asked, error)


@blueprint.get("/units/confirm")
@access.may(Capability.KEEP_ACCOUNTS)
def confirm() -> Response:
    """What would be saved: campaign and names."""
    asked = _asked()
    try:
        choice = account_units.choose(db_session(), asked.campaign, asked.codes)
        if asked.account is None:
            accounts.free_name(db_session(), asked.name)
    except UserError as error:
        return _refused(asked, error)
    return _confirm(asked, choice)


@blueprint.post("/units")
@access.may(Capability.KEEP_ACCOUNTS)
def save() -> AnyResponse:
    """Make the account and show its link, or bind the one there is."""
    db, asked = db_session(), _asked()
    try:
        choice = account_units.confirmed(db, asked.campaign, asked.codes, request.form.get("seen", ""))
        account, created = asked.account, asked.account is None
        if account is not None:
            mine = partial(_in_campaign, campaign=choice.campaign)
            still_as_seen(account, "account-bound", "account-unbound", only=mine, own=False)  # one's own twice is once
        if account is None:
            cost = current_config().password_cost
            account = accounts.create_account(db, name=asked.name, roles={Role.STAFF}, units=choice.units, cost=cost, now=now())
        else:
            account_units.bind(db, account, choice)
    except UserError as error:
        db.rollback()
        return _refused(asked, error, _who_renamed(asked.campaign) if isinstance(error, StaleUnitsError) else "")
    told = f"{account.name} (staff) {choice.campaign.key} {' '.join(unit.code for unit in choice.units)}"
    audit.record(db, account=_me(), action="account-created" if created else "account-bound", detail=told, now=now())
    if created:
        return show_link(account)
    db.commit()
    flash(_("“%(name)s”对应的单位已经记下。", name=account.name))
    return redirect(url_for("account_units.index", account_id=account.id))


@blueprint.get("/<int:account_id>/units")
@access.may(Capability.KEEP_ACCOUNTS)
def index(account_id: int) -> Response:
    """What one account is bound to."""
    return _page(_staff(account_id))


@blueprint.post("/<int:account_id>/units/remove")
@access.may(Capability.KEEP_ACCOUNTS)
def remove(account_id: int) -> AnyResponse:
    """Take one unit away."""
    db, account = db_session(), _staff(account_id)
    text = request.form.get("unit", "")
    unit_id = whole(text) or 0
    try:
        there = db.get(Unit, unit_id)
        gone = f"{there.campaign_id} {there.code}" if there else ""
        still_as_seen(account, "account-unbound", only=lambda rest: rest == gone)
        unit = account_units.unbind(db, account, unit_id)
    except UserError as error:
        db.rollback()
        return _page(account, problem=_(error.sentence, **error.parts), status=error.status)
    told = f"{account.name} {unit.campaign_id} {unit.code}"
    audit.record(db, account=_me(), action="account-unbound", detail=told, now=now())
    db.commit()
    flash(_("“%(name)s”不再对应“%(unit)s”。", name=account.name, unit=unit.name))
    return redirect(url_for("account_units.index", account_id=account.id))


@blueprint.post("/<int:account_id>/units/forget")
@access.may(Capability.KEEP_ACCOUNTS)
def forget(account_id: int) -> AnyResponse:
    """Let go of an old bare code."""
    db, account, code = db_session(), _staff(account_id), request.form.get("code", "")
    try:
        still_as_seen(account, "account-code-dropped", "account-bound", only=lambda rest: _settles(rest, code))
        account_units.forget(db, account, code)
    except UserError as error:
        db.rollback()
        return _page(account, problem=_(error.sentence, **error.parts), status=error.status)
    audit.record(db, account=_me(), action="account-code-dropped", detail=f"{account.name} {code}", now=now())
    db.commit()
    flash(_("编号 %(code)s 不再提醒。", code=code))
    return redirect(url_for("account_units.index", account_id=account.id))


def _in_campaign(rest: str, campaign: Campaign) -> bool:
    """Whether this line of the log, behind the account's name, binds it to units of the campaign or takes one away."""
    return rest.startswith((f"(staff) {campaign.key} ", f"{campaign.id} "))


def _settles(rest: str, code: str) -> bool:
    """Whether it let go of the old bare code, by itself or by binding a unit of that number."""
    return rest == code or (rest.startswith("(staff) ") and code in rest.split()[2:])


def _who_renamed(key: str) -> str:
    campaign = next((one for one in account_units.campaigns_with_units(db_session()) if one.key == key), None)
    return meanwhile(campaign, "roster-imported", "roster-removed") if campaign else ""


def _asked() -> _Asked:
    """Raises NotFoundError for an account that is none, UserError for one that is not a unit's."""
    given = request.values
    text = given.get("account", "")
    account = _staff(whole(text) or 0) if text else None
    codes = [*given.getlist("unit"), *account_units.codes(given.get("codes", ""))]
    return _Asked(account, given.get("name", ""), given.get("campaign", ""), tuple(codes))


def _staff(account_id: int) -> Account:
    account = accounts.account_by_id(db_session(), account_id)
    if Role.STAFF not in account.roles:
        raise UserError(N_("评议办账户看得到全部单位，不用对应单位。"))
    return account


def _choose(asked: _Asked, *, problem: str = "", status: int = 200) -> Response:
    """Raises UserError for a campaign that is none, and for a name that cannot be taken, before anybody ticks anything."""
    db = db_session()
    campaign = next((one for one in account_units.campaigns_with_units(db) if one.key == asked.campaign), None)
    if campaign is None:
        raise UserError(N_("没有这次评议；请从列表里选一次评议。"))
    if asked.account is None and not problem:
        accounts.free_name(db, asked.name)
    page = render_template(
        "accounts/units_choose.html",
        asked=asked,
        campaign=campaign,
        units=campaigns.units_of(db, campaign),
        typed=request.values.get("codes", ""),
        problem=problem,
    )
    return make_response(page, status)


def _confirm(asked: _Asked, choice: ChosenUnits) -> Response:
    return make_response(render_template("accounts/units_confirm.html", asked=asked, choice=choice))


def _refused(asked: _Asked, error: UserError, who: str = "") -> Response:
    """Back to where it can be put right: the units of the campaign where there is one, else the page it began on."""
    told = _(error.sentence, **error.parts) + who
    known = any(one.key == asked.campaign for one in account_units.campaigns_with_units(db_session()))
    if known and request.endpoint != "account_units.choose":
        return _choose(asked, problem=told, status=error.status)
    if asked.account is not None:
        return _page(asked.account, problem=told, status=error.status)
    return make_response(account_list(form=request.values, unit_error=told), error.status)


def _page(account: Account, *, problem: str = "", status: int = 200) -> Response:
    db = db_session()
    page = render_template(
        "accounts/units.html",
        account=account,
        bound=account_units.by_campaign(account_units.of_accounts(db, [account.id]).get(account.id, [])),
        unbound=account_units.unbound(db).get(account.id, []),
        campaigns=account_units.campaigns_with_units(db),
        problem=problem,
    )
    return make_response(page, status)


def _me() -> str:
    return access.current_account().name
