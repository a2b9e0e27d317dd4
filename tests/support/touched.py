"""Which tests speak of what was touched: for `make quick`. Prints files of tests, nothing where nothing was touched.

A file of the house names the tests of its room (`survey_app/services/slips` -> `tests/survey_app/services/slips`); where that has
none, those of the nearest room above it, without what lies in further rooms. A touched test names itself.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.house import ROOMS, ROOT


def touched() -> list[str]:
    """Files that differ from the last commit, or that git does not know yet."""
    asked = (["git", "diff", "--name-only", "HEAD"], ["git", "ls-files", "--others", "--exclude-standard"])
    said = [subprocess.run(one, cwd=ROOT, capture_output=True, text=True, check=True).stdout for one in asked]
    return sorted({line for text in said for line in text.splitlines()})


def tests_of(path: str) -> list[str]:
    """The files of tests for one file of the house; none for anything else."""
    file = Path(path)
    if file.parts[0] == "tests":
        return [path] if file.name.startswith("test_") and (ROOT / file).exists() else []
    if file.parts[0] not in ROOMS or file.suffix != ".py":
        return []
    for room in file.parents:
        found = sorted((ROOT / "tests" / room).glob("test_*.py")) if room.parts else []
        if found:
            return [str(one.relative_to(ROOT)) for one in found]
    return []


if __name__ == "__main__":
    print(" ".join(sorted({found for one in touched() for found in tests_of(one)})))
