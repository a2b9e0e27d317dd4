"""What the count refuses reaches people in their language, with the step and its parts."""

from __future__ import annotations

import pytest

from analysis import AnalysisError
from analysis.refusals import REFUSALS, WORDS
from survey_app.i18n import say, speaking
from survey_app.languages import SOURCE, languages_of

HERE = AnalysisError("axis-not-within", inner="权重", outer="得分", axis="group").at("合计", 12)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-Hans", "“权重”分主体，而它所作用的“得分”不分（“合计”，方案第 12 行）"),
        ("en", "“权重” has the axis “group”, which “得分” does not have (step “合计”, line 12)"),
    ],
)
def test_an_error_of_the_count_is_told_in_the_readers_language(language: str, sentence: str) -> None:
    with speaking(language):
        assert HERE.tell(say) == sentence


def test_a_list_of_what_can_be_written_has_the_readers_comma() -> None:
    error = AnalysisError("not-a-grade", value="fine", grades=("good", "poor"))
    with speaking("en"):
        assert error.tell(say) == "“fine” is not one of the grades good, poor"


@pytest.mark.parametrize("language", [tag for tag in languages_of("office") if tag != SOURCE])
def test_every_refusal_and_every_word_in_it_has_a_translation(language: str) -> None:
    marked = [*REFUSALS.values(), *(word for words in WORDS.values() for word in words.values())]
    told = {sentence: say(sentence, **dict.fromkeys(_named(sentence), "x")) for sentence in marked}
    with speaking(language):
        assert [one for one in marked if say(one, **dict.fromkeys(_named(one), "x")) == told[one]] == []


def _named(sentence: str) -> list[str]:
    return [part.partition("}")[0] for part in sentence.split("{")[1:]]
