"""The voter's pages use nothing that an old phone's browser lacks: a lint of the bundled sheet and script.

Every CSS property and selector, every method and constructor stands in tests/vectors/browser_support.json with the first version
that has it. A new one fails until its row is written; one too young fails unless the page does without it, said below.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from survey_app.assets import bundle

TABLE = json.loads((Path(__file__).parents[3] / "vectors" / "browser_support.json").read_text(encoding="utf-8"))
#: WebViews of in-app browsers stand at Chromium 86; Safari 14.1 and Firefox 78 are of the same age or older.
OLDEST = (86, 14.1, 78)
#: Young features without which the page looks plainer and works the same.
FADES = {
    "accent-color": "check boxes in the system's colour",
    "border-start-start-radius": "square corners",
    "border-start-end-radius": "square corners",
    "border-end-start-radius": "square corners",
    "border-end-end-radius": "square corners",
    "color-scheme": "scroll bars and fields stay light in the dark",
    "overscroll-behavior-y": "pulling down reloads, and the answers come back",
    "outline": "known since the beginning; the row counts from when it follows rounded corners",
    "scroll-margin-block": "a jump may end a little too high",
    "scroll-padding-block": "a jump may end a little too high",
    "text-underline-offset": "underlines sit closer",
    "text-wrap": "headings break as they come",
    "text-size-adjust": "beside the prefixed one",
    "-webkit-text-size-adjust": "for one family of browsers only",
    "user-select": "the receipt code is selected by hand",
    "focus-visible": "browsers without it show their own focus ring",
}
#: Names of our own, not the browser's.
OURS = frozenset({"again", "pingyi"})
YOUNG_SYNTAX = (
    r"\?\.[a-zA-Z\[(]",
    r"\?\?",
    r"\|\|=",
    r"&&=",
    r"\.replaceAll\(",
    r"\.at\(",
    r"\.flat\(",
    r"\basync\b",
    r"#[a-z]+\s*=",
    r"\bimport\(",
)


def css() -> str:
    return re.sub(r"/\*.*?\*/", "", bundle("voter.css").content.decode(), flags=re.DOTALL)


def script() -> str:
    plain = re.sub(r"//.*", "", (bundle("voter.js").content + bundle("worker.js").content).decode())
    return re.sub(r'"[^"\n]*"', '""', plain)


def too_young(kind: str, used: set[str]) -> dict[str, object]:
    rows = TABLE[kind]
    found: dict[str, object] = {}
    for name in sorted(used - OURS):
        if name not in rows:
            found[name] = "not in the table: write its row"
        elif name not in FADES and any(first is None or first > oldest for first, oldest in zip(rows[name], OLDEST, strict=True)):
            found[name] = rows[name]
    return found


def test_every_property_of_the_sheet_is_known_to_old_browsers() -> None:
    used = {name for name in re.findall(r"[{;]\s*([a-z-]+)\s*:", css()) if not name.startswith("--")}
    assert len(used) > 50
    assert too_young("properties", used) == {}


def test_every_selector_of_the_sheet_is_known_to_old_browsers() -> None:
    outside = re.sub(r"\{[^{}]*\}", "{}", css())
    assert too_young("selectors", set(re.findall(r"::?([a-z-]+)", outside))) == {}


def test_every_method_and_object_of_the_script_is_known_to_old_browsers() -> None:
    text = script()
    used = {
        *re.findall(r"\.([a-zA-Z]+)\(", text),
        *re.findall(r"(?:window|self)\.([A-Za-z]+)", text),
        *re.findall(r"new ([A-Z]\w+)", text),
    }
    assert len(used) > 40
    assert too_young("names", used) == {}


def test_the_script_has_no_syntax_younger_than_2018() -> None:
    text = script()
    assert {pattern: re.findall(pattern, text) for pattern in YOUNG_SYNTAX if re.search(pattern, text)} == {}
