"""The browser's own Back: where no script runs it is all that brings the answers again, and where one runs nothing comes back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

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


@pytest.fixture
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that runs no script."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=False)
    yield context
    context.close()


def fill(page: Page) -> None:
    for place, mark in enumerate(GOOD_MARKS):
        if mark:
            page.locator(f"input[name=m{place}][value='{mark}']").check(force=True)


def checked(page: Page) -> list[str]:
    return [
        f"{one.get_attribute('name')}={one.get_attribute('value')}" for one in page.locator("fieldset.item input:checked").all()
    ]


def test_without_script_back_and_the_pages_own_button_bring_the_filled_form(phone: Phone, plain: BrowserContext) -> None:
    page = plain.new_page()
    page.goto(f"{phone.base}/v/{phone.town.guests}")
    fill(page)
    filled = checked(page)
    assert len(filled) == len([mark for mark in GOOD_MARKS if mark])
    page.fill("#alias", phone.town.slips[0][1])
    page.locator("button[value=review]").click()
    expect(page.locator("form[data-review]")).to_be_visible()
    page.go_back()
    assert checked(page) == filled
    page.fill("#alias", phone.town.slips[0][1])
    page.locator("button[value=review]").click()
    page.locator("button[value=edit]").click()
    assert checked(page) == filled
    assert page.locator("#alias").input_value() == phone.town.slips[0][1]
    page.locator("button[value=review]").click()
    page.locator("button[value=send]").click()
    expect(page.locator("[data-may-return]")).to_be_visible()
    expect(page.locator("[data-erased]")).to_be_hidden()
    assert phone.stored() == 1


def test_with_script_the_receipt_says_that_nothing_is_left_and_back_shows_nothing(phone: Phone) -> None:
    page = phone.scan()
    fill(page)
    assert page.locator("form.ballot").get_attribute("autocomplete") == "off"
    page.locator("button[value=review]").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-erased]")).to_be_visible()
    expect(page.locator("[data-may-return]")).to_be_hidden()
    page.goto("about:blank")
    page.go_back()
    expect(page.locator("form.ballot")).to_be_visible()
    assert checked(page) == []


def test_the_answers_of_the_page_may_come_back_and_the_typed_code_may_not(phone: Phone) -> None:
    html = phone.context.request.get(f"{phone.base}/v/{phone.town.guests}").text()
    assert "autocomplete" not in re.search(r'<form id="ballot"[^>]*>', html)[0]  # type: ignore[index]  # fails loudly
    assert 'autocomplete="off"' in re.search(r'<input id="alias"[^>]*>', html, re.DOTALL)[0]  # type: ignore[index]  # as above
