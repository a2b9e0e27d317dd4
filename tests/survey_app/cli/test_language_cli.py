"""`pingyi reference` and `pingyi schema`: a word explained in the reader's language, and what editors need."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from survey_app.cli.language import reference, schema


def run(command: Any, *words: str) -> Result:
    return CliRunner().invoke(command, list(words), catch_exceptions=False)


def test_a_word_is_explained_in_either_spelling_and_language() -> None:
    chinese, english = run(reference, "署名"), run(reference, "signed", "--language", "en")
    assert chinese.output.splitlines()[0] == "署名（signed）：一个评议主体"
    assert english.output.splitlines()[0] == "signed (署名): a rater group"
    assert "评议主体: {同事: {署名: 是, 只评本单位: 是}}" in chinese.output


def test_a_rule_is_explained_with_its_parameters() -> None:
    told = run(reference, "分等次").output
    assert all(f"- {word} · " in told for word in ("名额", "范围", "人少时", "并列看"))


def test_a_word_nobody_knows_names_the_nearest_and_ends_with_one() -> None:
    refused = run(reference, "暑名")
    assert (refused.exit_code, refused.output) == (1, "方案里没有“暑名”这个写法。是否想写“署名”？\n")
    assert run(reference, "xyzzy").exit_code == 1


def test_without_a_word_every_word_is_listed_under_what_it_is_written_in() -> None:
    told = run(reference).output
    assert "一个评议主体：标题、署名、凭据" in told
    assert "计算里的一个量：平均分、占比" in told


def test_the_schema_is_json_schema_and_the_words_are_a_list() -> None:
    Draft202012Validator.check_schema(json.loads(run(schema).output))
    words = json.loads(run(schema, "--words").output)
    assert {"word": "署名", "english": "signed"}.items() <= next(one for one in words if one["word"] == "署名").items()
