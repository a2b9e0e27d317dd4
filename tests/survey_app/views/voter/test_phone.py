"""The form in a real browser: what the script adds, and that losing network, page or patience loses no answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.phone import Phone, phone_before
from tests.towns.small_scheme import GOOD_MARKS

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def phone(app: Flask, browser: Browser) -> Iterator[Phone]:
    with phone_before(app, browser) as phone:
        yield phone


def fill(page: Page, marks: tuple[int, ...] = GOOD_MARKS) -> None:
    for place, mark in enumerate(marks):
        if mark:
            page.locator(f"input[name=m{place}][value='{mark}']").evaluate("input => input.click()")


def checked(page: Page) -> list[str]:
    found: list[str] = page.locator("form.ballot fieldset input:checked").evaluate_all(
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


def test_nothing_is_wider_than_a_small_phone(phone: Phone) -> None:
    page = phone.scan()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("kind", "demands"),
    [("uniform", "请按各自的实际情况分别评价"), ("sum", "请减下来")],
    ids=["all the same", "too much shared out"],
)
def test_a_rule_that_only_warns_states_the_fact_and_one_that_refuses_says_what_to_do(
    phone: Phone, kind: str, demands: str
) -> None:
    page = phone.scan()
    table = {"kind": kind, "label": "", "slots": [0, 1, 2]}
    verdict = {"broken": True, "found": 3, "least": 0, "most": 2}
    told = {
        effect: page.evaluate("([table, verdict]) => window.pingyi.line(table, verdict)", [{**table, "effect": effect}, verdict])
        for effect in ("refuse", "warn")
    }
    assert demands in told["refuse"]
    assert "请" not in told["warn"]
    assert told["warn"]
