"""What tests do as the office does on its pages: publish a counted campaign, confirm what waits, make a unit's account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.models import Account, Campaign, Publication, Unit
from survey_app.roles import Role
from survey_app.services.campaign import campaigns
from survey_app.services.office import account_units, accounts
from survey_app.services.publishing import publications
from survey_app.services.publishing.publications import Wish
from survey_app.services.results import loaded as results
from survey_app.services.results import outcomes
from tests.support.application import QUICK_PASSWORD, csrf
from tests.support.clock import NOON

STAFF_PASSWORD = "西边的山坡 eleven red carts"


def publish(
    session: Session,
    campaign: Campaign,
    *,
    sections: Collection[str] | None = None,
    units: Collection[str] | None = None,
    now: dt.datetime = NOON,
    starts: dt.datetime | None = None,
) -> Publication:
    """Everything the campaign has to all units from `now` on, where nothing else is said. Committed."""
    offered = [one.key for one in publications.offered(session, campaign)]
    whom = [unit.code for unit in campaigns.units_of(session, campaign)]
    wish = Wish(tuple(sections or offered), tuple(units or whom), starts or now)
    seen = publications.seen_mark(session, campaign)
    act = publications.publish(session, campaign, wish, seen=seen, account="评议办", now=now)
    session.commit()
    return act


def confirm_everything(session: Session, campaign: Campaign) -> None:
    """Every outcome the count proposes. Committed."""
    loaded = results.load(session, campaign, language="zh-Hans")
    for key, _title, _n in outcomes.kinds(loaded, list(outcomes.all_of(loaded))):
        outcomes.confirm_all(session, loaded, key, reason="", account="评议办", now=NOON)
    session.commit()


def unit_account(session: Session, name: str, *bound: tuple[str, str]) -> Account:
    """A unit's account bound to (campaign key, unit code) pairs; a campaign for it is made up where none is named. Committed."""
    first, *more = [account_units.choose(session, key, [code]) for key, code in bound or [(somewhere(session), "X")]]
    account = accounts.create_account(
        session, name=name, roles={Role.STAFF}, units=first.units, password=STAFF_PASSWORD, cost=QUICK_PASSWORD, now=NOON
    )
    for one in more:
        account_units.bind(session, account, one)
    session.commit()
    return account


def somewhere(session: Session) -> str:
    """The key of a campaign with one unit "X", for tests that only need somebody who is not the office."""
    campaign = session.scalar(select(Campaign).where(Campaign.key == "somewhere"))
    if campaign is None:
        campaign = Campaign(
            key="somewhere", title="别处的评议", period="2025", state="open", scheme_key="s", scheme_version="v", scheme_text="",
            scheme_digest="", public_key=b"x", wrapped_key=b"x", salt=b"x", created=NOON,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        session.add(Unit(campaign_id=campaign.id, code="X", name="别处", place=1, facts={}))
        session.flush()
    return campaign.key


def signed_in(app: Flask, name: str, *bound: tuple[str, str]) -> FlaskClient:
    """A browser in which such an account is signed in; at noon of the tests' day, where the test did not choose a clock."""
    app.config.setdefault("PINGYI_CLOCK", lambda: NOON)
    with resources(app).writing() as session:
        unit_account(session, name, *bound)
    client = app.test_client()
    answer = client.post("/office/sign-in", data={"name": name, "password": STAFF_PASSWORD, "csrf_token": csrf(client)})
    assert answer.status_code == 302
    return client
