"""Who opens the ranges of a box: this process, several processes, or several machines. One seam, a `concurrent.futures.Executor`.

Lives here: errands and how they are given out. May not live here: what is done with a range (`range_count`), sums (`opening`).

Threats answered to:
- The opening key goes to workers by pipe (processes) or over TLS with certificates on both sides (machines), never as an argument
  of a command, in the environment or in a file. Workers write no core file and end with whoever started them, so that none is
  left with the key. What another machine may see of it stands in docs/threat-model.md.
- A worker that dies takes nothing with it: its ranges are counted again by another, and a range's numbers are the same whoever
  counts it. Workers that die again and again end the count, and nothing is stored.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing.connection import wait as wait_for
from typing import Protocol

from gevent import monkey
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey_app.database import make_engine, session_factory, sqlite_file
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Campaign
from survey_app.private_memory import keep_private
from survey_app.proof.digest_set import DigestSet
from survey_app.services.counting import ballot_box, key_ranges, range_count
from survey_app.services.counting.ballot_box import BallotBox
from survey_app.services.counting.key_ranges import KeyRange
from survey_app.services.counting.range_count import RangeCount
from survey_app.services.log import epochs
from survey_app.services.sealing.custody import OpeningKey

#: From so many ballots on processes are worth their start, which takes about a second.
MANY = 20_000
#: So often workers may die before the count is given up: more is no accident.
MOST_DEATHS = 5
_AHEAD = 2  # errands that wait for each worker


class WorkersDiedError(RefusedError):
    """Workers died again and again; nothing was stored."""


class Crew(Protocol):
    """Whoever counts ranges. What comes back comes in any order, each range once."""

    def count(self, session: Session, box: BallotBox, key: OpeningKey, parts: Sequence[KeyRange]) -> Iterator[RangeCount]:
        """Count every part of the box."""
        ...


def fitting(session: Session, ballots: int) -> Crew:
    """Processes for many ballots, one for each processor; this process for few, where others cannot read the database, and under
    a server whose threads are none."""
    url = session.get_bind().engine.url
    alone = url.get_backend_name() == "sqlite" and sqlite_file(url.render_as_string(hide_password=False)) is None
    processors = len(os.sched_getaffinity(0))
    if ballots < MANY or processors < 2 or alone or monkey.is_module_patched("threading"):
        return Alone()
    return Processes(processors)


class Alone:
    """This process, on the session's own connection."""

    def count(self, session: Session, box: BallotBox, key: OpeningKey, parts: Sequence[KeyRange]) -> Iterator[RangeCount]:
        """One range after the other."""
        leaves = list[DigestSet]()

        def pieces() -> DigestSet:
            if not leaves:
                leaves.append(epochs.mark_leaves(session, session.get_one(Campaign, box.campaign)))
            return leaves[0]

        for part in parts:
            yield range_count.count(box, key, key_ranges.read(session.connection(), box.campaign, part), pieces)


@dataclass(frozen=True)
class Errand:
    """One range to be counted, with all that a worker needs. The key and an address with its password are not shown."""

    part: KeyRange
    box: bytes = field(repr=False)
    key: bytes = field(repr=False)
    database: str = field(repr=False)


@dataclass(frozen=True)
class Executing:
    """Any executor: `start` makes one, and another in its place when its workers died; `workers` is how many it has."""

    start: Callable[[], AbstractContextManager[Executor]]
    workers: int

    def count(self, session: Session, box: BallotBox, key: OpeningKey, parts: Sequence[KeyRange]) -> Iterator[RangeCount]:
        """Errands are given out as workers ask for more, so that memory holds few. Raises WorkersDiedError."""
        packed, secret = ballot_box.pack(box), key.hand_on()
        database = session.get_bind().engine.url.render_as_string(hide_password=False)
        left = deque(Errand(part, packed, secret, database) for part in parts)
        for _ in range(MOST_DEATHS):
            with self.start() as executor:
                yield from _through(executor, left, self.workers * _AHEAD)
            if not left:
                return
        raise WorkersDiedError(N_("开箱用的工作进程一再中断，什么也没有存；请查看内存是否够用，再开一次。"))


def _through(executor: Executor, left: deque[Errand], most: int) -> Iterator[RangeCount]:
    """What the executor counted; `left` holds whatever its workers died over."""
    waiting: dict[Future[RangeCount], Errand] = {}
    try:
        while left or waiting:
            while left and len(waiting) < most:
                errand = left.popleft()
                try:
                    waiting[executor.submit(run, errand)] = errand
                except BrokenExecutor:
                    left.append(errand)
                    raise
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                found = future.result()
                del waiting[future]
                yield found
    except BrokenExecutor:
        left.extend(waiting.values())
    finally:
        for future in waiting:
            future.cancel()


def run(errand: Errand) -> RangeCount:
    """In a worker: read the range, open it, count it."""
    box, key = ballot_box.unpack(errand.box), OpeningKey.handed_on(errand.key)
    with _reading(errand.database).connect() as connection:
        rows = key_ranges.read(connection, box.campaign, errand.part)
    return range_count.count(box, key, rows, lambda: _leaves(errand.database, box.campaign))


class Processes(Executing):
    """Processes of this machine, started anew and not copied: a copy of a server would have its threads in mid-step."""

    def __init__(self, workers: int) -> None:
        def start() -> ProcessPoolExecutor:
            return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)

        super().__init__(start, workers)


def _begin() -> None:
    """What a worker process does first: keep its memory to itself, and see to it that it ends with its parent."""
    keep_private()
    end_with_parent()


def end_with_parent() -> None:
    """From now on this process ends when its parent does, however that ends: it would wait for work for good, the key in hand."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - it was started by one
    there = parent.sentinel

    def end() -> None:
        wait_for([there])
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


@lru_cache(maxsize=1)
def _reading(database: str) -> Engine:
    """A worker's connection, which takes no lock."""
    engine = session_factory(make_engine(database), reading=True).kw["bind"]
    assert isinstance(engine, Engine)  # noqa: S101 - it was bound to one
    return engine


@lru_cache(maxsize=1)
def _leaves(database: str, campaign: int) -> DigestSet:
    """The mark leaves, read once a worker: a closed campaign gets no others."""
    with Session(_reading(database)) as session:
        return epochs.mark_leaves(session, session.get_one(Campaign, campaign))
