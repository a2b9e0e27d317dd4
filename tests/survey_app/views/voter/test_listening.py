"""The voter's pages as they are heard and reached without a pointer: what a screen reader says, where the focus goes, keys alone.

The texts below were written from what a listener should hear, one line a stop: first the kind of thing, then its name.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.voter_scenes import Visitor, scene
from tests.towns.villages import Villages, villages

pytestmark = pytest.mark.browser

HEARD_IN_CHINESE = """
heading "1 张1" [level=2]
radiogroup "张1：总的来看，他干得怎么样？"
radio "优秀" [checked]
radio "称职"
radio "基本称职"
radio "不称职"
group "张1：给他打个分 可不填"
button "减 10 档"
button "减 1 档"
textbox "给他打个分"
button "加 1 档"
button "加 10 档"
heading "2 张2" [level=2]
radiogroup "张2：总的来看，他干得怎么样？"
radio "优秀"
radio "称职" [checked]
radio "基本称职"
radio "不称职"
"""
HEARD_IN_ENGLISH = """
radiogroup "张2: All in all, how well do they work?" [invalid]
paragraph: This item is not filled in; please fill it in.
radio "Excellent"
radio "Competent"
radio "Just competent"
radio "Not competent"
"""
HEARD_IN_UYGHUR = """
heading "1 张1" [level=2]
radiogroup "张1: ئومۇمەن ئۇنىڭ خىزمىتى قانداق؟"
radio "ئەلا"
radio "لاياقەتلىك"
radio "ئاساسەن لاياقەتلىك"
radio "لاياقەتسىز"
group "张1: ئۇنىڭغا نومۇر قويۇڭ تولدۇرمىسىڭىزمۇ بولىدۇ"
button "10 دەرىجە تۆۋەنلىتىش"
button "1 دەرىجە تۆۋەنلىتىش"
textbox "ئۇنىڭغا نومۇر قويۇڭ"
button "1 دەرىجە ئاشۇرۇش"
button "10 دەرىجە ئاشۇرۇش"
"""
#: Notes what a screen reader would announce by itself from now on.
LISTEN = """() => { window.announced = [];
  for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]"))
    new MutationObserver(() => announced.push(region.getAttribute("role") + ": " + region.innerText.trim()))
      .observe(region, {childList: true, characterData: true, subtree: true}); }"""
#: Whether the focus can be seen: a ring is drawn and nothing lies over it (SC 2.4.7, 2.4.11).
UNSEEN = """() => { const one = document.activeElement, box = one.matches("[type=radio], [type=checkbox]") ? one.labels[0] : one;
  const place = box.getBoundingClientRect(), parts = [one, one.nextElementSibling];
  const ringed = parts.some((part) => part && getComputedStyle(part).outlineStyle !== "none");
  const over = document.elementFromPoint((place.left + place.right) / 2, (place.top + place.bottom) / 2);
  const told = `${one.outerHTML.slice(0, 80)} ring ${ringed}, under ${over && over.outerHTML.slice(0, 60)}`;
  return ringed && over && box.contains(over) ? "" : told; }"""


@pytest.fixture(scope="module")
def at(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Villages]:
    """One server for all."""
    folder = tmp_path_factory.mktemp("villages")
    shutil.copy(sqlite_template, folder / "pingyi.db")
    with villages(folder) as made:
        yield made


def heard(part: Locator) -> list[str]:
    """The part's accessibility tree as it is read out; plain text repeats what names say already."""
    told = part.aria_snapshot().replace(" ： ", "：").replace(" : ", ": ")  # once the sheet is there a name is a box of its own
    lines = (line.strip().removeprefix("- ").removesuffix(":").strip("'") for line in told.splitlines())
    named = (re.sub(r'(" .*|"): .*', r"\1", line) for line in lines)  # what stands on a button whose name says it better
    return [line for line in named if not line.startswith(("text:", "/"))]


def as_spoken(text: str) -> list[str]:
    return text.strip().splitlines()


def test_a_listener_hears_person_item_and_grade(at: Villages, browser: Browser) -> None:
    with scene(browser, at, "form-limit-reached", "zh-Hans") as page:
        lines = as_spoken(HEARD_IN_CHINESE)
        assert heard(page.locator("form.ballot"))[: len(lines)] == lines
        after = heard(page.locator("form.ballot"))  # the slip is told below the questions
        assert after.index('region "凭条"') + 1 == after.index("paragraph: 已读到凭条上的码，送出时核对")
        assert heard(page.locator("body"))[:6] == [
            'link "跳到正文"', 'navigation "语言和字号"', 'link "繁體中文"', 'link "English"', 'link "ئۇيغۇرچە"', 'button "大字"',
        ]  # fmt: skip


