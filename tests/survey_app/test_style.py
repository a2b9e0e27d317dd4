"""One visual language: the tokens listed in docs/style.md are the sheets', nobody writes others, paper has the same colours."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
#: The projected page's sizes follow the wall it hangs on.
OF_THE_WALL = {"wall.css"}
#: Not in the tables: lists of fonts and shadows, which are prose there.
IN_PROSE = {"font", "font-mono", "shadow", "shadow-up"}


def tokens(text: str) -> dict[str, str]:
    return {name: value for name, value in re.findall(r"--([a-z0-9-]+):\s*([^;]+);", text) if name not in IN_PROSE}


def written(sheet: Path) -> str:
    """A sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_list_of_tokens_is_the_sheets_own() -> None:
    light, dark = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8").split("@media")
    page = (ROOT / "docs" / "style.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]]
        for line in page.splitlines()
        if re.match(r"\| `[a-z]+[a-z0-9-]*` \|", line)
    ]
    colours = {row[0]: (row[1], row[2]) for row in rows if row[1].startswith("#")}
    measures = {row[0]: row[1] for row in rows if re.match(r"[0-9]", row[1])}
    in_dark = tokens(dark)
    said = tokens(light)
    assert colours == {name: (value, in_dark[name]) for name, value in said.items() if value.startswith("#")}
    assert measures == {name: value for name, value in said.items() if not value.startswith("#")}
    assert in_dark.keys() == colours.keys()


def test_no_other_sheet_writes_a_colour_a_type_size_or_a_duration() -> None:
    own: dict[str, list[str]] = {}
    for sheet in SHEETS:
        if sheet.name == "tokens.css":
            continue
        text = written(sheet)
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*\})|\brgba?\([^)]*\)|\bhsla?\([^)]*\)|\b\d+m?s\b", text)
        if sheet.name not in OF_THE_WALL:
            found += [
                size
                for size in re.findall(r"font-size:\s*([^;]+);", text)
                if not re.fullmatch(r"var\(--[a-z0-9-]+\)|inherit|0?\.\d+em", size)
            ]
        if found:
            own[sheet.name] = found
    assert own == {}


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"--([a-z0-9-]+):", written(ROOT / "static" / "css" / "tokens.css")))
    used = {name for sheet in SHEETS for name in re.findall(r"var\(--([a-z0-9-]+)", written(sheet))}
    assert used - known == set()
    assert known - used == set()


def test_printed_sheets_have_the_screens_colours() -> None:
    light = tokens((ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8").split("@media")[0])
    look = (ROOT / "survey_app" / "printing" / "templates" / "look.typ").read_text(encoding="utf-8")
    assert dict(re.findall(r'#let (\w+) = rgb\("(#[0-9a-f]{6})"\)', look)) == {
        "ink": light["ink"],
        "muted": light["ink-soft"],
        "faint": light["line-strong"],
        "accent": light["accent"],
        "wash": light["accent-soft"],
    }
    for sheet in (
        look,
        *(one.read_text(encoding="utf-8") for one in (ROOT / "survey_app" / "printing" / "templates").glob("*.typ")),
    ):
        assert sheet == look or "rgb(" not in sheet


def test_a_file_of_results_handed_out_has_them_too() -> None:
    """It stands alone, so its colours are written into it."""
    named = set(re.findall(r"#[0-9a-f]{6}", (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")))
    page = (ROOT / "survey_app" / "templates" / "exports" / "score.html").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-fA-F]{3,6}\b", page)) - named == set()
