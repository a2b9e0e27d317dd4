"""The language of office pages: chosen by a link, kept for the signed-in account only, never on a voter's page."""

from __future__ import annotations

import re

import pytest
from flask import session as cookie
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app import access
from survey_app.i18n import language
from survey_app.models import Campaign
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, csrf
from tests.towns.small_scheme import build

pytestmark = pytest.mark.postgresql_later


def spoken(client: FlaskClient, address: str) -> str:
    """The language of a page, as it says itself."""
    found = re.search(r'<html lang="([^"]+)"', client.get(address).get_data(as_text=True))
    assert found is not None
    return found.group(1)


def test_the_choice_of_a_signed_in_account_holds_on_its_next_pages_until_it_chooses_again(office_client: FlaskClient) -> None:
    assert spoken(office_client, "/office/accounts") == "zh-Hans"
    assert spoken(office_client, "/office/accounts?lang=en") == "en"
    assert spoken(office_client, "/office/campaigns") == "en"
    assert spoken(office_client, "/") == "en"
    assert spoken(office_client, "/office/campaigns?lang=zh-Hans") == "zh-Hans"
    assert spoken(office_client, "/office/accounts") == "zh-Hans"


def test_a_language_office_pages_are_not_written_in_is_not_kept(office_client: FlaskClient) -> None:
    assert spoken(office_client, "/?lang=ug") == "ug"  # the front page is for everybody
    assert spoken(office_client, "/office/accounts") == "zh-Hans"
    assert spoken(office_client, "/office/accounts?lang=ug") == "zh-Hans"


def test_the_switch_keeps_the_path_and_the_rest_of_the_address(office_client: FlaskClient) -> None:
    page = office_client.get("/office/log?before=7&lang=zh-Hans").get_data(as_text=True)
    assert '<a href="?before=7&amp;lang=en" lang="en" hreflang="en">English</a>' in page
    assert 'hreflang="ug"' not in page


def test_what_a_switch_repeats_of_an_address_cannot_leave_its_attribute(office_client: FlaskClient) -> None:
    page = office_client.get('/office/log?x="><script>').get_data(as_text=True)
    assert "?x=%22%3E%3Cscript%3E&amp;lang=en" in page
    assert '"><script>' not in page


def test_a_visitors_choice_is_kept_by_nothing_until_signing_in(client: FlaskClient, office_client: FlaskClient) -> None:
    """The sign-in form is the first page of an office: what was chosen there goes on behind it."""
    assert office_client.application is client.application  # the account exists
    assert spoken(client, "/office/sign-in?lang=en") == "en"
    assert spoken(client, "/office/sign-in") == "zh-Hans"
    page = client.get("/office/sign-in?lang=en").get_data(as_text=True)
    assert 'action="/office/sign-in?lang=en"' in page
    entry = {"name": OFFICE_NAME, "password": OFFICE_PASSWORD, "csrf_token": csrf(client)}
    refused = client.post("/office/sign-in?lang=en", data=entry | {"password": "wrong wrong wrong"})
    assert '<html lang="en"' in refused.get_data(as_text=True)
    assert client.post("/office/sign-in?lang=en", data=entry).status_code == 302
    assert spoken(client, "/office/campaigns") == "en"


def test_a_voters_page_neither_keeps_nor_reads_the_choice(office_client: FlaskClient, session: Session) -> None:
    """Even in the browser of somebody signed in, who may be a voter too."""
    town = build(session)
    answer = office_client.get(f"/v/{town.guests}?lang=en")
    assert "Set-Cookie" not in answer.headers
    assert spoken(office_client, "/office/accounts") == "zh-Hans"
    assert spoken(office_client, "/office/accounts?lang=en") == "en"
    with office_client:
        office_client.get("/office/accounts")
        assert cookie[access.LANGUAGE_KEY] == "en"
    assert spoken(office_client, f"/v/{town.guests}") == "zh-Hans"


def test_what_the_scheme_settles_and_lists_of_words_read_in_the_language_of_the_page(
    office_client: FlaskClient, session: Session
) -> None:
    """The policy of the small scheme: shown with 2 digits rounded half up, bases are valid ballots."""
    campaign = session.get(Campaign, build(session).campaign_id)
    assert campaign is not None
    address = f"/office/campaigns/{campaign.key}/scheme"
    chinese = office_client.get(f"{address}?lang=zh-Hans").get_data(as_text=True)
    assert "<dt>基数</dt><dd>有效票</dd>" in chinese
    assert "<dt>显示</dt><dd>四舍五入，2 位小数</dd>" in chinese
    english = office_client.get(f"{address}?lang=en").get_data(as_text=True)
    assert "<dt>base</dt><dd>valid</dd>" in english
    assert "<dt>display</dt><dd>half up, decimal places: 2</dd>" in english


def test_the_language_of_a_request_ends_with_it(client: FlaskClient) -> None:
    assert spoken(client, "/?lang=en") == "en"
    assert language() == "zh-Hans"


def test_an_answer_to_a_form_offers_the_language_on_a_page_of_its_own_and_does_nothing_again(
    office_client: FlaskClient, session: Session
) -> None:
    town = build(session, state="draft")
    address = f"/office/campaigns/{town.key}/release/"
    answer = office_client.post(address, data={"csrf_token": csrf(office_client), "floor": "none"})
    page = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422)
    assert '<a href="?lang=en" target="_blank" rel="noopener" lang="en" hreflang="en">English</a>' in page
    refused = office_client.post(f"/office/campaigns/{town.key}/count/again", data={"csrf_token": csrf(office_client)})
    # that address is no page: the language is offered at the front door, never by doing the act once more
    assert refused.status_code >= 400
    front = '<a href="/?lang=en" target="_blank" rel="noopener" lang="en" hreflang="en">English</a>'
    assert front in refused.get_data(as_text=True)
