"""A phone-sized Chromium before a running server: what the browser tests of the voter's pages share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import func, select
from werkzeug.serving import make_server

from survey_app.extensions import resources
from survey_app.models import Ballot
from survey_app.services.sealing import tokens
from tests.towns.small_scheme import TEXT, Town, build


@dataclass(frozen=True)
class Phone:
    """A phone-sized browser before a running server with one town."""

    context: BrowserContext
    base: str
    town: Town
    app: Flask

    def scan(self, number: int = 0, page: Page | None = None) -> Page:
        """Open the form as the camera does."""
        page = page or self.context.new_page()
        page.goto("about:blank")
        page.goto(f"{self.base}/v/{self.town.guests}#{tokens.secret_text(self.town.slips[number][0])}")
        return page

    def stored(self) -> int:
        with resources(self.app).reading() as session:
            return session.scalar(select(func.count()).select_from(Ballot)) or 0


@contextmanager
def phone_before(app: Flask, browser: Browser, *, text: str = TEXT, subjects: int = 5, width: int = 360) -> Iterator[Phone]:
    """A server with one town on this scheme, and a phone."""
    with resources(app).writing() as session:
        town = build(session, text=text, subjects=subjects)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = browser.new_context(viewport={"width": width, "height": 740}, locale="zh-CN")
    yield Phone(context, f"http://127.0.0.1:{server.port}", town, app)
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
