"""Numbers and their texts: exact both ways, and each place takes the spellings it says."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.numerals import BALLOT, PLAN, SCHEME, TABLE, decimal, ends, fixed, in_full, read, shortened

#: text: what a plan, a table's cell, a scheme file and a ballot's field read; None: no number there.
READINGS: dict[str, tuple[str | None, str | None, str | None, str | None]] = {
    "12": ("12", "12", "12", "12"),
    "87.50": ("175/2", "175/2", "175/2", "175/2"),
    "-3": ("-3", "-3", "-3", None),
    "+3": (None, "3", "3", None),
    "1/3": ("1/3", "1/3", "1/3", None),
    "2/06": ("1/3", "1/3", "1/3", None),
    "1/0": (None, None, None, None),
    "1 / 3": (None, None, "1/3", None),
    "0.5/2": (None, None, "1/4", None),
    "20%": (None, None, "1/5", None),
    "20 ％": (None, None, "1/5", None),
    "50%/2": (None, None, None, None),
    " 7 ": (None, "7", "7", "7"),
    "８７．５": (None, "175/2", "175/2", "175/2"),
    "1234567": ("1234567", "1234567", "1234567", None),
    "0.1234567": ("1234567/10000000", "1234567/10000000", "1234567/10000000", None),
    # Compatibility makes 52 of the first and 12 of the second: that is no spelling of a number.
    "5²": (None, None, None, None),
    "⑫": (None, None, None, None),
    "٣": (None, None, None, None),
    "1_2": (None, None, None, None),
    "1e3": (None, None, None, None),
    "1,000": (None, None, None, None),
    ".5": (None, None, None, None),
    "5.": (None, None, None, None),
    "": (None, None, None, None),
    "NaN": (None, None, None, None),
    "1" * 30: ("1" * 30, "1" * 30, "1" * 30, None),
    "1" * 31: ("1" * 31, None, None, None),
    "1" * 4001: (None, None, None, None),
}


@pytest.mark.parametrize("text", READINGS)
def test_each_place_reads_the_spellings_it_takes(text: str) -> None:
    found = [read(text, spelling) for spelling in (PLAN, TABLE, SCHEME, BALLOT)]
    assert found == [None if said is None else Fraction(said) for said in READINGS[text]]


@pytest.mark.parametrize(
    ("value", "people", "six", "four"),
    [
        ("90", "90", "90", "90"),
        ("100", "100", "100", "100"),
        ("175/2", "87.5", "87.5", "87.5"),
        ("-1/4", "-0.25", "-0.25", "-0.25"),
        ("1/3", "1/3", "0.333333", "0.3333"),
        ("2/3", "2/3", "0.666667", "0.6667"),
        ("1234567/100", "12345.67", "12345.67", "12345.67"),
        ("9999999/100000", "99.99999", "99.99999", "100"),
        ("1/128", "1/128", "0.007813", "0.0078"),  # 0.0078125: seven places
        ("-1/30000000", "-1/30000000", "0", "0"),
    ],
)
def test_a_number_is_written_as_people_write_it(value: str, people: str, six: str, four: str) -> None:
    number = Fraction(value)
    assert (decimal(number), shortened(number, 6), shortened(number, 4)) == (people, six, four)


def test_how_far_a_decimal_goes() -> None:
    assert [ends(Fraction(one)) for one in ("3", "1/8", "1/625", "1/3", "7/10")] == [0, 3, 4, None, 1]
    assert (in_full(Fraction(1, 128)), in_full(Fraction(1, 128), 7)) == (None, "0.0078125")
    assert (fixed(Fraction(-1, 2), 0), fixed(Fraction(-1, 250), 2), fixed(Fraction("999.995"), 2)) == ("-1", "0.00", "1000.00")


@given(st.fractions(min_value=-(10**20), max_value=10**20, max_denominator=10**9))  # a table holds thirty digits a side
def test_what_is_written_for_people_reads_back_to_the_same_number(value: Fraction) -> None:
    assert read(decimal(value), TABLE) == value
    assert read(str(value), PLAN) == value
