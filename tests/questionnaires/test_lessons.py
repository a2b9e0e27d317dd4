"""The lessons, followed as a pupil does: every file is written, every command typed, and the page says what is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lessons import agrees, commands, lessons, run
from tests.support.pages import DOCS, Block

PAGES = {name: lessons(DOCS / "lessons" / f"{name}.md") for name in ("zh", "en")}
LESSONS = [(f"{name} {title}", blocks) for name, page in PAGES.items() for title, blocks in page]


@pytest.mark.parametrize(("title", "blocks"), LESSONS, ids=[title for title, _ in LESSONS])
def test_a_lesson_prints_what_its_page_says(title: str, blocks: list[Block], tmp_path: Path) -> None:
    typed = 0
    for block in blocks:
        if block.kind != "console":
            (tmp_path / block.kind.split()[-1]).write_text(block.text, encoding="utf-8")
            continue
        for command, page in commands(block):
            printed = run(command, tmp_path)
            assert agrees(printed, page), f"{title}: {command}\n{printed}"
            typed += 1
    assert typed


def test_both_languages_have_the_same_lessons_with_the_same_files() -> None:
    kinds = [[[block.kind for block in blocks] for _, blocks in page] for page in PAGES.values()]
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) == 5


def test_no_line_of_a_calculation_is_left_out_and_another_print_is_noticed() -> None:
    for _, blocks in LESSONS:
        for block in blocks:
            for command, page in commands(block) if block.kind == "console" else ():
                assert "…" not in page.splitlines() or not command.startswith("pingyi explain")
    assert agrees("a\nb\nc\n", "a\n…\n")
    assert not agrees("a\nb\n", "a\nc\n")
