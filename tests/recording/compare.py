"""Two records beside each other: per kind how many files are equal, and what differs in the others, equal differences once."""

from __future__ import annotations

import difflib
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

LINES = 12  # of a difference so many lines are shown
WIDTH = 200
GROUPS = 40  # of a kind so many differences


def compare(before: Path, after: Path) -> int:
    """Print what differs; 1 when anything does."""
    left, right = _files(before), _files(after)
    if not left or not right:
        sys.exit(f"no record in {before if not left else after}")
    equal, unequal = Counter[str](), Counter[str]()
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in sorted(left | right):
        kind = name.split("/", maxsplit=1)[0]
        told = _difference(before / name, after / name, name in left, name in right)
        if told:
            unequal[kind] += 1
            groups[kind, *told].append(name)
        else:
            equal[kind] += 1
    for kind in sorted(equal | unequal):
        print(f"{kind:10} {equal[kind]:6} equal {unequal[kind]:6} different")
    for kind in sorted(unequal):
        _tell(kind, [(told[1:], names) for told, names in groups.items() if told[0] == kind])
    print("everything is equal" if not unequal else f"{sum(unequal.values())} files differ")
    return 1 if unequal else 0


def _tell(kind: str, found: list[tuple[tuple[str, ...], list[str]]]) -> None:
    found.sort(key=lambda one: -len(one[1]))
    for told, names in found[:GROUPS]:
        print(f"\n{kind}: {len(names)} file{'s' if len(names) > 1 else ''}, such as {names[0]}")
        print("\n".join(f"    {line[:WIDTH]}" for line in told[:LINES]))
        if len(told) > LINES:
            print(f"    … {len(told) - LINES} lines more")
    if len(found) > GROUPS:
        print(f"\n{kind}: … {len(found) - GROUPS} other differences")


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _difference(one: Path, other: Path, *there: bool) -> tuple[str, ...]:
    """The lines that differ, without where they stand, so that the same difference in many files is one."""
    if not all(there):
        return ("only in the second record",) if there[1] else ("only in the first record",)
    if one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes():
        return ()
    return tuple(_lines(one.read_text(encoding="utf-8").splitlines(), other.read_text(encoding="utf-8").splitlines()))


def _lines(one: list[str], other: list[str]) -> Iterator[str]:
    """A unified difference without context. What both begin and end with is set aside first: files may be long."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    same = _alike(one[::-1], other[::-1])
    one, other = one[: len(one) - same], other[: len(other) - same]
    if len(one) + len(other) > 20_000:
        yield f"-{len(one)} lines, from: {one[0] if one else ''}"
        yield f"+{len(other)} lines, from: {other[0] if other else ''}"
        return
    for line in difflib.unified_diff(one, other, n=0, lineterm=""):
        if not re.match(r"(---|\+\+\+|@@) ?", line):
            yield line


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
