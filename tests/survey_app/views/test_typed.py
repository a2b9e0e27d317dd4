"""Numbers and files as they arrive: whatever stands where a number is asked for, no page breaks, and no form."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

import survey_app
from survey_app import access
from survey_app.roles import Capability
from survey_app.views.typed import file_sent, files_sent, page_of, whole
from tests.support.application import csrf
from tests.towns.two_towns import build

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
#: No numbers of ours, each nonsense in a way of its own: a word, a sign, a point, a power, too long a number, a space within,
#: an exponent written small, and what Python's own reader of numbers would let pass.
NONSENSE = ("", "abc", "-1", "+1", "1.5", "1e3", "9" * 5000, "1 2", "²", "1_0", "0x1", "\x00", "½")
#: Every name under which a page or a form of ours reads a number.
NAMES = (
    "page", "before", "unit", "account", "row", "number", "seats", "count", "needed", "floor", "floor-0", "hour", "seen_act",
    "newest", "present:E:群众",
)  # fmt: skip
#: What makes a file is slow, and reads no number but the one in its address.
FILES = (".pdf", ".xlsx", ".zip", ".csv")


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_no_number(text: str) -> None:
    assert whole(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), (" 12\n", 12), ("１２", 12), ("٣", 3), ("999999999", 999_999_999), ("1000000000", None)],
)
def test_a_number_is_read_in_any_width_up_to_its_digits(text: str, number: int | None) -> None:
    assert whole(text) == number


def test_fewer_digits_may_be_asked_for() -> None:
    assert (whole("99", digits=2), whole("100", digits=2)) == (99, None)


@on_sqlite
def test_a_page_is_the_first_for_nonsense_and_the_last_beyond_it(app: Flask) -> None:
    def asked(text: str) -> int:
        with app.test_request_context(f"/?page={quote(text)}"):
            return page_of(7)

    assert {asked(text) for text in (*NONSENSE, "0", "1")} == {1}
    assert [asked(text) for text in ("3", "３", "7", "8", "999999999")] == [3, 3, 7, 7, 7]


@on_sqlite
def test_files_are_read_to_one_byte_over_what_is_allowed_and_empty_places_are_none(app: Flask) -> None:
    data = {"file": [(io.BytesIO(b"12345678"), "甲.csv"), (io.BytesIO(b""), ""), (io.BytesIO(b"1"), "b.csv")]}
    with app.test_request_context("/", method="POST", data=data):
        assert [(one.name, one.data) for one in files_sent("file", most=4)] == [("甲.csv", b"12345"), ("b.csv", b"1")]
    with app.test_request_context("/", method="POST", data={"file": (io.BytesIO(b"1"), "b.csv")}):
        assert getattr(file_sent("file", most=4), "data", None) == b"1"
        assert file_sent("other", most=4) is None


def test_files_are_asked_for_in_one_way_and_read_in_one_place() -> None:
    house = Path(survey_app.__file__).parent
    asking = {
        str(path.relative_to(house / "templates"))
        for path in (house / "templates").rglob("*.html")
        if 'type="file"' in path.read_text(encoding="utf-8")
    }
    assert asking == {"macros/fields.html", "ballot/check_copy.html"}  # a voter's page has a look of its own
    reading = {path.name for path in (house / "views").rglob("*.py") if "request.files.get" in path.read_text(encoding="utf-8")}
    assert reading == {"typed.py"}


def address(app: Flask, rule: Rule, key: str, text: str, method: str) -> str:
    """An address of this rule, with `text` wherever it asks for a number."""
    known = {"key": key, "code": "EH", "form": "planned-1", "tag": "en"}
    values = {name: known.get(name, "x") for name in rule.arguments}
    values |= {name: min(one.items) for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
    numbers = [name for name, one in rule._converters.items() if isinstance(one, IntegerConverter)]
    with app.test_request_context():
        built = app.url_map.bind("").build(rule.endpoint, values | dict.fromkeys(numbers, 987654), method=method)
    return built.replace("987654", quote(text or "0", safe=""))


def rules(app: Flask, method: str) -> list[Rule]:
    """The rules of our own pages for this method, without those that end the session the walk needs."""
    every = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint != "static"]
    return [rule for rule in every if "sign_out" not in rule.endpoint]


@on_sqlite
def test_no_page_breaks_on_nonsense_for_a_number(app: Flask, office_client: FlaskClient, session: Session) -> None:
    key = build(session).key
    pages = [rule for rule in rules(app, "GET") if not rule.rule.endswith(FILES) or "<int:" in rule.rule]
    assert len(pages) > 40
    for text in ("", "abc", "-1", "9" * 5000, "１", "\x00"):
        query = dict.fromkeys(NAMES, text)
        for rule in pages:
            answer = office_client.get(address(app, rule, key, text, "GET"), query_string=query, buffered=True)
            assert answer.status_code < 500, (rule.rule, text)


@on_sqlite
def test_no_form_breaks_on_nonsense_for_a_number(app: Flask, office_client: FlaskClient, session: Session) -> None:
    key = build(session).key
    forms = [rule for rule in rules(app, "POST") if access.rule_of(app, rule.endpoint) in set(Capability)]
    assert len(forms) > 30
    for text in ("", "-1", "9" * 5000, "１"):
        sent = dict.fromkeys(NAMES, text)
        for rule in forms:
            where = address(app, rule, key, text, "POST")
            answer = office_client.post(where, data={"csrf_token": csrf(office_client), **sent}, buffered=True)
            assert answer.status_code < 500, (rule.rule, text)
