"""What every walk does: the office signs up, forms are looked up, an answer is sent the way a browser sends it."""

from __future__ import annotations

import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect
from sqlalchemy import select

from analysis.evidence import Slot
from survey_app.database import make_engine, session_factory
from survey_app.models import Campaign
from survey_app.services.campaign.styles import LoadedStyle, styles_of
from tests.journeys.conftest import LiveServer

PASSWORD = "窗外的梧桐 seven green kites"
PASSPHRASE = "three paper cranes over the river"


@dataclass
class Walk:
    """What the walk learns on its way."""

    server: LiveServer
    office: Page
    key: str = ""
    codes: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (group, unit) -> links still unused
    receipts: list[str] = field(default_factory=list)

    def at(self, path: str) -> str:
        """An address of the campaign's."""
        return f"{self.server.address}/office/campaigns/{self.key}{path}"


def sign_up(walk: Walk) -> None:
    """The one-time link printed at the start makes the first account; there is no default password. The office has one person."""
    open_first_link(walk, "评议办")
    page = walk.office
    page.check("input[name=people][value=one]")  # the first page asks; what two people do is walked in test_two_people
    page.click("main form button")
    expect(page.locator("main")).to_contain_text("一个人就能办成")


def open_first_link(walk: Walk, name: str) -> None:
    """Make the first account of an office that does without second factors; its next page stands open."""
    link = re.search(r"http://\S+/office/link/\S+", walk.server.log.read_text(encoding="utf-8"))
    assert link, "the server printed no one-time link"
    page = walk.office
    page.goto(link.group(0))
    page.fill("input[name=name]", name)
    choose_password(page, PASSWORD)
    expect(page.locator(".masthead")).to_contain_text(name)
    do_without_factor(page)


def choose_password(page: Page, password: str) -> None:
    """Fill in the form behind a one-time link and send it."""
    page.fill("input[name=password]", password)
    page.fill("input[name=again]", password)
    page.click("main button[type=submit]")


def do_without_factor(page: Page) -> None:
    """What the first page after signing up offers an office; a second factor has a walk of its own."""
    page.check("input[name=understood]")
    page.click("form[action$=without] button")
    expect(page.locator(".standing")).to_be_visible()


def new_campaign(walk: Walk, scheme: str, title: str, period: str, asks: str) -> None:
    """The first page of the set-up filled in and sent; the roster's page stands open afterwards."""
    page = walk.office
    page.goto(f"{walk.server.address}/office/campaigns/new")
    page.select_option("select[name=scheme]", scheme)
    page.fill("input[name=title]", title)
    page.fill("input[name=period]", period)
    page.fill("[name=until]", "2026年12月20日 17:00")
    page.fill("[name=asker]", "考核办")
    page.fill("[name=purpose]", "了解大家的看法")
    page.fill("[name=asks]", asks)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/office/campaigns/(?!new)[0-9a-z]+/custody/"))
    page.fill("input[name=new_passphrase]", PASSPHRASE)
    page.fill("input[name=again]", PASSPHRASE)
    page.click("form[action$=passphrase] button")
    expect(page.locator(".notice.good")).to_be_visible()
    found = re.search(r"/office/campaigns/([0-9a-z]+)", page.url)
    assert found
    walk.key = found.group(1)
    page.goto(walk.at("/roster"))


def loaded_styles(walk: Walk) -> list[LoadedStyle]:
    """Slots by style, read from the database: what the HTTP casts need to know about the forms."""
    engine = make_engine(f"sqlite:///{walk.server.data / 'pingyi.db'}")
    with session_factory(engine, reading=True)() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.key == walk.key)).one()
        loaded = styles_of(session, campaign)
        for one in loaded:
            _ = one.row.unit  # loaded while the session is open
    engine.dispose()
    return loaded


def place(style: LoadedStyle) -> tuple[str, str]:
    """(group, unit code or "")."""
    return style.row.group_key, style.row.unit.code if style.row.unit else ""


def send(
    link: str, slots: Sequence[Slot], marks: Sequence[int], *, signed: bool = False, submission: str = "", extra: str = ""
) -> tuple[int, str]:
    """POST a filled form; (status, page)."""
    address, _, secret = link.partition("#")
    fields = {"stage": "send", "secret": secret, "submission": submission or secrets.token_hex(16)}
    fields |= {f"m{at}": str(mark) for at, mark in enumerate(marks) if mark}
    if signed:
        fields |= {"name": "署名人", "version": "0"}
    assert len(slots) == len(marks)
    body = (urllib.parse.urlencode(fields) + extra).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=30) as answer:
            assert answer.headers["Set-Cookie"] is None
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
