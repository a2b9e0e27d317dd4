"""What befalls the cluster while a hall casts through its proxy; each is undone, and the cluster whole, before the next."""

from __future__ import annotations

import random
import secrets
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from survey_app.config import Config
from survey_app.database import make_engine
from survey_app.models import Campaign
from survey_app.schema import upgrade
from survey_app.services.campaign import campaigns
from tests.cluster.hosts import Hosts, until
from tests.cluster.written import DATABASES, WEBS
from tests.faults.breaking import A_ROUND, BEFORE
from tests.faults.hall import Crowd, Voter, crowd, voters
from tests.faults.history import Verdict, compare
from tests.faults.place import Place
from tests.support.clock import NOON

#: How long the primary is alone, in seconds: less than it takes to give up its place.
ALONE = 4.0
CANCEL = "SELECT count(*) FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep') AS cancelled"
Event = Callable[[Hosts, Crowd], None]
#: The web hosts' clocks around the close, in seconds from the true one.
APART = {"web1": -180, "web2": 240}


@dataclass(frozen=True, kw_only=True)
class Befell:
    """One event: so many receipts while it lasted, the longest time in which nobody was told, tries that came to nothing."""

    name: str
    acknowledged: int
    longest_gap: float
    in_vain: int


def switch_over(hosts: Hosts, _hall: Crowd) -> None:
    """As an operator does before he renews a host."""
    before = hosts.primary()
    hosts.told(before, "/switchover", {"leader": before})
    until("another primary", lambda: hosts.primary() not in ("", before))


def kill_primary(hosts: Hosts, hall: Crowd) -> None:
    """PostgreSQL and Patroni of the primary at once, as when its power goes; it comes back after another took over."""
    before = hosts.primary()
    patroni = hosts.programs[f"patroni {before}"]
    patroni.kill()
    hosts.kill_postgresql(before)
    _goes_on(hosts, hall, before)
    patroni.start()


def cut_off(hosts: Hosts, hall: Crowd) -> None:
    """The primary's cable is pulled, and plugged in after another took over."""
    before = hosts.primary()
    hosts.pull_cable(before)
    try:
        _goes_on(hosts, hall, before)
    finally:
        hosts.plug_in(before)


def kill_postmaster(hosts: Hosts, _hall: Crowd) -> None:
    """PostgreSQL's first process alone; Patroni is there to start it again, or another host takes over."""
    before = hosts.primary()
    process = hosts.postmaster(before)
    hosts.kill_postgresql(before, children=False)
    until("a primary again", lambda: (found := hosts.primary()) and (found, hosts.postmaster(found)) != (before, process))


def cancel_waits(hosts: Hosts, hall: Crowd) -> None:
    """No standby is to be reached, and an administrator cancels every commit that waits for one: nobody may be told anything.

    Raises AssertionError where somebody was told, or no commit waited.
    """
    before, cancelled = hosts.primary(), 0
    others = [host for host in DATABASES if host != before]
    for host in others:
        hosts.pull_cable(host)
    try:
        time.sleep(1)  # what was on its way
        told, end = _told(hall), time.monotonic() + ALONE
        while time.monotonic() < end:
            cancelled += int(hosts.say(before, CANCEL) or 0)
            time.sleep(0.2)
        if _told(hall) != told:
            raise AssertionError(f"{_told(hall) - told} were told “recorded” by one server alone")
    finally:
        for host in others:
            hosts.plug_in(host)
    if not cancelled:
        raise AssertionError("no commit waited for a standby")


def kill_web_host(hosts: Hosts, hall: Crowd) -> None:
    """All of one web host's processes; it is started again when the other has served the hall."""
    hosts.programs[WEBS[0]].kill()
    hall.wait_for(BEFORE, seconds=120)
    hosts.programs[WEBS[0]].start()
    until("the web host is back", lambda: hosts.serves(WEBS[0]))


def restart_proxy(hosts: Hosts, _hall: Crowd) -> None:
    """Not gracefully: every connection through it ends."""
    hosts.programs["proxy"].kill(signal.SIGTERM)
    time.sleep(0.5)
    hosts.programs["proxy"].start()


