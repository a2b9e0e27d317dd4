"""Every page that can be opened, as pictures at 1280 and 360 px, to be looked at: `make pictures DIR=folder`.

Which pages there are is asked of the application, and their addresses are found by following links through a demo, so that a new
page is there by itself. What cannot be visited is listed with the reason. Beside the pictures stand contact sheets, and
`report.txt`: pages wider than a phone, and words that are cut off.
"""

from __future__ import annotations

import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, MapAdapter, Rule

from questionnaires.methods import methods
from survey_app import clock
from survey_app.database import make_engine, session_factory
from survey_app.models import Account, BallotStyle, Campaign, SlipBatch, Subject
from survey_app.services.release.next_round import next_round
from survey_app.services.scheme_desk import drafts
from survey_app.views import BLUEPRINTS
from tests.journeys.conftest import LiveServer, serving
from tests.journeys.screenshots import signed_in, tell
from tests.support.chromium import chromium

WIDTHS = (1280, 360)
#: So many addresses of one page are tried until one opens.
TRIES = 6
#: Pages on one contact sheet, by width.
ON_SHEET = {1280: 12, 360: 24}
_LINKS = "() => [...document.querySelectorAll('a[href]')].map((one) => one.href)"
_CUT = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const style = getComputedStyle(one);
  const hidden = one.closest(".hidden-text, .skip, [hidden]") || style.clipPath !== "none" || !one.offsetParent;
  const told = !hidden && one.children.length === 0 && one.textContent.trim();
  return told && style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1;
}).slice(0, 3).map((one) => one.textContent.trim().slice(0, 40))"""


@dataclass
class PictureWalk:
    """What was found so far: pages with a picture, and whatever was wrong with them or kept them from being opened."""

    seen: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    """Take the pictures into the folder named; how many pages are wider than a phone."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "pictures").resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data") as server, chromium() as browser:
        tell("the demo")
        server.pingyi("demo", "--no-serve")
        return photograph(server, browser, out)


def photograph(server: LiveServer, browser: Browser, out: Path) -> int:
    """Every page of this server."""
    context = browser.new_context(
        viewport={"width": WIDTHS[0], "height": 900}, locale="zh-CN", storage_state=signed_in(server, browser)
    )
    pages, walk = Flask("pages"), PictureWalk()
    for blueprint in BLUEPRINTS:
        pages.register_blueprint(blueprint)
    adapter = pages.url_map.bind(urlsplit(server.address).netloc)
    ground = prepare(server)
    follow(context, adapter, walk, deque(starts(server, ground)), out)
    rules = [rule for rule in pages.url_map.iter_rules() if "GET" in (rule.methods or ())]
    follow(context, adapter, walk, deque(server.address + one for one in filled(adapter, rules, ground, walk)), out)
    stranger = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}, locale="zh-CN")
    follow(stranger, adapter, walk, deque(server.address + one for one in filled(adapter, rules, ground, walk)), out)
    stranger.close()
    everything = {rule.endpoint for rule in rules if rule.endpoint != "static"}
    visited = {name.partition("~")[0] for name in walk.seen}
    for endpoint in sorted(everything - visited):
        walk.wrong.append(f"not visited: {endpoint}: {walk.refused.get(endpoint, 'no page links to it in this demo')}")
    sheets(context.new_page(), out, sorted(walk.seen))
    (out / "report.txt").write_text("\n".join([*sorted(walk.wrong), f"{len(walk.seen)} pages"]) + "\n", encoding="utf-8")
    tell(f"{len(walk.seen)} pages in {out}; what was found stands in report.txt")
    context.close()
    return sum("wider than" in one for one in walk.wrong)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What addresses are filled in with. `keys`: of a round in each state, the draft first; `values`: by a rule's argument."""

    keys: list[str]
    values: dict[str, list[str | int]]


def prepare(server: LiveServer) -> Ground:
    """The demo, with a draft of the scheme desk and next year's round as a draft; what they are known by."""
    engine = make_engine(f"sqlite:///{server.data / 'pingyi.db'}")
    with session_factory(engine)() as session:
        rounds = {str(one.state): one for one in session.scalars(select(Campaign).order_by(Campaign.id))}
        next_round(session, rounds["counted"], title="明年的一轮", period="2099", now=clock.now())
        draft = drafts.begin(session, title="样稿", origin="method", text=methods()[0].text, account="评议办", now=clock.now())
        session.commit()
        rounds = {str(one.state): one for one in session.scalars(select(Campaign).order_by(Campaign.id))}
        opened = rounds["open"].id
        style = session.scalars(select(BallotStyle).where(BallotStyle.campaign_id == opened)).first()
        subjects = session.scalars(select(Subject).order_by(Subject.id.desc())).all()
        ground = Ground(
            keys=[one.key for one in reversed(rounds.values())],
            values={
                "draft": [draft.key],
                "style_id": [style.id] if style else [],
                "account_id": list(session.scalars(select(Account.id))),
                "batch_id": [*session.scalars(select(SlipBatch.id).where(SlipBatch.campaign_id == opened).limit(1))],
                "row": [f"subject-{one.id}" for one in subjects[:1]],
                "code": [one.code for one in subjects[:1]],
                "act": ["shares", "passphrase", "void", "reissue"],
                "number": [1],
            },
        )
    engine.dispose()
    return ground


