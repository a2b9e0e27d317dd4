"""How long scanned slips take while others type aliases that belong to nobody.

    python -m tests.load.false_aliases [--guessers 150] [--slips 40] [--cost 2,19456]

Starts a server of its own (`pingyi serve`, two workers, the real cost of a typed alias), casts half of the slips alone and the
other half beside the guessers, each of whom types another false alias as soon as the last one was answered. Prints median and
worst time of a scanned cast, and what the answers were. Ends by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from survey_app.database import make_engine, session_factory
from survey_app.services.sealing.tokens import Secret, mint_alias, secret_text
from tests.journeys.conftest import LiveServer, serving
from tests.towns.small_scheme import GOOD_MARKS, Town, build

ANSWERS = {f"m{place}": str(mark) for place, mark in enumerate(GOOD_MARKS) if mark}


@dataclass
class Answers:
    """How often each status came, and how long it took, in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)


def town_on(server: LiveServer, slips: int) -> Town:
    """A campaign in the server's database."""
    engine = make_engine(f"sqlite:///{server.data / 'pingyi.db'}")
    with session_factory(engine)() as session:
        town = build(session, slips=slips)
    engine.dispose()
    return town


def post(server: LiveServer, address: str, form: dict[str, str], seconds: float = 60) -> int:
    """Send a form on a connection of its own; the answer's status, 0 for none."""
    parts = urlsplit(server.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    with contextlib.closing(connection):
        try:
            connection.request(
                "POST", address, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
            )
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        return answer.status


def scanned(server: LiveServer, style: str, secret: Secret, number: int) -> int:
    """Cast with a scanned slip."""
    form = {"stage": "send", "secret": secret_text(secret), "submission": number.to_bytes(16, "big").hex(), **ANSWERS}
    return post(server, f"/v/{style}", form)


@contextlib.contextmanager
def guessing(server: LiveServer, style: str, guessers: int) -> Iterator[Answers]:
    """So many connections that type false aliases, one after the other, until the block ends."""
    found, stop, lock = Answers(), threading.Event(), threading.Lock()

    def guess() -> None:
        while not stop.is_set():
            start = time.perf_counter()
            form = {"stage": "send", "alias": mint_alias(), "submission": "00" * 16, **ANSWERS}
            status = post(server, f"/v/{style}", form)
            with lock:
                found.statuses[status] += 1
                found.times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=guess, daemon=True) for _ in range(guessers)]
    for one in threads:
        one.start()
    time.sleep(1)
    try:
        yield found
    finally:
        stop.set()
        for one in threads:
            one.join(timeout=60)


def casts(server: LiveServer, town: Town, numbers: range) -> Answers:
    """Cast these slips, one after the other."""
    found = Answers()
    for number in numbers:
        start = time.perf_counter()
        found.statuses[scanned(server, town.guests, town.slips[number][0], number)] += 1
        found.times.append(time.perf_counter() - start)
    return found


def main() -> int:
    """Measure and print."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--guessers", type=int, default=150)
    words.add_argument("--slips", type=int, default=40)
    words.add_argument("--cost", default="2,19456")
    given = words.parse_args()
    half = given.slips // 2
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data", PINGYI_ALIAS_COST=given.cost) as server:
        town = town_on(server, given.slips)
        alone = casts(server, town, range(half))
        with guessing(server, town.guests, given.guessers) as guesses:
            beside = casts(server, town, range(half, given.slips))
    for title, found in (("alone", alone), (f"beside {given.guessers} guessers", beside), ("the guesses", guesses)):
        middle, worst = statistics.median(found.times), max(found.times)
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(found.statuses.items()))
        sys.stdout.write(f"{title:24}{middle * 1000:9.0f} ms {worst * 1000:9.0f} ms   {answers}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
