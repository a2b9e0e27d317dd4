"""A walk through every page a voter meets, every request written down: nothing to elsewhere, no cookie, no secret in an address.

Afterwards the phone is turned over: what its browser still holds.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from survey_app import access
from survey_app.config import cookie_key
from survey_app.extensions import current_config, resources
from survey_app.models import Campaign
from survey_app.services.log import epochs
from survey_app.services.sealing import tokens
from tests.support.clock import NOON
from tests.support.phone import Phone, phone_before
from tests.towns.small_scheme import GOOD_MARKS, TEXT, build

LEFT = """async () => ({
  local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
  databases: indexedDB.databases ? (await indexedDB.databases()).length : 0,
  caches: window.caches ? (await caches.keys()).length : 0,
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  here: location.href, before: document.referrer,
})"""
#: Endpoints whose answer is a file to save; a walk through pages does not meet them.
FILES = {"public_log.leaves", "public_log.checkpoint", "public_log.bundle", "signed_forms.download", "signed_forms.sheet"}
POST = """([action, name, value]) => {
  const form = document.createElement("form"), field = document.createElement("input");
  form.method = "post"; form.action = action; field.name = name; field.value = value;
  form.append(field); document.body.append(form); form.submit();
}"""


def looked_up(page: Page, address: str, code: str) -> None:
    page.goto(address)
    page.locator("#code").fill(code)
    page.locator("main form button").click()
    expect(page.locator("[role=alert]")).to_be_visible()


def walk(phone: Phone, hall: str) -> None:
    """Form, review, receipt, both look-ups, the log, the hall's door, a signed form, the plain words, an error."""
    page = phone.scan()
    for place, mark in enumerate(GOOD_MARKS):
        if mark:
            page.locator(f"input[name=m{place}][value='{mark}']").evaluate("input => input.click()")
    page.locator("button[value=review]").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipt]")).to_be_visible()
    code = page.locator(".receipt-code").inner_text()
    page.wait_for_function(f"async () => {{ const left = await ({LEFT})(); return !left.workers && !left.caches; }}")
    assert page.evaluate(LEFT) == {
        "local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0, "workers": 0,
        "here": f"{phone.base}/v/{phone.town.guests}", "before": "",
    }  # fmt: skip
    page.locator(".foot a").click()
    expect(page.locator("h1")).to_have_text("谁看得到我的票？")
    secret, alias = phone.town.slips[0]
    looked_up(page, f"{phone.base}/r", code)
    for known in (code, alias, f"{phone.base}/v/{phone.town.guests}#{tokens.secret_text(secret)}"):
        looked_up(page, f"{phone.base}/log/{phone.town.key}/", known)
    page.goto(f"{phone.base}/log/{phone.town.key}/0")
    for public in (f"/round/{phone.town.key}/", f"/round/{phone.town.key}/method", "/look/0/", "/look/0/A01"):
        page.goto(f"{phone.base}{public}")
    page.goto(f"{phone.base}/v/{hall}/room")
    page.locator("#code").fill("000000")
    page.locator("main form button").click()
    page.goto(f"{phone.base}/v/{phone.town.members}")
    for address, name, value in (
        (f"/v/{phone.town.members}/own", "code", phone.town.links[0][1]),
        (f"/v/{phone.town.guests}/slip", "code", alias),
        ("/copy", "text", "no copy"),
    ):
        with page.expect_navigation():
            page.evaluate(POST, [address, name, value])
    page.goto(f"{phone.base}/copy")
    page.goto(f"{phone.base}/privacy")
    page.goto(f"{phone.base}/nowhere")


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_voter_page_asks_elsewhere_sets_a_cookie_or_puts_a_secret_into_an_address(app: Flask, browser: Browser) -> None:
    with resources(app).writing() as session, app.app_context():
        hall = build(session, key="HALL", text=TEXT.replace("en: Guests}}", "en: Guests}, admission: shared code}"))
    with phone_before(app, browser) as phone:
        with resources(app).writing() as session, app.app_context():
            campaign = session.scalars(select(Campaign).where(Campaign.key == phone.town.key)).one()
            epochs.begin(session, campaign, secret=cookie_key(current_config()), now=NOON)
            session.commit()
        asked: list[Request] = []
        phone.context.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright marks what it is given
        walk(phone, hall.guests)
        own = urlsplit(phone.base).netloc
        seen = set()
        secret, alias = phone.town.slips[0]
        for request in (one for one in asked if not one.url.startswith("data:")):
            assert urlsplit(request.url).netloc == own, request.url
            sent, answer = request.all_headers(), request.response()
            assert "cookie" not in sent, request.url
            for hidden in (tokens.secret_text(secret), alias):
                assert hidden not in request.url + sent.get("referer", ""), request.url
            assert answer is not None
            got = answer.all_headers()
            assert "set-cookie" not in got, request.url
            assert got["referrer-policy"] == "same-origin"
            with suppress(NotFound):  # the address that leads nowhere
                seen.add(app.url_map.bind(own).match(urlsplit(request.url).path, method=request.method)[0])
        assert phone.context.cookies() == []
        every = {rule.endpoint for rule in app.url_map.iter_rules() if access.rule_of(app, rule.endpoint) == "voter"}
        assert every - seen - FILES == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_that_loads_from_elsewhere_would_be_seen(app: Flask, browser: Browser) -> None:
    """What the walk relies on: the browser tells of such a request even where the policy header stops it."""
    app.add_url_rule("/beacon", "beacon", access.voter(lambda: '<img src="http://elsewhere.test/dot.gif">'))
    with phone_before(app, browser) as phone:
        asked: list[str] = []
        phone.context.on("request", lambda request: asked.append(request.url))
        page = phone.context.new_page()
        page.goto(f"{phone.base}/beacon")
        page.wait_for_load_state("networkidle")
    assert any("elsewhere.test" in url for url in asked)
