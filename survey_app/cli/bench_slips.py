"""How long the office waits for a round's slips: one press on the page that prints everything, as a browser sends it.

The round is the open one of the demo, made anew in a temporary folder; the slips are shared out over all its forms, a meeting a
unit, as the page proposes. What is told is seconds until the last byte, when the first and each further step was told, and the
processor's seconds, which a busy machine changes least. Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from survey_app import clock, create_app
from survey_app.cli import bench_pages, demo
from survey_app.cli.bench_pages import App, Browsing
from survey_app.config import Config
from survey_app.costs import AliasCost, PasswordCost
from survey_app.extensions import resources
from survey_app.models import Campaign, CampaignState
from survey_app.roles import EVERYTHING
from survey_app.services.demo import rounds
from survey_app.services.four_eyes import office_size
from survey_app.services.office import accounts, factors
from survey_app.services.slips import slips
from survey_app.services.slips.slips import MOST_SLIPS
from survey_app.starting import prepared

_NAME = "bench"
Figures = dict[str, float]


def run(count: int, told: Callable[[str], None] = lambda _: None, town: str = "") -> Figures:
    """Print `count` slips (100 to 20,000) of the demo `town`, "" for the first, with aliases as dear as the default."""
    with TemporaryDirectory(prefix="pingyi-bench-") as folder:
        config = Config.from_environment(data=Path(folder))
        url = f"sqlite:///{folder}/pingyi.db"
        config = replace(config, database_url=url, alias_cost=AliasCost(), password_cost=PasswordCost(time=1, memory=64))
        engine = prepared(config)
        available = demo.with_data()
        demo.make_rounds(engine, available[town] if town else demo.first_demo(available))
        engine.dispose()
        app = create_app(config)
        try:
            return _press(app, count, told)
        finally:
            resources(app).engine.dispose()


def describe(figures: Figures) -> str:
    """The figures as lines for people."""
    return "\n".join(f"{name.replace('_', ' ')}: {value:,.1f}" for name, value in figures.items())


def _press(app: App, count: int, told: Callable[[str], None]) -> Figures:
    client, campaign = _signed_in(app), _open_round(app)
    before = _stored(app, campaign)
    address = f"/office/campaigns/{campaign.key}/print/all/"
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
        "slips": _stored(app, campaign) - before,
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


def _signed_in(app: App) -> Browsing:
    """A browser of an office of one person, who may print alone."""
    now = clock.now()
    with resources(app).writing() as session:
        factors.state_without(session, by=_NAME, now=now)
        account = accounts.create_account(
            session, name=_NAME, roles=EVERYTHING, cost=resources(app).config.password_cost, now=now
        )
        secret = accounts.open_session(session, account, now=now)
        office_size.say(session, alone=True, account=_NAME, now=now)
        session.commit()
    return bench_pages.signed_in(app, secret)


def _open_round(app: App) -> Campaign:
    """The open round made last."""
    with resources(app).reading() as session:
        return [one for one in rounds.all_rounds(session) if one.state == CampaignState.OPEN][-1]


def _stored(app: App, campaign: Campaign) -> int:
    """How many slips of the round the database knows."""
    with resources(app).reading() as session:
        return sum(one.issued for one in slips.batches(session, campaign))
