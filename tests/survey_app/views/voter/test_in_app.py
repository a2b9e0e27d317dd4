"""The form inside other apps' browsers: silent while it works, and when something is blocked it says how to go elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route, expect

from tests.support.phone import Phone, phone_before
from tests.towns.small_scheme import GOOD_MARKS

pytestmark = pytest.mark.browser
ANDROID = "Mozilla/5.0 (Linux; Android 9; V1938CT) AppleWebKit/537.36 Chrome/86.0.4240.99 Mobile Safari/537.36"
APPS = {
    "WeChat": "XWEB/4425 MMWEBSDK/20230805 MicroMessenger/8.0.42.2428(0x28002A58) WeChat/arm64 Language/zh_CN",
    "QQ": "V1_AND_SQ_8.9.80_5222_YYB_D QQ/8.9.80.12440 NetType/WIFI",
    "DingTalk": "AliApp(DingTalk/7.0.50) com.alibaba.android.rimet/28984102",
    "Feishu": "Lark/7.4.8 LarkLocale/zh_CN ChannelName/Feishu",
    "Alipay": "UCBS/3.22 Nebula AlipayDefined(nt:WIFI) AliApp(AP/10.5.0) AlipayClient/10.5.0",
    "Douyin": "aweme_270300 JsSdk/1.0 NetType/WIFI BytedanceWebview/d8a21c6",
    "Weibo": "Weibo (vivo-V1938CT__weibo__13.10.2__android__android9)",
    "Line": "Line/13.16.1/IAB",
    "Facebook": "[FB_IAB/FB4A;FBAV/439.0.0.44.117;]",
}
BLOCKED = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }});"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def phone(app: Flask, browser: Browser) -> Iterator[Phone]:
    with phone_before(app, browser) as phone:
        yield phone


def test_the_apps_people_scan_with_are_told_nothing_while_the_form_works_and_the_way_out_when_it_does_not(phone: Phone) -> None:
    works, blocked = phone.context.new_page(), phone.context.new_page()
    blocked.add_init_script(BLOCKED)
    for page, notice in ((works, False), (blocked, True)):
        wire = phone.context.new_cdp_session(page)
        for app, words in APPS.items():
            wire.send("Network.setUserAgentOverride", {"userAgent": f"{ANDROID} {words}"})
            page.goto(f"{phone.base}/v/{phone.town.guests}")
            assert page.locator(".elsewhere.in-app").is_visible() is notice, app
            assert not page.locator(".elsewhere.no-shelf").is_visible()
            assert page.locator("#alias").is_visible()  # where the printed code is typed
    expect(blocked.locator(".elsewhere.in-app")).to_contain_text("在浏览器打开")
    wire.send("Network.setUserAgentOverride", {"userAgent": ANDROID})
    blocked.reload()
    expect(blocked.locator(".elsewhere.no-shelf")).to_be_visible()  # no app: it only cannot keep what is filled in


def test_a_browser_that_loads_pages_but_posts_nothing_is_found_out_by_itself(phone: Phone) -> None:
    page = phone.scan()
    for place, mark in enumerate(GOOD_MARKS):
        if mark:
            page.locator(f"input[name=m{place}][value='{mark}']").evaluate("input => input.click()")

    def swallow(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    page.route("**/v/*", swallow)
    page.locator("button[value=review]").click()
    page.click("[data-send]")
    expect(page.locator(".unsent")).to_contain_text("尚未送出")
    expect(page.locator(".elsewhere.in-app")).to_be_visible(timeout=15_000)
    page.unroute("**/v/*")
    expect(page.locator(".receipt-code")).to_be_visible(timeout=20_000)
    assert phone.stored() == 1
