"""A form is laid out as its scheme says, with and without script, on a phone and on a wide screen; else by its size."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from tests.support.phone import Phone, phone_before
from tests.survey_app.views.voter.test_long_form import LONG
from tests.towns.small_scheme import build

ROOMY = {"width": 1280, "height": 800}


def wanting(layout: str) -> str:
    """The long form (eight items, 60 subjects in the walks below) with this layout."""
    return LONG.replace("法]}, {group: m", f"法], layout: {layout}}}, {{group: m")


def html_of(client: FlaskClient, session: Session, text: str, subjects: int) -> str:
    return client.get(f"/v/{build(session, text=text, subjects=subjects).guests}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("subjects", "text", "shape"),
    [
        (1, LONG, "all"),
        (3, LONG, "all"),  # 3 × 8 = 24 places
        (4, LONG, "subject"),  # 32
        (30, LONG.replace("ask: [整体, 德, 能, 勤, 绩, 廉, 学, 法]", "ask: 整体", 1), "item"),  # 30 places, one item
        (3, wanting("by item"), "item"),
        (3, wanting("grid"), "grid"),
        (60, wanting("one page"), "all"),
    ],
)
def test_the_layout_is_the_schemes_own_else_one_that_suits_the_size(
    client: FlaskClient, session: Session, subjects: int, text: str, shape: str
) -> None:
    if "ask: 整体}, {" in text:  # items that nobody is asked would be refused
        text = text.replace("ask: 整体}]", "ask: [整体, 德, 能, 勤, 绩, 廉, 学, 法]}]")
    assert f'data-shape="{shape}"' in html_of(client, session, text, subjects)


def test_a_table_of_more_items_than_a_row_holds_goes_subject_by_subject(client: FlaskClient, session: Session) -> None:
    nine = wanting("grid").replace("法: grades}", "法: grades, 学风: grades}").replace("法], layout", "法, 学风], layout")
    page = html_of(
        client, session, nine.replace("[整体, 德, 能, 勤, 绩, 廉, 学, 法]}\n", "[整体, 德, 能, 勤, 绩, 廉, 学, 法, 学风]}\n"), 5
    )
    assert 'data-shape="subject"' in page
    assert "<table" not in page


def test_item_by_item_without_script_asks_each_item_about_everybody_in_turn(client: FlaskClient, session: Session) -> None:
    page = html_of(client, session, wanting("by item"), 3)
    titles = re.findall(r'<h2 class="title"[^>]*>(.*?)</h2>', page)
    assert titles == ["整体", "德", "能", "勤", "绩", "廉", "学", "法"]
    # Three subjects of eight items: places 0, 8 and 16 are the first item of each.
    assert re.findall(r'id="f(\d+)"', page)[:4] == ["0", "8", "16", "1"]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def table(app: Flask, browser: Browser) -> Iterator[Phone]:
    with phone_before(app, browser, text=wanting("grid"), subjects=60) as phone:
        yield phone


def fits(page: Page) -> bool:
    found: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found


@pytest.mark.slow
@pytest.mark.browser
def test_sixty_subjects_in_a_table_are_rows_and_columns_on_a_wide_screen_and_cards_on_a_phone(table: Phone) -> None:
    page = table.scan()
    expect(page.locator(".subject:visible")).to_have_count(1)  # on the phone one at a time
    assert fits(page)
    page.set_viewport_size(ROOMY)  # type: ignore[arg-type]  # the two measures it wants
    page.evaluate("sessionStorage.removeItem('pingyi.view')")
    page.reload()
    expect(page.get_by_role("row")).to_have_count(61)
    expect(page.get_by_role("columnheader")).to_have_count(9)
    expect(page.get_by_role("rowheader", name="张60")).to_be_visible()
    assert fits(page)
    assert page.locator("#f479 label").first.bounding_box()["height"] >= 48  # type: ignore[index]  # it is on the page
    assert Axe().run(page, context="table").response["violations"] == []
    page.locator("#f479 input[value='2']").evaluate("input => input.click()")
    page.locator(".views input[value=item]").evaluate("input => input.click()")
    expect(page.get_by_role("row")).to_have_count(0)
    expect(page.locator("section.subject:visible fieldset")).to_have_count(60)
    page.locator(".views input[value=all]").evaluate("input => input.click()")
    assert page.locator("tr:last-child td:last-child input:checked").input_value() == "2"
    ids = page.locator("fieldset.item").evaluate_all("all => all.map(one => one.id)")
    assert ids == [f"f{place}" for place in range(480)]


@pytest.mark.browser
def test_item_by_item_can_be_turned_to_subject_by_subject_and_back(app: Flask, browser: Browser) -> None:
    with phone_before(app, browser, text=wanting("by item"), subjects=5) as phone:
        page = phone.scan()
        expect(page.locator(".subject:visible .title")).to_have_text("整体")
        page.locator("#f8 input[value='3']").evaluate("input => input.click()")  # 张2, 整体
        page.locator(".views input[value=subject]").evaluate("input => input.click()")
        expect(page.locator(".subject:visible fieldset")).to_have_count(8)
        page.click(".pager .on")
        expect(page.locator(".subject:visible .title")).to_have_text("张2")
        assert page.locator("#f8 input:checked").input_value() == "3"
        page.locator(".views input[value=item]").evaluate("input => input.click()")
        expect(page.locator("#f8 .who")).to_be_visible()
