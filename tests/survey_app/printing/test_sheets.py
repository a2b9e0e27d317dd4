"""Printed sheets: what phones decode from them and what people read on them. No app and no database."""

from __future__ import annotations

import random
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.i18n import speaking
from survey_app.printing import InvitationSheet, Poster, SlipSheet, invitations_pdf, poster_pdf, qr, slips_pdf
from survey_app.services.sealing.tokens import mint_alias, mint_secret, secret_text
from tests.support import pdf_reading as reading

ADDRESS = "https://pingyi.example.gov.cn/v/7K3M9X2TQD"
WHY = (("谁在问", "区考核办"), ("结果怎么用", "用于年度考核"))
SHEET = SlipSheet(
    title="2026年度领导班子和领导干部民主评议",
    meeting="云龙镇年度评议大会",
    unit="云龙镇",
    group="居民代表",
    address=ADDRESS,
    until="12月18日 17:30",
)
#: Characters of real names that common fonts lack (two of Extension A, two of Extension E and F).
RARE = "㛃䶮𬭎𬱖"
SIXTY = "某某市某某区某某镇人民政府关于二〇二六年度领导班子和领导干部民主评议暨群众满意度测评工作第一次全体会议的通知事项说明等"
UYGHUR = "ئابدۇراخمان"
MODEL_2 = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


def minted(count: int) -> list[tuple[str, str]]:
    rng = random.Random(count).randbytes
    return [(f"{ADDRESS}#{secret_text(mint_secret(rng))}", str(mint_alias(rng))) for _ in range(count)]


def invitation(name: str, **changed: str) -> InvitationSheet:
    fields = {
        "name": name,
        "group": "区级领导",
        "unit": "",
        "link": f"{ADDRESS}#{secret_text(mint_secret())}",
        "address": ADDRESS,
        "alias": str(mint_alias()),
    } | changed
    return InvitationSheet(**fields)


def test_every_slip_decodes_with_two_readers_to_what_was_issued() -> None:
    slips = minted(23)
    made = slips_pdf(SHEET, slips)
    links = [link for link, _alias in slips]
    assert reading.page_count(made) == 3  # ten to a sheet: 10 + 10 + 3
    assert reading.read_qr_from_pdf(made) == links
    assert sorted(reading.read_qr_with_zbar(made)) == sorted(links)


def test_the_code_is_at_least_28_mm_wide_with_its_quiet_zone_white() -> None:
    page = next(reading.pages(slips_pdf(SHEET, minted(1)), dpi=254))  # 10 pixels to the millimetre
    code = zxingcpp.read_barcodes(page, formats=MODEL_2)[0]
    corners = code.position
    width = corners.top_right.x - corners.top_left.x
    modules = 37  # version 5: 17 + 4 × 5
    module = width / modules
    assert width + 8 * module >= 280
    quiet = int(4 * module) - 2
    left, right = corners.top_left.x - quiet, corners.top_right.x + quiet
    top, bottom = corners.top_left.y - quiet, corners.bottom_left.y + quiet
    frame = page[top:bottom, left:right].copy()
    frame[quiet - 3 : 3 - quiet, quiet - 3 : 3 - quiet] = 255
    assert frame.min() > 250


def test_no_sheet_holds_a_picture_made_of_pixels() -> None:
    sheets = [
        slips_pdf(SHEET, minted(2)),
        poster_pdf(
            Poster(title="评议", meeting="大会", unit="云龙镇", group="居民代表", until="周五", reasons=WHY, network="Wi-Fi")
        ),
        invitations_pdf([invitation("王五")], title="评议"),
    ]
    assert [reading.raster_images(sheet) for sheet in sheets] == [0, 0, 0]


def test_words_of_a_slip_can_be_copied_out_as_they_stand() -> None:
    slips = minted(2)
    text = reading.text_of(slips_pdf(SHEET, slips))
    assert "2026年度领导班子" in text  # and not "2026 年度": spacing is a matter of looks
    expected = ["云龙镇年度评议大会", "云龙镇 · 居民代表", "没有登记", "12月18日 17:30截止", slips[0][1], slips[1][1]]
    assert [words for words in expected if words not in text.replace("\r\n", "")] == []


@pytest.mark.parametrize("character", RARE)
def test_rare_name_characters_have_their_own_glyph(character: str) -> None:
    def drawn(title: str) -> np.ndarray:
        return next(reading.pages(poster_pdf(Poster(title=title, meeting="", unit="", group="")), dpi=60))

    made = poster_pdf(Poster(title=character, meeting="", unit="", group=""))
    assert character in reading.text_of(made)
    assert not reading.missing_glyphs(made)
    nobody = drawn("\u0378")  # an unassigned code point is drawn as the font's "no such glyph" box
    assert not np.array_equal(drawn(character), nobody)
    assert all(not np.array_equal(drawn(character), drawn(other)) for other in RARE if other != character)


