"""`make test-cluster`: prints a row an event as soon as it is over, then what the comparison of all records found.

    python -m tests.cluster [--only WORD] [--keep FOLDER]

Ends with 1 where a ballot was lost, doubled, changed or miscounted. Where there can be no cluster it says why and ends with 0.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.cluster.events import Befell, all_of_them
from tests.cluster.hosts import Hosts, why_not

HEADS = ("event, under load", "acknowledged", "longest gap, s", "in vain")


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="events with this word alone, and the close")
    parser.add_argument("--keep", type=Path, help="where the hosts' logs are put in the end")
    options = parser.parse_args()
    if why := why_not():
        print(f"no cluster here: {why}")
        return 0
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))  # whoever ends it leaves nothing behind either
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pingyi-cluster-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            with Hosts.standing(folder) as hosts:
                print(f"three database hosts stand after {time.monotonic() - begun:.0f} s\n")
                print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}", flush=True)
                verdict = all_of_them(hosts, _row, only=options.only)
        finally:
            if options.keep is not None:
                options.keep.mkdir(parents=True, exist_ok=True)
                for log in folder.glob("*.log"):
                    shutil.copy(log, options.keep)
    print(
        f"\n{verdict.acknowledged} acknowledged, {verdict.stored} stored; lost {verdict.lost}, double {verdict.double},"
        f" changed {verdict.changed}, miscounted {verdict.miscounted}; {time.monotonic() - begun:.0f} s",
        flush=True,
    )
    if not verdict.holds():
        print(f"Does not hold: {verdict}")
    return int(not verdict.holds())


def _row(one: Befell) -> None:
    print(f"| {one.name} | {one.acknowledged} | {one.longest_gap:.1f} | {one.in_vain} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
