"""The form in a real browser: what the script adds, and that losing network, page or patience loses no answer."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect, sync_playwright
from sqlalchemy import func, select
from werkzeug.serving import make_server

from survey_app.extensions import resources
from survey_app.models import Ballot
from survey_app.services import tokens
from tests.app.small_scheme import GOOD_MARKS, Town, build

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Phone:
    """A phone-sized browser before a running server with one town."""

    context: BrowserContext
    base: str
    town: Town
    app: Flask

    def scan(self, number: int = 0, page: Page | None = None) -> Page:
        """Open the form as the camera does."""
        page = page or self.context.new_page()
        page.goto("about:blank")
        page.goto(f"{self.base}/v/{self.town.guests}#{tokens.secret_text(self.town.slips[number][0])}")
        return page

    def stored(self) -> int:
        with resources(self.app).reading() as session:
            return session.scalar(select(func.count()).select_from(Ballot)) or 0


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def phone(app: Flask) -> Iterator[Phone]:
    with resources(app).writing() as session:
        town = build(session)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
        yield Phone(context, f"http://127.0.0.1:{server.port}", town, app)
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()


def fill(page: Page, marks: tuple[int, ...] = GOOD_MARKS) -> None:
    for place, mark in enumerate(marks):
        if mark:
            page.locator(f"input[name=m{place}][value='{mark}']").evaluate("input => input.click()")


def checked(page: Page) -> list[str]:
    found: list[str] = page.locator("fieldset input:checked").evaluate_all(
        "inputs => inputs.map(one => one.name + '=' + one.value)"
    )
    return found


def test_a_scanned_slip_is_recognised_and_leaves_the_address_bar(phone: Phone) -> None:
    page = phone.scan()
    assert page.url == f"{phone.base}/v/{phone.town.guests}"
    expect(page.locator(".recognised")).to_be_visible()
    expect(page.locator("#alias")).to_be_hidden()
    page.reload()
    expect(page.locator(".recognised")).to_be_visible()


def test_the_coach_counts_along_and_a_broken_limit_cannot_be_sent(phone: Phone) -> None:
    page = phone.scan()
    page.locator("input[name=m0][value='1']").evaluate("input => input.click()")
    expect(page.locator(".limits summary:visible")).to_have_text("总的来看怎么样？ · best：已给 1 个，名额用完（最多 1 个）")
    expect(page.locator(".count")).to_have_text("已填 1 / 7")
    fill(page, (1, 1, 0, 1, 3, 4, 2))
    expect(page.locator(".limits summary:visible")).to_have_text("总的来看怎么样？ · best：已给 2 个，多了 1 个（最多 1 个）")
    page.locator("button[value=review]").click()
    expect(page.locator(".problems li")).to_have_count(1)
    assert phone.stored() == 0


def test_answers_survive_a_reload_and_are_erased_with_the_receipt(phone: Phone) -> None:
    page = phone.scan()
    fill(page)
    before = checked(page)
    page.reload()
    assert checked(page) == before
    page.locator("button[value=review]").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipt]")).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert phone.context.cookies() == []
    assert phone.stored() == 1


def test_another_slip_on_the_same_phone_does_not_see_the_first_ones_answers(phone: Phone) -> None:
    page = phone.scan(0)
    fill(page)
    second = phone.scan(1, page)
    expect(second.locator(".recognised")).to_be_visible()
    assert checked(second) == []


def test_a_lost_network_is_loud_and_sending_goes_on_by_itself(phone: Phone) -> None:
    page = phone.scan()
    fill(page)
    page.locator("button[value=review]").click()
    phone.context.set_offline(True)
    page.locator("[data-send]").click()
    expect(page.locator(".unsent")).to_contain_text("尚未送出！网络不通")
    assert phone.stored() == 0
    phone.context.set_offline(False)
    expect(page.locator("[data-receipt]")).to_be_visible(timeout=15_000)
    assert phone.stored() == 1


def test_a_lost_answer_ends_in_the_same_receipt_and_one_ballot(phone: Phone) -> None:
    page = phone.scan()
    fill(page)
    page.locator("button[value=review]").click()
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().text())  # the server has stored it; the phone never hears
            route.abort()
        else:
            route.continue_()

    page.route("**/v/*", lose_first)
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipt]")).to_be_visible(timeout=15_000)
    assert page.locator(".receipt-code").inner_text() in lost[0]
    assert phone.stored() == 1


def test_a_sign_in_page_of_the_halls_network_is_not_taken_for_an_answer(phone: Phone) -> None:
    page = phone.scan()
    fill(page)
    page.locator("button[value=review]").click()
    page.route(
        "**/v/*", lambda route: route.fulfill(status=200, content_type="text/html", body="<main><h1>Free Wi-Fi</h1></main>")
    )
    page.locator("[data-send]").click()
    expect(page.locator(".unsent")).to_contain_text("尚未送出！")
    page.unroute("**/v/*")
    expect(page.locator("[data-receipt]")).to_be_visible(timeout=15_000)


def test_a_whole_ballot_can_be_given_by_keyboard_alone(phone: Phone) -> None:
    page = phone.scan()
    page.locator("summary").first.focus()
    seen = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.value || ''")
        if name.startswith("m"):
            page.keyboard.press("Space")
            page.keyboard.press("ArrowRight")  # the second choice: never the limited first
            seen += 1
        if name == "stage":
            break
    assert seen == 6
    page.keyboard.press("Enter")
    expect(page.locator("[data-send]")).to_be_visible()
    page.locator("[data-send]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-receipt]")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_voters_pages(phone: Phone, scheme: str) -> None:
    page = phone.scan()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # a literal by the parameters above
    axe = Axe()
    assert axe.run(page).violations_count == 0, axe.run(page).generate_report()
    page.locator("button[value=review]").click()
    assert axe.run(page).violations_count == 0, axe.run(page).generate_report()
    fill(page)
    page.locator("button[value=review]").click()
    assert axe.run(page).violations_count == 0, axe.run(page).generate_report()
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipt]")).to_be_visible()
    assert axe.run(page).violations_count == 0, axe.run(page).generate_report()


def test_nothing_is_wider_than_a_small_phone(phone: Phone) -> None:
    page = phone.scan()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
