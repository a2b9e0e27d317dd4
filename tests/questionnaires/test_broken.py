"""Broken scheme files: each is refused with exactly the codes written on its first line, no more and no fewer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from questionnaires.cases.words import MESSAGES as CASE_MESSAGES
from questionnaires.folder.messages import MESSAGES as FOLDER_MESSAGES
from questionnaires.language.messages import MESSAGES
from questionnaires.language.nodes import MOST_CHARACTERS
from questionnaires.language.problems import Message, SchemeProblems
from questionnaires.loader import load_scheme
from tests.support.catalogues import catalogue, forms, sentences
from tests.support.tongues import chinese, english

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yml"))


def problems_of(text: str) -> SchemeProblems:
    with pytest.raises(SchemeProblems) as caught:
        load_scheme(text, "x.yml")
    return caught.value


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_gives_exactly_its_codes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = sorted(text.splitlines()[0].removeprefix("# codes: ").split())
    found = problems_of(text).problems
    assert sorted(one.code for one in found) == expected, "\n".join(one.sentence(english) for one in found)


def test_there_are_at_least_twenty_broken_files() -> None:
    assert len(BROKEN) >= 20


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_problem_says_where_what_and_what_to_do_in_both_languages(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for one in problems_of(text).problems:
        assert 1 <= one.line <= len(text.splitlines())
        assert one.column >= 1
        for said in (one.what(chinese), one.what(english), one.remedy(chinese), one.remedy(english)):
            assert said.strip()
            assert "{" not in said.replace("“{”", "").replace("“}”", "")
        assert one.sentence(chinese).startswith(f"x.yml:{one.line}:{one.column}: {one.code} ")


def test_a_huge_file_is_refused_unread() -> None:
    assert [one.code for one in problems_of("方案: 大\n" + "#" * MOST_CHARACTERS).problems] == ["file-too-big"]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "只是一句话", "[]"])
def test_a_file_that_is_no_scheme_says_so(text: str) -> None:
    assert [one.code for one in problems_of(text).problems] == ["not-a-scheme"]


def test_a_character_yaml_forbids_is_named() -> None:
    assert [one.code for one in problems_of("方案: a\x07b\n").problems] == ["bad-character"]


@pytest.mark.parametrize("table", [MESSAGES, FOLDER_MESSAGES, CASE_MESSAGES], ids=["scheme", "folder", "cases"])
def test_a_message_is_a_marked_sentence_or_nothing_but_a_part_that_is_one(table: dict[str, Message]) -> None:
    told = {sentence for message in table.values() for sentence in message if not re.fullmatch(r"\{\w+\}", sentence)}
    assert told <= set(sentences("en"))
    known = catalogue("en")
    assert all(forms(known, sentence)[0].endswith((".", "…", "}")) for sentence in told)