EVENTS: dict[str, Event] = {
    "planned switch-over": switch_over,
    "PostgreSQL and Patroni of the primary killed (kill -9)": kill_primary,
    "the primary's cable pulled": cut_off,
    "postmaster alone killed (kill -9)": kill_postmaster,
    "both standbys' cables pulled for 5 s, and waiting commits cancelled": cancel_waits,
    "a web host killed (kill -9)": kill_web_host,
    "the proxy restarted": restart_proxy,
}


def all_of_them(hosts: Hosts, tell: Callable[[Befell], None], *, only: str = "", seed: int = 11) -> Verdict:
    """Every event after the other in one campaign, then the close with clocks apart; every phone's record against the opened box.

    Raises AssertionError where somebody was told "recorded" after the close.
    """
    chosen = {name: event for name, event in EVENTS.items() if only in name}
    place, secret = _place(hosts), secrets.token_hex(32)
    town = place.town(A_ROUND * (len(chosen) + 1) + 100)
    phones = voters(town, random.Random(seed))
    for host in WEBS:
        hosts.web(host, secret)
    hosts.proxy()
    for host in WEBS:
        until(f"{host} serves", lambda host=host: hosts.serves(host))  # type: ignore[misc]  # bound here, not later
    with crowd(f"http://{hosts.plan.address('proxy')}:8080", town, phones) as hall:
        for later, (name, event) in zip(reversed(range(len(chosen))), chosen.items(), strict=True):
            hall.kept_back = A_ROUND * (later + 1)
            hall.wait_for(BEFORE, seconds=120)
            begun, vain = time.monotonic(), _in_vain(phones)
            event(hosts, hall)
            hall.wait_for(BEFORE, seconds=240)
            until("the cluster is whole again", hosts.whole)
            tell(_befell(name, phones, begun, vain))
        begun, vain = time.monotonic(), _in_vain(phones)
        _close_with_clocks_apart(hosts, hall, place, town.campaign_id)
        tell(_befell("two web hosts' clocks 7 minutes apart around the close", phones, begun, vain))
    return compare(place, town, phones)


def longest_gap(moments: Sequence[float]) -> float:
    """The longest time between two moments, in seconds; 0 for fewer than two."""
    return max((late - early for early, late in pairwise(sorted(moments))), default=0.0)


def _close_with_clocks_apart(hosts: Hosts, hall: Crowd, place: Place, campaign_id: int) -> None:
    for host, seconds in APART.items():
        hosts.set_clock(host, seconds)
    hall.kept_back = 0
    hall.wait_for(BEFORE, seconds=120)
    with place.session() as session:
        campaigns.close(session, session.get_one(Campaign, campaign_id), now=NOON)
        session.commit()
    time.sleep(2)  # whoever had been let in before the close was told by now
    closed_with = hall.acknowledged()
    time.sleep(4)
    if hall.acknowledged() != closed_with:
        raise AssertionError("somebody was told “recorded” after the close")


def _place(hosts: Hosts) -> Place:
    """The office's: its data folder, and the same database."""
    folder = hosts.plan.of("phones")
    (folder / "data").mkdir(mode=0o700)
    place = Place(Config(data=folder / "data", database_url=hosts.url()), Path(folder))
    engine = make_engine(place.config.database_url)
    upgrade(engine)
    engine.dispose()
    return place


def _goes_on(hosts: Hosts, hall: Crowd, before: str) -> None:
    """Until another is primary and somebody was told again."""
    until("another primary", lambda: hosts.primary() not in ("", before))
    hall.wait_for(1, seconds=240)


def _told(hall: Crowd) -> int:
    """Receipts so far, those of repeats included."""
    return sum(len(voter.codes) for voter in [*hall.done])


def _in_vain(phones: Sequence[Voter]) -> int:
    return sum(voter.others.total() for voter in phones)


def _befell(name: str, phones: Sequence[Voter], begun: float, vain: int) -> Befell:
    """Receipts again for a repeat count as well: whoever is told anything ends a gap."""
    moments = [moment for voter in phones for moment in list(voter.told_at) if moment >= begun - 1]
    first = sum(1 for voter in phones if voter.told_at and voter.told_at[0] >= begun)
    return Befell(name=name, acknowledged=first, longest_gap=longest_gap(moments), in_vain=_in_vain(phones) - vain)
