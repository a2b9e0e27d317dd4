"""The form without a network: a worker keeps the page where browsers allow one, and it goes with the receipt."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from survey_app.assets import bundle
from survey_app.extensions import resources
from survey_app.models import Campaign, CampaignState
from survey_app.services.sealing import tokens
from tests.support.chromium import FLAGS
from tests.support.phone import Phone, phone_before
from tests.towns.small_scheme import GOOD_MARKS

pytestmark = pytest.mark.browser
KEPT = """caches.keys()
    .then(names => names.length ? caches.open(names[0]).then(store => store.keys()) : [])
    .then(keys => keys.map(key => key.url))"""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def phone(app: Flask, browser: Browser) -> Iterator[Phone]:
    with phone_before(app, browser) as phone:
        yield phone


def fill(page: Page, places: range) -> None:
    for place in places:
        if GOOD_MARKS[place]:
            page.locator(f"input[name=m{place}][value='{GOOD_MARKS[place]}']").evaluate("input => input.click()")


def checked(page: Page) -> int:
    return page.locator("form.ballot fieldset input:checked").count()


def kept_page(page: Page, files: int = 3) -> list[str]:
    """What the worker keeps, once it is so many files: it works beside the page, and nothing on the page tells."""
    for _ in range(200):
        found: list[str] = page.evaluate(KEPT)
        if len(found) == files:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(found)


def test_in_the_middle_without_a_network_a_reload_gives_form_and_answers_back_and_the_form_is_sent_later(phone: Phone) -> None:
    page = phone.scan()
    kept = kept_page(page)
    digests = (f"/assets/{bundle(name).digest}/{name}" for name in ("voter.css", "voter.js"))
    assert sorted(kept) == sorted(f"{phone.base}{part}" for part in (f"/v/{phone.town.guests}", *digests))
    secret = tokens.secret_text(phone.town.slips[0][0])
    assert all(secret not in address for address in kept)
    fill(page, range(3))
    phone.context.set_offline(True)
    page.reload()
    expect(page.locator(".restored")).to_be_visible()
    assert checked(page) == 2  # places 0 and 1; place 2 was left open
    again = phone.scan(page=phone.context.new_page())  # the slip scanned once more: another tab, no network
    expect(again.locator(".recognised")).to_be_visible()
    assert all(secret not in address for address in again.evaluate(KEPT))
    again.close()
    fill(page, range(3, len(GOOD_MARKS)))
    page.locator("button[value=review]").click()
    page.click("[data-send]")
    expect(page.locator(".unsent")).to_contain_text("尚未送出")
    phone.context.set_offline(False)
    expect(page.locator(".receipt-code")).to_be_visible(timeout=20_000)
    kept_page(page, files=0)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert phone.stored() == 1


def test_a_kept_form_never_hides_that_the_round_is_over(phone: Phone) -> None:
    page = phone.scan()
    kept_page(page)
    page.reload()  # from here on the worker answers
    with resources(phone.app).writing() as session:
        session.get_one(Campaign, phone.town.campaign_id).state = CampaignState.CLOSED
        session.commit()
    assert page.evaluate("navigator.serviceWorker.controller.state") == "activated"
    page.reload()
    expect(page.locator("[data-stop]")).to_be_visible()
    kept_page(page, files=0)


def test_a_code_typed_by_hand_brings_the_answers_back_after_the_tab_was_lost_and_another_code_does_not(phone: Phone) -> None:
    address = f"{phone.base}/v/{phone.town.guests}"
    page = phone.context.new_page()
    page.goto(address)
    page.fill("#alias", str(phone.town.slips[0][1]))
    fill(page, range(4))
    page.close()
    page = phone.context.new_page()
    page.goto(address)
    assert checked(page) == 0  # nobody has said yet whose form this is
    page.fill("#alias", str(phone.town.slips[0][1]).lower())
    assert checked(page) == 3
    expect(page.locator(".restored")).to_be_visible()
    page.close()
    page = phone.context.new_page()
    page.goto(address)
    page.fill("#alias", str(phone.town.slips[1][1]))
    assert checked(page) == 0


@pytest.mark.slow
def test_the_answers_are_there_after_the_browser_was_killed(app: Flask, browser: Browser, tmp_path: Path) -> None:
    """As when the battery dies. Chromium writes what a page keeps within seconds, so the last taps may be lost."""
    with phone_before(app, browser) as phone:
        context = lasting(browser, tmp_path)
        page = scanned(context, phone)
        fill(page, range(4))
        page.wait_for_timeout(8000)
        kill(tmp_path)
        context = lasting(browser, tmp_path)
        assert checked(scanned(context, phone)) == 3
        context.close()


def lasting(browser: Browser, folder: Path) -> BrowserContext:
    """A browser that keeps what it has in a folder, as a phone does."""
    program = shutil.which("chromium")
    assert program
    return browser.browser_type.launch_persistent_context(folder / "kept", executable_path=program, args=FLAGS)


def scanned(context: BrowserContext, phone: Phone) -> Page:
    page = context.new_page()
    page.goto(f"{phone.base}/v/{phone.town.guests}#{tokens.secret_text(phone.town.slips[0][0])}")
    return page


def kill(folder: Path) -> None:
    """The process that holds the folder, by the lock it keeps there: `SingletonLock` links to host-pid."""
    os.kill(int((folder / "kept" / "SingletonLock").readlink().name.rpartition("-")[2]), signal.SIGKILL)


@pytest.mark.parametrize(
    ("failure", "seen"),
    [
        ("new DOMException('The operation is insecure.', 'SecurityError')", []),  # a private window
        ("new TypeError('The script does not load.')", []),
        ("new RangeError('A mistake of ours.')", ["A mistake of ours."]),
    ],
)
def test_a_worker_that_the_browser_refuses_is_passed_over_and_a_mistake_of_ours_is_not(
    phone: Phone, failure: str, seen: list[str]
) -> None:
    page = phone.context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.add_init_script(
        "Object.defineProperty(navigator, 'serviceWorker', { value: { register() {"
        f" window.refused = true; return Promise.reject({failure}); }} }} }});"
    )
    phone.scan(page=page)
    page.wait_for_function("window.refused")
    page.wait_for_timeout(200)  # an unhandled failure is told a moment later
    assert errors == seen
    expect(page.locator(".recognised")).to_be_visible()