def test_what_is_wrong_is_heard_at_its_place(at: Villages, browser: Browser) -> None:
    with scene(browser, at, "form-refused", "en") as page:
        assert heard(page.locator("section.subject").nth(1))[1:] == as_spoken(HEARD_IN_ENGLISH)
        described = """all => all.map((one) => [...(one.getAttribute("aria-describedby") || "").split(" ")]
            .map((id) => document.getElementById(id)).filter((told) => told && told.matches(".error")).length)"""
        assert page.locator("[role=radiogroup][aria-invalid], #alias[aria-invalid]").evaluate_all(described) == [1, 1, 1, 1, 1]
        page.locator(".problems a").nth(1).focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "f2"  # the link's place takes the focus


def test_a_reader_of_uyghur_hears_names_in_chinese_and_the_rest_in_uyghur(at: Villages, browser: Browser) -> None:
    with scene(browser, at, "form-by-subject", "ug") as page:
        section = page.locator("section.subject").first
        assert heard(section) == as_spoken(HEARD_IN_UYGHUR)
        assert section.locator("h2 bdi").get_attribute("lang") == "zh-Hans"
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.locator("nav.speech a").evaluate_all("all => all.map(one => one.lang)") == ["zh-Hans", "zh-Hant", "en"]


def test_the_coach_speaks_once_and_waits_its_turn(at: Villages, browser: Browser) -> None:
    with scene(browser, at, "form", "zh-Hans") as page:
        page.evaluate(LISTEN)
        page.locator("input[name=m0][value='1']").check(force=True)
        page.locator("input[name=m2][value='2']").check(force=True)  # says nothing about the limit: so the coach is silent
        page.wait_for_timeout(50)
        assert page.evaluate("announced") == ["status: 总的来看，他干得怎么样？ · 优秀：已给 1 个，名额用完（最多 1 个）"]


def test_the_focus_follows_what_happened(at: Villages, browser: Browser) -> None:
    where = "document.activeElement.innerText.split('\\n')[0]"
    with scene(browser, at, "form-incomplete", "zh-Hans") as page:
        assert page.evaluate(where) == "还没有送出，请改正 5 处："
    with scene(browser, at, "form-by-subject", "zh-Hans") as page:
        page.click(".pager .on")
        assert page.evaluate("document.activeElement.innerText.replace(/\\s+/, ' ')") == "2 张2"
    with scene(browser, at, "receipt", "zh-Hans") as page:
        assert page.evaluate(where) == "已记录，谢谢您！"


def reach(page: Page, wanted: str) -> None:
    """Press Tab until the focus is there; on every stop of the way it can be seen."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(UNSEEN) == ""
        if page.locator(wanted).evaluate_all("all => all.includes(document.activeElement)"):
            return
    raise AssertionError(f"no Tab leads to {wanted}")


def test_ranks_budgets_numbers_lists_undo_language_and_sending_by_keys_alone(at: Villages, browser: Browser) -> None:
    with scene(browser, at, "front", "zh-Hans") as page:
        Visitor(at, page, "zh-Hans").scan(at.kinds, 1)
        reach(page, ".skip")
        reach(page, "a[hreflang=en]")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator(".recognised")).to_be_visible()  # the slip came along
        reach(page, ".type")
        page.keyboard.press("Space")
        expect(page.locator(".type")).to_have_attribute("aria-pressed", "true")
        for person, points in enumerate("4321"):
            reach(page, f"#f{3 * person} .rank")
            page.keyboard.press("Enter")
            reach(page, f"#f{3 * person + 1} select")
            page.keyboard.type(points)
            reach(page, f"#f{3 * person + 2} .figure")
            page.keyboard.type("87")
        reach(page, ".undo")
        page.keyboard.press("Enter")
        expect(page.locator("#f11 .figure")).to_have_value("")
        reach(page, ".jump summary")
        page.keyboard.press("Enter")
        reach(page, ".jump li:nth-child(4) button")
        page.keyboard.press("Enter")
        reach(page, "#f11 .figure")
        page.keyboard.type("90")
        reach(page, "button[value=review]")
        page.keyboard.press("Enter")
        reach(page, "[data-send]")
        page.keyboard.press("Enter")
        expect(page.locator("[data-receipt]")).to_be_visible()
