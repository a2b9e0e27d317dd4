"""The form on a hall's network: plain http by a host name, a line of 400 kbit/s, no line at all in the middle."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from survey_app.services.sealing import tokens
from tests.support.phone import Phone, phone_before
from tests.towns.small_scheme import GOOD_MARKS

pytestmark = pytest.mark.browser
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # bytes a second


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def phone(app: Flask, browser: Browser) -> Iterator[Phone]:
    with phone_before(app, browser) as phone:
        yield phone


def scan_in_the_hall(phone: Phone) -> Page:
    """The form by the host name that the hall's router knows, over plain http."""
    page = phone.context.new_page()
    base = phone.base.replace("127.0.0.1", "form.hall.test")
    page.goto(f"{base}/v/{phone.town.guests}#{tokens.secret_text(phone.town.slips[0][0])}")
    return page


def fill(page: Page, places: range) -> None:
    for place in places:
        if GOOD_MARKS[place]:
            page.locator(f"input[name=m{place}][value='{GOOD_MARKS[place]}']").evaluate("input => input.click()")


def test_on_plain_http_the_form_is_filled_offline_and_sent_when_the_network_is_back(phone: Phone) -> None:
    page = scan_in_the_hall(phone)
    assert page.evaluate("window.isSecureContext") is False  # so neither service workers nor WebCrypto are there
    fill(page, range(3))
    phone.context.set_offline(True)
    fill(page, range(3, len(GOOD_MARKS)))
    page.locator("button[value=review]").click()
    page.click("[data-send]")
    expect(page.locator(".unsent")).to_contain_text("尚未送出")
    assert phone.stored() == 0
    phone.context.set_offline(False)
    expect(page.locator(".receipt-code")).to_be_visible(timeout=20_000)
    assert phone.stored() == 1


def test_on_a_slow_line_a_reload_in_the_middle_loses_nothing_and_the_form_goes_through(phone: Phone) -> None:
    page = scan_in_the_hall(phone)
    line = phone.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    fill(page, range(4))
    page.reload()
    expect(page.locator(".restored")).to_be_visible()
    fill(page, range(4, len(GOOD_MARKS)))
    page.locator("button[value=review]").click()
    page.click("[data-send]")
    expect(page.locator(".receipt-code")).to_be_visible(timeout=20_000)
    assert phone.stored() == 1


def test_answers_of_a_phone_that_died_are_there_when_the_slip_is_scanned_again(phone: Phone) -> None:
    page = scan_in_the_hall(phone)
    fill(page, range(4))
    page.close()  # no goodbye: a battery says none
    again = scan_in_the_hall(phone)
    expect(again.locator(".restored")).to_be_visible()
    assert again.locator("form.ballot fieldset input:checked").count() == 3  # places 0, 1 and 3; place 2 was left open


def test_on_plain_http_a_slip_scanned_again_without_a_network_opens_from_what_the_browser_kept(phone: Phone) -> None:
    """No worker there. A reload fails without a network; the same address opened anew within five minutes does not."""
    page = scan_in_the_hall(phone)
    fill(page, range(4))
    phone.context.set_offline(True)
    page.close()
    again = scan_in_the_hall(phone)
    expect(again.locator(".restored")).to_be_visible()


def test_on_plain_http_a_page_without_a_network_asks_before_it_is_left(phone: Phone) -> None:
    page = scan_in_the_hall(phone)
    page.locator("input[name=m0][value='1']").click(force=True)  # a browser asks only who has touched the page
    assert page.evaluate("window.onbeforeunload") is None
    phone.context.set_offline(True)
    page.wait_for_function("window.onbeforeunload !== null")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.evaluate("window.setTimeout(() => window.location.reload(), 0)")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    phone.context.set_offline(False)
    page.wait_for_function("window.onbeforeunload === null")
