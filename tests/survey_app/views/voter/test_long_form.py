"""A form of twelve subjects and eight items on a phone: its weight, ways through it, undo, ranks, budgets, numbers."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from survey_app.assets import WORKER, bundle
from tests.support.phone import Phone, phone_before

pytestmark = pytest.mark.browser
HEADERS = 900  # more than the header lines of one of our answers weigh
ITEMS = ("整体", "德", "能", "勤", "绩", "廉", "学", "法")
LONG = """
scheme: long
version: 2026-01-01
title: {zh-Hans: 年度测评}
languages: [zh-Hans]
policy: common policy
scales: {grades: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}
groups: {guests: {title: 群众}, members: {title: 委员, signed: true}}
items: {整体: grades, 德: grades, 能: grades, 勤: grades, 绩: grades, 廉: grades, 学: grades, 法: grades}
forms: [{group: guests, ask: [整体, 德, 能, 勤, 绩, 廉, 学, 法]}, {group: members, ask: 整体}]
quantities: {mean: {grade points: [整体, 德, 能, 勤, 绩, 廉, 学, 法]}}
results: {by item: [mean]}
"""
KINDS = """
scheme: kinds
version: 2026-01-01
title: {zh-Hans: 多种题型}
languages: [zh-Hans]
policy: common policy
scales:
  grades: {好: 100, 差: 0}
  places: {kind: ranks, from: 1, to: 4}
  budget: {kind: points, from: 0, to: 10}
  hundred: {kind: numbers, from: 0, to: 100}
groups: {guests: {title: 群众}, members: {title: 委员, signed: true}}
items: {排队: places, 分点: budget, 打分: hundred, 整体: grades}
forms: [{group: guests, ask: [排队, 分点, 打分]}, {group: members, ask: 整体}]
ballot rules:
  each place once: {group: guests, items: 排队, all different: yes, effect: refuse}
  ten points: {group: guests, items: 分点, sum: 10, effect: refuse}
quantities:
  mean: {grade points: [排队, 分点, 打分, 整体]}
