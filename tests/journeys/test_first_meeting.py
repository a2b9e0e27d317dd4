"""The whole of it, from an empty machine to a result in a file, walked in a real browser.

The office signs in through its one-time link, makes the campaign, imports the roster, approves, prints; slips are read out of the
rendered PDF by a QR decoder; five ballots are cast through the browser, the rest through the HTTP requests a browser sends; then
close, box, opening, evidence, results, files. The figures expected are worked out in first_meeting.md.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import python_calamine
from playwright.sync_api import BrowserContext, expect

from analysis.evidence import Slot
from survey_app.services.campaign.styles import LoadedStyle
from tests.journeys import meeting
from tests.journeys.conftest import LiveServer
from tests.journeys.walking import PASSPHRASE, Walk, loaded_styles, new_campaign, place, send, sign_up
from tests.support.pdf_reading import read_qr_from_pdf
from tests.support.printed import pdf_of
from tests.support.rosters import workbook, yinzhou_roster_xlsx

TITLE = "2026 年度民主评议"


@pytest.mark.browser
def test_a_meeting_from_an_empty_machine_to_a_result_in_a_file(
    live_server: LiveServer, desk: BrowserContext, phone: BrowserContext, tmp_path: Path
) -> None:
    meeting_ = Walk(live_server, desk.new_page())
    sign_up(meeting_)
    make_campaign(meeting_, tmp_path)
    styles = loaded_styles(meeting_)
    print_credentials(meeting_, styles)
    cast_through_the_browser(meeting_, phone, styles)
    cast_the_rest(meeting_, styles)
    bad_sends(meeting_, styles)
    close_and_count(meeting_)
    bring_evidence(meeting_, tmp_path)
    read_results(meeting_)
    read_files(meeting_)
    publish_results(meeting_)


def make_campaign(walk: Walk, tmp_path: Path) -> None:
    """Scheme, key, roster, approval."""
    new_campaign(walk, "yinzhou/2026-01-01", TITLE, "2026", "区委考核办；结果用于年度考核。")
    page = walk.office
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(
        workbook({"单位": [["单位编号", "单位名称", "类别"], ["T01", "甲镇", "规模较大乡镇"], ["T01", "乙镇", "规模较大镇乡"]]})
    )
    page.set_input_files("input[type=file]", wrong)
    page.click("main form[enctype] button[type=submit]")
    problems = page.locator(".problems li")
    expect(problems).to_have_count(2)  # both at once: the duplicate id and the misspelt class, with what was meant
    expect(page.locator(".problems")).to_contain_text("规模较大镇乡")
    right = tmp_path / "名册.xlsx"
    right.write_bytes(yinzhou_roster_xlsx())
    page.set_input_files("input[type=file]", right)
    page.click("main form[enctype] button[type=submit]")
    page.goto(walk.at("/roster"))
    expect(page.locator("main")).to_contain_text("东溪镇")
    page.goto(walk.at("/custody/"))
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.click("form[action$='/rehearse'] button")
    page.goto(walk.at("/release/"))  # four heads or staff hide nobody, and nobody is told they do (first_meeting.md)
    for group in ("本单位干部", "下属单位和村（企）负责人"):
        page.get_by_role("checkbox", name=group).check()
    page.click("main form button")
    expect(page.locator("main")).to_contain_text("不承诺匿名")
    page.goto(walk.at("/approve"))
    expect(page.locator("main")).to_contain_text("“本单位干部”不承诺匿名")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).not_to_contain_text("不能批准")


def print_credentials(walk: Walk, styles: Sequence[LoadedStyle]) -> None:
    """Print slips for every anonymous form used and invitations for every signed group used; decode the QR codes."""
    page = walk.office
    page.goto(walk.at("/print/"))
    token = page.locator("main input[name=csrf_token]").first.input_value()
    printed: set[tuple[str, str]] = set()
    for style in styles:
        group, unit = place(style)
        count = meeting.ballots_of(group, unit)
        if not count or (group, unit) in printed:
            continue
        printed.add((group, unit))
        if group in {"上级领导", "班子成员", "代表委员"}:
            form: dict[str, str | float | bool] = {"csrf_token": token, "group": group, "unit": str(style.row.unit_id or "")}
            answer = page.request.post(walk.at("/print/invitations"), form=form)
        else:
            # Two spares plant a shortage in the box; one is for trying too many excellents.
            spare = {("群众代表", "T16"): 2, ("机关干部", "T17"): 1}.get((group, unit), 0)
            form = {"csrf_token": token, "style": style.row.id, "meeting": "年度评议大会", "count": str(count + spare)}
            answer = page.request.post(walk.at("/print/slips"), form=form)
        assert answer.headers["cache-control"] == "no-store"
        walk.codes[group, unit] = read_qr_from_pdf(pdf_of(answer.text()))
        assert len(walk.codes[group, unit]) >= count


def cast_through_the_browser(walk: Walk, phone: BrowserContext, styles: Sequence[LoadedStyle]) -> None:
    """Three residents, a service recipient, and a delegate who signs and then replaces the form."""
    for group, unit, number in (("群众代表", "T16", 0), ("群众代表", "T16", 1), ("群众代表", "T16", 2), ("服务对象", "A01", 0)):
        style = next(one for one in styles if place(one) == (group, unit))
        walk.receipts.append(fill_on_phone(walk, phone, style, walk.codes[group, unit].pop(0), number))
    delegates = next(one for one in styles if place(one) == ("代表委员", "T16"))
    link = walk.codes["代表委员", "T16"].pop(0)
    first = fill_on_phone(walk, phone, delegates, link, 4, sign=True)  # 比较满意 at first …
    second = fill_on_phone(walk, phone, delegates, link, 0, sign=True)  # … then 满意: a new version replaces the first
    assert first != second
    walk.receipts.append(second)


def fill_on_phone(walk: Walk, phone: BrowserContext, style: LoadedStyle, link: str, number: int, *, sign: bool = False) -> str:
    """Scan, tap, review, send; the receipt code."""
    group, unit = place(style)
    page = phone.new_page()
    page.goto(link)
    for at, code in enumerate(meeting.marks(group, unit, number, style.slots)):
        page.locator(f"input[name=m{at}][value='{code}']").check(force=True)
    if sign:
        page.fill("input[name=name]", "代表甲")
    page.locator("button[value=review]").click()
    # A signed form is reviewed by the server, which knows the version it replaces; an anonymous one on the phone.
    page.locator("form[data-review] button[value=send]" if sign else "[data-send]").click()
    page.wait_for_selector("[data-receipt]")
    assert phone.cookies() == []  # a voter page sets none
    receipt = page.locator(".receipt-code").first.inner_text()
    page.close()
    return receipt.strip()


def cast_the_rest(walk: Walk, styles: Sequence[LoadedStyle]) -> None:
    """Everybody else, through the requests a browser sends."""
    done = {("群众代表", "T16"): 3, ("服务对象", "A01"): 1, ("代表委员", "T16"): 1}
    by_id = {style.row.id: style for style in styles}
    for (group, unit), links in walk.codes.items():
        number = done.get((group, unit), 0)
        while number < meeting.ballots_of(group, unit):
            link = links.pop(0)
            style = by_id[link.partition("#")[0].rpartition("/")[2]]
            status, body = send(
                link, style.slots, meeting.marks(group, unit, number, style.slots), signed=bool(style_signed(group))
            )
            assert status == 200, (group, unit, number, body[:600])
            number += 1


def style_signed(group: str) -> str:
    """The name typed by signed raters, "" for the others."""
    return "署名人" if group in {"上级领导", "班子成员", "代表委员"} else ""


def bad_sends(walk: Walk, styles: Sequence[LoadedStyle]) -> None:
    """Bad input is answered with a sentence, and nothing is lost or recorded."""
    residents = next(one for one in styles if place(one) == ("群众代表", "T16"))
    other = next(one for one in styles if place(one) == ("群众代表", "T17"))
    spare = walk.codes["群众代表", "T16"][0]
    good = [1, 1, 1]
    wrong_town = spare.replace(residents.row.id, other.row.id)
    cases = [
        (send(wrong_town, other.slots, good), "另一张表"),
        (send(spare[:-4] + "0000", residents.slots, good), "认不出"),
        (send(spare, residents.slots, good, extra="&m0=2"), "没有记录"),
        (send(spare, residents.slots, good, extra="&weight=9"), "没有记录"),
        (send(spare, residents.slots, [0, 1, 1]), "没有填"),
    ]
    for (status, page), words in cases:
        assert 400 <= status < 500
        assert words in page, (words, page[:800])
    staff = next(one for one in styles if place(one) == ("机关干部", "T17"))
    overall = [at for at, slot in enumerate(staff.slots) if slot.item == "总体评价"]
    greedy = [1 if at in overall[:2] else 2 for at in range(len(staff.slots))]  # 20 % of three persons: one may be excellent
    status, page = send(walk.codes["机关干部", "T17"][0], staff.slots, greedy)
    assert status == 422
    assert "最多给 1 个" in page


def close_and_count(walk: Walk) -> None:
    """Close, count the box with a planted shortage and surplus, open with the passphrase."""
    page = walk.office
    page.goto(walk.at("/close"))
    page.fill("input[name=title]", TITLE)
    page.click("main form button[type=submit]")
    status, late = send(walk.codes["群众代表", "T16"][0], [Slot("", "")] * 3, [1, 1, 1])
    assert status == 410
    assert "结束" in late
    page.goto(walk.at("/counts"))
    residents = page.locator("tr", has_text="鄞溪乡").filter(has_text="群众代表")
    residents.locator("input[name^=present]").fill("30")
    residents.locator("input[name^=spoiled]").fill("0")
    residents.locator("input[name^=unused]").fill("1")  # two are unused: one is missing from the box
    others = page.locator("tr", has_text="梅岭乡").filter(has_text="群众代表")
    others.locator("input[name^=present]").fill("3")
    others.locator("input[name^=spoiled]").fill("1")  # none was spoiled: one too many
    others.locator("input[name^=unused]").fill("0")
    page.fill("input[name=rest]", "在家填写，没有开会")
    page.click("main form[method=post] button[type=submit]")
    page.goto(walk.at("/counts"))
    expect(page.locator("main")).to_contain_text("少 1 张")
    expect(page.locator("main")).to_contain_text("多 1 张")
    page.goto(walk.at("/count/"))
    page.fill("input[name=passphrase]", "not the passphrase at all")
    page.click("main form button[type=submit]")
    expect(page.locator("[role=alert]").first).to_contain_text("口令")
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("被取代")
    for code in walk.receipts:
        page.goto(f"{walk.server.address}/r")
        page.fill("input[name=code]", code)
        page.locator("input[name=code]").press("Enter")
        expect(page.locator("main")).to_contain_text("已")


def bring_evidence(walk: Walk, tmp_path: Path) -> None:
    """The second spreadsheet; then compute again."""
    rows = [meeting.EVIDENCE_HEADS, *([code, *values] for code, values in meeting.EVIDENCE.items())]
    sheet = tmp_path / "材料.xlsx"
    sheet.write_bytes(workbook({"材料": [list(row) for row in rows]}))
    page = walk.office
    page.goto(walk.at("/evidence/"))
    page.set_input_files("input[type=file]", sheet)
    page.click("main form[enctype] button[type=submit]")
    expect(page.locator("[role=status]").first).to_contain_text("新增")
    page.goto(walk.at("/count/"))
    page.click("form[action$='/again'] button")
    expect(page.locator("h1")).to_contain_text("得分与等次")


def read_results(walk: Walk) -> None:
    """Scores, tiers, flags, satisfaction, as pages show them, against the written calculation."""
    page = walk.office
    base = f"{walk.server.address}/office/results/{walk.key}"
    for code, shown in meeting.COMPOSITE.items():
        page.goto(f"{base}/subjects/{code}")
        expect(page.locator("dt:text-is('综合得分') + dd .figure-text")).to_have_text(shown)
    for code, tier in meeting.TIERS.items():
        page.goto(f"{base}/subjects/{code}")
        title = "班子等次" if code.endswith("-00") else "个人等次"
        expect(page.locator(f"dt:text-is('{title}') + dd .figure-text")).to_have_text(tier)
    page.goto(f"{base}/subjects/T16-02")
    expect(page.locator(".proposal", has_text="不称职达三分之一")).to_contain_text("8/24")
    expect(page.locator(".clear-flags", has_text="不称职过三分之一")).to_have_count(1)
    page.goto(f"{base}/subjects/T20-03")
    expect(page.locator("main")).to_contain_text("未评定")
    page.goto(f"{base}/satisfaction")
    town = page.locator("tr", has_text="鄞溪乡").filter(has_text="群众代表").first
    expect(town).to_contain_text(re.compile(r"24\s*29"))
    three = page.locator("tr", has_text="梅岭乡").filter(has_text="群众代表").first
    expect(three).to_contain_text("人数太少，不单独列出")
    agency = page.locator("tr", has_text="便民服务管理局").filter(has_text="服务对象").first
    expect(agency).to_contain_text(re.compile(r"17\s*20"))
    # Twenty were invited and all answered: a sample of a public nobody counted. Wilson, z = 1.96: (17 + 1.92)/23.84 = 0.794, and
    # 1.96/23.84 · sqrt(17·3/20 + 0.96) = 0.154 to each side.
    expect(agency).to_contain_text("抽样：全体应在 64% 到 95% 之间")


def read_files(walk: Walk) -> None:
    """The workbook says what the page says."""
    answer = walk.office.request.get(f"{walk.server.address}/office/results/{walk.key}/results.xlsx")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.body()))
    rows = book.get_sheet_by_name("结果").to_python()
    heads = next(row for row in rows if "编号" in row)
    shown = {str(row[heads.index("编号")]): row[heads.index("综合得分")] for row in rows if row[heads.index("编号")]}
    for code, expected in meeting.COMPOSITE.items():
        assert f"{float(str(shown[code])):.2f}" == expected
    csv = walk.office.request.get(f"{walk.server.address}/office/results/{walk.key}/results.csv")
    assert csv.body().startswith(b"\xef\xbb\xbf")


def publish_results(walk: Walk) -> None:
    """Counted is not published: the campaign's next step says so, a page says what becomes visible, and then it is."""
    page = walk.office
    page.goto(walk.at(""))
    page.click(".card.next a:has-text('公布结果')")
    expect(page.locator("main")).to_contain_text("单位人员什么也看不到")
    page.click("button:has-text('下一步：核对')")
    expect(page.locator("main")).to_contain_text("从现在起，全部")
    page.click("main button.primary")
    expect(page.locator("main .notice.good").first).to_contain_text("已公布：得分、等次和名次")
