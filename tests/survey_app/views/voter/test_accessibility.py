"""WCAG 2.2 AA on every page a voter may meet: axe finds nothing, targets are large, nothing is cut off or wider than the screen.

Every scene is walked to once a language and then dressed in every theme. `make test` takes one page of each kind in one language,
in the light and in the dark; everything else is `slow`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from survey_app.languages import languages
from tests.support.voter_scenes import SCENES, THEMES, dress, fits, scene
from tests.towns.villages import Villages, villages

pytestmark = pytest.mark.browser
AXE = Axe()
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
#: One page of each kind, each in another language, for every run.
EVERY_RUN = {
    "form-limit-reached": "en", "form-refused": "zh-Hant", "form-of-other-kinds": "ug", "not-sent-yet": "zh-Hans",
    "signed-copy": "en", "slip-used": "ug", "hall-taken": "en", "log-answer": "ug", "no-such-form": "en",
}  # fmt: skip
#: What can be tapped and is smaller than 48 px; a radio or box is as large as its label; links inside sentences are text.
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, canvas, input:not([type=hidden])")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip"))
  .filter((one) => !(getComputedStyle(one).display === "inline" && one.parentElement.innerText.trim() !== one.innerText.trim()))
  .map((one) => [one, (one.matches("[type=radio], [type=checkbox]") ? one.labels[0] : one).getBoundingClientRect()])
  .filter(([_one, box]) => box.width < 47.9 || box.height < 47.9)
  .map(([one, box]) => `${one.outerHTML.slice(0, 80)} is ${Math.round(box.width)} by ${Math.round(box.height)}`)"""
#: SC 1.4.12, by a sheet that is constructed: the page's policy refuses one written into it.
SPACED = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
    + "p { margin-block-end: 2em !important }");
  document.adoptedStyleSheets = [sheet]; }"""
#: Words that stick out of the frame they stand in.
CUT = """() => [...document.querySelectorAll("button, summary, .button, .primary, .choices span, .views span, .facts li, h1, h2")]
  .filter((one) => one.checkVisibility() && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 80))"""

#: Words in a script that no language written around them has, SC 3.1.2. Names (in a sentence, in `bdi`) may stay as they are.
FOREIGN = r"""() => { const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim(), around = node.parentElement.closest("[lang]").lang;
    if (!text || node.parentElement.matches("bdi") || !node.parentElement.checkVisibility()) continue;
    const own = around.startsWith("zh") ? /\p{Script=Han}/u : around === "ug" ? /\p{Script=Arabic}/u : /\p{Script=Latin}/u;
    if (/[\p{Script=Han}\p{Script=Arabic}]/u.test(text) && !own.test(text)) found.push(`not in ${around}: ${text.slice(0, 60)}`);
  }
  return found; }"""


@pytest.fixture(scope="module")
def at(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Villages]:
    """One server for all scenes."""
    folder = tmp_path_factory.mktemp("villages")
    shutil.copy(sqlite_template, folder / "pingyi.db")
    with villages(folder) as made:
        yield made


def findings(page: Page, themes: tuple[str, ...], *, examined: tuple[str, ...] | None = None) -> list[str]:
    """Everything that is wrong with the page as it stands, theme by theme; axe runs in those `examined`, or in all."""
    found = []
    for theme in themes:
        dress(page, theme)
        wrong = [] if fits(page) else ["wider than its screen"]
        wrong += page.evaluate(SMALL) + page.evaluate(CUT)
        for violation in AXE.run(page, options=RULES).response["violations"] if theme in (examined or themes) else ():
            wrong += [f"{violation['id']}: {node['html'][:120]} {node['failureSummary']}" for node in violation["nodes"]]
        found += [f"{theme}: {one}" for one in wrong]
    found += page.evaluate(FOREIGN)
    page.evaluate(SPACED)
    found += [] if fits(page) else ["with text spaced out: wider than its screen"]
    return found + [f"with text spaced out: {one}" for one in page.evaluate(CUT)]


@pytest.mark.parametrize("name", EVERY_RUN)
def test_a_page_in_one_language_is_accessible(at: Villages, browser: Browser, name: str) -> None:
    with scene(browser, at, name, EVERY_RUN[name]) as page:
        assert findings(page, ("light", "dark")) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", SCENES)
def test_every_page_in_every_language_and_theme_is_accessible(at: Villages, browser: Browser, name: str, language: str) -> None:
    """What a theme changes no language does: axe sees every theme in the first language, and one in the others."""
    with scene(browser, at, name, language) as page:
        assert findings(page, THEMES, examined=THEMES if language == next(iter(languages())) else THEMES[:1]) == []


def test_the_measures_see_what_they_look_for(browser: Browser) -> None:
    """A page with one fault of each kind."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(
        '<html lang="en"><title>t</title><main><h1>One</h1><button>x</button>'
        '<p class="choices"><span style="display:block;width:20px;white-space:nowrap">much too long</span></p>'
        '<p style="color:#999">grey</p><p>灰</p><div style="width:400px">wide</div></main></html>'
    )
    found = findings(page, ("light",))
    page.close()
    wide, small, cut = "light: wider than its screen", "light: <button>x</button> is", "light: <span style"
    for one in (wide, small, cut, "light: color-contrast", "not in en: 灰"):
        assert any(line.startswith(one) for line in found), (one, found)
