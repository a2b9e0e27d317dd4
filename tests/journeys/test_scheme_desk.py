"""A clerk who knows no scheme language makes her hospital's review from pasted lines, and tries it: clicks are counted."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.journeys.conftest import LiveServer
from tests.journeys.walking import Walk, sign_up
from tests.survey_app.views.office.test_scheme_desk import REGULATION

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def signed_in(live_server: LiveServer, browser: Browser) -> StorageState:
    """The office's account, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    sign_up(Walk(live_server, context.new_page()))
    state = context.storage_state()
    context.close()
    return state


@dataclass
class CountedHand:
    """Whoever sits at the desk: every click, tick and typed character is counted; what is pasted is told apart."""

    page: Page
    clicks: int = 0
    typed: int = 0
    pasted: int = 0

    def click(self, what: Locator) -> None:
        """One click, on something a person finds by its name."""
        what.click()
        self.clicks += 1

    def type(self, what: Locator, text: str) -> None:
        """Click into a field and type."""
        what.fill(text)
        self.clicks += 1
        self.typed += len(text)

    def paste(self, what: Locator, text: str) -> None:
        """Click into a field and paste."""
        what.fill(text)
        self.clicks += 1
        self.pasted += len(text)


def picture(page: Page, name: str) -> None:
    """A picture of the page as it stands, for whoever asked for pictures (PINGYI_PICTURES names a folder)."""
    if folder := os.environ.get("PINGYI_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
        page.set_viewport_size({"width": 360, "height": 740})
        page.screenshot(path=str(Path(folder) / f"{name}-360.png"), full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_hospital_makes_its_own_review_from_a_pasted_regulation_and_tries_it(
    live_server: LiveServer, browser: Browser, signed_in: StorageState, capsys: pytest.CaptureFixture[str]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", storage_state=signed_in)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{live_server.address}/office/campaigns")
    began, hand = time.monotonic(), CountedHand(page)

    hand.click(page.get_by_role("link", name="方案", exact=True))
    hand.click(page.get_by_role("link", name="起草一份方案"))
    picture(page, "new")
    hand.type(page.get_by_label("叫什么"), "2026年中层干部评议")
    hand.paste(page.get_by_label("把办法里的文字粘贴在这里"), REGULATION)
    hand.click(page.get_by_role("button", name="用这些文字起草"))
    expect(page.locator("main")).to_contain_text("检查没有问题")
    expect(page.locator("main")).to_contain_text("各项满分合计 100")
    picture(page, "items")

    hand.click(page.get_by_role("link", name="谁来评", exact=True))
    expect(page.locator("main")).to_contain_text("合计 100")
    hand.click(page.get_by_label("上级 · 署名"))
    hand.click(page.get_by_label("下级 · 只评本单位"))
    hand.click(page.get_by_role("button", name="保存这一页"))
    expect(page.locator(".difference")).to_contain_text("署名: 是")
    picture(page, "raters")

    hand.click(page.get_by_role("link", name="限额与等次"))
    picture(page, "judged")
    hand.type(page.get_by_label("叫什么，例如“谈话”"), "约谈")
    page.locator("select[name=of]").last.select_option("总分")
    page.locator("select[name=sign]").select_option("<")
    hand.clicks += 4
    hand.type(page.get_by_label("多少，如 60 或 1/3"), "60")
    hand.click(page.get_by_role("button", name="加上").last)
    expect(page.locator("main")).to_contain_text("已保存，检查没有问题")

    hand.click(page.get_by_role("link", name="约定", exact=True))
    picture(page, "policy")
    page.get_by_label("有一类评议人一张票也没有，怎么办？ · 怎么定").select_option("不评")
    hand.clicks += 2
    hand.click(page.get_by_role("button", name="保存这一页"))
    expect(page.locator("main")).to_contain_text("已保存，检查没有问题")

    hand.click(page.get_by_role("link", name="手机上"))
    expect(page.frame_locator("iframe").locator("h1").first).to_contain_text("2026年中层干部评议")
    picture(page, "phone")
    hand.click(page.get_by_role("link", name="试算", exact=True))
    picture(page, "trial")
    hand.click(page.get_by_role("button", name=re.compile("试算一次")))
    expect(page.locator("main")).to_contain_text("编造的一群人投了票")
    expect(page.locator("main")).to_contain_text("这是演示或试算")
    assert page.locator("table tbody tr").count() >= 3
    picture(page, "result")
    page.go_back()
    hand.clicks += 1
    hand.click(page.get_by_role("link", name="条文"))
    expect(page.locator(".regulation")).to_contain_text("上级")
    picture(page, "regulation")
    hand.click(page.get_by_role("link", name="文本", exact=True))
    picture(page, "text")
    hand.click(page.get_by_role("link", name="各稿"))
    picture(page, "versions")
    hand.click(page.get_by_role("link", name="用这份方案新建评议"))
    expect(page.locator("select[name=scheme]")).to_have_value(re.compile("draft:"))

    minutes = (time.monotonic() - began) / 60
    with capsys.disabled():
        print(f"\nown review from a pasted regulation: {hand.clicks} clicks, {hand.typed} characters typed, {hand.pasted} pasted,"
              f" {minutes:.1f} minutes of the machine's")  # fmt: skip
    assert hand.clicks <= 40
    assert hand.typed <= 40
    assert not refused
    if folder := os.environ.get("PINGYI_PICTURES"):
        for name in ("methods", "methods/tw-appraisal", ""):
            page.goto(f"{live_server.address}/office/schemes/{name}")
            page.wait_for_load_state("networkidle")
            picture(page, f"desk-{name.replace('/', '-')}")
        assert folder
    context.close()


def test_the_text_is_checked_and_completed_while_it_is_typed_and_tab_leads_out_of_it(
    live_server: LiveServer, browser: Browser, signed_in: StorageState
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", storage_state=signed_in)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(f"{live_server.address}/office/schemes/new")
    page.get_by_label("叫什么").fill("文本里改")
    page.get_by_label("把办法里的文字粘贴在这里").fill(REGULATION)
    page.get_by_role("button", name="用这些文字起草").click()
    page.get_by_role("link", name="文本", exact=True).click()
    editor = page.get_by_role("textbox", name="方案文本")
    expect(page.locator(".live")).to_contain_text("检查没有问题")
    assert page.locator("#scheme-text").is_hidden()

    page.get_by_role("textbox", name="方案文本").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# 院办起草\n")
    page.keyboard.press("Control+f")
    page.keyboard.type("按主体加权: 主体得分")
    page.keyboard.press("End")  # the field searches for what stands in it when a key is let go, as it is behind every typed word
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.type("按主")  # what was found is selected, and typed over
    expect(page.get_by_role("option").filter(has_text="按主体加权")).to_be_visible()
    page.wait_for_timeout(100)  # a list that has just come takes no Enter meant for the line
    page.keyboard.press("Enter")
    page.keyboard.type("主体得")
    expect(page.get_by_role("option").filter(has_text="主体得分")).to_be_visible()
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect(page.locator(".live")).to_contain_text("检查没有问题")
    assert "总分: {按主体加权: 主体得分, 权重" in page.locator("#scheme-text").input_value()

    page.keyboard.type("与众不同")
    problem = page.locator(".live li")
    expect(problem).to_contain_text("主体得分与众不同")
    expect(page.locator(".cm-lintRange-error")).to_have_text("主体得分与众不同")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    page.keyboard.press("Control+Home")
    problem.get_by_role("button").click()
    assert "主体得分与众不同" in page.locator(".cm-activeLine").inner_text()
    page.keyboard.press("Tab")  # WCAG 2.1.2
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+f")
    page.keyboard.type("与众不同")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")  # not undone: how much one undoing takes back depends on how fast it was typed
    expect(page.locator(".live")).to_contain_text("检查没有问题")
    page.get_by_role("button", name="保存文本").click()
    expect(page.locator(".difference")).to_contain_text("# 院办起草")
    page.get_by_role("link", name="谁来评", exact=True).click()
    page.get_by_label("上级 · 署名").check()
    page.get_by_role("button", name="保存这一页").click()
    page.get_by_role("link", name="文本", exact=True).click()
    assert page.locator("#scheme-text").input_value().startswith("# 院办起草\n")  # the forms write around a comment

    results = Axe().run(page)
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in results.response["violations"]] == []
    page.emulate_media(color_scheme="dark")
    page.reload()  # colours that still change from light to dark are nobody's to read
    expect(page.locator(".live")).to_contain_text("检查没有问题")
    results = Axe().run(page)
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in results.response["violations"]] == []
    assert refused == []
    context.close()
