"""Numbers as people type and read them where the application's roads once disagreed with each other or with arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest

from questionnaires.model import Choice, ComponentField, Text
from questionnaires.tables.typed import exact_value
from survey_app import bridge
from survey_app.forms import ballot_form
from survey_app.services.evidence.typed import bounds_words


@pytest.mark.parametrize(
    ("most", "said"),
    [
        # Six significant digits made 12345.7 of the first, 1e+06 of the second and 100 of the third: bounds nobody had set.
        (Fraction("12345.67"), "0 到 12345.67"),
        (Fraction("1000000.5"), "0 到 1000000.5"),
        (Fraction("99.99999"), "0 到 99.99999"),
        (Fraction(1, 3), "0 到 1/3"),
        (Fraction(100), "0 到 100"),
    ],
)
def test_the_bounds_of_a_component_are_told_as_they_are(most: Fraction, said: str) -> None:
    assert (
        bounds_words(ComponentField(key="目标分", title=Text({"zh": "目标分"}), where={}, least=Fraction(0), most=most)) == said
    )


def scale_of(*values: int) -> list[Choice]:
    return [Choice(code, str(value), Text({"zh": str(value)}), Fraction(value)) for code, value in enumerate(values, start=1)]


@pytest.mark.parametrize("text", ["5²", "⑫", "１e3"])
def test_a_sign_that_is_no_digit_makes_no_number(text: str) -> None:
    code, sentence = ballot_form.number_code(text, scale_of(12, 25, 52))
    assert (code, text in sentence) == (0, True)
    assert exact_value(text) is None


def test_full_width_digits_are_digits_everywhere() -> None:
    assert exact_value("５２．５０") == "52.5"
    assert exact_value("１／３") == "1/3"
    assert ballot_form.number_code("５２", scale_of(12, 52)) == (2, "")


def test_a_grade_that_python_would_take_for_a_number_stays_a_grade() -> None:
    assert [bridge._past_value(text) for text in ("1_2", "1e3", "优秀", "88.5", "1/3")] == [
        "1_2",
        "1e3",
        "优秀",
        Fraction(177, 2),
        Fraction(1, 3),
    ]
