"""The faults, each done so many times under load: what is killed, refused, slowed, lost. Run by tests in few rounds and by
`make faults` in many; what came of it is judged by `history`."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from survey_app.config import Config
from survey_app.database import make_engine
from survey_app.schema import upgrade
from tests.faults.hall import Crowd, Voter, crowd, voters
from tests.faults.history import Verdict, compare
from tests.faults.place import Place
from tests.journeys.conftest import LiveServer
from tests.support.faulty_network import Fate, FaultyNetwork
from tests.support.postgresql import Cluster

#: Phones told "recorded" before each fault, so that each strikes a hall at work.
BEFORE = 8
#: Slips a round; when they are used up, the hall sends repeats until the next (`Crowd.kept_back`).
A_ROUND = 60
#: Slips beside those of the rounds: half of them for the first, the others for what comes after the last.
BESIDE_ROUNDS = 100
#: An answer that began with a connection let in and never came.
_CUT_OFF = ("RemoteDisconnected", "ConnectionResetError", "BrokenPipeError", "IncompleteRead", "BadStatusLine")
#: How long a disk refuses or drags its feet, in seconds.
WINDOW = 1.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What so many rounds of one fault did: the comparison, the longest time nobody was told, tries that came to nothing, and of
    those how many were not even let in, and how many were let in and hung up on."""

    fault: str
    rounds: int
    verdict: Verdict
    longest_gap: float
    failed_tries: int
    refused: int
    cut_off: int


Strike = Callable[[LiveServer, Crowd, random.Random], None]


def under_load(fault: str, place: Place, rounds: int, strike: Strike, *, seed: int = 1, **settings: str) -> Outcome:
    """One server all the while; `strike` does the fault once, in the middle of casting, and undoes it where it lasts."""
    dice = random.Random(seed)
    with place.serving(**settings) as server:
        town = place.town(A_ROUND * rounds + BESIDE_ROUNDS)
        phones = voters(town, dice)
        with crowd(server.address, town, phones) as hall:
            for later in reversed(range(rounds)):
                hall.kept_back = A_ROUND * later + BESIDE_ROUNDS // 2
                hall.wait_for(BEFORE)
                time.sleep(dice.uniform(0, 0.05))
                strike(server, hall, dice)
            hall.wait_for(BEFORE)  # and it goes on afterwards
    return outcome_of(fault, rounds, hall, compare(place, town, phones), phones)


def kill_a_worker(server: LiveServer, _hall: Crowd, dice: random.Random) -> None:
    """As when the system runs out of memory and picks one."""
    os.kill(dice.choice(workers_of(server)), signal.SIGKILL)


def renew_workers(server: LiveServer, _hall: Crowd, _dice: random.Random) -> None:
    """A graceful reload."""
    before = set(workers_of(server))
    server.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 60
    while before & set(workers_of(server)):
        if time.monotonic() > end:
            raise TimeoutError("old workers are still there after a minute")
        time.sleep(0.05)


def kill_the_server(place: Place, rounds: int, *, seed: int = 2) -> Outcome:
    """All its processes at once; the next one starts on what is there."""
    dice = random.Random(seed)
    with contextlib.ExitStack() as first:
        server = first.enter_context(place.serving())
        town = place.town(A_ROUND * rounds + BESIDE_ROUNDS)
        phones = voters(town, dice)
        with crowd(server.address, town, phones) as hall:
            for _ in range(rounds):
                hall.wait_for(BEFORE)
                time.sleep(dice.uniform(0, 0.05))
                server.kill()
                first.pop_all().close()
                server = first.enter_context(place.serving())
                hall.address = server.address
            hall.wait_for(BEFORE)
    return outcome_of("server killed, all processes (kill -9)", rounds, hall, compare(place, town, phones), phones)


