"""Every sentence is translated: voters' pages into all languages, office pages into Chinese and English."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator, Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.saying import GLUE, NC_
from questionnaires.model import Text
from questionnaires.shipped import load_shipped, shipped
from questionnaires.telling import BOTH_SPELLINGS, SPELLING
from survey_app.i18n import gettext, say, speaking
from survey_app.languages import SOURCE, languages
from tests.support.catalogues import APP, PURE, catalogue, forms, missing, sentences
from tests.towns.small_scheme import build

pytestmark = pytest.mark.postgresql_later

TRANSLATED = [tag for tag in languages() if tag != SOURCE]
_PARTS = re.compile(r"%\(\w+\)s|\{\w+\}")
MARKERS = {"_", "N_", "NC_", "counted", "forms_of"}
#: Of the two spellings of a keyword a language tells the one its readers write, or both.
BY_SPELLING, _SPELLINGS = {SPELLING, BOTH_SPELLINGS}, {"{chinese}", "{english}"}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FIELD = re.compile(r"\{\{.*?\}\}")


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_lacks_its_translation(language: str) -> None:
    assert missing(language) == [], "run `make catalogues` and translate what is empty"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_parts_to_fill_in(language: str) -> None:
    known = catalogue(language)
    wrong = {}
    for sentence in sentences(language):
        for told in forms(known, sentence):
            filled, given = set(_PARTS.findall(told)), set(_PARTS.findall(sentence))
            if filled != given and not (sentence in BY_SPELLING and filled and filled <= _SPELLINGS):
                wrong[sentence] = told
    assert wrong == {}


@pytest.mark.parametrize("language", [tag for tag in TRANSLATED if not tag.startswith("zh")])
def test_a_translation_has_no_chinese_left_in_it(language: str) -> None:
    """The fields of an office's own Word template have one name in every language: what stands in double braces is one."""
    known = catalogue(language)
    told = {sentence: [_FIELD.sub("", one) for one in forms(known, sentence)] for sentence in sentences(language)}
    left = {sentence for sentence, texts in told.items() if any(map(_HAN.search, texts))}
    assert left == set()


def test_no_marked_sentence_escapes_the_extraction() -> None:
    """Inside the braces of an f-string the extractor does not look."""
    known, escaped = set(sentences("en")), []
    for file in sorted(file for root in (APP, *(APP.parent / room for room in PURE)) for file in root.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
                texts = node.args[: 2 if node.func.id == "NC_" else 1]  # a context stands before its sentence
                if texts and all(isinstance(one, ast.Constant) for one in texts):
                    sentence = GLUE.join(str(one.value) for one in texts if isinstance(one, ast.Constant))
                    escaped += [sentence] if sentence not in known else []
    assert escaped == []


def test_a_word_is_told_as_its_place_wants_it_and_without_a_translation_as_it_is_written() -> None:
    """是 is an answer in a table and a value in a formula; catalogues keep them apart by a context."""
    word = NC_("explanation", "是")
    with speaking("en"):
        assert (gettext("是"), say(word)) == ("Yes", "yes")
    with speaking("ug"):  # no office language: its catalogue does not have the word
        assert say(word) == "是"


@pytest.mark.parametrize("name", [one.key for one in shipped()])
def test_every_word_of_a_scheme_that_comes_with_the_system_has_its_english(name: str) -> None:
    """Calculations are told down to the counts, so quantities without a heading of their own need one too."""
    assert list(_chinese_only(load_shipped(name))) == []


def _chinese_only(part: object) -> Iterator[str]:
    if isinstance(part, Text):
        if "en" not in part.words:
            yield next(iter(part.words.values()))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _chinese_only(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _chinese_only(value)
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from _chinese_only(getattr(part, field.name))


def test_the_form_speaks_the_language_of_the_link_else_of_the_reader(client: FlaskClient, session: Session) -> None:
    town = build(session)
    for tag in languages():
        page = client.get(f"/v/{town.guests}?lang={tag}").get_data(as_text=True)
        direction = {"ug": "rtl"}.get(tag, "ltr")
        assert f'<html lang="{tag}" dir="{direction}">' in page
        for other, known in languages().items():
            assert (f'hreflang="{other}">{known.own_name}<' in page) == (other != tag)
    for asked, spoken in (
        ("ug-CN,zh;q=0.5", "ug"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK,en", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("fr", "zh-Hans"),
    ):
        page = client.get(f"/v/{town.guests}", headers={"Accept-Language": asked}).get_data(as_text=True)
        assert f'<html lang="{spoken}"' in page


def test_a_form_whose_words_exist_in_another_language_only_says_so(client: FlaskClient, session: Session) -> None:
    town = build(session)  # its scheme is written in Chinese and English
    assert "Overall?" in client.get(f"/v/{town.guests}?lang=en").get_data(as_text=True)
    assert 'class="notice"' not in client.get(f"/v/{town.guests}?lang=en").get_data(as_text=True)
    assert 'class="notice"' in client.get(f"/v/{town.guests}?lang=ug").get_data(as_text=True)