def starts(server: LiveServer, ground: Ground) -> Iterator[str]:
    """Where the walk begins: the rounds in each state, a form of the open one, a draft of the scheme desk."""
    places = ["/", "/office/campaigns", "/office/campaigns/new", "/office/schemes/methods", "/log"]
    places += [f"/office/schemes/{draft}/items" for draft in ground.values["draft"]]
    places += [f"/v/{style}" for style in ground.values["style_id"]]
    for key in ground.keys:
        places += [f"/office/campaigns/{key}", f"/office/results/{key}/"]
    yield from (server.address + place for place in places)


def filled(adapter: MapAdapter, rules: Iterable[Rule], ground: Ground, walk: PictureWalk) -> Iterator[str]:
    """Addresses of pages that no link led to, each in every round, with a question that asks about a row or a draft."""
    seen = {name.partition("~")[0] for name in walk.seen}
    given: dict[str, list[str | int]] = {**ground.values, "key": [*ground.keys]}
    for rule in rules:
        if rule.endpoint in seen or rule.endpoint == "static" or not rule.arguments <= set(given):
            continue
        walk.tries = {name: tries for name, tries in walk.tries.items() if name.partition("~")[0] != rule.endpoint}
        names = sorted(rule.arguments)
        for values in product(*(given[name] for name in names)):
            asked = f"?row={given['row'][0]}&draft={given['draft'][0]}"
            try:
                yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True))) + asked
            except (BuildError, ValueError):
                continue  # a word that this page does not know


def follow(context: BrowserContext, adapter: MapAdapter, walk: PictureWalk, waiting: deque[str], out: Path) -> None:
    """Open one address of every page, and whatever it links to."""
    page, known = context.new_page(), set(waiting)
    while waiting:
        address = waiting.popleft()
        name = name_of(adapter, address)
        endpoint = name.partition("~")[0]
        if not name or name in walk.seen or walk.tries.get(name, 0) >= TRIES:
            continue
        walk.tries[name] = walk.tries.get(name, 0) + 1
        answer = context.request.get(address)
        if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            walk.refused.setdefault(endpoint, f"answered {answer.status}" if not answer.ok else "a file, not a page")
            continue
        landed = name_of(adapter, answer.url)
        if landed != name:
            walk.refused.setdefault(endpoint, f"led on to {landed or answer.url}")
            continue
        walk.seen[name] = address
        for link in take(page, address, name, out, walk):
            if link not in known and urlsplit(link).netloc == urlsplit(address).netloc:
                known.add(link)
                waiting.append(link)


def name_of(adapter: MapAdapter, address: str) -> str:
    """The page's name: its endpoint, with the words of its address that choose among few; "" for no page of ours."""
    try:
        endpoint, values = adapter.match(urlsplit(address).path, method="GET")
    except HTTPException:
        return ""
    chosen = [str(values[word]) for word in ("tab", "act") if word in values]
    return "~".join([endpoint, *chosen])


def take(page: Page, address: str, name: str, out: Path, walk: PictureWalk) -> list[str]:
    """Its pictures at each width; what it links to."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(address)
    links: list[str] = page.evaluate(_LINKS)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=out / f"{name}-{width}.png", full_page=True)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            walk.wrong.append(f"wider than {width} px by {over}: {name}")
        walk.wrong += [f"cut off at {width} px: {name}: {words}" for words in page.evaluate(_CUT)]
    return links


def sheets(desk: Page, out: Path, names: list[str]) -> None:
    """Contact sheets: thumbnails with their names, the tops of the pages."""
    desk.set_viewport_size({"width": 1640, "height": 900})
    for width, many in ON_SHEET.items():
        for number, first in enumerate(range(0, len(names), many), start=1):
            each = 400 if width > 1000 else 195
            cells = "".join(
                f'<figure style="margin:2px;width:{each}px"><figcaption style="font:11px sans-serif;height:14px">{name}'
                f'</figcaption><div style="height:{each if width > 1000 else 420}px;overflow:hidden;border:1px solid">'
                f'<img style="width:100%" src="{(out / f"{name}-{width}.png").as_uri()}"></div></figure>'
                for name in names[first : first + many]
            )
            html = out / "sheet.html"
            html.write_text(f'<body style="margin:0;display:flex;flex-wrap:wrap">{cells}', encoding="utf-8")
            desk.goto(html.as_uri())
            desk.wait_for_load_state("networkidle")
            desk.screenshot(path=out / f"sheet-{width}-{number:02d}.png", full_page=True)
            html.unlink()


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
