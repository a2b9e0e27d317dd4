"""The limits on the phone and on the server are one rule: shared vectors hold both to the same verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from analysis.limits import LimitTable, judge
from survey_app.assets import bundle

ROOT = Path(__file__).resolve().parents[4]
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors/limits.json").read_text(encoding="utf-8"))["cases"]


def expected(case: dict[str, Any]) -> dict[str, Any]:
    return {name: case[name] for name in ("broken", "found", "least", "most")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_server_judges_as_the_vectors_say(case: dict[str, Any]) -> None:
    table = case["table"]
    limit = LimitTable(
        rule="r",
        kind=table["kind"],
        effect="refuse",
        slots=tuple(table["slots"]),
        codes=tuple(table["codes"]),
        bounds=tuple((least, most) for least, most in table["bounds"]),
        per_answered=table["per"],
        weights=tuple(table["weights"]),
    )
    (verdict,) = judge([limit], case["marks"])
    assert {"broken": verdict.broken, "found": verdict.found, "least": verdict.least, "most": verdict.most} == expected(case)


@pytest.mark.browser
def test_the_phone_judges_as_the_vectors_say(browser: Browser) -> None:
    page = browser.new_page()
    page.add_script_tag(content=bundle("voter.js").content.decode())
    found = page.evaluate("cases => cases.map(one => window.pingyi.judge(one.table, one.marks))", CASES)
    page.close()
    assert found == [expected(case) for case in CASES]
