"""How fast a box is opened and counted, from the database to the stored report, by how many, and in how much memory.

A database of sealed ballots is made (`services.demo.full_box`), then opened by each crew in turn, each time by a new process, and
every time the same tally has to come out: the count itself refuses another. Memory is the proportional set size (pages shared by
several processes count once) of that process and all it starts, at its highest; seconds include the workers' start. Beside them
stand the processor's seconds, which a busy machine changes least. Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from survey_app import clock
from survey_app.config import Config
from survey_app.database import make_engine, session_factory
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting, crews
from survey_app.services.counting.cluster import Certificates, cluster
from survey_app.services.counting.crews import Alone, Crew, Executing
from survey_app.services.demo import full_box
from survey_app.starting import prepared

SIZES = (10_000, 100_000, 1_000_000)
WORKERS = (1, 2, 4)
_LOOK = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One opening: ballots, who did it, seconds, seconds of processor, highest memory in bytes, and the report's digest."""

    ballots: int
    crew: str
    seconds: float
    processor: float
    memory: int
    digest: str


@dataclass(frozen=True)
class Scheduler:
    """A cluster to measure as well."""

    address: str
    certificates: Certificates


def run(
    sizes: Sequence[int] = SIZES,
    *,
    workers: Sequence[int] = WORKERS,
    scheduler: Scheduler | None = None,
    database: str | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> list[Opened]:
    """Make each box and open it with every crew.

    Parameters
    ----------
    sizes
        How many ballots; all crews open the largest, the others are opened by two processes, to show how the cost grows.
    workers
        How many processes, in turn; one is this process alone.
    scheduler
        A cluster, besides.
    database
        An empty PostgreSQL database in place of SQLite files; boxes are made in it side by side.
    told
        Gets a line whenever something is done.
    """
    found = []
    for ballots in sizes:
        with TemporaryDirectory(prefix="pingyi-bench-") as folder:
            config = Config.from_environment(data=Path(folder))
            config = replace(config, database_url=database or f"sqlite:///{folder}/pingyi.db")
            campaign, made = _make(config, ballots)
            told(f"{ballots:,} ballots × {full_box.MARKS} marks made in {made:.0f} s")
            every: list[int | Scheduler] = list(workers) if ballots == max(sizes) else [min(2, max(workers))]
            if scheduler is not None and ballots == max(sizes):
                every.append(scheduler)
            for crew in every:
                found.append(replace(_measured(config, campaign, crew), ballots=ballots))
                told(line_of(found[-1]))
    return found


def line_of(one: Opened) -> str:
    """One opening in words."""
    return (
        f"{one.ballots:>11,}  {one.crew:<12} {one.seconds:7.1f} s  {one.processor:7.1f} s CPU  {one.memory / 1e6:6.0f} MB"
        f"  {one.seconds / one.ballots * 1e6:6.1f} µs a ballot  {one.digest[:12]}"
    )


def describe(found: Sequence[Opened]) -> str:
    """The figures as lines for a person."""
    head = f"{'ballots':>11}  {'opened by':<12} {'time':>9}  {'processor':>13}  {'memory':>9}  {'':>16}  report"
    return "\n".join([head, *map(line_of, found)])


def as_records(found: Sequence[Opened]) -> list[dict[str, object]]:
    """The figures for a program."""
    return [asdict(one) for one in found]


def _make(config: Config, ballots: int) -> tuple[str, float]:
    engine, start = prepared(config), time.perf_counter()
    try:
        with session_factory(engine)() as session:
            campaign = full_box.make(session, ballots, now=clock.now())
            return campaign.key, time.perf_counter() - start
    finally:
        engine.dispose()


def _measured(config: Config, campaign: str, crew: int | Scheduler) -> Opened:
    """Open it in a new process, and look at the memory of that and its children the while."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_open, args=(config, campaign, crew, theirs))
    process.start()
    theirs.close()
    highest = 0
    while not ours.poll(_LOOK):
        highest = max(highest, sum(_memory(pid) for pid in _family(process.pid or 0)))
    seconds, processor, digest = ours.recv()
    process.join()
    name = "cluster" if isinstance(crew, Scheduler) else "1 process" if crew == 1 else f"{crew} processes"
    return Opened(ballots=0, crew=name, seconds=seconds, processor=processor, memory=highest, digest=digest)


def _open(config: Config, campaign: str, crew: int | Scheduler, told: Connection) -> None:
    """In a process of its own: open, count, store."""
    engine = make_engine(config.database_url)
    start = time.perf_counter()
    with session_factory(engine)() as session, session_factory(engine, reading=True)() as reading:
        here = campaigns.by_key(reading, campaign)
        here = session.merge(here, load=False)
        report = counting.open_and_count(
            session,
            here,
            passphrase=full_box.PASSPHRASE,
            account="bench",
            now=clock.now(),
            crew=_crew(crew),
            reading=reading,
        )
        session.commit()
    took = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told.send((took, sum(one.ru_utime + one.ru_stime for one in used), report.digest))
    told.close()


def _crew(crew: int | Scheduler) -> Crew:
    if isinstance(crew, Scheduler):
        return cluster(crew.address, crew.certificates)
    workers = crew
    return Alone() if workers == 1 else Executing(lambda: _open_to_see(workers), workers)


@contextmanager
def _open_to_see(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes whose memory can be looked at: those of a real count keep it to themselves (`private_memory`)."""
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=crews.end_with_parent) as pool:
        yield pool


def _family(pid: int) -> list[int]:
    """A process and all that it started, which are there."""
    try:
        threads = [thread / "children" for thread in Path(f"/proc/{pid}/task").iterdir()]
        children = [int(one) for thread in threads for one in thread.read_text().split()]
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(child))]


def _memory(pid: int) -> int:
    """Bytes of memory, shared pages by their share; 0 for one that has gone."""
    try:
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in rolled.splitlines() if line.startswith("Pss:"))
