"""How long the office waits for a round's slips: one press on the page that prints everything, as a browser sends it.

The round is the open one of the demo, made anew in a temporary folder; the slips are shared out over all its forms, a meeting a
unit, as the page proposes. What is told is seconds until the last byte, when the first and each further step was told, and the
processor's seconds, which a busy machine changes least. Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey_app import clock, create_app
from survey_app.cli import demo
from survey_app.config import Config
from survey_app.costs import AliasCost, PasswordCost
from survey_app.extensions import resources
from survey_app.models import Campaign, CampaignState, OwnerNotice, Slip
from survey_app.roles import EVERYTHING
from survey_app.services.four_eyes import office_size
from survey_app.services.office import accounts, factors
from survey_app.services.slips.slips import MOST_SLIPS
from survey_app.starting import prepared

TOWN = "yinzhou"
_NAME = "bench"
Figures = dict[str, float]


def run(count: int, told: Callable[[str], None] = lambda _: None, town: str = TOWN) -> Figures:
    """Print `count` slips (100 to 20,000) of the demo `town` with aliases as dear as the default."""
    with TemporaryDirectory(prefix="pingyi-bench-") as folder:
        config = Config.from_environment(data=Path(folder))
        url = f"sqlite:///{folder}/pingyi.db"
        config = replace(config, database_url=url, alias_cost=AliasCost(), password_cost=PasswordCost(time=1, memory=64))
        engine = prepared(config)
        demo.make_rounds(engine, demo.with_data()[town])
        engine.dispose()
        app = create_app(config)
        try:
            return _press(app, count, told)
        finally:
            resources(app).engine.dispose()


def describe(figures: Figures) -> str:
    """The figures as lines for people."""
    return "\n".join(f"{name.replace('_', ' ')}: {value:,.1f}" for name, value in figures.items())


def _press(app: Flask, count: int, told: Callable[[str], None]) -> Figures:
    client, before = _signed_in(app), _stored(app)
    with resources(app).reading() as session:
        newest = select(Campaign.key).where(Campaign.state == CampaignState.OPEN).order_by(Campaign.id.desc())
        key = session.scalars(newest).first()
    address = f"/office/campaigns/{key}/print/all/"
    form = _filled(client.get(address).get_data(as_text=True), count)
    wall, processor, size, steps = time.perf_counter(), time.process_time(), 0, [0.0]
    answer = client.post(address, data=form, buffered=False)
    for piece in answer.response:
        size += len(piece)
        if b"<progress" in bytes(piece) if isinstance(piece, bytes) else "<progress" in piece:
            steps.append(time.perf_counter() - wall)
            told(f"{steps[-1]:.1f} s")
    seconds = time.perf_counter() - wall
    waits = [later - sooner for sooner, later in pairwise([*steps, seconds])]
    return {
        "slips": _stored(app) - before,
        "seconds": seconds,
        "processor_seconds": time.process_time() - processor,
        "first_progress_after_seconds": steps[1] if len(steps) > 1 else seconds,
        "longest_wait_for_progress_seconds": max(waits),
        "answer_megabytes": size / 1e6,
    }


def _filled(page: str, count: int) -> dict[str, str]:
    """The page's own fields, with `count` slips shared out over its forms."""
    fields = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page))
    places = [name.partition("-")[2] for name in fields if name.startswith("style-")]
    each, over = divmod(count, len(places))
    for number, place in enumerate(places):
        fields |= {f"count-{place}": str(min(MOST_SLIPS, each + (number < over))), f"spare-{place}": "0"}
    fields.pop("letters", None)
    return fields


def _signed_in(app: Flask) -> FlaskClient:
    """A browser of an office of one person, who signs in with a password alone."""
    password, now = secrets.token_urlsafe(24), clock.now()
    with resources(app).writing() as session:
        accounts.create_account(
            session, name=_NAME, roles=EVERYTHING, password=password, cost=resources(app).config.password_cost, now=now
        )
        factors.state_without(session, by=_NAME, now=now)
        office_size.say(session, alone=True, account=_NAME, now=now)
        session.commit()
    client = app.test_client()
    page = client.get("/office/sign-in").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    client.post("/office/sign-in", data={"name": _NAME, "password": password, "csrf_token": found[1] if found else ""})
    with resources(app).writing() as session:
        for notice in session.scalars(select(OwnerNotice)):
            notice.seen = True
        session.commit()
    return client


def _stored(app: Flask) -> int:
    with resources(app).reading() as session:
        return session.scalar(select(func.count()).select_from(Slip)) or 0
