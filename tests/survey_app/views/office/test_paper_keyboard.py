"""A sheet typed in a browser by the keyboard alone: two clerks, a difference, a third; then the words lie in their box."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from survey_app.extensions import resources
from survey_app.models import Campaign, PaperStack
from survey_app.roles import Role
from survey_app.services.counting import comments
from survey_app.services.sealing import custody
from tests.support.application import OFFICE_PASSWORD, office_account, take_note
from tests.towns.small_scheme import GOOD_MARKS, PASSPHRASE, Town, build
from tests.towns.wordy_town import ASKING

pytestmark = pytest.mark.browser
CLERKS = ("王录入", "李录入", "张复核")
#: What is typed for GOOD_MARKS; the third line asks for a number, of which code n + 1 stands for n.
ANSWERS = tuple("-" if mark == 0 else str(mark - 1) if at == 2 else str(mark) for at, mark in enumerate(GOOD_MARKS))


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; typing itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    """A running server."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def town(app: Flask) -> Town:
    for name in CLERKS:
        office_account(app, name, {Role.CLERK})
    with resources(app).writing() as session:
        return build(session, text=ASKING)


def signed_in(browser: Browser, base: str, name: str) -> Page:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{base}/office/sign-in")
    page.fill("#name", name)
    page.fill("#password", OFFICE_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def take(page: Page, address: str, alias: str) -> None:
    """The next sheet: its number stands there, the slip's code is typed, Enter sends both."""
    page.goto(address)
    page.keyboard.type(alias.lower().replace("-", ""))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def key_in(page: Page, answers: Sequence[str], words: str) -> None:
    """Line by line with Enter, the words, then Tab to the button and Enter."""
    for one in answers:
        page.keyboard.type(one)
        page.keyboard.press("Enter")
    page.keyboard.type(words)
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_sheet_is_typed_twice_settled_and_cast_without_a_mouse(app: Flask, browser: Browser, base: str, town: Town) -> None:
    first, second, third = (signed_in(browser, base, name) for name in CLERKS)
    take_note(app)
    desk, alias = f"{base}/office/campaigns/{town.key}/paper/", town.slips[0][1]
    first.goto(desk)
    first.fill("#sheets", "2")
    with first.expect_navigation():
        first.keyboard.press("Enter")
    take(first, f"{desk}1", alias)
    key_in(first, ANSWERS, "路灯坏了")
    take(second, f"{desk}1", alias)
    second.keyboard.type("9")
    second.keyboard.press("ArrowDown")
    second.keyboard.press("Backspace")  # on an empty line it goes back
    assert second.evaluate("document.activeElement.id") == "k0"
    second.keyboard.press("Backspace")
    key_in(second, (*ANSWERS[:-1], "3"), "路灯 坏了")
    take(third, f"{desk}1", alias)
    assert third.locator("input[name^=k]").count() == 1  # the words agree but for a blank
    found = Axe().run(third, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()
    third.keyboard.type(ANSWERS[-1])
    third.keyboard.press("Enter")
    with third.expect_navigation():
        third.keyboard.press("Enter")
    assert third.locator("strong.code").count() == 1
    assert third.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]"
    assert third.evaluate("document.activeElement.id") == "slip"  # ready for the next one
    assert third.input_value("#sheet") == "2"
    for page in (first, second, third):
        page.context.close()
    with resources(app).reading() as session:
        assert session.scalars(select(PaperStack.progress)).one() == "+."
        campaign = session.get_one(Campaign, town.campaign_id)
        opened = comments.gather(session, campaign, custody.unwrap(campaign.wrapped_key, PASSPHRASE))
    assert opened.words == {("guests", ""): [("路灯坏了", "")]}
