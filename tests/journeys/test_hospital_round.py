"""A hospital's own review from nothing to publication by a clerk who knows no scheme, on phone, by letter and on paper.

She pastes the regulation, brings the staff list as it is, rehearses, prints, has a sheet typed by two colleagues of whom a third
settles one line, closes, counts and publishes. Clicks, typed characters and minutes are counted and printed; signing up, Excel
work, the pasted text and what voters do on their own phones stand apart. The figures expected are worked out in `hospital.py`.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

from survey_app.database import make_engine, session_factory
from survey_app.models import REHEARSAL_MARK, Campaign, Subject
from survey_app.services.campaign.styles import LoadedStyle
from tests.journeys.conftest import serving
from tests.journeys.hospital import COUNTS, LAST, MARKS, REGULATION, SCORES, STAFF, SUPERIORS, messy
from tests.journeys.test_scheme_desk import CountedHand, picture
from tests.journeys.walking import PASSWORD, Walk, choose_password, loaded_styles, place, send, sign_up
from tests.support.pdf_reading import read_qr_from_pdf, text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLICKS, CHARACTERS = 120, 300
TITLE, PASSPHRASE = "2026年评议", "三只纸鹤飞过门诊楼前的河"
#: The paper sheet is the seventh of the juniors of 内科, and its clerks hold it in their hands.
ON_PAPER = ("下级", "内科", 6)


@dataclass
class WardClerk(CountedHand):
    """The clerk, and whoever types paper beside her. `returns`: Enter from one line of a sheet to the next."""

    returns: int = 0

    def choose(self, what: Locator, value: str) -> None:
        """Open a list and pick."""
        what.select_option(value)
        self.clicks += 2

    def give(self, what: Locator, file: Path) -> None:
        """Open the file chooser and pick."""
        what.set_input_files(file)
        self.clicks += 2

    def go(self, where: str) -> None:
        """A link of the round's own page, by its words."""
        self.click(self.page.locator("main").get_by_role("link", name=where, exact=True).first)

    def press(self, what: str) -> None:
        """A button, by its words."""
        with self.page.expect_navigation():
            self.click(self.page.get_by_role("button", name=what, exact=True).first)


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Walk, list[BrowserContext]]]:
    """A server, the clerk signed in, and two colleagues at desks of their own."""
    with serving(tmp_path_factory.mktemp("hospital") / "data") as server:
        desks = [browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True)]
        walk = Walk(server, desks[0].new_page())
        sign_up(walk)
        for name in ("王录", "李录"):
            desks.append(browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN"))
            colleague(walk, desks[-1].new_page(), name)
        yield walk, desks
        for one in desks:
            one.close()


def colleague(walk: Walk, page: Page, name: str) -> None:
    """An account made by the clerk, its link opened at another desk."""
    first = walk.office
    first.goto(f"{walk.server.address}/office/accounts")
    first.fill("#office-name", name)
    first.get_by_role("checkbox", name=re.compile("^经办人")).check()
    first.get_by_role("button", name="建立并生成链接").click()
    link = re.search(r"http://\S+/office/link/[0-9a-f]{32}", first.locator("main").inner_text())
    assert link
    page.goto(link.group(0))
    choose_password(page, PASSWORD)
    expect(page.locator(".masthead")).to_contain_text(name)


def test_a_hospital_reviews_its_own_by_phone_letter_and_paper(
    office: tuple[Walk, list[BrowserContext]], phone: BrowserContext, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    walk, desks = office
    clerk, began = WardClerk(walk.office), time.monotonic()
    draft_scheme(walk, clerk)
    made = time.monotonic() - began
    make_round(walk, clerk)
    bring_list(clerk, tmp_path)
    promise(walk, clerk)
    rehearse(walk, clerk, phone)
    approve(walk, clerk)
    printed = print_all(walk, clerk)
    vote(walk, phone, printed)
    type_paper(walk, clerk, [one.pages[0] for one in desks], printed)
    close_and_count(walk, clerk, TITLE)
    publish(walk, clerk)
    minutes = (time.monotonic() - began) / 60
    with capsys.disabled():
        hands = f"{clerk.clicks} clicks, {clerk.typed} characters typed, {clerk.pasted} pasted"
        print(f"\nhospital round: {hands}, {clerk.returns} Enter between lines of paper;"
              f" the machine took {minutes:.1f} minutes, of these the scheme {made / 60:.1f}")  # fmt: skip
    read_results(walk)
    assert (clerk.clicks < CLICKS, clerk.typed < CHARACTERS) == (True, True), (clerk.clicks, clerk.typed)


def draft_scheme(walk: Walk, clerk: WardClerk) -> None:
    """The pasted regulation becomes a scheme, is looked at on a phone and tried by a made-up crowd."""
    page = clerk.page
    page.goto(f"{walk.server.address}/office/campaigns")
    clerk.click(page.get_by_role("link", name="方案", exact=True))
    clerk.click(page.get_by_role("link", name="起草一份方案"))
    clerk.type(page.get_by_label("叫什么"), TITLE)
    clerk.paste(page.get_by_label("把办法里的文字粘贴在这里"), REGULATION)
    clerk.press("用这些文字起草")
    expect(page.locator("main")).to_contain_text("各项满分合计 100")
    clerk.click(page.get_by_role("link", name="谁来评", exact=True))
    clerk.click(page.get_by_label("上级 · 署名"))
    clerk.click(page.get_by_label("下级 · 只评本单位"))
    clerk.press("保存这一页")
    clerk.click(page.get_by_role("link", name="手机上"))
    clerk.click(page.get_by_role("link", name="试算", exact=True))
    clerk.click(page.get_by_role("button", name=re.compile("试算一次")))
    expect(page.locator("main")).to_contain_text("编造的一群人投了票")
    page.go_back()
    clerk.clicks += 1
    clerk.click(page.get_by_role("link", name="各稿"))
    clerk.click(page.get_by_role("link", name="用这份方案新建评议"))


def make_round(walk: Walk, clerk: WardClerk) -> None:
    """Four lines of words, and who keeps the key."""
    page = clerk.page
    for name, text in {"title": TITLE, "asker": "院办", "purpose": "改进工作", "asks": "年终考核"}.items():
        clerk.type(page.locator(f"[name={name}]"), text)
    if not page.locator("[name=period]").input_value():
        clerk.type(page.locator("[name=period]"), "2026")
    clerk.press("建立评议")
    for name in ("new_passphrase", "again"):
        clerk.type(page.locator(f"input[name={name}]"), PASSPHRASE)
    clerk.press("用这个口令")
    clerk.type(page.locator("input[name=passphrase]"), PASSPHRASE)
    clerk.press("试开")
    found = re.search(r"/office/campaigns/([0-9a-z]+)", page.url)
    assert found
    walk.key = found.group(1)


def bring_list(clerk: WardClerk, tmp_path: Path) -> None:
    """The workbook as it is: columns as guessed, one remedy for each cause, import."""
    page, book = clerk.page, tmp_path / "名册.xlsx"
    book.write_bytes(messy())
    page.goto(page.url.partition("/custody")[0])
    clerk.clicks += 1
    clerk.go("名册")
    clerk.click(page.locator("a[href$='/roster/desk/']"))
    clerk.give(page.locator("input[name=files]"), book)
    clerk.press("交上来")
    picture(page, "columns")
    clerk.press("就是这样，往下看")
    for number in range(12):
        if not page.locator(".desk-cause").count():
            break
        picture(page, f"causes-{number}")
        with page.expect_navigation():
            clerk.click(page.locator(".desk-cause button").first)
    picture(page, "ahead")
    clerk.press("导入名册")
    expect(page.locator("main")).to_contain_text("导入完成")
    expect(page.locator("main")).to_contain_text("殷安兰")


def promise(walk: Walk, clerk: WardClerk) -> None:
    """The release plan as it is proposed: nobody is too few, and the clerk sees that it says so."""
    clerk.page.goto(walk.at(""))
    clerk.clicks += 1
    clerk.go("公布计划")
    expect(clerk.page.locator("main")).to_contain_text("没有要担心的")
    picture(clerk.page, "release")
    clerk.press("记下公布计划")


def rehearse(walk: Walk, clerk: WardClerk, phone: BrowserContext) -> None:
    """The whole round in small: one slip on a phone, marked as a test; closed, counted, and purged with a certificate."""
    page, real = clerk.page, walk.key
    page.goto(walk.at(""))
    clerk.clicks += 1
    picture(page, "round")
    clerk.click(page.locator("main a[href$='/again/']").first)
    clerk.press("建立演练")
    walk.key = page.url.rstrip("/").rpartition("/")[2]
    approve(walk, clerk)
    for style, sheets in print_all(walk, clerk).items():
        form = next(one for one in loaded_styles(walk) if one.row.id == style)
        if place(form) == ("服务对象", ""):
            fill_on_phone(phone, sheets[0][0], [1 + at % 3 for at in range(len(form.slots))], says="演练")
    close_and_count(walk, clerk, f"{REHEARSAL_MARK}{TITLE}")
    page.goto(walk.at(""))
    clerk.clicks += 1
    clerk.click(page.locator("main a[href$='/remove/']").first)
    clerk.press("删去")
    expect(page.locator("main")).to_contain_text("证书")
    picture(page, "certificate")
    walk.key = real


def approve(walk: Walk, clerk: WardClerk) -> None:
    """Read and approve."""
    clerk.page.goto(walk.at(""))
    clerk.clicks += 1
    clerk.go("核对并批准")
    picture(clerk.page, "approve")
    clerk.press("批准，开放投票")
    expect(clerk.page.locator("main")).to_contain_text("已批准")


def print_all(walk: Walk, clerk: WardClerk) -> dict[str, list[tuple[str, str]]]:
    """One press: by form, the link in each code and the number printed beside it."""
    page = clerk.page
    clerk.click(page.locator(".card.next a[href$='/print/all/']"))
    with page.expect_download(timeout=120_000) as saved:
        clerk.click(page.get_by_role("button", name="一次印好"))
    found: dict[str, list[tuple[str, str]]] = {}
    with zipfile.ZipFile(io.BytesIO(Path(saved.value.path()).read_bytes())) as archive:
        for name in archive.namelist():
            sheet = archive.read(name)
            links = [one for one in read_qr_from_pdf(sheet) if "#" in one]
            numbers = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b", text_of(sheet))
            assert len(numbers) == len(links), (name, len(numbers), len(links))
            for link, number in zip(links, numbers, strict=True):
                style = link.partition("#")[0].rpartition("/")[2].partition("?")[0]
                found.setdefault(style, []).append((link, number))
    return found


def places_of(walk: Walk) -> dict[str, tuple[str, int]]:
    """By code of whoever is rated: the name, and the place in his unit."""
    engine = make_engine(f"sqlite:///{walk.server.data / 'pingyi.db'}")
    with session_factory(engine, reading=True)() as session:
        rows = session.execute(
            select(Subject.code, Subject.name).join(Campaign, Subject.campaign_id == Campaign.id).where(Campaign.key == walk.key)
        ).all()
    engine.dispose()
    where = {name: at for names in STAFF.values() for at, name in enumerate(names)}
    return {code: (name, where[name]) for code, name in rows}


def ballot(walk: Walk, style: LoadedStyle, number: int) -> list[int]:
    """The marks of ballot `number` on this form."""
    at = places_of(walk)
    plain = [MARKS[at[slot.subject][1]][number] for slot in style.slots]
    return [min(mark + 1, 4) if slot.item == LAST else mark for mark, slot in zip(plain, style.slots, strict=True)]


def vote(walk: Walk, phone: BrowserContext, printed: dict[str, list[tuple[str, str]]]) -> None:
    """A patient scans a slip, a superior opens the letter and signs, each on a phone; the others as their phones send it."""
    for style in loaded_styles(walk):
        group, unit = place(style)
        signed = group == "上级"
        for number in range(len(SUPERIORS) if signed else 12):
            if (group, unit_name(style), number) == ON_PAPER:
                continue
            link, given = printed[style.row.id][number][0], ballot(walk, style, number)
            if number == 0 and not unit:
                fill_on_phone(phone, link, given, signer=SUPERIORS[0] if signed else "")
            else:
                status, page = send(link, style.slots, given, signed=signed)
                assert status == 200, (group, unit, number, page[:600])


def unit_name(style: LoadedStyle) -> str:
    """What people call the unit; "" for a form of no unit."""
    return style.row.unit.name if style.row.unit else ""


def fill_on_phone(phone: BrowserContext, link: str, given: Sequence[int], *, signer: str = "", says: str = "") -> None:
    """Scan, tap, sign where it is signed, review, send."""
    page = phone.new_page()
    page.goto(link)
    expect(page.locator("body")).to_contain_text(says or TITLE)
    for at, code in enumerate(given):
        page.locator(f"input[name=m{at}][value='{code}']").check(force=True)
    if signer:
        page.fill("input[name=name]", signer)
    page.locator("button[value=review]").click()
    page.locator("form[data-review] button[value=send]" if signer else "[data-send]").click()
    page.wait_for_selector("[data-receipt]")
    page.close()


def type_paper(walk: Walk, clerk: WardClerk, pages: Sequence[Page], printed: dict[str, list[tuple[str, str]]]) -> None:
    """One sheet of the box: registered, typed blind twice, its one difference settled by a third, and cast."""
    group, unit, number = ON_PAPER
    style = next(one for one in loaded_styles(walk) if (place(one)[0], unit_name(one)) == (group, unit))
    alias, given = printed[style.row.id][number][1], ballot(walk, style, number)
    clerk.page.goto(walk.at(""))
    clerk.clicks += 1
    clerk.go("纸质表")
    clerk.choose(clerk.page.locator("#sheet-style"), style.row.id)
    with clerk.page.expect_download() as saved:
        clerk.click(clerk.page.get_by_role("button", name="下载纸质表（PDF）"))
    assert LAST in re.sub(r"\s", "", text_of(Path(saved.value.path()).read_bytes()))
    clerk.choose(clerk.page.locator("#style"), style.row.id)
    clerk.type(clerk.page.locator("#sheets"), "1")
    clerk.press("登记")
    misread = [*given[:-1], 5 - given[-1]]
    for page, keys in zip(pages, (given, misread, given[-1:]), strict=True):
        if page is not clerk.page:
            page.goto(f"{walk.server.address}/office/campaigns")
            page.goto(walk.at("/paper/1"))
            clerk.clicks += 2
        page.locator("#slip").click()
        page.keyboard.type(alias.replace("-", ""))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator("input[name^=k]").count() == len(keys)  # the third sees the one line
        picture(page, f"paper-{len(keys)}")
        for key in keys:
            page.keyboard.type(str(key))
            page.keyboard.press("Enter")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        clerk.clicks += 3
        clerk.typed += 13 + len(keys)
        clerk.returns += len(keys)
    expect(pages[2].locator("strong.code")).to_have_count(1)


def close_and_count(walk: Walk, clerk: WardClerk, title: str) -> None:
    """Close by its name, say why there was no head-count at the door, open with the passphrase."""
    page = clerk.page
    page.goto(walk.at(""))
    clerk.clicks += 1
    clerk.go("结束评议")
    clerk.type(page.locator("input[name=title]"), title)
    clerk.press("结束评议")
    clerk.type(page.locator("input[name=rest]"), "各自填写")
    clerk.press("保存清点数")
    clerk.click(page.get_by_role("link", name="去开箱计票").first)
    clerk.type(page.locator("input[name=passphrase]"), PASSPHRASE)
    clerk.press("开箱计票")
    expect(page.locator("main")).to_contain_text("被取代")


def publish(walk: Walk, clerk: WardClerk) -> None:
    """Look at the result, then at what leaves, and publish."""
    page = clerk.page
    clerk.click(page.get_by_role("link", name="查看结果").first)
    picture(page, "result")
    page.goto(walk.at(""))
    clerk.clicks += 1
    clerk.click(page.locator(".card.next a", has_text="公布结果"))
    clerk.press("下一步：核对")
    clerk.press("公布")
    expect(page.locator("main .notice.good").first).to_contain_text("已公布")


def read_results(walk: Walk) -> None:
    """Every count of every group on everybody is the one worked out; a unit with paper reads as the one without."""
    page, read = walk.office, {}
    for code, (name, at) in places_of(walk).items():
        page.goto(f"{walk.server.address}/office/results/{walk.key}/subjects/{code}")
        items = page.locator(".item")
        assert items.count() == 4
        for item in items.all():
            counts = COUNTS[at][LAST in item.locator("h3").inner_text()]
            for group in ("同级", "下级", "服务对象"):  # twelve each: the sheet of paper is one of them
                cells = item.locator("tbody tr", has_text=group).locator("td").all_text_contents()
                # behind the grades: nobody knew too little, nothing was left blank, twelve answered
                assert cells == [*map(str, counts), "0", "0", "12"], (name, item.locator("h3").inner_text(), group, cells)
        unit = next(unit for unit, names in STAFF.items() if name in names)
        text = page.locator("main").text_content() or ""
        assert [word for word in ("纸质表", "录入", "王录", "李录") if word in text] == []
        expect(page.locator("dt:text-is('总分') + dd .figure-text")).to_have_text(SCORES[at][0])
        expect(page.locator("dt:text-is('定等') + dd .figure-text")).to_have_text(SCORES[at][1])
        read[unit, at] = text.replace(code, "谁").replace(name, "谁").replace(unit, "哪里")
        picture(page, f"subject-{code}")
    assert [read["内科", at] for at in range(3)] == [read["外科", at] for at in range(3)]
