"""A hall of phones that send until they are told "recorded", each writing down what it sent and what it was told."""

from __future__ import annotations

import http.client
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlencode, urlsplit

from survey_app.services.sealing import tokens
from tests.towns.small_scheme import Town

#: Between two tries of a phone, in seconds.
PAUSE = 0.05
#: Between two phones of one hand: people do not send as fast as they can.
BREATH = 0.02
#: A phone waits so long for an answer and then sends again.
PATIENCE = 8.0
_CODE = re.compile(rb'class="receipt-code">([0-9A-Z-]+)<')


@dataclass
class Voter:
    """One slip, what its holder answers, and what came of it."""

    secret: tokens.Secret
    marks: tuple[int, ...]
    submission: str = field(default_factory=lambda: secrets.token_hex(16))
    sent: bool = False
    codes: list[str] = field(default_factory=list)
    #: What came instead of a receipt: statuses, and kinds of broken connections.
    others: Counter[str] = field(default_factory=Counter)
    #: Moments at which a receipt came (monotonic).
    told_at: list[float] = field(default_factory=list)

    def form(self, marks: tuple[int, ...] | None = None) -> str:
        """The filled form."""
        answers = {f"m{place}": str(mark) for place, mark in enumerate(marks or self.marks) if mark}
        return urlencode(
            {"stage": "send", "submission": self.submission, "secret": tokens.secret_text(self.secret), "comment": "", **answers}
        )

    def send(self, address: str, town: Town, *, patience: float = PATIENCE) -> bool:
        """Once, on a connection of its own. Whether it was told "recorded"."""
        parts = urlsplit(address)
        self.sent = True
        try:
            with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)) as line:
                headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
                line.request("POST", f"/v/{town.guests}", self.form(), headers)
                answer = line.getresponse()
                page = answer.read()
        except (OSError, http.client.HTTPException) as broken:
            self.others[type(broken).__name__] += 1
            return False
        found = _CODE.search(page)
        if answer.status != 200 or found is None:
            self.others[str(answer.status)] += 1
            return False
        self.codes.append(found.group(1).decode())
        self.told_at.append(time.monotonic())
        return True


def voters(town: Town, dice: random.Random) -> list[Voter]:
    """One for each slip of the small town, within its rule of few best."""
    return [
        Voter(secret, (dice.choice((2, 3, 4)), 1, dice.randint(2, 101), *(dice.choice((2, 3, 4)) for _ in range(4))))
        for secret, _alias in town.slips
    ]


@dataclass
class Crowd:
    """Phones at work. `address` may change while they are.

    When no more wait than are `kept_back`, each hand sends its last phone's ballot again, a repeat: the hall stays at work, and
    there are unused slips for what comes later, however fast the server is.
    """

    address: str
    town: Town
    waiting: list[Voter]
    phones: int
    kept_back: int = 0
    done: list[Voter] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged(self) -> int:
        """How many were told "recorded"."""
        return len(self.done)

    def wait_for(self, more: int, seconds: float = 60) -> None:
        """Until so many more were told; so many are let in at least. Raises TimeoutError."""
        with self._lock:
            wanted, end = self.acknowledged() + more, time.monotonic() + seconds
            self.kept_back = max(0, min(self.kept_back, len(self.waiting) - more))
        if wanted > self.phones:
            raise ValueError(f"{more} more are wanted, and of {self.phones} phones {wanted - more} were told already")
        while self.acknowledged() < wanted:
            if time.monotonic() > end:
                raise TimeoutError(f"{self.acknowledged()} of {wanted} were told within {seconds} s; {len(self.waiting)} wait")
            time.sleep(0.01)

    def work(self) -> None:
        """One hand: takes a phone, sends until it is told, takes the next."""
        last: Voter | None = None
        while not self.stop.is_set():
            with self._lock:
                if not self.waiting:
                    return
                voter = self.waiting.pop() if len(self.waiting) > self.kept_back else None
            if voter is not None:
                last = voter
                while not voter.send(self.address, self.town):
                    if self.stop.is_set():
                        with self._lock:
                            self.waiting.append(voter)
                        return
                    time.sleep(PAUSE)
                with self._lock:
                    self.done.append(voter)
            elif last is not None:
                last.send(self.address, self.town)
            time.sleep(BREATH)

    def longest_gap(self) -> float:
        """Seconds in which nobody at all was told anything."""
        moments = sorted(moment for voter in self.done for moment in voter.told_at)
        return max((late - early for early, late in pairwise(moments)), default=0.0)


@contextmanager
def crowd(address: str, town: Town, phones: list[Voter], *, hands: int = 6) -> Iterator[Crowd]:
    """They send until the block ends; whoever was not told by then is still waiting."""
    found = Crowd(address, town, list(phones), len(phones))
    threads = [threading.Thread(target=found.work) for _ in range(hands)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        found.stop.set()
        for thread in threads:
            thread.join()
