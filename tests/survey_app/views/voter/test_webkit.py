"""The form in WebKit, as an iPhone has it: scanned, filled, left and come back to, reviewed, sent."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from survey_app.services.sealing import tokens
from tests.support.phone import phone_before
from tests.support.webkit import webkit
from tests.towns.small_scheme import GOOD_MARKS

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


def test_a_slip_is_filled_reloaded_reviewed_and_sent_in_webkit(app: Flask, browser: Browser) -> None:
    with phone_before(app, browser) as phone, webkit() as window:
        window.open(f"{phone.base}/v/{phone.town.guests}#{tokens.secret_text(phone.town.slips[0][0])}")
        window.wait("return !document.querySelector('.recognised').hidden")
        assert window.run("return window.location.hash") == ""
        for place, mark in enumerate(GOOD_MARKS):
            if mark:
                window.click(f"#f{place} label:nth-of-type({mark})")
        assert window.run("return document.documentElement.scrollWidth <= window.innerWidth")
        window.open(f"{phone.base}/v/{phone.town.guests}")  # left and come back: the answers are still there
        window.wait("return document.querySelectorAll('form.ballot input:checked').length === 6")
        assert window.run("return document.querySelector('.limits').innerText").strip() != ""
        window.click("form.ballot .end button")
        window.wait("return !document.querySelector('section.local').hidden")
        window.click("[data-send]")
        code = window.wait("return (document.querySelector('.receipt-code') || {}).innerText")
        assert len(code.strip()) == 23
        assert window.run("return window.localStorage.length") == 0
        assert phone.stored() == 1
        assert window.call("GET", "/cookie") == []
