"""How long the result pages and files of the shipped demos take: the first time anybody opens them, and from then on.

Each demo is made anew in a temporary folder; of each the round counted last is read by the office. Pages are found as a reader
finds them, by their links. Every page is asked for in a process of its own that has read no result yet, forked from one that has
loaded the program and made templates ready, as a worker of the server has: "first" is what the first reader after a count waits
for. A page is asked for some times more; the middle one is told. Nothing is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import gc
import html
import multiprocessing
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from survey_app import access, clock, create_app, warming
from survey_app.cli import demo
from survey_app.config import Config, cookie_key
from survey_app.extensions import resources
from survey_app.models import CampaignState
from survey_app.roles import EVERYTHING
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.demo import rounds
from survey_app.services.office import accounts, factors
from survey_app.starting import prepared

T = TypeVar("T")
#: The application, and its own browser without a server: the command line knows neither by its class.
App = Any
Browsing = Any
#: So often a page is asked for after the first time.
AGAIN = 3
_WHO = "bench"
_LINK = re.compile(r'href="(/office/results/[^"#]+)')


@dataclass(frozen=True, kw_only=True)
class PageCost:
    """One page or file of one demo: milliseconds by the wall and by the processor (its helpers' included), and bytes."""

    demo: str
    page: str
    status: int
    first: float
    first_processor: float
    again: float
    again_processor: float
    size: int


def run(names: Sequence[str] = (), told: Callable[[str], None] = lambda _: None) -> list[PageCost]:
    """Every page and file of these demos, of all where none is named; in the order in which links lead to them."""
    available = demo.with_data()
    return [one for name in names or available for one in _of_demo(name, told)]


def _of_demo(name: str, told: Callable[[str], None]) -> list[PageCost]:
    with TemporaryDirectory(prefix="pingyi-bench-") as folder:
        config = Config.from_environment(data=Path(folder))
        config = replace(config, database_url=f"sqlite:///{folder}/pingyi.db", alias_cost=demo.COST)
        engine = prepared(config)
        try:
            demo.make_rounds(engine, demo.with_data()[name])
            demo.make_logs(engine, cookie_key(config))
        finally:
            engine.dispose()
        told(f"{name}: made")
        return measure(name, config, told)


def measure(name: str, config: Config, told: Callable[[str], None] = lambda _: None) -> list[PageCost]:
    """Every page and file of the round counted last in this folder. Adds an account to its database."""
    app = create_app(config)
    with resources(app).writing() as session:
        factors.state_without(session, by=_WHO, now=clock.now())
        account = accounts.create_account(session, name=_WHO, roles=EVERYTHING, cost=config.password_cost, now=clock.now())
        secret = accounts.open_session(session, account, now=clock.now())
        campaign = [one for one in rounds.all_rounds(session) if one.state == CampaignState.COUNTED][-1]
        key, _known = campaign.key, scheme_of(campaign)  # whoever opened the round's own page had its scheme read
        session.commit()
    for step in warming.templates(app):  # as the server does before anybody asks
        step()
    resources(app).engine.dispose()
    gc.freeze()  # as the server does before it forks its workers
    found = []
    for page, address in alone(lambda: list(pages(app, signed_in(app, secret), key))):
        found.append(alone(lambda: _cost(name, page, address, signed_in(app, secret))))  # noqa: B023 - called at once
        told(row(found[-1]))
    return found


def signed_in(app: App, secret: str) -> Browsing:
    """A browser without a server, signed in by this secret of a session."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[access.SESSION_KEY] = secret
    return client


def pages(app: App, client: Browsing, key: str) -> Iterator[tuple[str, str]]:
    """Every page and file that links of result pages lead to, one address of each: (its name, the address).

    Pages that differ in a subject's code alone are one; those that differ in what kind of file they give are several.
    """
    waiting, seen = [f"/office/results/{key}/"], set[str]()
    while waiting:
        address = waiting.pop(0)
        page = _named(app, address, key)
        if page is None or page in seen:
            continue
        seen.add(page)
        yield page, address
        answer = client.get(address)
        if answer.mimetype == "text/html":
            waiting += [html.unescape(one) for one in _LINK.findall(answer.get_data(as_text=True))]
        answer.close()


def _named(app: App, address: str, key: str) -> str | None:
    """What a page is called: its endpoint and what kind of it this is; None for pages of anything else than this round."""
    try:
        endpoint, values = app.url_map.bind("").match(urlsplit(address).path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return " ".join([endpoint, *([str(values["kind"])] if "kind" in values else [])]) if values.get("key") == key else None


def _cost(name: str, page: str, address: str, client: Browsing) -> PageCost:
    took, status, size = [], 0, 0
    for _ in range(1 + AGAIN):
        began, busy = time.perf_counter(), _processor()
        answer = client.get(address)
        size, status = len(answer.get_data()), answer.status_code
        took.append(((time.perf_counter() - began) * 1000, (_processor() - busy) * 1000))
        answer.close()
    again, again_processor = (statistics.median(one[part] for one in took[1:]) for part in (0, 1))
    return PageCost(
        demo=name,
        page=page,
        status=status,
        first=took[0][0],
        first_processor=took[0][1],
        again=again,
        again_processor=again_processor,
        size=size,
    )


def _processor() -> float:
    """Seconds of processor so far, of this process and of helpers that ended."""
    return sum(os.times()[:4])


def alone(make: Callable[[], T]) -> T:
    """What `make` gives in a process of its own, which has read whatever ours has and keeps nothing."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=lambda: theirs.send(make()))
    child.start()
    theirs.close()
    try:
        made: T = ours.recv()
    finally:
        child.join()
    return made


def row(one: PageCost) -> str:
    """A line of the table."""
    status = "" if one.status == 200 else f" status {one.status}"
    return (
        f"{one.demo:<27} {one.page:<28} {one.first:7.0f} {one.first_processor:7.0f} "
        f"{one.again:7.0f} {one.again_processor:7.0f} {one.size:10,}{status}"
    )


def describe(found: Sequence[PageCost]) -> str:
    """The slowest of each page over all demos, in milliseconds."""
    heading = f"{'slowest demo':<27} {'page or file':<28} {'first':>7} {'CPU':>7} {'again':>7} {'CPU':>7} {'bytes':>10}"
    worst = {
        page: max((one for one in found if one.page == page), key=lambda one: one.first)
        for page in dict.fromkeys(one.page for one in found)
    }
    return "\n".join([heading, *map(row, worst.values())])
