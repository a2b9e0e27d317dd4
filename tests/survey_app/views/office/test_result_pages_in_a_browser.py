"""Every page of the results in a browser: axe finds nothing, every link leads somewhere, it works without script, it prints.

Pages are those that links lead to (`bench_pages.pages`), so that a new one is looked at as soon as anything leads to it; requests
are answered by the application itself, without a server between. The round is `two_towns`.
"""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, Route

from survey_app import create_app
from survey_app.cli import bench_pages
from survey_app.config import Config
from survey_app.extensions import resources
from tests.support.application import OFFICE_PASSWORD, QUICK_ALIAS, QUICK_PASSWORD, csrf, office_account, take_note
from tests.support.publishing import publish
from tests.towns import two_towns

pytestmark = [pytest.mark.slow, pytest.mark.browser]
OWN = "http://pingyi.test"
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
A4 = (595.0, 842.0)
#: What leads elsewhere on a screen and says nothing on paper.
MENU = ("回到这次评议", "退出", "Excel 文件", "CSV 文件")


@dataclass(frozen=True)
class House:
    """The application with the counted towns, somebody of the office signed in, and the addresses of all pages by name."""

    app: Flask
    client: FlaskClient
    key: str
    pages: dict[str, str]

    def html(self) -> dict[str, str]:
        """The pages, without files."""
        found = {}
        for name, at in self.pages.items():
            answer = self.client.get(at)
            if answer.mimetype == "text/html":
                found[name] = at
            answer.close()
        return found


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("results")
    shutil.copy(sqlite_template, folder / "pingyi.db")
    app = create_app(
        Config(
            data=folder / "data",
            database_url=f"sqlite:///{folder / 'pingyi.db'}",
            base_url=OWN,
            timezone="UTC",
            alias_cost=QUICK_ALIAS,
            password_cost=QUICK_PASSWORD,
        )
    )
    with resources(app).writing() as session:
        campaign = two_towns.build(session, open_to_all=True)
        publish(session, campaign)
        key = campaign.key
    office_account(app, "评议办")
    client = app.test_client()
    client.post("/office/sign-in", data={"name": "评议办", "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
    take_note(app)
    yield House(app, client, key, dict(bench_pages.pages(app, client, key)))
    resources(app).engine.dispose()


@pytest.fixture
def context(house: House, browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as made:
        serve(made, house)
        yield made


def serve(context: BrowserContext, house: House) -> None:
    """Whatever the browser asks for is answered by the application."""

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        got = house.client.get(f"{asked.path}?{asked.query}", headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=True)
        headers = {name: value for name, value in got.headers.items() if name.lower() != "set-cookie"}
        route.fulfill(status=got.status_code, headers=headers, body=got.get_data())
        got.close()

    context.route("**/*", answer)


def opened(page: Page, address: str) -> None:
    page.goto(OWN + address, wait_until="load")


def test_axe_finds_nothing_on_any_page_of_the_results(house: House, context: BrowserContext) -> None:
    page, found = context.new_page(), []
    for name, address in house.html().items():
        opened(page, address)
        for fault in Axe().run(page, options=RULES).response["violations"]:
            found += [f"{name}: {fault['id']}: {node['html'][:110]}" for node in fault["nodes"][:2]]
    assert not found, "\n".join(found)


def test_every_link_of_every_page_leads_somewhere(house: House) -> None:
    asked: dict[str, int] = {}
    for address in house.html().values():
        text = house.client.get(address).get_data(as_text=True)
        ids = set(re.findall(r' id="([^"]+)"', text))
        for link in map(html.unescape, re.findall(r'href="([^"]+)"', text)):
            path, _, place = link.partition("#")
            if place and not path:
                assert place in ids, (address, link)
            elif path.startswith("/office/results/") and path not in asked:
                answer = house.client.get(path)
                asked[path] = answer.status_code
                answer.close()
    assert len(asked) > 20
    assert {path: status for path, status in asked.items() if status != 200} == {}


def test_on_paper_pages_are_a4_with_whole_tables_and_no_menu(house: House, context: BrowserContext) -> None:
    page, found = context.new_page(), []
    for name, address in house.html().items():
        opened(page, address)
        page.emulate_media(media="print")
        cut = page.evaluate(
            """() => [...document.querySelectorAll("main *")]
              .filter((one) => one.checkVisibility() && !one.matches(".hidden-text, .hidden-text *"))
              .filter((one) => one.scrollWidth > one.clientWidth + 2
                && ["auto", "scroll", "hidden"].includes(getComputedStyle(one).overflowX) && one.clientWidth > 1)
              .map((one) => one.outerHTML.slice(0, 80))"""
        )
        found += [f"{name}: cut: {one}" for one in cut]
        document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        found += [f"{name}: {one.get_size()}" for one in document if sorted(one.get_size()) != pytest.approx(A4, abs=2)]
        text = "".join(one.get_textpage().get_text_range() for one in document)
        found += [f"{name}: prints {word}" for word in MENU if word in text]
        page.emulate_media(media="screen")
    assert not found, "\n".join(found)


def test_a_long_table_has_its_headings_on_every_sheet_and_a_wide_one_lies_down(house: House, context: BrowserContext) -> None:
    page = context.new_page()
    opened(page, house.pages["results.overview"])
    page.evaluate(
        """() => { const body = document.querySelector(".pool table tbody");
          for (let n = 0; n < 120; n++) body.append(body.rows[0].cloneNode(true)); }"""
    )
    heading = page.locator(".pool table thead th").nth(1).inner_text().split("\n")[0].strip()
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    full = [one for one in document if heading in "".join(one.get_textpage().get_text_range().split())]
    assert len(full) > 2
    assert all(one.get_width() > one.get_height() for one in full)


def test_sorting_searching_and_unfolding_work_without_script(house: House, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        serve(context, house)
        page = context.new_page()
        opened(page, house.pages["results.overview"])
        page.locator("input[name=q]").fill("西镇")
        page.locator("input[name=q]").press("Enter")
        assert "q=%E8%A5%BF%E9%95%87" in page.url
        rows = page.locator(".pool table tbody tr")
        assert rows.count() > 0
        assert all("西镇" in row.inner_text() for row in rows.all())
        opened(page, house.pages["results.overview"])
        by = page.locator(".pool table thead a").first
        by.click()
        assert "sort=" in page.url
        opened(page, house.pages["results.subject"])
        folded = page.locator("main details").first
        before = folded.get_attribute("open")
        folded.locator("summary").first.click()
        assert folded.get_attribute("open") != before
