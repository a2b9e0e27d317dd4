"""Before what cannot be undone the caller proves who they are; what they typed waits meanwhile, and nothing is done without."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import access, account_gates, clock
from survey_app.extensions import SAFE_METHODS, resources
from survey_app.models import AuditEvent, Campaign, SignInSession
from survey_app.services.office import own_sessions
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, csrf
from tests.survey_app.services.editing.test_ended_session import hidden, later
from tests.towns import small_scheme

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is the database's own

CLOSE = "/office/campaigns/K3Y/close"
TITLE = "小镇年度评议"


@pytest.fixture
def town(session: Session) -> small_scheme.Town:
    return small_scheme.build(session, state="open")


def state(app: Flask) -> str:
    with resources(app).reading() as look:
        return str(look.scalars(select(Campaign.state)).one())


def prove(client: FlaskClient, page: str, **typed: str) -> tuple[int, str]:
    """Send the page that asks, filled in; what follows."""
    answer = client.post(
        "/office/account/prove", data={**hidden(page), "password": OFFICE_PASSWORD, **typed}, follow_redirects=True
    )
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.usefixtures("town")
def test_what_was_typed_waits_for_the_proof_and_is_sent_on_as_typed(app: Flask, office_client: FlaskClient) -> None:
    form = hidden(office_client.get(CLOSE).get_data(as_text=True))
    later(app, minutes=11)
    asked = office_client.post(CLOSE, data={**form, "title": TITLE})
    assert asked.status_code == 401
    page = asked.get_data(as_text=True)
    assert "确认是您本人" in page
    assert state(app) == "open"
    status, wrong = prove(office_client, page, password="not this one at all")
    assert (status, "口令或验证码不对" in wrong) == (401, True)
    before = office_client.get_cookie("pingyi")
    status, resumed = prove(office_client, wrong)  # a mistyped password loses nothing
    assert "已经确认是您本人" in resumed
    assert TITLE in resumed
    assert state(app) == "open"  # proving sends nothing by itself
    assert office_client.get_cookie("pingyi") != before
    assert office_client.post(CLOSE, data=hidden(resumed)).status_code == 302
    assert state(app) == "closed"


@pytest.mark.usefixtures("town")
def test_ten_minutes_after_the_sign_in_nobody_is_asked_and_a_minute_later_everybody_is(
    app: Flask, office_client: FlaskClient
) -> None:
    token, begun = csrf(office_client), clock.now()
    app.config["PINGYI_CLOCK"] = lambda: begun + own_sessions.FRESH - dt.timedelta(seconds=10)
    assert office_client.post(CLOSE, data={"csrf_token": token, "title": "wrong"}).status_code == 422
    app.config["PINGYI_CLOCK"] = lambda: begun + own_sessions.FRESH + dt.timedelta(seconds=10)
    assert office_client.post(CLOSE, data={"csrf_token": token, "title": "wrong"}).status_code == 401


def test_every_act_that_nothing_takes_back_asks_and_does_nothing_before(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    small_scheme.build(session, state="open")
    session.commit()
    acts = session.scalar(select(func.count()).select_from(AuditEvent))
    session.rollback()
    token = csrf(office_client)
    later(app, minutes=20)
    assert office_client.get("/office/log").status_code == 200  # the session lives on, its proof is old
    later(app, minutes=31)
    values = {"key": "K3Y", "account_id": 1, "ask_id": 1, "batch_id": 1, "rater": 1}
    for endpoint in account_gates.PROVEN_ANEW:
        (rule,) = [one for one in app.url_map.iter_rules(endpoint) if "POST" in (one.methods or ())]
        address = app.url_map.bind("").build(endpoint, {name: values[name] for name in rule.arguments}, method="POST")
        answer = office_client.post(address, data={"csrf_token": token, "word": "写下的话"})
        assert (answer.status_code, "确认是您本人" in answer.get_data(as_text=True)) == (401, True), endpoint
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == acts
    session.rollback()


def test_the_table_names_forms_there_are_and_every_way_to_end_a_campaign_is_in_it(app: Flask) -> None:
    forms = {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE_METHODS}
    assert set(account_gates.PROVEN_ANEW) <= forms
    assert {
        "campaigns.close", "counting.open_box", "publishing.publish", "destruction.destroy", "removal.remove_campaign",
        "reprinting.void", "accounts.renew_link", "keeping.purge_round",
        "keeping.lift_hold", "destruction.fix", "readings.read", "printing.print_slips", "room.prepare",
    } <= set(account_gates.PROVEN_ANEW)  # fmt: skip
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if access.rule_of(app, rule.endpoint) == "signed_in"}
    assert pages >= account_gates.OPEN - {"factors.state_without"}


@pytest.mark.usefixtures("town")
def test_a_session_that_ends_while_it_is_asked_keeps_the_form_all_the_same(app: Flask, office_client: FlaskClient) -> None:
    token = csrf(office_client)
    later(app, minutes=11)
    page = office_client.post(CLOSE, data={"csrf_token": token, "title": TITLE}).get_data(as_text=True)
    later(app, minutes=50)
    status, ended = prove(office_client, page)
    assert (status, "填的内容留在这一页上" in ended) == (401, True)
    entry = {**hidden(ended), "name": OFFICE_NAME, "password": OFFICE_PASSWORD}
    resumed = office_client.post("/office/sign-in", data=entry).get_data(as_text=True)
    assert TITLE in resumed
    assert office_client.post(CLOSE, data=hidden(resumed)).status_code == 302
    assert state(app) == "closed"


@pytest.mark.usefixtures("town")
def test_the_proof_makes_a_new_session_and_leaves_its_end_where_it_was(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    begun, first = session.execute(select(SignInSession.created, SignInSession.digest)).one()
    session.rollback()
    stolen = app.test_client()
    old = office_client.get_cookie("pingyi")
    assert old is not None
    stolen.set_cookie("pingyi", old.value)
    later(app, minutes=11)
    prove(office_client, office_client.get("/office/account/prove?next=/office/log").get_data(as_text=True))
    created, second = session.execute(select(SignInSession.created, SignInSession.digest)).one()
    session.rollback()
    assert (created, second != first) == (begun, True)
    assert stolen.get("/office/log").status_code == 302
    assert office_client.get("/office/log").status_code == 200


def test_guessing_at_an_unattended_desk_is_slowed(app: Flask, office_client: FlaskClient) -> None:
    begun = clock.now()
    app.config["PINGYI_CLOCK"] = lambda: begun
    page = office_client.get("/office/account/prove").get_data(as_text=True)
    found = [prove(office_client, page, password=f"wrong {n}")[0] for n in range(7)]
    assert found == [401] * 5 + [429] * 2  # five are free, then the wait is a second, and no time passes here
    assert prove(office_client, page)[0] == 429  # the right one, too early


@pytest.mark.usefixtures("town")
def test_a_form_that_holds_a_passphrase_is_shown_after_the_proof(app: Flask, office_client: FlaskClient) -> None:
    """A passphrase and shares are never kept, so nobody is let type them only to be asked who they are."""
    office_client.post(CLOSE, data={"csrf_token": csrf(office_client), "title": TITLE})
    address = "/office/campaigns/K3Y/count/"
    assert 'name="passphrase"' in office_client.get(address).get_data(as_text=True)
    token = csrf(office_client)
    later(app, minutes=11)
    page = office_client.get(address).get_data(as_text=True)
    assert 'name="passphrase"' not in page
    assert "/office/account/prove?next=" in page
    later(app, minutes=29)  # three trustees have been typing all the while
    answer = office_client.post(address, data={"csrf_token": token, "passphrase": "not the one"})
    assert answer.status_code != 401
    assert 'name="passphrase"' in answer.get_data(as_text=True)  # mistyped, and shown again
