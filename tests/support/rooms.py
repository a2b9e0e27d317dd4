"""The plan of the house in figures, read from the imports as they stand: `make rooms`.

A room is a file of `analysis`, `questionnaires` or `survey_app`; an arrow from one to another is an import, wherever in the
file it stands; a package's `__init__` is passed through to the file that defines the name, where it only hands names on. A
circle is a set of rooms that import each other in a loop. Folders are judged by the arrows of the files directly in them. An
arrow closes a circle of folders when the folder that it points at imports the first one too, straight or round about: such
an arrow runs up on one of its ways, and nobody can say which of the two stands on which.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("analysis", "questionnaires", "survey_app")
Arrows = Mapping[str, set[str]]


def main() -> int:
    """Print the table; with `--names` the circles, the arrows up, the double names too."""
    files = {_name(path): path for room in HOUSE for path in sorted((ROOT / room).rglob("*.py"))}
    arrows = {name: _imports(name, path, files) for name, path in files.items()}
    folders = _by_folder(arrows, files)
    circles, folder_circles = circles_of(arrows), circles_of(folders)
    up = arrows_up(folders)
    against = against_the_stream(arrows, {name: str(path.parent.relative_to(ROOT)) for name, path in files.items()})
    classes = Counter(name for path in files.values() for name in _classes(path))
    largest = Counter(str(path.parent.relative_to(ROOT)) for path in files.values() if path.name != "__init__.py")
    double = sorted(name for name, times in classes.items() if times > 1)
    rows = (
        ("files", len(files)),
        ("folders", len(folders)),
        ("lines", sum(path.read_text(encoding="utf-8").count("\n") for path in files.values())),
        ("arrows between files", sum(map(len, arrows.values()))),
        ("arrows between folders", sum(map(len, folders.values()))),
        ("circles of files", f"{len(circles)} ({sum(map(len, circles))} files)"),
        ("circles of folders", f"{len(folder_circles)} ({sum(map(len, folder_circles))} folders)"),
        ("arrows that close a circle of folders", len(up)),
        ("arrows up between two folders", sum(len(found) for _, found in against)),
        ("floors of files", len(set(floors_of(arrows).values()))),
        ("largest room", "{0[0]}, {0[1]} files".format(largest.most_common(1)[0])),
        ("rooms of more than twenty files", sum(1 for times in largest.values() if times > 20)),
        ("class names that exist twice", len(double)),
    )
    for title, figure in rows:
        print(f"{title:40} {figure}")
    if "--names" in sys.argv[1:]:
        for title, told in (
            ("circle of files", [" · ".join(sorted(one)) for one in circles]),
            ("circle of folders", [" · ".join(sorted(one)) for one in folder_circles]),
            ("closes a circle", [f"{one} -> {other}" for one, other in up]),
            ("arrow up", [f"{one} -> {other}" for _, found in against for one, other in found]),
            ("exists twice", double),
        ):
            for line in told:
                print(f"{title}: {line}")
    return 0


def circles_of(arrows: Arrows) -> list[set[str]]:
    """Every set of two or more that reach each other."""
    reached = {one: _reach(one, arrows) for one in arrows}
    found: list[set[str]] = []
    for one in sorted(arrows):
        if one in reached[one] and not any(one in circle for circle in found):
            circle = {other for other in reached[one] if one in reached.get(other, set())}
            if len(circle) > 1:
                found.append(circle)
    return found


def arrows_up(arrows: Arrows) -> list[tuple[str, str]]:
    """The arrows that lie in a circle."""
    inside = circles_of(arrows)
    return sorted((one, other) for one, to in arrows.items() for other in to if any({one, other} <= circle for circle in inside))


def against_the_stream(arrows: Arrows, home: Mapping[str, str]) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Of two folders that import each other the arrows of the thinner direction: those are the ones that run up."""
    between: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for one, to in sorted(arrows.items()):
        for other in sorted(to):
            if home[one] != home[other]:
                between[home[one], home[other]].append((one, other))
    thinner = ((pair, found) for pair, found in between.items() if 0 < len(found) <= len(between.get(pair[::-1], ())))
    return sorted((pair, found) for pair, found in thinner if len(found) < len(between[pair[::-1]]) or pair < pair[::-1])


def floors_of(arrows: Arrows) -> dict[str, int]:
    """The floor of each: one above everything that it imports; those of one circle share a floor."""
    circles = circles_of(arrows)
    home = {one: next((circle for circle in circles if one in circle), {one}) for one in arrows}

    @cache
    def floor(one: str) -> int:
        below = {other for member in home[one] for other in arrows.get(member, set()) if other not in home[one]}
        return 1 + max((floor(min(home[other])) for other in below), default=0)

    return {one: floor(min(home[one])) for one in arrows}


def _reach(one: str, arrows: Arrows) -> set[str]:
    seen: set[str] = set()
    to_see = list(arrows.get(one, ()))
    while to_see:
        here = to_see.pop()
        if here not in seen:
            seen.add(here)
            to_see += arrows.get(here, ())
    return seen


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(name: str, path: Path, files: Mapping[str, Path]) -> set[str]:
    """The files that one imports: the very file that defines a name, when a package only hands it on."""
    return {found for module, part in _named(path) if (found := _file_of(module, part, files)) is not None and found != name}


def _named(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((one.name, "") for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, one.name) for one in node.names)


def _file_of(module: str, part: str, files: Mapping[str, Path]) -> str | None:
    if part and f"{module}.{part}" in files:
        return f"{module}.{part}"
    path = files.get(module)
    if path is None:
        return None
    if path.name == "__init__.py" and part:
        for inner, name in _named(path):
            if name == part and inner in files and inner != module:
                return _file_of(inner, name, files)
    return module


def _by_folder(arrows: Arrows, files: Mapping[str, Path]) -> dict[str, set[str]]:
    folders: dict[str, set[str]] = defaultdict(set)
    for one, to in arrows.items():
        here = str(files[one].parent.relative_to(ROOT))
        folders[here] |= {there for other in to if (there := str(files[other].parent.relative_to(ROOT))) != here}
    return dict(folders)


def _classes(path: Path) -> list[str]:
    """Classes at a file's top; those that begin with an underscore are the file's own business."""
    return [node.name for node in _tree(path).body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


if __name__ == "__main__":
    sys.exit(main())
