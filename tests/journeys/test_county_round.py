"""A county's round by one clerk: a messy workbook, one press to print, closing, counting; clicks and typed characters counted.

The clerk follows the round's own page. Goal: under 120 clicks and 300 typed characters for 25 units, 200 subjects, 400 signed
raters and 90 forms, Excel work apart. What voters do is sent as their phones send it and counted to nobody.
"""

from __future__ import annotations

import csv
import io
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from survey_app.database import make_engine, session_factory
from survey_app.models import Rater, Subject, Unit
from tests.journeys.conftest import serving
from tests.journeys.walking import PASSPHRASE, Walk, loaded_styles, send, sign_up
from tests.support.pdf_reading import read_qr_from_pdf
from tests.support.rosters import DEMO, FILES, workbook

#: Units of the walk: 20 towns and 5 agencies.
UNITS = {*(f"T{number:02}" for number in range(1, 21)), *(f"A{number:02}" for number in range(1, 6)), ""}
#: Names of the office's own sheets, and what stands above each table.
SHEETS = {"单位": "单位一览", "评价对象": "干部名单", "署名评价人": "署名评议人员", "应到人数": "应到"}
CLICKS, CHARACTERS = 120, 300
SUBJECTS, RATERS, FORMS = 200, 400, 90
#: Given names of the people added, so that with a rare family name nobody is a namesake.
GIVEN = [f"{one}{two}" for one in "安博承德恩" for two in "芳光海佳君兰"]
PICTURES = os.environ.get("PINGYI_PICTURES", "")


@dataclass
class Clerk:
    """Hands at a keyboard and a mouse: what they do is counted."""

    page: Page
    clicks: int = 0
    characters: int = 0

    def click(self, where: str) -> None:
        self.page.locator(where).first.click()
        self.clicks += 1

    def type(self, where: str, text: str) -> None:
        self.page.locator(where).first.fill(text)
        self.characters += len(text)
        self.clicks += 1

    def choose(self, where: str, value: str) -> None:
        self.page.select_option(where, value)
        self.clicks += 2

    def give(self, where: str, file: Path) -> None:
        self.page.set_input_files(where, file)
        self.clicks += 2

    def look(self, name: str) -> None:
        """A picture, where pictures are asked for."""
        if PICTURES:
            for width in (1280, 360):
                self.page.set_viewport_size({"width": width, "height": 900})
                self.page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
            self.page.set_viewport_size({"width": 1280, "height": 900})


def county() -> dict[str, tuple[list[str], list[list[str]]]]:
    """Heading and rows of each sheet: the walked units of the shipped round, and as many people more as a county has."""
    book = {}
    for sheet, file in FILES.items():
        head, *rows = csv.reader(io.StringIO((DEMO / file).read_text(encoding="utf-8")))
        at = head.index("单位编号")
        book[sheet] = (head, [row for row in rows if row[at] in UNITS])
    subjects, raters = book["评价对象"][1], book["署名评价人"][1]
    units, names = sorted(UNITS - {""}), (f"{family}{given}" for family in "滕邬沙鞠巢殷蒯羿" for given in GIVEN)
    for number in range(SUBJECTS - len(subjects)):
        unit, name = units[number % len(units)], next(names)
        code = f"{unit}-{50 + number // len(units)}"
        subjects.append([code, name, unit, "办公室主任", "副职", f"{unit}-00", ""])
        raters.append([f"M-{code}", name, "班子成员", unit, code])
    towns = [unit for unit in units if unit.startswith("T")]  # agencies have no delegates
    for number in range(RATERS - len(raters)):
        unit = towns[number % len(towns)]
        raters.append([f"D-{unit}-{50 + number // len(towns)}", next(names), "代表委员", unit, ""])
    return book


def messy() -> bytes:
    """The roster as a county has it: titles above, a sum below, blanks in names, full-width numbers, words for numbers."""
    book: dict[str, list[list[str]]] = {}
    for sheet, (head, kept) in county().items():
        for number, row in enumerate(kept):
            if sheet == "评价对象":
                name = row[1]
                row[1] = f"{name[0]}　{name[1:]}" if len(name) == 2 else name
                row[2] = row[2].translate({48 + n: 0xFF10 + n for n in range(10)}) if number % 3 == 0 else row[2]
            if sheet == "应到人数":
                row[2] = f"{row[2]}人"
        heads = ["单位" if one == "单位编号" and sheet != "单位" else one for one in head]
        book[SHEETS[sheet]] = [[f"2026 年{SHEETS[sheet]}"], heads, *kept, ["合计", "", str(len(kept))]]
    return workbook(book)


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with serving(tmp_path_factory.mktemp("county") / "data") as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True)
        walk = Walk(server, context.new_page())
        sign_up(walk)
        yield walk
        context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_county_round_takes_few_clicks_and_fewer_words(office: Walk, tmp_path: Path) -> None:
    clerk = Clerk(office.office)
    make(office, clerk)
    bring_roster(office, clerk, tmp_path)
    approve(office, clerk)
    links = print_all(office, clerk)
    vote(office, links)
    close_and_count(office, clerk)
    sys.stdout.write(f"\ncounty round: {clerk.clicks} clicks, {clerk.characters} typed characters, {len(links)} codes printed\n")
    assert (clerk.clicks < CLICKS, clerk.characters < CHARACTERS) == (True, True), (clerk.clicks, clerk.characters)