def test_only_the_named_font_files_are_used() -> None:
    made = invitations_pdf([invitation(RARE), invitation(UYGHUR)], title=SHEET.title)
    families = {name.split("+")[-1] for name in reading.font_names(made)}
    assert families == {"NotoSansCJKsc-Regular", "NotoSansMonoCJKsc-Regular", "NotoNaskhArabic-Regular"}


def test_right_to_left_names_run_from_right_to_left() -> None:
    boxes = reading.text_boxes(invitations_pdf([invitation("بجد")], title="评议"))
    left_of = {character: left for character, left, *_ in boxes}
    assert left_of["ب"] > left_of["ج"] > left_of["د"]


def test_text_is_never_markup() -> None:
    hostile = '#eval("1+1") $x^2$ *重* _斜_ \\ <a> @b // c /* d */ "e" \'f\' `g` [h] {i} =1+1'
    text = reading.text_of(invitations_pdf([invitation(hostile)], title="评议")).replace("\r\n", "")
    for part in ('#eval("1+1")', "$x^2$", "*重*", "_斜_", "<a>", "@b", "/* d */", "`g`", "[h]", "{i}", "=1+1"):
        assert part in text


Boxes = list[tuple[str, float, float, float, float]]


def overlapping(boxes: Boxes, left: float, bottom: float, right: float, top: float) -> list[str]:
    return [
        character
        for character, box_left, box_bottom, box_right, box_top in boxes
        if box_left < right and box_right > left and box_bottom < top and box_top > bottom
    ]


@pytest.mark.parametrize("long", [SIXTY, "W" * 60, "word " * 12, "ئۇيغۇرچە " * 7, RARE * 15])
def test_sixty_character_titles_stay_in_their_slip(long: str) -> None:
    sheet = SlipSheet(
        title=long,
        meeting=long,
        unit=long,
        group=long,
        address="https://a-very-long-host-name.evaluation.example.gov.cn/v/7K3M9X2TQD",
        until=long[:40],
    )
    made = slips_pdf(sheet, minted(10))
    assert len(reading.read_qr_from_pdf(made)) == 10  # nothing is printed over a code
    millimetre = 72 / 25.4
    boxes = reading.text_boxes(made)
    assert not overlapping(boxes, 102 * millimetre, 0, 108 * millimetre, 297 * millimetre)  # the middle cut
    for row in range(1, 5):
        cut = row * 59.4 * millimetre
        assert not overlapping(boxes, 0, cut - 2 * millimetre, 210 * millimetre, cut + 2 * millimetre)
    assert all(left >= 0 and right <= 210 * millimetre for _, left, _, right, _ in boxes)


def reasons(long: str) -> list[tuple[str, str]]:
    """Who asks, why and what for, at the length an office may write."""
    return [("谁在问", long), ("为什么问", long * 2), ("结果怎么用", long * 5)]


@pytest.mark.parametrize("long", [SIXTY, "W" * 60, "ئۇيغۇرچە " * 7])
def test_sixty_character_names_stay_on_their_page(long: str) -> None:
    millimetre = 72 / 25.4
    sheets = [
        invitations_pdf([invitation(long, group=long, unit=long)] * 2, title=long, until=long[:40], reasons=reasons(long)),
        poster_pdf(Poster(title=long, meeting=long, unit=long, group=long, until=long[:40], reasons=reasons(long), network=long)),
    ]
    assert [reading.page_count(sheet) for sheet in sheets] == [2, 1]
    for sheet in sheets:
        for _, left, bottom, right, top in reading.text_boxes(sheet):
            assert left > 15 * millimetre
            assert right < 195 * millimetre
            assert bottom > 10 * millimetre
            assert top < 287 * millimetre


def test_an_invitation_says_who_until_when_and_what_signing_means() -> None:
    sheet = invitation(RARE, unit="云龙镇")
    made = invitations_pdf([sheet], title=SHEET.title, until="12月18日", reasons=WHY)
    text = reading.text_of(made).replace("\r\n", "")
    for expected in (RARE, "云龙镇 · 区级领导", "截止时间：12月18日", "实名意味着什么", "重新填写", "区考核办", "用于年度考核"):
        assert expected in text
    assert "无法在屏幕上签名时在此手写" in text
    assert reading.read_qr_from_pdf(made) == [sheet.link]
    assert reading.read_qr_with_zbar(made) == [sheet.link]
    assert sheet.alias in text


