"""`python -m tests.recording record DIR [NAME …]` and `python -m tests.recording compare A B`."""
# ruff: noqa: PLC0415 -- the doors are opened after the clock and the dice are up, and not at all for comparing

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.recording.compare import compare

SEED = 20_261_121
#: Parts that are no demo.
SCHEME_PARTS = ("checks", "scores")
#: The longest first, so that no core waits for one of them at the end.
LONG = ("changchun-quarter", "zhangcunping-households", "zhangcunping-members", "qixingguan", "bortala", "yinzhou")


def main() -> int:
    """One of the three verbs; the third, `part`, is what `record` starts for each part."""
    words = argparse.ArgumentParser(prog="python -m tests.recording", description=__doc__)
    verbs = words.add_subparsers(dest="verb", required=True)
    record = verbs.add_parser("record", help="record this checkout into DIR")
    record.add_argument("dir", type=Path)
    record.add_argument("names", nargs="*", help="only these demos or parts")
    record.add_argument("--seed", type=int, default=SEED, help="other dice, to see what depends on them")
    record.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    part = verbs.add_parser("part", help="one part, in a process of its own")
    part.add_argument("name")
    part.add_argument("dir", type=Path)
    part.add_argument("--seed", type=int, default=SEED)
    both = verbs.add_parser("compare", help="say what differs between two records")
    both.add_argument("a", type=Path)
    both.add_argument("b", type=Path)
    asked = words.parse_args()
    if asked.verb == "compare":
        return compare(asked.a, asked.b)
    if asked.verb == "part":
        return _part(asked.name, asked.dir, asked.seed)
    return _record(asked.dir, asked.names, asked.seed, asked.jobs)


def _record(out: Path, names: list[str], seed: int, jobs: int) -> int:
    """Every part in a process of its own: a clock and dice serve one only."""
    out = out.resolve()
    if not names and out.exists() and any(out.iterdir()):
        sys.exit(f"{out} is not empty; choose another folder")
    out.mkdir(parents=True, exist_ok=True)
    from tests.recording.town import demos

    parts = names or sorted([*demos(), *SCHEME_PARTS], key=lambda name: LONG.index(name) if name in LONG else len(LONG))
    with ThreadPoolExecutor(jobs) as pool:
        failed = [name for name, code in zip(parts, pool.map(lambda name: _start(name, out, seed), parts), strict=True) if code]
    if failed:
        print(f"not recorded: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _start(name: str, out: Path, seed: int) -> int:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PINGYI_")}
    environment |= {
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
        "PINGYI_ALIAS_COST": "1,64",
        "PINGYI_PASSWORD_COST": "1,64",
        "PINGYI_BASE_URL": "http://pingyi.test",
    }
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.recording", "part", name, str(out), "--seed", str(seed)]
    code = subprocess.run(command, env=environment, check=False).returncode
    print(f"{name}: {'recorded' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return code


def _part(name: str, out: Path, seed: int) -> int:
    """Put up the clock and the dice, then open the doors."""
    from tests.recording import still

    still.hold(seed)
    with tempfile.TemporaryDirectory(prefix="pingyi-record-") as folder:
        data = Path(folder).resolve()
        if name in SCHEME_PARTS:
            from tests.recording import schemes

            (schemes.write_checks if name == "checks" else schemes.write_scores)(out, data)
            return 0
        from tests.recording.acts import act
        from tests.recording.town import Town
        from tests.recording.voters import vote
        from tests.recording.walk import walk

        town = Town(name, data, out)
        town.make()
        town.write_tables()
        office = walk(town)
        vote(town, office)
        act(town, office)
    return 0


if __name__ == "__main__":
    sys.exit(main())
