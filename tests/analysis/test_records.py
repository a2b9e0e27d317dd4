"""Records are read as what they should be, or refused with the place at which they are not."""

from __future__ import annotations

import pytest

from analysis.records import Digest, Hex, Record, RecordError, Row, plain, read, shaped


class Spot(Row, frozen=True):
    name: str
    count: int


class Sheet(Record, frozen=True, omit_defaults=True):
    spots: tuple[Spot, ...]
    seal: Hex = Hex()
    digest: Digest = ""
    words: dict[str, str] = {}  # noqa: RUF012 - msgspec gives every record a new one


def test_a_record_is_read_and_written_again() -> None:
    sheet = Sheet((Spot("甲", 2),), Hex(b"\x00\xff"), "0a" * 32, {"a": "b"})
    written = {"spots": [["甲", 2]], "seal": "00ff", "digest": "0a" * 32, "words": {"a": "b"}}
    text = '{"spots":[["甲",2]],"seal":"00ff","digest":"' + "0a" * 32 + '","words":{"a":"b"}}'
    assert read(text, Sheet) == read(text.encode(), Sheet) == sheet
    assert {**plain(sheet), "spots": [list(one) for one in plain(sheet)["spots"]]} == written
    assert plain(Sheet(())) == {"spots": ()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"spots":[],"more":1}', "unknown field `more`"),
        ("{}", "missing required field `spots`"),
        ('{"spots":[["a",1,2]]}', r"array"),
        ('{"spots":[["a",1],["b"]]}', r"at `\$\.spots\[1\]`"),
        ('{"spots":[["a","1"]]}', r"got `str` - at `\$\.spots\[0\]\[1\]`"),
        ('{"spots":[["a",1.0]]}', r"got `float` - at `\$\.spots\[0\]\[1\]`"),
        ('{"spots":[["a",true]]}', r"got `bool` - at `\$\.spots\[0\]\[1\]`"),
        ('{"spots":[[1,1]]}', r"Expected `str`, got `int` - at `\$\.spots\[0\]\[0\]`"),
        ('{"spots":[],"seal":"0F"}', r"small hexadecimal digits - at `\$\.seal`"),
        ('{"spots":[],"seal":"0 f"}', r"at `\$\.seal`"),
        ('{"spots":[],"seal":7}', r"at `\$\.seal`"),
        ('{"spots":[],"digest":"0a"}', r"at `\$\.digest`"),
        ('{"spots":[],"words":{"a":null}}', r"got `null` - at `\$\.words\[\.\.\.\]`"),
        ("[]", "Expected `object`, got `array`"),
        ("", "truncated"),
        ('{"spots":NaN}', "malformed"),
        ('{"spots":[]} {}', "trailing"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(text: str, says: str) -> None:
    with pytest.raises(RecordError, match=says):
        read(text, Sheet)


def test_what_is_nested_too_deeply_is_refused_as_well() -> None:
    with pytest.raises(RecordError, match="recursion"):
        read("[" * 100_000, list)


def test_a_whole_number_of_any_length_stays_exact() -> None:
    assert read('{"spots":[["a",1' + "0" * 30 + "]]}", Sheet).spots[0].count == 10**30


def test_a_record_is_shaped_by_the_names_of_its_fields() -> None:
    class Other(Record, frozen=True):
        count: int

    assert shaped(Spot("a", 3), Other) == Other(3)
    with pytest.raises(RecordError, match="missing required field `name`"):
        shaped(Other(3), Spot)


def test_what_no_record_can_hold_is_not_written() -> None:
    with pytest.raises(TypeError, match="has no place in a record"):
        plain(Sheet((), words={"a": object()}))  # type: ignore[dict-item]  # what is refused