def test_a_poster_holds_no_code() -> None:
    made = poster_pdf(
        Poster(
            title=SHEET.title,
            meeting=SHEET.meeting,
            unit=SHEET.unit,
            group=SHEET.group,
            until=SHEET.until,
            reasons=WHY,
            network="Wi-Fi：会议中心",
        )
    )
    assert reading.read_qr_from_pdf(made) == []
    text = reading.text_of(made).replace("\r\n", "")
    for expected in ("抽一张凭条", "扫码填写", "核对送出", "12月18日 17:30", "Wi-Fi：会议中心", "区考核办", "用于年度考核"):
        assert expected in text


def test_the_same_slips_give_the_same_bytes() -> None:
    slips = minted(3)
    assert slips_pdf(SHEET, slips) == slips_pdf(SHEET, slips)


def test_printing_leaves_nothing_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    slips_pdf(SHEET, minted(12))
    invitations_pdf([invitation("王五")], title="评议")
    assert list(tmp_path.rglob("*")) == []


def test_a_thousand_slips_take_seconds(record_property: Callable[[str, object], None]) -> None:
    slips = minted(1000)
    started = time.perf_counter()
    made = slips_pdf(SHEET, slips)
    seconds = time.perf_counter() - started
    record_property("seconds for 1,000 slips", round(seconds, 2))
    print(f"1,000 slips: {seconds:.1f} s, {len(made) / 1e6:.1f} MB")  # reported, not asserted: machines differ
    assert reading.page_count(made) == 100


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_any_text_decodes_from_the_matrix(text: str) -> None:
    modules = qr.matrix(text)
    side = len(modules)
    grid = np.full((side + 2 * qr.QUIET,) * 2, 255, dtype=np.uint8)
    grid[qr.QUIET : qr.QUIET + side, qr.QUIET : qr.QUIET + side][np.array(modules)] = 0
    found = zxingcpp.read_barcodes(np.kron(grid, np.ones((4, 4), dtype=np.uint8)), formats=MODEL_2)
    assert [code.text for code in found] == [text]


def test_the_path_fills_exactly_the_dark_modules() -> None:
    modules = ((True, True, False), (False, False, True), (True, False, True))
    # Runs by hand: row 0 columns 0–1; row 1 column 2; row 2 columns 0 and 2; all moved by the quiet zone of 4, each
    # move relative to the corner of the run before: (4,4), then (+2,+1), (-2,+1), (+2,0).
    assert qr.svg_path(modules) == "m4 4h2v1h-2zm2 1h1v1h-1zm-2 1h1v1h-1zm2 0h1v1h-1z"


@pytest.mark.parametrize("colour", [True, False])
def test_the_terminal_code_decodes_when_its_cells_are_drawn(colour: bool) -> None:
    address = "http://127.0.0.1:8000/setup/" + secrets.token_hex(8)
    lines = qr.terminal(address, colour=colour).split("\n")
    if colour:
        assert all(line.startswith("\x1b[38;5;231;48;5;16m") and line.endswith("\x1b[0m") for line in lines)
        lines = [line.removeprefix("\x1b[38;5;231;48;5;16m").removesuffix("\x1b[0m") for line in lines]
    assert len({len(line) for line in lines}) == 1
    halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    cells = np.array([[halves[cell] for cell in line] for line in lines], dtype=np.uint8)  # rows × columns × 2
    image = cells.transpose(0, 2, 1).reshape(2 * len(lines), len(lines[0]))
    found = zxingcpp.read_barcodes(np.kron(image, np.ones((4, 4), dtype=np.uint8)), formats=MODEL_2)
    assert [code.text for code in found] == [address]


def test_an_address_reads_from_left_to_right_on_a_sheet_in_uyghur() -> None:
    """Digits at its start are no letters: left to themselves they would change places with what follows."""
    address = "http://10.0.0.7:8000/v/7K3M9X2TQD"
    with speaking("ug"):
        made = slips_pdf(replace(SHEET, address=address), minted(1), language="ug")
    boxes = reading.text_boxes(made)
    slash = next(bottom for character, _left, bottom, _right, _top in boxes if character == "/")
    line = sorted((left, character) for character, left, bottom, _right, _top in boxes if abs(bottom - slash) < 5)
    assert "10.0.0.7:8000/v/7K3M9X2TQD" in "".join(character for _left, character in line)
