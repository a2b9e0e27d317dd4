"""The comment on a phone: counted as it is typed, kept through a reload, reviewed, sent when the network is back, once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, expect

from survey_app.extensions import resources
from survey_app.models import Campaign
from survey_app.services.counting import comments
from survey_app.services.sealing import custody
from tests.support.phone import phone_before
from tests.towns.small_scheme import GOOD_MARKS, PASSPHRASE
from tests.towns.wordy_town import ASKING

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


def test_words_survive_a_reload_and_a_lost_network_and_arrive_once(app: Flask, browser: Browser) -> None:
    with phone_before(app, browser, text=ASKING) as phone:
        page = phone.scan()
        for place, mark in enumerate(GOOD_MARKS):
            if mark:
                page.locator(f"input[name=m{place}][value='{mark}']").evaluate("input => input.click()")
        page.fill("#comment", "字" * 21)
        expect(page.locator("#comment-most")).to_have_text("21 / 20 个字")
        page.locator("button[value=review]").click()
        expect(page.locator("main > .problems a")).to_have_text("意见最多 20 个字，现在是 21 个；请删短一些再送出。")
        page.fill("#comment", "路灯坏了😀\n请修")
        expect(page.locator("#comment-most")).to_have_text("8 / 20 个字")
        page.reload()
        expect(page.locator("#comment")).to_have_value("路灯坏了😀\n请修")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert found.violations_count == 0, found.generate_report()
        page.locator("button[value=review]").click()
        expect(page.locator(".local .words")).to_have_text("路灯坏了😀\n请修")
        phone.context.set_offline(True)
        page.click("[data-send]")
        expect(page.locator(".unsent")).to_contain_text("尚未送出")
        phone.context.set_offline(False)
        expect(page.locator(".receipt-code")).to_be_visible(timeout=20_000)
        assert "路灯" not in page.content()
        assert "路灯" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        with resources(app).reading() as session:
            campaign = session.get_one(Campaign, phone.town.campaign_id)
            opened = comments.gather(session, campaign, custody.unwrap(campaign.wrapped_key, PASSPHRASE))
        assert opened.words == {("guests", ""): [("路灯坏了😀\n请修", "")]}
        assert opened.boxes.total() == 1
