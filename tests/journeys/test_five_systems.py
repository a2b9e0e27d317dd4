"""The published systems in the browser, by the same code for all: picked by file, filled on a phone, closed, opened, read.

One form of every rater group is filled by touch on a page 360 px wide, the others by the requests a browser sends. Figures
expected are worked out by hand in five_systems.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from questionnaires.model import Scheme
from questionnaires.shipped import load_shipped
from survey_app.services.campaign.styles import LoadedStyle
from tests.journeys.conftest import serving
from tests.journeys.rounds import bortala, changchun, plan, qixingguan, zhangcunping
from tests.journeys.walking import PASSPHRASE, Walk, loaded_styles, new_campaign, place, send, sign_up
from tests.support.pdf_reading import read_qr_from_pdf
from tests.support.printed import pdf_of
from tests.support.rosters import workbook

ROUNDS: dict[str, list[plan.Round]] = {
    "qixingguan": [qixingguan.ROUND],
    "zhangcunping, villages": [zhangcunping.VILLAGE_CADRES, zhangcunping.HOUSEHOLDS],
    "zhangcunping, town": [zhangcunping.MEMBERS, zhangcunping.TOWN_CADRES],
    "bortala": [bortala.ROUND],
    "changchun": [changchun.QUARTER, changchun.YEAR],
}
NAME = "署名人"
#: Walked every time; the others with the slow tests.
OFTEN = ("zhangcunping, villages", "changchun")


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A server of the module's own with a signed-in office."""
    with serving(tmp_path_factory.mktemp("systems") / "data") as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True)
        walk = Walk(server, context.new_page())
        sign_up(walk)
        yield walk
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("system", [pytest.param(one, marks=[] if one in OFTEN else pytest.mark.slow) for one in ROUNDS])
def test_a_published_system_runs_from_its_file_to_a_page_of_results(
    office: Walk, phone: BrowserContext, tmp_path: Path, system: str
) -> None:
    for one in ROUNDS[system]:
        walk = Walk(office.server, office.office)
        scheme = load_shipped(one.scheme)
        make_campaign(walk, one, tmp_path)
        styles = loaded_styles(walk)
        print_all(walk, one, scheme, styles)
        cast_all(walk, one, scheme, styles, phone)
        close_and_open(walk, one)
        bring_evidence(walk, one, tmp_path)
        read_results(walk, one)


def make_campaign(walk: Walk, one: plan.Round, tmp_path: Path) -> None:
    """Pick the scheme by its file, bring the roster, approve."""
    new_campaign(walk, one.scheme, f"{one.scheme} {one.period}", one.period, "考核办")
    page = walk.office
    book = tmp_path / "名册.xlsx"
    book.write_bytes(workbook({name: [list(row) for row in rows] for name, rows in one.roster.items()}))
    page.set_input_files("input[type=file]", book)
    page.click("main form[enctype] button[type=submit]")
    expect(page.locator(".problems")).to_have_count(0)
    page.goto(walk.at("/custody/"))
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.click("form[action$='/rehearse'] button")
    page.goto(walk.at("/approve"))
    page.click("main form button[type=submit]")
    expect(page.locator("main")).not_to_contain_text("不能批准")


def print_all(walk: Walk, one: plan.Round, scheme: Scheme, styles: list[LoadedStyle]) -> None:
    """A slip for everybody anonymous, an invitation for everybody who signs, read out of the PDF."""
    page = walk.office
    page.goto(walk.at("/print/"))
    token = page.locator("main input[name=csrf_token]").first.input_value()
    for style in styles:
        group, unit = place(style)
        if (group, unit) not in one.voters or (group, unit) in walk.codes:
            continue
        if scheme.groups[group].signed:
            form: dict[str, str | float | bool] = {"csrf_token": token, "group": group, "unit": str(style.row.unit_id or "")}
            answer = page.request.post(walk.at("/print/invitations"), form=form)
        else:
            count = str(one.voters[group, unit])
            form = {"csrf_token": token, "style": style.row.id, "meeting": "年度大会", "count": count}
            answer = page.request.post(walk.at("/print/slips"), form=form)
        walk.codes[group, unit] = read_qr_from_pdf(pdf_of(answer.text()))
    assert walk.codes.keys() == one.voters.keys()


def cast_all(walk: Walk, one: plan.Round, scheme: Scheme, styles: list[LoadedStyle], phone: BrowserContext) -> None:
    """The first of every group on the phone, the rest by request."""
    by_id = {style.row.id: style for style in styles}
    for (group, unit), links in walk.codes.items():
        assert len(links) == one.voters[group, unit]
        for number, link in enumerate(links):
            style = by_id[link.partition("#")[0].rpartition("/")[2]]
            marks = marks_of(one, scheme, group, style, number)
            signed = scheme.groups[group].signed
            if number == 0:
                fill_on_phone(phone, link, marks, signed=signed)
            else:
                status, body = send(link, style.slots, marks, signed=signed)
                assert status == 200, (group, unit, number, body[:800])


