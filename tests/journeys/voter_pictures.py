"""Pictures of every voter page: on each sheet the four languages side by side, one sheet a theme. Part of `make screenshots`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page

from survey_app.i18n import speaking
from survey_app.languages import languages
from survey_app.printing import SlipSheet, slips_pdf
from tests.journeys.contact_sheet import grey, sheet
from tests.support import pdf_reading
from tests.support.voter_scenes import SCENES, dress, fits, scene
from tests.towns.villages import Villages, villages

PICTURED = ("light", "dark", "zoomed")
TALLEST = 1400  # what lies further down looks like what lies above
SCREENS = {"form-limit-reached", "form-jump-list", "form-in-app"}  # what is shown hangs at the screen's edge


def photograph_voters(folder: Path, browser: Browser, out: Path, names: Sequence[str] = ()) -> list[str]:
    """Write every sheet, or those named, with a server's data in an empty folder; the names of pages wider than their screen."""
    out.mkdir(parents=True, exist_ok=True)
    wide: list[str] = []
    with villages(folder) as at:
        desk = browser.new_page()
        wanted = names or tuple(SCENES)
        for number, name in enumerate(wanted, start=1):
            sys.stderr.write(f"voter pages: {number}/{len(wanted)} {name}\n")
            pictures: dict[str, list[bytes]] = {theme: [] for theme in PICTURED}
            for language in languages():
                with scene(browser, at, name, language) as page:
                    for theme in PICTURED:
                        dress(page, theme)
                        wide += [] if fits(page) else [f"{name} {language} {theme}"]
                        pictures[theme].append(
                            page.screenshot() if name in SCREENS and theme != "zoomed" else _whole(page, theme)
                        )
            for theme in PICTURED:
                (out / f"{name}-{theme}.png").write_bytes(sheet(desk, pictures[theme], tallest=TALLEST))
        (out / "slip.png").write_bytes(_slips(desk, at))
        desk.close()
    return wide


def _whole(page: Page, theme: str) -> bytes:
    """The page from top to bottom. Its bar hangs at the lower edge of the screen, so the screen is made as tall as the page;
    not where a short screen is what is shown."""
    if theme != "zoomed":
        page.set_viewport_size({"width": 360, "height": max(740, page.evaluate("document.documentElement.scrollHeight"))})
    page.evaluate("window.scrollTo(0, 0)")
    return page.screenshot(full_page=True)


def _slips(desk: Page, at: Villages) -> bytes:
    """The first slip of a sheet as printed, in every language."""
    pictures = []
    for language in languages():
        with speaking(language):
            paper = SlipSheet(
                title="村干部年度评议",
                meeting="村民大会",
                unit="东村",
                group="村民",
                address=f"{at.base}/v/{at.town.guests}",
                until="11 月 30 日",
            )
            tongue = "zh" if language.startswith("zh") else language
            codes = [(f"{paper.address}#{'0' * 26}", str(alias)) for _secret, alias in at.town.slips[:4]]
            page = next(pdf_reading.pages(slips_pdf(paper, codes, language=tongue), dpi=96))
            pictures.append(grey(page[: page.shape[0] // 5, : page.shape[1] // 2]))  # two slips a row, five rows
    return sheet(desk, pictures, tallest=TALLEST)