results: {by item: [mean]}
"""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def long(app: Flask, browser: Browser) -> Iterator[Phone]:
    with phone_before(app, browser, text=LONG, subjects=12) as phone:
        yield phone


@pytest.fixture
def kinds(app: Flask, browser: Browser) -> Iterator[Phone]:
    with phone_before(app, browser, text=KINDS.replace("yes", "true"), subjects=4) as phone:
        yield phone


def answer(page: Page, place: int, mark: int) -> None:
    page.locator(f"input[name=m{place}][value='{mark}']").evaluate("input => input.click()")


def test_the_first_visit_weighs_under_30_kb_in_at_most_5_requests(long: Phone) -> None:
    page = long.context.new_page()
    wire = long.context.new_cdp_session(page)
    wire.send("Network.enable")
    addresses: dict[str, str] = {}
    weights: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(f"{long.base}/v/{long.town.guests}", wait_until="networkidle")
    parts = {addresses[one]: weight for one, weight in weights.items() if not addresses[one].startswith("data:")}
    worker = bundle(WORKER)  # fetched when the form is ready, outside of the page's own network log
    parts[f"/assets/{worker.digest}/{WORKER}"] = len(gzip.compress(worker.content, 9)) + HEADERS
    told = "\n".join(f"{weight:8.0f}  {url}" for url, weight in parts.items()) + f"\n{sum(parts.values()):8.0f}  together"
    print(told)
    assert page.locator("fieldset.item").count() == 12 * 8
    assert len(parts) <= 5, told
    assert sum(parts.values()) < 30_000, told


def test_a_long_form_is_shown_subject_by_subject_and_the_signature_of_it_all_comes_last(long: Phone) -> None:
    page = long.scan()
    expect(page.locator("section.subject:visible")).to_have_count(1)
    expect(page.locator("section.subject:visible h2")).to_contain_text("张1")
    expect(page.locator(".end >> nth=0")).to_be_hidden()
    for _ in range(11):
        page.click(".pager .on")
    expect(page.locator("section.subject:visible h2")).to_contain_text("张12")
    expect(page.locator(".pager .where")).to_have_text("12 / 12")
    expect(page.locator("form.ballot .end")).to_be_visible()


def test_item_by_item_names_the_subjects_and_keeps_what_was_filled_in(long: Phone) -> None:
    page = long.scan()
    answer(page, 0, 1)  # 张1, 整体
    page.locator(".views input[value=item]").evaluate("input => input.click()")
    expect(page.locator("section.subject:visible h2")).to_have_text("整体")
    expect(page.locator("section.subject:visible fieldset")).to_have_count(12)
    expect(page.locator("#f0 .who")).to_be_visible()
    assert page.locator("#f0 input:checked").input_value() == "1"
    page.locator(".views input[value=all]").evaluate("input => input.click()")
    expect(page.locator("section.subject:visible")).to_have_count(12)
    assert page.locator("fieldset.item").evaluate_all("all => all.map(one => one.id)") == [f"f{place}" for place in range(96)]


def test_the_jump_list_says_where_something_is_missing_and_leads_there(long: Phone) -> None:
    page = long.scan()
    for place in range(8):
        answer(page, place, 2)
    page.click(".jump summary")
    expect(page.locator(".jump li").nth(0)).to_contain_text("✓")
    expect(page.locator(".jump li").nth(4)).to_contain_text("8 项未填")
    page.locator(".jump li button").nth(4).click()
    expect(page.locator("section.subject:visible h2")).to_contain_text("张5")
    page.click(".next")
    assert page.evaluate("document.activeElement.name") == "m8"  # 张2, the first open place after the last one touched


def test_undo_takes_back_one_answer_after_the_other(long: Phone) -> None:
    page = long.scan()
    expect(page.locator(".undo")).to_be_hidden()
    answer(page, 0, 1)
    answer(page, 0, 3)
    page.click(".undo")
    assert page.locator("#f0 input:checked").input_value() == "1"
    page.click(".undo")
    expect(page.locator("#f0 input:checked")).to_have_count(0)
    expect(page.locator(".undo")).to_be_hidden()


def test_everything_missing_is_listed_and_each_line_leads_to_its_page(long: Phone) -> None:
    page = long.scan()
    for place in range(96):
        if place not in (13, 77):
            answer(page, place, 2)
    page.locator(".views input[value=subject]").evaluate("input => input.click()")
    page.locator("form.ballot").evaluate("form => form.requestSubmit(form.querySelector('.end button'))")
    links = page.locator(".problems a")
    expect(links).to_have_count(2)
    links.nth(1).click()  # place 77 is subject 10, item 6
    expect(page.locator("section.subject:visible h2")).to_contain_text("张10")
    expect(page.locator("#f77")).to_be_visible()


def test_the_review_can_be_read_by_grade(long: Phone) -> None:
    page = long.scan()
    for place in range(96):
        answer(page, place, 1 if place in (0, 8) else 2)  # 整体: 优秀 for 张1 and 张2, 称职 for the other ten
    page.locator("form.ballot").evaluate("form => form.requestSubmit(form.querySelector('.end button'))")
    page.locator(".local .by-grade summary").click()
    first = page.locator(".local .grades section").first
    expect(first.locator("h3")).to_have_text("整体")
    expect(first.locator("p").nth(0)).to_have_text("优秀（2）：张1、张2")
    expect(first.locator("p").nth(1)).to_contain_text("称职（10）：张3、张4")


def test_ranks_are_given_by_tapping_and_taken_back(kinds: Phone) -> None:
    page = kinds.scan()
    ranks = page.locator(".rank:visible")
    expect(ranks.nth(2)).to_have_text("排在这里：1")
    ranks.nth(2).click()
    expect(ranks.nth(0)).to_have_text("排在这里：2")
    expect(ranks.nth(2)).to_have_text("取消这个名次")
    ranks.nth(0).click()
    assert page.locator("#f6 input:checked, #f0 input:checked").evaluate_all("all => all.map(one => one.value)") == ["2", "1"]
    ranks.nth(2).click()
    expect(ranks.nth(2)).to_have_text("排在这里：1")


def test_numbers_go_up_and_down_by_steps_and_stop_at_their_ends(kinds: Phone) -> None:
    page = kinds.scan()
    steps = page.locator("#f2 .step")
    assert steps.all_inner_texts() == ["−10", "−", "+", "+10"]
    steps.nth(3).click()
    expect(page.locator("#f2 .figure")).to_have_value("0")  # the first touch on an empty field gives the least
    steps.nth(3).click()
    expect(page.locator("#f2 .figure")).to_have_value("10")
    steps.nth(1).click()
    expect(page.locator("#f2 .figure")).to_have_value("9")
    steps.nth(0).click()
    expect(page.locator("#f2 .figure")).to_have_value("0")


def test_a_budget_of_points_says_how_many_are_left(kinds: Phone) -> None:
    page = kinds.scan()
    for place, points in ((1, "4"), (4, "3")):
        page.locator(f"#f{place} select").select_option(label=points)
    expect(page.locator(".limits details:visible summary").first).to_have_text("已分 7，还可分 3（合计应为 10）")
    page.locator("#f7 .step").nth(1).click()
    expect(page.locator("#f7 select")).to_have_value(re.compile(r"\d+"))


def test_large_type_is_one_touch_and_nothing_becomes_wider_than_the_phone(long: Phone) -> None:
    page = long.scan()
    page.click(".type")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22px"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.reload()
    assert page.locator("html.large").count() == 1
