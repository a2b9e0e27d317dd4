"""Every form of the office's desk refuses nonsense in a sentence: nothing sent there is ever an error of the server.

The addresses are collected from the application, so that a new page is tried by itself.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from survey_app import access, create_app
from survey_app.config import Config
from survey_app.extensions import resources
from survey_app.models import Ballot, Base, Campaign, Slip
from survey_app.roles import Capability
from survey_app.services.four_eyes import office_size
from tests.support.application import (
    OFFICE_NAME,
    OFFICE_PASSWORD,
    QUICK_ALIAS,
    QUICK_PASSWORD,
    csrf,
    office_account,
    take_note,
)
from tests.support.clock import NOON
from tests.towns import small_scheme

#: Ending one's own session or account would only make the next address a sign-in.
LEFT_OUT = {"accounts.lock", "accounts.sign_out", "own_account.end_session", "own_account.end_others"}
#: Values of an address's parts: of the round that is asked, and hostile ones.
OURS = {"row": "rater-1", "form": "planned-1", "tag": "en", "kind": "letter", "act": "void", "code": "A1", "ending": "xlsx"}
HOSTILE = ("999999999999999999999", "-1", "' OR 1=1 --", "../../etc/passwd", "\u0000", "\ud7ff\u202e<b>", "x" * 3000)
#: Names of fields the pages have, for nonsense to arrive under names that are looked at.
NAMES = re.compile(r"""(?:form|values)\.(?:get|getlist)\(\s*["']([\w:@-]+)["']""")


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application with two rounds, one open, one a draft, for all of these tests."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(sqlite_template, folder / "pingyi.db")
    app = create_app(
        Config(
            data=folder / "data",
            database_url=f"sqlite:///{folder / 'pingyi.db'}",
            base_url="http://pingyi.test",
            timezone="UTC",
            alias_cost=QUICK_ALIAS,
            password_cost=QUICK_PASSWORD,
        )
    )
    with resources(app).writing() as session:
        small_scheme.build(session, key="OPEN")
        small_scheme.build(session, key="DRAFT", state="draft")
    yield app
    resources(app).engine.dispose()


@pytest.fixture(scope="module")
def clerk(desk: Flask) -> FlaskClient:
    """The only person of that office, signed in."""
    office_account(desk, OFFICE_NAME)
    with resources(desk).writing() as session:
        office_size.say(session, alone=True, account=OFFICE_NAME, now=NOON)
        session.commit()
    client = desk.test_client()
    form = {"name": OFFICE_NAME, "password": OFFICE_PASSWORD, "csrf_token": csrf(client)}
    assert client.post("/office/sign-in", data=form).status_code == 302
    take_note(desk)
    return client


def rules(app: Flask) -> list[Rule]:
    """Every address of the office that takes a form."""
    found = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and access.rule_of(app, rule.endpoint) in set(Capability)
    ]
    return [rule for rule in found if rule.endpoint not in LEFT_OUT]


def addresses(app: Flask, rule: Rule, key: str) -> list[str]:
    """The rule's address with parts that may exist, and with hostile ones."""
    with app.test_request_context():
        adapter = app.url_map.bind("pingyi.test")
        plain = {name: _plain(rule, name, key) for name in rule.arguments}
        made = [adapter.build(rule.endpoint, plain, method="POST")]
        texts = [name for name in rule.arguments if name != "key" and isinstance(plain[name], str) and _free(rule, name)]
        return made + [adapter.build(rule.endpoint, {**plain, name: bad}, method="POST") for name in texts for bad in HOSTILE]


def _plain(rule: Rule, name: str, key: str) -> object:
    if name == "key":
        return key
    converter = rule._converters[name]
    if "any" in type(converter).__name__.lower():
        return sorted(converter.items)[0]  # type: ignore[attr-defined]  # what such a converter has
    return 1 if isinstance(converter, NumberConverter) else OURS.get(name, "A1")


def _free(rule: Rule, name: str) -> bool:
    return type(rule._converters[name]).__name__ == "UnicodeConverter"


def names_of_fields() -> list[str]:
    """Every name of a field that the office's pages read."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(Path("survey_app/views").rglob("*.py"))]
    return sorted({name for text in sources for name in NAMES.findall(text)} - {"csrf_token"})


def bodies(token: str) -> list[tuple[str, dict[str, object]]]:
    """Nonsense by name, as arguments of a request."""
    names, kind = names_of_fields(), "application/x-www-form-urlencoded"
    held = {"csrf_token": token}
    return [
        ("nothing", {"data": held}),
        ("no token", {"data": {}}),
        ("control characters", {"data": {**held, **dict.fromkeys(names, "\x00\x1b[31m\r\nX: y\u202e\ufffe")}}),
        ("markup", {"data": {**held, **dict.fromkeys(names, "<script>alert(1)</script>{{7*7}}' OR 1=1 --")}}),
        ("numbers", {"data": {**held, **dict.fromkeys(names, "-99999999999999999999999999")}}),
        ("wrong encoding", {"data": f"csrf_token={token}&name=%FF%FE%C3%28&title=%ED%A0%80".encode(), "content_type": kind}),
        ("twice", {"data": {**held, **{name: ["a", "b"] for name in names}}}),
        ("a megabyte", {"data": {**held, names[0]: "x" * (1 << 20)}}),
        (
            "broken off",
            {"data": b'--x\r\nContent-Disposition: form-data; name="fi', "content_type": "multipart/form-data; boundary=x"},
        ),
        ("no form", {"data": b'{"a": [1', "content_type": "application/json"}),
    ]


@pytest.mark.parametrize("key", ["OPEN", "DRAFT", "NONE"])
def test_no_form_of_the_desk_answers_nonsense_with_an_error(desk: Flask, clerk: FlaskClient, key: str) -> None:
    """Of a round that is open, one that is being prepared, and one there is none of."""
    wrong, tried = [], 0
    sent = bodies(csrf(clerk))
    for rule in rules(desk):
        first, *hostile = addresses(desk, rule, key)
        asked = [(first, what, body) for what, body in (sent if key != "NONE" else sent[:1])]
        asked += [(one, "address", sent[0][1]) for one in hostile if key == "OPEN"]
        for address, what, body in asked:
            answer = clerk.post(address, **body)
            tried += 1
            if answer.status_code >= 500 or (what in {"no token", "twice", "broken off", "no form"} and answer.status_code < 400):
                wrong.append((rule.endpoint, what, address[:120], answer.status_code))
            answer.close()
    assert wrong == []
    assert tried > 60


def test_after_all_of_it_the_other_round_and_the_box_are_as_they_were(desk: Flask) -> None:
    with resources(desk).reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == 0
        assert (session.scalar(select(func.count()).select_from(Slip)) or 0) >= 3
        assert {one.key for one in session.scalars(select(Campaign))} >= {"OPEN"}
        assert Base.metadata.tables
