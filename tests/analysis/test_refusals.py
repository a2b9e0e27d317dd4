"""What the count refuses is a code with parts: each code has one sentence, which names just these parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from analysis import PlanError, canonical, evaluate
from analysis.errors import AnalysisError
from analysis.evidence import Evidence
from analysis.explaining.phrases import REASONS
from analysis.reasons import Reason
from analysis.refusals import AT_LINE, AT_STEP, REFUSALS, WORDS
from analysis.saying import in_source
from analysis.values import AXES

ROOT = Path(__file__).resolve().parents[2]
ERRORS = {"AnalysisError", "PlanError", "EvidenceError", "ConservationError", "NotReplayableError"}


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Every place where such an error is made, and where it stands."""
    for file in sorted(file for room in ("analysis", "questionnaires", "survey_app") for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def named(sentence: str) -> set[str]:
    """The parts a sentence names."""
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name is not None}


def test_every_error_is_raised_by_a_code_of_the_table_with_the_parts_of_its_sentence() -> None:
    wrong = []
    for place, call in raised():
        (code,) = call.args
        assert isinstance(code, ast.Constant), place
        sentence = REFUSALS.get(code.value) if isinstance(code.value, str) else None
        if sentence is None or {one.arg for one in call.keywords} != named(sentence):
            wrong.append((place, code.value))
    assert wrong == []


def test_every_sentence_of_the_table_is_said_by_somebody() -> None:
    codes = {call.args[0].value for _place, call in raised() if isinstance(call.args[0], ast.Constant)}
    assert sorted(REFUSALS.keys() - codes) == []


def test_every_axis_has_a_word() -> None:
    assert set(WORDS["axis"]) == set(AXES)


def test_an_error_tells_its_parts_and_where_it_happened() -> None:
    error = PlanError("not-one-of", name="mode", known=("up", "down"), given="sideways")
    assert error.tell(in_source) == "“mode”只能写up、down之一，不能是“sideways”"
    assert error.at("a", 0).tell(in_source) == error.tell(in_source) + "（“a”）"
    assert error.at("a", 7).tell(in_source) == error.tell(in_source) + "（“a”，方案第 7 行）"
    assert error.at("a", 7).at("b", 8).step == "a"
    assert (named(AT_STEP), named(AT_LINE)) == ({"step"}, {"step", "line"})


def test_kinds_and_axes_are_told_as_words_and_shown_to_developers_as_codes() -> None:
    error = AnalysisError("number-needed", kind="text", value="good").at("a", 3)
    assert error.tell(in_source) == "这里要用数来算，遇到的却是文字“good”（“a”，方案第 3 行）"
    assert str(error) == "number-needed: kind='text', value='good' (step a, line 3)"


def test_a_name_with_braces_in_it_is_told_as_it_stands() -> None:
    assert AnalysisError("not-a-test", name="{step}").tell(in_source) == "“{step}”不是一个判断"


def test_the_step_that_meets_a_wrong_value_is_named() -> None:
    steps = [
        {"name": "word", "op": "table", "axes": [], "rows": [[["text", "good"]]]},
        {"name": "rounded", "op": "round", "of": "word", "mode": "up", "step": "1", "line": 9},
    ]
    with pytest.raises(AnalysisError, match="number-needed") as stopped:
        evaluate(canonical({"format": "pingyi-plan/1", "steps": steps}), Evidence(subjects=()))
    assert stopped.value.parts == {"kind": "text", "value": "good"}
    assert (stopped.value.step, stopped.value.line) == ("rounded", 9)


def test_every_reason_for_a_missing_value_has_its_word_and_there_are_no_others() -> None:
    assert set(REASONS) == set(Reason)