def make(walk: Walk, clerk: Clerk) -> None:
    """A new round on a shipped system, and who keeps the key."""
    page = clerk.page
    page.goto(f"{walk.server.address}/office/campaigns")
    clerk.click("main a[href$='/new']")
    clerk.choose("select[name=scheme]", "yinzhou/2026-01-01")
    for name, text in {"title": "年度评议", "asker": "考核办", "purpose": "改进工作", "asks": "通报"}.items():
        clerk.type(f"[name={name}]", text)
    clerk.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/office/campaigns/(?!new)[0-9a-z]+/custody/"))
    for name in ("new_passphrase", "again"):
        clerk.type(f"input[name={name}]", PASSPHRASE)
    clerk.click("form[action$=passphrase] button")
    clerk.type("input[name=passphrase]", PASSPHRASE)
    clerk.click("form[action$='/rehearse'] button")
    found = re.search(r"/office/campaigns/([0-9a-z]+)", page.url)
    assert found
    walk.key = found.group(1)


def bring_roster(walk: Walk, clerk: Clerk, tmp_path: Path) -> None:
    """The workbook as it is: columns, causes, changes, import."""
    page, book = clerk.page, tmp_path / "名册.xlsx"
    book.write_bytes(messy())
    page.goto(walk.at(""))
    clerk.look("round-draft")
    clerk.click(".round-road a[href$='/roster/']")
    clerk.click("a[href$='/roster/desk/']")
    clerk.give("input[name=files]", book)
    clerk.click("form[enctype] button")
    clerk.look("desk-columns")
    with page.expect_navigation():
        clerk.click("form[action$='/columns'] button")
    clerk.look("desk-causes")
    for _cause in range(12):
        if not page.locator(".desk-cause").count():
            break
        with page.expect_navigation():
            clerk.click(".desk-cause button")
    clerk.look("desk-ahead")
    clerk.click("form[action$='/bring'] button")
    expect(page.locator("main")).to_contain_text("导入完成")


def approve(walk: Walk, clerk: Clerk) -> None:
    page = clerk.page
    page.goto(walk.at("/approve"))
    clerk.clicks += 1
    if page.locator("main .problems").count():  # small groups: nothing is promised to them, and the clerk says so
        clerk.click("a[href$='/release/']")
        clerk.look("release")
        for group in page.locator("tr:has(.badge.bad) td:nth-of-type(1)").all_inner_texts():
            box = f"label:has-text('{group}') input[name=open]"
            if not page.locator(box).first.is_checked():
                clerk.click(box)
        with page.expect_navigation():
            clerk.click("main form button:has-text('记下公布计划')")
        page.goto(walk.at("/approve"))
        clerk.clicks += 1
    clerk.look("approve")
    clerk.click("form[action$='/approve'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("已批准")
    assert sizes(walk) == (len(UNITS) - 1, SUBJECTS, RATERS)
    assert len(loaded_styles(walk)) >= FORMS
    clerk.look("round-open")


def sizes(walk: Walk) -> tuple[int, ...]:
    """Units, subjects, signed raters of the round."""
    engine = make_engine(f"sqlite:///{walk.server.data / 'pingyi.db'}")
    with session_factory(engine, reading=True)() as session:
        found = tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in (Unit, Subject, Rater))
    engine.dispose()
    return found


def print_all(walk: Walk, clerk: Clerk) -> list[str]:
    """One press; every link out of the archive."""
    page = clerk.page
    clerk.click(".card.next a[href$='/print/all/']")
    clerk.look("print-once")
    with page.expect_download(timeout=300_000) as saved:
        clerk.click("form[action$='/print/all/'] .card.next button")
    archive = zipfile.ZipFile(io.BytesIO(Path(saved.value.path()).read_bytes()))
    page.goto(walk.at("/print/"))
    links = []
    for name in archive.namelist()[:3] + archive.namelist()[-1:]:
        links += [one for one in read_qr_from_pdf(archive.read(name)) if "#" in one]
    return links


def vote(walk: Walk, links: list[str]) -> None:
    """Twenty of those printed, as phones send it: every place the first choice that is no limit's."""
    by_id = {style.row.id: style for style in loaded_styles(walk)}
    for number, link in enumerate(links[:20]):
        style = by_id[link.partition("#")[0].rpartition("/")[2].partition("?")[0]]
        if style.row.group_key in {"leaders"}:
            continue
        send(link, style.slots, [2] * len(style.slots), submission=f"{number:032x}")


def close_and_count(walk: Walk, clerk: Clerk) -> None:
    page = clerk.page
    page.goto(walk.at(""))
    clerk.clicks += 1
    clerk.click("main a[href$='/close']")
    clerk.type("input[name=title]", "年度评议")
    clerk.click("main form button[type=submit]")
    clerk.type("input[name=rest]", "书面填写")
    clerk.click("main form[method=post] button[type=submit]")
    page.goto(walk.at("/count/"))
    clerk.clicks += 1
    clerk.type("input[name=passphrase]", PASSPHRASE)
    clerk.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("计票")
    page.goto(walk.at(""))
    clerk.look("round-counted")
    expect(page.locator(".round-road li.done", has_text="开箱计票")).to_be_visible()
