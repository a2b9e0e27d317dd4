"""An office account's first ten minutes in a real browser: an authenticator without script, a passkey with it, a proof again."""

from __future__ import annotations

import base64
import datetime as dt
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, expect
from werkzeug.serving import make_server

from survey_app import create_app
from survey_app.config import Config
from survey_app.extensions import resources
from survey_app.services.office import accounts, totp
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_ALIAS, QUICK_PASSWORD
from tests.support.clock import NOON
from tests.towns import small_scheme

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Desk:
    """A running application under a name that passkeys are made for, and the link for its first account."""

    app: Flask
    base: str
    link: str

    def pass_time(self, **passed: float) -> None:
        """The server's clock goes on."""
        at = self.app.config["PINGYI_CLOCK"]() + dt.timedelta(**passed)
        self.app.config["PINGYI_CLOCK"] = lambda: at

    def code(self, page: Page) -> str:
        """What an authenticator shows that scanned this page."""
        page.locator("details summary").click()
        key = base64.b32decode((page.locator("code.copy-line").text_content() or "").replace(" ", ""))
        return totp.code_at(key, totp.step_at(self.app.config["PINGYI_CLOCK"]()))


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://localhost:{port}"
    app = create_app(
        Config(
            data=tmp_path / "data", database_url=f"sqlite:///{tmp_path / 'pingyi.db'}", base_url=base, timezone="UTC",
            alias_cost=QUICK_ALIAS, password_cost=QUICK_PASSWORD,
        )
    )  # fmt: skip
    app.config["PINGYI_CLOCK"] = lambda: NOON
    with resources(app).writing() as session:
        secret = accounts.new_link(session, None, now=NOON)
        session.commit()
    server = make_server("localhost", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Desk(app, base, f"{base}/office/link/{secret}")
    server.shutdown()
    thread.join()
    server.server_close()
    resources(app).engine.dispose()


def sign_up(page: Page, desk: Desk) -> None:
    page.goto(desk.link)
    page.fill("input[name=name]", OFFICE_NAME)
    page.fill("input[name=password]", OFFICE_PASSWORD)
    page.fill("input[name=again]", OFFICE_PASSWORD)
    page.click("main button[type=submit]")
    expect(page.get_by_role("heading", name="第二重验证", exact=True)).to_be_visible()  # nothing else before that


def narrow(page: Page) -> None:
    """No page is wider than its screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_authenticator_is_set_up_and_used_without_script_on_a_phone(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_up(page, desk)
    page.get_by_role("link", name="绑定验证器").click()
    code = desk.code(page)
    page.fill("input[name=code]", "000000" if code != "000000" else "111111")
    page.get_by_role("button", name="绑定").click()
    expect(page.locator(".notice.bad")).to_contain_text("验证码不对")
    page.fill("input[name=code]", desk.code(page))  # the same secret is still shown
    page.get_by_role("button", name="绑定").click()
    codes = page.locator("ol.codes code").all_text_contents()
    assert len(codes) == 10
    page.get_by_role("link", name="存好了，继续").click()
    expect(page).to_have_url(re.compile("/office/accounts/people"))  # what an office is asked next
    page.get_by_role("button", name="退出").click()

    page.goto(f"{desk.base}/office/sign-in")
    assert page.get_by_role("button", name="用通行密钥登录").count() == 0  # hidden without script
    for typed, signed_in in (("", False), (codes[7].lower(), True)):
        page.fill("input[name=name]", OFFICE_NAME)
        page.fill("input[name=password]", OFFICE_PASSWORD)
        page.fill("input[name=code]", typed)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator(".who")).to_have_count(int(signed_in))
    context.close()


def test_a_passkey_signs_in_alone_and_proves_its_holder_again(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    tool = context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    made = tool.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    sign_up(page, desk)
    page.get_by_role("link", name="加一把通行密钥").click()
    page.fill("input[name=title]", "办公室电脑")
    page.get_by_role("button", name="做一把通行密钥").click()
    expect(page.locator("ol.codes li")).to_have_count(10)
    page.get_by_role("link", name="存好了，继续").click()
    page.check("input[name=people][value=one]")
    page.click("main form button")
    page.get_by_role("button", name="退出").click()

    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.url.endswith("/sign-in/passkey") else None)
    page.goto(f"{desk.base}/office/sign-in?next=/office/log")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page).to_have_url(re.compile(r"^[^?]*/office/log$"))  # no name, no password; the page before names it too
    body = sent[0].post_data
    assert body
    thief = desk.app.test_client()
    page_of_thief = thief.get("/office/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page_of_thief)
    assert token
    credential = re.search(r"(?:^|&)credential=([^&]+)", body)
    assert credential

    form = {"credential": unquote_plus(credential[1]), "csrf_token": token[1]}
    assert thief.post("/office/sign-in/passkey", data=form).status_code == 401  # overheard, and answered already

    with resources(desk.app).writing() as session:
        small_scheme.build(session, state="open")
    page.goto(f"{desk.base}/office/campaigns/K3Y/close")
    desk.pass_time(minutes=11)
    page.fill("input[name=title]", "小镇年度评议")
    page.locator("main form button").last.click()
    expect(page.get_by_role("heading", name="确认是您本人")).to_be_visible()
    tool.send("WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": False})
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible()  # somebody else's finger
    tool.send("WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": True})
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page.locator(".lines", has_text="小镇年度评议")).to_be_visible()  # what was typed waited
    page.get_by_role("button", name="照原样发出").click()
    expect(page.locator("main")).to_contain_text("已结束")
    assert refused == []
    narrow(page)
    context.close()
