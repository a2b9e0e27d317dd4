"""Schemes from the command line: what `check` says of shipped, published and broken files, what `score` counts from the example
folders, how `explain` tells it, and how every command introduces itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
from click.testing import CliRunner

from tests.recording.doors import BROKEN, SCHEMES, cli
from tests.recording.papers import told
from tests.recording.plain import Plain
from tests.recording.town import safe

TONGUES = ("zh-Hans", "en")
SUBJECTS = 2


def write_checks(out: Path, data: Path) -> None:
    """Every scheme file and folder of ours, right or wrong on purpose, checked in both languages and for machines."""
    for kind, home in (("right", SCHEMES), ("broken", BROKEN)):
        plain = Plain(folder=str(home))
        for path in sorted(home.rglob("*.yml")):
            said = [_ran("check", str(path), "--language", tongue) for tongue in TONGUES] + [_ran("check", str(path), "--json")]
            _write(out / "checks" / kind / path.relative_to(home).with_suffix(".txt"), "\n".join(said), plain)
    _help(out, cli, "pingyi")
    _write(out / "commands" / "nobody.txt", _ran("--data", str(data), "demo", "nobody", "--no-serve"), Plain(folder=str(data)))


def write_scores(out: Path, data: Path) -> None:
    """Every folder of tables, counted in both languages; what came out, and how the first subjects' numbers came about."""
    for scheme in sorted(SCHEMES.rglob("scheme.yml")):
        folder, name = scheme.parent, str(scheme.parent.relative_to(SCHEMES))
        town = folder / "demo"
        if town.is_dir():  # a shipped system's demo is a folder of tables too, once its scheme lies beside them
            folder = data / "folders" / safe(name)
            shutil.copytree(town, folder)
            shutil.copy(scheme, folder / "scheme.yml")
        for tongue in TONGUES:
            results = data / "results" / tongue / safe(name)
            plain = Plain(folder=str(data))
            said = _ran("score", str(folder), "--out", str(results), "--language", tongue).replace(str(SCHEMES), "‹schemes›")
            _write(out / "scores" / name / tongue / "said.txt", said, plain)
            for file in sorted(results.glob("*")):
                plain.kept.add(_scheme_digest(results))
                path = out / "scores" / name / tongue / f"{file.name}.txt"
                path.write_text(told(file.read_bytes(), plain), encoding="utf-8")
            _explain(out / "explained" / name / f"{tongue}.txt", results, tongue)


def _scheme_digest(results: Path) -> str:
    return str(json.loads((results / "results.json").read_text(encoding="utf-8"))["scheme"]["digest"])


def _explain(path: Path, results: Path, tongue: str) -> None:
    file = results / "results.json"
    if not file.is_file():
        return
    found = json.loads(file.read_text(encoding="utf-8"))
    said = [
        f"=== {subject['id']} {quantity['key']}\n"
        + _ran("explain", str(results), subject["id"], quantity["key"], "--language", tongue)
        for subject in found["subjects"][:SUBJECTS]
        for quantity in found["quantities"]
    ]
    _write(path, "\n".join(said), Plain())


def _help(out: Path, command: click.Command, name: str) -> None:
    _write(out / "commands" / "help" / f"{name.replace(' ', '-')}.txt", _ran(*name.split(" ")[1:], "--help"), Plain())
    for word, inner in getattr(command, "commands", {}).items():
        _help(out, inner, f"{name} {word}")


def _ran(*words: str) -> str:
    done = CliRunner().invoke(cli, list(words))
    odd = done.exception is not None and not isinstance(done.exception, SystemExit)
    failed = f"{type(done.exception).__name__}: {done.exception}\n" if odd else ""
    return f"{done.output}--- status {done.exit_code}\n{failed}"


def _write(path: Path, text: str, plain: Plain) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(plain.lines(text) if "help" not in path.parts else text, encoding="utf-8")
