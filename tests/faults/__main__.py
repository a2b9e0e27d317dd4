"""The long run of faults: `make faults`. Prints one row a fault as soon as it is done, for docs/performance.md.

    python -m tests.faults [--rounds 50]

Ends with 1 where a ballot was lost, doubled, changed or miscounted, or somebody was let in after the close. Around an hour for
fifty rounds on two cores. A fault that cannot be done here is named with its reason.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from survey_app.config import Config
from survey_app.database import make_engine, session_factory
from tests.faults import breaking, clock_jumps, corrupt_page
from tests.faults.breaking import Outcome
from tests.faults.place import Place
from tests.support.faulty_network import Fate

HEADS = ("fault", "rounds", "acknowledged", "stored", "lost", "double", "changed", "longest gap, s", "tries in vain", "took, s")
#: What the kernel is made to answer -> how it is called in the table.
DISKS = {
    "pwrite64:error=EROFS": "disk read-only for a second (EROFS)",
    "pwrite64:error=ENOSPC": "disk without room for a second (ENOSPC)",
    "fdatasync,fsync:error=EIO": "disk fails to sync for a second (EIO)",
    "fdatasync,fsync:delay_exit=300000": "disk slow for a second (0.3 s a sync)",
}
Run = Callable[[Path], Outcome]


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, choices=range(1, 1001), metavar="1..1000")
    parser.add_argument("--only", default="", help="faults with this word alone")
    options = parser.parse_args()
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}", flush=True)
    broken = False
    for name, run in runs(options.rounds).items():
        if options.only in name:
            broken |= not _row(name, run)
    if options.only in "corrupt page":
        broken |= not _corrupt(options.rounds * 8)
    return int(broken)


def runs(rounds: int) -> dict[str, Run]:
    """Every fault under load, by its name."""

    def on_sqlite(act: Callable[[Place], Outcome]) -> Run:
        return lambda folder: act(breaking.new_place(folder))

    def disk(rule: str) -> Run:
        if why := breaking.can_trace():
            raise OSError(why)
        return on_sqlite(lambda place: breaking.under_load(DISKS[rule], place, rounds, breaking.bad_disk(rule)))

    def full(folder: Path) -> Outcome:
        folder.mkdir()
        with breaking.small_disk(folder / "disk", 12 + rounds) as there:
            return breaking.full_disk(breaking.new_place(there / "place"), rounds)

    found: dict[str, Run] = {
        "worker killed": on_sqlite(
            lambda place: breaking.under_load("one worker killed (kill -9)", place, rounds, breaking.kill_a_worker)
        ),
        "server killed": on_sqlite(lambda place: breaking.kill_the_server(place, rounds)),
        "database killed": lambda folder: breaking.kill_the_database(folder, rounds),
        "workers renewed": on_sqlite(
            lambda place: breaking.under_load("workers renewed (kill -HUP)", place, rounds, breaking.renew_workers)
        ),
        "network": on_sqlite(lambda place: breaking.bad_network(place, rounds * 20)),
        "network twice": on_sqlite(
            lambda place: breaking.bad_network(place, rounds * 10, (Fate.TWICE, Fate.AGAIN_LATER, Fate.ANSWER_LOST))
        ),
        "full": full,
        "clock": on_sqlite(lambda place: clock_jumps.jump(place, rounds)),
    }
    for rule in DISKS:
        found[f"disk {rule}"] = lambda folder, rule=rule: disk(rule)(folder)  # type: ignore[misc]  # bound here, not later
    return found


def _row(name: str, run: Run) -> bool:
    """Print what came of it; whether it held."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pingyi-faults-") as folder:
        Path(folder).chmod(0o755)
        try:
            found = run(Path(folder) / "one")
        except OSError as why:
            print(f"| {name} | not run: {why} |{' |' * (len(HEADS) - 2)}", flush=True)
            return not isinstance(why, TimeoutError)
    verdict, took = found.verdict, time.monotonic() - begun
    cells = (found.fault, found.rounds, verdict.acknowledged, verdict.stored, verdict.lost, verdict.double, verdict.changed)
    print(f"| {' | '.join(map(str, cells))} | {found.longest_gap:.1f} | {found.failed_tries} | {took:.0f} |", flush=True)
    if not verdict.holds():
        print(f"\nDoes not hold: {found}\n", flush=True)
    return verdict.holds()


def _corrupt(strikes: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="pingyi-faults-") as folder:
        config: Config = breaking.new_place(Path(folder) / "one").config
        engine = make_engine(config.database_url)
        box = corrupt_page.closed_box(session_factory(engine)(), engine, Path(folder))
        found = corrupt_page.strike_all(box, random.Random(10), strikes=strikes)
        engine.dispose()
    print(f"\n{strikes} bytes of pages turned over, one at a time: {dict(found)}", flush=True)
    return found[corrupt_page.SILENT] == 0


if __name__ == "__main__":
    sys.exit(main())