def marks_of(one: plan.Round, scheme: Scheme, group: str, style: LoadedStyle, number: int) -> list[int]:
    """The codes of the labels this rater chooses."""
    marks = []
    for slot in style.slots:
        label = one.answer(group, slot.subject, slot.item, number)
        choices = scheme.scales[scheme.items[slot.item].scale].choices
        marks.append(next(choice.code for choice in choices if choice.key == label))
    return marks


def fill_on_phone(phone: BrowserContext, link: str, marks: list[int], *, signed: bool) -> None:
    """Scan, tap through the form, review, send. Nothing is wider than the phone, nothing is kept in a cookie."""
    page = phone.new_page()
    page.goto(link)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for at, code in enumerate(marks):
        box = page.locator(f"#f{at}")
        if not box.is_visible():
            page.click(".next")
        box.locator(f"label:has(input[value='{code}'])").click()
    if signed:
        page.fill("input[name=name]", NAME)
    page.locator("button[value=review]").click()
    confirm = page.locator(".warnings:visible input[type=checkbox]")
    if confirm.count():
        confirm.check()
    page.locator("form[data-review] button[value=send]" if signed else "[data-send]").click()
    page.wait_for_selector("[data-receipt]")
    assert phone.cookies() == []
    page.close()


def close_and_open(walk: Walk, one: plan.Round) -> None:
    """Close, open with the passphrase, count."""
    page = walk.office
    page.goto(walk.at("/close"))
    page.fill("input[name=title]", f"{one.scheme} {one.period}")
    page.click("main form button[type=submit]")
    page.goto(walk.at("/count/"))
    expect(page.locator("[role=alert]").first).to_contain_text("还缺到会人数")
    page.goto(walk.at("/counts"))
    page.fill("input[name=rest]", "在家填写，没有开会")
    page.click("main form[method=post] button[type=submit]")
    page.goto(walk.at("/count/"))
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("被取代")


def bring_evidence(walk: Walk, one: plan.Round, tmp_path: Path) -> None:
    """What stands beside the ballots: a workbook, an entry typed by hand, earlier results out of the store."""
    page = walk.office
    if one.evidence:
        book = tmp_path / "材料.xlsx"
        book.write_bytes(workbook({name: [list(row) for row in rows] for name, rows in one.evidence.items()}))
        page.goto(walk.at("/evidence/"))
        page.set_input_files("input[type=file]", book)
        page.click("main form[enctype] button[type=submit]")
        expect(page.locator("[role=status]").first).to_contain_text("新增")
    for entry in one.typed:
        type_entry(page, walk.at(f"/evidence/?kind={entry.kind}"), entry)
    if one.takes_earlier:
        page.goto(walk.at("/evidence/"))
        page.click("a:has-text('从以前的评议接来往期结果')")
        page.locator(".entries li", has_text=one.scheme.split("-")[0]).locator("a").click()
        page.click("button:has-text('接用这些结果')")
        expect(page.locator("main")).to_contain_text("接自")
    page.goto(walk.at("/count/"))
    page.click("form[action$='/again'] button")
    expect(page.locator("h1")).to_contain_text("得分与等次")


def type_entry(page: Page, address: str, entry: plan.Typed) -> None:
    """One entry through the page's form."""
    page.goto(address)
    page.click("details.card summary")
    form = page.locator("details.card form")
    for name, value in entry.fields.items():
        box = form.locator(f"[name={name}]")
        if box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    form.locator("button").click()
    expect(page.locator(".entries")).to_contain_text(entry.fields["reason"])


def read_results(walk: Walk, one: plan.Round) -> None:
    """Scores, tiers, flags and reasons on every subject's page, against the written calculation."""
    page = walk.office
    for code in {*one.shows, *one.raised, *one.clear, *one.says}:
        page.goto(f"{walk.server.address}/office/results/{walk.key}/subjects/{code}")
        for title, shown in one.shows.get(code, {}).items():
            expect(page.locator(f"dt:text-is('{title}') + dd .figure-text"), f"{code} {title}").to_have_text(shown)
        for flag in one.raised.get(code, ()):
            expect(page.locator(".proposal", has_text=flag).first, f"{code} {flag}").to_be_visible()
        for flag in one.clear.get(code, ()):
            expect(page.locator(".clear-flags", has_text=flag).first, f"{code} {flag}").to_be_attached()
        for words in one.says.get(code, ()):
            expect(page.locator("main"), f"{code}").to_contain_text(words)
