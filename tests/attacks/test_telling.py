"""What an answer tells beside its words: by its work, by its length, by what more was sent along with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from survey_app.costs import PasswordCost
from survey_app.models import Account, Campaign
from survey_app.roles import EVERYTHING, Role
from survey_app.services.office import accounts
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_PASSWORD, csrf
from tests.support.clock import NOON
from tests.towns.small_scheme import build

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement sent meanwhile, without its values."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(re.sub(r"\s+", " ", statement))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_name_that_is_nobodys_costs_the_same_work_as_a_wrong_password(
    app: Flask, engine: Engine, office_client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statement by statement and hash by hash: unknown, known, disabled, never set; told by no page which it was."""
    hashes: list[str] = []
    true = accounts._verify

    def verify(cost: PasswordCost, stored: str | None, password: str) -> bool:
        hashes.append("argon2")
        return true(cost, stored, password)

    monkeypatch.setattr(accounts, "_verify", verify)
    for name, ready in (("停用的", True), ("没设口令的", False)):
        password = OFFICE_PASSWORD if ready else None
        accounts.create_account(session, name=name, roles=EVERYTHING, password=password, cost=QUICK_PASSWORD, now=NOON)
    session.execute(update(Account).where(Account.name == "停用的").values(disabled=True))
    session.commit()
    seen: dict[str, tuple[list[str], int, int, str]] = {}
    for name in ("没有这个人", OFFICE_NAME, "停用的", "没设口令的"):
        client = app.test_client()
        form = {"name": name, "password": "not the one at all", "csrf_token": csrf(client)}
        hashes.clear()
        with statements(engine) as sent:
            answer = client.post("/office/sign-in", data=form)  # what follows the answer is not waited for
            before = list(sent)
        answer.close()
        page = re.sub(r'(name="csrf_token" value|id="name"[^>]* value)="[^"]*"', "", answer.get_data(as_text=True))
        seen[name] = (before, len(hashes), answer.status_code, page)
    assert len(seen[OFFICE_NAME][0]) > 5
    for name, (sent, hashed, status, page) in seen.items():
        known = seen[OFFICE_NAME]
        assert (hashed, status, page) == (1, 401, known[3]), name
        assert sent == known[0], name  # of a name that is nobody's another account is read in its place


@pytest.mark.parametrize("guess", ["0", "9"])
def test_the_length_of_an_answer_says_nothing_of_the_token_in_it(app: Flask, guess: str) -> None:
    """Repeated guesses beside the token: no answer with a token is compressed, so all are of one length."""
    lengths = set()
    for number in range(4):
        client = app.test_client()
        page = client.get(f"/office/sign-in?next=csrf_token{guess * 8}{number}", headers={"Accept-Encoding": "gzip, br"})
        lengths.add(len(page.get_data()))
    assert len(lengths) == 1


def test_fields_nobody_asked_for_change_nothing_and_fields_sent_twice_are_refused(
    office_client: FlaskClient, session: Session
) -> None:
    """Mass assignment: an account's form sent with columns of its row. A field that is sent twice: 400, and nothing is done."""
    more = {
        "disabled": "1",
        "password": "stolen stolen stolen",
        "id": "1",
        "roles": "head",
        "given_roles": "head",
        "created": "2000-01-01",
    }
    form = {"csrf_token": csrf(office_client), "name": "张三", "role": "clerk", **more}
    for twice in ({"name": ["张三", "李四"]}, {"id": ["1", "2"]}, {"csrf_token": [form["csrf_token"], "x"]}):
        assert office_client.post("/office/accounts", data={**form, **twice}).status_code == 400
    assert office_client.post("/office/accounts", data=form).status_code == 200
    made = session.scalars(select(Account).where(Account.name != OFFICE_NAME)).one()
    assert (made.name, made.disabled, made.password, made.roles) == ("张三", False, None, frozenset({Role.CLERK}))
    session.rollback()
    town = build(session, state="draft")
    before = session.get_one(Campaign, town.campaign_id)
    kept = (before.state, before.public_key, before.scheme_digest, before.key)
    session.rollback()
    form = {
        "csrf_token": csrf(office_client),
        "title": "新名称",
        "period": "2026",
        "state": "counted",
        "public_key": "x",
        "key": "X",
    }
    office_client.post(f"/office/campaigns/{town.key}/notice/", data=form)
    after = session.get_one(Campaign, town.campaign_id, populate_existing=True)
    assert (after.state, after.public_key, after.scheme_digest, after.key) == kept
