"""Pictures of the pages, to be looked at: `make screenshots` writes them into docs/screenshots.

`python -m tests.journeys.screenshots voter [SCENE …]` takes only the voter's, or some of them.

The voter's pages in `voter/` (see voter_pictures), office pages from the demos at 360 and 1280 px, forms at 360 px. A page wider
than its screen is an error.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState
from sqlalchemy import select

from questionnaires.shipped import load_shipped
from survey_app.cli.demo import with_data
from survey_app.database import make_engine, session_factory
from survey_app.models import BallotStyle, Campaign, Subject
from tests.journeys.conftest import LiveServer, serving
from tests.journeys.voter_pictures import photograph_voters
from tests.journeys.walking import PASSWORD
from tests.support.chromium import chromium

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "screenshots"
FORMS_MOST = 3  # groups of one system whose forms are photographed


def main() -> int:
    """Everything, or only what is named. Returns how many pages are wider than their screen."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        wide = photograph_voters(Path(folder), browser, OUT / "voter", sys.argv[2:])
        if sys.argv[1:2] != ["voter"]:
            wide += photograph_offices(Path(folder) / "office", browser)
    for name in wide:
        sys.stderr.write(f"wider than its screen: {name}\n")
    return len(wide)


def photograph_offices(folder: Path, browser: Browser) -> list[str]:
    """Make every demo, serve it, photograph it; the names of pages too wide."""
    folder.mkdir()
    with serving(folder / "data") as server:
        tell("the first demo")
        server.pingyi("demo", "--no-serve")
        state = signed_in(server, browser)
        wide = photograph(server, browser, state)
        for number, system in enumerate(with_data(), start=1):
            tell(f"demo {number}/{len(with_data())}: {system}")
            server.pingyi("demo", system, "--no-serve")
            wide += photograph_system(server, browser, state, system)
    return wide


def tell(what: str) -> None:
    """Say what is under way: the whole takes minutes."""
    sys.stderr.write(what + "\n")


def pages_of(server: LiveServer) -> dict[str, str]:
    """The office's pages, name -> path."""
    engine = make_engine(f"sqlite:///{server.data / 'pingyi.db'}")
    with session_factory(engine, reading=True)() as session:
        rounds = session.scalars(select(Campaign).order_by(Campaign.id)).all()
        done, going = (next(one for one in rounds if one.state == state) for state in ("counted", "open"))
    engine.dispose()
    round_, results = f"/office/campaigns/{done.key}", f"/office/results/{done.key}"
    return {
        "acts": "/office/log",
        "campaigns": "/office/campaigns",
        "new": "/office/campaigns/new",
        "campaign": f"/office/campaigns/{going.key}",
        "roster": f"{round_}/roster/",
        "forms": f"{round_}/forms/",
        "print": f"/office/campaigns/{going.key}/print/",
        "paper": f"/office/campaigns/{going.key}/paper/",
        "progress": f"/office/campaigns/{going.key}/progress",
        "counts": f"{round_}/counts/",
        "count": f"{round_}/count/",
        "evidence": f"{round_}/evidence/",
        "custody": f"{round_}/custody/",
        "release": f"{round_}/release/",
        "log": f"{round_}/log/",
        "outcomes": f"{results}/outcomes/",
        "results": f"{results}/",
        "subject": f"{results}/subjects/T16-02",
        "satisfaction": f"{results}/satisfaction",
        "few": f"{results}/few",
    }


def photograph(server: LiveServer, browser: Browser, state: StorageState) -> list[str]:
    """Every page at its widths; the names of those too wide."""
    office = pages_of(server)
    wide = []
    for width in (1280, 360):
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", storage_state=state)
        page = context.new_page()
        for name, path in office.items():
            wide += take(page, server.address + path, f"{name}-{width}")
        if width == 1280:
            page.goto(f"{server.address}{office['results']}")
            page.screenshot(path=OUT / "readme.png")
        context.close()
    return wide


def photograph_system(server: LiveServer, browser: Browser, state: StorageState, system: str) -> list[str]:
    """A published system's results as the office reads them, and the forms of its first groups on a phone."""
    engine = make_engine(f"sqlite:///{server.data / 'pingyi.db'}")
    with session_factory(engine, reading=True)() as session:
        rounds = select(Campaign).where(Campaign.scheme_key == load_shipped(system).key).order_by(Campaign.id.desc())
        ours = session.scalars(rounds).all()
        counted = next(one for one in ours if one.state == "counted")
        fillable = next((one for one in ours if one.state == "open"), None)
        forms: dict[str, str] = {}
        if fillable:
            styles = select(BallotStyle).where(BallotStyle.campaign_id == fillable.id).order_by(BallotStyle.id)
            forms = {style.group_key: style.id for style in session.scalars(styles)}
        subject = session.scalars(select(Subject.code).where(Subject.campaign_id == counted.id).order_by(Subject.id)).first()
    engine.dispose()
    wide = []
    for width, size in ((1280, "wide"), (360, "360")):
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", storage_state=state)
        page = context.new_page()
        wide += take(page, f"{server.address}/office/results/{counted.key}/", f"{system}-results-{size}")
        wide += take(page, f"{server.address}/office/results/{counted.key}/subjects/{subject}", f"{system}-subject-{size}")
        context.close()
    phone = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    for place, style in enumerate(list(forms.values())[:FORMS_MOST], start=1):
        wide += take(phone.new_page(), f"{server.address}/v/{style}", f"{system}-form-{place}")
    phone.close()
    return wide


def signed_in(server: LiveServer, browser: Browser) -> StorageState:
    """An office account's session."""
    session = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    sign_up(server, session.new_page())
    state = session.storage_state()
    session.close()
    return state


def sign_up(server: LiveServer, page: Page) -> None:
    """The one-time link makes the account."""
    link = re.search(r"http://\S+/office/link/\S+", server.log.read_text(encoding="utf-8"))
    if link is None:
        raise RuntimeError("the server printed no one-time link")
    page.goto(link.group(0))
    page.fill("input[name=name]", "评议办")
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector(".masthead")
    page.check("input[name=understood]")
    page.click("form[action$=without] button")
    page.wait_for_selector(".standing")
    page.check("input[name=people][value=one]")
    page.click("main form button")


def take(page: Page, address: str, name: str) -> list[str]:
    """One picture; the name when the page is wider than its screen. RuntimeError for a page that is refused or broken."""
    answer = page.goto(address)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{name}: {address} answered {answer.status if answer else 'nothing'}")
    page.screenshot(path=OUT / f"{name}.png")
    return [name] if page.evaluate("document.documentElement.scrollWidth > window.innerWidth") else []


if __name__ == "__main__":
    sys.exit(main())
