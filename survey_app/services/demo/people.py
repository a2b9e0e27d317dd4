"""One account for each role in a demo, so that every role's pages can be looked at; no password before its link is used."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.costs import PasswordCost
from survey_app.i18n import gettext as _
from survey_app.models import Account, Campaign, CampaignState, Unit
from survey_app.roles import TITLES, Role
from survey_app.services.office import accounts


def links(session: Session, *, cost: PasswordCost, now: dt.datetime) -> list[tuple[str, str]]:
    """Each role's account by name with a fresh one-time link, where nobody took it into use yet. The caller commits."""
    found = []
    for role, title in TITLES.items():
        name = _("演示%(role)s", role=_(title))
        account = session.scalar(select(Account).where(Account.name == name))
        units = _first_unit(session) if role == Role.STAFF else []
        if account is None and (units or role != Role.STAFF):
            account = accounts.create_account(session, name=name, roles={role}, units=units, cost=cost, now=now)
        if account is not None and account.password is None:
            found.append((name, accounts.new_link(session, account, now=now)))
    return found


def _first_unit(session: Session) -> list[Unit]:
    """A unit of a counted round, whose staff have something to read."""
    query = (
        select(Unit)
        .join(Campaign, Campaign.id == Unit.campaign_id)
        .where(Campaign.demo.is_(True), Campaign.state == CampaignState.COUNTED)
        .order_by(Unit.campaign_id, Unit.place)
    )
    first = session.scalars(query.limit(1)).first()
    return [first] if first is not None else []
