"""On the smallest phone in use the first question stands on the screen that the slip's code opens, unscrolled."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.serving import make_server

from questionnaires.shipped import shipped
from survey_app.extensions import resources
from survey_app.models import BallotStyle
from survey_app.services.demo import rounds
from survey_app.services.demo.folder import DemoFolder, rounds_of

pytestmark = pytest.mark.browser

NOW = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)
DEMOS = {one.key: one for one in shipped() if (one.path.parent / "demo").is_dir()}
SLIP = "0" * 26
#: The foot of the first question's first line of choices, and the head of the bar that lies over the page.
FIRST = """() => {
  const title = document.querySelector(".subject:not([hidden]) .title");
  const item = [...document.querySelectorAll("fieldset.item")].find(one => one.getClientRects().length);
  const choice = item.querySelector("label, select, input:not([type=hidden])");
  return [scrollY, title.getBoundingClientRect().top, choice.getBoundingClientRect().bottom,
    document.querySelector(".bar").getBoundingClientRect().top];
}"""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browser walks run on SQLite only; casting itself is tried on both."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    """A running server."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def forms_of(app: Flask, key: str) -> list[str]:
    """A form of each rater group of a shipped demo."""
    one = DEMOS[key]
    home = one.path.parent / "demo"
    first = next(iter(rounds_of(home) or []), None)
    words = rounds.Words(
        title=first.title if first else "演示：进行中的一轮",
        period="2026",
        until="2026-03-08 12:00",
        asker="评议演示",
        purpose="请大家看看，一次评议是怎么走完的。",
        asks="这是演示：名册和答案都是编造的。",
    )
    with resources(app).writing() as session:
        rounds.make(
            session,
            scheme_text=one.path.read_text(encoding="utf-8"),
            folder=DemoFolder(home, home / (first.folder if first else "")),
            words=words,
            passphrase="demo: anybody may open this box",
            now=NOW,
        )
        session.commit()
        return list({style.group_key: style.id for style in session.scalars(select(BallotStyle))}.values())


@pytest.mark.parametrize("key", DEMOS)
def test_the_first_question_stands_on_the_first_screen(app: Flask, browser: Browser, base: str, key: str) -> None:
    forms = forms_of(app, key)
    assert forms
    below = []
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    # One demo in every language, the others in the two that need more room than Chinese.
    for tag in ("zh-Hans", "zh-Hant", "en", "ug") if key == next(iter(DEMOS)) else ("en", "ug"):
        for form in forms:
            page.goto(f"{base}/v/{form}?lang={tag}#{SLIP}")
            scrolled, title, choice, bar = page.evaluate(FIRST)
            if scrolled or title < 0 or choice > bar:
                below.append((tag, form, choice, bar))
    context.close()
    assert below == []