def kill_the_database(folder: Path, rounds: int, *, seed: int = 3) -> Outcome:
    """A PostgreSQL of its own, with fsync: every process killed, then started again and recovered."""
    with Cluster.started(fsync="on", full_page_writes="on") as cluster:
        cluster.create("killed")
        place = new_place(folder, cluster.url("killed"))

        def strike(_server: LiveServer, _hall: Crowd, dice: random.Random) -> None:
            cluster.kill()
            time.sleep(dice.uniform(0, 0.3))
            cluster.start()

        return under_load("PostgreSQL killed, all processes (kill -9)", place, rounds, strike, seed=seed)


def bad_network(place: Place, phones_at_all: int, fates: tuple[Fate, ...] = tuple(Fate), *, seed: int = 4) -> Outcome:
    """Every request meets a drawn fate, until every phone was told."""
    dice = random.Random(seed)
    with place.serving() as server:
        town = place.town(phones_at_all)
        phones = voters(town, dice)
        network = FaultyNetwork(server.address, random.Random(seed), fates)
        with network.listening() as address, crowd(address, town, phones, hands=12) as hall:
            hall.wait_for(phones_at_all, seconds=60 + phones_at_all)
    if set(network.met) != set(fates):
        raise AssertionError(f"not every fate was met: {network.met}")
    told = f"network: {', '.join(one for one in fates if one is not Fate.WELL)}"
    return outcome_of(told, phones_at_all, hall, compare(place, town, phones), phones)


def bad_disk(rule: str) -> Strike:
    """For a while the kernel answers the workers' writes with `rule`, in strace's words. See `can_trace`."""
    calls = rule.partition(":")[0]

    def strike(server: LiveServer, _hall: Crowd, _dice: random.Random) -> None:
        wanted = [part for process in workers_of(server) for part in ("-p", str(process))]
        command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={rule}", *wanted]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as tracer:
            time.sleep(WINDOW)
            tracer.send_signal(signal.SIGINT)

    return strike


def full_disk(place: Place, rounds: int, *, seed: int = 6) -> Outcome:
    """The data folder's own small disk, filled to the last byte and emptied again."""
    ballast = place.config.data.parent / "ballast"

    def strike(_server: LiveServer, hall: Crowd, _dice: random.Random) -> None:
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
        with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"x")
        time.sleep(WINDOW)
        ballast.unlink()
        hall.wait_for(1)

    return under_load("disk full to the last byte (ENOSPC)", place, rounds, strike, seed=seed)


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own at this folder, in memory. Raises OSError where one may not be mounted here."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def can_trace() -> str:
    """Why calls of other programs cannot be answered in the kernel's place here; "" where they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "5"]) as sleeper:
        command = ["timeout", "1", "strace", "-qq", "-o", "/dev/null", "-p", str(sleeper.pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        sleeper.kill()
    return done.stderr.strip() if "attach" in done.stderr or "ermitted" in done.stderr else ""


def new_place(folder: Path, database_url: str = "") -> Place:
    """An empty place with its tables."""
    (folder / "temporary").mkdir(parents=True)
    data = folder / "data"
    data.mkdir(mode=0o700)
    place = Place(Config(data=data, database_url=database_url or f"sqlite:///{data / 'pingyi.db'}"), folder / "temporary")
    engine = make_engine(place.config.database_url)
    upgrade(engine)
    engine.dispose()
    return place


def workers_of(server: LiveServer) -> list[int]:
    """The server's worker processes."""
    first = server.process.pid
    return list(map(int, Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()))


def outcome_of(fault: str, rounds: int, hall: Crowd, verdict: Verdict, phones: list[Voter]) -> Outcome:
    """The row of the table."""
    failed = sum(voter.others.total() for voter in phones)
    refused = sum(voter.others["ConnectionRefusedError"] for voter in phones)
    return Outcome(
        fault=fault,
        rounds=rounds,
        verdict=verdict,
        longest_gap=hall.longest_gap(),
        failed_tries=failed,
        refused=refused,
        cut_off=sum(voter.others[kind] for voter in phones for kind in _CUT_OFF),
    )
