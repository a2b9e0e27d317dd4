"""The office's preview: the voters' page in a phone's frame that keeps and casts nothing, with script or without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD
from tests.support.phone import phone_before
from tests.towns.small_scheme import GOOD_MARKS

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_preview_is_the_phones_page_and_sends_and_keeps_nothing(
    app: Flask, office_client: FlaskClient, browser: Browser, scripts: bool
) -> None:
    assert office_client.application is app  # the office's account exists
    with phone_before(app, browser) as phone:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{phone.base}/office/sign-in")
        page.fill("input[name=name]", OFFICE_NAME)
        page.fill("input[name=password]", OFFICE_PASSWORD)
        page.locator("main button[type=submit], main button").first.click()
        page.goto(f"{phone.base}/office/campaigns/{phone.town.key}/forms/{phone.town.guests}/preview")
        box = page.locator("iframe.phone").bounding_box()
        assert box
        assert box["width"] == 360 + 2 * 12  # the phone and its edge
        inside = page.frame_locator("iframe.phone")
        expect(inside.locator(".recognised")).to_be_visible()
        expect(inside.locator(".bar")).to_be_visible(visible=scripts)
        inside.locator("a[hreflang=en]").click()
        expect(inside.locator("html")).to_have_attribute("lang", "en")
        for place, mark in enumerate(GOOD_MARKS):
            if mark:
                inside.locator(f"input[name=m{place}][value='{mark}']").check(force=True)
        inside.locator("button[value=review]").click()
        if scripts:
            inside.locator("[data-send]").click()
        expect(inside.get_by_role("heading", name="This is a preview")).to_be_visible()
        if scripts:
            assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        assert phone.stored() == 0
        context.close()
