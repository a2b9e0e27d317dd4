"""Two people at two desks: the first makes the second's account; from then on approval waits until the other one has read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.conftest import LiveServer
from tests.journeys.test_first_meeting import make_campaign
from tests.journeys.walking import PASSWORD, Walk, choose_password, open_first_link


@pytest.mark.browser
def test_approval_is_asked_for_at_one_desk_and_given_at_another(
    live_server: LiveServer, desk: BrowserContext, browser: Browser, tmp_path: Path
) -> None:
    walk = Walk(live_server, desk.new_page())
    first = walk.office
    open_first_link(walk, "王一")
    expect(first.locator("h1")).to_contain_text("有几个人办理")
    first.click("main form button")  # two are chosen unless somebody says one
    first.goto(f"{live_server.address}/office/accounts")
    first.fill("#office-name", "李二")
    first.get_by_role("checkbox", name=re.compile("^负责人")).check()
    first.get_by_role("button", name="建立并生成链接").click()
    link = re.search(r"http://\S+/office/link/[0-9a-f]{32}", first.locator("main").inner_text())
    assert link
    other_desk = browser.new_context(viewport={"width": 360, "height": 780}, locale="zh-CN")
    second = other_desk.new_page()
    second.goto(link.group(0))
    choose_password(second, PASSWORD)
    expect(second.locator(".masthead")).to_contain_text("李二")

    make_campaign(walk, tmp_path)  # its last click asks for the approval
    expect(first.locator("h1")).to_contain_text("批准并开放投票")
    expect(first.locator("main")).to_contain_text("能确认的人：李二")
    first.goto(walk.at(""))
    expect(first.locator("main")).to_contain_text("准备中")

    second.goto(f"{live_server.address}/office/campaigns")
    expect(second.locator("main")).to_contain_text("等您")
    second.get_by_role("link", name="批准并开放投票").click()
    expect(second.locator("main")).to_contain_text("王一")
    expect(second.locator("main")).to_contain_text("个评价对象")
    second.get_by_role("button", name="看过了，确认").click()
    expect(second.locator("main")).to_contain_text("进行中")
    first.reload()
    expect(first.locator("main")).to_contain_text("进行中")
    expect(first.locator("main")).not_to_contain_text("一个人")
    other_desk.close()
